//! One capture and what the page shows of it.

mod connections;
mod export;
mod feed;
mod findings;
mod frame;
mod import;
mod list;
#[cfg(target_family = "wasm")]
mod regex;

use framewright_capture::{Capture, ImportError, Importer, Limits, Reader};
use wasm_bindgen::prelude::*;

use export::Export;
pub use import::{file_is_key_log, file_needs_full};
use list::view::View;

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
    /// How many bytes were pushed since the last check that there is room.
    unsure_len: usize,
}

#[wasm_bindgen]
impl Engine {
    /// An empty capture that takes at most `max_kept_len` bytes of memory, or as much as a page may: 1 GiB. Past it,
    /// with `evicts`, the oldest frames make room; without, it takes nothing more.
    #[wasm_bindgen(constructor)]
    pub fn new(max_kept_len: f64, evicts: bool) -> Self {
        #[cfg(target_family = "wasm")]
        regex::install();
        Self {
            capture: Capture::new(limits(max_kept_len, evicts)),
            reader: Reader::new(),
            view: View::default(),
            importer: None,
            keys: Vec::new(),
            export: None,
            base_ns: None,
            unsure_len: 0,
        }
    }

    /// Changes how many bytes of memory are taken from now on, and, if given, whether it evicts.
    #[wasm_bindgen(js_name = keep)]
    pub fn keep(&mut self, max_kept_len: f64, evicts: Option<bool>) {
        let evicts = evicts.unwrap_or(self.capture.limits().evicts);
        self.capture.set_limits(limits(max_kept_len, evicts));
    }

    /// Why the capture takes no more, for people; `None` if it does.
    #[wasm_bindgen(js_name = whyFull)]
    pub fn why_full(&self) -> Option<String> {
        let limit = self.capture.limits().max_kept_len;
        let frames = self.capture.frame_ids().len() as u64;
        let error = ImportError::TooMuch { limit, frames, read_len: None };
        self.capture.is_full().then(|| error.to_string())
    }

    /// Thirteen numbers: frames so far, frames held, connections, findings, bytes held, then what the limits
    /// cost: frames, messages, bytes, findings, connections; the view's rows, how many
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
            dropped.bytes,
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

/// The most memory of a capture, even if more is asked for. A module has 4 GiB at most; a copy without
/// secrets takes as much again, and a file that is read as a whole half of it.
const MAX_KEPT_LEN: u64 = 1 << 30;
/// This much memory must be available before more is taken in: what one piece of a file needs at most.
const RESERVE_LEN: usize = 32 << 20;
/// After this many bytes, that is checked again. Frames of 2 bytes need an index of twenty times their
/// length: past the reserve, memory would grow page by page, and each time the browser would collect
/// garbage.
const UNSURE_LEN: usize = 256 << 10;

fn limits(max_kept_len: f64, evicts: bool) -> Limits {
    // The cast saturates: infinity is the most there is.
    let max_kept_len = (max_kept_len as u64).min(MAX_KEPT_LEN);
    Limits { max_kept_len, evicts, ..Limits::default() }
}

impl Engine {
    /// Where the browser gives no more memory, the capture takes no more: a failed allocation would end the
    /// module.
    fn keep_reserve(&mut self, len: usize) {
        self.unsure_len += len;
        if self.unsure_len < UNSURE_LEN {
            return;
        }
        self.unsure_len = 0;
        if Vec::<u8>::new().try_reserve_exact(RESERVE_LEN).is_err() {
            let limits = self.capture.limits();
            let max_kept_len = limits.max_kept_len.min(self.capture.kept_len() / 8 * 7);
            self.capture.set_limits(Limits { max_kept_len, ..limits });
        }
    }
}
