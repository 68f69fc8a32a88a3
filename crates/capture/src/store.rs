//! The capture and what it holds: connections, frames, messages, findings, and the bytes of all of them.

pub(crate) mod bytes;
pub(crate) mod capture;
pub(crate) mod connection;
pub(crate) mod fingerprint;
pub(crate) mod frame;
pub(crate) mod id;
pub(crate) mod limits;
pub(crate) mod log;
mod loose;
pub(crate) mod message;
pub(crate) mod rows;
