//! A stream of HTTP/1.1: looks for a request that asks for an upgrade or a tunnel, and for its response.

use super::{Flow, Kind, MAX_DEPTH, MAX_HELD_LEN};
use crate::import::stream::layer::Layer;
use crate::import::stream::side::{Carried, HeldBytes, Side};
use crate::session::handshake::{Head, START_FIELD, negotiated, parse_head};
use crate::{Capture, Direction, Start};

impl Flow {
    pub(super) fn http(&mut self, capture: &mut Capture, side: Side, bytes: &[u8], time_ns: u64) {
        let direction = self.direction(side);
        // After an upgrade request, or a response that agrees to one, there is no more HTTP.
        let is_behind = match direction {
            Direction::ToServer => !self.held.is_empty() && self.early_response.is_none(),
            Direction::ToClient => self.early_response.is_some(),
        };
        if is_behind {
            if self.held_len + bytes.len() + size_of::<HeldBytes>() <= MAX_HELD_LEN {
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
    pub(super) fn start(&mut self, response: &Head) -> Start {
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

    /// The URL in a handshake that an export of ours made up.
    fn made_up_url(&self) -> Option<String> {
        self.asked_url("ws").filter(|url| !url.starts_with("ws://not.captured"))
    }

    /// The URL that was asked for.
    pub(super) fn asked_url(&self, scheme: &str) -> Option<String> {
        let request = self.held.iter().find(|held| Some(held.side) == self.client)?;
        let head = parse_head(Direction::ToServer, &request.bytes).ok()??;
        let target = head.start_line.split(' ').nth(1)?;
        Some(format!("{scheme}://{}{target}", head.header("host").unwrap_or("")))
    }
}
