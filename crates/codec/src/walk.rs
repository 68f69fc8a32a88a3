//! The lenient view of a stream of frames: every field with its byte and bit range, and every violation
//! with its RFC section and byte offset. It never stops, where the strict [`Decoder`](crate::Decoder)
//! fails the connection at the first violation as a peer must.
//!
//! Both read headers with the same parser ([`FrameHeader`](crate::FrameHeader)).
//!
//! ```
//! use framewright_codec::Role;
//! use framewright_codec::walk::{FieldKind, Findings, Walker, fields};
//!
//! let bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
//! let mut seen = Findings::default();
//! Walker::new(Some(Role::Client)).push(&bytes, &mut seen);
//! assert_eq!(seen.frames.len(), 1);
//! assert!(seen.violations.is_empty());
//!
//! let mask = fields(&bytes).find(|field| field.kind == FieldKind::Mask).unwrap();
//! assert_eq!((mask.bytes(), mask.bit_offset), (1..2, 8));
//! ```

mod field;
mod rule;
#[cfg(test)]
mod tests;
mod walker;

pub use field::{Field, FieldKind, FieldValue, Fields, fields};
pub use rule::{Rule, Violation};
pub use walker::{Findings, Gap, WalkSink, WalkedFrame, Walker};
