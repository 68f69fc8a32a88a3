//! The opening handshake (RFC 6455 §4) and the negotiation of permessage-deflate (RFC 7692 §7.1).
//!
//! There is no HTTP parser here: bring your own and hand over the header fields. A server calls
//! [`accept_upgrade`] with the request; a client makes a [`ClientHandshake`], sends what it says, and
//! checks the response with it. Both take what the peer sent as bytes, never panic, and take time and
//! memory linear in the header's length (the subprotocols: n log n), so the caller's limit on header
//! length is the limit on both.
//!
//! ```
//! use framewright_codec::handshake::{accept_upgrade, DeflateConfig, HandshakeHeaders};
//!
//! // As an HTTP parser gives them: names in any case, values without the white space around them.
//! let headers = HandshakeHeaders::collect([
//!     ("Connection", b"keep-alive, Upgrade".as_slice()),
//!     ("Upgrade", b"websocket"),
//!     ("Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ=="),
//!     ("Sec-WebSocket-Version", b"13"),
//!     ("Sec-WebSocket-Protocol", b"chat, superchat"),
//!     ("Sec-WebSocket-Extensions", b"permessage-deflate; client_max_window_bits"),
//! ]);
//! let upgrade = accept_upgrade("GET", &headers, Some(&DeflateConfig::default()))?;
//!
//! let response = upgrade.response(&["superchat"]);
//! assert_eq!(upgrade.accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
//! assert!(response.contains("Sec-WebSocket-Protocol: superchat\r\n"));
//! assert!(response.contains("Sec-WebSocket-Extensions: permessage-deflate\r\n"));
//! # Ok::<(), framewright_codec::handshake::HandshakeError>(())
//! ```

mod accept;
mod client;
mod deflate;
mod error;
mod extension;
mod headers;
mod lexer;
mod server;
mod subprotocol;

pub use accept::{accept_for_key, key_from_nonce};
pub use client::{Agreement, ClientHandshake};
pub use deflate::{
    ClientMaxWindowBits, DeflateConfig, DeflateOffer, DeflateParam, DeflateParams,
    PERMESSAGE_DEFLATE, WindowBits, WindowBitsPolicy,
};
pub use error::{DeflateError, HandshakeError, HeaderError, InvalidSubprotocols, ResponseError};
pub use extension::{Extension, ExtensionParam, parse_extensions};
pub use headers::HandshakeHeaders;
pub use server::{Upgrade, accept_upgrade};
pub use subprotocol::parse_subprotocols;
