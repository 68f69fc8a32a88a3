//! Messages: payloads unmasked, joined and inflated.

use framewright_capture::{Direction, FrameId, MessageForm, MessageState};
use js_sys::{Array, Float64Array, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::engine::Engine;
use crate::object::{number, object, with};

/// How many of its frames a message names; there may be millions.
const MAX_FRAMES: usize = 1000;

#[wasm_bindgen]
impl Engine {
    /// The message that a frame is part of, or the payload of a control frame, with its bytes; null where
    /// the frame isn't held.
    pub fn message(&mut self, frame: u32) -> JsValue {
        let Some(frame) = self.capture.frame(FrameId(frame)) else { return JsValue::NULL };
        let message = frame.message().and_then(|message| self.capture.message(message));
        let Some(message) = message else {
            let Some(content) = self.reader.payload(&self.capture, frame.id(), 0..u64::MAX) else {
                return JsValue::NULL;
            };
            return object([
                ("opcode", frame.opcode().bits().into()),
                ("toClient", (frame.direction() == Direction::ToClient).into()),
                ("form", "plain".into()),
                ("state", if frame.complete() { "complete" } else { "open" }.into()),
                ("isCompressed", false.into()),
                ("fragments", 1.into()),
                ("frames", Array::of1(&frame.id().0.into()).into()),
                ("wireLen", number(frame.payload_len())),
                ("bytes", Uint8Array::from(content.bytes).into()),
                ("missing", ranges(content.missing)),
            ]);
        };
        let frames = message.frames().take(MAX_FRAMES).map(|id| JsValue::from(id.0));
        let facts = object([
            ("opcode", message.opcode().bits().into()),
            ("toClient", (message.direction() == Direction::ToClient).into()),
            ("form", form_name(message.form()).into()),
            ("state", state_name(message.state()).into()),
            ("isCompressed", message.compressed().into()),
            ("fragments", message.fragments().into()),
            ("frames", frames.collect::<Array>().into()),
            ("wireLen", number(message.wire_len())),
        ]);
        let id = message.id();
        let Some(content) = self.reader.message(&self.capture, id) else { return JsValue::NULL };
        with(&facts, "bytes", &Uint8Array::from(content.bytes));
        with(&facts, "missing", &ranges(content.missing));
        facts
    }

    /// The payload of the message that a frame is part of as it was sent: unmasked and joined, still
    /// compressed.
    #[wasm_bindgen(js_name = messageAsSent)]
    pub fn message_as_sent(&mut self, frame: u32) -> Option<Vec<u8>> {
        let message = self.capture.frame(FrameId(frame))?.message()?;
        Some(self.reader.message_as_sent(&self.capture, message)?.bytes.to_vec())
    }
}

fn ranges(ranges: &[std::ops::Range<u64>]) -> JsValue {
    let flat: Vec<f64> =
        ranges.iter().flat_map(|range| [range.start as f64, range.end as f64]).collect();
    Float64Array::from(&flat[..]).into()
}

fn form_name(form: MessageForm) -> &'static str {
    match form {
        MessageForm::Plain => "plain",
        MessageForm::Inflated => "inflated",
        MessageForm::NotYetInflated => "not-yet-inflated",
        MessageForm::NoPriorWindow => "no-prior-window",
        MessageForm::InflateFailed => "inflate-failed",
        MessageForm::InflateTooLong => "inflate-too-long",
        MessageForm::OverBudget => "over-budget",
        MessageForm::BytesMissing => "bytes-missing",
    }
}

fn state_name(state: MessageState) -> &'static str {
    match state {
        MessageState::Open => "open",
        MessageState::Complete => "complete",
        MessageState::Unfinished => "unfinished",
    }
}
