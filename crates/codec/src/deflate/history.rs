//! The last octets of plain text that went through a context.

use alloc::collections::VecDeque;

/// Grows by steps of this many octets: doubling would waste half of what thousands of contexts hold.
const GROWTH_LEN: usize = 2 * 1024;

/// A ring of at most `max_len` octets.
#[derive(Debug)]
pub(super) struct History {
    octets: VecDeque<u8>,
    max_len: usize,
}

impl History {
    pub(super) const fn new(max_len: usize) -> Self {
        Self { octets: VecDeque::new(), max_len }
    }

    /// Appends `text`, and forgets what is older than `max_len`.
    pub(super) fn push(&mut self, text: &[u8]) {
        let text = &text[text.len().saturating_sub(self.max_len)..];
        let needed_len = self.octets.len() + text.len();
        self.octets.drain(..needed_len.saturating_sub(self.max_len));
        let needed_len = needed_len.min(self.max_len);
        if needed_len > self.octets.capacity() {
            let len = needed_len.next_multiple_of(GROWTH_LEN).min(self.max_len);
            self.octets.reserve_exact(len - self.octets.len());
        }
        self.octets.extend(text);
    }

    /// Forgets everything, and frees the memory.
    pub(super) fn clear(&mut self) {
        self.octets = VecDeque::new();
    }

    /// The octets, oldest first, in two parts.
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        let (older, newer) = self.octets.as_slices();
        [older, newer]
    }

    /// The octets, oldest first.
    pub(super) fn contiguous(&mut self) -> &[u8] {
        self.octets.make_contiguous()
    }

    /// The memory held, in octets.
    pub(super) fn memory_len(&self) -> usize {
        self.octets.capacity()
    }
}
