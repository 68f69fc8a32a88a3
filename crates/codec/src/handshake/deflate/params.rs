//! What an agreement on the parameters looks like.

use core::fmt;

use super::param::{DeflateParam, List, WindowBits};
use super::{ClientMaxWindowBits, DeflateOffer, PERMESSAGE_DEFLATE};
use crate::handshake::{DeflateError, Extension};

/// The parameters that hold for a connection. The default is no parameter at all.
///
/// Formatted, it's the `Sec-WebSocket-Extensions` of the response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DeflateParams {
    /// The server compresses each message on its own.
    pub server_no_context_takeover: bool,
    /// The client compresses each message on its own.
    pub client_no_context_takeover: bool,
    /// The largest window that the server compresses with; `None` is 15.
    pub server_max_window_bits: Option<WindowBits>,
    /// The largest window that the client compresses with; `None` is 15.
    pub client_max_window_bits: Option<WindowBits>,
}

impl DeflateParams {
    /// The first of the permessage-deflate responses among `extensions`. One that is invalid makes the
    /// whole header invalid, as in ws.
    pub fn from_extensions(extensions: &[Extension<'_>]) -> Result<Option<Self>, DeflateError> {
        let mut first = None;
        for extension in extensions.iter().filter(|e| e.name == PERMESSAGE_DEFLATE) {
            let params = Self::parse(extension)?;
            first.get_or_insert(params);
        }
        Ok(first)
    }

    /// As an offer, but no parameter can lack its value.
    fn parse(response: &Extension<'_>) -> Result<Self, DeflateError> {
        let offer = DeflateOffer::parse(response)?;
        if offer.client_max_window_bits == ClientMaxWindowBits::Supported {
            return Err(DeflateError::InvalidValue(DeflateParam::ClientMaxWindowBits));
        }
        Ok(Self {
            server_no_context_takeover: offer.server_no_context_takeover,
            client_no_context_takeover: offer.client_no_context_takeover,
            server_max_window_bits: offer.server_max_window_bits,
            client_max_window_bits: offer.client_max_window_bits.limit(),
        })
    }
}

impl fmt::Display for DeflateParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            server_no_context_takeover,
            client_no_context_takeover,
            server_max_window_bits,
            client_max_window_bits,
        } = *self;
        List {
            server_no_context_takeover,
            client_no_context_takeover,
            server_max_window_bits,
            client_max_window_bits,
        }
        .fmt(f)
    }
}
