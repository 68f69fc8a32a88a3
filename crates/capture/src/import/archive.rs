//! Files that hold messages or events, not packets: HTTP archives, NetLog, flows of mitmproxy.

pub(super) mod har;
mod json_text;
#[cfg(feature = "full")]
pub(super) mod mitmproxy;
#[cfg(feature = "full")]
pub(super) mod netlog;
mod synth;
#[cfg(feature = "full")]
mod tnetstring;
