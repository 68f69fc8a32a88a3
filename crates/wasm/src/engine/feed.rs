//! What goes into the capture from a live tap.

use framewright_capture::{Clock, ConnId, ConnectionInit, Direction, End, Mark, Negotiated, Start};
use wasm_bindgen::prelude::*;

use super::Engine;

#[wasm_bindgen]
impl Engine {
    /// Sets the wall clock time of time 0, in µs since 1970.
    #[wasm_bindgen(js_name = startClock)]
    pub fn start_clock(&mut self, unix_us: f64) {
        self.base_ns = Some((unix_us as u64).saturating_mul(1000));
    }

    /// Adds a connection and returns its number, or −1 past the limit. `start`: 0 its bytes begin with the
    /// handshake, 1 with the first frame, 2 somewhere later. Times are ns since time 0.
    #[wasm_bindgen(js_name = openConnection)]
    pub fn open_connection(
        &mut self,
        start: u8,
        client: &str,
        server: &str,
        url: Option<String>,
        time: f64,
    ) -> f64 {
        let init = ConnectionInit {
            start: match start {
                0 => Start::Handshake,
                1 => Start::Frames(Negotiated::default()),
                _ => Start::MidStream,
            },
            client: client.parse().ok(),
            server: server.parse().ok(),
            url,
            clock: if self.base_ns.is_some() { Clock::Unix } else { Clock::None },
            opened_ns: self.at(time),
            ..ConnectionInit::default()
        };
        self.capture.open(init).map_or(-1.0, |conn| f64::from(conn.0))
    }

    /// Takes the next bytes of one direction.
    pub fn push(&mut self, conn: u32, to_client: bool, bytes: &[u8], time: f64) {
        self.keep_reserve(bytes.len());
        let time = self.at(time);
        self.capture.push(ConnId(conn), way(to_client), bytes, time);
    }

    /// The next `len` bytes of one direction are missing.
    pub fn gap(&mut self, conn: u32, to_client: bool, len: f64, time: f64) {
        let time = self.at(time);
        self.capture.gap(ConnId(conn), way(to_client), len as u64, time);
    }

    /// The first message of one direction that begins after `after` bytes more may refer to `text`.
    #[wasm_bindgen(js_name = giveWindow)]
    pub fn give_window(&mut self, conn: u32, to_client: bool, after: f64, text: &[u8]) {
        let (conn, direction) = (ConnId(conn), way(to_client));
        let at = self.stream_len(conn, direction).saturating_add(after as u64);
        self.capture.give_window(conn, direction, at, text);
    }

    /// Marks the next `len` bytes of one direction: 1 they stand for what was sent before the capture
    /// began, 2 somebody between the two sides inserted them, 3 somebody there changed them.
    pub fn mark(&mut self, conn: u32, to_client: bool, how: u8, len: f64) {
        let (conn, direction) = (ConnId(conn), way(to_client));
        let mark = usize::from(how).checked_sub(1).and_then(|index| Mark::ALL.get(index));
        if let Some(&mark) = mark {
            let at = self.stream_len(conn, direction);
            self.capture.mark(conn, direction, at, len as u64, mark);
        }
    }

    /// Says what the application calls a connection; an empty name takes that back.
    pub fn name(&mut self, conn: u32, name: &str) {
        self.capture.set_name(ConnId(conn), name);
        self.view.rename(ConnId(conn));
    }

    /// One direction has ended, in order or not.
    pub fn end(&mut self, conn: u32, to_client: bool, is_reset: bool, time: f64) {
        let end = if is_reset { End::Reset } else { End::Finished };
        let time = self.at(time);
        self.capture.end(ConnId(conn), way(to_client), end, time);
    }
}

impl Engine {
    fn stream_len(&self, conn: ConnId, direction: Direction) -> u64 {
        self.capture.connection(conn).map_or(0, |conn| conn.lane(direction).stream_len)
    }

    fn at(&self, time: f64) -> u64 {
        self.base_ns.unwrap_or(0).saturating_add(time as u64)
    }
}

fn way(to_client: bool) -> Direction {
    if to_client { Direction::ToClient } else { Direction::ToServer }
}
