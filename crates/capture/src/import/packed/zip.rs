//! zip: its table is at its end, so all of it must be there.

use rawzip::{CompressionMethod, ZipArchive};
use zlib_rs::{Inflate, InflateFlush, Status};

use super::super::{MAX_WHOLE_LEN, is_key_log};
use super::{Budget, PIECE_LEN, Unpack, Zstd, within};
use crate::Capture;
use crate::import::{Detection, ImportError, ImportOptions, Records, Unread};

/// The most files of an archive that are looked at.
const MAX_FILES: usize = 1000;
/// The most files that are named.
const MAX_NAMED: usize = 8;
/// The most bytes of logs of keys that are taken.
const MAX_KEYS_LEN: usize = 64 << 20;

/// Whether a file starts like this.
pub(in crate::import) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

pub(in crate::import) struct Zip {
    options: ImportOptions,
    depth: u8,
    bytes: Vec<u8>,
    budget: Budget,
    result: Option<Result<Detection, ImportError>>,
    unread: Unread,
}

/// Raw deflate, as in zip.
struct Deflate(Inflate, bool);

impl Unpack for Deflate {
    const NAME: &'static str = "deflate";

    fn step(&mut self, packed: &[u8], piece: &mut [u8]) -> Result<(usize, usize), &'static str> {
        if self.1 {
            return Ok((0, 0));
        }
        let before = (self.0.total_in(), self.0.total_out());
        let status =
            self.0.decompress(packed, piece, InflateFlush::NoFlush).map_err(|_| "broken")?;
        self.1 = status == Status::StreamEnd;
        let taken = (self.0.total_in() - before.0) as usize;
        Ok((taken, (self.0.total_out() - before.1) as usize))
    }

    fn may_end(&self) -> bool {
        self.1
    }
}

impl Zip {
    pub(in crate::import) fn new(options: &ImportOptions, depth: u8) -> Self {
        Self {
            options: options.clone(),
            depth,
            bytes: Vec::new(),
            budget: Budget::default(),
            result: None,
            unread: Unread::default(),
        }
    }

    fn read(
        &mut self,
        capture: &mut Capture,
        notes: &mut Vec<String>,
    ) -> Result<Detection, ImportError> {
        let broken = |what| ImportError::BadPacking { by: "zip", what };
        let too_deep = ImportError::Packed { by: "zip" };
        let mut options = self.options.clone();
        let bytes = std::mem::take(&mut self.bytes);
        let archive = ZipArchive::from_slice(&bytes).map_err(|_| broken("its table is missing"))?;
        let mut files = Vec::new();
        let mut skipped = 0_u64;
        for entry in archive.entries().take(MAX_FILES) {
            let Ok(entry) = entry else { return Err(broken("its table is broken")) };
            if entry.is_dir() {
                continue;
            }
            let name = String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned();
            let method = entry.compression_method();
            match archive.get_entry(entry.wayfinder()) {
                Ok(data) if !entry.flags().is_encrypted() => files.push((name, method, data)),
                _ => skipped += 1,
            }
        }
        // Logs of keys are for all captures beside them.
        for (_, method, data) in &files {
            let mut log = Vec::new();
            let _ = self.unpack(*method, data.data(), &mut |piece| Ok(take_keys(&mut log, piece)));
            add_keys(&mut options.keys, &log);
        }
        let mut detection = None;
        let mut named = 0;
        for (name, method, data) in &files {
            let mut importer = within(&options, self.depth).ok_or(too_deep.clone())?;
            let unpacked = self.unpack(*method, data.data(), &mut |piece| {
                importer.push(capture, piece).map(|()| true)
            });
            let report = match (importer.finish(capture), unpacked) {
                (Ok(report), Ok(())) => report,
                (_, Err(bomb @ ImportError::Bomb { .. })) => return Err(bomb),
                (Err(ImportError::TooMuch { limit, frames, .. }), _) => {
                    return Err(ImportError::TooMuch { limit, frames, read_len: None });
                }
                (Err(ImportError::KeyLog), _) => continue,
                _ => {
                    skipped += 1;
                    continue;
                }
            };
            named += 1;
            if named <= MAX_NAMED {
                let about = report.notes.join(", ");
                notes.push(format!("{name} ({}): {about}", report.detection.format.name()));
            }
            self.unread.extend(report.unread_parts());
            detection.get_or_insert(report.detection);
        }
        if named > MAX_NAMED {
            notes.push(format!("{} more captures", named - MAX_NAMED));
        }
        if skipped > 0 {
            notes.push(format!("{skipped} files in it are no captures, or can't be unpacked"));
        }
        let Detection { format, why } = detection.ok_or(ImportError::NoCapture { by: "zip" })?;
        Ok(Detection { format, why: format!("packed with zip, {why}") })
    }

    /// Unpacks a file until `take` has enough.
    fn unpack(
        &mut self,
        method: CompressionMethod,
        packed: &[u8],
        take: &mut dyn FnMut(&[u8]) -> Result<bool, ImportError>,
    ) -> Result<(), ImportError> {
        match method {
            CompressionMethod::STORE => {
                for piece in packed.chunks(PIECE_LEN) {
                    if !take(piece)? {
                        break;
                    }
                }
                Ok(())
            }
            CompressionMethod::DEFLATE => {
                self.unpack_by(Deflate(Inflate::new(false, 15), false), packed, take)
            }
            CompressionMethod::ZSTD => self.unpack_by(Zstd::new(), packed, take),
            _ => Err(ImportError::BadPacking { by: "zip", what: "a method that isn't known" }),
        }
    }

    fn unpack_by<U: Unpack>(
        &mut self,
        mut unpack: U,
        mut packed: &[u8],
        take: &mut dyn FnMut(&[u8]) -> Result<bool, ImportError>,
    ) -> Result<(), ImportError> {
        let mut piece = vec![0; PIECE_LEN];
        loop {
            let (taken, made) = unpack
                .step(packed, &mut piece)
                .map_err(|what| ImportError::BadPacking { by: "zip", what })?;
            self.budget.take(taken, made)?;
            packed = &packed[taken..];
            if taken == 0 && made == 0 || !take(&piece[..made])? {
                return Ok(());
            }
        }
    }
}

impl Records for Zip {
    fn push(&mut self, _: &mut Capture, bytes: &[u8]) -> Result<(), ImportError> {
        // Those within each other are there at the same time.
        let max_len = MAX_WHOLE_LEN >> self.depth;
        if bytes.len() > max_len - self.bytes.len() {
            return Err(ImportError::TooLong { limit: max_len as u64 });
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(&mut self, capture: &mut Capture, notes: &mut Vec<String>) {
        self.result = Some(self.read(capture, notes));
    }

    fn unread(&self) -> Unread {
        self.unread.clone()
    }

    fn detection(&self) -> Option<Result<Detection, ImportError>> {
        self.result.clone()
    }
}

/// Takes a piece of what may be a log of keys, and says whether more of it is wanted.
fn take_keys(log: &mut Vec<u8>, piece: &[u8]) -> bool {
    log.extend_from_slice(piece);
    log.len() < MAX_KEYS_LEN && is_key_log(log)
}

/// Adds a log of keys to others, if it is one and fits.
fn add_keys(keys: &mut Vec<u8>, log: &[u8]) {
    if is_key_log(log) && log.len() < MAX_KEYS_LEN.saturating_sub(keys.len()) {
        keys.extend_from_slice(log);
        keys.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn logs_of_keys_are_taken_up_to_a_length() {
        const MAX_LEN: usize = 64 << 20;
        let line = format!("CLIENT_RANDOM {} {}\n", "ab".repeat(32), "cd".repeat(48));
        let mut log = line.clone().into_bytes();
        log.resize(MAX_LEN - 2, b'\n');
        assert!(take_keys(&mut log, b"\n"));
        assert!(!take_keys(&mut log, b"\n"));
        // With the line's end after it.
        for (len, is_added) in [(MAX_LEN - line.len() - 1, true), (MAX_LEN - line.len(), false)] {
            let mut keys = vec![b'\n'; len];
            add_keys(&mut keys, line.as_bytes());
            assert_eq!(keys.len() > len, is_added, "{len}");
            assert!(keys.len() <= MAX_LEN);
        }
    }

    #[test]
    fn an_archive_within_others_may_be_so_long() {
        let mut capture = Capture::new(Limits::default());
        for depth in 0..3 {
            let mut zip = Zip::new(&ImportOptions::default(), depth);
            let max_len = MAX_WHOLE_LEN >> depth;
            // Memory that nobody touches costs nothing.
            zip.bytes = vec![0; max_len - 1];
            zip.bytes.reserve_exact(1);
            assert_eq!(zip.push(&mut capture, &[0]), Ok(()));
            let limit = max_len as u64;
            assert_eq!(zip.push(&mut capture, &[0]), Err(ImportError::TooLong { limit }));
        }
    }
}
