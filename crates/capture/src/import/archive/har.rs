//! HTTP archives, in the dialects of Chrome, Playwright and mitmproxy.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use framewright_codec::{Opcode, Role};

use super::synth;
use crate::formats::json::Parts;
use crate::formats::time::parse_iso8601;
use crate::import::{Format, ImportError};
use crate::{
    Capture, Clock, ConnId, ConnectionInit, Direction, End, Handshake, Head, Source, Start,
};

/// The most bytes that a packed archive may unpack to.
const MAX_UNPACKED_LEN: usize = crate::import::MAX_WHOLE_LEN;

/// How many header fields of a head are taken; more make no handshake.
const MAX_FIELDS: usize = 1024;

/// How many files beside an archive are named.
const MAX_FILES: usize = 20;

/// Where an entry has a connection's messages.
const MESSAGES: &str = "_webSocketMessages";

/// A request and what came of it.
struct Entry<'a> {
    parts: Parts<'a>,
    request: Parts<'a>,
    response: Parts<'a>,
    url: Cow<'a, str>,
}

impl<'a> Entry<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let parts = Parts::parse(text).ok()?;
        let request = Parts::parse(parts.get("request")?).ok()?;
        let url = request.string("url").unwrap_or_default();
        Some(Self { response: parts.parts("response"), parts, request, url })
    }

    fn is_websocket(&self) -> bool {
        self.parts.get(MESSAGES).is_some()
            || self.parts.string("_resourceType").as_deref() == Some("websocket")
            || self.url.starts_with("ws")
    }

    fn server(&self) -> Option<SocketAddr> {
        let address = self.parts.string("serverIPAddress")?;
        let address: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
        Some(SocketAddr::new(address, port(&self.url)))
    }

    /// The heads of a stream of HTTP/2, if that is what the entry has: their fields say so.
    fn http2(&self, has_messages: bool, time_ns: u64) -> Option<Handshake> {
        let request = fields(&self.request);
        if !request.iter().any(|(name, _)| name == ":method" || name == ":protocol") {
            return None;
        }
        let method = self.request.string("method").unwrap_or_default();
        let line = format!("{method} {} HTTP/2", target(&self.url));
        let status = self.response.number("status").filter(|status| (100..=599).contains(status));
        // Some write 101 all the same.
        let status = status.filter(|&status| status != 101).or(has_messages.then_some(200));
        let response = status.map(|status| {
            Head::of_fields(
                format!("HTTP/2 {status}"),
                fields(&self.response),
                Some(status),
                time_ns,
            )
        });
        let request = Some(Head::of_fields(line, request, None, time_ns));
        Some(Handshake { request, response, accepted: false })
    }

    /// Playwright's file beside the archive.
    fn file(&self) -> Option<Cow<'a, str>> {
        let content = self.response.parts("content");
        content.string("_file").or_else(|| content.string("_sha1"))
    }
}

/// A request's or response's header fields.
fn fields(head: &Parts<'_>) -> Vec<(String, String)> {
    let text = |field: &Parts<'_>, name| field.string(name).unwrap_or_default().into_owned();
    let fields = head.parts("headers");
    let fields = fields.values().take(MAX_FIELDS).filter_map(|field| Parts::parse(field).ok());
    fields.map(|field| (text(&field, "name"), text(&field, "value"))).collect()
}

/// A connection's message.
struct Message<'a> {
    kind: Cow<'a, str>,
    /// In an unknown unit; below 0 where it isn't known.
    time: f64,
    opcode: i64,
    data: Cow<'a, str>,
}

impl<'a> Message<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let parts = Parts::parse(text).ok()?;
        Some(Self {
            kind: parts.string("type")?,
            time: parts.number_or("time", -1.0)?,
            opcode: parts.number("opcode")?,
            data: parts.string("data")?,
        })
    }
}

/// How an archive's message times were read.
#[derive(Debug, Default)]
struct TimeRules {
    millis: u64,
    seconds: u64,
    unknown: u64,
}

impl TimeRules {
    /// Archives don't say their unit: from 10^11 on it can only be milliseconds, from 10^8 on only seconds.
    fn read(&mut self, time: f64) -> Option<u64> {
        let (per_unit_ns, digits) = if time >= 1e11 {
            self.millis += 1;
            (1_000_000, 1e3)
        } else if time >= 1e8 {
            self.seconds += 1;
            (1_000_000_000, 1e6)
        } else {
            self.unknown += 1;
            return None;
        };
        // Microseconds: a float of seconds can't tell more.
        let (whole, part) = (time.trunc(), time.fract());
        Some(
            (whole as u64)
                .saturating_mul(per_unit_ns)
                .saturating_add((part * digits).round() as u64 * 1000),
        )
    }

    fn note(&self, notes: &mut Vec<String>) {
        let mut note = |count: u64, text: &str| {
            if count > 0 {
                notes.push(format!("{count} {text}"));
            }
        };
        note(self.millis, "message times were read as milliseconds (10^11 or more)");
        note(self.seconds, "message times were read as seconds (10^8 or more)");
        note(self.unknown, "messages have no known time: each gets that of the one before");
    }
}

/// Whether bytes start like zlib's, with a checksum that fits.
pub(in crate::import) fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [method @ (0x18 | 0x28 | 0x38 | 0x48 | 0x58 | 0x68 | 0x78), flags, ..]
        if (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0 && flags & 0x20 == 0)
}

/// Whether a line is a message of Playwright's.
pub(in crate::import) fn is_message(line: &str) -> bool {
    Message::parse(line).is_some()
}

/// Reads an archive, packed with zlib or not.
pub(in crate::import) fn read(
    bytes: Vec<u8>,
    capture: &mut Capture,
    notes: &mut Vec<String>,
) -> Result<(), ImportError> {
    let bytes = if is_zlib(&bytes) { unpack(bytes)? } else { bytes };
    let text = text(Format::Har, &bytes)?;
    let closed;
    let archive = match Parts::parse(text) {
        Err(error) if error.is_eof() => {
            closed = close_off(text);
            notes.push(format!(
                "it is cut off at byte {}: what is whole before is shown",
                text.len()
            ));
            Parts::parse(&closed)
        }
        parsed => parsed,
    };
    let archive = archive.map_err(|error| malformed(Format::Har, text, &error))?;
    let log = archive.get("log").and_then(|log| Parts::parse(log).ok());
    let log = log.ok_or_else(|| ImportError::Malformed {
        format: Format::Har,
        offset: 0,
        what: "it has no log".to_owned(),
    })?;
    if let Some(name) = log.parts("creator").string("name") {
        notes.push(format!("written by {name}"));
    }
    let mut reader = Reader { capture, times: TimeRules::default(), broken: 0, errors: 0 };
    let (mut connections, mut others, mut broken_entries) = (0_u64, 0_u64, 0_u64);
    let mut files = Vec::new();
    // One by one: an entry that is broken must not take the others with it.
    log.for_each("entries", &mut |entry| {
        if reader.capture.is_full() {
            return;
        }
        let Some(entry) = Entry::parse(entry) else {
            broken_entries += 1;
            return;
        };
        if !entry.is_websocket() {
            others += 1;
            return;
        }
        connections += 1;
        if files.len() < MAX_FILES {
            files.extend(entry.file().filter(|file| file.ends_with(".jsonl")));
        }
        reader.entry(&entry);
    });
    notes.push(format!("{connections} WebSocket connections, {others} other requests"));
    let (broken, errors) = (reader.broken, reader.errors);
    reader.times.note(notes);
    if broken > 0 {
        notes.push(format!("{broken} messages can't be read and were skipped"));
    }
    if broken_entries > 0 {
        notes.push(format!("{broken_entries} entries can't be read and were skipped"));
    }
    if errors > 0 {
        notes.push(format!("{errors} errors of connections are shown as findings"));
    }
    for file in files {
        notes.push(format!("messages are in {file}, beside the archive: import it too"));
    }
    Ok(())
}

/// JSON that is cut off, without what isn't whole of it, and closed.
fn close_off(text: &str) -> String {
    // What closes all that is open, and up to where it was whole.
    let (mut closers, mut whole_len, mut depth) = (Vec::new(), 0, 0);
    let (mut in_string, mut is_escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                closers.push(if byte == b'{' { '}' } else { ']' });
                // Nothing in it is whole, which is fine.
                (whole_len, depth) = (at + 1, closers.len());
            }
            b'}' | b']' => {
                closers.pop();
                (whole_len, depth) = (at + 1, closers.len());
            }
            b',' => (whole_len, depth) = (at, closers.len()),
            _ => {}
        }
    }
    let open = closers.into_iter().take(depth).rev();
    text[..whole_len].chars().chain(open).collect()
}

/// Reads Playwright's messages beside an archive.
pub(in crate::import) fn read_messages(
    bytes: &[u8],
    capture: &mut Capture,
    notes: &mut Vec<String>,
) -> Result<(), ImportError> {
    let text = text(Format::HarMessages, bytes)?;
    let mut reader = Reader { capture, times: TimeRules::default(), broken: 0, errors: 0 };
    let conn = reader.open(ConnectionInit {
        start: Start::Frames(crate::Negotiated::default()),
        ..ConnectionInit::default()
    });
    if let Some(conn) = conn {
        let mut time_ns = 0;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            reader.message(conn, line, &mut time_ns);
        }
    }
    reader.times.note(notes);
    if reader.broken > 0 {
        notes.push(format!("{} lines can't be read and were skipped", reader.broken));
    }
    Ok(())
}

struct Reader<'c> {
    capture: &'c mut Capture,
    times: TimeRules,
    broken: u64,
    errors: u64,
}

impl Reader<'_> {
    fn open(&mut self, init: ConnectionInit) -> Option<ConnId> {
        let init = ConnectionInit {
            source: Source::Messages,
            clock: Clock::Unix,
            perspective: Some(Role::Client),
            ..init
        };
        self.capture.open(init)
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        let opened_ns = entry
            .parts
            .string("startedDateTime")
            .and_then(|time| parse_iso8601(&time))
            .unwrap_or(0);
        let has_messages = entry.parts.parts(MESSAGES).values().len() > 0;
        let http2 = entry.http2(has_messages, opened_ns);
        let is_http2 = http2.is_some();
        let conn = self.open(ConnectionInit {
            start: http2.map_or(Start::Handshake, |heads| Start::Http2(Box::new(heads))),
            server: entry.server(),
            url: Some(entry.url.clone().into_owned()),
            opened_ns,
            ..ConnectionInit::default()
        });
        let Some(conn) = conn else { return };
        if !is_http2 {
            self.heads(conn, entry, has_messages, opened_ns);
        }
        let mut time_ns = opened_ns;
        entry.parts.for_each(MESSAGES, &mut |message| self.message(conn, message, &mut time_ns));
        for direction in Direction::BOTH {
            let last_ns = self.capture.connection(conn).map_or(0, |conn| conn.last_ns);
            self.capture.end(conn, direction, End::CaptureEnded, last_ns);
        }
    }

    /// Rebuilds request and response.
    fn heads(&mut self, conn: ConnId, entry: &Entry<'_>, has_messages: bool, opened_ns: u64) {
        let request =
            synth::head(&format!("GET {} HTTP/1.1", target(&entry.url)), fields(&entry.request));
        self.capture.push(conn, Direction::ToServer, request.as_bytes(), opened_ns);
        // A connection without a status never got its answer; one with messages did.
        let status = match entry.response.number("status") {
            Some(status @ 100..=599) => status,
            _ if has_messages => 101,
            _ => 0,
        };
        // Over HTTP/2 the answer is 200 (RFC 8441), also where the fields don't show that.
        let status = if status == 200 && has_messages { 101 } else { status };
        if status != 0 {
            let text = match status {
                101 => Cow::Borrowed("Switching Protocols"),
                _ => entry.response.string("statusText").unwrap_or_default(),
            };
            let response = synth::head(
                &format!("HTTP/1.1 {status} {}", text.replace(['\r', '\n'], " ")),
                fields(&entry.response),
            );
            self.capture.push(conn, Direction::ToClient, response.as_bytes(), opened_ns);
        }
    }

    /// Reads a message. `time_ns` is the time of the one before.
    fn message(&mut self, conn: ConnId, text: &str, time_ns: &mut u64) {
        if self.capture.is_full() {
            return;
        }
        let Some(message) = Message::parse(text) else {
            self.broken += 1;
            return;
        };
        *time_ns = self.times.read(message.time).unwrap_or(*time_ns);
        let direction = match message.kind.as_ref() {
            "send" => Direction::ToServer,
            "receive" => Direction::ToClient,
            "error" => {
                self.errors += 1;
                self.capture.recorder_error(conn, &message.data, *time_ns);
                return;
            }
            _ => {
                self.broken += 1;
                return;
            }
        };
        let Ok(opcode @ 0..16) = u8::try_from(message.opcode) else {
            self.broken += 1;
            return;
        };
        let opcode = Opcode::from_bits(opcode);
        let payload = payload(opcode, &message.data);
        synth::push_message(self.capture, conn, direction, opcode, &payload, *time_ns);
    }
}

/// A message's bytes: text as it stands, all else in base64. What isn't base64 after all stands for itself.
fn payload<'a>(opcode: Opcode, data: &'a str) -> Cow<'a, [u8]> {
    match STANDARD.decode(data) {
        Ok(bytes) if opcode != Opcode::Text => Cow::Owned(bytes),
        _ => Cow::Borrowed(data.as_bytes()),
    }
}

/// The part of a URL that a request line has.
fn target(url: &str) -> Cow<'_, str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or(rest);
    let target = rest.find(['/', '?']).map_or("/", |at| &rest[at..]);
    let target = target.replace(|c: char| c.is_ascii_control() || c == ' ', "%20");
    if target.starts_with('/') { Cow::Owned(target) } else { Cow::Owned(format!("/{target}")) }
}

fn port(url: &str) -> u16 {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let default = if matches!(scheme, "wss" | "https") { 443 } else { 80 };
    authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(default)
}

fn unpack(bytes: Vec<u8>) -> Result<Vec<u8>, ImportError> {
    let malformed = |what: &str| ImportError::Malformed {
        format: Format::Har,
        offset: 0,
        what: what.to_owned(),
    };
    let mut unpacked = Vec::new();
    let mut inflate = zlib_rs::Inflate::new(true, 15);
    loop {
        let start = unpacked.len();
        if start >= MAX_UNPACKED_LEN {
            return Err(ImportError::TooLong { limit: MAX_UNPACKED_LEN as u64 });
        }
        unpacked.resize((start + start.clamp(64 * 1024, 4 << 20)).min(MAX_UNPACKED_LEN), 0);
        let consumed = inflate.total_in() as usize;
        let before = inflate.total_out();
        let status = inflate
            .decompress(&bytes[consumed..], &mut unpacked[start..], zlib_rs::InflateFlush::NoFlush)
            .map_err(|_| malformed("it is packed with zlib, but does not unpack"))?;
        let produced = (inflate.total_out() - before) as usize;
        unpacked.truncate(start + produced);
        match status {
            zlib_rs::Status::StreamEnd => return Ok(unpacked),
            _ if produced == 0 && inflate.total_in() as usize == consumed => {
                return Err(malformed("it is packed with zlib, and cut short"));
            }
            _ => {}
        }
    }
}

/// A file's text.
pub(in crate::import) fn text(format: Format, bytes: &[u8]) -> Result<&str, ImportError> {
    crate::import::paste::text::as_text(bytes).ok_or_else(|| ImportError::Malformed {
        format,
        offset: 0,
        what: "it is not UTF-8".to_owned(),
    })
}

/// A JSON error with its place in bytes.
pub(in crate::import) fn malformed(
    format: Format,
    text: &str,
    error: &serde_json::Error,
) -> ImportError {
    let line_start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    ImportError::Malformed {
        format,
        offset: (line_start + error.column().saturating_sub(1)) as u64,
        what: error.to_string(),
    }
}
