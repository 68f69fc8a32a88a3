//! WebSockets on streams of HTTP/2 (RFC 8441): each such stream is a connection. Flow control and priorities
//! are nobody's business here.

mod block;
mod resume;
mod stream;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::side::Side;
use crate::{Capture, Clock, Direction, End};
use block::{Block, Fields, HeaderDecoder};
use stream::Stream;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADER_LEN: usize = 9;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;

/// The longest payload of a frame with header fields that is read.
const MAX_BLOCK_LEN: usize = 256 << 10;
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

/// A frame's header (RFC 9113 §4.1).
#[derive(Clone, Copy, Debug)]
struct FrameHead {
    len: usize,
    kind: u8,
    flags: u8,
    stream: u32,
}

impl FrameHead {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let &[a, b, c, kind, flags, d, e, f, g] = bytes.first_chunk::<HEADER_LEN>()?;
        Some(Self {
            len: u32::from_be_bytes([0, a, b, c]) as usize,
            kind,
            flags,
            stream: u32::from_be_bytes([d, e, f, g]) & 0x7fff_ffff,
        })
    }

    fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// A frame under way.
#[derive(Debug)]
struct Open {
    head: FrameHead,
    /// How much of the payload is still to come.
    rest: usize,
    /// How much of the end is padding, once that is known.
    padding: Option<usize>,
    /// The payload so far, of kinds that are read as a whole.
    payload: Vec<u8>,
}

impl Open {
    fn new(head: FrameHead) -> Self {
        // The length of padding is the payload's first byte.
        let padding = (head.kind != DATA || !head.has(PADDED) || head.len == 0).then_some(0);
        Self { head, rest: head.len, padding, payload: Vec::new() }
    }

    fn is_read(&self) -> bool {
        matches!(self.head.kind, HEADERS | PUSH_PROMISE | CONTINUATION | RST_STREAM)
            && self.head.len <= MAX_BLOCK_LEN
    }
}

/// One direction.
#[derive(Debug, Default)]
struct Lane {
    /// The start of a frame's header, or of the preface.
    head: Vec<u8>,
    is_past_preface: bool,
    open: Option<Open>,
    decoder: HeaderDecoder,
    block: Option<Block>,
    /// Where no frame's start is known.
    is_lost: bool,
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
    /// Header fields that could not be read.
    pub(super) broken_blocks: u64,
    /// Streams that there was no place for.
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

    /// Does something with a stream, if it is one, and keeps the counts.
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

impl Lane {
    /// The memory it takes beside its own struct.
    fn kept_len(&self) -> usize {
        let payload = self.open.as_ref().map_or(0, |open| open.payload.capacity());
        let block = self.block.as_ref().map_or(0, |block| block.bytes.capacity());
        self.head.capacity() + payload + block + self.decoder.kept_len()
    }

    /// Takes the client's preface off the start, and returns what comes after.
    fn take_preface<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let rest = &PREFACE[self.head.len()..];
        let len = rest.len().min(bytes.len());
        if rest[..len] == bytes[..len] {
            self.head.extend_from_slice(&bytes[..len]);
            if self.head.len() == PREFACE.len() {
                self.is_past_preface = true;
                self.head.clear();
            }
            return &bytes[len..];
        }
        // A server has none. What looked like one, of up to 24 bytes, is no frame's header either.
        self.is_past_preface = true;
        self.head.clear();
        bytes
    }
}

/// The direction of what `side` sends, if `client` is the client.
fn direction(side: Side, client: Side) -> Direction {
    if side == client { Direction::ToServer } else { Direction::ToClient }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let len = (payload.len() as u32).to_be_bytes();
        let mut frame = vec![len[1], len[2], len[3], kind, flags];
        frame.extend_from_slice(&stream.to_be_bytes());
        frame.extend_from_slice(payload);
        frame
    }

    fn fields(fields: &[(&str, &str)]) -> Vec<u8> {
        let mut block = Vec::new();
        for (name, value) in fields {
            // A literal that no table takes (RFC 7541 §6.2.2).
            block.push(0);
            for text in [name, value] {
                block.push(text.len() as u8);
                block.extend_from_slice(text.as_bytes());
            }
        }
        block
    }

    fn connection() -> (Http2, Capture) {
        let origin = Origin { addresses: None, clock: Clock::Unix, secure: false };
        (Http2::new(origin), Capture::new(Limits::default()))
    }

    fn ask(http2: &mut Http2, capture: &mut Capture, stream: u32, data: &[u8]) {
        let request = fields(&[(":method", "CONNECT"), (":protocol", "websocket")]);
        http2.data(capture, Side::A, &frame(HEADERS, END_HEADERS, stream, &request), 0);
        http2.data(capture, Side::A, &frame(DATA, 0, stream, data), 0);
    }

    #[test]
    fn what_waits_for_answers_is_bounded_over_all_streams() {
        let (mut http2, mut capture) = connection();
        http2.data(&mut capture, Side::A, PREFACE, 0);
        let empty = http2.kept_len();
        let data = vec![0x8a; 32 << 10];
        for stream in 0..3000 {
            ask(&mut http2, &mut capture, 2 * stream + 1, &data);
        }
        assert!(http2.kept_len() - empty <= MAX_HELD_LEN + 2 * data.len(), "{}", http2.kept_len());
        assert!((400..600).contains(&http2.streams.len()), "{}", http2.streams.len());
        assert_eq!(http2.ignored, 3000 - http2.streams.len() as u64);
        // Once they are answered nothing waits, and others have a place again.
        let answer = fields(&[(":status", "200")]);
        let ids: Vec<_> = http2.streams.keys().copied().collect();
        for id in ids {
            let answer = frame(HEADERS, END_HEADERS, id, &answer);
            http2.data(&mut capture, Side::B, &answer, 0);
        }
        assert!(http2.held_len < http2.streams.len() * 1024, "{}", http2.held_len);
        ask(&mut http2, &mut capture, 9001, b"");
        assert!(http2.streams.contains_key(&9001));
        // And when they are over, nothing is left of them.
        let ids: Vec<_> = http2.streams.keys().copied().collect();
        for id in ids {
            http2.data(&mut capture, Side::A, &frame(RST_STREAM, 0, id, &[0; 4]), 0);
        }
        assert_eq!((http2.held_len, http2.streams.len()), (0, 0));
    }

    #[test]
    fn streams_at_once_are_bounded() {
        let (mut http2, mut capture) = connection();
        for stream in 0..5000 {
            ask(&mut http2, &mut capture, 2 * stream + 1, b"");
        }
        assert_eq!(http2.streams.len(), MAX_STREAMS);
        assert_eq!((http2.websockets, http2.ignored), (5000, 5000 - MAX_STREAMS as u64));
    }
}
