//! One capture and what the page shows of it.

mod connections;
mod export;
mod feed;
mod findings;
mod frame;
mod import;
#[cfg(feature = "full")]
mod line;
mod message;
mod octets;
mod preview;
#[cfg(target_family = "wasm")]
mod regex;
mod rows;
mod timeline;
mod timing;
mod view;

use framewright_capture::{Capture, Importer, Limits, Reader};
use wasm_bindgen::prelude::*;

use export::Export;
pub use import::{file_is_key_log, file_needs_full};
use view::View;

/// A capture, filled from files or a live tap, and the list of its frames that the page shows.
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "it may hold secrets")]
pub struct Engine {
    capture: Capture,
    reader: Reader,
    view: View,
    importer: Option<Importer>,
    /// TLS secrets for the next import.
    keys: Vec<u8>,
    export: Option<Export>,
    /// Time 0 of everything shown, in ns on the capture's clock.
    base_ns: Option<u64>,
}

#[wasm_bindgen]
impl Engine {
    /// An empty capture that keeps at most `max_kept_len` octets; `Infinity` keeps all.
    #[wasm_bindgen(constructor)]
    pub fn new(max_kept_len: f64) -> Self {
        #[cfg(target_family = "wasm")]
        regex::install();
        Self {
            capture: Capture::new(limits(max_kept_len)),
            reader: Reader::new(),
            view: View::default(),
            importer: None,
            keys: Vec::new(),
            export: None,
            base_ns: None,
        }
    }

    /// Changes how many octets are kept from now on.
    #[wasm_bindgen(js_name = keep)]
    pub fn keep(&mut self, max_kept_len: f64) {
        self.capture.set_limits(limits(max_kept_len));
    }

    /// Thirteen numbers: frames so far, frames held, connections, findings, octets held, then what the limits
    /// cost: frames, messages, octets, findings, connections; the view's rows, how many
    /// rows left its front, and how many frames it looked at.
    pub fn totals(&self) -> Vec<f64> {
        let frames = self.capture.frame_ids();
        let dropped = self.capture.dropped();
        [
            u64::from(frames.end),
            frames.len() as u64,
            self.capture.connections().len() as u64,
            self.capture.findings().len() as u64,
            self.capture.kept_len(),
            dropped.frames,
            dropped.messages,
            dropped.octets,
            dropped.findings,
            dropped.connections,
            self.view.len(&self.capture) as u64,
            self.view.evicted(&self.capture),
            self.view.scanned(&self.capture),
        ]
        .map(|total| total as f64)
        .to_vec()
    }
}

impl Engine {
    /// A time relative to the first, in ns.
    fn since_base(&self, time_ns: u64) -> f64 {
        time_ns as f64 - self.base_ns() as f64
    }

    fn base_ns(&self) -> u64 {
        self.base_ns.unwrap_or_else(|| {
            let first = |conn: &framewright_capture::Connection| conn.first_ns;
            self.capture.connections().iter().filter_map(first).min().unwrap_or(0)
        })
    }
}

fn limits(max_kept_len: f64) -> Limits {
    // The cast saturates: infinity keeps all.
    Limits { max_kept_len: max_kept_len as u64, ..Limits::default() }
}
