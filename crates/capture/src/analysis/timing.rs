//! When things happened on a connection, and how long they took.

use std::collections::VecDeque;

use framewright_codec::Opcode;

use crate::store::fingerprint::fingerprint;
use crate::{Capture, ConnId, Direction, FrameId, MessageId, MessageState, Reader};

/// How many unanswered pings of one direction are remembered.
const MAX_OPEN_PINGS: usize = 1024;
/// How many pings, fragmented messages, and times between frames of a direction are remembered: the first ones.
const MAX_LISTED: usize = 1 << 20;

/// A ping and its answer (RFC 6455 §5.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PingTiming {
    /// The ping.
    pub ping: FrameId,
    /// The pong that answers it. One pong may answer all pings before it (§5.5.3); then only the ping that
    /// it repeats has it.
    pub pong: Option<FrameId>,
    /// From ping to pong in nanoseconds, as the recorder saw it.
    pub round_trip_ns: Option<u64>,
}

/// A message of more than one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FragmentTiming {
    /// The message.
    pub message: MessageId,
    /// How many frames.
    pub fragments: u32,
    /// From its first frame to its last in nanoseconds.
    pub duration_ns: u64,
}

/// Times between one frame and the next in the same direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gaps {
    /// How many.
    pub count: u64,
    /// Half are at most this long, in nanoseconds.
    pub median_ns: u64,
    /// 95 of 100 are at most this long.
    pub p95_ns: u64,
    /// The longest.
    pub longest_ns: u64,
    /// The frame before the longest.
    pub before_longest: Option<FrameId>,
}

/// The closing handshake (RFC 6455 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CloseTiming {
    /// The direction of the first close frame.
    pub begun_by: Direction,
    /// The first close frame.
    pub close: FrameId,
    /// The close frame that answers it.
    pub answer: Option<FrameId>,
    /// From one to the other in nanoseconds.
    pub answer_ns: Option<u64>,
    /// From the first close frame to the end of the connection in nanoseconds, if that was captured.
    pub end_ns: Option<u64>,
}

/// A connection's times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// From request to response in nanoseconds.
    pub handshake_ns: Option<u64>,
    /// From the first byte to the last in nanoseconds.
    pub duration_ns: u64,
    /// The pings of both directions, in order; a million at most.
    pub pings: Vec<PingTiming>,
    /// How many pongs answer no ping (§5.5.3 allows them).
    pub unasked_pongs: u64,
    /// The messages of more than one frame, in order; a million at most.
    pub fragmented: Vec<FragmentTiming>,
    /// To the server, to the client; of the first million frames of each.
    pub gaps: [Gaps; 2],
    /// The closing handshake.
    pub close: Option<CloseTiming>,
}

impl Timing {
    /// The times of a connection, of the frames that are held.
    pub fn of(capture: &Capture, id: ConnId) -> Self {
        let mut timing = Self::default();
        let Some(conn) = capture.connection(id) else { return timing };
        timing.duration_ns = conn.last_ns.saturating_sub(conn.first_ns.unwrap_or(conn.last_ns));
        timing.handshake_ns = conn.handshake.as_ref().and_then(|handshake| {
            let (request, response) = (handshake.request.as_ref()?, handshake.response.as_ref()?);
            response.time_ns.checked_sub(request.time_ns)
        });
        let mut collector = Collector::default();
        for &frame in capture.frames_of(id) {
            collector.frame(capture, frame, &mut timing);
        }
        timing.gaps = collector.gaps.map(gaps);
        if let Some(close) = &mut timing.close {
            let ends = conn.lanes.iter().filter_map(|lane| lane.end.map(|(_, time_ns)| time_ns));
            let closed_ns = capture.frame(close.close).map(|frame| frame.time_ns());
            close.end_ns =
                ends.max().zip(closed_ns).and_then(|(end, close)| end.checked_sub(close));
        }
        timing
    }
}

/// An unanswered ping: its place in the list, its payload's fingerprint, and the payload.
type OpenPing = (usize, u64, Vec<u8>);

#[derive(Default)]
struct Collector {
    reader: Reader,
    last: [Option<(FrameId, u64)>; 2],
    gaps: [Vec<(u64, FrameId)>; 2],
    pings: [VecDeque<OpenPing>; 2],
}

impl Collector {
    fn frame(&mut self, capture: &Capture, id: FrameId, timing: &mut Timing) {
        let Some(frame) = capture.frame(id) else { return };
        let (direction, time_ns) = (frame.direction(), frame.time_ns());
        let lane = direction.index();
        if let Some((last, last_ns)) = self.last[lane].replace((id, time_ns)) {
            let gaps = &mut self.gaps[lane];
            if gaps.len() < MAX_LISTED {
                gaps.push((time_ns.saturating_sub(last_ns), last));
            }
        }
        match frame.opcode() {
            Opcode::Ping if timing.pings.len() >= MAX_LISTED => {}
            Opcode::Ping => {
                let payload = self.payload(capture, id);
                let open = &mut self.pings[lane];
                if open.len() == MAX_OPEN_PINGS {
                    open.pop_front();
                }
                open.push_back((timing.pings.len(), fingerprint(&payload), payload));
                timing.pings.push(PingTiming { ping: id, pong: None, round_trip_ns: None });
            }
            Opcode::Pong => {
                let payload = self.payload(capture, id);
                let open = &mut self.pings[direction.reverse().index()];
                let hash = fingerprint(&payload);
                let Some(at) = open
                    .iter()
                    .rposition(|(_, ping_hash, ping)| *ping_hash == hash && *ping == payload)
                else {
                    timing.unasked_pongs += 1;
                    return;
                };
                let Some((index, ..)) = open.drain(..=at).next_back() else { return };
                let ping = &mut timing.pings[index];
                ping.pong = Some(id);
                let ping_ns = capture.frame(ping.ping).map(|frame| frame.time_ns());
                ping.round_trip_ns = ping_ns.and_then(|ping_ns| time_ns.checked_sub(ping_ns));
            }
            Opcode::Close => match &mut timing.close {
                None => {
                    timing.close = Some(CloseTiming {
                        begun_by: direction,
                        close: id,
                        answer: None,
                        answer_ns: None,
                        end_ns: None,
                    });
                }
                Some(close) if close.answer.is_none() && close.begun_by != direction => {
                    close.answer = Some(id);
                    let close_ns = capture.frame(close.close).map(|frame| frame.time_ns());
                    close.answer_ns = close_ns.and_then(|close_ns| time_ns.checked_sub(close_ns));
                }
                Some(_) => {}
            },
            _ => {
                let message = frame.message().and_then(|message| capture.message(message));
                let ends = message.filter(|message| {
                    message.last() == id
                        && message.fragments() > 1
                        && message.state() == MessageState::Complete
                        && timing.fragmented.len() < MAX_LISTED
                });
                if let Some(message) = ends {
                    timing.fragmented.push(FragmentTiming {
                        message: message.id(),
                        fragments: message.fragments(),
                        duration_ns: time_ns.saturating_sub(message.first().time_ns()),
                    });
                }
            }
        }
    }

    fn payload(&mut self, capture: &Capture, id: FrameId) -> Vec<u8> {
        const MAX_CONTROL_PAYLOAD_LEN: u64 = 125;
        let content = self.reader.payload(capture, id, 0..MAX_CONTROL_PAYLOAD_LEN);
        content.map(|content| content.bytes.to_vec()).unwrap_or_default()
    }
}

fn gaps(mut gaps: Vec<(u64, FrameId)>) -> Gaps {
    gaps.sort_unstable();
    let Some(&(longest_ns, before_longest)) = gaps.last() else { return Gaps::default() };
    let rank = |percent: usize| gaps[(gaps.len() * percent).div_ceil(100).max(1) - 1].0;
    Gaps {
        count: gaps.len() as u64,
        median_ns: rank(50),
        p95_ns: rank(95),
        longest_ns,
        before_longest: Some(before_longest),
    }
}
