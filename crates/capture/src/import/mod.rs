//! Import: captures of other tools, and pasted octets.

mod detect;
mod flow;
mod har;
mod midstream;
pub(crate) mod native;
mod netlog;
mod packet;
mod pcap;
mod pcapng;
mod report;
mod synth;
mod tcp;
mod text;

pub use report::{Detection, Format, ImportError, ImportReport};

use std::fmt;

use crate::Capture;
use detect::Magic;

/// The longest file in bytes of a format that has to be held as a whole: all but pcap, pcapng and native.
const MAX_WHOLE_LEN: usize = 512 << 20;

/// What is known of a file beforehand.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The format, where it is not to be detected.
    pub format: Option<Format>,
}

/// Reads a file, or a paste, into a [`Capture`]. Push it in pieces of any length, then finish.
///
/// Formats made of records (pcap, pcapng, native) are read as they come; others when finished. Whatever goes
/// wrong, what was read before it stays in the capture.
pub struct Importer {
    format: Option<Format>,
    detection: Option<Detection>,
    state: State,
    taken_len: u64,
    failure: Option<ImportError>,
}

enum State {
    /// Not enough octets to tell the format.
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
    fn push(&mut self, capture: &mut Capture, octets: &[u8]) -> Result<(), ImportError>;

    /// Brings what was read into order; also called after an error.
    fn finish(&mut self, capture: &mut Capture, notes: &mut Vec<String>);
}

impl Importer {
    /// An importer at the start of a file.
    pub fn new(options: ImportOptions) -> Self {
        Self {
            format: options.format,
            detection: None,
            state: State::Undecided(Vec::new()),
            taken_len: 0,
            failure: None,
        }
    }

    /// What the file is, once that is known.
    pub fn detection(&self) -> Option<&Detection> {
        self.detection.as_ref()
    }

    /// How many octets of the file were pushed.
    pub fn taken_len(&self) -> u64 {
        self.taken_len
    }

    /// Takes the file's next octets.
    ///
    /// # Errors
    ///
    /// If the file is not what it seemed to be. The error is final; [`finish`](Self::finish) still brings
    /// what was read so far into order.
    pub fn push(&mut self, capture: &mut Capture, octets: &[u8]) -> Result<(), ImportError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.taken_len += octets.len() as u64;
        let result = self.try_push(capture, octets).and_then(|()| self.must_fit(capture));
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
        match self.state {
            State::Undecided(octets) | State::Whole(octets) if self.failure.is_none() => {
                let detection = detect::whole(self.format, &octets)?;
                detect::read(&detection, octets, capture, &mut notes)?;
                self.detection = Some(detection);
                if capture.is_full() {
                    return Err(too_much(capture, None));
                }
            }
            State::Undecided(_) | State::Whole(_) => {}
            State::Records(mut records) => {
                records.finish(capture, &mut notes);
                if self.failure.is_none() && capture.is_full() {
                    return Err(too_much(capture, None));
                }
            }
        }
        match (self.failure, self.detection) {
            (None, Some(detection)) => {
                Ok(ImportReport { detection, taken_len: self.taken_len, notes })
            }
            (failure, _) => Err(failure.unwrap_or(ImportError::Unknown)),
        }
    }

    /// What doesn't fit needn't be read.
    fn must_fit(&self, capture: &Capture) -> Result<(), ImportError> {
        if capture.is_full() { Err(too_much(capture, Some(self.taken_len))) } else { Ok(()) }
    }

    fn try_push(&mut self, capture: &mut Capture, octets: &[u8]) -> Result<(), ImportError> {
        match &mut self.state {
            State::Records(records) => return records.push(capture, octets),
            State::Undecided(held) | State::Whole(held) => {
                if octets.len() > MAX_WHOLE_LEN - held.len() {
                    return Err(ImportError::TooLong { limit: MAX_WHOLE_LEN as u64 });
                }
                held.extend_from_slice(octets);
            }
        }
        if let State::Undecided(held) = &mut self.state {
            match detect::magic(self.format, held) {
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
