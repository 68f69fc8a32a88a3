//! Why a connection failed, whoever is to blame.

use core::fmt;

use crate::{CloseCode, InflateError, ProtocolError};

/// What failed a connection (RFC 6455 §7.1.7). Each value maps to exactly one close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// The peer broke the protocol, or went past a limit.
    Protocol(ProtocolError),
    /// The peer sent a compressed message that can't be taken.
    Inflate(InflateError),
    /// This endpoint failed. The codec never says so by itself; a host does, for a panic that it caught or
    /// memory that it lost.
    Internal,
}

impl Failure {
    /// The code to send in the close frame that fails the connection.
    pub const fn close_code(self) -> CloseCode {
        match self {
            Self::Protocol(error) => error.close_code(),
            Self::Inflate(error) => error.close_code(),
            Self::Internal => CloseCode::INTERNAL_ERROR,
        }
    }
}

impl From<ProtocolError> for Failure {
    fn from(error: ProtocolError) -> Self {
        Self::Protocol(error)
    }
}

impl From<InflateError> for Failure {
    fn from(error: InflateError) -> Self {
        Self::Inflate(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Protocol(error) => error.fmt(f),
            Self::Inflate(error) => error.fmt(f),
            Self::Internal => f.write_str("internal error"),
        }
    }
}

impl core::error::Error for Failure {}
