//! This crate's own format: a JSON text sequence (RFC 7464), to which records are only ever appended, so that
//! a recorder may stop at any moment. Each record is RS, a JSON object and LF.
//!
//! ```text
//! {"type":"capture","format":"framewright","version":1}
//! {"type":"open","conn":0,"time":TIME,"start":START,"clock":CLOCK,"source":SOURCE,
//!  "client":"1.2.3.4:5","server":"...","url":"...","perspective":"client"}
//! {"type":"octets","conn":0,"dir":DIR,"time":TIME,"data":BASE64}
//! {"type":"gap","conn":0,"dir":DIR,"time":TIME,"len":OCTETS}
//! {"type":"end","conn":0,"dir":DIR,"time":TIME,"how":"finished"}
//! ```
//!
//! - `TIME`: nanoseconds, as a number or a string of digits
//! - `DIR`: `to-server`, `to-client`
//! - `START`: `handshake`, `mid-stream`, or
//!   `{"subprotocol":"...","extensions":"permessage-deflate; ..."}` behind a handshake that wasn't captured
//! - `CLOCK`: `unix`, `monotonic`, `none`; `SOURCE`: `wire`, `messages`, `headers`
//! - `how`: `finished`, `reset`, `capture-ended`
//!
//! `conn` counts from 0 in each sequence. Records of an unknown type and fields of unknown names are skipped.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use framewright_codec::Role;
use framewright_codec::handshake::{DeflateParams, parse_extensions};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Format, ImportError, Records};
use crate::{Capture, Clock, ConnId, ConnectionInit, Direction, End, Negotiated, Source, Start};

pub(crate) const RECORD_SEPARATOR: u8 = 0x1e;
/// The longest record in octets that is believed.
const MAX_RECORD_LEN: usize = 512 << 20;

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(default)]
    version: Option<u64>,
    #[serde(default)]
    conn: u64,
    #[serde(borrow, default)]
    time: Option<&'a RawValue>,
    #[serde(borrow, default)]
    dir: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    data: Option<Cow<'a, str>>,
    #[serde(default)]
    len: u64,
    #[serde(borrow, default)]
    how: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    start: Option<&'a RawValue>,
    #[serde(borrow, default)]
    clock: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    client: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    server: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    url: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    perspective: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct FrameStart<'a> {
    #[serde(borrow, default)]
    subprotocol: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    extensions: Option<Cow<'a, str>>,
}

/// Reads records.
#[derive(Debug, Default)]
pub(super) struct Reader {
    buffer: Vec<u8>,
    /// Up to where `buffer` has no separator, so that it isn't searched again.
    searched: usize,
    /// Where `buffer` starts in the file.
    offset: u64,
    connections: BTreeMap<u64, Option<ConnId>>,
    octets: Vec<u8>,
    last_ns: u64,
    broken: u64,
}

impl Records for Reader {
    fn push(&mut self, capture: &mut Capture, octets: &[u8]) -> Result<(), ImportError> {
        self.buffer.extend_from_slice(octets);
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
            return Err(self.malformed(0, format!("a record of more than {MAX_RECORD_LEN} octets")));
        }
        Ok(())
    }

    fn finish(&mut self, capture: &mut Capture, notes: &mut Vec<String>) {
        let last = std::mem::take(&mut self.buffer);
        // Without its line feed, the last record may have been cut short (RFC 7464 §2.4).
        let cut = last.last().is_some_and(|&octet| octet != b'\n');
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

impl Reader {
    fn malformed(&self, at: usize, what: String) -> ImportError {
        ImportError::Malformed { format: Format::Native, offset: self.offset + at as u64, what }
    }

    fn record(&mut self, capture: &mut Capture, text: &[u8], at: usize) -> Result<(), ImportError> {
        if text.trim_ascii().is_empty() {
            return Ok(());
        }
        // One that can't be read may be one that was cut short when its recorder started anew: go on.
        let Ok(record) = serde_json::from_slice::<Record<'_>>(text) else {
            self.broken += 1;
            return Ok(());
        };
        if record.kind == "capture" {
            if record.version.is_some_and(|version| version > 1) {
                let what = "it is of a version that this release doesn't know".to_owned();
                return Err(self.malformed(at, what));
            }
            // Sequences can be joined end to end.
            self.connections.clear();
            return Ok(());
        }
        let time_ns = match record.time {
            None => self.last_ns,
            Some(time) => match time.get().trim_matches('"').parse() {
                Ok(time_ns) => time_ns,
                Err(_) => {
                    self.broken += 1;
                    return Ok(());
                }
            },
        };
        self.last_ns = self.last_ns.max(time_ns);
        if record.kind == "open" {
            let conn = init(&record, time_ns).map(|init| capture.open(init));
            self.broken += u64::from(conn.is_none());
            self.connections.insert(record.conn, conn.flatten());
            return Ok(());
        }
        let direction = match record.dir.as_deref() {
            Some("to-server") => Some(Direction::ToServer),
            Some("to-client") => Some(Direction::ToClient),
            _ => None,
        };
        let conn = self.connections.get(&record.conn);
        let (Some(direction), Some(&conn)) = (direction, conn) else {
            self.broken += 1;
            return Ok(());
        };
        let Some(conn) = conn else { return Ok(()) };
        match record.kind.as_ref() {
            "octets" => {
                self.octets.clear();
                let data = record.data.as_deref().unwrap_or("");
                if STANDARD.decode_vec(data, &mut self.octets).is_err() {
                    // What it was is lost; how long it was is not.
                    self.broken += 1;
                    capture.gap(conn, direction, (data.len() / 4 * 3) as u64, time_ns);
                } else {
                    capture.push(conn, direction, &self.octets, time_ns);
                }
            }
            "gap" => capture.gap(conn, direction, record.len, time_ns),
            "end" => {
                let end = match record.how.as_deref() {
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

fn init(record: &Record<'_>, time_ns: u64) -> Option<ConnectionInit> {
    let start = match record.start.map(RawValue::get) {
        None | Some("\"handshake\"") => Start::Handshake,
        Some("\"mid-stream\"") => Start::MidStream,
        Some(start) => {
            let start: FrameStart<'_> = serde_json::from_str(start).ok()?;
            let extensions = start.extensions.as_deref().unwrap_or("");
            let permessage_deflate = match extensions {
                "" => None,
                extensions => {
                    let extensions = parse_extensions(extensions.as_bytes()).ok()?;
                    DeflateParams::from_extensions(&extensions).ok()?
                }
            };
            let subprotocol = start.subprotocol.map(Cow::into_owned);
            Start::Frames(Negotiated { subprotocol, permessage_deflate })
        }
    };
    Some(ConnectionInit {
        start,
        client: record.client.as_deref().and_then(|address| address.parse().ok()),
        server: record.server.as_deref().and_then(|address| address.parse().ok()),
        url: record.url.as_deref().map(str::to_owned),
        source: match record.source.as_deref() {
            Some("messages") => Source::Messages,
            Some("headers") => Source::Headers,
            _ => Source::Wire,
        },
        clock: match record.clock.as_deref() {
            Some("monotonic") => Clock::Monotonic,
            Some("none") => Clock::None,
            _ => Clock::Unix,
        },
        perspective: match record.perspective.as_deref() {
            Some("client") => Some(Role::Client),
            Some("server") => Some(Role::Server),
            _ => None,
        },
        opened_ns: time_ns,
    })
}
