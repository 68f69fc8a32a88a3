//! A client's offer (RFC 7692 §7.1), which can say a little more than an agreement.

use alloc::vec::Vec;
use core::fmt;

use super::PERMESSAGE_DEFLATE;
use super::param::{DeflateParam, List, WindowBits};
use crate::handshake::{DeflateError, Extension};

/// The parameters that a client offers. Formatted, it's the request's `Sec-WebSocket-Extensions`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DeflateOffer {
    /// Asks the server to compress each message on its own.
    pub server_no_context_takeover: bool,
    /// Says that the client will compress each message on its own.
    pub client_no_context_takeover: bool,
    /// Asks the server to compress with no larger window.
    pub server_max_window_bits: Option<WindowBits>,
    /// Whether the server may limit the client's window.
    pub client_max_window_bits: ClientMaxWindowBits,
}

/// `client_max_window_bits` in an offer (RFC 7692 §7.1.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ClientMaxWindowBits {
    /// Not there: the server can't limit the client's window.
    #[default]
    Absent,
    /// Without a value: the server may limit the client's window.
    Supported,
    /// With a value: the server may, and the client won't use a larger window anyway.
    Limit(WindowBits),
}

impl ClientMaxWindowBits {
    /// The value, if there is one.
    pub const fn limit(self) -> Option<WindowBits> {
        match self {
            Self::Limit(bits) => Some(bits),
            Self::Absent | Self::Supported => None,
        }
    }
}

impl DeflateOffer {
    /// The permessage-deflate offers among `extensions`, best first. One that is invalid makes the whole
    /// header invalid, as in ws.
    pub fn from_extensions(extensions: &[Extension<'_>]) -> Result<Vec<Self>, DeflateError> {
        extensions.iter().filter(|e| e.name == PERMESSAGE_DEFLATE).map(Self::parse).collect()
    }

    pub(super) fn parse(extension: &Extension<'_>) -> Result<Self, DeflateError> {
        let mut offer = Self::default();
        for param in &extension.params {
            let name = DeflateParam::from_name(param.name).ok_or(DeflateError::UnknownParam)?;
            let value = param.value.as_deref();
            let bits = value.and_then(WindowBits::parse);
            let is_new = match (name, value) {
                (DeflateParam::ServerNoContextTakeover, None) => {
                    !core::mem::replace(&mut offer.server_no_context_takeover, true)
                }
                (DeflateParam::ClientNoContextTakeover, None) => {
                    !core::mem::replace(&mut offer.client_no_context_takeover, true)
                }
                (DeflateParam::ServerMaxWindowBits, _) if bits.is_some() => {
                    core::mem::replace(&mut offer.server_max_window_bits, bits).is_none()
                }
                (DeflateParam::ClientMaxWindowBits, _) if bits.is_some() || value.is_none() => {
                    let limit =
                        bits.map_or(ClientMaxWindowBits::Supported, ClientMaxWindowBits::Limit);
                    core::mem::replace(&mut offer.client_max_window_bits, limit)
                        == ClientMaxWindowBits::Absent
                }
                _ => return Err(DeflateError::InvalidValue(name)),
            };
            if !is_new {
                return Err(DeflateError::DuplicateParam(name));
            }
        }
        Ok(offer)
    }
}

impl fmt::Display for DeflateOffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        List {
            server_no_context_takeover: self.server_no_context_takeover,
            client_no_context_takeover: self.client_no_context_takeover,
            server_max_window_bits: self.server_max_window_bits,
            client_max_window_bits: self.client_max_window_bits.limit(),
        }
        .fmt(f)?;
        if self.client_max_window_bits == ClientMaxWindowBits::Supported {
            write!(f, "; {}", DeflateParam::ClientMaxWindowBits)?;
        }
        Ok(())
    }
}
