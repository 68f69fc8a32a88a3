//! All that a terminal prints of one frame.

use framewright_capture::{Clock, Direction, FrameId, MessageState};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::engine::Engine;
use crate::engine::list::preview;
use crate::object::{number, object, text};

#[wasm_bindgen]
impl Engine {
    /// A frame with its payload, unmasked; or, with `joined`, the message that it is the last of, joined and
    /// inflated. Null where it isn't held.
    #[wasm_bindgen(js_name = frameLine)]
    pub fn frame_line(&mut self, frame: u32, joined: bool) -> JsValue {
        let Some(frame) = self.capture.frame(FrameId(frame)) else { return JsValue::NULL };
        let Some(conn) = self.capture.connection(frame.conn()) else { return JsValue::NULL };
        // What the page shows of it.
        let preview = (!joined).then(|| preview::of(&self.capture, &mut self.reader, &frame).text);
        let message = frame.message().and_then(|message| self.capture.message(message));
        let shown = message.as_ref().filter(|_| joined);
        let content = match shown {
            Some(message) => self.reader.message(&self.capture, message.id()),
            None => self.reader.payload(&self.capture, frame.id(), 0..u64::MAX),
        };
        let is_last = message
            .as_ref()
            .is_none_or(|message| frame.fin() && message.state() == MessageState::Complete);
        let payload = content.map_or(JsValue::NULL, |content| {
            object([
                ("bytes", Uint8Array::from(content.bytes).into()),
                ("missing", number(content.missing_len)),
            ])
        });
        let [rsv1, rsv2, rsv3] = frame.rsv();
        let opcode = shown.map_or(frame.opcode(), |message| message.opcode());
        let time_ns = frame.time_ns();
        object([
            ("frame", frame.id().0.into()),
            ("conn", frame.conn().0.into()),
            ("name", text(conn.name.as_ref())),
            ("url", text(conn.url())),
            ("isUnix", (conn.init.clock == Clock::Unix).into()),
            ("seconds", number(time_ns / 1_000_000_000)),
            ("nanos", ((time_ns % 1_000_000_000) as u32).into()),
            ("toClient", (frame.direction() == Direction::ToClient).into()),
            ("opcode", opcode.bits().into()),
            ("fin", frame.fin().into()),
            ("rsv", (u8::from(rsv1) << 2 | u8::from(rsv2) << 1 | u8::from(rsv3)).into()),
            ("isMasked", frame.masked().into()),
            ("isCompressed", frame.compressed().into()),
            ("isComplete", frame.complete().into()),
            ("isLast", is_last.into()),
            ("payloadLen", number(frame.payload_len())),
            ("payload", payload),
            ("preview", text(preview)),
            ("findings", self.findings_of(&frame).into()),
        ])
    }
}
