//! One TCP connection: segments in any order, repeated or overlapping, become two streams; what was never captured
//! becomes a gap.

use std::collections::BTreeMap;

use crate::import::packets::packet::Segment;
use crate::import::stream::flow::Flow;
use crate::import::stream::side::{Carried, Side};
use crate::{Capture, End};

/// The most bytes of one direction held after a hole; beyond that, the hole counts as a gap.
const MAX_PENDING_LEN: usize = 16 << 20;
/// What a segment that waits takes beside its bytes.
const PENDING_LEN: usize = size_of::<(u64, Pending)>();
/// How many segments are held after a hole that the receiver has acknowledged: the recorder may swap packets, but
/// not by much.
const MAX_PENDING_ACKNOWLEDGED: usize = 16;
/// A hole longer than the largest TCP window isn't one: it is another connection, or nonsense.
const MAX_HOLE_LEN: u64 = 1 << 30;

/// A segment that came before its turn.
#[derive(Debug)]
struct Pending {
    bytes: Vec<u8>,
    cut_len: u64,
    time_ns: u64,
}

/// One direction of a TCP connection. Positions are sequence numbers that don't wrap.
#[derive(Debug, Default)]
pub(super) struct Half {
    /// The position of the first byte, once one is known.
    first: Option<u64>,
    /// The position of the next byte, once one is known.
    next: Option<u64>,
    pending: BTreeMap<u64, Pending>,
    pub(super) pending_len: usize,
    /// How far the receiver has acknowledged.
    acknowledged: u64,
    /// The position after the last byte, once FIN was seen.
    fin: Option<u64>,
    pub(super) ended: bool,
}

impl Half {
    /// The position of a sequence number: the one closest to the next byte's.
    fn position(&self, sequence: u32) -> u64 {
        const START: u64 = 1 << 32;
        let Some(next) = self.next else { return START + u64::from(sequence) };
        let distance = sequence.wrapping_sub(next as u32).cast_signed();
        next.saturating_add_signed(distance.into())
    }

    /// Keeps a segment for later. Of two that start at the same place, the longer is kept: where they
    /// overlap they are the same.
    fn hold(&mut self, start: u64, segment: &Segment<'_>, time_ns: u64) {
        let len = segment.payload.len();
        let is_longer = self.pending.get(&start).is_none_or(|held| held.bytes.len() < len);
        if is_longer {
            let pending =
                Pending { bytes: segment.payload.to_vec(), cut_len: segment.cut_len, time_ns };
            self.pending_len += len + PENDING_LEN;
            if let Some(shorter) = self.pending.insert(start, pending) {
                self.pending_len -= shorter.bytes.len() + PENDING_LEN;
            }
        }
    }
}

/// One TCP connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) flow: Flow,
    /// What A sends, and what B sends.
    pub(super) halves: [Half; 2],
    pub(super) last_ns: u64,
    /// Reset, or followed by another connection between the same ports.
    pub(super) over: bool,
}

impl Connection {
    /// Whether a SYN starts a new connection between the same ports.
    pub(super) fn is_reused(&self, side: Side, segment: &Segment<'_>) -> bool {
        let half = &self.halves[side as usize];
        let starts_elsewhere = half
            .first
            .is_some_and(|first| half.position(segment.sequence.wrapping_add(1)) != first);
        starts_elsewhere && (segment.acknowledged.is_none() || half.ended)
    }

    pub(super) fn pending_len(&self) -> usize {
        self.halves.iter().map(|half| half.pending_len).sum()
    }

    pub(super) fn push(
        &mut self,
        capture: &mut Capture,
        side: Side,
        segment: &Segment<'_>,
        time_ns: u64,
    ) {
        if self.over {
            return;
        }
        self.last_ns = self.last_ns.max(time_ns);
        if segment.rst {
            self.finish(capture, End::Reset);
            return;
        }
        let mut sequence = segment.sequence;
        if segment.syn {
            sequence = sequence.wrapping_add(1);
            self.flow.opened_by(if segment.acknowledged.is_some() { side.other() } else { side });
        }
        let half = &mut self.halves[side as usize];
        let start = half.position(sequence);
        half.first.get_or_insert(start);
        half.next.get_or_insert(start);
        let end = start + segment.payload.len() as u64 + segment.cut_len;
        if segment.fin {
            half.fin.get_or_insert(end);
        }
        if end > start {
            self.take(capture, side, start, segment, time_ns);
        }
        self.end_if_due(capture, side, time_ns);
        if let Some(acknowledged) = segment.acknowledged {
            let half = &mut self.halves[side.other() as usize];
            if half.next.is_some() {
                half.acknowledged = half.acknowledged.max(half.position(acknowledged));
            }
        }
    }

    /// Takes a segment's payload: at once, or for later.
    fn take(
        &mut self,
        capture: &mut Capture,
        side: Side,
        start: u64,
        segment: &Segment<'_>,
        time_ns: u64,
    ) {
        let half = &mut self.halves[side as usize];
        let Some(next) = half.next else { return };
        if start <= next {
            self.deliver(capture, side, start, segment.payload, segment.cut_len, time_ns);
            self.drain(capture, side);
            return;
        }
        if start - next > MAX_HOLE_LEN {
            return;
        }
        half.hold(start, segment, time_ns);
        let is_missed = half.pending.first_key_value().is_some_and(|(&first, _)| {
            half.acknowledged >= first && half.pending.len() > MAX_PENDING_ACKNOWLEDGED
        });
        if is_missed || half.pending_len > MAX_PENDING_LEN {
            self.fill_hole(capture, side);
        }
    }

    /// Passes on the new ones of bytes that start at or before the next position.
    fn deliver(
        &mut self,
        capture: &mut Capture,
        side: Side,
        start: u64,
        bytes: &[u8],
        cut_len: u64,
        time_ns: u64,
    ) {
        let half = &mut self.halves[side as usize];
        let Some(next) = half.next else { return };
        let old_len = next - start;
        let end = start + bytes.len() as u64 + cut_len;
        if end <= next {
            return;
        }
        half.next = Some(end);
        let new = usize::try_from(old_len).ok().and_then(|old| bytes.get(old..)).unwrap_or(&[]);
        self.flow.data(capture, side, new, time_ns);
        let cut_len = end - next - new.len() as u64;
        if cut_len > 0 {
            self.flow.gap(capture, side, cut_len, time_ns);
        }
    }

    /// Passes on what is held and is next now.
    fn drain(&mut self, capture: &mut Capture, side: Side) {
        loop {
            let half = &mut self.halves[side as usize];
            let Some(entry) = half.pending.first_entry() else { return };
            if half.next < Some(*entry.key()) {
                return;
            }
            let (start, pending) = entry.remove_entry();
            half.pending_len -= pending.bytes.len() + PENDING_LEN;
            let Pending { bytes, cut_len, time_ns } = pending;
            self.deliver(capture, side, start, &bytes, cut_len, time_ns);
        }
    }

    /// Gives up the bytes before the first held segment as missing.
    fn fill_hole(&mut self, capture: &mut Capture, side: Side) {
        let half = &mut self.halves[side as usize];
        let (Some(next), Some((&start, pending))) = (half.next, half.pending.first_key_value())
        else {
            return;
        };
        let time_ns = pending.time_ns;
        half.next = Some(start);
        self.flow.gap(capture, side, start - next, time_ns);
        self.drain(capture, side);
    }

    pub(super) fn fill_holes(&mut self, capture: &mut Capture) {
        for side in [Side::A, Side::B] {
            while !self.halves[side as usize].pending.is_empty() {
                self.fill_hole(capture, side);
            }
        }
    }

    fn end_if_due(&mut self, capture: &mut Capture, side: Side, time_ns: u64) {
        let half = &mut self.halves[side as usize];
        if !half.ended && half.fin.is_some() && half.next >= half.fin {
            half.ended = true;
            self.flow.end(capture, side, End::Finished, time_ns);
        }
    }

    pub(super) fn finish(&mut self, capture: &mut Capture, end: End) {
        self.over = true;
        self.fill_holes(capture);
        for side in [Side::A, Side::B] {
            let last_ns = self.last_ns;
            let half = &mut self.halves[side as usize];
            // What was acknowledged was sent, even if nothing after it was captured.
            let sent = half.fin.unwrap_or(half.acknowledged);
            if let Some(next) = half.next
                && !half.ended
                && (next..=next.saturating_add(MAX_HOLE_LEN)).contains(&sent)
                // A FIN that wasn't captured also counts for one.
                && (sent > next + 1 || half.fin.is_some() && sent > next)
            {
                half.next = Some(sent);
                self.flow.gap(capture, side, sent - next, last_ns);
            }
            let half = &mut self.halves[side as usize];
            if !half.ended {
                half.ended = true;
                let end = if half.fin.is_some() { End::Finished } else { end };
                self.flow.end(capture, side, end, last_ns);
            }
        }
    }
}
