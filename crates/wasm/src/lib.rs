//! The codec and the capture sessions for JavaScript: translation only.

use framewright_codec::FrameHeader;
use wasm_bindgen::prelude::*;

/// Length of the header at the start of `octets`.
#[wasm_bindgen]
pub fn header_len(octets: &[u8]) -> Option<usize> {
    FrameHeader::parse(octets).map(|(_, len)| len)
}
