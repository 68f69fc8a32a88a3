//! Bytes to compress, the same in every run.

use std::format;
use std::string::String;
use std::vec::Vec;

/// A linear congruential generator: enough to be incompressible.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as u32
    }
}

pub(super) fn noise(len: usize) -> Vec<u8> {
    let mut random = Random(len as u64);
    (0..len).map(|_| random.next() as u8).collect()
}

/// Text that repeats itself at all distances.
pub(super) fn text(len: usize) -> Vec<u8> {
    let mut random = Random(len as u64);
    let mut text = String::new();
    while text.len() < len {
        let number = random.next() % 3000;
        text += &format!("{{\"id\":{number},\"name\":\"n{}\"}},", number * number);
    }
    let mut text = text.into_bytes();
    text.truncate(len);
    text
}

/// The `index`th of a sequence of similar messages of about 250 bytes.
pub(super) fn message(index: usize) -> Vec<u8> {
    let mut message = format!("{{\"type\":\"update\",\"seq\":{index},\"items\":[").into_bytes();
    message.extend(text(200 + index));
    message
}
