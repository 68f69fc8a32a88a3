//! Frames of HTTP/2 (RFC 9113 §4.1, §6).

pub(super) const HEADER_LEN: usize = 9;

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PUSH_PROMISE: u8 = 5;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 0x1;
pub(super) const END_HEADERS: u8 = 0x4;
pub(super) const PADDED: u8 = 0x8;
pub(super) const PRIORITY: u8 = 0x20;

/// The longest payload of a frame with header fields that is read.
pub(super) const MAX_BLOCK_LEN: usize = 256 << 10;

/// A frame's header (RFC 9113 §4.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameHead {
    pub(super) len: usize,
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
}

impl FrameHead {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let &[a, b, c, kind, flags, d, e, f, g] = bytes.first_chunk::<HEADER_LEN>()?;
        Some(Self {
            len: u32::from_be_bytes([0, a, b, c]) as usize,
            kind,
            flags,
            stream: u32::from_be_bytes([d, e, f, g]) & 0x7fff_ffff,
        })
    }

    pub(super) fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// A frame under way.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) head: FrameHead,
    /// How much of the payload is still to come.
    pub(super) rest: usize,
    /// How many bytes at the end are padding, once that is known.
    pub(super) padding: Option<usize>,
    /// The payload so far, of kinds that are read as a whole.
    pub(super) payload: Vec<u8>,
}

impl Open {
    pub(super) fn new(head: FrameHead) -> Self {
        // The length of padding is the payload's first byte.
        let padding = (head.kind != DATA || !head.has(PADDED) || head.len == 0).then_some(0);
        Self { head, rest: head.len, padding, payload: Vec::new() }
    }

    pub(super) fn is_read(&self) -> bool {
        matches!(self.head.kind, HEADERS | PUSH_PROMISE | CONTINUATION | RST_STREAM)
            && self.head.len <= MAX_BLOCK_LEN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_fields_is_read_up_to_a_length() {
        let is_read = |kind, len| Open::new(FrameHead { len, kind, flags: 0, stream: 1 }).is_read();
        for kind in [HEADERS, PUSH_PROMISE, CONTINUATION] {
            assert!(is_read(kind, 256 << 10));
            assert!(!is_read(kind, (256 << 10) + 1));
        }
        assert!(!is_read(DATA, 9));
    }
}
