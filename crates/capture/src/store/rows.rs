//! A queue of small records, in pieces: it grows without a copy of what it holds, and takes no more memory than a
//! piece beyond that.

use std::collections::VecDeque;

/// How many records a piece holds.
const PIECE: usize = 512;

/// Appends to a list that may become long: it grows by a quarter, not to twice its length.
pub(crate) fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() == list.capacity() {
        list.reserve_exact(room(list.len()));
    }
    list.push(item);
}

/// The same for a queue.
pub(crate) fn push_back<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == queue.capacity() {
        queue.reserve_exact(room(queue.len()));
    }
    queue.push_back(item);
}

fn room(len: usize) -> usize {
    (len / 4).max(4)
}

#[derive(Debug)]
pub(crate) struct Rows<T> {
    /// Full, except the last.
    pieces: VecDeque<Vec<T>>,
    /// How many records of the first piece are gone.
    gone: usize,
    len: usize,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { pieces: VecDeque::new(), gone: 0, len: 0 }
    }
}

impl<T: Copy> Rows<T> {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn push(&mut self, row: T) {
        if (self.gone + self.len).is_multiple_of(PIECE) {
            // Most captures are short: the first piece grows as it fills.
            let capacity = if self.pieces.is_empty() { 0 } else { PIECE };
            self.pieces.push_back(Vec::with_capacity(capacity));
        }
        if let Some(piece) = self.pieces.back_mut() {
            piece.push(row);
            self.len += 1;
        }
    }

    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        let at = self.gone + index;
        self.pieces.get(at / PIECE)?.get(at % PIECE)
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        let at = self.gone + index;
        self.pieces.get_mut(at / PIECE)?.get_mut(at % PIECE)
    }

    pub(crate) fn front(&self) -> Option<&T> {
        self.get(0)
    }

    pub(crate) fn pop_front(&mut self) -> Option<T> {
        let row = *self.front()?;
        self.gone += 1;
        self.len -= 1;
        if self.gone == PIECE {
            self.pieces.pop_front();
            self.gone = 0;
        }
        Some(row)
    }

    /// The memory it takes.
    pub(crate) fn kept_len(&self) -> u64 {
        let rows = match self.pieces.back() {
            Some(last) => (self.pieces.len() - 1) * PIECE + last.capacity(),
            None => 0,
        };
        (rows * size_of::<T>() + self.pieces.capacity() * size_of::<Vec<T>>()) as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn is_a_queue(steps in proptest::collection::vec((0..6000_usize, 0..6000_usize), 0..8)) {
            let (mut rows, mut model) = (Rows::default(), VecDeque::new());
            let mut next = 0_u32;
            for (pushed, popped) in steps {
                for _ in 0..pushed {
                    rows.push(next);
                    model.push_back(next);
                    next += 1;
                }
                for _ in 0..popped {
                    prop_assert_eq!(rows.pop_front(), model.pop_front());
                }
                prop_assert_eq!(rows.len(), model.len());
                prop_assert_eq!(rows.front(), model.front());
                for index in [0, 1, 511, 512, model.len().saturating_sub(1), model.len()] {
                    prop_assert_eq!(rows.get(index), model.get(index));
                    prop_assert_eq!(rows.get_mut(index), model.get_mut(index));
                }
                let held = (model.len() * size_of::<u32>()) as u64;
                prop_assert!(rows.kept_len() >= held);
                prop_assert!(rows.kept_len() <= held + 10_000, "{} for {held}", rows.kept_len());
            }
        }
    }
}
