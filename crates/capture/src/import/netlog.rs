//! Event logs of Chrome's network stack. Recorded with raw octets, they hold connections as they were on the
//! wire; without, the header of each frame.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use framewright_codec::{FrameHeader, Opcode, Role};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::flow::{Flow, Side};
use super::{Format, ImportError, har, synth};
use crate::{Capture, Clock, ConnId, ConnectionInit, Direction, End, Source, Start};

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    constants: Constants<'a>,
    #[serde(borrow, default)]
    events: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Constants<'a> {
    #[serde(borrow)]
    log_event_types: BTreeMap<Cow<'a, str>, i64>,
    /// Milliseconds to add to an event's time to get those since 1970.
    #[serde(borrow, default)]
    time_tick_offset: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
    #[serde(default)]
    phase: u8,
    source: EventSource,
    #[serde(borrow, default)]
    time: Option<&'a RawValue>,
    #[serde(rename = "type")]
    kind: i64,
}

#[derive(Deserialize)]
struct EventSource {
    id: u64,
}

#[derive(Deserialize)]
struct FrameParams {
    #[serde(rename = "final", default)]
    fin: bool,
    #[serde(default)]
    reserved1: bool,
    #[serde(default)]
    reserved2: bool,
    #[serde(default)]
    reserved3: bool,
    opcode: u8,
    #[serde(default)]
    masked: bool,
    payload_length: f64,
}

#[derive(Deserialize)]
struct BytesParams<'a> {
    #[serde(borrow)]
    bytes: Cow<'a, str>,
}

#[derive(Deserialize)]
struct UrlParams<'a> {
    #[serde(borrow)]
    url: Cow<'a, str>,
}

#[derive(Deserialize)]
struct HeadersParams<'a> {
    #[serde(borrow)]
    headers: Vec<Cow<'a, str>>,
    #[serde(borrow, default)]
    line: Option<Cow<'a, str>>,
}

/// The numbers that this log gives to the events of interest.
struct Types {
    alive: Option<i64>,
    start_job: Option<i64>,
    request_headers: Option<i64>,
    response_headers: Option<i64>,
    frame_sent: Option<i64>,
    frame_received: Option<i64>,
    bytes: [Option<i64>; 4],
}

impl Types {
    fn new(types: &BTreeMap<Cow<'_, str>, i64>) -> Self {
        let number = |name: &str| types.get(name).copied();
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
    /// Its octets were recorded, and are in the capture as such.
    is_on_wire: bool,
}

struct Reader<'c> {
    capture: &'c mut Capture,
    types: Types,
    offset_ms: f64,
    first_conn: usize,
    requests: BTreeMap<u64, Request>,
    /// Streams by source, apart for what goes in and out of TLS.
    flows: BTreeMap<(u64, bool), Flow>,
    frames: u64,
    broken: u64,
    last_ns: u64,
}

pub(super) fn read(
    octets: &[u8],
    capture: &mut Capture,
    notes: &mut Vec<String>,
) -> Result<(), ImportError> {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    match serde_json::from_slice::<File<'_>>(octets) {
        Ok(file) => read_events(
            &file.constants,
            file.events.iter().map(|event| event.get()),
            capture,
            notes,
        ),
        Err(error) => {
            // A browser that was ended leaves its log without an end. Events have a line each.
            let error = match har::malformed(octets, &error) {
                ImportError::Malformed { offset, what, .. } => {
                    ImportError::Malformed { format: Format::NetLog, offset, what }
                }
                error => error,
            };
            let text = std::str::from_utf8(octets).map_err(|_| error.clone())?;
            let mut lines = text.lines();
            let first = lines.next().unwrap_or("").trim_end_matches(',');
            let first = format!("{first}}}");
            let file: File<'_> = serde_json::from_str(&first).map_err(|_| error)?;
            notes.push("the log has no end: its complete lines were read".to_owned());
            let events = lines
                .map(|line| line.trim_end_matches(','))
                .filter(|line| line.starts_with('{') && line.ends_with('}'));
            read_events(&file.constants, events, capture, notes);
        }
    }
    Ok(())
}

fn read_events<'a>(
    constants: &Constants<'_>,
    events: impl Iterator<Item = &'a str>,
    capture: &mut Capture,
    notes: &mut Vec<String>,
) {
    let first_conn = capture.connections().len();
    let mut reader = Reader {
        first_conn,
        capture,
        types: Types::new(&constants.log_event_types),
        offset_ms: constants.time_tick_offset.and_then(number).unwrap_or(0.0),
        requests: BTreeMap::new(),
        flows: BTreeMap::new(),
        frames: 0,
        broken: 0,
        last_ns: 0,
    };
    for event in events {
        reader.event(event);
    }
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
        notes.push(format!("{on_wire} WebSocket connections with their octets"));
    }
    if of_headers > 0 {
        notes.push(format!(
            "{of_headers} WebSocket connections with frame headers only: this log was recorded without raw \
             octets, so payloads are missing"
        ));
    }
    if on_wire + of_headers == 0 {
        notes.push("no WebSocket connections".to_owned());
    }
    if reader.broken > 0 {
        notes.push(format!("{} events can't be read and were skipped", reader.broken));
    }
}

impl Reader<'_> {
    fn event(&mut self, text: &str) {
        let Ok(event) = serde_json::from_str::<Event<'_>>(text) else {
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
        let ticks = event.time.and_then(number).unwrap_or(0.0);
        let time_ns = ((self.offset_ms + ticks) * 1e6).max(0.0) as u64;
        self.last_ns = self.last_ns.max(time_ns);
        time_ns
    }

    fn request(&mut self, event: &Event<'_>) {
        const END: u8 = 2;
        let time_ns = self.time_ns(event);
        if event.phase == END {
            if Some(event.kind) == self.types.alive
                && let Some(conn) =
                    self.requests.remove(&event.source.id).and_then(|request| request.conn)
            {
                for direction in Direction::BOTH {
                    self.capture.end(conn, direction, End::Finished, time_ns);
                }
            }
            return;
        }
        let url = event
            .params
            .and_then(|params| serde_json::from_str::<UrlParams<'_>>(params.get()).ok());
        if let Some(url) = url.filter(|params| params.url.starts_with("ws")) {
            let request = self.requests.entry(event.source.id).or_default();
            request.url = Some(url.url.into_owned());
            request.opened_ns = time_ns;
        }
    }

    fn head(&mut self, event: &Event<'_>, direction: Direction) {
        let time_ns = self.time_ns(event);
        let Some(request) = self.requests.get_mut(&event.source.id) else { return };
        let params = event
            .params
            .and_then(|params| serde_json::from_str::<HeadersParams<'_>>(params.get()).ok());
        let Some(HeadersParams { headers, line }) = params else { return };
        let mut headers = headers.iter();
        let line = match &line {
            Some(line) => Some(line),
            None => headers.next(),
        };
        let fields = headers.filter_map(|field| {
            let (name, value) = field.split_once(':')?;
            Some((name, value.trim_start()))
        });
        let head = synth::head(line.map_or("", |line| line.trim_end()), fields);
        request.heads[direction.index()] = Some((head, time_ns));
    }

    fn bytes(&mut self, event: &Event<'_>, index: usize) {
        let time_ns = self.time_ns(event);
        let params = event
            .params
            .and_then(|params| serde_json::from_str::<BytesParams<'_>>(params.get()).ok());
        let Some(octets) = params.and_then(|params| STANDARD.decode(params.bytes.as_bytes()).ok())
        else {
            return;
        };
        let side = if index.is_multiple_of(2) { Side::A } else { Side::B };
        let flow = self.flows.entry((event.source.id, index >= 2)).or_insert_with(|| {
            let mut flow = Flow::new(None, Clock::Unix, time_ns);
            flow.opened_by(Side::A);
            flow
        });
        flow.data(self.capture, side, &octets, time_ns);
    }

    fn frame(&mut self, event: &Event<'_>, direction: Direction) {
        let time_ns = self.time_ns(event);
        let params =
            event.params.and_then(|params| serde_json::from_str::<FrameParams>(params.get()).ok());
        let Some(params) = params else {
            self.broken += 1;
            return;
        };
        let Some(conn) = self.conn(event.source.id, time_ns) else { return };
        let header = FrameHeader {
            fin: params.fin,
            rsv1: params.reserved1,
            rsv2: params.reserved2,
            rsv3: params.reserved3,
            opcode: Opcode::from_bits(params.opcode),
            masking_key: params.masked.then_some([0; 4]),
            // A float holds every length a browser can send; a cast saturates.
            payload_len: params.payload_length as u64,
        };
        self.frames += 1;
        synth::push_header(self.capture, conn, direction, &header, time_ns);
        self.capture.gap(conn, direction, header.payload_len, time_ns);
    }

    /// The connection made of a request's frame headers, unless its octets are there.
    fn conn(&mut self, source: u64, time_ns: u64) -> Option<ConnId> {
        let request = self.requests.entry(source).or_default();
        if request.conn.is_some() || request.is_on_wire {
            return request.conn;
        }
        if let Some((head, _)) = &request.heads[0] {
            let recorded = self.capture.connections()[self.first_conn..].iter().any(|conn| {
                let key = conn
                    .handshake
                    .as_ref()
                    .and_then(|handshake| handshake.request.as_ref()?.header("sec-websocket-key"));
                conn.init.source == Source::Wire && key.is_some_and(|key| head.contains(key))
            });
            if recorded {
                request.is_on_wire = true;
                return None;
            }
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
}

/// A number, or a number in a string.
fn number(value: &RawValue) -> Option<f64> {
    value.get().trim_matches('"').parse().ok()
}
