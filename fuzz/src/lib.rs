//! What the fuzz targets share. The targets themselves are in `fuzz_targets`.

pub mod capture_import;
pub mod connection;
pub mod decode;
pub mod handshake;
pub mod inflate;
pub mod input;
pub mod naive;
pub mod query;
pub mod round_trip;
pub mod said;
pub mod walk;

#[cfg(test)]
mod tests;
