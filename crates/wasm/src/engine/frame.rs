//! All that the page shows of one frame.

mod bytes;
#[cfg(feature = "full")]
mod line;
mod message;

use framewright_capture::{Direction, Frame, FrameId};
use js_sys::{Array, Float64Array};
use wasm_bindgen::prelude::*;

use super::Engine;
use crate::object::{number, object};
use crate::walk::field_table;

/// How many bytes come with the frame at once.
const FIRST_LEN: u64 = 1024;

#[wasm_bindgen]
impl Engine {
    /// A frame, or null where it isn't held: its facts, its fields as a table (see `fields`), its findings.
    pub fn frame(&mut self, frame: u32) -> JsValue {
        let Some(frame) = self.capture.frame(FrameId(frame)) else { return JsValue::NULL };
        let mut first = Vec::new();
        self.wire_bytes(&frame, 0, FIRST_LEN, &mut first);
        let preview = crate::engine::list::preview::of(&self.capture, &mut self.reader, &frame);
        let lane = self.capture.connection(frame.conn()).map(|conn| conn.lane(frame.direction()));
        let stream_len = lane.map_or(0, |lane| lane.stream_len);
        let held_len = frame.range().end.min(stream_len).saturating_sub(frame.offset());
        object([
            ("id", frame.id().0.into()),
            ("conn", frame.conn().0.into()),
            ("toClient", (frame.direction() == Direction::ToClient).into()),
            ("time", self.since_base(frame.time_ns()).into()),
            ("offset", number(frame.offset())),
            ("headerLen", number(frame.header_len())),
            ("payloadLen", number(frame.payload_len())),
            ("heldLen", number(held_len)),
            ("opcode", frame.opcode().bits().into()),
            ("isMasked", frame.masked().into()),
            ("isCompressed", frame.compressed().into()),
            ("isComplete", frame.complete().into()),
            ("mark", frame.mark().map_or(JsValue::NULL, |mark| mark.name().into())),
            ("isMissing", frame.has_missing().into()),
            ("message", frame.message().map_or(JsValue::NULL, |message| message.0.into())),
            ("fields", Float64Array::from(&field_table(frame.fields())[..]).into()),
            ("first", js_sys::Int16Array::from(&first[..]).into()),
            ("preview", preview.text.into()),
            ("findings", self.findings_of(&frame).into()),
        ])
    }
}

impl Engine {
    pub(super) fn findings_of(&self, frame: &Frame<'_>) -> Array {
        frame.findings().filter_map(|id| self.finding(id, frame.offset())).collect()
    }
}
