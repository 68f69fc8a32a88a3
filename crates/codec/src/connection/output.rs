//! Frames that wait to be written.

use alloc::vec::Vec;

use super::MaskingKeys;
#[cfg(feature = "deflate")]
use crate::deflate::Compressor;
use crate::{CloseCode, Frame, Opcode};
#[cfg(feature = "deflate")]
use crate::{FrameHeader, MAX_HEADER_LEN, Mask};

/// While more than this many bytes wait, only the last ping is answered (§5.5.3 allows that).
pub(super) const MAX_PONGS_LEN: usize = 16 * 1024;

/// How much memory to keep for later once everything is written, in bytes.
const MAX_KEPT_LEN: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Output {
    bytes: Vec<u8>,
    /// How many of them are written.
    written_len: usize,
    /// The answer to a ping that came while much was waiting.
    pong: Option<Vec<u8>>,
}

impl Output {
    pub(super) const fn new() -> Self {
        Self { bytes: Vec::new(), written_len: 0, pong: None }
    }

    #[inline]
    pub(super) fn frame(&mut self, opcode: Opcode, payload: &[u8], keys: &mut impl MaskingKeys) {
        self.flush_pong(keys);
        self.append(opcode, payload, keys);
    }

    /// A message in one frame, compressed straight into the output.
    #[cfg(feature = "deflate")]
    pub(super) fn compressed(
        &mut self,
        opcode: Opcode,
        payload: &[u8],
        compressor: &mut Compressor,
        keys: &mut impl MaskingKeys,
    ) {
        self.flush_pong(keys);
        let mut header = FrameHeader {
            rsv1: true,
            masking_key: keys.next_key(),
            payload_len: payload.len() as u64,
            ..FrameHeader::new(opcode)
        };
        // Room for the header that an uncompressed payload would have: mostly it fits.
        let start = self.bytes.len();
        let payload_start = start + header.encoded_len();
        self.bytes.resize(payload_start, 0);
        compressor.compress(payload, true, &mut self.bytes);
        let compressed = &mut self.bytes[payload_start..];
        if let Some(key) = header.masking_key {
            Mask::new(key).apply(compressed);
        }
        header.payload_len = compressed.len() as u64;
        let mut header_bytes = [0; MAX_HEADER_LEN];
        let header_len = header.encode(&mut header_bytes);
        self.bytes.splice(start..payload_start, header_bytes[..header_len].iter().copied());
    }

    pub(super) fn close(&mut self, code: CloseCode, reason: &[u8], keys: &mut impl MaskingKeys) {
        let mut body = Vec::new();
        if code != CloseCode::NO_STATUS_RECEIVED {
            body.extend_from_slice(&code.0.to_be_bytes());
            body.extend_from_slice(reason);
        }
        self.frame(Opcode::Close, &body, keys);
    }

    /// Answers a ping.
    pub(super) fn pong(&mut self, payload: &[u8], keys: &mut impl MaskingKeys) {
        if self.bytes.len() - self.written_len > MAX_PONGS_LEN {
            self.pong = Some(payload.to_vec());
        } else {
            self.frame(Opcode::Pong, payload, keys);
        }
    }

    #[inline]
    pub(super) fn bytes(&mut self, keys: &mut impl MaskingKeys) -> &[u8] {
        if self.bytes.len() == self.written_len {
            self.flush_pong(keys);
        }
        &self.bytes[self.written_len..]
    }

    #[inline]
    pub(super) fn written(&mut self, len: usize) {
        self.written_len = self.bytes.len().min(self.written_len.saturating_add(len));
        if self.written_len == self.bytes.len() {
            self.bytes.clear();
            self.bytes.shrink_to(MAX_KEPT_LEN);
            self.written_len = 0;
        } else if self.written_len >= self.bytes.len() / 2 {
            self.bytes.drain(..self.written_len);
            self.written_len = 0;
        }
    }

    #[cfg(test)]
    pub(super) fn memory_len(&self) -> usize {
        self.bytes.capacity()
    }

    #[inline]
    fn flush_pong(&mut self, keys: &mut impl MaskingKeys) {
        if let Some(payload) = self.pong.take() {
            self.append(Opcode::Pong, &payload, keys);
        }
    }

    #[inline]
    fn append(&mut self, opcode: Opcode, payload: &[u8], keys: &mut impl MaskingKeys) {
        let masking_key = keys.next_key();
        Frame { masking_key, ..Frame::new(opcode, payload) }.append_to(&mut self.bytes);
    }
}
