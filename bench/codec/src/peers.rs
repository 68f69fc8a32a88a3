//! The decoders, each used as its documentation says.

mod fastwebsockets;
mod framewright;
mod tungstenite;

pub(crate) use fastwebsockets::Fastwebsockets;
pub(crate) use framewright::{Framewright, FramewrightConnection};
pub(crate) use tungstenite::Tungstenite;

/// A decoder at work on a stream.
pub(crate) trait Decode {
    /// Decodes at least so many messages; returns how many it was.
    fn decode(&mut self, messages: usize, on_message: impl FnMut(&[u8])) -> usize;
}
