//! Event logs of Chrome's network stack. Recorded with raw bytes, they hold connections as they were on the
//! wire; without, the header of each frame.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use framewright_codec::{FrameHeader, Opcode, Role};

use super::json_text::{malformed, text};
use super::synth;
use crate::formats::json::{Parts, string};
use crate::import::stream::flow::Flow;
use crate::import::stream::side::{Carried, Side};
use crate::import::{Format, ImportError};
use crate::store::fingerprint::fingerprint;
use crate::{Capture, Clock, ConnId, Connection, ConnectionInit, Direction, End, Source, Start};

/// The most sources of which something is remembered: requests, and streams.
const MAX_SOURCES: usize = 200_000;

/// An event.
struct Event<'a> {
    parts: Parts<'a>,
    kind: u64,
    source: u64,
}

impl<'a> Event<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let parts = Parts::parse(text).ok()?;
        let (kind, source) = (parts.number("type")?, parts.parts("source").number("id")?);
        Some(Self { parts, kind, source })
    }

    fn params(&self) -> Parts<'a> {
        self.parts.parts("params")
    }
}

/// The numbers that this log gives to the events of interest.
struct Types {
    alive: Option<u64>,
    start_job: Option<u64>,
    request_headers: Option<u64>,
    response_headers: Option<u64>,
    frame_sent: Option<u64>,
    frame_received: Option<u64>,
    bytes: [Option<u64>; 4],
}

impl Types {
    fn new(types: &Parts<'_>) -> Self {
        let number = |name: &str| types.number(name);
        Self {
            alive: number("REQUEST_ALIVE"),
            start_job: number("URL_REQUEST_START_JOB"),
            request_headers: number("HTTP_TRANSACTION_SEND_REQUEST_HEADERS"),
            response_headers: number("HTTP_TRANSACTION_READ_RESPONSE_HEADERS"),
            frame_sent: number("WEBSOCKET_SENT_FRAME_HEADER"),
            frame_received: number("WEBSOCKET_RECV_FRAME_HEADER"),
            bytes: [
                number("SOCKET_BYTES_SENT"),
                number("SOCKET_BYTES_RECEIVED"),
                number("SSL_SOCKET_BYTES_SENT"),
                number("SSL_SOCKET_BYTES_RECEIVED"),
            ],
        }
    }
}

/// What is known of a request that may become a WebSocket.
#[derive(Default)]
struct Request {
    url: Option<String>,
    opened_ns: u64,
    heads: [Option<(String, u64)>; 2],
    conn: Option<ConnId>,
    /// Its bytes were recorded, and are in the capture as such.
    is_on_wire: bool,
}

struct NetLogReader<'c> {
    capture: &'c mut Capture,
    types: Types,
    offset_ms: f64,
    requests: BTreeMap<u64, Request>,
    /// Streams by source, apart for what goes in and out of TLS.
    flows: BTreeMap<(u64, bool), Flow>,
    /// The connections whose bytes are there, by the fingerprint of their key, among the first of the
    /// capture.
    keys: (BTreeMap<u64, Option<ConnId>>, usize),
    broken: u64,
    /// Events of sources past the limit.
    past: u64,
    last_ns: u64,
}

pub(in crate::import) fn read(
    bytes: &[u8],
    capture: &mut Capture,
    notes: &mut Vec<String>,
) -> Result<(), ImportError> {
    let text = text(Format::NetLog, bytes)?;
    match Parts::parse(text) {
        Ok(file) => {
            let events = |each: &mut dyn FnMut(&str)| file.for_each("events", each);
            read_events(&file.parts("constants"), events, capture, notes);
        }
        Err(error) => {
            // A browser that was ended leaves its log without an end. Events have a line each.
            let error = malformed(Format::NetLog, text, &error);
            let mut lines = text.lines();
            let first = lines.next().unwrap_or("").trim_end_matches(',');
            let first = format!("{first}}}");
            let file = Parts::parse(&first).map_err(|_| error)?;
            notes.push("the log has no end: its complete lines were read".to_owned());
            let events = lines.map(|line| line.trim_end_matches(','));
            let events = events.filter(|line| line.starts_with('{') && line.ends_with('}'));
            let events = |each: &mut dyn FnMut(&str)| events.for_each(each);
            read_events(&file.parts("constants"), events, capture, notes);
        }
    }
    Ok(())
}

/// Reads the events that `events` calls with, one by one.
fn read_events(
    constants: &Parts<'_>,
    events: impl FnOnce(&mut dyn FnMut(&str)),
    capture: &mut Capture,
    notes: &mut Vec<String>,
) {
    let first_conn = capture.connections().len();
    let mut reader = NetLogReader::new(constants, capture);
    events(&mut |event| {
        if !reader.capture.is_full() {
            reader.event(event);
        }
    });
    for flow in reader.flows.values_mut() {
        for side in [Side::A, Side::B] {
            flow.end(reader.capture, side, End::CaptureEnded, reader.last_ns);
        }
    }
    let on_wire = reader.capture.connections()[first_conn..]
        .iter()
        .filter(|conn| conn.init.source == Source::Wire)
        .count();
    let of_headers = reader.capture.connections().len() - first_conn - on_wire;
    if on_wire > 0 {
        notes.push(format!("{on_wire} WebSocket connections with their bytes"));
    }
    if of_headers > 0 {
        notes.push(format!(
            "{of_headers} WebSocket connections with frame headers only: raw bytes weren't recorded, or \
             not from their handshake on, so payloads are missing"
        ));
    }
    if on_wire + of_headers == 0 {
        notes.push("no WebSocket connections".to_owned());
    }
    if reader.past > 0 {
        notes.push(format!(
            "{} events are of sources past the first {MAX_SOURCES} and were skipped",
            reader.past
        ));
    }
    if reader.broken > 0 {
        notes.push(format!("{} events can't be read and were skipped", reader.broken));
    }
}

impl<'c> NetLogReader<'c> {
    fn new(constants: &Parts<'_>, capture: &'c mut Capture) -> Self {
        let first_conn = capture.connections().len();
        Self {
            capture,
            types: Types::new(&constants.parts("logEventTypes")),
            offset_ms: constants.number("timeTickOffset").unwrap_or(0.0),
            requests: BTreeMap::new(),
            flows: BTreeMap::new(),
            keys: (BTreeMap::new(), first_conn),
            broken: 0,
            past: 0,
            last_ns: 0,
        }
    }

    fn event(&mut self, text: &str) {
        let Some(event) = Event::parse(text) else {
            self.broken += 1;
            return;
        };
        let kind = Some(event.kind);
        let types = &self.types;
        if let Some(index) = types.bytes.iter().position(|&bytes| bytes.is_some() && bytes == kind)
        {
            self.bytes(&event, index);
        } else if kind == types.frame_sent {
            self.frame(&event, Direction::ToServer);
        } else if kind == types.frame_received {
            self.frame(&event, Direction::ToClient);
        } else if kind == types.request_headers {
            self.head(&event, Direction::ToServer);
        } else if kind == types.response_headers {
            self.head(&event, Direction::ToClient);
        } else if kind == types.alive || kind == types.start_job {
            self.request(&event);
        }
    }

    fn time_ns(&mut self, event: &Event<'_>) -> u64 {
        let ticks = event.parts.number("time").unwrap_or(0.0);
        // In µs: a double has no more digits than that.
        let time_us = ((self.offset_ms + ticks) * 1e3).round().max(0.0) as u64;
        let time_ns = time_us.saturating_mul(1000);
        self.last_ns = self.last_ns.max(time_ns);
        time_ns
    }

    fn request(&mut self, event: &Event<'_>) {
        const END: u64 = 2;
        let time_ns = self.time_ns(event);
        if event.parts.number("phase") == Some(END) {
            // A browser may end the request as soon as it is upgraded. What its frames belong to stays known.
            if Some(event.kind) == self.types.alive
                && let Some(conn) =
                    self.requests.get(&event.source).and_then(|request| request.conn)
            {
                for direction in Direction::BOTH {
                    self.capture.end(conn, direction, End::Finished, time_ns);
                }
            }
            return;
        }
        let url = event.params().string("url").filter(|url| url.starts_with("ws"));
        if let Some(url) = url {
            let Some(request) = self.source(event.source) else { return };
            request.url = Some(url.into_owned());
            request.opened_ns = time_ns;
        }
    }

    /// What is known of a request, or nothing yet.
    fn source(&mut self, source: u64) -> Option<&mut Request> {
        if self.requests.len() >= MAX_SOURCES && !self.requests.contains_key(&source) {
            self.past += 1;
            return None;
        }
        Some(self.requests.entry(source).or_default())
    }

    fn head(&mut self, event: &Event<'_>, direction: Direction) {
        let time_ns = self.time_ns(event);
        let Some(request) = self.requests.get_mut(&event.source) else { return };
        let params = event.params();
        let headers = params.parts("headers");
        let mut headers = headers.values().filter_map(string);
        let Some(line) = params.string("line").or_else(|| headers.next()) else { return };
        let fields = headers.filter_map(|field| {
            let (name, value) = field.split_once(':')?;
            Some((name.to_owned(), value.trim_start().to_owned()))
        });
        let head = synth::head(line.trim_end(), fields.collect());
        request.heads[direction.index()] = Some((head, time_ns));
    }

    fn bytes(&mut self, event: &Event<'_>, index: usize) {
        let time_ns = self.time_ns(event);
        let bytes = event.params().string("bytes");
        let Some(bytes) = bytes.and_then(|bytes| STANDARD.decode(bytes.as_bytes()).ok()) else {
            return;
        };
        let side = if index.is_multiple_of(2) { Side::A } else { Side::B };
        let key = (event.source, index >= 2);
        if self.flows.len() >= MAX_SOURCES && !self.flows.contains_key(&key) {
            self.past += 1;
            return;
        }
        let flow = self.flows.entry(key).or_insert_with(|| {
            let mut flow = Flow::new(None, Clock::Unix, time_ns);
            flow.opened_by(Side::A);
            flow
        });
        flow.data(self.capture, side, &bytes, time_ns);
    }

    fn frame(&mut self, event: &Event<'_>, direction: Direction) {
        let time_ns = self.time_ns(event);
        let params = event.params();
        let (Some(opcode), Some(len)) =
            (params.number("opcode"), params.number::<f64>("payload_length"))
        else {
            self.broken += 1;
            return;
        };
        let Some(conn) = self.conn(event.source, time_ns) else { return };
        let header = FrameHeader {
            fin: params.is_true("final"),
            rsv1: params.is_true("reserved1"),
            rsv2: params.is_true("reserved2"),
            rsv3: params.is_true("reserved3"),
            opcode: Opcode::from_bits(opcode),
            masking_key: params.is_true("masked").then_some([0; 4]),
            // A float holds every length a browser can send; a cast saturates.
            payload_len: len as u64,
        };
        synth::push_header(self.capture, conn, direction, &header, time_ns);
        self.capture.gap(conn, direction, header.payload_len, time_ns);
    }

    /// The connection made of a request's frame headers, unless its bytes are there.
    fn conn(&mut self, source: u64, time_ns: u64) -> Option<ConnId> {
        let request = self.source(source)?;
        if request.conn.is_some() || request.is_on_wire {
            return request.conn;
        }
        let key = request.heads[0].as_ref().and_then(|(head, _)| key(head)).map(str::to_owned);
        let is_on_wire = key.is_some_and(|key| self.is_recorded(&key));
        let request = self.requests.get_mut(&source)?;
        if is_on_wire {
            request.is_on_wire = true;
            return None;
        }
        let has_heads = request.heads.iter().all(Option::is_some);
        let conn = self.capture.open(ConnectionInit {
            start: if has_heads { Start::Handshake } else { Start::MidStream },
            url: request.url.clone(),
            source: Source::Headers,
            clock: Clock::Unix,
            perspective: Some(Role::Client),
            opened_ns: if request.opened_ns > 0 { request.opened_ns } else { time_ns },
            ..ConnectionInit::default()
        })?;
        request.conn = Some(conn);
        for (direction, head) in Direction::BOTH.into_iter().zip(request.heads.iter().flatten()) {
            if has_heads {
                self.capture.push(conn, direction, head.0.as_bytes(), head.1);
            }
        }
        Some(conn)
    }

    /// Whether the bytes of the connection with this key are in the capture.
    fn is_recorded(&mut self, key: &str) -> bool {
        let (keys, known) = &mut self.keys;
        let connections = self.capture.connections();
        for (id, conn) in connections.iter().enumerate().skip(*known) {
            if let Some(key) = wire_key(conn) {
                keys.insert(fingerprint(key.as_bytes()), Some(ConnId(id as u32)));
            }
        }
        *known = connections.len();
        let id = keys.get(&fingerprint(key.as_bytes())).copied().flatten();
        id.and_then(|id| wire_key(self.capture.connection(id)?)) == Some(key)
    }
}

/// The key of a connection with its bytes.
fn wire_key(conn: &Connection) -> Option<&str> {
    let request = conn.handshake.as_ref()?.request.as_ref()?;
    request.header("sec-websocket-key").filter(|_| conn.init.source == Source::Wire)
}

/// The key that a request's head has.
fn key(head: &str) -> Option<&str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let (_, key) = fields.find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-key"))?;
    Some(key.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn sources_are_remembered_up_to_a_number() {
        let constants = r#"{"logEventTypes":{"REQUEST_ALIVE":2}}"#;
        let constants = Parts::parse(constants).expect("it is JSON");
        let mut capture = Capture::new(Limits::default());
        let mut reader = NetLogReader::new(&constants, &mut capture);
        reader.requests = (1..200_000).map(|source| (source, Request::default())).collect();
        // One that has a place, two that have none, and one that is known.
        for source in [200_000, 200_001, 200_002, 1] {
            reader.event(&format!(
                r#"{{"type":2,"source":{{"id":{source}}},"params":{{"url":"ws://h/"}}}}"#
            ));
        }
        assert_eq!((reader.requests.len(), reader.past, reader.broken), (200_000, 2, 0));
    }
}
