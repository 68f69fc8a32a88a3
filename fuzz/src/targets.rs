//! What each target does with its bytes.

pub mod capture_import;
pub mod connection;
pub mod decode;
pub mod handshake;
pub mod inflate;
pub mod query;
pub mod round_trip;
pub mod walk;
