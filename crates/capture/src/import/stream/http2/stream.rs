//! One stream that asks to be a WebSocket.

use super::block::Fields;
use super::{Origin, direction};
use crate::import::stream::side::{HeldBytes, Side};
use crate::{Capture, ConnId, ConnectionInit, End, Handshake, Head, Start};

/// The most bytes held before the answer.
const MAX_HELD_LEN: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Stream {
    pub(super) client: Side,
    request: Head,
    is_answered: bool,
    conn: Option<ConnId>,
    /// What came before the answer.
    held: Vec<HeldBytes>,
    held_len: usize,
    ended: [bool; 2],
}

impl Stream {
    pub(super) fn new(client: Side, fields: Fields, time_ns: u64) -> Self {
        let path = fields.get(":path").unwrap_or("/");
        let start_line = format!("CONNECT {path} HTTP/2");
        Self {
            client,
            request: Head::of_fields(start_line, fields.0, None, time_ns),
            is_answered: false,
            conn: None,
            held: Vec::new(),
            held_len: 0,
            ended: [false; 2],
        }
    }

    /// The memory it takes.
    pub(super) fn kept_len(&self) -> usize {
        size_of::<(u32, Self)>() + self.request.kept_len() as usize + self.held_len
    }

    pub(super) fn is_over(&self) -> bool {
        self.ended == [true, true]
    }

    /// The server's fields; those of 1xx announce others, and those after the answer are trailers.
    pub(super) fn answer(
        &mut self,
        capture: &mut Capture,
        origin: &Origin,
        fields: Fields,
        time_ns: u64,
    ) {
        let status = fields.get(":status").and_then(|status| status.parse().ok());
        if self.is_answered || status.is_none_or(|status: u16| status < 200) {
            return;
        }
        let start_line = format!("HTTP/2 {}", status.unwrap_or(0));
        let response = Head::of_fields(start_line, fields.0, status, time_ns);
        self.open(capture, origin, Some(response));
    }

    fn open(&mut self, capture: &mut Capture, origin: &Origin, response: Option<Head>) {
        self.is_answered = true;
        let addresses =
            origin.addresses.map(|[a, b]| if self.client == Side::A { (a, b) } else { (b, a) });
        let scheme = if origin.secure { "wss" } else { "ws" };
        let empty = Head::of_fields(String::new(), Vec::new(), None, self.request.time_ns);
        let request = std::mem::replace(&mut self.request, empty);
        let field = |name| request.header(name).unwrap_or("").to_owned();
        let url = format!("{scheme}://{}{}", field(":authority"), field(":path"));
        let opened_ns = request.time_ns;
        let handshake = Handshake { request: Some(request), response, accepted: false };
        self.conn = capture.open(ConnectionInit {
            start: Start::Http2(Box::new(handshake)),
            url: Some(url),
            client: addresses.map(|(client, _)| client),
            server: addresses.map(|(_, server)| server),
            clock: origin.clock,
            opened_ns,
            ..ConnectionInit::default()
        });
        self.held_len = 0;
        for HeldBytes { side, bytes, missing, time_ns } in std::mem::take(&mut self.held) {
            self.data(capture, side, &bytes, time_ns, false);
            self.gap(capture, side, missing, time_ns);
        }
    }

    /// Takes data; what comes before the answer is held, if it may be.
    pub(super) fn data(
        &mut self,
        capture: &mut Capture,
        side: Side,
        bytes: &[u8],
        time_ns: u64,
        may_hold: bool,
    ) {
        if bytes.is_empty() {
            return;
        }
        if let Some(conn) = self.conn {
            capture.push(conn, direction(side, self.client), bytes, time_ns);
        } else if may_hold && !self.is_answered && self.held_len + bytes.len() <= MAX_HELD_LEN {
            self.held_len += bytes.len() + size_of::<HeldBytes>();
            self.held.push(HeldBytes { side, bytes: bytes.to_vec(), missing: 0, time_ns });
        }
    }

    pub(super) fn gap(&mut self, capture: &mut Capture, side: Side, len: u64, time_ns: u64) {
        if let Some(conn) = self.conn {
            capture.gap(conn, direction(side, self.client), len, time_ns);
        }
    }

    pub(super) fn lose(&mut self, capture: &mut Capture, side: Side, len: u64, time_ns: u64) {
        if let Some(conn) = self.conn {
            capture.lose(conn, direction(side, self.client), len, time_ns);
        }
    }

    pub(super) fn end(
        &mut self,
        capture: &mut Capture,
        origin: &Origin,
        side: Side,
        end: End,
        time_ns: u64,
    ) {
        self.ended[side as usize] = true;
        if !self.is_answered && end == End::CaptureEnded {
            // A request that was never answered.
            self.open(capture, origin, None);
        }
        if let Some(conn) = self.conn {
            capture.end(conn, direction(side, self.client), end, time_ns);
        }
    }
}
