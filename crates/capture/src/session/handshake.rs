//! The opening handshake as it was captured: request and response, paired and judged.

mod head;
mod judge;

use crate::{DeflateParams, Direction};
pub use head::{Head, HeaderField};
pub(crate) use head::{MAX_HEAD_LEN, Malformed, parse_head};
#[cfg(feature = "full")]
pub(crate) use judge::negotiated;
pub(crate) use judge::{Fault, judge, judge_http2};

/// In a handshake that an export put in place of one that wasn't captured: how the connection really starts,
/// `frames` or `mid-stream`.
pub(crate) const START_FIELD: &str = "X-Framewright-Start";

/// What a handshake agreed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Negotiated {
    /// The subprotocol.
    pub subprotocol: Option<String>,
    /// permessage-deflate's parameters, if it is in use.
    pub permessage_deflate: Option<DeflateParams>,
}

/// A handshake as far as it was captured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handshake {
    /// The client's request.
    pub request: Option<Head>,
    /// The server's response.
    pub response: Option<Head>,
    /// Whether the server agreed with 101.
    pub accepted: bool,
}

impl Handshake {
    /// The head that went in `direction`.
    pub(crate) fn head(&self, direction: Direction) -> Option<&Head> {
        match direction {
            Direction::ToServer => self.request.as_ref(),
            Direction::ToClient => self.response.as_ref(),
        }
    }
}
