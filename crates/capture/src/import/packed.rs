//! Packed files: gzip of any number of members, zstd, and zip. What is in them is imported as if it had been
//! given unpacked, piece by piece but for zip.

mod gzip;
mod zip;
mod zstd;

pub(super) use gzip::Gzip;
pub(super) use zip::{Zip, is_zip};
pub(super) use zstd::{Zstd, is_zstd};

use super::{Detection, ImportError, ImportOptions, Importer, Records, Unread};
use crate::Capture;

/// The most bytes that a file may unpack to.
const MAX_UNPACKED_LEN: u64 = 8 << 30;
/// The most bytes that one packed byte may unpack to. More than that is a bomb; a text of a thousand equal
/// lines stays below.
const MAX_RATIO: u64 = 400;
/// What unpacks to less is never a bomb.
const MIN_BOMB_LEN: u64 = 64 << 20;
/// The most packed files within each other.
const MAX_DEPTH: u8 = 3;
/// Unpacked bytes are passed on in pieces of this length.
const PIECE_LEN: usize = 256 << 10;

/// Takes a packing off, piece by piece.
pub(super) trait Unpack: Send {
    /// What it is called.
    const NAME: &'static str;

    /// Unpacks the start of `packed` into `piece`; returns how much of it was taken, and how much came of it.
    /// Where neither is any, more has to come.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    fn step(&mut self, packed: &[u8], piece: &mut [u8]) -> Result<(usize, usize), &'static str>;

    /// Whether the file may end here.
    fn may_end(&self) -> bool;
}

/// How much was unpacked so far, of how much.
#[derive(Clone, Copy, Debug, Default)]
struct Budget {
    packed_len: u64,
    unpacked_len: u64,
}

impl Budget {
    fn take(&mut self, packed_len: usize, unpacked_len: usize) -> Result<(), ImportError> {
        self.packed_len += packed_len as u64;
        self.unpacked_len += unpacked_len as u64;
        let limit = (self.packed_len * MAX_RATIO).clamp(MIN_BOMB_LEN, MAX_UNPACKED_LEN);
        if self.unpacked_len > limit { Err(ImportError::Bomb { limit }) } else { Ok(()) }
    }
}

/// A packed file, and what it holds.
pub(super) struct Packed<U> {
    unpack: U,
    /// `None` once it has failed.
    inner: Option<Importer>,
    buffer: Vec<u8>,
    piece: Vec<u8>,
    budget: Budget,
    detection: Option<Detection>,
    unread: Unread,
    failure: Option<ImportError>,
}

impl<U: Unpack> Packed<U> {
    pub(super) fn new(unpack: U, options: &ImportOptions, depth: u8) -> Self {
        Self {
            unpack,
            inner: within(options, depth),
            buffer: Vec::new(),
            piece: vec![0; PIECE_LEN],
            budget: Budget::default(),
            detection: None,
            unread: Unread::default(),
            failure: None,
        }
    }

    fn unpack(&mut self, capture: &mut Capture) -> Result<(), ImportError> {
        let mut at = 0;
        let result = loop {
            let step = self.unpack.step(&self.buffer[at..], &mut self.piece);
            let (taken, made) = match step {
                Ok((0, 0)) => break Ok(()),
                Ok(step) => step,
                Err(what) => break Err(ImportError::BadPacking { by: U::NAME, what }),
            };
            at += taken;
            if let Err(bomb) = self.budget.take(taken, made) {
                break Err(bomb);
            }
            let inner = self.inner.as_mut().ok_or(ImportError::Packed { by: U::NAME })?;
            if let Err(failure) = inner.push(capture, &self.piece[..made]) {
                break Err(failure);
            }
        };
        self.buffer.drain(..at);
        result
    }
}

impl<U: Unpack> Records for Packed<U> {
    fn push(&mut self, capture: &mut Capture, bytes: &[u8]) -> Result<(), ImportError> {
        self.buffer.extend_from_slice(bytes);
        self.unpack(capture)
    }

    fn finish(&mut self, capture: &mut Capture, notes: &mut Vec<String>) {
        let Some(inner) = self.inner.take() else { return };
        match inner.finish(capture) {
            Ok(report) => {
                self.unread = report.unread_parts();
                let Detection { format, why } = report.detection;
                let why = format!("packed with {}, {why}", U::NAME);
                self.detection = Some(Detection { format, why });
                notes.extend(report.notes);
            }
            Err(ImportError::Empty) => {
                let what = "nothing comes of it";
                self.failure = Some(ImportError::BadPacking { by: U::NAME, what });
            }
            Err(failure) => self.failure = Some(failure),
        }
        if !self.buffer.is_empty() || !self.unpack.may_end() {
            notes.push(format!("the file ends before its {} does", U::NAME));
        }
    }

    fn unread(&self) -> Unread {
        self.unread.clone()
    }

    fn detection(&self) -> Option<Result<Detection, ImportError>> {
        match (&self.detection, &self.failure) {
            (Some(detection), _) => Some(Ok(detection.clone())),
            (None, Some(failure)) => Some(Err(failure.clone())),
            (None, None) => None,
        }
    }
}

/// An importer of what is in a packed file, unless it is too deep.
fn within(options: &ImportOptions, depth: u8) -> Option<Importer> {
    let options = ImportOptions { format: None, ..options.clone() };
    (depth < MAX_DEPTH).then(|| Importer::within(options, depth + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_unpacks_may_be_so_many_times_longer() {
        let take = |packed_len, unpacked_len| Budget::default().take(packed_len, unpacked_len);
        let bomb = |limit| Err(ImportError::Bomb { limit });
        // So much always, then by what came, and never more than that.
        assert_eq!(take(1, MIN_BOMB_LEN as usize), Ok(()));
        assert_eq!(take(1, MIN_BOMB_LEN as usize + 1), bomb(MIN_BOMB_LEN));
        let packed_len = 1 << 20;
        let limit = packed_len as u64 * MAX_RATIO;
        assert_eq!(take(packed_len, limit as usize), Ok(()));
        assert_eq!(take(packed_len, limit as usize + 1), bomb(limit));
        assert_eq!(take(1 << 40, MAX_UNPACKED_LEN as usize + 1), bomb(8 << 30));
    }
}
