//! What can be wrong with a compressed message.

use core::fmt;

use crate::CloseCode;

/// A compressed message that can't be taken, and fails the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InflateError {
    /// The payload isn't DEFLATE data, or refers to text outside the window (RFC 7692 §7.2.2).
    Corrupt,
    /// The message is longer than
    /// `InflateLimits::max_message_len`.
    MessageTooBig,
    /// The message grows by more than `InflateLimits::max_ratio`.
    RatioTooBig,
}

impl InflateError {
    /// The code to send in the close frame that fails the connection.
    pub const fn close_code(self) -> CloseCode {
        match self {
            Self::Corrupt => CloseCode::INVALID_PAYLOAD_DATA,
            Self::MessageTooBig | Self::RatioTooBig => CloseCode::MESSAGE_TOO_BIG,
        }
    }
}

impl fmt::Display for InflateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Corrupt => "invalid compressed data",
            Self::MessageTooBig => "inflated message too big",
            Self::RatioTooBig => "inflate ratio too big",
        })
    }
}

impl core::error::Error for InflateError {}
