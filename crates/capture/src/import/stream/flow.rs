//! Finds WebSocket connections in a byte stream that may be anything: after an HTTP upgrade, or begun
//! before the capture.

use std::net::SocketAddr;

use super::http2::{Http2, Origin};
use super::layer::Layer;
use super::midstream::{MidStream, Verdict};
use super::side::{Carried, Held, Side};
use super::tls::{KeyLog, Tls};
use crate::session::handshake::{Head, START_FIELD, negotiated, parse_head};
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
    /// Given up, for too much was held of all streams.
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
    held: Vec<Held>,
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
    /// The URL, where no head will say it.
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

    /// Forgets what is held, to no longer look at this stream, unless it is known to be WebSocket itself.
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

    /// The stream is another one's wrapping from here on.
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

    /// Begun before the capture: frames that bear each other out make it a WebSocket.
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

    fn http(&mut self, capture: &mut Capture, side: Side, bytes: &[u8], time_ns: u64) {
        let direction = self.direction(side);
        // After an upgrade request comes nothing that is HTTP, nor after a response that agrees to it.
        let is_behind = match direction {
            Direction::ToServer => !self.held.is_empty() && self.early_response.is_none(),
            Direction::ToClient => self.early_response.is_some(),
        };
        if is_behind {
            if self.held_len + bytes.len() + size_of::<Held>() <= MAX_HELD_LEN {
                self.hold(side, bytes, time_ns);
            }
            return;
        }
        let starts: &[&[u8]] = match direction {
            Direction::ToServer => &[b"GET ", b"CONNECT "],
            Direction::ToClient => &[b"HTTP/1."],
        };
        let is_start = |bytes: &[u8]| starts.iter().any(|start| bytes.starts_with(start));
        let head = &mut self.heads[direction.index()];
        if head.is_empty() && !is_start(bytes) {
            // Part of a body.
            return;
        }
        head.extend(bytes);
        // After a head that isn't of interest another may follow at once.
        loop {
            let head = &mut self.heads[direction.index()];
            let parsed = match head.parse(direction) {
                Ok(Some(parsed)) => parsed,
                Ok(None) => return,
                Err(_) => {
                    head.clear();
                    return;
                }
            };
            let upgrade = parsed.is_upgrade();
            if self.enters(direction, &parsed) {
                let mut rest = self.heads[direction.index()].take();
                rest.drain(..parsed.len as usize);
                self.heads = Default::default();
                self.enter_tunnel(capture, parsed.status() == Some(101), side, &rest, time_ns);
                return;
            }
            let head = &mut self.heads[direction.index()];
            let taken = match (direction, parsed.status()) {
                (Direction::ToServer, _) => upgrade,
                (Direction::ToClient, Some(101)) => upgrade,
                // An answer to an upgrade request; 1xx is not yet one.
                (Direction::ToClient, status) => status >= Some(200) && !self.held.is_empty(),
            };
            if taken {
                let bytes = head.take();
                self.hold(side, &bytes, time_ns);
                self.take_head(capture, direction, parsed);
                return;
            }
            head.advance(parsed.len);
            if !is_start(head.bytes()) {
                head.clear();
                return;
            }
        }
    }

    /// Whether a response makes the stream a tunnel, or one of HTTP/2, as was asked for.
    fn enters(&mut self, direction: Direction, head: &Head) -> bool {
        if direction == Direction::ToServer {
            self.tunnel_asked = head.start_line.starts_with("CONNECT ");
            return false;
        }
        match head.status() {
            Some(101) => head.has_token("upgrade", "h2c"),
            Some(200..300) => std::mem::take(&mut self.tunnel_asked),
            _ => false,
        }
    }

    fn enter_tunnel(
        &mut self,
        capture: &mut Capture,
        is_http2: bool,
        side: Side,
        rest: &[u8],
        time_ns: u64,
    ) {
        if is_http2 {
            self.enter_http2(capture, side, rest, time_ns);
        } else if self.depth < MAX_DEPTH {
            let mut inner = self.inner();
            inner.opened_by(side.other());
            self.enter(capture, Layer::Tunnel(Box::new(inner)), side, rest, time_ns);
        }
    }

    /// Takes a head of interest, which was held as the last.
    fn take_head(&mut self, capture: &mut Capture, direction: Direction, head: Head) {
        let response = match direction {
            Direction::ToServer => {
                // The request comes first, whenever it was captured.
                self.held.rotate_right(1);
                match self.early_response.take() {
                    Some(response) => response,
                    None => return,
                }
            }
            Direction::ToClient => {
                let request_under_way = !self.heads[Direction::ToServer.index()].is_empty();
                if self.held.len() == 1 && request_under_way {
                    self.early_response = Some(head);
                    return;
                }
                head
            }
        };
        let start = self.start(&response);
        self.open(capture, start);
        if response.status() != Some(101) {
            // Refused; the next request may do better.
            self.conn = None;
            self.kind = Kind::Http;
        }
    }

    /// How the connection starts: with this handshake, unless an export of ours made it up.
    fn start(&mut self, response: &Head) -> Start {
        let start = match response.header(START_FIELD) {
            Some("mid-stream") => Start::MidStream,
            Some("frames") => Start::Frames(negotiated(response)),
            _ => return Start::Handshake,
        };
        self.url = self.made_up_url();
        for side in [Side::A, Side::B] {
            let direction = self.direction(side);
            let Some(held) = self.held.iter_mut().find(|held| held.side == side) else { continue };
            if let Ok(Some(head)) = parse_head(direction, &held.bytes) {
                held.bytes.drain(..head.len as usize);
            }
        }
        start
    }

    fn hold(&mut self, side: Side, bytes: &[u8], time_ns: u64) {
        self.held_len += bytes.len() + size_of::<Held>();
        self.held.push(Held { side, bytes: bytes.to_vec(), missing: 0, time_ns });
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

    /// The URL in a handshake that an export of ours made up.
    fn made_up_url(&self) -> Option<String> {
        self.asked_url("ws").filter(|url| !url.starts_with("ws://not.captured"))
    }

    /// The URL that was asked for.
    fn asked_url(&self, scheme: &str) -> Option<String> {
        let request = self.held.iter().find(|held| Some(held.side) == self.client)?;
        let head = parse_head(Direction::ToServer, &request.bytes).ok()??;
        let target = head.start_line.split(' ').nth(1)?;
        Some(format!("{scheme}://{}{target}", head.header("host").unwrap_or("")))
    }

    fn push_held(&mut self, capture: &mut Capture, held: Vec<Held>) {
        let Some(conn) = self.conn else { return };
        for Held { side, bytes, missing, time_ns } in held {
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
                self.held_len += size_of::<Held>();
                self.held.push(Held { side, bytes: Vec::new(), missing: len, time_ns });
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
