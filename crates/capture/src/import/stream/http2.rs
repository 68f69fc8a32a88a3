//! WebSockets on streams of HTTP/2 (RFC 8441): each such stream is a connection. Flow control and priorities
//! are ignored.

mod block;
mod frame;
mod lane;
mod resume;
mod stream;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::side::Side;
use crate::{Capture, Clock, Direction, End};
use block::{Block, Fields};
use frame::{
    CONTINUATION, DATA, END_STREAM, FrameHead, HEADER_LEN, HEADERS, Open, PUSH_PROMISE, RST_STREAM,
    SETTINGS,
};
use lane::Lane;
use stream::Stream;

/// The most WebSockets at once on a connection: each gap may cost each of them something.
const MAX_STREAMS: usize = 1024;
/// The most memory that what waits for answers takes, over all streams of a connection.
const MAX_HELD_LEN: usize = 16 << 20;

/// What all streams have in common.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) addresses: Option<[SocketAddr; 2]>,
    pub(super) clock: Clock,
    pub(super) secure: bool,
}

/// A connection of HTTP/2.
#[derive(Debug)]
pub(in crate::import) struct Http2 {
    origin: Origin,
    lanes: [Lane; 2],
    /// The streams that are, or ask to be, WebSockets.
    streams: BTreeMap<u32, Stream>,
    /// The memory that they take.
    held_len: usize,
    /// How many streams asked for a WebSocket, and how many for something else.
    pub(super) websockets: u64,
    pub(super) others: u64,
    /// How many heads could not be read.
    pub(super) broken_blocks: u64,
    /// How many streams there was no room for.
    pub(super) ignored: u64,
}

impl Http2 {
    pub(super) fn new(origin: Origin) -> Self {
        Self {
            origin,
            lanes: [Lane::default(), Lane::default()],
            streams: BTreeMap::new(),
            held_len: 0,
            websockets: 0,
            others: 0,
            broken_blocks: 0,
            ignored: 0,
        }
    }

    /// The memory it takes.
    pub(super) fn kept_len(&self) -> usize {
        let lanes: usize = self.lanes.iter().map(Lane::kept_len).sum();
        size_of::<Self>() + lanes + self.held_len
    }

    /// Changes a stream, if it exists, and keeps the counts up to date.
    fn with_stream(&mut self, id: u32, act: impl FnOnce(&mut Stream, &Origin)) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        let before = stream.kept_len();
        act(stream, &self.origin);
        let is_over = stream.is_over();
        let after = if is_over { 0 } else { stream.kept_len() };
        self.held_len = self.held_len - before + after;
        if is_over {
            self.streams.remove(&id);
        }
    }

    /// Whether a connection starts like this: with the client's preface, or with a server's settings.
    pub(super) fn is_start(bytes: &[u8]) -> bool {
        if bytes.starts_with(b"PRI * HTTP/2") {
            return true;
        }
        FrameHead::parse(bytes).is_some_and(|head| {
            head.kind == SETTINGS
                && head.flags == 0
                && head.stream == 0
                && head.len % 6 == 0
                && head.len <= 6 * 64
        })
    }

    pub(super) fn data(
        &mut self,
        capture: &mut Capture,
        side: Side,
        mut bytes: &[u8],
        time_ns: u64,
    ) {
        while !bytes.is_empty() {
            let lane = &mut self.lanes[side as usize];
            if lane.is_lost {
                let Some(at) = self.find_frame(side, bytes) else { return };
                bytes = &bytes[at..];
                self.lanes[side as usize].is_lost = false;
                continue;
            }
            if !lane.is_past_preface {
                bytes = lane.take_preface(bytes);
                continue;
            }
            let Some(open) = &mut lane.open else {
                let (now, later) = bytes.split_at(bytes.len().min(HEADER_LEN - lane.head.len()));
                lane.head.extend_from_slice(now);
                bytes = later;
                if let Some(head) = FrameHead::parse(&lane.head) {
                    lane.head.clear();
                    lane.open = Some(Open::new(head));
                    self.close_if_complete(capture, side, time_ns);
                }
                continue;
            };
            if open.padding.is_none() {
                open.padding = Some(usize::from(bytes[0]).min(open.rest - 1));
                open.rest -= 1;
                bytes = &bytes[1..];
            } else {
                let (now, later) = bytes.split_at(bytes.len().min(open.rest));
                bytes = later;
                self.payload(capture, side, now, time_ns);
            }
            self.close_if_complete(capture, side, time_ns);
        }
    }

    pub(super) fn gap(&mut self, capture: &mut Capture, side: Side, len: u64, time_ns: u64) {
        let lane = &mut self.lanes[side as usize];
        lane.head.clear();
        lane.is_past_preface = true;
        let within = lane.open.as_mut().filter(|open| open.rest as u64 >= len);
        if let Some(open) = within.filter(|_| !lane.is_lost) {
            let of_data = len.min((open.rest - open.padding.unwrap_or(0).min(open.rest)) as u64);
            open.rest -= len as usize;
            if open.head.kind == DATA {
                let id = open.head.stream;
                self.with_stream(id, |stream, _| stream.gap(capture, side, of_data, time_ns));
            } else if open.is_read() {
                // Its fields are lost, and with them what later ones refer to.
                open.head.kind = u8::MAX;
                lane.decoder.lose();
                lane.block = None;
            }
            self.close_if_complete(capture, side, time_ns);
            return;
        }
        lane.open = None;
        lane.block = None;
        lane.is_lost = true;
        lane.decoder.lose();
        // Each stream may lack some of them.
        for stream in self.streams.values_mut() {
            stream.lose(capture, side, len, time_ns);
        }
    }

    pub(super) fn end(&mut self, capture: &mut Capture, side: Side, end: End, time_ns: u64) {
        let ids: Vec<u32> = self.streams.keys().copied().collect();
        for id in ids {
            self.end_stream(capture, id, side, end, time_ns);
        }
    }

    /// Takes a part of the payload of the frame under way.
    fn payload(&mut self, capture: &mut Capture, side: Side, part: &[u8], time_ns: u64) {
        let Some(open) = &mut self.lanes[side as usize].open else { return };
        open.rest -= part.len();
        if open.head.kind == DATA {
            // Padding comes last.
            let padding = open.padding.unwrap_or(0);
            let of_padding = padding.saturating_sub(open.rest).min(part.len());
            let data = &part[..part.len() - of_padding];
            let (id, may_hold) = (open.head.stream, self.held_len < MAX_HELD_LEN);
            self.with_stream(id, |stream, _| stream.data(capture, side, data, time_ns, may_hold));
        } else if open.is_read() {
            open.payload.extend_from_slice(part);
        }
    }

    fn close_if_complete(&mut self, capture: &mut Capture, side: Side, time_ns: u64) {
        let lane = &mut self.lanes[side as usize];
        let Some(Open { head, payload, .. }) = lane.open.take_if(|open| open.rest == 0) else {
            return;
        };
        match head.kind {
            DATA if head.has(END_STREAM) => {
                self.end_stream(capture, head.stream, side, End::Finished, time_ns);
            }
            HEADERS | PUSH_PROMISE => {
                lane.block = Block::start(head, &payload);
                if lane.block.is_none() {
                    lane.decoder.lose();
                }
                self.read_block(capture, side, time_ns);
            }
            CONTINUATION => {
                let block = lane.block.take();
                lane.block = block.and_then(|block| block.go_on(head, &payload));
                self.read_block(capture, side, time_ns);
            }
            RST_STREAM => {
                for side in [side, side.other()] {
                    self.end_stream(capture, head.stream, side, End::Reset, time_ns);
                }
            }
            _ => {}
        }
    }

    fn end_stream(&mut self, capture: &mut Capture, id: u32, side: Side, end: End, time_ns: u64) {
        self.with_stream(id, |stream, origin| stream.end(capture, origin, side, end, time_ns));
    }

    /// Reads header fields, once all of them are there.
    fn read_block(&mut self, capture: &mut Capture, side: Side, time_ns: u64) {
        let lane = &mut self.lanes[side as usize];
        let Some(block) = lane.block.take_if(|block| block.is_complete) else { return };
        let Some(fields) = lane.decoder.decode(&block.bytes) else {
            self.broken_blocks += 1;
            return;
        };
        if !block.is_promise {
            self.fields(capture, side, block.stream, fields, time_ns);
        }
        if block.ends_stream {
            self.end_stream(capture, block.stream, side, End::Finished, time_ns);
        }
    }

    fn fields(&mut self, capture: &mut Capture, side: Side, id: u32, fields: Fields, time_ns: u64) {
        if let Some(stream) = self.streams.get(&id) {
            if side != stream.client {
                self.with_stream(id, |stream, origin| {
                    stream.answer(capture, origin, fields, time_ns);
                });
            }
            return;
        }
        let Some(method) = fields.get(":method") else { return };
        if method != "CONNECT" || fields.get(":protocol") != Some("websocket") {
            self.others += 1;
            return;
        }
        self.websockets += 1;
        if self.streams.len() >= MAX_STREAMS || self.held_len >= MAX_HELD_LEN {
            self.ignored += 1;
            return;
        }
        let stream = Stream::new(side, fields, time_ns);
        self.held_len += stream.kept_len();
        self.streams.insert(id, stream);
    }
}

/// The direction of what `side` sends, if `client` is the client.
fn direction(side: Side, client: Side) -> Direction {
    if side == client { Direction::ToServer } else { Direction::ToClient }
}

#[cfg(test)]
mod tests;
