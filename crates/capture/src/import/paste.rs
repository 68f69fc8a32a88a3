//! Bytes that someone pasted: hex, base64, raw, and the hex this crate exports.

pub(super) mod hex_export;
pub(super) mod text;
