//! The last bytes of plain text that went through a context.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// Memory comes and goes by pages of this many bytes. One length for all contexts: what one frees, another
/// can use, where histories that grow in place would leave gaps of every length.
const PAGE_LEN: usize = 2 * 1024;

/// At most `max_len` bytes.
#[derive(Debug)]
pub(super) struct History {
    /// All full, but the last.
    pages: VecDeque<Box<[u8; PAGE_LEN]>>,
    /// How much of the first page is forgotten.
    start: usize,
    len: usize,
    max_len: usize,
}

impl History {
    pub(super) const fn new(max_len: usize) -> Self {
        Self { pages: VecDeque::new(), start: 0, len: 0, max_len }
    }

    /// Appends `text`, and forgets what is older than `max_len`.
    pub(super) fn push(&mut self, text: &[u8]) {
        let mut text = &text[text.len().saturating_sub(self.max_len)..];
        let mut spare = self.forget((self.len + text.len()).saturating_sub(self.max_len));
        while !text.is_empty() {
            let at = (self.start + self.len) % PAGE_LEN;
            if self.start + self.len == self.pages.len() * PAGE_LEN {
                let page = spare.take().unwrap_or_else(|| Box::new([0; PAGE_LEN]));
                // Exact, since most of the memory that can be saved is in small histories.
                self.pages.reserve_exact(1);
                self.pages.push_back(page);
            }
            let Some(page) = self.pages.back_mut() else { return };
            let (taken, rest) = text.split_at(text.len().min(PAGE_LEN - at));
            page[at..at + taken.len()].copy_from_slice(taken);
            self.len += taken.len();
            text = rest;
        }
    }

    /// Forgets the oldest bytes, and returns a page that they filled.
    fn forget(&mut self, len: usize) -> Option<Box<[u8; PAGE_LEN]>> {
        let mut spare = None;
        self.start += len;
        self.len -= len;
        while self.start >= PAGE_LEN {
            self.start -= PAGE_LEN;
            spare = self.pages.pop_front();
        }
        spare
    }

    /// Forgets everything, and frees the memory.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.max_len);
    }

    /// The bytes, oldest first, in parts.
    pub(super) fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let end = self.start + self.len;
        self.pages.iter().enumerate().map(move |(index, page)| {
            let page_start = index * PAGE_LEN;
            let from = self.start.saturating_sub(page_start);
            &page[from..(end - page_start).min(PAGE_LEN)]
        })
    }

    /// The bytes, oldest first.
    pub(super) fn to_vec(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len);
        self.parts().for_each(|part| bytes.extend_from_slice(part));
        bytes
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The memory held, in bytes.
    pub(super) fn memory_len(&self) -> usize {
        self.pages.len() * PAGE_LEN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_the_last_bytes_of_whatever_came() {
        for max_len in [0, 1, 250, PAGE_LEN, 3 * PAGE_LEN, 3 * PAGE_LEN + 1] {
            let mut history = History::new(max_len);
            let mut all = Vec::new();
            for step in 0..if cfg!(miri) { 9 } else { 200_usize } {
                let len = [0, 1, 100, 999, PAGE_LEN - 1, PAGE_LEN, 9000][step % 7];
                let text: Vec<_> = (0..len).map(|i| (i * step + step) as u8).collect();
                history.push(&text);
                all.extend(&text);
                let expected = &all[all.len().saturating_sub(max_len)..];
                assert_eq!(history.to_vec(), expected);
                assert_eq!(history.len(), expected.len());
                assert!(history.memory_len() < expected.len() + 2 * PAGE_LEN);
            }
            history.clear();
            assert_eq!((history.len(), history.memory_len()), (0, 0));
            history.push(b"new");
            assert_eq!(history.to_vec(), b"new"[3 - max_len.min(3)..]);
        }
    }
}
