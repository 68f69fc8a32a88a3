//! What an import found, and what can be wrong with a file.

use std::fmt;

/// A format that can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Bytes written in hex: plain, with `0x`, or a dump with offsets and text beside it.
    Hex,
    /// Bytes in base64, the standard or the URL alphabet.
    Base64,
    /// The bytes of one direction of one connection themselves.
    Raw,
    /// A packet capture of libpcap.
    Pcap,
    /// A packet capture of the next generation.
    Pcapng,
    /// An HTTP archive; Chrome's, Playwright's and mitmproxy's dialects.
    Har,
    /// Playwright's messages beside an HTTP archive: JSON lines.
    HarMessages,
    /// Flows of mitmproxy, version 7 or later.
    Mitmproxy,
    /// An event log of Chrome's network stack.
    NetLog,
    /// This crate's own: a JSON text sequence (RFC 7464).
    Native,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 10] = [
        Self::Hex,
        Self::Base64,
        Self::Raw,
        Self::Pcap,
        Self::Pcapng,
        Self::Har,
        Self::HarMessages,
        Self::NetLog,
        Self::Mitmproxy,
        Self::Native,
    ];

    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Raw => "raw bytes",
            Self::Pcap => "pcap",
            Self::Pcapng => "pcapng",
            Self::Har => "HAR",
            Self::HarMessages => "HAR messages",
            Self::NetLog => "Chrome NetLog",
            Self::Mitmproxy => "mitmproxy flows",
            Self::Native => "Framewright capture",
        }
    }
}

/// What a file was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Detection {
    /// The format.
    pub format: Format,
    /// How the format was detected, for people.
    pub why: String,
}

/// The result of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportReport {
    /// What the file was taken for.
    pub detection: Detection,
    /// The file's length in bytes.
    pub taken_len: u64,
    /// What is worth knowing, for people: what was skipped and why, which rules were applied.
    pub notes: Vec<String>,
    /// What could not be read, in whole sentences, and how to have it read.
    pub unread: Vec<String>,
    /// Whether more could be read with the keys of TLS connections.
    pub wants_keys: bool,
}

#[cfg(feature = "full")]
impl ImportReport {
    /// What could not be read.
    pub(super) fn unread_parts(&self) -> super::Unread {
        super::Unread { sentences: self.unread.clone(), wants_keys: self.wants_keys }
    }
}

/// Why a file can't be imported, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportError {
    /// There is nothing in it.
    Empty,
    /// It is none of the formats.
    Unknown,
    /// It is no capture, but something else.
    Seems {
        /// What, with an article.
        what: &'static str,
    },
    /// It is packed in a way that isn't read, or too deep.
    Packed {
        /// With what.
        by: &'static str,
    },
    /// It does not unpack.
    BadPacking {
        /// What it is packed with.
        by: &'static str,
        /// What is wrong.
        what: &'static str,
    },
    /// It unpacks to much more than a capture would.
    Bomb {
        /// The most bytes that it may unpack to.
        limit: u64,
    },
    /// Nothing that is packed in it is a capture.
    NoCapture {
        /// What it is packed with.
        by: &'static str,
    },
    /// It is read only by a build with the feature `full`.
    NeedsFull,
    /// It is a log of TLS secrets, which has no connections in it.
    KeyLog,
    /// It breaks its own format.
    Malformed {
        /// The format.
        format: Format,
        /// Where, in bytes from the start of the file.
        offset: u64,
        /// What is wrong.
        what: String,
    },
    /// It holds more than the capture may. The capture has what fits.
    TooMuch {
        /// The most bytes of memory.
        limit: u64,
        /// How many frames are held.
        frames: u64,
        /// How much of the file was read for that, where it is read as it comes.
        read_len: Option<u64>,
    },
    /// It is too long for a format that must be held as a whole.
    TooLong {
        /// The most bytes.
        limit: u64,
    },
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is nothing in it"),
            Self::Unknown => f.write_str(
                "this is no capture that can be read: neither hex, base64, pcap, pcapng, HAR, NetLog nor a \
                 Framewright capture",
            ),
            Self::Seems { what } => write!(
                f,
                "this seems to be {what}, not a capture: neither pcap, pcapng, HAR, NetLog nor a Framewright \
                 capture"
            ),
            Self::Packed { by } => write!(f, "this is packed with {by}: unpack it first"),
            Self::BadPacking { by, what } => write!(f, "this is packed with {by}, but {what}"),
            Self::Bomb { limit } => write!(
                f,
                "this unpacks to more than {} MB, which no capture of its length does",
                limit >> 20
            ),
            Self::NoCapture { by } => write!(f, "this is packed with {by}, but there is no capture in it"),
            Self::NeedsFull => f.write_str("this needs the importer of packets, which isn't loaded"),
            Self::KeyLog => f.write_str(
                "these are the keys of TLS connections: open them with the capture of those connections",
            ),
            Self::Malformed { format, offset, what } => {
                write!(f, "this {} is broken at byte {offset}: {what}", format.name())
            }
            Self::TooMuch { limit, frames, read_len } => {
                write!(f, "this is too much for {} of memory. ", Bytes(*limit))?;
                write!(f, "What fits is shown: its first {frames} frames")?;
                if let Some(len) = read_len {
                    write!(f, ", from {} of the file", Bytes(*len))?;
                }
                f.write_str(". To see the rest, split the file, or record less")
            }
            Self::TooLong { limit } => write!(
                f,
                "this is longer than {}, which is the most that is read of such a file: split it",
                Bytes(*limit)
            ),
        }
    }
}

impl std::error::Error for ImportError {}

/// A number of bytes, for people.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            len if len < 10 << 10 => write!(f, "{len} bytes"),
            len if len < 10 << 20 => write!(f, "{} KiB", len >> 10),
            len => write!(f, "{} MiB", len >> 20),
        }
    }
}
