//! Goes through a capture in the order in which it was recorded.

use std::ops::Range;

use crate::{Capture, ConnId, Direction, End, FrameId};

/// Something that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Open(ConnId),
    Bytes {
        conn: ConnId,
        direction: Direction,
        /// In the direction's stream; some may be missing.
        range: Range<u64>,
        time_ns: u64,
        /// The frame that ends them, if one does.
        frame: Option<FrameId>,
    },
    End {
        conn: ConnId,
        direction: Direction,
        end: End,
        time_ns: u64,
    },
}

/// Goes through the connections of interest.
#[derive(Debug)]
pub(crate) struct Replay {
    wanted: Option<Vec<ConnId>>,
    next_frame: u32,
    /// How far each direction of each connection was gone through; `None` before it is opened.
    done: Vec<Option<[u64; 2]>>,
    /// Events that come before the next frame, last first.
    stack: Vec<Event>,
    next_tail: u32,
}

impl Replay {
    pub(crate) fn new(mut wanted: Option<Vec<ConnId>>) -> Self {
        if let Some(wanted) = &mut wanted {
            wanted.sort_unstable();
        }
        Self { wanted, next_frame: 0, done: Vec::new(), stack: Vec::new(), next_tail: 0 }
    }

    pub(crate) fn next(&mut self, capture: &Capture) -> Option<Event> {
        self.done.resize(capture.connections().len(), None);
        loop {
            if let Some(event) = self.stack.pop() {
                return Some(event);
            }
            let ids = capture.frame_ids();
            self.next_frame = self.next_frame.max(ids.start);
            if self.next_frame < ids.end {
                self.frame(capture, FrameId(self.next_frame));
                self.next_frame += 1;
            } else if (self.next_tail as usize) < capture.connections().len() {
                self.tail(capture, ConnId(self.next_tail));
                self.next_tail += 1;
            } else {
                return None;
            }
        }
    }

    fn is_wanted(&self, conn: ConnId) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.binary_search(&conn).is_ok())
    }

    fn frame(&mut self, capture: &Capture, id: FrameId) {
        let Some(frame) = capture.frame(id) else { return };
        let (conn, direction) = (frame.conn(), frame.direction());
        if !self.is_wanted(conn) {
            return;
        }
        let mut events = Vec::new();
        self.open(capture, conn, &mut events);
        let stream_len = capture.connection(conn).map_or(0, |conn| conn.lane(direction).stream_len);
        let end = frame.range().end.min(stream_len);
        self.advance(conn, direction, end, frame.time_ns(), Some(id), &mut events);
        self.stack.extend(events.into_iter().rev());
    }

    /// What comes after a connection's last frame.
    fn tail(&mut self, capture: &Capture, id: ConnId) {
        let Some(conn) = capture.connection(id).filter(|_| self.is_wanted(id)) else { return };
        let mut events = Vec::new();
        self.open(capture, id, &mut events);
        for direction in Direction::BOTH {
            let stream_len = conn.lane(direction).stream_len;
            self.advance(id, direction, stream_len, conn.last_ns, None, &mut events);
        }
        for direction in Direction::BOTH {
            if let Some((end, time_ns)) = conn.lane(direction).end {
                events.push(Event::End { conn: id, direction, end, time_ns });
            }
        }
        self.stack.extend(events.into_iter().rev());
    }

    fn open(&mut self, capture: &Capture, id: ConnId, events: &mut Vec<Event>) {
        let Some(done @ None) = self.done.get_mut(id.index()) else { return };
        *done = Some([0; 2]);
        events.push(Event::Open(id));
        let handshake = capture.connection(id).and_then(|conn| conn.handshake.as_ref());
        let Some(handshake) = handshake else { return };
        for (direction, head) in
            Direction::BOTH.into_iter().zip([&handshake.request, &handshake.response])
        {
            if let Some(head) = head {
                // Responses of 1xx may come before it.
                self.advance(id, direction, head.offset, head.time_ns, None, events);
                self.advance(id, direction, head.offset + head.len, head.time_ns, None, events);
            }
        }
    }

    fn advance(
        &mut self,
        conn: ConnId,
        direction: Direction,
        end: u64,
        time_ns: u64,
        frame: Option<FrameId>,
        events: &mut Vec<Event>,
    ) {
        let Some(Some(done)) = self.done.get_mut(conn.index()) else { return };
        let done = &mut done[direction.index()];
        if *done < end {
            let range = *done..end;
            events.push(Event::Bytes { conn, direction, range, time_ns, frame });
            *done = end;
        }
    }
}
