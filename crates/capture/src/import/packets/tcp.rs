//! TCP reassembly (RFC 9293 §3.4): finds each segment's connection, and keeps what all connections take within limits.

mod connection;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::packet::Segment;
use crate::import::stream::flow::Flow;
use crate::import::stream::side::{Carried, Side};
use crate::import::stream::tally::Tally;
use crate::import::stream::tls::KeyLog;
use crate::{Capture, Clock, End};
use connection::{Connection, Half};

/// The most bytes held after holes over all flows.
const MAX_ALL_PENDING_LEN: usize = 256 << 20;
/// The most memory for connections here: for themselves, and for what is held until their protocol is
/// known. The capture's memory is separate.
const MAX_CONNECTIONS_LEN: usize = 256 << 20;
/// What a connection takes beside what it holds, with its place in the index.
const CONNECTION_LEN: usize =
    size_of::<Connection>() + 2 * size_of::<((SocketAddr, SocketAddr), usize)>();
/// How many connections that makes.
const MAX_CONNECTIONS: usize = MAX_CONNECTIONS_LEN / CONNECTION_LEN;

/// All TCP connections of a packet capture.
#[derive(Debug, Default)]
pub(super) struct Tcp {
    index: BTreeMap<(SocketAddr, SocketAddr), usize>,
    connections: Vec<Connection>,
    /// The connection of the packet before, which is most often that of the next one.
    last: Option<((SocketAddr, SocketAddr), usize)>,
    pending_len: usize,
    /// What all connections hold until their protocol is known.
    held_len: usize,
    /// What forgotten connections carried, and how many segments belong to connections that there was no
    /// room for.
    forgotten: Tally,
    pub(super) ignored: u64,
    /// Once there are this many, idle connections are looked for again.
    next_look: u64,
    /// How many segments came, and at which number to look again for connections to forget.
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

    /// Forgets idle connections before others are given up. It looks at each connection: not for every
    /// segment.
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

    /// Adds a connection. `None` where there is no room for another.
    fn add(&mut self, key: (SocketAddr, SocketAddr), time_ns: u64) -> Option<usize> {
        if self.connections.len() >= MAX_CONNECTIONS {
            if self.ignored < self.next_look {
                return None;
            }
            // It looks at each connection: not for every packet.
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

    /// Forgets connections of which nothing more can be learned. Later segments of one count as another's.
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
        // As soon as it waits no more, there is room for another.
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
        // The others hold all that is allowed.
        tcp.pending_len = MAX_ALL_PENDING_LEN - one;
        push(&mut tcp, 200);
        assert_eq!(tcp.connections[0].pending_len(), 2 * one);
        push(&mut tcp, 300);
        assert_eq!(tcp.connections[0].pending_len(), 3 * one);
        push(&mut tcp, 400);
        assert_eq!(tcp.connections[0].pending_len(), 0);
    }
}
