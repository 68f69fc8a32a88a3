//! What the fuzz targets share. The targets themselves are in `fuzz_targets`.

pub mod input;
pub mod naive;
pub mod said;
pub mod targets;

#[cfg(test)]
mod tests;
