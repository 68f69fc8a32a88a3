//! Finds WebSocket connections in a byte stream that may be anything: after an HTTP upgrade, or begun
//! before the capture.

mod http;

use std::net::SocketAddr;

use super::http2::{Http2, Origin};
use super::layer::Layer;
use super::midstream::{MidStream, Verdict};
use super::side::{Carried, HeldBytes, Side};
use super::tls::{KeyLog, Tls};
use crate::session::handshake::Head;
use crate::session::head_buffer::HeadBuffer;
use crate::{Capture, Clock, ConnId, ConnectionInit, Direction, End, Start};

/// The most memory held while the response to an upgrade request hasn't come.
const MAX_HELD_LEN: usize = 1 << 20;
/// How many streams may be within each other: TLS in a tunnel of a proxy in TLS is three.
const MAX_DEPTH: u8 = 4;

/// What a stream was found to carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Kind {
    Undecided,
    Http,
    WebSocket,
    Tls,
    Http2,
    Other,
    /// Given up, because too much was held of all streams.
    GivenUp,
}

/// A stream under examination.
#[derive(Debug)]
pub(in crate::import) struct Flow {
    pub(in crate::import) kind: Kind,
    /// The addresses of A and B.
    addresses: Option<[SocketAddr; 2]>,
    clock: Clock,
    opened_ns: u64,
    client: Option<Side>,
    /// Whether the stream's first byte is the connection's first.
    from_start: bool,
    conn: Option<ConnId>,
    /// HTTP heads under way, the client's and the server's.
    heads: [HeadBuffer; 2],
    /// An upgrade request and what followed it.
    held: Vec<HeldBytes>,
    held_len: usize,
    /// The response, where it was captured before all of its request.
    early_response: Option<Head>,
    /// The search for frames in a stream without a known start, until both directions' are found.
    mid_stream: Option<Box<MidStream>>,
    /// Whether the last request was for a tunnel (RFC 9110 §9.3.6).
    tunnel_asked: bool,
    /// What the stream is wrapped in, with the streams in it.
    pub(in crate::import) layer: Option<Layer<Self>>,
    /// The secrets known, for what is encrypted.
    keys: KeyLog,
    /// Whether the stream was encrypted.
    secure: bool,
    /// How many streams it is within.
    depth: u8,
    /// The URL, where no head gives it.
    url: Option<String>,
}

impl Flow {
    pub(in crate::import) fn new(
        addresses: Option<[SocketAddr; 2]>,
        clock: Clock,
        opened_ns: u64,
    ) -> Self {
        Self {
            kind: Kind::Undecided,
            addresses,
            clock,
            opened_ns,
            client: None,
            from_start: false,
            conn: None,
            heads: Default::default(),
            held: Vec::new(),
            held_len: 0,
            early_response: None,
            mid_stream: None,
            tunnel_asked: false,
            layer: None,
            keys: KeyLog::default(),
            secure: false,
            depth: 0,
            url: None,
        }
    }

    /// The memory held beside its own struct.
    pub(in crate::import) fn kept_len(&self) -> usize {
        let heads: usize = self.heads.iter().map(HeadBuffer::kept_len).sum();
        let search = self.mid_stream.as_ref().map_or(0, |search| search.kept_len());
        let layer = self.layer.as_ref().map_or(0, Layer::kept_len);
        heads + self.held_len + search + layer
    }

    /// Forgets what is held and stops looking at this stream, unless it is known to be a WebSocket.
    pub(in crate::import) fn give_up(&mut self) {
        self.heads = Default::default();
        self.held = Vec::new();
        self.held_len = 0;
        self.early_response = None;
        self.mid_stream = None;
        self.layer = None;
        if self.conn.is_none() {
            self.kind = Kind::GivenUp;
        }
    }

    /// Secrets to decrypt with.
    pub(in crate::import) fn with_keys(self, keys: KeyLog) -> Self {
        Self { keys, ..self }
    }

    /// A stream within this one.
    fn inner(&self) -> Self {
        let keys = self.keys.clone();
        let inner = Self::new(self.addresses, self.clock, self.opened_ns).with_keys(keys);
        Self { secure: self.secure, depth: self.depth + 1, ..inner }
    }

    /// The addresses of both sides.
    pub(in crate::import) fn addresses(&self) -> Option<[SocketAddr; 2]> {
        self.addresses
    }

    fn direction(&self, side: Side) -> Direction {
        if Some(side) == self.client { Direction::ToServer } else { Direction::ToClient }
    }

    fn decide(&mut self, capture: &mut Capture, side: Side, bytes: &[u8], time_ns: u64) {
        const METHODS: [&[u8]; 9] = [
            b"GET ",
            b"POST ",
            b"PUT ",
            b"HEAD ",
            b"OPTIONS ",
            b"DELETE ",
            b"PATCH ",
            b"CONNECT ",
            b"TRACE ",
        ];
        if METHODS.iter().any(|method| bytes.starts_with(method)) {
            self.kind = Kind::Http;
            self.client = Some(side);
        } else if bytes.starts_with(b"HTTP/1.") {
            self.kind = Kind::Http;
            self.client = Some(side.other());
        } else if bytes.starts_with(b"PRI * HTTP/2") || self.from_start && Http2::is_start(bytes) {
            self.kind = Kind::Http2;
        } else if matches!(bytes, [0x14..=0x17, 0x03, 0x00..=0x04, ..]) {
            self.kind = Kind::Tls;
        } else if self.from_start {
            self.kind = Kind::Other;
        } else {
            self.guess_frames(capture, side, bytes, time_ns);
            return;
        }
        self.mid_stream = None;
        match self.kind {
            Kind::Http => self.http(capture, side, bytes, time_ns),
            Kind::Http2 => self.enter_http2(capture, side, bytes, time_ns),
            Kind::Tls if self.depth < MAX_DEPTH => {
                let inner = Self { secure: true, ..self.inner() };
                let tls = Tls::new(self.keys.clone(), inner);
                self.enter(capture, Layer::Tls(Box::new(tls)), side, bytes, time_ns);
            }
            _ => {}
        }
    }

    fn enter_http2(&mut self, capture: &mut Capture, side: Side, bytes: &[u8], time_ns: u64) {
        self.kind = Kind::Http2;
        let Self { addresses, clock, secure, .. } = *self;
        let http2 = Http2::new(Origin { addresses, clock, secure });
        self.enter(capture, Layer::Http2(Box::new(http2)), side, bytes, time_ns);
    }

    /// From here on, the stream wraps another one.
    fn enter(
        &mut self,
        capture: &mut Capture,
        layer: Layer<Self>,
        side: Side,
        bytes: &[u8],
        time_ns: u64,
    ) {
        self.layer.insert(layer).data(capture, side, bytes, time_ns);
    }

    /// Whether a WebSocket connection's frames in this direction are still to be found.
    fn is_searched(&self, side: Side) -> bool {
        self.conn.is_some() && self.mid_stream.as_ref().is_some_and(|search| !search.found(side))
    }

    /// The stream began before the capture: it is a WebSocket if several frames follow each other.
    fn guess_frames(&mut self, capture: &mut Capture, side: Side, bytes: &[u8], time_ns: u64) {
        let mid_stream = self.mid_stream.get_or_insert_with(|| Box::new(MidStream::new()));
        let verdict = mid_stream.push(side, bytes, time_ns);
        self.take_verdict(capture, verdict);
    }

    fn take_verdict(&mut self, capture: &mut Capture, verdict: Verdict) {
        match verdict {
            Verdict::Undecided => {}
            Verdict::Other => {
                self.kind = Kind::Other;
                self.mid_stream = None;
            }
            Verdict::Frames(client, chunks) => {
                if self.kind == Kind::Undecided {
                    self.client = Some(client);
                    self.open(capture, Start::MidStream);
                }
                self.push_held(capture, chunks);
                self.mid_stream.take_if(|search| search.found(Side::A) && search.found(Side::B));
            }
        }
    }

    fn hold(&mut self, side: Side, bytes: &[u8], time_ns: u64) {
        self.held_len += bytes.len() + size_of::<HeldBytes>();
        self.held.push(HeldBytes { side, bytes: bytes.to_vec(), missing: 0, time_ns });
    }

    fn open(&mut self, capture: &mut Capture, start: Start) {
        self.kind = Kind::WebSocket;
        let url = self.url.take().or_else(|| self.secure.then(|| self.asked_url("wss")).flatten());
        let held = std::mem::take(&mut self.held);
        self.held_len = 0;
        let addresses =
            self.addresses.map(|[a, b]| if self.client == Some(Side::A) { (a, b) } else { (b, a) });
        self.conn = capture.open(ConnectionInit {
            start,
            url,
            client: addresses.map(|(client, _)| client),
            server: addresses.map(|(_, server)| server),
            clock: self.clock,
            opened_ns: self.opened_ns,
            ..ConnectionInit::default()
        });
        self.push_held(capture, held);
    }

    fn push_held(&mut self, capture: &mut Capture, held: Vec<HeldBytes>) {
        let Some(conn) = self.conn else { return };
        for HeldBytes { side, bytes, missing, time_ns } in held {
            let direction = self.direction(side);
            if !bytes.is_empty() {
                capture.push(conn, direction, &bytes, time_ns);
            }
            capture.gap(conn, direction, missing, time_ns);
        }
    }
}

impl Carried for Flow {
    fn opened_by(&mut self, client: Side) {
        self.client = Some(client);
        self.from_start = true;
    }

    fn data(&mut self, capture: &mut Capture, side: Side, bytes: &[u8], time_ns: u64) {
        if bytes.is_empty() {
            return;
        }
        if self.is_searched(side) {
            self.guess_frames(capture, side, bytes, time_ns);
            return;
        }
        if let Some(conn) = self.conn {
            capture.push(conn, self.direction(side), bytes, time_ns);
            return;
        }
        if let Some(layer) = &mut self.layer {
            layer.data(capture, side, bytes, time_ns);
            return;
        }
        match self.kind {
            Kind::Undecided => self.decide(capture, side, bytes, time_ns),
            Kind::Http => self.http(capture, side, bytes, time_ns),
            _ => {}
        }
    }

    fn gap(&mut self, capture: &mut Capture, side: Side, len: u64, time_ns: u64) {
        if len == 0 {
            return;
        }
        if let Some(layer) = &mut self.layer {
            layer.gap(capture, side, len, time_ns);
        } else if let Some(mid_stream) =
            self.mid_stream.as_mut().filter(|search| !search.found(side))
        {
            mid_stream.gap(side, len);
        } else if let Some(conn) = self.conn {
            capture.gap(conn, self.direction(side), len, time_ns);
        } else if self.kind == Kind::Http {
            if let Some(response) = self.early_response.take() {
                // The request is lost.
                let start = self.start(&response);
                self.open(capture, start);
                return self.gap(capture, side, len, time_ns);
            }
            let is_asked = !self.held.is_empty();
            if is_asked && Some(side) == self.client {
                if self.held_len >= MAX_HELD_LEN {
                    return;
                }
                self.held_len += size_of::<HeldBytes>();
                self.held.push(HeldBytes { side, bytes: Vec::new(), missing: len, time_ns });
            } else if is_asked {
                // The answer is lost, but not what comes after it.
                self.open(capture, Start::Handshake);
                return self.gap(capture, side, len, time_ns);
            }
            self.heads[self.direction(side).index()].clear();
        } else {
            self.from_start = false;
        }
    }

    fn lose(&mut self, capture: &mut Capture, side: Side, len: u64, time_ns: u64) {
        match self.conn.filter(|_| !self.is_searched(side)) {
            Some(conn) => capture.lose(conn, self.direction(side), len, time_ns),
            None => self.gap(capture, side, len, time_ns),
        }
    }

    fn end(&mut self, capture: &mut Capture, side: Side, end: End, time_ns: u64) {
        if self.conn.is_none() {
            if let Some(mid_stream) = &mut self.mid_stream {
                // Too few frames to be sure.
                let verdict = mid_stream.end();
                self.take_verdict(capture, verdict);
            } else if end == End::CaptureEnded && !self.held.is_empty() {
                // A request that was never answered.
                self.open(capture, Start::Handshake);
            }
        }
        if let Some(conn) = self.conn {
            capture.end(conn, self.direction(side), end, time_ns);
        }
        if let Some(layer) = &mut self.layer {
            layer.end(capture, side, end, time_ns);
        }
    }

    fn is_idle(&self) -> bool {
        if let Some(layer) = &self.layer {
            return layer.is_idle();
        }
        match self.kind {
            Kind::Tls | Kind::Http2 | Kind::Other | Kind::GivenUp => true,
            Kind::Undecided => self.mid_stream.is_none(),
            Kind::Http => self.conn.is_none() && self.held_len == 0,
            Kind::WebSocket => false,
        }
    }

    fn total_len(&self) -> usize {
        size_of::<Self>() + self.kept_len()
    }

    fn is_other(&self) -> bool {
        matches!(self.kind, Kind::Other | Kind::GivenUp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn tunnels_within_tunnels_end_at_some_depth() {
        let mut capture = Capture::new(Limits::default());
        let mut flow = Flow::new(None, Clock::Unix, 0);
        flow.opened_by(Side::A);
        for _ in 0..10 {
            flow.data(&mut capture, Side::A, b"CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n", 0);
            flow.data(&mut capture, Side::B, b"HTTP/1.1 200 OK\r\n\r\n", 0);
        }
        let mut depth = 0;
        let mut innermost = &flow;
        while let Some(Layer::Tunnel(inner)) = &innermost.layer {
            (innermost, depth) = (inner, depth + 1);
        }
        assert_eq!(depth, MAX_DEPTH);
    }

    #[test]
    fn what_waits_for_an_answer_is_bounded() {
        let mut capture = Capture::new(Limits::default());
        let mut flow = Flow::new(None, Clock::Unix, 0);
        flow.opened_by(Side::A);
        let head = b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        flow.data(&mut capture, Side::A, head, 0);
        for _ in 0..100 {
            flow.data(&mut capture, Side::A, &[0x8a; 60_000], 0);
        }
        assert!((900 << 10..=MAX_HELD_LEN).contains(&flow.held_len), "{}", flow.held_len);
    }
}
