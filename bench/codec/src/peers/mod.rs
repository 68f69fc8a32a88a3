//! The decoders, each used as its documentation says.

mod fastwebsockets;
mod framewright;
mod tungstenite;

pub(crate) use fastwebsockets::Fastwebsockets;
pub(crate) use framewright::Framewright;
pub(crate) use tungstenite::Tungstenite;
