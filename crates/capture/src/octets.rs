//! The octets of one direction of a connection, with the places where some are missing.

use std::collections::VecDeque;
use std::ops::Range;

/// The length of every block but the last. A frame seldom crosses a block's end, and giving back the oldest
/// octets is dropping a block.
const BLOCK_LEN: usize = 64 * 1024;

/// Octets missing from a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Where they should be, in octets from the stream's start.
    pub offset: u64,
    /// How many.
    pub len: u64,
}

/// A run of a stream's octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run<'a> {
    /// Octets that are there.
    Present(&'a [u8]),
    /// This many were not captured, or were evicted.
    Missing(u64),
}

/// A stream. Offsets count the missing octets too.
#[derive(Debug, Default)]
pub(crate) struct Octets {
    blocks: VecDeque<Vec<u8>>,
    /// How many present octets were evicted; a multiple of [`BLOCK_LEN`].
    evicted_len: u64,
    /// How many octets were ever pushed.
    present_len: u64,
    /// The gaps, and how many octets are missing before each.
    gaps: Vec<(Missing, u64)>,
}

impl Octets {
    /// The stream's length so far, missing octets included.
    pub(crate) fn len(&self) -> u64 {
        self.present_len + self.missing_len()
    }

    fn missing_len(&self) -> u64 {
        self.gaps.last().map_or(0, |(gap, before)| before + gap.len)
    }

    pub(crate) fn push(&mut self, mut octets: &[u8]) {
        self.present_len += octets.len() as u64;
        while !octets.is_empty() {
            if self.blocks.back().is_none_or(|block| block.len() == BLOCK_LEN) {
                // Most streams are short: only a stream that fills a block gets full blocks at once.
                let capacity = if self.blocks.is_empty() { 0 } else { BLOCK_LEN };
                self.blocks.push_back(Vec::with_capacity(capacity));
            }
            let Some(block) = self.blocks.back_mut() else { return };
            let (now, later) = octets.split_at(octets.len().min(BLOCK_LEN - block.len()));
            block.extend_from_slice(now);
            octets = later;
        }
    }

    pub(crate) fn push_gap(&mut self, len: u64) {
        let offset = self.len();
        match self.gaps.last_mut() {
            Some((gap, _)) if gap.offset + gap.len == offset => gap.len += len,
            _ => self.gaps.push((Missing { offset, len }, self.missing_len())),
        }
    }

    /// Gives back whole blocks before `offset`.
    pub(crate) fn evict_before(&mut self, offset: u64) -> u64 {
        let present = self.present_before(offset);
        let before = self.evicted_len;
        while self.evicted_len + BLOCK_LEN as u64 <= present && self.blocks.len() > 1 {
            self.blocks.pop_front();
            self.evicted_len += BLOCK_LEN as u64;
        }
        self.evicted_len - before
    }

    /// How many present octets there are before `offset`.
    fn present_before(&self, offset: u64) -> u64 {
        let after = self.gaps.partition_point(|(gap, _)| gap.offset < offset);
        let Some(&(gap, before)) = after.checked_sub(1).and_then(|last| self.gaps.get(last)) else {
            return offset;
        };
        offset - before - gap.len.min(offset - gap.offset)
    }

    /// The octets of `range` in one piece, if they are held in one.
    pub(crate) fn slice(&self, range: Range<u64>) -> Option<&[u8]> {
        let len = usize::try_from(range.end.checked_sub(range.start)?).ok()?;
        if len == 0 {
            return Some(&[]);
        }
        let present = if self.gaps.is_empty() {
            range.start
        } else {
            let present = self.present_before(range.start);
            (self.present_before(range.end) - present == len as u64).then_some(present)?
        };
        let from = usize::try_from(present.checked_sub(self.evicted_len)?).ok()?;
        let block = self.blocks.get(from / BLOCK_LEN)?;
        block.get(from % BLOCK_LEN..from % BLOCK_LEN + len)
    }

    /// The runs that make up `range`, as far as the stream goes.
    pub(crate) fn runs(&self, range: Range<u64>) -> Runs<'_> {
        let end = range.end.min(self.len());
        Runs { octets: self, at: range.start.min(end), end }
    }
}

/// Iterator over the runs of a stream.
#[derive(Clone, Debug)]
pub struct Runs<'a> {
    octets: &'a Octets,
    at: u64,
    end: u64,
}

impl<'a> Iterator for Runs<'a> {
    type Item = Run<'a>;

    fn next(&mut self) -> Option<Run<'a>> {
        if self.at >= self.end {
            return None;
        }
        let gaps = &self.octets.gaps;
        let next_gap = gaps.partition_point(|(gap, _)| gap.offset + gap.len <= self.at);
        let gap = gaps.get(next_gap).map(|&(gap, _)| gap);
        if let Some(gap) = gap.filter(|gap| gap.offset <= self.at) {
            return Some(self.missing(gap.offset + gap.len));
        }
        let end = self.end.min(gap.map_or(u64::MAX, |gap| gap.offset));
        let present = self.octets.present_before(self.at);
        let Some(from) = present.checked_sub(self.octets.evicted_len) else {
            let evicted = self.octets.evicted_len - present;
            return Some(self.missing(end.min(self.at + evicted)));
        };
        let from = from as usize;
        let block = self.octets.blocks.get(from / BLOCK_LEN)?;
        let rest = block.get(from % BLOCK_LEN..)?;
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

    fn read(octets: &Octets, range: Range<u64>) -> Vec<Option<u8>> {
        let mut out = Vec::new();
        for run in octets.runs(range) {
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

    proptest! {
        #[test]
        fn reads_what_was_pushed(
            parts in proptest::collection::vec((any::<bool>(), 1..40_000_usize), 0..12),
            from in 0..300_000_u64,
            len in 0..100_000_u64,
            evict in proptest::option::of(0..300_000_u64),
        ) {
            let mut octets = Octets::default();
            let mut model = Vec::new();
            for (present, len) in parts {
                if present {
                    let part: Vec<u8> = (0..len).map(|i| (i * 7 + model.len()) as u8).collect();
                    octets.push(&part);
                    model.extend(part.into_iter().map(Some));
                } else {
                    octets.push_gap(len as u64);
                    model.extend(std::iter::repeat_n(None, len));
                }
            }
            prop_assert_eq!(octets.len(), model.len() as u64);
            let evict = evict.unwrap_or(0).min(octets.len());
            octets.evict_before(evict);
            let from = from.clamp(evict, octets.len());
            let end = (from + len).min(octets.len());
            let expected = &model[from as usize..end as usize];
            let got = read(&octets, from..from + len);
            prop_assert_eq!(&got[..], expected);
            if let Some(slice) = octets.slice(from..end) {
                let slice: Vec<_> = slice.iter().copied().map(Some).collect();
                prop_assert_eq!(&slice[..], expected);
            }
        }
    }
}
