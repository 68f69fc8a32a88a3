//! WebSocket captures, free of I/O and deterministic: the same bytes give the same result on every
//! machine, and it compiles to `wasm32-unknown-unknown`.
//!
//! - A [`Capture`] is the store: connections, frames, messages and findings, with their bytes.
//!   Feed it directly ([`Capture::open`], [`Capture::push`]) from a live tap, or through an [`Importer`]
//!   from a file or a paste.
//! - A [`Reader`] gives payloads and messages, unmasked, joined and inflated.
//! - An [`Exporter`] writes captures for other tools, and its own format; a [`Redaction`] takes secrets out
//!   before.
//! - A [`Query`] tells which frames match; a [`Scan`] runs it over all frames in steps.
//!
//! - [`Timing`] and [`diagnose`] say how long things took, and what is wrong with a connection.
//!
//! All offsets and lengths are bytes; all times are nanoseconds on the connection's [`Clock`].
//!
//! ```
//! use framewright_capture::{Capture, ConnectionInit, Direction, FrameId, Limits, Reader, Start};
//!
//! let mut capture = Capture::new(Limits::default());
//! let start = Start::Frames(Default::default());
//! let conn = capture.open(ConnectionInit { start, ..Default::default() }).unwrap();
//! let hello = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
//! capture.push(conn, Direction::ToServer, &hello, 0);
//!
//! let frame = capture.frame(FrameId(0)).unwrap();
//! assert_eq!((frame.header_len(), frame.payload_len()), (6, 5));
//! let mut reader = Reader::new();
//! let message = reader.message(&capture, frame.message().unwrap()).unwrap();
//! assert_eq!(message.bytes, b"Hello");
//! ```

#![forbid(unsafe_code)]

mod analysis;
mod content;
mod export;
mod formats;
mod import;
mod lint;
mod query;
mod redact;
mod regexp;
mod session;
mod store;

pub use analysis::diagnosis::{Cause, Diagnosis, diagnose};
pub use analysis::timing::{CloseTiming, FragmentTiming, Gaps, PingTiming, Timing};
pub use content::reader::{Content, Reader};
pub use export::{ExportFormat, ExportOptions, Exporter};
pub use framewright_codec as codec;
pub use framewright_codec::handshake::{DeflateParams, WindowBits};
pub use framewright_codec::walk::{Field, FieldKind, FieldValue};
pub use import::{
    Detection, Format, ImportError, ImportOptions, ImportReport, Importer, is_key_log, needs_full,
};
pub use lint::finding::Finding;
pub use lint::rule::{ConnRule, Rule, Severity};
pub use query::{Query, QueryError, Scan};
pub use redact::Redaction;
#[cfg(target_family = "wasm")]
pub use regexp::HostRegex;
pub use regexp::{RegexError, RegexFlags};
pub use session::handshake::{Handshake, Head, HeaderField, Negotiated};
pub use store::bytes::{Missing, Run, Runs};
pub use store::capture::Capture;
pub use store::connection::{
    Clock, Connection, ConnectionInit, End, Lane, Mark, Marked, Region, RegionKind, Source, Start,
};
pub use store::frame::Frame;
pub use store::id::{ConnId, Direction, FindingId, FrameId, MessageId};
pub use store::limits::{Dropped, Limits};
pub use store::message::{Message, MessageForm, MessageState};
