//! What a caller can do wrong.

use core::fmt;

use crate::CloseCode;

/// Why something can't be sent. Nothing was sent, and the connection is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SendError {
    /// A close frame was sent: nothing may follow it.
    Closed,
    /// The payload of a ping or pong is over 125 bytes, or the reason of a close frame over 123.
    ControlTooLong,
    /// A close frame can't have this code (§7.4).
    InvalidCloseCode(CloseCode),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the connection is closing, so nothing can be sent"),
            Self::ControlTooLong => f.write_str("a control frame holds at most 125 bytes"),
            Self::InvalidCloseCode(code) => write!(f, "a close frame can't have the code {code}"),
        }
    }
}

impl core::error::Error for SendError {}
