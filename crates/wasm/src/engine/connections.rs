//! The list of connections, and all about one.

mod timing;

use framewright_capture::{
    Clock, ConnId, Connection, Direction, End, Head, Lane, Query, RegionKind, Scan, Source, Start,
};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::Engine;
use super::list::preview;
use crate::object::{number, object, text};

/// A connection's first text is looked for among this many frames, so many at a time.
const FIRST_TEXT_STEPS: u32 = 100;
const FIRST_TEXT_STEP: u32 = 1000;

#[wasm_bindgen]
impl Engine {
    /// The connections `start` to `end`, in short.
    pub fn connections(&self, start: usize, end: usize) -> Array {
        let all = self.capture.connections();
        let end = end.min(all.len());
        let some = all.get(start..end).unwrap_or_default();
        (start..end).zip(some).map(|(id, conn)| self.connection_row(id, conn)).collect()
    }

    /// How the first text message of a connection begins, where it is among the first frames.
    #[wasm_bindgen(js_name = firstText)]
    pub fn first_text(&mut self, id: u32) -> Option<String> {
        let query = Query::parse(&format!("conn=={id} opcode==text")).ok()?;
        let mut scan = Scan::new(query);
        for _ in 0..FIRST_TEXT_STEPS {
            let has_more = scan.step(&self.capture, FIRST_TEXT_STEP);
            if !scan.hits().is_empty() || !has_more {
                break;
            }
        }
        let frame = self.capture.frame(*scan.hits().front()?)?;
        Some(preview::of(&self.capture, &mut self.reader, &frame).text)
    }

    /// All about one connection, or null.
    pub fn connection(&self, id: u32) -> JsValue {
        let Some(conn) = self.capture.connection(ConnId(id)) else { return JsValue::NULL };
        let handshake = conn.handshake.as_ref();
        object([
            ("row", self.connection_row(id as usize, conn)),
            ("subprotocol", text(conn.negotiated.subprotocol.as_ref())),
            ("start", start_name(&conn.init.start).into()),
            ("clock", clock_name(conn.init.clock).into()),
            ("client", text(conn.init.client.map(|peer| peer.to_string()))),
            ("server", text(conn.init.server.map(|peer| peer.to_string()))),
            ("request", head(handshake.and_then(|shake| shake.request.as_ref()))),
            ("response", head(handshake.and_then(|shake| shake.response.as_ref()))),
            ("toServer", self.lane(conn.lane(Direction::ToServer))),
            ("toClient", self.lane(conn.lane(Direction::ToClient))),
        ])
    }
}

impl Engine {
    fn connection_row(&self, id: usize, conn: &Connection) -> JsValue {
        let bytes = |way| conn.lane(way).stream_len;
        let frames = |way| number(conn.lane(way).frames);
        let [info, warning, error] = conn.findings;
        object([
            ("id", (id as u32).into()),
            ("name", text(conn.name.as_ref())),
            ("url", text(conn.url())),
            ("state", state(conn).into()),
            ("source", source_name(conn.init.source).into()),
            ("isAccepted", conn.handshake.as_ref().is_none_or(|shake| shake.accepted).into()),
            ("deflate", text(conn.negotiated.permessage_deflate.map(|params| params.to_string()))),
            (
                "frames",
                Array::of2(&frames(Direction::ToServer), &frames(Direction::ToClient)).into(),
            ),
            ("bytes", number(bytes(Direction::ToServer) + bytes(Direction::ToClient))),
            (
                "findings",
                object([
                    ("info", info.into()),
                    ("warning", warning.into()),
                    ("error", error.into()),
                ]),
            ),
            ("first", conn.first_ns.map_or(JsValue::NULL, |time| self.since_base(time).into())),
            ("last", self.since_base(conn.last_ns).into()),
        ])
    }

    fn lane(&self, lane: &Lane) -> JsValue {
        let regions = lane.regions.iter().map(|region| {
            let kind = match region.kind {
                RegionKind::Http => "http",
                RegionKind::Unframed => "unframed",
            };
            object([
                ("kind", kind.into()),
                ("offset", number(region.offset)),
                ("len", number(region.len)),
            ])
        });
        let missing = lane.missing.iter().map(|missing| {
            object([("offset", number(missing.offset)), ("len", number(missing.len))])
        });
        let end = lane.end.map_or(JsValue::NULL, |(end, time)| {
            object([("how", end_name(end).into()), ("time", self.since_base(time).into())])
        });
        object([
            ("streamLen", number(lane.stream_len)),
            ("frames", number(lane.frames)),
            ("messages", number(lane.messages)),
            ("payloadLen", number(lane.payload_len)),
            ("inflatedMessages", number(lane.inflated_messages)),
            ("compressedLen", number(lane.compressed_len)),
            ("inflatedLen", number(lane.inflated_len)),
            ("closeCode", lane.close_code.map_or(JsValue::NULL, Into::into)),
            ("isClosed", lane.closed.into()),
            ("regions", regions.collect::<Array>().into()),
            ("missing", missing.collect::<Array>().into()),
            ("end", end),
        ])
    }
}

fn head(head: Option<&Head>) -> JsValue {
    let Some(head) = head else { return JsValue::NULL };
    let fields = head.fields.iter().map(|field| {
        object([("name", field.name.as_str().into()), ("value", field.value.as_str().into())])
    });
    object([
        ("startLine", head.start_line.as_str().into()),
        ("fields", fields.collect::<Array>().into()),
        ("status", head.status().map_or(JsValue::NULL, Into::into)),
    ])
}

/// Where the connection is in its life.
fn state(conn: &Connection) -> &'static str {
    let lanes = &conn.lanes;
    let is_refused = conn.handshake.as_ref().is_some_and(|shake| {
        !shake.accepted && shake.response.as_ref().is_some_and(|head| head.status() != Some(101))
    });
    if is_refused {
        "refused"
    } else if lanes.iter().any(|lane| matches!(lane.end, Some((End::Reset, _)))) {
        "reset"
    } else if lanes.iter().all(|lane| lane.closed) {
        "closed"
    } else if lanes.iter().any(|lane| lane.closed) {
        "closing"
    } else if lanes.iter().any(|lane| matches!(lane.end, Some((End::Finished, _)))) {
        "ended"
    } else if lanes.iter().any(|lane| lane.end.is_some()) {
        "capture ended"
    } else {
        "open"
    }
}

fn start_name(start: &Start) -> &'static str {
    match start {
        Start::Handshake => "handshake",
        Start::Frames(_) => "frames",
        Start::MidStream => "midstream",
        Start::Http2(_) => "http2",
    }
}

fn source_name(source: Source) -> &'static str {
    match source {
        Source::Wire => "wire",
        Source::Messages => "messages",
        Source::Headers => "headers",
    }
}

fn clock_name(clock: Clock) -> &'static str {
    match clock {
        Clock::Unix => "unix",
        Clock::Monotonic => "monotonic",
        Clock::None => "none",
    }
}

fn end_name(end: End) -> &'static str {
    match end {
        End::Finished => "finished",
        End::Reset => "reset",
        End::CaptureEnded => "capture ended",
    }
}
