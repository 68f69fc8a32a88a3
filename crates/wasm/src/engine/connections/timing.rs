//! How long things took on a connection, and what seems to be wrong with it.

use framewright_capture::{ConnId, Direction, Gaps, Timing, diagnose};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::engine::Engine;
use crate::object::{number, object};

/// How many pings and fragmented messages are listed; there may be millions.
const MAX_LISTED: usize = 200;

#[wasm_bindgen]
impl Engine {
    /// The timing of a connection; times are ns, absent ones null.
    pub fn timing(&self, conn: u32) -> JsValue {
        let timing = Timing::of(&self.capture, ConnId(conn));
        let pings = timing.pings.iter().take(MAX_LISTED).map(|ping| {
            object([
                ("ping", ping.ping.0.into()),
                ("pong", ping.pong.map_or(JsValue::NULL, |pong| pong.0.into())),
                ("roundTrip", optional(ping.round_trip_ns)),
            ])
        });
        let fragmented = timing.fragmented.iter().take(MAX_LISTED).map(|message| {
            object([
                ("fragments", message.fragments.into()),
                ("duration", number(message.duration_ns)),
                (
                    "frame",
                    self.capture
                        .message(message.message)
                        .map_or(JsValue::NULL, |message| message.first().id().0.into()),
                ),
            ])
        });
        let close = timing.close.map_or(JsValue::NULL, |close| {
            object([
                ("byClient", (close.begun_by == Direction::ToServer).into()),
                ("close", close.close.0.into()),
                ("answer", close.answer.map_or(JsValue::NULL, |frame| frame.0.into())),
                ("answerAfter", optional(close.answer_ns)),
                ("endAfter", optional(close.end_ns)),
            ])
        });
        object([
            ("handshake", optional(timing.handshake_ns)),
            ("duration", number(timing.duration_ns)),
            ("pingCount", (timing.pings.len() as u32).into()),
            ("pings", pings.collect::<Array>().into()),
            ("unaskedPongs", number(timing.unasked_pongs)),
            ("fragmentedCount", (timing.fragmented.len() as u32).into()),
            ("fragmented", fragmented.collect::<Array>().into()),
            ("gaps", timing.gaps.iter().map(gaps).collect::<Array>().into()),
            ("close", close),
        ])
    }

    /// What seems to be wrong with a connection: objects of `severity`, `seen`, `advice` and `frame`.
    pub fn diagnose(&self, conn: u32) -> Array {
        let found = diagnose(&self.capture, ConnId(conn)).into_iter().map(|diagnosis| {
            object([
                ("severity", diagnosis.severity.name().into()),
                ("seen", diagnosis.seen.into()),
                ("advice", diagnosis.advice.into()),
                ("frame", diagnosis.frame.map_or(JsValue::NULL, |frame| frame.0.into())),
            ])
        });
        found.collect()
    }
}

fn gaps(gaps: &Gaps) -> JsValue {
    object([
        ("count", number(gaps.count)),
        ("median", number(gaps.median_ns)),
        ("p95", number(gaps.p95_ns)),
        ("longest", number(gaps.longest_ns)),
        ("beforeLongest", gaps.before_longest.map_or(JsValue::NULL, |frame| frame.0.into())),
    ])
}

fn optional(value: Option<u64>) -> JsValue {
    value.map_or(JsValue::NULL, number)
}
