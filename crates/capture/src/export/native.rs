//! This crate's own format; `import::native` describes it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use framewright_codec::Role;
use serde::Serialize;

use super::Writer;
use super::replay::{Event, Replay};
use crate::import::native::RECORD_SEPARATOR;
use crate::store::bytes::Run;
use crate::{Capture, Clock, ConnId, Connection, Direction, End, Head, Marked, Source, Start};

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Record<'a> {
    Capture {
        format: &'a str,
        version: u32,
    },
    Open {
        conn: u32,
        time: u64,
        start: FrameStart<'a>,
        clock: &'a str,
        source: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        client: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        server: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        perspective: Option<&'a str>,
    },
    Bytes {
        conn: u32,
        dir: &'a str,
        time: u64,
        data: &'a str,
    },
    Gap {
        conn: u32,
        dir: &'a str,
        time: u64,
        len: u64,
    },
    Window {
        conn: u32,
        dir: &'a str,
        at: u64,
        data: String,
    },
    Mark {
        conn: u32,
        dir: &'a str,
        at: u64,
        len: u64,
        how: &'a str,
    },
    End {
        conn: u32,
        dir: &'a str,
        time: u64,
        how: &'a str,
    },
}

#[derive(Serialize)]
#[serde(untagged)]
enum FrameStart<'a> {
    Name(&'a str),
    Negotiated {
        #[serde(skip_serializing_if = "Option::is_none")]
        subprotocol: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        extensions: Option<String>,
    },
    Http2 {
        http2: Heads<'a>,
    },
}

/// The heads of a stream of HTTP/2.
#[derive(Serialize)]
struct Heads<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<HeadRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<HeadRecord<'a>>,
}

#[derive(Serialize)]
struct HeadRecord<'a> {
    line: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    time: u64,
    fields: Vec<[&'a str; 2]>,
}

impl<'a> HeadRecord<'a> {
    fn new(head: &'a Head) -> Self {
        let fields = head.fields.iter();
        Self {
            line: &head.start_line,
            status: head.status(),
            time: head.time_ns,
            fields: fields.map(|field| [field.name.as_str(), field.value.as_str()]).collect(),
        }
    }
}

#[derive(Debug)]
pub(super) struct NativeWriter {
    replay: Replay,
    started: bool,
    data: String,
}

impl NativeWriter {
    pub(super) fn new(wanted: Option<Vec<ConnId>>) -> Self {
        Self { replay: Replay::new(wanted), started: false, data: String::new() }
    }
}

impl Writer for NativeWriter {
    fn write(&mut self, capture: &Capture, out: &mut Vec<u8>) -> bool {
        if !self.started {
            self.started = true;
            push(out, &Record::Capture { format: "framewright", version: 1 });
            return true;
        }
        match self.replay.next(capture) {
            None => return false,
            Some(Event::Open(id)) => {
                if let Some(conn) = capture.connection(id) {
                    push(out, &open(id, conn));
                    push_told(out, capture, id, conn);
                }
            }
            Some(Event::Bytes { conn, direction, range, time_ns: time, .. }) => {
                let (id, dir) = (conn.0, name(direction));
                for run in capture.runs(conn, direction, range).into_iter().flatten() {
                    match run {
                        Run::Present(bytes) => {
                            self.data.clear();
                            STANDARD.encode_string(bytes, &mut self.data);
                            push(out, &Record::Bytes { conn: id, dir, time, data: &self.data });
                        }
                        Run::Missing(len) => push(out, &Record::Gap { conn: id, dir, time, len }),
                    }
                }
            }
            Some(Event::End { conn, direction, end, time_ns: time }) => {
                let how = match end {
                    End::Finished => "finished",
                    End::Reset => "reset",
                    End::CaptureEnded => "capture-ended",
                };
                push(out, &Record::End { conn: conn.0, dir: name(direction), time, how });
            }
        }
        true
    }
}

fn open(id: ConnId, conn: &Connection) -> Record<'_> {
    let init = &conn.init;
    Record::Open {
        conn: id.0,
        time: init.opened_ns,
        start: match &init.start {
            Start::Handshake => FrameStart::Name("handshake"),
            Start::MidStream => FrameStart::Name("mid-stream"),
            Start::Http2(handshake) => FrameStart::Http2 {
                http2: Heads {
                    request: handshake.request.as_ref().map(HeadRecord::new),
                    response: handshake.response.as_ref().map(HeadRecord::new),
                },
            },
            Start::Frames(negotiated) => FrameStart::Negotiated {
                subprotocol: negotiated.subprotocol.as_deref(),
                extensions: negotiated.permessage_deflate.map(|params| params.to_string()),
            },
        },
        clock: match init.clock {
            Clock::Unix => "unix",
            Clock::Monotonic => "monotonic",
            Clock::None => "none",
        },
        source: match init.source {
            Source::Wire => "wire",
            Source::Messages => "messages",
            Source::Headers => "headers",
        },
        client: init.client.map(|address| address.to_string()),
        server: init.server.map(|address| address.to_string()),
        url: init.url.as_deref(),
        name: conn.name.as_deref(),
        perspective: init.perspective.map(|role| match role {
            Role::Client => "client",
            Role::Server => "server",
        }),
    }
}

/// What was told of the connection's streams beside their bytes.
fn push_told(out: &mut Vec<u8>, capture: &Capture, id: ConnId, conn: &Connection) {
    for direction in Direction::BOTH {
        let dir = name(direction);
        for (at, text) in capture.windows(id, direction) {
            push(out, &Record::Window { conn: id.0, dir, at, data: STANDARD.encode(text) });
        }
        for &Marked { mark, offset, len } in &conn.lane(direction).marks {
            push(out, &Record::Mark { conn: id.0, dir, at: offset, len, how: mark.name() });
        }
    }
}

fn name(direction: Direction) -> &'static str {
    match direction {
        Direction::ToServer => "to-server",
        Direction::ToClient => "to-client",
    }
}

fn push(out: &mut Vec<u8>, record: &Record<'_>) {
    out.push(RECORD_SEPARATOR);
    // Writing numbers and strings to memory can't fail.
    let _ = serde_json::to_writer(&mut *out, record);
    out.push(b'\n');
}
