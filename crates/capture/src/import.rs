//! Import: captures of other tools, and pasted bytes.

mod archive;
mod detect;
pub(crate) mod native;
#[cfg(feature = "full")]
mod packed;
#[cfg(feature = "full")]
mod packets;
mod paste;
mod report;
#[cfg(feature = "full")]
mod stream;

pub use detect::magic::{is_key_log, needs_full};
pub use report::{Detection, Format, ImportError, ImportReport};

use std::fmt;

use crate::Capture;
use detect::Magic;

/// The longest file in bytes of a format that has to be held as a whole: all but pcap, pcapng and native.
const MAX_WHOLE_LEN: usize = 512 << 20;

/// What is known of a file beforehand.
#[derive(Clone, Default)]
pub struct ImportOptions {
    /// The format, where it is not to be detected.
    pub format: Option<Format>,
    /// Secrets of TLS connections, as `SSLKEYLOGFILE` makes clients write them.
    pub keys: Vec<u8>,
}

// Secrets must not get into a log.
impl fmt::Debug for ImportOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportOptions").field("format", &self.format).finish_non_exhaustive()
    }
}

/// Reads a file, or a paste, into a [`Capture`]. Push it in pieces of any length, then finish.
///
/// Formats made of records (pcap, pcapng, native) are read as they come; others when finished. Whatever goes
/// wrong, what was read before it stays in the capture.
pub struct Importer {
    options: ImportOptions,
    /// How many packed files it is in.
    depth: u8,
    detection: Option<Detection>,
    state: State,
    taken_len: u64,
    failure: Option<ImportError>,
}

enum State {
    /// Not enough bytes to tell the format.
    Undecided(Vec<u8>),
    /// A format that is read when all of it is there.
    Whole(Vec<u8>),
    Records(Box<dyn Records>),
}

impl fmt::Debug for Importer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Importer").field("detection", &self.detection).finish_non_exhaustive()
    }
}

/// A reader of a format that is read as it comes.
trait Records: Send {
    fn push(&mut self, capture: &mut Capture, bytes: &[u8]) -> Result<(), ImportError>;

    /// Puts what was read in order; also called after an error.
    fn finish(&mut self, capture: &mut Capture, notes: &mut Vec<String>);

    /// What could not be read, once it is finished.
    fn unread(&self) -> Unread {
        Unread::default()
    }

    /// What the file was found to be, or why nothing was found in it, once it is finished.
    fn detection(&self) -> Option<Result<Detection, ImportError>> {
        None
    }
}

/// What could not be read.
#[derive(Clone, Debug, Default)]
struct Unread {
    sentences: Vec<String>,
    wants_keys: bool,
}

#[cfg(feature = "full")]
impl Unread {
    fn extend(&mut self, other: Self) {
        let Self { sentences, wants_keys } = self;
        *wants_keys |= other.wants_keys;
        let new = other.sentences.into_iter().filter(|one| !sentences.contains(one));
        let new: Vec<_> = new.collect();
        sentences.extend(new);
    }
}

impl Importer {
    /// An importer at the start of a file.
    pub fn new(options: ImportOptions) -> Self {
        Self {
            options,
            depth: 0,
            detection: None,
            state: State::Undecided(Vec::new()),
            taken_len: 0,
            failure: None,
        }
    }

    /// An importer of what is packed in a file, which may be in others.
    #[cfg(feature = "full")]
    fn within(options: ImportOptions, depth: u8) -> Self {
        Self { depth, ..Self::new(options) }
    }

    /// What the file is, once that is known.
    pub fn detection(&self) -> Option<&Detection> {
        self.detection.as_ref()
    }

    /// How many bytes of the file were pushed.
    pub fn taken_len(&self) -> u64 {
        self.taken_len
    }

    /// Takes the file's next bytes.
    ///
    /// # Errors
    ///
    /// If the file is not what it seemed to be. The error is final; [`finish`](Self::finish) still brings
    /// what was read so far into order.
    pub fn push(&mut self, capture: &mut Capture, bytes: &[u8]) -> Result<(), ImportError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.taken_len += bytes.len() as u64;
        let result = match self.try_push(capture, bytes) {
            Ok(()) => self.must_fit(capture),
            // Of what is packed in it, it says how much was read unpacked.
            Err(ImportError::TooMuch { read_len: Some(_), .. }) => self.must_fit(capture),
            failed => failed,
        };
        if let Err(failure) = &result {
            self.failure = Some(failure.clone());
        }
        result
    }

    /// The file is at its end.
    ///
    /// # Errors
    ///
    /// If nothing could be made of it, or [`push`](Self::push) failed before.
    pub fn finish(mut self, capture: &mut Capture) -> Result<ImportReport, ImportError> {
        let mut notes = Vec::new();
        let mut unread = Unread::default();
        match self.state {
            State::Undecided(bytes) | State::Whole(bytes) if self.failure.is_none() => {
                let detection = detect::whole(self.options.format, &bytes)?;
                detect::read(&detection, bytes, capture, &mut notes)?;
                self.detection = Some(detection);
                if capture.is_full() {
                    return Err(too_much(capture, None));
                }
            }
            State::Undecided(_) | State::Whole(_) => {}
            State::Records(mut records) => {
                records.finish(capture, &mut notes);
                unread = records.unread();
                match records.detection() {
                    Some(Ok(detection)) => self.detection = Some(detection),
                    Some(Err(failure)) => self.failure = self.failure.or(Some(failure)),
                    None => {}
                }
                if self.failure.is_none() && capture.is_full() {
                    return Err(too_much(capture, None));
                }
            }
        }
        match (self.failure, self.detection) {
            (None, Some(detection)) => {
                let Unread { sentences, wants_keys } = unread;
                let taken_len = self.taken_len;
                Ok(ImportReport { detection, taken_len, notes, unread: sentences, wants_keys })
            }
            (failure, _) => Err(failure.unwrap_or(ImportError::Unknown)),
        }
    }

    /// What doesn't fit needn't be read.
    fn must_fit(&self, capture: &Capture) -> Result<(), ImportError> {
        if capture.is_full() { Err(too_much(capture, Some(self.taken_len))) } else { Ok(()) }
    }

    fn try_push(&mut self, capture: &mut Capture, bytes: &[u8]) -> Result<(), ImportError> {
        match &mut self.state {
            State::Records(records) => return records.push(capture, bytes),
            State::Undecided(held) | State::Whole(held) => {
                if bytes.len() > MAX_WHOLE_LEN - held.len() {
                    return Err(ImportError::TooLong { limit: MAX_WHOLE_LEN as u64 });
                }
                held.extend_from_slice(bytes);
            }
        }
        if let State::Undecided(held) = &mut self.state {
            match detect::magic(&self.options, self.depth, held) {
                Magic::Undecided => {}
                Magic::Whole => self.state = State::Whole(std::mem::take(held)),
                Magic::Records(detection, mut records) => {
                    self.detection = Some(detection);
                    let held = std::mem::take(held);
                    let result = records.push(capture, &held);
                    self.state = State::Records(records);
                    return result;
                }
            }
        }
        Ok(())
    }
}

fn too_much(capture: &Capture, read_len: Option<u64>) -> ImportError {
    ImportError::TooMuch {
        limit: capture.limits().max_kept_len,
        frames: capture.frame_ids().len() as u64,
        read_len,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn a_file_that_is_held_as_a_whole_may_be_so_long() {
        const MAX_LEN: usize = 512 << 20;
        let mut capture = Capture::new(Limits::default());
        let mut importer = Importer::new(ImportOptions::default());
        // Memory that nobody touches costs nothing.
        let mut held = vec![0; MAX_LEN - 1];
        held.reserve_exact(1);
        importer.state = State::Whole(held);
        assert_eq!(importer.push(&mut capture, &[0]), Ok(()));
        let limit = MAX_LEN as u64;
        assert_eq!(importer.push(&mut capture, &[0]), Err(ImportError::TooLong { limit }));
    }
}
