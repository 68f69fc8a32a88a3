//! What the fuzz targets share. The targets themselves are in `fuzz_targets`.

pub mod decode;
pub mod handshake;
pub mod inflate;
pub mod input;
pub mod naive;
pub mod round_trip;
pub mod said;

#[cfg(test)]
mod tests;
