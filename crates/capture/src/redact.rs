//! Takes secrets out of a capture before it is exported.

mod secrets;

use std::collections::BTreeMap;

use framewright_codec::{FrameHeader, MAX_HEADER_LEN, Mask, Opcode};

use crate::content::reader::shown_len;
use crate::export::replay::{Event, Replay};
use crate::regexp::Regex;
use crate::store::bytes::{Bytes, Run};
use crate::{
    Capture, ConnId, Direction, Frame, Head, Limits, Message, MessageForm, MessageId, Reader,
    RegexError, RegexFlags, Start,
};
use secrets::{BLANK, blank_values};

/// What a copy may take beside its share.
const COPY_LEN: u64 = 1 << 20;

/// What to take out. Start with [`secrets`](Self::secrets), or with nothing, and add.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    headers: Vec<String>,
    json_keys: Vec<String>,
    patterns: Vec<Regex>,
    queries: bool,
    payloads: bool,
}

impl Redaction {
    /// Takes nothing out.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes out what most often is secret: cookies and authorization in the handshake, the values of the
    /// URL's query, and JSON values called token, password, secret, authorization and the like.
    pub fn secrets() -> Self {
        const HEADERS: [&str; 4] = ["cookie", "set-cookie", "authorization", "proxy-authorization"];
        const KEYS: [&str; 16] = [
            "token",
            "access_token",
            "accessToken",
            "refresh_token",
            "refreshToken",
            "id_token",
            "idToken",
            "password",
            "passwd",
            "secret",
            "client_secret",
            "apiKey",
            "api_key",
            "authorization",
            "cookie",
            "session",
        ];
        Self {
            headers: HEADERS.map(str::to_owned).to_vec(),
            json_keys: KEYS.map(str::to_owned).to_vec(),
            queries: true,
            ..Self::default()
        }
    }

    /// Takes out the values of a header field, whatever the case of its name.
    pub fn header(mut self, name: &str) -> Self {
        self.headers.push(name.to_owned());
        self
    }

    /// Takes out the values of the query in the URL, and in a name.
    pub fn queries(mut self) -> Self {
        self.queries = true;
        self
    }

    /// Takes out the values that have this key in JSON, at any depth, whatever the case of the key. The JSON
    /// may stand anywhere in a message, be one text of many, lie in a JSON string, be broken or cut off.
    pub fn json_key(mut self, key: &str) -> Self {
        self.json_keys.push(key.to_owned());
        self
    }

    /// Takes out what a regex finds in the content of messages and control frames.
    ///
    /// # Errors
    ///
    /// If it is no regex.
    pub fn pattern(mut self, pattern: &str) -> Result<Self, RegexError> {
        self.patterns.push(Regex::new(pattern, RegexFlags::default())?);
        Ok(self)
    }

    /// Takes out every payload; only lengths and close codes are left.
    pub fn payloads(mut self) -> Self {
        self.payloads = true;
        self
    }

    /// A copy of a capture without the secrets. Lengths and offsets stay, but for compressed messages:
    /// their text comes out uncompressed, in one frame. A compressed message that does not inflate, the rest
    /// of a message whose start was evicted, and bytes that belong to no frame can't be searched for
    /// secrets: they are missing from the copy.
    ///
    /// The copy may take a quarter more than the capture, and evicts nothing: where it [is full](Capture::is_full),
    /// the rest is not in it.
    pub fn apply(&self, capture: &Capture) -> Capture {
        // What fits there fits here, unless it was compressed.
        let max_len = capture.limits().max_kept_len;
        let max_kept_len = max_len.saturating_add(max_len / 4).saturating_add(COPY_LEN);
        let limits = Limits { max_kept_len, evicts: false, ..Limits::KEEP_ALL };
        let mut copy = Copy {
            redaction: self,
            source: capture,
            target: Capture::new(limits),
            ids: vec![None; capture.connections().len()],
            reader: Reader::new(),
            bytes: Vec::new(),
            messages: BTreeMap::new(),
        };
        let mut replay = Replay::new(None);
        while !copy.target.is_full()
            && let Some(event) = replay.next(capture)
        {
            copy.event(event);
        }
        copy.target
    }

    /// Blanks what is secret in a message's or control frame's content.
    fn content(&self, content: &mut [u8]) {
        if self.payloads {
            content.fill(BLANK);
            return;
        }
        if !self.json_keys.is_empty() {
            blank_values(content, &self.json_keys);
        }
        for pattern in &self.patterns {
            let found = pattern.find_all(content);
            for range in found.into_iter().filter(|range| !range.is_empty()) {
                let range = whole_characters(content, range);
                content[range].fill(BLANK);
            }
        }
    }

    /// Blanks what is secret in a head that has no place in its stream.
    fn fields(&self, head: &mut Head) {
        let blank = |text: &mut String, from: usize| {
            let kept = text[from..].chars().map(|c| if c == ' ' { c } else { char::from(BLANK) });
            let kept = kept.collect::<String>();
            text.replace_range(from.., &kept);
        };
        if self.queries {
            blank_query_of(&mut head.start_line);
        }
        for field in &mut head.fields {
            if self.headers.iter().any(|name| name.eq_ignore_ascii_case(&field.name)) {
                blank(&mut field.value, 0);
            } else if self.queries && field.name == ":path" {
                blank_query_of(&mut field.value);
            }
        }
    }

    fn head(&self, direction: Direction, head: &Head, bytes: &mut [u8]) {
        let line_end = bytes.iter().position(|&c| c == b'\r' || c == b'\n').unwrap_or(0);
        if self.queries && direction == Direction::ToServer {
            blank_query(&mut bytes[..line_end]);
        }
        for field in &head.fields {
            if self.headers.iter().any(|name| name.eq_ignore_ascii_case(&field.name)) {
                let (from, end) = (field.offset as usize, (field.offset + field.len) as usize);
                let Some(line) = bytes.get_mut(from..end) else { continue };
                let value = line.iter().position(|&c| c == b':').map_or(line.len(), |at| at + 1);
                for byte in &mut line[value..] {
                    if *byte != b' ' {
                        *byte = BLANK;
                    }
                }
            }
        }
    }
}

/// A copy being made.
struct Copy<'a> {
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

impl Copy<'_> {
    fn event(&mut self, event: Event) {
        match event {
            Event::Open(id) => {
                let Some(conn) = self.source.connection(id) else { return };
                let (mut init, mut name) = (conn.init.clone(), conn.name.clone());
                if self.redaction.queries {
                    // A name is often the URL.
                    [&mut init.url, &mut name].into_iter().flatten().for_each(blank_query_of);
                }
                if let Start::Http2(handshake) = &mut init.start {
                    let heads = [&mut handshake.request, &mut handshake.response];
                    heads.into_iter().flatten().for_each(|head| self.redaction.fields(head));
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
                // Before the frame, or without one, there are only heads and what nobody knows.
                let end = frame.as_ref().map_or(range.end, |frame| frame.offset().max(range.start));
                self.outside(conn, target, direction, range.start..end, time_ns);
                if let Some(frame) = frame {
                    self.frame(target, &frame);
                }
            }
        }
    }

    fn outside(
        &mut self,
        conn: ConnId,
        target: ConnId,
        direction: Direction,
        range: std::ops::Range<u64>,
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
            self.redaction.head(direction, head, &mut self.bytes);
            self.target.push(target, direction, &self.bytes, time_ns);
            from = end_of(head);
        }
        self.target.gap(target, direction, range.end - from, time_ns);
    }

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
                    self.redaction.content(&mut content);
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
                self.redaction.content(&mut content[code_len..]);
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
        self.redaction.content(&mut content);
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

    /// Pushes a frame with its own header and this plain payload; where the source lacks bytes, or the
    /// payload is shorter, they are missing.
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

fn blank_query_of(text: &mut String) {
    let mut bytes = std::mem::take(text).into_bytes();
    blank_query(&mut bytes);
    *text = String::from_utf8_lossy(&bytes).into_owned();
}

/// Blanks the values in a query: `?a=1&b=2` becomes `?a=x&b=x`.
fn blank_query(target: &mut [u8]) {
    let Some(query) = target.iter().position(|&c| c == b'?') else { return };
    let mut in_value = false;
    for byte in &mut target[query..] {
        match *byte {
            b' ' | b'#' => return,
            b'=' => in_value = true,
            b'&' => in_value = false,
            _ if in_value => *byte = BLANK,
            _ => {}
        }
    }
}

/// Widens a range of text so that it cuts no character.
fn whole_characters(text: &[u8], range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    const MAX_TAIL_LEN: usize = 3;
    let is_tail = |at: usize| text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let mut start = range.start;
    while start > range.start.saturating_sub(MAX_TAIL_LEN) && is_tail(start) {
        start -= 1;
    }
    let mut end = range.end;
    while end < range.end + MAX_TAIL_LEN && is_tail(end) {
        end += 1;
    }
    start..end.min(text.len())
}
