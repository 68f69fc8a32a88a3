//! The WebSocket protocol (RFC 6455) and its compression extension (RFC 7692) as a sans-IO codec.
//!
//! Nothing here does I/O, reads a clock, or makes a random number: the same octets give the same result,
//! on every machine. Sockets, masking keys and time come from the caller.
//!
//! | for                                             | there is                                             |
//! | ----------------------------------------------- | ---------------------------------------------------- |
//! | the opening handshake, either end               | [`handshake`]                                        |
//! | what a peer sends, judged as an endpoint must   | [`Decoder`], which gives [`Event`]s                  |
//! | frames to send                                  | [`FrameHeader::append_frame`], [`FrameHeader::encode_frame`] |
//! | frames as they are, however wrong               | [`walk`]                                             |
//! | compressed messages                             | `deflate`, where that feature is on                  |
//!
//! `examples/echo.rs` is a whole server: `cargo run -p framewright-codec --example echo`.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod close;
mod control;
mod decoder;
#[cfg(feature = "deflate")]
pub mod deflate;
mod encoder;
mod error;
mod event;
pub mod handshake;
mod header;
mod limits;
mod mask;
mod opcode;
mod role;
pub mod utf8;
pub mod walk;

pub use close::CloseCode;
pub use control::MAX_CONTROL_PAYLOAD_LEN;
pub use decoder::{Counters, Decoder, DecoderConfig};
pub use encoder::BufferTooShort;
pub use error::ProtocolError;
pub use event::{ControlPayload, Event, EventSink, MessageType, Piece};
pub use header::{FrameHeader, HeaderPrefix, LenForm, MAX_HEADER_LEN};
pub use limits::Limits;
pub use mask::Mask;
pub use opcode::Opcode;
pub use role::Role;

/// Has rustdoc compile and run what the README shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
