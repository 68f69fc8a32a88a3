//! What a peer can do wrong, and the close code that answers it.

pub(crate) mod failure;
pub(crate) mod inflate;

use core::fmt;

use crate::CloseCode;

/// A violation by the peer that fails the connection (RFC 6455 §7.1.7).
///
/// Every value maps to exactly one close code: [`ProtocolError::close_code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProtocolError {
    /// RSV1 is set where no negotiated extension gives it a meaning (§5.2).
    UnexpectedRsv1,
    /// RSV2 or RSV3 is set (§5.2).
    UnexpectedRsv23,
    /// A reserved opcode, a continuation with no message under way, or a new message inside another
    /// (§5.2, §5.4). Holds the four opcode bits.
    InvalidOpcode(u8),
    /// A fragmented control frame (§5.5).
    ExpectedFin,
    /// A control payload over 125 bytes, or a close body of one byte (§5.5). Holds the seven length
    /// bits.
    InvalidControlPayloadLen(u8),
    /// An unmasked frame from a client (§5.1).
    ExpectedMask,
    /// A masked frame from a server (§5.1).
    UnexpectedMask,
    /// A frame whose payload length is above 2^53 − 1 bytes.
    UnsupportedPayloadLen,
    /// A message longer than [`Limits::max_payload_len`](crate::Limits::max_payload_len).
    MessageTooBig,
    /// A close code that must not be on the wire (§7.4).
    InvalidCloseCode(u16),
    /// A text message or close reason that isn't UTF-8 (§8.1).
    InvalidUtf8,
    /// More fragments in a message than [`Limits::max_fragments`](crate::Limits::max_fragments).
    TooManyFragments,
    /// A header or payload spread over more chunks than
    /// [`Limits::max_buffered_chunks`](crate::Limits::max_buffered_chunks).
    TooManyBufferedChunks,
}

impl ProtocolError {
    /// The code to send in the close frame that fails the connection.
    pub const fn close_code(self) -> CloseCode {
        match self {
            Self::UnexpectedRsv1
            | Self::UnexpectedRsv23
            | Self::InvalidOpcode(_)
            | Self::ExpectedFin
            | Self::InvalidControlPayloadLen(_)
            | Self::ExpectedMask
            | Self::UnexpectedMask
            | Self::InvalidCloseCode(_) => CloseCode::PROTOCOL_ERROR,
            Self::InvalidUtf8 => CloseCode::INVALID_PAYLOAD_DATA,
            Self::TooManyFragments | Self::TooManyBufferedChunks => CloseCode::POLICY_VIOLATION,
            Self::UnsupportedPayloadLen | Self::MessageTooBig => CloseCode::MESSAGE_TOO_BIG,
        }
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnexpectedRsv1 => f.write_str("RSV1 must be clear"),
            Self::UnexpectedRsv23 => f.write_str("RSV2 and RSV3 must be clear"),
            Self::InvalidOpcode(bits) => write!(f, "invalid opcode {bits}"),
            Self::ExpectedFin => f.write_str("FIN must be set"),
            Self::InvalidControlPayloadLen(len) => write!(f, "invalid payload length {len}"),
            Self::ExpectedMask => f.write_str("MASK must be set"),
            Self::UnexpectedMask => f.write_str("MASK must be clear"),
            Self::UnsupportedPayloadLen => f.write_str("payload length above 2^53 - 1"),
            Self::MessageTooBig => f.write_str("message too big"),
            Self::InvalidCloseCode(code) => write!(f, "invalid close code {code}"),
            Self::InvalidUtf8 => f.write_str("invalid UTF-8 sequence"),
            Self::TooManyFragments => f.write_str("too many message fragments"),
            Self::TooManyBufferedChunks => f.write_str("too many buffered chunks"),
        }
    }
}

impl core::error::Error for ProtocolError {}
