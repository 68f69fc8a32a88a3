//! The WebSocket protocol (RFC 6455) and its compression extension (RFC 7692) as a sans-IO codec.
//!
//! Nothing here does I/O, reads a clock, or makes a random number: the same bytes give the same result,
//! on every machine. Sockets, masking keys and time come from the caller.
//!
//! | for                                             | there is                                             |
//! | ----------------------------------------------- | ---------------------------------------------------- |
//! | the opening handshake, either end               | [`handshake`]                                        |
//! | a whole connection: bytes in, messages out      | [`Connection`]                                       |
//! | messages, where the host keeps the rest         | [`MessageAssembler`], [`MessageCheck`]               |
//! | what a peer sends, judged as an endpoint must   | [`Decoder`], which gives [`Event`]s                  |
//! | frames to send                                  | [`Frame`]                                            |
//! | frames as they are, however wrong               | [`walk`]                                             |
//! | compressed messages                             | `deflate`, where that feature is on                  |
//!
//! Most programs want a [`Connection`]. What is below it is for hosts that keep their own sockets or their
//! own memory: a [`Decoder`] says where in a chunk things lie, and copies nothing.
//!
//! What the peer does wrong is a [`ProtocolError`] or an [`InflateError`]; each maps to one close code, by
//! [`Failure::close_code`]. What the caller does wrong is a [`SendError`].
//!
//! `examples/echo.rs` is a whole server: `cargo run -p framewright-codec --example echo`.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

/// Has rustdoc compile and run what the README shows.
#[cfg(all(doctest, feature = "deflate"))]
#[doc = include_str!("../README.md")]
struct Readme;

mod connection;
mod decoder;
#[cfg(feature = "deflate")]
pub mod deflate;
mod error;
mod frame;
pub mod handshake;
mod limits;
mod message;
mod role;
pub mod utf8;
pub mod walk;

pub use connection::{Connection, ConnectionConfig, MaskingKeys, SendError, Unmasked};
pub use decoder::event::{ControlPayload, Event, EventSink, MessageType, Piece};
pub use decoder::span::Span;
pub use decoder::{Counters, Decoder, DecoderConfig};
pub use error::ProtocolError;
pub use error::failure::Failure;
pub use error::inflate::InflateError;
pub use frame::close::CloseCode;
pub use frame::control::MAX_CONTROL_PAYLOAD_LEN;
pub use frame::encoder::{BufferTooShort, Frame};
pub use frame::header::{FrameHeader, HeaderPrefix, LenForm, MAX_HEADER_LEN};
pub use frame::mask::Mask;
pub use frame::opcode::Opcode;
pub use limits::Limits;
pub use message::assembler::{MessageAssembler, MessageCheck};
pub use message::{Message, Received};
pub use role::Role;
