//! Where something lies in a chunk.

use core::ops::Range;

/// A stretch of a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte's index in the chunk.
    pub offset: usize,
    /// Bytes.
    pub len: usize,
}

impl Span {
    /// `len` bytes from `offset` on.
    #[inline]
    pub const fn new(offset: usize, len: usize) -> Self {
        Self { offset, len }
    }

    /// The same as a range, to index the chunk with.
    #[inline]
    pub const fn range(self) -> Range<usize> {
        self.offset..self.offset + self.len
    }
}
