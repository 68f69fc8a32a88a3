//! One direction of a connection.

use super::block::{Block, HeaderDecoder};
use super::frame::Open;

pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// One direction.
#[derive(Debug, Default)]
pub(super) struct Lane {
    /// The start of a frame's header, or of the preface.
    pub(super) head: Vec<u8>,
    pub(super) is_past_preface: bool,
    pub(super) open: Option<Open>,
    pub(super) decoder: HeaderDecoder,
    pub(super) block: Option<Block>,
    /// Set while no frame's start is known.
    pub(super) is_lost: bool,
}

impl Lane {
    /// The memory it takes beside its own struct.
    pub(super) fn kept_len(&self) -> usize {
        let payload = self.open.as_ref().map_or(0, |open| open.payload.capacity());
        let block = self.block.as_ref().map_or(0, |block| block.bytes.capacity());
        self.head.capacity() + payload + block + self.decoder.kept_len()
    }

    /// Takes the client's preface off the start, and returns what comes after.
    pub(super) fn take_preface<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let rest = &PREFACE[self.head.len()..];
        let len = rest.len().min(bytes.len());
        if rest[..len] == bytes[..len] {
            self.head.extend_from_slice(&bytes[..len]);
            if self.head.len() == PREFACE.len() {
                self.is_past_preface = true;
                self.head.clear();
            }
            return &bytes[len..];
        }
        // A server has none. What looked like one, of up to 24 bytes, is no frame's header either.
        self.is_past_preface = true;
        self.head.clear();
        bytes
    }
}
