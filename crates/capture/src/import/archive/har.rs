//! HTTP archives, in the dialects that docs/api/captures.md lists.

mod entry;
mod message;
mod whole;

use std::borrow::Cow;

use framewright_codec::{Opcode, Role};

use super::json_text::{malformed, text};
use super::synth;
use crate::formats::json::Parts;
use crate::formats::time::parse_iso8601;
use crate::import::{Format, ImportError, MAX_WHOLE_LEN};
use crate::{Capture, Clock, ConnId, ConnectionInit, Direction, End, Source, Start};
use entry::{Entry, MESSAGES, fields, target};
use message::{Message, TimeRules, payload};
pub(in crate::import) use whole::is_zlib;
use whole::{close_off, unpack};

/// How many files beside an archive are named.
const MAX_FILES: usize = 20;

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
    let bytes = if is_zlib(&bytes) { unpack(&bytes, MAX_WHOLE_LEN)? } else { bytes };
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
    let mut reader = HarReader::new(capture);
    let (mut connections, mut others, mut broken_entries) = (0_u64, 0_u64, 0_u64);
    let (mut mute, mut closes) = (0_u64, 0_u64);
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
        let file = entry.file().filter(|file| file.ends_with(".jsonl"));
        mute += u64::from(file.is_none() && entry.parts.get(MESSAGES).is_none());
        closes += u64::from(entry.is_closed());
        if files.len() < MAX_FILES {
            files.extend(file);
        }
        reader.entry(&entry);
    });
    notes.push(format!("{connections} WebSocket connections, {others} other requests"));
    let (broken, errors) = (reader.broken, reader.errors);
    reader.times.note(notes);
    if mute > 0 {
        notes.push(format!(
            "{mute} connections are without their messages, which not every program writes"
        ));
    }
    if closes > 0 {
        notes.push(format!("{closes} close codes are left out: it isn't said who sent them"));
    }
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

/// Reads Playwright's messages beside an archive.
pub(in crate::import) fn read_messages(
    bytes: &[u8],
    capture: &mut Capture,
    notes: &mut Vec<String>,
) -> Result<(), ImportError> {
    let text = text(Format::HarMessages, bytes)?;
    let mut reader = HarReader::new(capture);
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

struct HarReader<'c> {
    capture: &'c mut Capture,
    times: TimeRules,
    broken: u64,
    errors: u64,
}

impl<'c> HarReader<'c> {
    fn new(capture: &'c mut Capture) -> Self {
        Self { capture, times: TimeRules::default(), broken: 0, errors: 0 }
    }

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
