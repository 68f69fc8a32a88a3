//! The rules that frames and handshakes can break, and what was found broken.

pub(crate) mod finding;
pub(crate) mod rule;
