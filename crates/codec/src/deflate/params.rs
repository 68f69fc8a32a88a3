//! What was agreed for one direction.

use crate::Role;
use crate::handshake::{DeflateParams, WindowBits};

/// What was agreed for the messages of one direction. The default is what holds without any parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContextParams {
    /// The largest window the sender uses.
    pub max_window_bits: WindowBits,
    /// Whether a message may refer to earlier ones.
    pub context_takeover: bool,
}

impl ContextParams {
    /// For the messages that `sender` sends.
    pub fn of_sender(params: &DeflateParams, sender: Role) -> Self {
        let (bits, no_context_takeover) = match sender {
            Role::Server => (params.server_max_window_bits, params.server_no_context_takeover),
            Role::Client => (params.client_max_window_bits, params.client_no_context_takeover),
        };
        Self {
            max_window_bits: bits.unwrap_or(WindowBits::MAX),
            context_takeover: !no_context_takeover,
        }
    }

    pub(super) fn window_len(self) -> usize {
        1 << self.max_window_bits.get()
    }
}

impl Default for ContextParams {
    fn default() -> Self {
        Self { max_window_bits: WindowBits::MAX, context_takeover: true }
    }
}
