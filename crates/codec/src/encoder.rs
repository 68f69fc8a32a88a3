//! The encoder: one frame into the caller's buffer.

use alloc::vec::Vec;
use core::fmt;

use crate::{FrameHeader, MAX_HEADER_LEN, Mask};

/// The caller's buffer is shorter than the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferTooShort {
    /// The frame's length in octets.
    pub needed_len: usize,
}

impl fmt::Display for BufferTooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the frame needs {} octets", self.needed_len)
    }
}

impl core::error::Error for BufferTooShort {}

impl FrameHeader {
    /// Writes a frame of this header and `payload` at the start of `out`, masking the payload where there
    /// is a masking key, and returns the frame's length in octets. The header's own `payload_len` is
    /// ignored for that of `payload`.
    ///
    /// ```
    /// use framewright_codec::{FrameHeader, Opcode};
    ///
    /// let mut out = [0; 32];
    /// let len = FrameHeader::new(Opcode::Text).encode_frame(b"Hello", &mut out).unwrap();
    /// assert_eq!(out[..len], [0x81, 0x05, b'H', b'e', b'l', b'l', b'o']);
    /// ```
    ///
    /// # Errors
    ///
    /// If `out` is too short; then nothing is written.
    pub fn encode_frame(&self, payload: &[u8], out: &mut [u8]) -> Result<usize, BufferTooShort> {
        let header = Self { payload_len: payload.len() as u64, ..*self };
        let header_len = header.encoded_len();
        let needed_len = header_len + payload.len();
        let Some(frame) = out.get_mut(..needed_len) else {
            return Err(BufferTooShort { needed_len });
        };
        let mut header_octets = [0; MAX_HEADER_LEN];
        header.encode(&mut header_octets);
        let (header_out, payload_out) = frame.split_at_mut(header_len);
        header_out.copy_from_slice(&header_octets[..header_len]);
        match self.masking_key {
            Some(key) => Mask::new(key).apply_to(payload, payload_out),
            None => payload_out.copy_from_slice(payload),
        }
        Ok(needed_len)
    }

    /// Appends a frame of this header and `payload` to `out`; otherwise like
    /// [`encode_frame`](Self::encode_frame).
    pub fn append_frame(&self, payload: &[u8], out: &mut Vec<u8>) {
        let header = Self { payload_len: payload.len() as u64, ..*self };
        let mut header_octets = [0; MAX_HEADER_LEN];
        let header_len = header.encode(&mut header_octets);
        out.extend_from_slice(&header_octets[..header_len]);
        let payload_offset = out.len();
        out.extend_from_slice(payload);
        if let Some(key) = self.masking_key {
            Mask::new(key).apply(&mut out[payload_offset..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Opcode;

    #[test]
    fn both_ways_agree_with_the_rfc_example() {
        let header = FrameHeader {
            masking_key: Some([0x37, 0xfa, 0x21, 0x3d]),
            ..FrameHeader::new(Opcode::Text)
        };
        let expected = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        let mut out = [0; 11];
        assert_eq!(header.encode_frame(b"Hello", &mut out), Ok(11));
        assert_eq!(out, expected);
        assert_eq!(
            header.encode_frame(b"Hello", &mut out[..10]),
            Err(BufferTooShort { needed_len: 11 })
        );
        let mut out = Vec::new();
        header.append_frame(b"Hello", &mut out);
        assert_eq!(out, expected);
    }
}
