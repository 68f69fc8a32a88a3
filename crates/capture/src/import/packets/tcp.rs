//! TCP reassembly (RFC 9293 §3.4): segments in any order, repeated or overlapping, become two streams; what
//! was never captured becomes a gap.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::packet::Segment;
use crate::import::stream::flow::Flow;
use crate::import::stream::side::{Carried, Side};
use crate::import::stream::tally::Tally;
use crate::import::stream::tls::KeyLog;
use crate::{Capture, Clock, End};

/// The most bytes of one direction held after a hole; beyond, the hole is taken for a gap.
const MAX_PENDING_LEN: usize = 16 << 20;
/// The most bytes held after holes over all flows.
const MAX_ALL_PENDING_LEN: usize = 256 << 20;
/// The most memory that connections take here: themselves, and what is held until it is known what they carry. It is
/// not the capture's.
const MAX_CONNECTIONS_LEN: usize = 256 << 20;
/// What a segment that waits takes beside its bytes.
const PENDING_LEN: usize = size_of::<(u64, Pending)>();
/// What a connection takes beside what it holds, with its place in the index.
const CONNECTION_LEN: usize =
    size_of::<Connection>() + 2 * size_of::<((SocketAddr, SocketAddr), usize)>();
/// How many connections that makes.
const MAX_CONNECTIONS: usize = MAX_CONNECTIONS_LEN / CONNECTION_LEN;
/// How many segments are held after a hole that the receiver has acknowledged: the recorder may swap packets, but
/// not by much.
const MAX_PENDING_ACKNOWLEDGED: usize = 16;
/// A hole longer than the largest TCP window is no hole but another connection, or nonsense.
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
struct Half {
    /// The position of the first byte, once one is known.
    first: Option<u64>,
    /// The position of the next byte, likewise.
    next: Option<u64>,
    pending: BTreeMap<u64, Pending>,
    pending_len: usize,
    /// How far the receiver has acknowledged.
    acknowledged: u64,
    /// The position after the last byte, once FIN was seen.
    fin: Option<u64>,
    ended: bool,
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

#[derive(Debug)]
struct Connection {
    flow: Flow,
    /// What A sends, and what B sends.
    halves: [Half; 2],
    last_ns: u64,
    /// Reset, or followed by another connection between the same ports.
    over: bool,
}

/// All TCP connections of a packet capture.
#[derive(Debug, Default)]
pub(super) struct Tcp {
    index: BTreeMap<(SocketAddr, SocketAddr), usize>,
    connections: Vec<Connection>,
    /// The connection of the packet before, which is most often that of the next one.
    last: Option<((SocketAddr, SocketAddr), usize)>,
    pending_len: usize,
    /// What is held of all connections until it is known what they carry.
    held_len: usize,
    /// What connections carried that were forgotten, and how many segments are of those there was no place for.
    forgotten: Tally,
    pub(super) ignored: u64,
    /// How many of these there are when idle connections are looked for again.
    next_look: u64,
    /// How many segments came, and how many that will be when there is looked again for what to forget.
    taken: u64,
    next_purge: u64,
    /// The secrets of encrypted connections.
    pub(super) keys: KeyLog,
}

impl Tcp {
    pub(super) fn push(&mut self, capture: &mut Capture, segment: &Segment<'_>, time_ns: u64) {
        let (key, side) = if segment.source <= segment.target {
            ((segment.source, segment.target), Side::A)
        } else {
            ((segment.target, segment.source), Side::B)
        };
        let known = match self.last {
            Some((last, index)) if last == key => Some(index),
            _ => self.index.get(&key).copied(),
        };
        let reused =
            known.filter(|&index| segment.syn && self.connections[index].is_reused(side, segment));
        if let Some(index) = reused {
            let connection = &mut self.connections[index];
            let before = (connection.pending_len(), connection.flow.kept_len());
            connection.finish(capture, End::Reset);
            self.count(index, before);
        }
        let known = known.filter(|_| reused.is_none());
        let Some(index) = known.or_else(|| self.add(key, time_ns)) else {
            self.ignored += 1;
            return;
        };
        self.last = Some((key, index));
        let connection = &mut self.connections[index];
        let before = (connection.pending_len(), connection.flow.kept_len());
        connection.push(capture, side, segment, time_ns);
        if self.held_len > MAX_CONNECTIONS_LEN {
            connection.flow.give_up();
        }
        if self.pending_len > MAX_ALL_PENDING_LEN {
            connection.fill_holes(capture);
        }
        self.count(index, before);
        self.purge();
    }

    /// Forgets idle connections before others are given up. It takes time for each: not for every segment.
    fn purge(&mut self) {
        self.taken += 1;
        if self.held_len > MAX_CONNECTIONS_LEN && self.taken >= self.next_purge {
            self.next_purge = self.taken + self.connections.len() as u64;
            self.forget_idle();
        }
    }

    /// Counts what a connection holds, after it held `before`.
    fn count(&mut self, index: usize, before: (usize, usize)) {
        let connection = &self.connections[index];
        self.pending_len = self.pending_len + connection.pending_len() - before.0;
        self.held_len = self.held_len + connection.flow.kept_len() - before.1;
    }

    pub(super) fn finish(&mut self, capture: &mut Capture) {
        for connection in &mut self.connections {
            connection.finish(capture, End::CaptureEnded);
        }
    }

    /// What the connections carry.
    pub(super) fn tally(&mut self) -> Tally {
        let mut tally = std::mem::take(&mut self.forgotten);
        self.connections.iter().for_each(|connection| tally.count(&connection.flow));
        tally
    }

    /// Adds a connection. `None` where there is no place for one more.
    fn add(&mut self, key: (SocketAddr, SocketAddr), time_ns: u64) -> Option<usize> {
        if self.connections.len() >= MAX_CONNECTIONS {
            if self.ignored < self.next_look {
                return None;
            }
            // It takes time for each: not for every packet.
            self.next_look = self.ignored + MAX_CONNECTIONS as u64;
            self.forget_idle();
            if self.connections.len() >= MAX_CONNECTIONS {
                return None;
            }
            if self.connections.len() < MAX_CONNECTIONS / 2 {
                self.next_look = 0;
            }
        }
        let index = self.connections.len();
        self.connections.push(Connection {
            flow: Flow::new(Some([key.0, key.1]), Clock::Unix, time_ns)
                .with_keys(self.keys.clone()),
            halves: [Half::default(), Half::default()],
            last_ns: time_ns,
            over: false,
        });
        self.index.insert(key, index);
        Some(index)
    }

    /// Forgets connections that there is nothing more to know of. What still comes of one counts for another.
    fn forget_idle(&mut self) {
        let mut places = vec![None; self.connections.len()];
        for (key, index) in std::mem::take(&mut self.index) {
            places[index] = Some(key);
        }
        self.last = None;
        let mut kept = Vec::new();
        for (connection, key) in std::mem::take(&mut self.connections).into_iter().zip(places) {
            let has_ended = connection.over || connection.halves.iter().all(|half| half.ended);
            let is_idle = has_ended || connection.flow.is_idle();
            if is_idle && connection.pending_len() == 0 {
                self.forgotten.count(&connection.flow);
                self.held_len -= connection.flow.kept_len();
                continue;
            }
            if let Some(key) = key {
                self.index.insert(key, kept.len());
            }
            kept.push(connection);
        }
        self.connections = kept;
    }
}

impl Connection {
    /// Whether a SYN starts a new connection between the same ports.
    fn is_reused(&self, side: Side, segment: &Segment<'_>) -> bool {
        let half = &self.halves[side as usize];
        let starts_elsewhere = half
            .first
            .is_some_and(|first| half.position(segment.sequence.wrapping_add(1)) != first);
        starts_elsewhere && (segment.acknowledged.is_none() || half.ended)
    }

    fn pending_len(&self) -> usize {
        self.halves.iter().map(|half| half.pending_len).sum()
    }

    fn push(&mut self, capture: &mut Capture, side: Side, segment: &Segment<'_>, time_ns: u64) {
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

    /// Hands on what is new of bytes that start at or before the next position.
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

    /// Hands on what is held and has its turn now.
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

    /// Takes the bytes before the first held segment for missing.
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

    fn fill_holes(&mut self, capture: &mut Capture) {
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

    fn finish(&mut self, capture: &mut Capture, end: End) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn connections_are_taken_up_to_a_number() {
        let mut tcp = Tcp::default();
        let address = |port: u32| {
            let [_, high, middle, low] = port.to_be_bytes();
            SocketAddr::from(([10, high, middle, low], 80))
        };
        let mut count = 0;
        while tcp.add((address(0), address(count)), 0).is_some() {
            count += 1;
            // One that waits for something isn't forgotten.
            tcp.connections[count as usize - 1].halves[0].pending_len = 1;
            assert!(count as usize * CONNECTION_LEN <= 256 << 20, "{count}");
        }
        assert!(count > 100_000, "{count}");
        // As soon as it waits no more, there is a place for another.
        tcp.connections[0].halves[0].pending_len = 0;
        tcp.ignored = tcp.next_look;
        assert!(tcp.add((address(0), address(count + 1)), 0).is_some());
        assert_eq!(tcp.connections.len(), count as usize);
    }

    #[test]
    fn what_waits_after_holes_of_all_connections_is_bounded() {
        let mut capture = Capture::new(Limits::default());
        let mut tcp = Tcp::default();
        let mut push = |tcp: &mut Tcp, sequence| {
            let segment = Segment {
                source: ([10, 0, 0, 1], 50_000).into(),
                target: ([10, 0, 0, 2], 80).into(),
                sequence,
                acknowledged: None,
                syn: sequence == 0,
                fin: false,
                rst: false,
                payload: b"GET ",
                cut_len: 0,
            };
            tcp.push(&mut capture, &segment, 0);
        };
        push(&mut tcp, 0);
        push(&mut tcp, 100);
        let one = tcp.pending_len;
        assert!(one > 0);
        // Others hold what there may be.
        tcp.pending_len = MAX_ALL_PENDING_LEN - one;
        push(&mut tcp, 200);
        assert_eq!(tcp.connections[0].pending_len(), 2 * one);
        push(&mut tcp, 300);
        assert_eq!(tcp.connections[0].pending_len(), 3 * one);
        push(&mut tcp, 400);
        assert_eq!(tcp.connections[0].pending_len(), 0);
    }
}
