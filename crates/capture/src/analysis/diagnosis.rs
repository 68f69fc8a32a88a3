//! What is wrong with a connection, in words: the causes of findings.

use framewright_codec::Opcode;

use crate::{
    Capture, Clock, ConnId, Connection, Direction, End, FrameId, RegionKind, Severity, Source,
    Start, Timing,
};

/// A cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// HTTP on a connection that has become WebSocket.
    HttpAfterUpgrade,
    /// Two servers answered the same upgrade.
    TwoServers,
    /// TLS where plain bytes are expected.
    TlsOnPlainPort,
    /// The server refused the upgrade.
    UpgradeRefused,
    /// No compression was agreed on.
    NoCompression,
    /// Compression was agreed on, and isn't used.
    CompressionUnused,
    /// Compressed messages are hardly shorter.
    CompressionUseless,
    /// No ping in a long silence.
    NoHeartbeat,
    /// A ping that nobody answered.
    PingUnanswered,
    /// The connection ended without a closing handshake.
    AbnormalClosure,
}

/// A cause, where it shows, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The cause.
    pub cause: Cause,
    /// How much it matters.
    pub severity: Severity,
    /// What was seen, in one sentence.
    pub seen: String,
    /// What it most often comes from and what helps, in one sentence.
    pub advice: &'static str,
    /// The direction, if one is concerned.
    pub direction: Option<Direction>,
    /// The frame that shows it.
    pub frame: Option<FrameId>,
    /// The byte that shows it, from the start of the direction's stream.
    pub offset: Option<u64>,
}

/// How many wrong frames of a direction are looked at for a cause.
const MAX_WRONG_FRAMES: usize = 64;
/// How much text a connection carries before it matters whether it is compressed, in bytes.
const MUCH_TEXT_LEN: u64 = 64 * 1024;
/// Proxies cut silent connections after a minute or so.
const LONG_SILENCE_NS: u64 = 50_000_000_000;
/// A pong that takes longer isn't coming.
const LONG_ROUND_TRIP_NS: u64 = 10_000_000_000;

/// What is wrong with a connection.
pub fn diagnose(capture: &Capture, id: ConnId) -> Vec<Diagnosis> {
    let Some(conn) = capture.connection(id) else { return Vec::new() };
    let mut doctor = Doctor { capture, id, conn, found: Vec::new() };
    for direction in Direction::BOTH {
        doctor.foreign_bytes(direction);
    }
    doctor.refusal();
    doctor.compression();
    doctor.heartbeat();
    doctor.closure();
    doctor.found
}

struct Doctor<'a> {
    capture: &'a Capture,
    id: ConnId,
    conn: &'a Connection,
    found: Vec<Diagnosis>,
}

impl Doctor<'_> {
    fn find(
        &mut self,
        cause: Cause,
        severity: Severity,
        seen: String,
        advice: &'static str,
    ) -> &mut Diagnosis {
        let at = self.found.len();
        self.found.push(Diagnosis {
            cause,
            severity,
            seen,
            advice,
            direction: None,
            frame: None,
            offset: None,
        });
        &mut self.found[at]
    }

    /// Bytes that aren't WebSocket's where frames should be.
    fn foreign_bytes(&mut self, direction: Direction) {
        let wrong = self.capture.frames_of(self.id).iter().filter_map(|&id| self.capture.frame(id));
        let wrong = wrong.filter(|frame| {
            frame.direction() == direction && frame.severity() == Some(Severity::Error)
        });
        let mut places: Vec<_> =
            wrong.take(MAX_WRONG_FRAMES).map(|frame| (frame.offset(), Some(frame.id()))).collect();
        let regions = self.conn.lane(direction).regions.iter();
        let regions = regions.filter(|region| region.kind == RegionKind::Unframed);
        places.extend(regions.take(MAX_WRONG_FRAMES).map(|region| (region.offset, None)));
        for (offset, frame) in places {
            let mut start = Vec::new();
            self.capture.read(self.id, direction, offset..offset + 64, &mut start);
            let line = start.split(|&c| c == b'\r' || c == b'\n').next().unwrap_or(&[]);
            let line = String::from_utf8_lossy(line).into_owned();
            let accepted = self.conn.handshake.as_ref().is_none_or(|handshake| handshake.accepted);
            let diagnosis = if matches!(start[..], [0x14..=0x17, 0x03, 0x00..=0x04, ..]) {
                self.find(
                    Cause::TlsOnPlainPort,
                    Severity::Error,
                    "TLS records stand where plain bytes are expected".to_owned(),
                    "The client says wss: to a port that speaks ws:, or a proxy passes TLS through; make \
                     both ends agree on who ends TLS.",
                )
            } else if start.starts_with(b"HTTP/1.") && direction == Direction::ToClient && accepted
            {
                let second = start.starts_with(b"HTTP/1.1 101");
                self.find(
                    Cause::TwoServers,
                    Severity::Error,
                    format!("after the accepted upgrade the server sends another answer: {line}"),
                    if second {
                        "Two WebSocket servers listen for upgrades on one HTTP server and both accept; let \
                         one handler choose by path (noServer and handleUpgrade)."
                    } else {
                        "A second upgrade listener on the same HTTP server, or the app itself, answers too; \
                         let one handler choose by path, and leave upgraded sockets alone."
                    },
                )
            } else if is_http(&start) && accepted {
                self.find(
                    Cause::HttpAfterUpgrade,
                    Severity::Error,
                    format!("HTTP stands where frames are expected: {line}"),
                    "Something writes HTTP to an upgraded socket: a proxy that reuses the connection, or \
                     middleware that answers the upgrade request.",
                )
            } else {
                continue;
            };
            diagnosis.direction = Some(direction);
            diagnosis.frame = frame;
            diagnosis.offset = Some(offset);
            return;
        }
    }

    fn refusal(&mut self) {
        let Some(handshake) = self.conn.handshake.as_ref().filter(|handshake| !handshake.accepted)
        else {
            return;
        };
        let Some(response) = &handshake.response else { return };
        let advice = match response.status() {
            Some(400) => {
                "The server takes the request for a malformed upgrade; often a proxy removed Upgrade and \
                 Connection."
            }
            Some(401 | 403) => "The server wants credentials, or doesn't accept this Origin.",
            Some(404) => "No WebSocket server listens on this path.",
            Some(426) => {
                "The server wants another version of WebSocket, or its path wants no plain HTTP."
            }
            Some(502..=504) => "A proxy couldn't reach the server, or doesn't pass upgrades on.",
            Some(300..=399) => {
                "Browsers follow no redirect of an upgrade; connect to the final address."
            }
            _ => "Look at the response's body and the server's log.",
        };
        let seen = format!("the upgrade was answered with {}", response.start_line);
        self.find(Cause::UpgradeRefused, Severity::Warning, seen, advice).direction =
            Some(Direction::ToClient);
    }

    fn compression(&mut self) {
        let Some(handshake) = self.conn.handshake.as_ref().filter(|handshake| handshake.accepted)
        else {
            return;
        };
        let lanes = &self.conn.lanes;
        let payload_len: u64 = lanes.iter().map(|lane| lane.payload_len).sum();
        if payload_len < MUCH_TEXT_LEN || self.conn.init.source == Source::Messages {
            return;
        }
        if self.conn.negotiated.permessage_deflate.is_none() {
            let has = |head: Option<&crate::Head>| {
                head.and_then(|head| head.joined("sec-websocket-extensions"))
                    .is_some_and(|value| value.contains("permessage-deflate"))
            };
            let (seen, advice) = match handshake.request.as_ref() {
                None => return,
                request if has(request) => (
                    "the client offered permessage-deflate and the server didn't take it",
                    "Switch perMessageDeflate on in the server, or check that no proxy removes \
                     Sec-WebSocket-Extensions.",
                ),
                _ => (
                    "the client didn't offer permessage-deflate",
                    "Browsers always offer it: this client needs it switched on, or a proxy removed the \
                     header.",
                ),
            };
            self.find(Cause::NoCompression, Severity::Info, seen.to_owned(), advice);
            return;
        }
        let compressed: u64 = lanes.iter().map(|lane| lane.compressed_messages).sum();
        if compressed == 0 {
            let seen = "permessage-deflate was agreed on, and no message is compressed";
            let advice = "Messages may all be below the sender's threshold (1 KiB in ws).";
            self.find(Cause::CompressionUnused, Severity::Info, seen.to_owned(), advice);
            return;
        }
        let wire_len: u64 = lanes.iter().map(|lane| lane.compressed_len).sum();
        let plain_len: u64 = lanes.iter().map(|lane| lane.inflated_len).sum();
        if wire_len >= MUCH_TEXT_LEN && wire_len > plain_len - plain_len / 20 {
            let seen = format!("{plain_len} bytes were compressed to {wire_len}");
            let advice =
                "What is sent is compressed or encrypted already; don't spend time on it again.";
            self.find(Cause::CompressionUseless, Severity::Info, seen, advice);
        }
    }

    fn heartbeat(&mut self) {
        if self.conn.init.clock == Clock::None {
            return;
        }
        let timing = Timing::of(self.capture, self.id);
        let last_ns = self.conn.last_ns;
        let unanswered = timing.pings.iter().rev().find(|ping| {
            let sent = self.capture.frame(ping.ping).map(|frame| frame.time_ns());
            // A pong that repeats a later ping answers this one too.
            ping.pong.is_none()
                && sent.is_some_and(|sent| last_ns.saturating_sub(sent) > LONG_ROUND_TRIP_NS)
        });
        let answered_later = |ping: FrameId| {
            timing.pings.iter().any(|other| other.ping > ping && other.pong.is_some())
        };
        if let Some(ping) = unanswered.filter(|ping| !answered_later(ping.ping)) {
            let frame = ping.ping;
            let direction = self.capture.frame(frame).map(|frame| frame.direction());
            let diagnosis = self.find(
                Cause::PingUnanswered,
                Severity::Warning,
                "a ping got no pong within 10 seconds".to_owned(),
                "The peer is gone or stuck: end the connection when a pong is overdue.",
            );
            diagnosis.frame = Some(frame);
            diagnosis.direction = direction;
        }
        let longest = self.longest_silence();
        if let Some((silence_ns, frame)) = longest.filter(|_| timing.pings.is_empty()) {
            let seen =
                format!("{} seconds of silence and not one ping", silence_ns / 1_000_000_000);
            let diagnosis = self.find(
                Cause::NoHeartbeat,
                Severity::Info,
                seen,
                "Proxies cut silent connections after about a minute, and a dead peer stays unnoticed: send \
                 a ping every 30 seconds.",
            );
            diagnosis.frame = Some(frame);
        }
    }

    /// The longest time with no frame in either direction, if it is long, and the frame before.
    fn longest_silence(&self) -> Option<(u64, FrameId)> {
        let frames =
            self.capture.frames_of(self.id).iter().filter_map(|&id| self.capture.frame(id));
        let times: Vec<_> = frames.map(|frame| (frame.time_ns(), frame.id())).collect();
        let gaps = times.windows(2).map(|pair| (pair[1].0.saturating_sub(pair[0].0), pair[0].1));
        gaps.max().filter(|(silence_ns, _)| *silence_ns >= LONG_SILENCE_NS)
    }

    fn closure(&mut self) {
        let lanes = &self.conn.lanes;
        let ended = lanes.iter().filter_map(|lane| lane.end).collect::<Vec<_>>();
        let was_open = self.conn.handshake.as_ref().is_none_or(|handshake| handshake.accepted)
            && self.conn.init.start != Start::MidStream
            || self.capture.frames_of(self.id).iter().any(|&id| {
                self.capture.frame(id).is_some_and(|frame| frame.opcode() != Opcode::Close)
            });
        let closed = lanes.iter().any(|lane| lane.closed);
        let over = ended.iter().any(|(end, _)| *end == End::Reset)
            || ended.len() == 2 && ended.iter().all(|(end, _)| *end == End::Finished);
        if was_open && over && !closed {
            let reset = ended.iter().any(|(end, _)| *end == End::Reset);
            let seen = if reset { "the connection was reset" } else { "the connection ended" };
            self.find(
                Cause::AbnormalClosure,
                Severity::Warning,
                format!("{seen} without a close frame: both ends see code 1006"),
                "A process ended, a proxy timed out or the network failed; close() would have sent a frame.",
            );
        }
    }
}

fn is_http(bytes: &[u8]) -> bool {
    const STARTS: [&[u8]; 7] =
        [b"HTTP/1.", b"GET /", b"POST /", b"PUT /", b"HEAD /", b"OPTIONS ", b"DELETE /"];
    STARTS.iter().any(|start| bytes.starts_with(start))
}
