//! HTTP archives as Chrome writes them. Chrome skips a message that lacks one of its four fields; what is
//! ours has names with an underscore.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use framewright_codec::Opcode;
use serde_json::json;

use super::Writer;
use crate::time::format_iso8601;
use crate::{
    Capture, Clock, ConnId, Connection, Direction, Frame, FrameId, Handshake, Head, MessageForm,
    Reader,
};

#[derive(Debug)]
pub(super) struct HarWriter {
    wanted: Option<Vec<ConnId>>,
    state: State,
    next: u32,
    any_entry: bool,
    reader: Reader,
}

#[derive(Debug)]
enum State {
    Start,
    Connection,
    /// Inside a connection's messages: its next frame, and whether there was a message before.
    Messages {
        conn: ConnId,
        next: FrameId,
        any: bool,
    },
    End,
}

impl HarWriter {
    pub(super) fn new(wanted: Option<Vec<ConnId>>) -> Self {
        Self { wanted, state: State::Start, next: 0, any_entry: false, reader: Reader::new() }
    }
}

impl Writer for HarWriter {
    fn write(&mut self, capture: &Capture, out: &mut Vec<u8>) -> bool {
        match self.state {
            State::Start => {
                let creator = json!({"name": "Framewright", "version": env!("CARGO_PKG_VERSION")});
                let start = format!(
                    r#"{{"log":{{"version":"1.2","creator":{creator},"pages":[],"entries":["#
                );
                out.extend_from_slice(start.as_bytes());
                self.state = State::Connection;
            }
            State::Connection => {
                let id = ConnId(self.next);
                let Some(conn) = capture.connection(id) else {
                    out.extend_from_slice(b"]}}\n");
                    self.state = State::End;
                    return false;
                };
                self.next += 1;
                if self.wanted.as_ref().is_none_or(|wanted| wanted.contains(&id)) {
                    if std::mem::replace(&mut self.any_entry, true) {
                        out.push(b',');
                    }
                    push_entry_start(out, id, conn);
                    self.state = State::Messages { conn: id, next: FrameId(0), any: false };
                }
            }
            State::Messages { conn, next, mut any } => {
                const BATCH: usize = 256;
                let frames = capture.frames_of(conn);
                let from = frames.partition_point(|&frame| frame < next);
                let mut last = None;
                for &id in frames.range(from..).take(BATCH) {
                    last = Some(id);
                    if let Some(frame) = capture.frame(id) {
                        self.push_message(capture, &frame, &mut any, out);
                    }
                }
                self.state = match last {
                    Some(last) => State::Messages { conn, next: FrameId(last.0 + 1), any },
                    None => {
                        out.extend_from_slice(b"]}");
                        State::Connection
                    }
                };
            }
            State::End => return false,
        }
        true
    }
}

impl HarWriter {
    fn push_message(
        &mut self,
        capture: &Capture,
        frame: &Frame<'_>,
        any: &mut bool,
        out: &mut Vec<u8>,
    ) {
        let message = frame.message().and_then(|message| capture.message(message));
        let content = match &message {
            // A message stands where its first frame does.
            Some(message) if message.first().id() != frame.id() => return,
            Some(message) => self.reader.message(capture, message.id()),
            None => self.reader.payload(capture, frame.id(), 0..u64::MAX),
        };
        let Some(content) = content else { return };
        let kind = if frame.direction() == Direction::ToServer { "send" } else { "receive" };
        let text = match frame.opcode() {
            Opcode::Text if content.missing.is_empty() => std::str::from_utf8(content.octets).ok(),
            _ => None,
        };
        let has_content = matches!(content.form, MessageForm::Plain | MessageForm::Inflated);
        // Text that isn't UTF-8 has no place in JSON: as binary, all of its octets are there.
        let opcode = match (frame.opcode(), text) {
            (Opcode::Text, None) if has_content => Opcode::Binary.bits(),
            (opcode, _) => opcode.bits(),
        };
        let data = text.map_or_else(|| STANDARD.encode(content.octets), str::to_owned);
        let mut fields = json!({
            "type": kind,
            "time": frame.time_ns() as f64 / 1e9,
            "opcode": opcode,
            "data": data,
        });
        if !has_content {
            fields["_unavailable"] = match content.form {
                MessageForm::NoPriorWindow => "no prior window",
                MessageForm::OctetsMissing => "octets are missing",
                MessageForm::InflateTooLong => "too long",
                MessageForm::NotYetInflated => "not complete",
                _ => "does not inflate",
            }
            .into();
        }
        if !content.missing.is_empty() {
            fields["_missingLength"] = content.missing_len.into();
        }
        if let Some(message) = message.filter(|message| message.compressed()) {
            fields["_compressedLength"] = message.wire_len().into();
        }
        if std::mem::replace(any, true) {
            out.push(b',');
        }
        out.extend_from_slice(fields.to_string().as_bytes());
    }
}

/// All of an entry up to its messages.
fn push_entry_start(out: &mut Vec<u8>, id: ConnId, conn: &Connection) {
    let none = Handshake::default();
    let handshake = conn.handshake.as_ref().unwrap_or(&none);
    let url = conn.url().unwrap_or_else(|| format!("ws://not.captured/{}", id.0));
    let started_ns = match conn.init.opened_ns {
        0 => conn.first_ns.unwrap_or(0),
        opened_ns => opened_ns,
    };
    let millis = conn.last_ns.saturating_sub(started_ns) as f64 / 1e6;
    let status = handshake.response.as_ref().and_then(Head::status);
    let mut entry = json!({
        "_resourceType": "websocket",
        "startedDateTime": format_iso8601(started_ns),
        "time": millis,
        "request": {
            "method": "GET",
            "url": url,
            "httpVersion": "HTTP/1.1",
            "headers": fields(handshake.request.as_ref()),
            "queryString": [],
            "cookies": [],
            "headersSize": handshake.request.as_ref().map_or(-1, |head| head.len as i64),
            "bodySize": 0,
        },
        "response": {
            "status": status.unwrap_or(if conn.handshake.is_none() { 101 } else { 0 }),
            "statusText": reason(handshake.response.as_ref()),
            "httpVersion": "HTTP/1.1",
            "headers": fields(handshake.response.as_ref()),
            "cookies": [],
            "content": {"size": 0, "mimeType": "x-unknown"},
            "redirectURL": "",
            "headersSize": handshake.response.as_ref().map_or(-1, |head| head.len as i64),
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": millis},
    });
    if let Some(server) = conn.init.server {
        entry["serverIPAddress"] = server.ip().to_string().into();
        entry["connection"] = server.port().to_string().into();
    }
    if conn.init.clock != Clock::Unix {
        entry["_clock"] = if conn.init.clock == Clock::None { "none" } else { "monotonic" }.into();
    }
    let mut entry = entry.to_string();
    // The entry stays open for its messages.
    entry.pop();
    entry += r#","_webSocketMessages":["#;
    out.extend_from_slice(entry.as_bytes());
}

fn fields(head: Option<&Head>) -> serde_json::Value {
    let fields = head.map(|head| head.fields.as_slice()).unwrap_or_default();
    fields.iter().map(|field| json!({"name": field.name, "value": field.value})).collect()
}

fn reason(head: Option<&Head>) -> &str {
    head.and_then(|head| head.start_line.splitn(3, ' ').nth(2)).unwrap_or("")
}
