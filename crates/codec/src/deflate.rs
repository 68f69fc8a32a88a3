//! Compressed messages: permessage-deflate's work on payloads (RFC 7692 §7.2).
//!
//! A [`Compressor`] and a [`Decompressor`] hold one direction's context each. Both need an *engine*, the
//! working memory of zlib (some 380 kB to compress, 45 kB to inflate), only while they work on a message:
//! all that context takeover hands to the next message is the last window of plain text. So a context can
//! be put to *sleep*, which gives the engine back and keeps only that history, and *wakes* by priming any
//! engine with it. Whoever has many contexts keeps them in a [`Pool`], which lets few engines serve all.
//!
//! Parameters come from [`handshake`](crate::handshake); the negotiation is done there.
//!
//! ```
//! use framewright_codec::deflate::{CompressOptions, Compressor, ContextParams, Decompressor, InflateLimits};
//!
//! let params = ContextParams::default();
//! let mut compressor = Compressor::new(params, CompressOptions::default());
//! let mut decompressor = Decompressor::new(params, InflateLimits::default());
//! for expected_len in [7, 5] {
//!     // RFC 7692 §7.2.3.2: the second "Hello" refers to the first.
//!     let (mut payload, mut message) = (Vec::new(), Vec::new());
//!     compressor.compress(b"Hello", true, &mut payload);
//!     assert_eq!(payload.len(), expected_len);
//!     decompressor.inflate(&payload, true, &mut message)?;
//!     assert_eq!(message, b"Hello");
//! }
//! # Ok::<(), framewright_codec::deflate::InflateError>(())
//! ```

mod compressor;
mod decompressor;
mod engine;
mod history;
mod options;
mod params;
mod pool;
#[cfg(test)]
mod tests;

pub use crate::InflateError;
pub use compressor::Compressor;
pub use decompressor::{Decompressor, Step};
pub use engine::{DeflateEngine, InflateEngine};
pub use options::{CompressOptions, InflateLimits, Level, MemLevel, Strategy};
pub use params::ContextParams;
pub use pool::{Context, Pool};

/// The end of every sync flush, which a sender takes off a message and a receiver puts back
/// (RFC 7692 §7.2.1, §7.2.2).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];
