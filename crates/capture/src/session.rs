//! One connection while it is captured: the handshake, then frames in both directions.

mod context;
mod feed;
pub(crate) mod handshake;
pub(crate) mod head_buffer;
mod lane;
mod opening;
pub(crate) mod resync;
pub(crate) mod windows;

use framewright_codec::deflate::ContextParams;
use framewright_codec::walk::{Gap, Walker};

use crate::content::inflate::Inflating;
use crate::store::bytes::Bytes;
use crate::store::rows;
use crate::{
    ConnRule, Connection, DeflateParams, Direction, End, FrameId, Handshake, Head, Marked,
    MessageId, Missing, Region, RegionKind, Rule, Source, Start,
};
pub(crate) use context::Context;
use context::{conn_fault, push_region, push_unframed, sender};
use feed::Progress;
use handshake::{Fault, judge_http2};
use lane::{LaneState, feed};
use opening::{Opening, is_agreed};
use resync::{Found, Search};
use windows::Windows;

/// What comes next on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The rest of the request or response.
    Handshake,
    Frames,
    /// Nothing that is WebSocket.
    Refused,
}

/// The memory of the heads that a connection starts with.
fn heads_len(conn: &Connection) -> u64 {
    let Start::Http2(start) = &conn.init.start else { return 0 };
    let len = |handshake: &Handshake| {
        [&handshake.request, &handshake.response].into_iter().flatten().map(Head::kept_len).sum()
    };
    let kept: u64 = conn.handshake.as_ref().map_or(0, len);
    size_of::<Handshake>() as u64 + len(start) + kept
}

#[derive(Debug)]
pub(crate) struct Session {
    phase: Phase,
    lanes: [LaneState; 2],
    /// The memory of the heads, once they are there.
    heads_len: u64,
    /// The memory of everything when it was last counted.
    pub(crate) kept: Kept,
}

/// Memory that a connection takes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kept {
    /// What is freed when its oldest bytes are evicted.
    pub(crate) streams: u64,
    /// What stays as long as the capture does, or until it is understood.
    pub(crate) fixed: u64,
}

impl Session {
    pub(crate) fn new(conn: &mut Connection) -> (Self, Vec<Fault>) {
        let mut faults = Vec::new();
        let (phase, mid_stream) = match &conn.init.start {
            Start::Handshake => {
                conn.handshake = Some(Handshake::default());
                (Phase::Handshake, false)
            }
            Start::Frames(negotiated) => {
                conn.negotiated = negotiated.clone();
                (Phase::Frames, false)
            }
            Start::MidStream => (Phase::Frames, true),
            Start::Http2(handshake) => {
                let (accepted, negotiated, found) = judge_http2(handshake);
                conn.handshake = Some(Handshake { accepted, ..(**handshake).clone() });
                conn.negotiated = negotiated;
                faults = found;
                (if accepted { Phase::Frames } else { Phase::Refused }, false)
            }
        };
        // It began before the capture: frames show whether it is compressed, but not the parameters.
        let unknown = mid_stream.then(DeflateParams::default);
        let deflate = conn.negotiated.permessage_deflate.or(unknown);
        let lane = |direction: Direction| {
            let walker = Walker::new(sender(conn, direction)).permessage_deflate(deflate.is_some());
            let inflating = inflating(deflate, direction, !mid_stream);
            LaneState {
                bytes: Bytes::default(),
                walker: if mid_stream { walker.mid_stream() } else { walker },
                progress: Progress::new(inflating),
                opening: Opening::default(),
                search: None,
            }
        };
        let lanes = Direction::BOTH.map(lane);
        (Self { phase, lanes, heads_len: heads_len(conn), kept: Kept::default() }, faults)
    }

    /// Counts its memory, and its connection's.
    pub(crate) fn count_kept(&mut self, conn: &Connection) -> Kept {
        let texts: usize =
            [&conn.init.url, &conn.name].into_iter().flatten().map(String::capacity).sum();
        let mut kept = Kept {
            streams: (conn.frames.capacity() * size_of::<FrameId>()) as u64,
            fixed: (size_of::<Self>() + size_of::<Connection>() + texts) as u64 + self.heads_len,
        };
        for (lane, view) in self.lanes.iter().zip(&conn.lanes) {
            kept.streams += lane.bytes.kept_len()
                + (view.regions.capacity() * size_of::<Region>()) as u64
                + (view.missing.capacity() * size_of::<Missing>()) as u64
                + (view.marks.capacity() * size_of::<Marked>()) as u64;
            kept.fixed += lane.progress.windows.kept_len();
            kept.fixed += lane.opening.kept_len();
            kept.fixed += lane
                .search
                .as_ref()
                .map_or(0, |search| size_of::<Search>() as u64 + search.kept_len());
            if let Some(inflating) = &lane.progress.inflating {
                kept.streams += inflating.restarts_len();
                kept.fixed += inflating.kept_len();
            }
        }
        self.kept = kept;
        kept
    }

    /// Whether a chunk may be pushed piece by piece: where frames follow each other, it doesn't matter
    /// where chunks start.
    pub(crate) fn is_in_frames(&self, direction: Direction) -> bool {
        self.phase == Phase::Frames && self.lanes[direction.index()].search.is_none()
    }

    pub(crate) fn is_in_handshake(&self) -> bool {
        self.phase == Phase::Handshake
    }

    /// The first message of a direction that begins at `at` or later may refer to `text`.
    pub(crate) fn give_window(&mut self, direction: Direction, at: u64, text: &[u8]) {
        self.lanes[direction.index()].progress.windows.push(at, text);
    }

    pub(crate) fn windows(&self, direction: Direction) -> &Windows {
        &self.lanes[direction.index()].progress.windows
    }

    pub(crate) fn bytes(&self, direction: Direction) -> &Bytes {
        &self.lanes[direction.index()].bytes
    }

    pub(crate) fn inflating(&self, direction: Direction) -> Option<&Inflating> {
        self.lanes[direction.index()].progress.inflating.as_ref()
    }

    /// Frees what belongs to messages before the first that is held.
    pub(crate) fn evict_messages(&mut self, first: MessageId) {
        for lane in &mut self.lanes {
            if let Some(inflating) = &mut lane.progress.inflating {
                inflating.evict_before(first);
            }
        }
    }

    pub(crate) fn bytes_mut(&mut self, direction: Direction) -> &mut Bytes {
        &mut self.lanes[direction.index()].bytes
    }

    pub(crate) fn push(&mut self, bytes: &[u8], mut ctx: Context<'_>) {
        let lane = &mut self.lanes[ctx.direction.index()];
        let offset = lane.bytes.len();
        lane.bytes.push(bytes);
        ctx.conn.lanes[ctx.direction.index()].stream_len = lane.bytes.len();
        match self.phase {
            Phase::Frames => self.push_frames(offset, bytes, &mut ctx),
            Phase::Handshake => self.shake_hands(offset, bytes, &mut ctx),
            Phase::Refused => {
                push_region(&mut ctx, RegionKind::Unframed, offset, bytes.len() as u64);
            }
        }
    }

    pub(crate) fn gap(&mut self, len: u64, mut ctx: Context<'_>) {
        let lane = &mut self.lanes[ctx.direction.index()];
        let offset = lane.bytes.len();
        lane.bytes.push_gap(len);
        let view = &mut ctx.conn.lanes[ctx.direction.index()];
        view.stream_len = lane.bytes.len();
        match view.missing.last_mut() {
            Some(missing) if missing.offset + missing.len == offset => missing.len += len,
            _ => rows::push(&mut view.missing, Missing { offset, len }),
        }
        if ctx.conn.init.source == Source::Wire {
            let detail = Some(format!("{len} bytes").into());
            conn_fault(&mut ctx, ConnRule::MissingBytes, offset, len, detail);
        }
        if self.phase == Phase::Handshake {
            self.lose_handshake(&mut ctx);
        }
        if self.phase == Phase::Frames {
            let lane = &mut self.lanes[ctx.direction.index()];
            if lane.search.is_some() {
                lane.settle(&mut ctx);
            }
            if lane.search.is_some() {
                return;
            }
            let mut feed = feed(&mut lane.progress, &mut ctx, offset);
            feed.mark_missing();
            if lane.walker.gap(len, &mut feed) == Gap::LostBoundary {
                self.lose_boundary(ctx);
            }
        }
    }

    /// No frame's start is known any more.
    pub(crate) fn lose_boundary(&mut self, mut ctx: Context<'_>) {
        let lane = &mut self.lanes[ctx.direction.index()];
        if self.phase != Phase::Frames || lane.search.is_some() {
            return;
        }
        let offset = lane.bytes.len();
        let mut feed = feed(&mut lane.progress, &mut ctx, offset);
        feed.abandon_frame();
        feed.abandon_message();
        feed.lose_window();
        let deflate = lane.progress.inflating.is_some();
        lane.search = Some(Box::new(Search::new(sender(ctx.conn, ctx.direction), deflate)));
    }

    pub(crate) fn end(&mut self, end: End, mut ctx: Context<'_>) {
        let view = &mut ctx.conn.lanes[ctx.direction.index()];
        if view.end.is_some() {
            return;
        }
        view.end = Some((end, ctx.time_ns));
        let lane = &mut self.lanes[ctx.direction.index()];
        lane.settle(&mut ctx);
        // What is still to come of a handshake isn't needed once the server has agreed.
        if self.phase == Phase::Handshake && (end != End::CaptureEnded || is_agreed(&ctx)) {
            self.conclude_handshake(&mut ctx);
        }
        if self.phase != Phase::Frames || end == End::CaptureEnded {
            return;
        }
        let lane = &mut self.lanes[ctx.direction.index()];
        let offset = lane.bytes.len();
        let mut feed = feed(&mut lane.progress, &mut ctx, offset);
        if lane.search.is_none() && !lane.walker.at_boundary() {
            feed.fault(Rule::Conn(ConnRule::TruncatedFrame), offset.saturating_sub(1), 1, None);
        }
        feed.abandon_frame();
        if feed.abandon_message() {
            feed.fault(Rule::Conn(ConnRule::UnfinishedMessage), offset.saturating_sub(1), 1, None);
        }
        let lanes = &ctx.conn.lanes;
        let both_ended = lanes.iter().all(|lane| lane.end.is_some());
        if both_ended && !lanes.iter().any(|lane| lane.closed) {
            conn_fault(&mut ctx, ConnRule::NoCloseFrame, offset, 0, None);
        }
    }

    fn push_frames(&mut self, offset: u64, bytes: &[u8], ctx: &mut Context<'_>) {
        let lane = &mut self.lanes[ctx.direction.index()];
        let Some(search) = &mut lane.search else {
            lane.walk(offset, bytes, ctx);
            return;
        };
        match search.push(offset, bytes, ctx.time_ns) {
            Found::Nothing(refuted) => push_unframed(ctx, refuted),
            Found::Frames(chunks) => lane.resume(chunks, ctx),
        }
    }
}

fn inflating(
    params: Option<DeflateParams>,
    direction: Direction,
    known: bool,
) -> Option<Inflating> {
    let params = ContextParams::of_sender(&params?, direction.sender());
    Some(Inflating::new(params, known))
}
