//! Payloads of control frames, which are short enough to be carried from chunk to chunk.

use alloc::boxed::Box;

/// The longest payload of a control frame in bytes (RFC 6455 §5.5).
pub const MAX_CONTROL_PAYLOAD_LEN: usize = 125;

/// The payloads of control frames that are spread over chunks. Two banks: one chunk can end such a frame,
/// whose payload the caller still has to read, and begin the next.
#[derive(Debug)]
pub(crate) struct CarriedControl {
    banks: Option<Box<[[u8; MAX_CONTROL_PAYLOAD_LEN]; 2]>>,
    /// The bank of the frame that ended last; the other one takes the frame under way.
    whole: usize,
}

impl CarriedControl {
    pub(crate) const fn new() -> Self {
        Self { banks: None, whole: 0 }
    }

    pub(crate) fn write(&mut self, offset: usize, piece: &[u8]) {
        let banks = self.banks.get_or_insert_with(|| Box::new([[0; MAX_CONTROL_PAYLOAD_LEN]; 2]));
        banks[1 - self.whole][offset..offset + piece.len()].copy_from_slice(piece);
    }

    pub(crate) fn end_frame(&mut self) {
        self.whole = 1 - self.whole;
    }

    /// The first `len` bytes of the frame under way.
    pub(crate) fn under_way(&self, len: usize) -> &[u8] {
        self.banks.as_ref().map_or(&[], |banks| &banks[1 - self.whole][..len])
    }

    pub(crate) fn whole(&self) -> &[u8] {
        self.banks.as_ref().map_or(&[], |banks| &banks[self.whole])
    }
}
