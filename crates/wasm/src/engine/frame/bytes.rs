//! Bytes of a frame for the byte view.

use framewright_capture::{Frame, FrameId, Run};
use wasm_bindgen::prelude::*;

use crate::engine::Engine;

#[wasm_bindgen]
impl Engine {
    /// The bytes `start` to `end` of a frame, as far as they have come, −1 for each missing one; with
    /// `unmask` the payload is unmasked.
    pub fn bytes(&mut self, frame: u32, start: f64, end: f64, unmask: bool) -> Vec<i16> {
        let mut out = Vec::new();
        if let Some(frame) = self.capture.frame(FrameId(frame)) {
            self.wire_bytes(&frame, start as u64, end as u64, &mut out);
            if unmask && let Some(key) = frame.masking_key() {
                let header_len = frame.header_len();
                for (at, byte) in (start as u64..).zip(&mut out) {
                    if at >= header_len && *byte >= 0 {
                        *byte ^= i16::from(key[((at - header_len) % 4) as usize]);
                    }
                }
            }
        }
        out
    }
}

impl Engine {
    pub(super) fn wire_bytes(&self, frame: &Frame<'_>, start: u64, end: u64, out: &mut Vec<i16>) {
        let from = frame.offset().saturating_add(start);
        let to = frame.offset().saturating_add(end).min(frame.range().end);
        let runs = self.capture.runs(frame.conn(), frame.direction(), from..to);
        for run in runs.into_iter().flatten() {
            match run {
                Run::Present(run) => out.extend(run.iter().map(|&byte| i16::from(byte))),
                Run::Missing(len) => out.resize(out.len() + len as usize, -1),
            }
        }
    }
}
