//! This crate's own format: a JSON text sequence (RFC 7464), to which records are only ever appended, so that
//! a recorder may stop at any moment. Each record is RS, a JSON object and LF.
//!
//! ```text
//! {"type":"capture","format":"framewright","version":1}
//! {"type":"open","conn":0,"time":TIME,"start":START,"clock":CLOCK,"source":SOURCE,
//!  "client":"1.2.3.4:5","server":"...","url":"...","name":"...","perspective":"client"}
//! {"type":"bytes","conn":0,"dir":DIR,"time":TIME,"data":BASE64}
//! {"type":"gap","conn":0,"dir":DIR,"time":TIME,"len":BYTES}
//! {"type":"window","conn":0,"dir":DIR,"at":OFFSET,"data":BASE64}
//! {"type":"mark","conn":0,"dir":DIR,"at":OFFSET,"len":BYTES,"how":"rebuilt"}
//! {"type":"end","conn":0,"dir":DIR,"time":TIME,"how":"finished"}
//! ```
//!
//! - `TIME`: nanoseconds, as a number or a string of digits
//! - `DIR`: `to-server`, `to-client`
//! - `START`: `handshake`, `mid-stream`, or
//!   `{"subprotocol":"...","extensions":"permessage-deflate; ..."}` after a handshake that wasn't captured
//! - `CLOCK`: `unix`, `monotonic`, `none`; `SOURCE`: `wire`, `messages`, `headers`
//! - `how` of an end: `finished`, `reset`, `capture-ended`
//! - `window`: text that was sent before; the first message that begins at `at` or later may refer to its end
//!   (RFC 7692). In the middle of a connection, nothing compressed could be read without it
//! - `how` of a mark: `rebuilt` bytes say the same as what was sent before; those `inserted`, or `changed`, are of
//!   somebody between the two sides
//! - `OFFSET`: bytes from the stream's start. These two come before the bytes that they are about
//!
//! `conn` counts from 0 in each sequence. Records of an unknown type and fields of unknown names are skipped.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use framewright_codec::Role;
use framewright_codec::handshake::{DeflateParams, parse_extensions};

use super::{Format, ImportError, Records};
use crate::formats::json::{Parts, string};
use crate::{
    Capture, Clock, ConnId, ConnectionInit, Direction, End, Handshake, Head, Mark, Negotiated,
    Source, Start,
};

pub(crate) const RECORD_SEPARATOR: u8 = 0x1e;
/// The longest record in bytes that is believed.
const MAX_RECORD_LEN: usize = 256 << 20;
/// The most connections that records may name; those of later ones are skipped.
const MAX_NAMED: usize = 1 << 20;

/// Reads records.
#[derive(Debug, Default)]
pub(super) struct NativeReader {
    buffer: Vec<u8>,
    /// Up to where `buffer` has no separator, so that it isn't searched again.
    searched: usize,
    /// Where `buffer` starts in the file.
    offset: u64,
    connections: BTreeMap<u64, Option<ConnId>>,
    bytes: Vec<u8>,
    last_ns: u64,
    broken: u64,
}

impl Records for NativeReader {
    fn push(&mut self, capture: &mut Capture, bytes: &[u8]) -> Result<(), ImportError> {
        self.buffer.extend_from_slice(bytes);
        let buffer = std::mem::take(&mut self.buffer);
        let mut at = 0;
        // A record is complete where the next one starts.
        while let Some(len) = memchr::memchr(RECORD_SEPARATOR, &buffer[at.max(self.searched)..]) {
            let end = at.max(self.searched) + len;
            self.record(capture, &buffer[at..end], at)?;
            at = end + 1;
        }
        self.buffer = buffer;
        self.buffer.drain(..at);
        self.searched = self.buffer.len();
        self.offset += at as u64;
        if self.buffer.len() > MAX_RECORD_LEN {
            return Err(self.malformed(0, format!("a record of more than {MAX_RECORD_LEN} bytes")));
        }
        Ok(())
    }

    fn finish(&mut self, capture: &mut Capture, notes: &mut Vec<String>) {
        let last = std::mem::take(&mut self.buffer);
        // Without its line feed, the last record may have been cut short (RFC 7464 §2.4).
        let cut = last.last().is_some_and(|&byte| byte != b'\n');
        let read = self.record(capture, &last, 0);
        if cut || read.is_err() {
            notes.push("the last record is cut short".to_owned());
        }
        if self.broken > 0 {
            notes.push(format!("{} records can't be read and were skipped", self.broken));
        }
        for conn in self.connections.values().flatten() {
            for direction in Direction::BOTH {
                capture.end(*conn, direction, End::CaptureEnded, self.last_ns);
            }
        }
    }
}

impl NativeReader {
    fn malformed(&self, at: usize, what: String) -> ImportError {
        ImportError::Malformed { format: Format::Native, offset: self.offset + at as u64, what }
    }

    fn record(&mut self, capture: &mut Capture, text: &[u8], at: usize) -> Result<(), ImportError> {
        if text.trim_ascii().is_empty() {
            return Ok(());
        }
        // One that can't be read may be one that was cut short when its recorder started again: go on.
        let text = std::str::from_utf8(text).unwrap_or_default();
        let record = Parts::parse(text).unwrap_or_default();
        let Some(kind) = record.string("type") else {
            self.broken += 1;
            return Ok(());
        };
        if kind == "capture" {
            if record.number("version").is_some_and(|version: u64| version > 1) {
                let what = "it is of a version that this release doesn't know".to_owned();
                return Err(self.malformed(at, what));
            }
            // Sequences can be joined end to end.
            self.connections.clear();
            return Ok(());
        }
        let (Some(time_ns), Some(id)) =
            (record.number_or("time", self.last_ns), record.number_or("conn", 0))
        else {
            self.broken += 1;
            return Ok(());
        };
        self.last_ns = self.last_ns.max(time_ns);
        if kind == "open" {
            if self.connections.len() >= MAX_NAMED && !self.connections.contains_key(&id) {
                self.broken += 1;
                return Ok(());
            }
            let conn = init(&record, time_ns).map(|init| capture.open(init));
            self.broken += u64::from(conn.is_none());
            let conn = conn.flatten();
            if let (Some(conn), Some(name)) = (conn, record.string("name")) {
                capture.set_name(conn, &name);
            }
            self.connections.insert(id, conn);
            return Ok(());
        }
        let direction = match record.string("dir").as_deref() {
            Some("to-server") => Some(Direction::ToServer),
            Some("to-client") => Some(Direction::ToClient),
            _ => None,
        };
        let conn = self.connections.get(&id);
        let (Some(direction), Some(&conn)) = (direction, conn) else {
            self.broken += 1;
            return Ok(());
        };
        let Some(conn) = conn else { return Ok(()) };
        match kind.as_ref() {
            "bytes" => {
                self.bytes.clear();
                let data = record.string("data").unwrap_or_default();
                if STANDARD.decode_vec(data.as_bytes(), &mut self.bytes).is_err() {
                    // What it was is lost; how long it was is not.
                    self.broken += 1;
                    capture.gap(conn, direction, (data.len() / 4 * 3) as u64, time_ns);
                } else {
                    capture.push(conn, direction, &self.bytes, time_ns);
                }
            }
            "window" => {
                self.bytes.clear();
                let data = record.string("data").unwrap_or_default();
                match (record.number("at"), STANDARD.decode_vec(data.as_bytes(), &mut self.bytes)) {
                    (Some(at), Ok(())) => capture.give_window(conn, direction, at, &self.bytes),
                    _ => self.broken += 1,
                }
            }
            "mark" => {
                let how = record.string("how").and_then(|how| Mark::from_name(&how));
                match (record.number("at"), record.number("len"), how) {
                    (Some(at), Some(len), Some(how)) => {
                        capture.mark(conn, direction, at, len, how);
                    }
                    // Later releases may know others.
                    (Some(_), Some(_), None) => {}
                    _ => self.broken += 1,
                }
            }
            "gap" => capture.gap(conn, direction, record.number("len").unwrap_or(0), time_ns),
            "end" => {
                let end = match record.string("how").as_deref() {
                    Some("reset") => End::Reset,
                    Some("capture-ended") => End::CaptureEnded,
                    _ => End::Finished,
                };
                capture.end(conn, direction, end, time_ns);
            }
            _ => {}
        }
        Ok(())
    }
}

fn init(record: &Parts<'_>, time_ns: u64) -> Option<ConnectionInit> {
    let text = |name| record.string(name);
    Some(ConnectionInit {
        start: start(record)?,
        client: text("client").and_then(|address| address.parse().ok()),
        server: text("server").and_then(|address| address.parse().ok()),
        url: text("url").map(Cow::into_owned),
        source: match text("source").as_deref() {
            Some("messages") => Source::Messages,
            Some("headers") => Source::Headers,
            _ => Source::Wire,
        },
        clock: match text("clock").as_deref() {
            Some("monotonic") => Clock::Monotonic,
            Some("none") => Clock::None,
            _ => Clock::Unix,
        },
        perspective: match text("perspective").as_deref() {
            Some("client") => Some(Role::Client),
            Some("server") => Some(Role::Server),
            _ => None,
        },
        opened_ns: time_ns,
    })
}

/// How a connection starts.
fn start(record: &Parts<'_>) -> Option<Start> {
    Some(match record.get("start") {
        None | Some("\"handshake\"") => Start::Handshake,
        Some("\"mid-stream\"") => Start::MidStream,
        Some(start) => {
            let start = Parts::parse(start).ok()?;
            if start.get("http2").is_some() {
                return Some(Start::Http2(Box::new(handshake(&start.parts("http2")))));
            }
            let permessage_deflate = match start.string("extensions").as_deref() {
                None | Some("") => None,
                Some(extensions) => {
                    let extensions = parse_extensions(extensions.as_bytes()).ok()?;
                    DeflateParams::from_extensions(&extensions).ok()?
                }
            };
            let subprotocol = start.string("subprotocol").map(Cow::into_owned);
            Start::Frames(Negotiated { subprotocol, permessage_deflate })
        }
    })
}

/// The heads of a stream of HTTP/2.
fn handshake(heads: &Parts<'_>) -> Handshake {
    let head = |name| {
        heads.get(name)?;
        let head = heads.parts(name);
        let fields = head.parts("fields");
        let fields = fields.values().filter_map(|field| {
            let field = Parts::parse(field).ok()?;
            let mut words = field.values().filter_map(string);
            Some((words.next()?.into_owned(), words.next()?.into_owned()))
        });
        Some(Head::of_fields(
            head.string("line").unwrap_or_default().into_owned(),
            fields.collect(),
            head.number("status"),
            head.number("time").unwrap_or(0),
        ))
    };
    Handshake { request: head("request"), response: head("response"), accepted: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn connections_are_named_up_to_a_number() {
        let mut capture = Capture::new(Limits::default());
        let connections = (1..MAX_NAMED as u64).map(|id| (id, None)).collect();
        let mut reader = NativeReader { connections, ..NativeReader::default() };
        for (id, expected) in [(0, 0), (MAX_NAMED, 1)] {
            let record = format!("\u{1e}{{\"type\":\"open\",\"conn\":{id}}}\n\u{1e}");
            assert_eq!(reader.push(&mut capture, record.as_bytes()), Ok(()));
            assert_eq!((reader.connections.len(), reader.broken), (MAX_NAMED, expected));
        }
    }

    #[test]
    fn records_have_a_longest_length() {
        let mut capture = Capture::new(Limits::default());
        let mut reader =
            NativeReader { buffer: vec![0; MAX_RECORD_LEN - 1], ..NativeReader::default() };
        reader.searched = reader.buffer.len();
        assert_eq!(reader.push(&mut capture, b"a"), Ok(()));
        assert!(matches!(reader.push(&mut capture, b"a"), Err(ImportError::Malformed { .. })));
    }
}
