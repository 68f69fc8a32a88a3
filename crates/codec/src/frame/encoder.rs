//! The encoder: one frame into the caller's buffer.

use alloc::vec::Vec;
use core::fmt;

use crate::{FrameHeader, MAX_HEADER_LEN, Mask, Opcode};

/// The caller's buffer is shorter than the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferTooShort {
    /// The frame's length in bytes.
    pub needed_len: usize,
}

impl fmt::Display for BufferTooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the frame needs {} bytes", self.needed_len)
    }
}

impl core::error::Error for BufferTooShort {}

/// A frame to send. Its header says what the payload is; the length is the payload's own.
///
/// ```
/// use framewright_codec::{Frame, Opcode};
///
/// let mut out = Vec::new();
/// Frame::new(Opcode::Text, b"Hello").append_to(&mut out);
/// assert_eq!(out, *b"\x81\x05Hello");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Last fragment of its message.
    pub fin: bool,
    /// Reserved bit 1; permessage-deflate's "compressed" mark (RFC 7692 §6).
    pub rsv1: bool,
    /// Reserved bit 2.
    pub rsv2: bool,
    /// Reserved bit 3.
    pub rsv3: bool,
    /// What the payload is.
    pub opcode: Opcode,
    /// What the payload is masked with on the wire; a client must, a server must not (§5.1).
    pub masking_key: Option<[u8; 4]>,
    /// The payload, not masked.
    pub payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// An unfragmented, unmasked frame.
    pub const fn new(opcode: Opcode, payload: &'a [u8]) -> Self {
        Self {
            fin: true,
            rsv1: false,
            rsv2: false,
            rsv3: false,
            opcode,
            masking_key: None,
            payload,
        }
    }

    /// The frame's header.
    pub const fn header(&self) -> FrameHeader {
        FrameHeader {
            fin: self.fin,
            rsv1: self.rsv1,
            rsv2: self.rsv2,
            rsv3: self.rsv3,
            opcode: self.opcode,
            masking_key: self.masking_key,
            payload_len: self.payload.len() as u64,
        }
    }

    /// The length in bytes of the whole frame on the wire.
    pub const fn encoded_len(&self) -> usize {
        self.header().encoded_len() + self.payload.len()
    }

    /// Writes the frame at the start of `out`, and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// If `out` is too short; then nothing is written.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, BufferTooShort> {
        let header = self.header();
        let header_len = header.encoded_len();
        let needed_len = header_len + self.payload.len();
        let Some(frame) = out.get_mut(..needed_len) else {
            return Err(BufferTooShort { needed_len });
        };
        let mut header_bytes = [0; MAX_HEADER_LEN];
        header.encode(&mut header_bytes);
        let (header_out, payload_out) = frame.split_at_mut(header_len);
        header_out.copy_from_slice(&header_bytes[..header_len]);
        match self.masking_key {
            Some(key) => Mask::new(key).apply_to(self.payload, payload_out),
            None => payload_out.copy_from_slice(self.payload),
        }
        Ok(needed_len)
    }

    /// Appends the frame to `out`.
    #[inline]
    pub fn append_to(&self, out: &mut Vec<u8>) {
        let mut header_bytes = [0; MAX_HEADER_LEN];
        let header_len = self.header().encode(&mut header_bytes);
        out.reserve(header_len + self.payload.len());
        out.extend_from_slice(&header_bytes[..header_len]);
        let payload_offset = out.len();
        out.extend_from_slice(self.payload);
        if let Some(key) = self.masking_key {
            Mask::new(key).apply(&mut out[payload_offset..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_agree_with_the_rfc_example() {
        let frame = Frame {
            masking_key: Some([0x37, 0xfa, 0x21, 0x3d]),
            ..Frame::new(Opcode::Text, b"Hello")
        };
        let expected = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        assert_eq!(frame.encoded_len(), 11);
        let mut out = [0; 11];
        assert_eq!(frame.encode(&mut out), Ok(11));
        assert_eq!(out, expected);
        assert_eq!(frame.encode(&mut out[..10]), Err(BufferTooShort { needed_len: 11 }));
        let mut out = Vec::new();
        frame.append_to(&mut out);
        assert_eq!(out, expected);
    }
}
