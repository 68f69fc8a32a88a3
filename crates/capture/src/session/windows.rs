//! Text from before the capture began that messages may refer to, where the recorder knows it.

use std::collections::VecDeque;

/// No window is longer (RFC 7692 §7.1.2).
const MAX_WINDOW_LEN: usize = 32 * 1024;
/// How many may wait for their messages.
const MAX_WAITING: usize = 64;

/// The windows of one direction that are known before their messages are.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    /// The place in the stream from which it holds, and the text, in order.
    waiting: VecDeque<(u64, Box<[u8]>)>,
}

impl Windows {
    /// The first message that begins at `at` or later may refer to `text`.
    pub(crate) fn push(&mut self, at: u64, text: &[u8]) {
        let text = &text[text.len().saturating_sub(MAX_WINDOW_LEN)..];
        let is_later = self.waiting.back().is_none_or(|&(last, _)| last <= at);
        if is_later && self.waiting.len() < MAX_WAITING {
            self.waiting.push_back((at, text.into()));
        }
    }

    /// The window of a message that begins at `offset`.
    pub(crate) fn take(&mut self, offset: u64) -> Option<Box<[u8]>> {
        let mut window = None;
        while self.waiting.front().is_some_and(|&(at, _)| at <= offset) {
            window = self.waiting.pop_front().map(|(_, text)| text);
        }
        window
    }

    /// The windows that wait.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.waiting.iter().map(|(at, text)| (*at, &text[..]))
    }

    /// The memory it takes.
    pub(crate) fn kept_len(&self) -> u64 {
        let texts: usize = self.waiting.iter().map(|(_, text)| text.len()).sum();
        (texts + self.waiting.capacity() * size_of::<(u64, Box<[u8]>)>()) as u64
    }
}
