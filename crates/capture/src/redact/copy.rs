//! Copies a capture as it was recorded, frame by frame, without the secrets.

use std::collections::BTreeMap;
use std::ops::Range;

use framewright_codec::{FrameHeader, MAX_HEADER_LEN, Mask, Opcode};

use super::Redaction;
use crate::content::reader::shown_len;
use crate::export::replay::{Event, Replay};
use crate::store::bytes::{Bytes, Run};
use crate::{
    Capture, ConnId, Direction, Frame, Head, Limits, Message, MessageForm, MessageId, Reader, Start,
};

/// A copy being made.
pub(super) struct Copy<'a> {
    redaction: &'a Redaction,
    source: &'a Capture,
    target: Capture,
    ids: Vec<Option<ConnId>>,
    reader: Reader,
    bytes: Vec<u8>,
    /// The fragmented message under way in each direction, blanked as a whole, since a secret may lie across
    /// fragments, and how much of it went out.
    messages: BTreeMap<(ConnId, Direction), (MessageId, Vec<u8>, usize)>,
}

impl<'a> Copy<'a> {
    /// Copies all of `source` that fits within `limits`.
    pub(super) fn of(source: &'a Capture, redaction: &'a Redaction, limits: Limits) -> Capture {
        let mut copy = Self {
            redaction,
            source,
            target: Capture::new(limits),
            ids: vec![None; source.connections().len()],
            reader: Reader::new(),
            bytes: Vec::new(),
            messages: BTreeMap::new(),
        };
        let mut replay = Replay::new(None);
        while !copy.target.is_full()
            && let Some(event) = replay.next(source)
        {
            copy.event(event);
        }
        copy.target
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Open(id) => {
                let Some(conn) = self.source.connection(id) else { return };
                let (mut init, mut name) = (conn.init.clone(), conn.name.clone());
                for text in [&mut init.url, &mut name].into_iter().flatten() {
                    self.redaction.blank_url(text);
                }
                if let Start::Http2(handshake) = &mut init.start {
                    let heads = [&mut handshake.request, &mut handshake.response];
                    heads.into_iter().flatten().for_each(|head| self.redaction.blank_fields(head));
                }
                let target = self.target.open(init);
                if let (Some(target), Some(name)) = (target, name) {
                    self.target.set_name(target, &name);
                }
                self.ids[id.index()] = target;
            }
            Event::End { conn, direction, end, time_ns } => {
                if let Some(conn) = self.ids[conn.index()] {
                    self.target.end(conn, direction, end, time_ns);
                }
            }
            Event::Bytes { conn, direction, range, time_ns, frame } => {
                let Some(target) = self.ids[conn.index()] else { return };
                let frame = frame.and_then(|frame| self.source.frame(frame));
                // Before the frame, or without one, there are only heads and unknown bytes.
                let end = frame.as_ref().map_or(range.end, |frame| frame.offset().max(range.start));
                self.outside(conn, target, direction, range.start..end, time_ns);
                if let Some(frame) = frame {
                    self.frame(target, &frame);
                }
            }
        }
    }

    /// Copies bytes that belong to no frame: heads, blanked, and gaps in place of the rest.
    fn outside(
        &mut self,
        conn: ConnId,
        target: ConnId,
        direction: Direction,
        range: Range<u64>,
        time_ns: u64,
    ) {
        let handshake = self.source.connection(conn).and_then(|conn| conn.handshake.as_ref());
        let head = handshake.and_then(|handshake| handshake.head(direction));
        let mut from = range.start;
        if head.is_some_and(|head| range.end <= head.offset) {
            // Responses of 1xx, which may hold secrets. A gap in their place would end the handshake.
            return;
        }
        let end_of = |head: &Head| head.offset + head.len;
        if let Some(head) = head.filter(|head| head.offset == from && end_of(head) <= range.end) {
            self.bytes.clear();
            self.source.read(conn, direction, from..end_of(head), &mut self.bytes);
            self.redaction.blank_head(direction, head, &mut self.bytes);
            self.target.push(target, direction, &self.bytes, time_ns);
            from = end_of(head);
        }
        self.target.gap(target, direction, range.end - from, time_ns);
    }

    /// Copies a frame, blanked.
    fn frame(&mut self, target: ConnId, frame: &Frame<'_>) {
        if let Some(mark) = frame.mark() {
            let direction = frame.direction();
            let at = self.target.stream(target, direction).map_or(0, Bytes::len);
            self.target.mark(target, direction, at, 1, mark);
        }
        let message = frame.message().and_then(|message| self.source.message(message));
        match message {
            None if frame.message().is_some() => self.push_frame(target, frame, &[]),
            Some(message) if message.compressed() => self.compressed(target, frame, &message),
            Some(message) if message.fragments() > 1 => {
                let key = (frame.conn(), frame.direction());
                let held = self.messages.get(&key).map(|(id, ..)| *id);
                if held != Some(message.id()) {
                    let content = self.reader.message(self.source, message.id());
                    let mut content =
                        content.map(|content| content.bytes.to_vec()).unwrap_or_default();
                    self.redaction.blank_content(&mut content);
                    self.messages.insert(key, (message.id(), content, 0));
                }
                let Some((_, content, done)) = self.messages.get_mut(&key) else { return };
                let runs = self.source.runs(frame.conn(), frame.direction(), frame.payload_range());
                let len: usize = runs.into_iter().flatten().map(shown_len).sum();
                let end = (*done + len).min(content.len());
                let payload = content.get(*done..end).unwrap_or_default().to_vec();
                *done = end;
                if message.last() == frame.id() {
                    self.messages.remove(&key);
                }
                self.push_frame(target, frame, &payload);
            }
            _ => {
                let content = self.reader.payload(self.source, frame.id(), 0..u64::MAX);
                let mut content = content.map(|content| content.bytes.to_vec()).unwrap_or_default();
                let code_len =
                    if frame.opcode() == Opcode::Close { content.len().min(2) } else { 0 };
                self.redaction.blank_content(&mut content[code_len..]);
                self.push_frame(target, frame, &content);
            }
        }
    }

    /// A compressed message goes out as one frame in place of its first.
    fn compressed(&mut self, target: ConnId, frame: &Frame<'_>, message: &Message<'_>) {
        let content = self.reader.message(self.source, message.id());
        let content = content.filter(|content| content.form == MessageForm::Inflated);
        let Some(content) = content else {
            // Its header stays, its payload can't.
            self.push_frame(target, frame, &[]);
            return;
        };
        if message.first().id() != frame.id() {
            return;
        }
        let mut content = content.bytes.to_vec();
        self.redaction.blank_content(&mut content);
        let header = FrameHeader {
            fin: true,
            rsv1: false,
            rsv2: false,
            rsv3: false,
            opcode: frame.opcode(),
            masking_key: frame.masking_key(),
            payload_len: content.len() as u64,
        };
        let mut bytes = [0; MAX_HEADER_LEN];
        let len = header.encode(&mut bytes);
        self.target.push(target, frame.direction(), &bytes[..len], frame.time_ns());
        if let Some(key) = header.masking_key {
            Mask::new(key).apply(&mut content);
        }
        self.target.push(target, frame.direction(), &content, frame.time_ns());
    }

    /// Pushes a frame with its own header and this plain payload; bytes that the source lacks, or
    /// that a shorter payload lacks, are missing.
    fn push_frame(&mut self, target: ConnId, frame: &Frame<'_>, payload: &[u8]) {
        let (direction, time_ns) = (frame.direction(), frame.time_ns());
        let range = frame.payload_range();
        for run in self
            .source
            .runs(frame.conn(), direction, frame.offset()..range.start)
            .into_iter()
            .flatten()
        {
            match run {
                Run::Present(bytes) => self.target.push(target, direction, bytes, time_ns),
                Run::Missing(len) => self.target.gap(target, direction, len, time_ns),
            }
        }
        let mut payload = payload.to_vec();
        if let Some(key) = frame.masking_key() {
            Mask::new(key).apply(&mut payload);
        }
        let mut at = 0;
        for run in self.source.runs(frame.conn(), direction, range).into_iter().flatten() {
            let len = shown_len(run);
            match (run, payload.get(at..at + len)) {
                (Run::Present(_), Some(part)) => self.target.push(target, direction, part, time_ns),
                (Run::Present(_), None) => self.target.gap(target, direction, len as u64, time_ns),
                (Run::Missing(len), _) => self.target.gap(target, direction, len, time_ns),
            }
            at += len;
        }
    }
}
