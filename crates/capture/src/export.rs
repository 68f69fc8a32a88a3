//! Export: for other tools, and to be imported again.

pub(crate) mod replay;

mod har;
mod har_schema;
mod hex;
mod native;
mod packet;
mod pcapng;

use std::fmt;

use crate::{Capture, ConnId};

/// A format that can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExportFormat {
    /// A packet capture for Wireshark: bytes as they were, in packets of ours, each with its frame's time.
    /// A connection whose handshake wasn't captured gets one that says so, or Wireshark would not see frames.
    Pcapng,
    /// An HTTP archive as Chrome writes it: messages, and control frames.
    Har,
    /// This crate's own format, which loses nothing.
    Native,
    /// The bytes of each frame in hex, for people.
    Hex,
}

impl ExportFormat {
    /// The usual file name extension, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pcapng => "pcapng",
            Self::Har => "har",
            Self::Native => "fwcap",
            Self::Hex => "txt",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pcapng => "application/x-pcapng",
            Self::Har => "application/json",
            Self::Native => "application/json-seq",
            Self::Hex => "text/plain",
        }
    }
}

/// What to export. Secrets are taken out beforehand: [`Redaction::apply`](crate::Redaction::apply).
#[derive(Clone, Debug, Default)]
pub struct ExportOptions {
    /// The connections; all if `None`.
    pub connections: Option<Vec<ConnId>>,
}

/// Writes a capture in steps, so that a long one needn't be in memory twice. The capture may grow meanwhile;
/// what comes after the last step isn't exported.
pub struct Exporter {
    writer: Box<dyn Writer>,
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter").finish_non_exhaustive()
    }
}

/// How many bytes a step writes at least, unless the end comes first.
const STEP_LEN: usize = 256 * 1024;

/// A format's writer.
trait Writer: Send {
    /// Appends a part of the file to `out`; `false` after the last.
    fn write(&mut self, capture: &Capture, out: &mut Vec<u8>) -> bool;
}

impl Exporter {
    /// An exporter at the start of a file.
    pub fn new(format: ExportFormat, options: ExportOptions) -> Self {
        let wanted = options.connections;
        let writer: Box<dyn Writer> = match format {
            ExportFormat::Pcapng => Box::new(pcapng::PcapngWriter::new(wanted)),
            ExportFormat::Har => Box::new(har::HarWriter::new(wanted)),
            ExportFormat::Native => Box::new(native::NativeWriter::new(wanted)),
            ExportFormat::Hex => Box::new(hex::HexWriter::new(wanted)),
        };
        Self { writer }
    }

    /// Appends the next part of the file to `out`, and says whether there is more.
    pub fn step(&mut self, capture: &Capture, out: &mut Vec<u8>) -> bool {
        let start = out.len();
        while out.len() - start < STEP_LEN {
            if !self.writer.write(capture, out) {
                return false;
            }
        }
        true
    }

    /// Appends the rest of the file to `out`.
    pub fn run(&mut self, capture: &Capture, out: &mut Vec<u8>) {
        while self.step(capture, out) {}
    }
}
