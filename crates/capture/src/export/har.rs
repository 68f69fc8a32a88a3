//! HTTP archives as Chrome writes them. Chrome skips a message that lacks one of its four fields; our own
//! fields have names with an underscore.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use framewright_codec::Opcode;
use serde::Serialize;

use super::Writer;
use super::har_schema::{Entry, Message, Nothing, Request, Response, Timings};
use crate::formats::time::format_iso8601;
use crate::{
    Capture, Clock, ConnId, Connection, Direction, Frame, FrameId, Handshake, Head, Mark,
    MessageForm, Reader,
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
    pub(super) fn new(mut wanted: Option<Vec<ConnId>>) -> Self {
        if let Some(wanted) = &mut wanted {
            wanted.sort_unstable();
        }
        Self { wanted, state: State::Start, next: 0, any_entry: false, reader: Reader::new() }
    }
}

impl Writer for HarWriter {
    fn write(&mut self, capture: &Capture, out: &mut Vec<u8>) -> bool {
        match self.state {
            State::Start => {
                out.extend_from_slice(
                    concat!(
                        r#"{"log":{"version":"1.2","creator":{"name":"Framewright","version":""#,
                        env!("CARGO_PKG_VERSION"),
                        r#""},"pages":[],"entries":["#
                    )
                    .as_bytes(),
                );
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
                if self.wanted.as_ref().is_none_or(|wanted| wanted.binary_search(&id).is_ok()) {
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
                let start = out.len();
                for &id in frames.range(from..).take(BATCH) {
                    if out.len() - start > super::STEP_LEN {
                        break;
                    }
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
            Opcode::Text if content.missing.is_empty() => std::str::from_utf8(content.bytes).ok(),
            _ => None,
        };
        let has_content = matches!(content.form, MessageForm::Plain | MessageForm::Inflated);
        // Text that isn't UTF-8 has no place in JSON: as binary, all of its bytes are there.
        let opcode = match (frame.opcode(), text) {
            (Opcode::Text, None) if has_content => Opcode::Binary.bits(),
            (opcode, _) => opcode.bits(),
        };
        let data = text.map_or_else(|| STANDARD.encode(content.bytes).into(), Cow::Borrowed);
        let message = Message {
            kind,
            time: frame.time_ns() as f64 / 1e9,
            opcode,
            data,
            unavailable: (!has_content).then_some(match content.form {
                MessageForm::NoPriorWindow => "no prior window",
                MessageForm::BytesMissing => "bytes are missing",
                MessageForm::InflateTooLong => "too long",
                MessageForm::OverBudget => "past the limit of all messages",
                MessageForm::NotYetInflated => "not complete",
                _ => "does not inflate",
            }),
            mark: frame.mark().map(Mark::name),
            missing_len: (!content.missing.is_empty()).then_some(content.missing_len),
            compressed_len: message
                .filter(|message| message.compressed())
                .map(|message| message.wire_len()),
        };
        if std::mem::replace(any, true) {
            out.push(b',');
        }
        push(out, &message);
    }
}

/// An entry up to its messages.
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
    let status = status.unwrap_or(if conn.handshake.is_none() { 101 } else { 0 });
    let entry = Entry {
        resource_type: "websocket",
        started_date_time: format_iso8601(started_ns),
        time: millis,
        request: Request::new(url, handshake.request.as_ref()),
        response: Response::new(status, handshake.response.as_ref()),
        cache: Nothing {},
        timings: Timings { send: 0.0, wait: 0.0, receive: millis },
        server_ip_address: conn.init.server.map(|server| server.ip().to_string()),
        connection: conn.init.server.map(|server| server.port().to_string()),
        clock: match conn.init.clock {
            Clock::Unix => None,
            Clock::Monotonic => Some("monotonic"),
            Clock::None => Some("none"),
        },
    };
    push(out, &entry);
    // The entry stays open for its messages.
    out.pop();
    out.extend_from_slice(br#","_webSocketMessages":["#);
}

fn push(out: &mut Vec<u8>, value: &impl Serialize) {
    // Writing to memory can't fail, and these are objects of strings and numbers.
    let _ = serde_json::to_writer(out, value);
}
