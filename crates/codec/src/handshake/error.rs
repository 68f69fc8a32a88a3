//! What can be wrong with a handshake, and the HTTP status that answers it.

use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;

use super::DeflateParam;

/// A `Sec-WebSocket-Protocol` or `Sec-WebSocket-Extensions` value that isn't what RFC 6455 §9.1 and
/// §4.1 say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeaderError {
    /// A byte that may not stand where it does.
    UnexpectedCharacter {
        /// Where, in bytes from the start of the value.
        offset: usize,
    },
    /// The value ends too early, or in white space.
    UnexpectedEnd,
    /// A subprotocol that was named before.
    DuplicateSubprotocol {
        /// Where the second one starts, in bytes from the start of the value.
        offset: usize,
    },
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnexpectedCharacter { offset } => write!(f, "unexpected character at {offset}"),
            Self::UnexpectedEnd => f.write_str("unexpected end"),
            Self::DuplicateSubprotocol { offset } => {
                write!(f, "the subprotocol at {offset} is a duplicate")
            }
        }
    }
}

impl core::error::Error for HeaderError {}

/// The subprotocols that the caller would have a client ask for aren't distinct tokens (RFC 6455 §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvalidSubprotocols;

impl fmt::Display for InvalidSubprotocols {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("subprotocols must be distinct tokens")
    }
}

impl core::error::Error for InvalidSubprotocols {}

/// Parameters of permessage-deflate that are invalid or can't be agreed on (RFC 7692 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeflateError {
    /// A parameter that RFC 7692 doesn't define.
    UnknownParam,
    /// A parameter given twice.
    DuplicateParam(DeflateParam),
    /// A value that the parameter can't have, or the lack of one it must have.
    InvalidValue(DeflateParam),
    /// No offer fits the server's configuration.
    NoAcceptableOffer,
    /// A response with a parameter, or a value of it, that the client's configuration rules out.
    Unacceptable(DeflateParam),
}

impl fmt::Display for DeflateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownParam => f.write_str("unknown permessage-deflate parameter"),
            Self::DuplicateParam(param) => write!(f, "duplicate parameter {param}"),
            Self::InvalidValue(param) => write!(f, "invalid value for parameter {param}"),
            Self::NoAcceptableOffer => f.write_str("no acceptable permessage-deflate offer"),
            Self::Unacceptable(param) => write!(f, "unacceptable parameter {param}"),
        }
    }
}

impl core::error::Error for DeflateError {}

/// Why a server refuses an upgrade request, in the order of the checks, which is that of ws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HandshakeError {
    /// No `Upgrade` header, or no `Upgrade` in `Connection`: an ordinary request.
    NotAnUpgrade,
    /// A method other than GET.
    InvalidMethod,
    /// An upgrade to something else than `websocket`.
    InvalidUpgrade,
    /// `Sec-WebSocket-Key` is missing or isn't 16 bytes in base64.
    InvalidKey,
    /// `Sec-WebSocket-Version` is missing or neither 13 nor 8.
    InvalidVersion,
    /// `Sec-WebSocket-Protocol` is malformed.
    InvalidSubprotocols(HeaderError),
    /// `Sec-WebSocket-Extensions` is malformed.
    InvalidExtensions(HeaderError),
    /// The permessage-deflate offers are invalid or none is acceptable.
    InvalidDeflate(DeflateError),
}

impl HandshakeError {
    /// The HTTP status of the response that refuses the request.
    ///
    /// A wrong version gets 400, as ws gives it, where RFC 6455 §4.2.2 suggests 426.
    pub const fn status(self) -> u16 {
        match self {
            Self::NotAnUpgrade => 426,
            Self::InvalidMethod => 405,
            Self::InvalidUpgrade
            | Self::InvalidKey
            | Self::InvalidVersion
            | Self::InvalidSubprotocols(_)
            | Self::InvalidExtensions(_)
            | Self::InvalidDeflate(_) => 400,
        }
    }

    /// The header fields that the response must carry beside those of every response, as names and
    /// values (RFC 9110 §15.5.6 and §15.5.22, RFC 6455 §4.4).
    pub const fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::NotAnUpgrade => &[("Connection", "Upgrade"), ("Upgrade", "websocket")],
            Self::InvalidMethod => &[("Allow", "GET")],
            Self::InvalidVersion => &[("Sec-WebSocket-Version", "13, 8")],
            _ => &[],
        }
    }

    /// The response that refuses the request, as HTTP/1.1. Close the socket after it.
    pub fn response(self) -> String {
        let reason = match self.status() {
            426 => "Upgrade Required",
            405 => "Method Not Allowed",
            _ => "Bad Request",
        };
        let mut response = format!("HTTP/1.1 {} {reason}\r\n", self.status());
        for (name, value) in self.headers() {
            response += &format!("{name}: {value}\r\n");
        }
        let body = self.to_string();
        response += &format!(
            "Connection: close\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        response
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnUpgrade => f.write_str("not an upgrade request"),
            Self::InvalidMethod => f.write_str("the method must be GET"),
            Self::InvalidUpgrade => f.write_str("the Upgrade header must be websocket"),
            Self::InvalidKey => f.write_str("missing or invalid Sec-WebSocket-Key header"),
            Self::InvalidVersion => {
                f.write_str("missing or unsupported Sec-WebSocket-Version header")
            }
            Self::InvalidSubprotocols(error) => {
                write!(f, "invalid Sec-WebSocket-Protocol header: {error}")
            }
            Self::InvalidExtensions(error) => {
                write!(f, "invalid Sec-WebSocket-Extensions header: {error}")
            }
            Self::InvalidDeflate(error) => {
                write!(f, "unacceptable Sec-WebSocket-Extensions header: {error}")
            }
        }
    }
}

impl core::error::Error for HandshakeError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::InvalidSubprotocols(error) | Self::InvalidExtensions(error) => Some(error),
            Self::InvalidDeflate(error) => Some(error),
            _ => None,
        }
    }
}

/// Why a client refuses a response, in the order of the checks, which is that of ws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseError {
    /// A status other than 101.
    UnexpectedStatus(u16),
    /// No `Upgrade` in `Connection`.
    InvalidConnection,
    /// `Upgrade` is missing or isn't `websocket`.
    InvalidUpgrade,
    /// `Sec-WebSocket-Accept` is missing or doesn't fit the key.
    InvalidAccept,
    /// A subprotocol, but the client named none.
    UnrequestedSubprotocol,
    /// A subprotocol that isn't one of those that the client named.
    InvalidSubprotocol,
    /// No subprotocol, but the client named some.
    MissingSubprotocol,
    /// An extension that the client didn't offer.
    UnrequestedExtension,
    /// `Sec-WebSocket-Extensions` is malformed.
    InvalidExtensions(HeaderError),
    /// The parameters of permessage-deflate are invalid or unacceptable.
    InvalidDeflate(DeflateError),
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnexpectedStatus(status) => write!(f, "unexpected status {status}"),
            Self::InvalidConnection => f.write_str("the Connection header must contain Upgrade"),
            Self::InvalidUpgrade => f.write_str("the Upgrade header must be websocket"),
            Self::InvalidAccept => f.write_str("missing or invalid Sec-WebSocket-Accept header"),
            Self::UnrequestedSubprotocol => f.write_str("a subprotocol, but none was requested"),
            Self::InvalidSubprotocol => f.write_str("a subprotocol that wasn't requested"),
            Self::MissingSubprotocol => f.write_str("no subprotocol, but some were requested"),
            Self::UnrequestedExtension => f.write_str("an extension that wasn't requested"),
            Self::InvalidExtensions(error) => {
                write!(f, "invalid Sec-WebSocket-Extensions header: {error}")
            }
            Self::InvalidDeflate(error) => {
                write!(f, "unacceptable Sec-WebSocket-Extensions header: {error}")
            }
        }
    }
}

impl core::error::Error for ResponseError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::InvalidExtensions(error) => Some(error),
            Self::InvalidDeflate(error) => Some(error),
            _ => None,
        }
    }
}
