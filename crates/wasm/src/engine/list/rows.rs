//! The rows of the frame list.

use framewright_capture::{Clock, ConnId, Direction, Frame, FrameId};
use wasm_bindgen::prelude::*;

use super::preview;
use super::view::View;
use crate::engine::Engine;
use crate::object::{number, object};

/// Some rows of the frame list.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Rows {
    table: Vec<f64>,
    previews: Vec<String>,
    gone: usize,
}

#[wasm_bindgen]
impl Rows {
    /// Twelve numbers a row: frame, connection, 1 if sent by the server, the first two bytes of the header
    /// (high first), payload length, time in ns, severity of its worst finding (0–3), 1 if it is part of a
    /// compressed message, ms since 1970 (NaN where unknown), the length of the message that it begins, inflated
    /// (NaN where it isn't, or can't be), its mark (0 none, 1 rebuilt, 2 inserted, 3 changed), 1 if the preview is text.
    #[wasm_bindgen(getter)]
    pub fn table(&mut self) -> Vec<f64> {
        core::mem::take(&mut self.table)
    }

    /// How many of the rows asked for left the front; those given come after them.
    #[wasm_bindgen(getter)]
    pub fn gone(&self) -> usize {
        self.gone
    }

    /// The beginning of each payload, in one line.
    #[wasm_bindgen(getter)]
    pub fn previews(&mut self) -> Vec<String> {
        core::mem::take(&mut self.previews)
    }
}

#[wasm_bindgen]
impl Engine {
    /// Shows only the frames that match `query`, of one connection unless `conn` is negative. `scan` must
    /// follow.
    ///
    /// # Errors
    ///
    /// An object of `message`, and `start` and `end` in bytes of the query's UTF-8 text.
    #[wasm_bindgen(js_name = setFilter)]
    pub fn set_filter(&mut self, conn: f64, query: &str) -> Result<(), JsValue> {
        let conn = (conn >= 0.0).then_some(ConnId(conn as u32));
        self.view = View::new(conn, query).map_err(|error| {
            object([
                ("name", "QueryError".into()),
                ("message", error.message.into()),
                ("start", number(error.offset as u64)),
                ("end", number((error.offset + error.len) as u64)),
            ])
        })?;
        Ok(())
    }

    /// Matches up to `max` frames more against the filter, and says whether none is left.
    pub fn scan(&mut self, max: u32) -> bool {
        self.view.scan(&self.capture, max)
    }

    /// The frames that the last scan put among the rows before it, since their last bytes or names came late.
    pub fn late(&self) -> Vec<u32> {
        self.view.late().iter().map(|frame| frame.0).collect()
    }

    /// The rows `start` to `start + count` of the view, as far as there are. Rows keep their numbers when
    /// others leave the front.
    pub fn rows(&mut self, start: f64, count: usize) -> Rows {
        let mut rows = Rows { table: Vec::new(), previews: Vec::new(), gone: 0 };
        let gone = self.view.evicted(&self.capture) as usize;
        let start = start as usize;
        for row in start..start.saturating_add(count) {
            let Some(row) = row.checked_sub(gone) else {
                rows.gone += 1;
                continue;
            };
            let Some(id) = self.view.get(&self.capture, row) else { break };
            let Some(frame) = self.capture.frame(id) else { break };
            let preview = preview::of(&self.capture, &mut self.reader, &frame);
            rows.table.extend(self.row(&frame));
            rows.table.push(f64::from(u8::from(preview.is_text)));
            rows.previews.push(preview.text);
        }
        rows
    }

    /// The first eleven numbers of each of these rows, to sort by.
    pub fn numbers(&self, start: usize, count: usize) -> Vec<f64> {
        (start..start.saturating_add(count))
            .map_while(|row| self.capture.frame(self.view.get(&self.capture, row)?))
            .flat_map(|frame| self.row(&frame))
            .collect()
    }

    /// The row of the first frame in the view that isn't before this one.
    #[wasm_bindgen(js_name = rowFrom)]
    pub fn row_from(&self, frame: u32) -> f64 {
        let gone = self.view.evicted(&self.capture) as f64;
        self.view.row_from(&self.capture, FrameId(frame)) as f64 + gone
    }

    /// The row of a frame in the view, negative where the filter hides it.
    #[wasm_bindgen(js_name = rowOf)]
    pub fn row_of(&self, frame: u32) -> f64 {
        let gone = self.view.evicted(&self.capture) as f64;
        self.view.row_of(&self.capture, FrameId(frame)).map_or(-1.0, |row| row as f64 + gone)
    }
}

impl Engine {
    fn row(&self, frame: &Frame<'_>) -> [f64; 11] {
        let clock =
            self.capture.connection(frame.conn()).map_or(Clock::None, |conn| conn.init.clock);
        // Whole milliseconds: as nanoseconds, a double would be a little before or after them.
        let wall_ms = frame.time_ns() / 1_000_000;
        let wall = if clock == Clock::Unix { wall_ms as f64 } else { f64::NAN };
        let message = frame.message().and_then(|id| self.capture.message(id));
        let inflated = message
            .filter(|message| message.compressed() && message.first().id() == frame.id())
            .and_then(|message| message.content_len());
        [
            f64::from(frame.id().0),
            f64::from(frame.conn().0),
            f64::from(u8::from(frame.direction() == Direction::ToClient)),
            f64::from(u16::from_be_bytes(frame.prefix().0)),
            frame.payload_len() as f64,
            self.since_base(frame.time_ns()),
            f64::from(frame.severity().map_or(0, |severity| severity as u8 + 1)),
            f64::from(u8::from(frame.compressed())),
            wall,
            inflated.map_or(f64::NAN, |len| len as f64),
            frame.mark().map_or(0.0, |mark| f64::from(mark as u8) + 1.0),
        ]
    }
}
