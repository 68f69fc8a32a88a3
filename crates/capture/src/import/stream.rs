//! Byte streams that may carry WebSockets: plain, in TLS, or in HTTP/2.

pub(super) mod flow;
mod http2;
pub(super) mod layer;
mod midstream;
pub(super) mod side;
pub(super) mod tally;
pub(super) mod tls;
