//! What an endpoint wants of permessage-deflate, and how it comes to an agreement with its peer.

use super::{ClientMaxWindowBits, DeflateOffer, DeflateParam, DeflateParams, WindowBits};
use crate::handshake::DeflateError;

/// An endpoint's wishes, with the meaning that ws gives them. The default leaves all to the peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DeflateConfig {
    /// A server with `Some(true)` sets the parameter whether asked to or not, and with `Some(false)`
    /// refuses offers that ask for it. A client with `Some(true)` asks for it.
    pub server_no_context_takeover: Option<bool>,
    /// A server with `Some(true)` sets the parameter. A client with `Some(true)` offers it, and with
    /// `Some(false)` refuses a response that sets it.
    pub client_no_context_takeover: Option<bool>,
    /// A limit for the server's window.
    pub server_max_window_bits: WindowBitsPolicy,
    /// A limit for the client's window.
    pub client_max_window_bits: WindowBitsPolicy,
}

/// What to do about the limit of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WindowBitsPolicy {
    /// The peer's wish decides.
    #[default]
    Follow,
    /// No limit. A server refuses offers that ask it to limit its own window, and doesn't answer those
    /// by which the client would limit its own. A client refuses a response that limits its window.
    Refuse,
    /// This limit. A server sets it, and refuses offers that don't allow it; a client asks for it, and
    /// refuses a response that sets a larger one for the client's window.
    Limit(WindowBits),
}

impl WindowBitsPolicy {
    /// The limit, if that's the policy.
    pub const fn limit(self) -> Option<WindowBits> {
        match self {
            Self::Limit(bits) => Some(bits),
            Self::Follow | Self::Refuse => None,
        }
    }
}

impl DeflateConfig {
    /// A client's offer.
    pub fn offer(&self) -> DeflateOffer {
        DeflateOffer {
            server_no_context_takeover: self.server_no_context_takeover == Some(true),
            client_no_context_takeover: self.client_no_context_takeover == Some(true),
            server_max_window_bits: self.server_max_window_bits.limit(),
            client_max_window_bits: match self.client_max_window_bits {
                WindowBitsPolicy::Follow => ClientMaxWindowBits::Supported,
                WindowBitsPolicy::Refuse => ClientMaxWindowBits::Absent,
                WindowBitsPolicy::Limit(bits) => ClientMaxWindowBits::Limit(bits),
            },
        }
    }

    /// A server's answer to the first offer that it can accept.
    pub fn accept_offer(&self, offers: &[DeflateOffer]) -> Result<DeflateParams, DeflateError> {
        let offer = offers.iter().find(|offer| self.accepts(offer));
        let offer = offer.ok_or(DeflateError::NoAcceptableOffer)?;
        Ok(DeflateParams {
            server_no_context_takeover: offer.server_no_context_takeover
                || self.server_no_context_takeover == Some(true),
            client_no_context_takeover: offer.client_no_context_takeover
                || self.client_no_context_takeover == Some(true),
            server_max_window_bits: self
                .server_max_window_bits
                .limit()
                .or(offer.server_max_window_bits),
            client_max_window_bits: match self.client_max_window_bits {
                WindowBitsPolicy::Follow => offer.client_max_window_bits.limit(),
                WindowBitsPolicy::Refuse => None,
                WindowBitsPolicy::Limit(bits) => Some(bits),
            },
        })
    }

    fn accepts(&self, offer: &DeflateOffer) -> bool {
        let takeover =
            !(offer.server_no_context_takeover && self.server_no_context_takeover == Some(false));
        let server_window = match (self.server_max_window_bits, offer.server_max_window_bits) {
            (WindowBitsPolicy::Refuse, Some(_)) => false,
            (WindowBitsPolicy::Limit(ours), Some(theirs)) => ours <= theirs,
            _ => true,
        };
        let client_window = match (self.client_max_window_bits, offer.client_max_window_bits) {
            (WindowBitsPolicy::Limit(_), ClientMaxWindowBits::Absent) => false,
            (WindowBitsPolicy::Limit(ours), ClientMaxWindowBits::Limit(theirs)) => ours <= theirs,
            _ => true,
        };
        takeover && server_window && client_window
    }

    /// A client's judgement of the response: the parameters that hold.
    pub fn accept_response(
        &self,
        mut params: DeflateParams,
    ) -> Result<DeflateParams, DeflateError> {
        if params.client_no_context_takeover && self.client_no_context_takeover == Some(false) {
            return Err(DeflateError::Unacceptable(DeflateParam::ClientNoContextTakeover));
        }
        match (self.client_max_window_bits, params.client_max_window_bits) {
            (WindowBitsPolicy::Refuse, Some(_)) => {
                return Err(DeflateError::Unacceptable(DeflateParam::ClientMaxWindowBits));
            }
            (WindowBitsPolicy::Limit(ours), Some(theirs)) if theirs > ours => {
                return Err(DeflateError::Unacceptable(DeflateParam::ClientMaxWindowBits));
            }
            (WindowBitsPolicy::Limit(ours), None) => params.client_max_window_bits = Some(ours),
            _ => {}
        }
        Ok(params)
    }
}
