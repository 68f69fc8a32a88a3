//! The bytes of one direction of a connection, with the places where some are missing.

use std::collections::VecDeque;
use std::ops::Range;

use super::rows;

/// Present bytes are cut into blocks at the multiples of this. A frame seldom crosses a block's end, and a
/// long stream gives back its oldest bytes by dropping a block.
const BLOCK_LEN: usize = 64 * 1024;
/// A block grows by this fraction of what is held, until that is as many whole blocks.
const GROWTH: usize = 4;
/// Evicted bytes may take this fraction of what is held before they are cut off the first block. So each
/// evicted byte causes at most this many to be moved.
const SLACK: u64 = 8;

/// Bytes missing from a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Where they should be, in bytes from the stream's start.
    pub offset: u64,
    /// How many.
    pub len: u64,
}

/// A run of a stream's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run<'a> {
    /// Bytes that are there.
    Present(&'a [u8]),
    /// This many were not captured, or were evicted.
    Missing(u64),
}

/// A stream. Offsets count the missing bytes too.
#[derive(Debug, Default)]
pub(crate) struct Bytes {
    /// The first starts after what was given back, all others at a multiple of [`BLOCK_LEN`].
    blocks: VecDeque<Vec<u8>>,
    /// How many present bytes were given back.
    evicted_len: u64,
    /// The first of them that can still be read.
    head: Box<[u8]>,
    /// How many bytes were ever pushed.
    present_len: u64,
    /// The gaps, and how many bytes are missing before each.
    gaps: Vec<(Missing, u64)>,
    /// How far gaps were forgotten with the bytes around them, and where the first remaining one ends. Only
    /// the head can be read before that.
    forgotten: u64,
    /// The memory of the blocks.
    blocks_len: usize,
}

/// How many gaps may be left of evicted bytes.
const MAX_EVICTED_GAPS: usize = 64;

impl Bytes {
    /// The stream's length so far, missing bytes included.
    pub(crate) fn len(&self) -> u64 {
        self.present_len + self.missing_len()
    }

    fn missing_len(&self) -> u64 {
        self.gaps.last().map_or(0, |(gap, before)| before + gap.len)
    }

    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let held_len = (self.present_len - self.evicted_len) as usize;
            let at = (self.present_len % BLOCK_LEN as u64) as usize;
            if self.blocks.is_empty() || at == 0 {
                self.blocks.push_back(Vec::new());
            }
            let Some(block) = self.blocks.back_mut() else { return };
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK_LEN - at));
            if block.capacity() - block.len() < now.len() {
                // Most streams are short, or little of them is held: that little must take little.
                let room = now.len().max(held_len / GROWTH).min(BLOCK_LEN - at);
                self.blocks_len -= block.capacity();
                block.reserve_exact(room);
                self.blocks_len += block.capacity();
            }
            block.extend_from_slice(now);
            self.present_len += now.len() as u64;
            bytes = later;
        }
    }

    pub(crate) fn push_gap(&mut self, len: u64) {
        let offset = self.len();
        match self.gaps.last_mut() {
            Some((gap, _)) if gap.offset + gap.len == offset => gap.len += len,
            _ => {
                let before = self.missing_len();
                rows::push(&mut self.gaps, (Missing { offset, len }, before));
            }
        }
    }

    /// The memory it takes.
    pub(crate) fn kept_len(&self) -> u64 {
        (self.blocks_len
            + self.blocks.capacity() * size_of::<Vec<u8>>()
            + self.head.len()
            + self.gaps.capacity() * size_of::<(Missing, u64)>()) as u64
    }

    /// How many present bytes can't be read any more.
    pub(crate) fn lost_len(&self) -> u64 {
        self.evicted_len.saturating_sub(self.head.len() as u64)
    }

    /// Frees what is before `offset`, except for a small part of what is held, and for the first `head_len`
    /// bytes. Returns how many bytes left the blocks.
    pub(crate) fn evict_before(&mut self, offset: u64, head_len: u64) -> u64 {
        let end = self.present_before(offset).min(self.present_len);
        let before = self.evicted_len;
        let head = (before == 0 && head_len <= end).then(|| self.slice(0..head_len)).flatten();
        let head: Box<[u8]> = head.unwrap_or_default().into();
        while let Some(first) = self.blocks.front()
            && self.evicted_len + first.len() as u64 <= end
        {
            self.evicted_len += first.len() as u64;
            self.blocks_len -= first.capacity();
            self.blocks.pop_front();
        }
        let unneeded = end.saturating_sub(self.evicted_len);
        if self.blocks.is_empty() {
            self.blocks = VecDeque::new();
        } else if unneeded > 0
            && unneeded.saturating_mul(SLACK) >= self.present_len - end
            && let Some(first) = self.blocks.front_mut()
        {
            self.blocks_len -= first.capacity();
            *first = first.split_off(unneeded as usize);
            self.blocks_len += first.capacity();
            self.evicted_len = end;
        }
        // Room made when more was held.
        let room = (self.present_len - self.evicted_len) as usize / GROWTH;
        if let Some(last) = self.blocks.back_mut()
            && last.capacity() - last.len() > 2 * room
        {
            self.blocks_len -= last.capacity();
            last.shrink_to(last.len() + room);
            self.blocks_len += last.capacity();
        }
        if before == 0 && self.evicted_len > 0 {
            self.head = head;
        }
        self.forget_gaps();
        self.evicted_len - before
    }

    /// Forgets the gaps between evicted bytes, except the last.
    fn forget_gaps(&mut self) {
        let evicted_len = self.evicted_len;
        let gone = self.gaps.partition_point(|(gap, before)| gap.offset - before <= evicted_len);
        if gone > MAX_EVICTED_GAPS.max(self.gaps.len() / 2) {
            self.gaps.drain(..gone - 1);
            self.gaps.shrink_to(2 * self.gaps.len());
            self.forgotten = self.gaps.first().map_or(0, |(gap, _)| gap.offset + gap.len);
        }
    }

    /// The head, from `offset` on, where that lies within it.
    fn head_from(&self, offset: u64) -> Option<&[u8]> {
        self.head.get(offset as usize..).filter(|rest| !rest.is_empty())
    }

    /// The bytes from `present` on as far as they are in one piece; `None` if they were given back or never
    /// came.
    fn piece_from(&self, present: u64) -> Option<&[u8]> {
        if present < self.evicted_len {
            return self.head.get(present as usize..).filter(|rest| !rest.is_empty());
        }
        let index = present / BLOCK_LEN as u64 - self.evicted_len / BLOCK_LEN as u64;
        let start = (present - present % BLOCK_LEN as u64).max(self.evicted_len);
        self.blocks.get(index as usize)?.get((present - start) as usize..)
    }

    /// How many present bytes there are before `offset`.
    fn present_before(&self, offset: u64) -> u64 {
        let after = self.gaps.partition_point(|(gap, _)| gap.offset < offset);
        let Some(&(gap, before)) = after.checked_sub(1).and_then(|last| self.gaps.get(last)) else {
            return offset;
        };
        offset - before - gap.len.min(offset - gap.offset)
    }

    /// The bytes of `range` in one piece, if they are held in one.
    pub(crate) fn slice(&self, range: Range<u64>) -> Option<&[u8]> {
        let len = usize::try_from(range.end.checked_sub(range.start)?).ok()?;
        if len == 0 {
            return Some(&[]);
        }
        if range.start < self.forgotten {
            return self.head_from(range.start)?.get(..len);
        }
        let present = if self.gaps.is_empty() {
            range.start
        } else {
            let present = self.present_before(range.start);
            (self.present_before(range.end) - present == len as u64).then_some(present)?
        };
        self.piece_from(present)?.get(..len)
    }

    /// The runs that make up `range`, as far as the stream goes.
    pub(crate) fn runs(&self, range: Range<u64>) -> Runs<'_> {
        let end = range.end.min(self.len());
        Runs { bytes: self, at: range.start.min(end), end }
    }
}

/// Iterator over the runs of a stream.
#[derive(Clone, Debug)]
pub struct Runs<'a> {
    bytes: &'a Bytes,
    at: u64,
    end: u64,
}

impl<'a> Iterator for Runs<'a> {
    type Item = Run<'a>;

    fn next(&mut self) -> Option<Run<'a>> {
        if self.at >= self.end {
            return None;
        }
        if self.at < self.bytes.forgotten {
            let Some(rest) = self.bytes.head_from(self.at) else {
                return Some(self.missing(self.bytes.forgotten));
            };
            let len = (rest.len() as u64).min(self.end - self.at);
            self.at += len;
            return Some(Run::Present(&rest[..len as usize]));
        }
        let gaps = &self.bytes.gaps;
        let next_gap = gaps.partition_point(|(gap, _)| gap.offset + gap.len <= self.at);
        let gap = gaps.get(next_gap).map(|&(gap, _)| gap);
        if let Some(gap) = gap.filter(|gap| gap.offset <= self.at) {
            return Some(self.missing(gap.offset + gap.len));
        }
        let end = self.end.min(gap.map_or(u64::MAX, |gap| gap.offset));
        let present = self.bytes.present_before(self.at);
        let Some(rest) = self.bytes.piece_from(present) else {
            let evicted = self.bytes.evicted_len.checked_sub(present).filter(|len| *len > 0)?;
            return Some(self.missing(end.min(self.at + evicted)));
        };
        let len = (rest.len() as u64).min(end - self.at);
        self.at += len;
        Some(Run::Present(&rest[..len as usize]))
    }
}

impl Runs<'_> {
    fn missing(&mut self, until: u64) -> Run<'static> {
        let until = until.min(self.end);
        let len = until - self.at;
        self.at = until;
        Run::Missing(len)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &Bytes, range: Range<u64>) -> Vec<Option<u8>> {
        let mut out = Vec::new();
        for run in bytes.runs(range) {
            match run {
                Run::Present(run) => {
                    assert!(!run.is_empty());
                    out.extend(run.iter().copied().map(Some));
                }
                Run::Missing(len) => {
                    assert!(len > 0);
                    out.extend(std::iter::repeat_n(None, len as usize));
                }
            }
        }
        out
    }

    #[test]
    fn gaps_are_forgotten_with_what_was_around_them() {
        let mut bytes = Bytes::default();
        bytes.push(b"head");
        let mut model: Vec<Option<u8>> = b"head".iter().copied().map(Some).collect();
        for index in 0..100_000_u32 {
            bytes.push(&[index as u8; 3]);
            bytes.push_gap(2);
            model.extend([Some(index as u8), Some(index as u8), Some(index as u8), None, None]);
            if bytes.len() > 1000 {
                bytes.evict_before(bytes.len() - 1000, 4);
            }
            assert!(bytes.gaps.len() < 1000 && bytes.kept_len() < 50_000);
        }
        let len = bytes.len();
        assert_eq!(len, model.len() as u64);
        assert_eq!(read(&bytes, 0..4), &model[..4]);
        assert_eq!(bytes.slice(0..4), Some(&b"head"[..]));
        assert_eq!(bytes.slice(2..5), None);
        assert!(read(&bytes, 4..5000).into_iter().all(|byte| byte.is_none()));
        assert_eq!(read(&bytes, 0..len).len() as u64, len);
        assert_eq!(&read(&bytes, len - 1000..len), &model[model.len() - 1000..]);
    }

    proptest! {
        #[test]
        fn reads_what_was_pushed(
            parts in proptest::collection::vec(
                (any::<bool>(), prop_oneof![1..300_usize, 1..40_000_usize], 0..100_u64),
                0..20,
            ),
            from in 0..300_000_u64,
            len in 0..100_000_u64,
            head_len in 0..500_u64,
        ) {
            let mut bytes = Bytes::default();
            let mut model = Vec::new();
            let (mut evict, mut held_len) = (0, 0);
            for (present, len, percent) in parts {
                if present {
                    let part: Vec<u8> = (0..len).map(|i| (i * 7 + model.len()) as u8).collect();
                    bytes.push(&part);
                    held_len += len as u64;
                    model.extend(part.into_iter().map(Some));
                } else {
                    bytes.push_gap(len as u64);
                    model.extend(std::iter::repeat_n(None, len));
                }
                // Half of the time nothing.
                evict += (bytes.len() - evict) * percent.saturating_sub(50) / 49;
                held_len -= bytes.evict_before(evict, head_len);
                let needed_len = model[evict as usize..].iter().flatten().count() as u64;
                prop_assert!((needed_len..=needed_len + needed_len / SLACK).contains(&held_len));
                prop_assert_eq!(bytes.blocks.iter().map(Vec::len).sum::<usize>() as u64, held_len);
                let room: usize = bytes.blocks.iter().map(Vec::capacity).sum();
                prop_assert_eq!(room, bytes.blocks_len);
                prop_assert!(room as u64 <= held_len + held_len / 2);
            }
            prop_assert_eq!(bytes.len(), model.len() as u64);
            if bytes.lost_len() < bytes.evicted_len {
                prop_assert_eq!(&read(&bytes, 0..head_len)[..], &model[..head_len as usize]);
            }
            let lost = read(&bytes, 0..bytes.len()).into_iter().filter(Option::is_none).count();
            prop_assert_eq!(lost as u64 - bytes.missing_len(), bytes.lost_len());
            let from = from.clamp(evict, bytes.len());
            let end = (from + len).min(bytes.len());
            let expected = &model[from as usize..end as usize];
            let got = read(&bytes, from..from + len);
            prop_assert_eq!(&got[..], expected);
            if let Some(slice) = bytes.slice(from..end) {
                let slice: Vec<_> = slice.iter().copied().map(Some).collect();
                prop_assert_eq!(&slice[..], expected);
            }
        }
    }
}
