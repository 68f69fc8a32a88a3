//! How many frames each stretch of time has.

use framewright_capture::{Direction, FrameId, Severity};
use wasm_bindgen::prelude::*;

use crate::engine::Engine;

/// Numbers a bucket: frames to the server, frames to the client, findings.
const COLUMNS: usize = 3;

#[wasm_bindgen]
impl Engine {
    /// The first and last frame's time, in ns; empty where there is none.
    #[wasm_bindgen(js_name = timeSpan)]
    pub fn time_span(&self) -> Vec<f64> {
        let ids = self.capture.frame_ids();
        let times = |id| self.capture.frame(FrameId(id)).map(|frame| frame.time_ns());
        let first = ids.clone().next().and_then(times);
        // Frames are in order of arrival in each file, but a second file may be older.
        let last = self.capture.connections().iter().map(|conn| conn.last_ns).max();
        let earliest = self.capture.connections().iter().filter_map(|conn| conn.first_ns).min();
        match (first, earliest, last) {
            (Some(_), Some(first), Some(last)) => {
                vec![self.since_base(first), self.since_base(last)]
            }
            _ => Vec::new(),
        }
    }

    /// Counts the frames of each connection in `lanes` in `buckets` stretches from `start` to `end` ns:
    /// for each lane and bucket the frames to the server, to the client, and those with an error or a
    /// warning. Frames of other connections count in a last lane.
    pub fn timeline(&self, lanes: &[u32], buckets: usize, start: f64, end: f64) -> Vec<u32> {
        let mut counts = vec![0; (lanes.len() + 1) * buckets * COLUMNS];
        let scale = buckets as f64 / (end - start).max(1.0);
        for id in self.capture.frame_ids() {
            let Some(frame) = self.capture.frame(FrameId(id)) else { continue };
            let lane = lanes.iter().position(|&conn| conn == frame.conn().0).unwrap_or(lanes.len());
            let bucket = (self.since_base(frame.time_ns()) - start) * scale;
            // The cast saturates, so that the last moment counts in the last bucket.
            let bucket = (bucket as usize).min(buckets - 1);
            let at = (lane * buckets + bucket) * COLUMNS;
            counts[at + usize::from(frame.direction() == Direction::ToClient)] += 1;
            if frame.severity() >= Some(Severity::Warning) {
                counts[at + 2] += 1;
            }
        }
        counts
    }

    /// The first row of the view at or after a time, in ns.
    #[wasm_bindgen(js_name = rowAt)]
    pub fn row_at(&self, time: f64) -> f64 {
        let (mut low, mut high) = (0, self.view.len(&self.capture));
        while low < high {
            let middle = low + (high - low) / 2;
            let frame = self.view.get(&self.capture, middle);
            let frame = frame.and_then(|id| self.capture.frame(id));
            if frame.is_some_and(|frame| self.since_base(frame.time_ns()) < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low as f64 + self.view.evicted(&self.capture) as f64
    }
}
