//! The handshake while it is captured, and what comes after it before it is complete.

use framewright_codec::handshake::PERMESSAGE_DEFLATE;
use framewright_codec::walk::Walker;

use super::handshake::{Malformed, judge};
use super::head_buffer::HeadBuffer;
use super::resync::{HeldChunk, Search, is_frame_start};
use super::{Context, Phase, Session, conn_fault, inflating, push_region, push_unframed, sender};
use crate::store::bytes::Run;
use crate::{ConnRule, DeflateParams, Direction, Head, RegionKind, Source};

/// The most bytes that wait after one head for the other. A sender of more hasn't waited for an answer.
const MAX_WAITING_LEN: u64 = 1024 * 1024;

/// The most pieces that these may be in.
const MAX_WAITING_CHUNKS: usize = 16 * 1024;

/// One direction during the handshake.
#[derive(Debug, Default)]
pub(super) struct Opening {
    /// The bytes of the head so far, until it is complete.
    head: HeadBuffer,
    /// Where that starts, or where the complete head ends.
    offset: u64,
    /// The chunks from there on.
    chunks: Vec<HeldChunk>,
    /// Whether frames came in the head's place.
    is_frames: bool,
}

impl Opening {
    /// The memory it takes.
    pub(super) fn kept_len(&self) -> u64 {
        (self.head.kept_len() + self.chunks.capacity() * size_of::<HeldChunk>()) as u64
    }

    /// Takes a head off the start of what came.
    fn take_head(&mut self, direction: Direction) -> Result<Option<Head>, Malformed> {
        let Some(mut head) = self.head.parse(direction)? else { return Ok(None) };
        head.offset = self.offset;
        self.offset += head.len;
        self.head.advance(head.len);
        self.chunks.retain(|chunk| chunk.range.end > self.offset);
        if let Some(first) = self.chunks.first_mut() {
            first.range.start = first.range.start.max(self.offset);
        }
        Ok(Some(head))
    }
}

impl Session {
    pub(super) fn shake_hands(&mut self, offset: u64, bytes: &[u8], ctx: &mut Context<'_>) {
        let Some(handshake) = &ctx.conn.handshake else { return };
        let is_complete = match ctx.direction {
            Direction::ToServer => handshake.request.is_some(),
            Direction::ToClient => handshake.response.is_some(),
        };
        let opening = &mut self.lanes[ctx.direction.index()].opening;
        let range = offset..offset + bytes.len() as u64;
        opening.chunks.push(HeldChunk { range, time_ns: ctx.time_ns });
        if is_complete {
            if offset + bytes.len() as u64 - opening.offset > MAX_WAITING_LEN
                || opening.chunks.len() > MAX_WAITING_CHUNKS
            {
                self.conclude_handshake(ctx);
            }
            return;
        }
        opening.head.extend(bytes);
        match self.take_final_head(ctx) {
            Ok(None) => {}
            Ok(Some(head)) => self.take_head(head, ctx),
            Err(Malformed) => {
                let opening = &mut self.lanes[ctx.direction.index()].opening;
                if ctx.direction == Direction::ToServer && is_agreed(ctx) {
                    // What was agreed to wasn't captured.
                    opening.is_frames =
                        is_frame_start(opening.head.bytes(), sender(ctx.conn, ctx.direction));
                } else {
                    conn_fault(ctx, ConnRule::MalformedHandshake, opening.offset, 0, None);
                }
                self.conclude_handshake(ctx);
            }
        }
    }

    /// The next head that isn't one of 1xx, which announce another (RFC 9110 §15.2); 101 is final.
    fn take_final_head(&mut self, ctx: &mut Context<'_>) -> Result<Option<Head>, Malformed> {
        let opening = &mut self.lanes[ctx.direction.index()].opening;
        while let Some(mut head) = opening.take_head(ctx.direction)? {
            let is_interim = head.status().is_some_and(|status| status / 100 == 1 && status != 101);
            if !is_interim {
                head.time_ns = ctx.time_ns;
                opening.head.clear();
                return Ok(Some(head));
            }
            push_region(ctx, RegionKind::Http, head.offset, head.len);
        }
        Ok(None)
    }

    fn take_head(&mut self, head: Head, ctx: &mut Context<'_>) {
        self.heads_len += head.kept_len();
        let Some(handshake) = &mut ctx.conn.handshake else { return };
        match ctx.direction {
            Direction::ToServer => handshake.request = Some(head),
            Direction::ToClient => handshake.response = Some(head),
        }
        if handshake.request.is_some() && handshake.response.is_some() {
            self.conclude_handshake(ctx);
        }
    }

    /// The handshake is as complete as it gets: what follows the heads is taken for frames only if the server
    /// is known to have agreed.
    pub(super) fn conclude_handshake(&mut self, ctx: &mut Context<'_>) {
        let is_accepted = is_agreed(ctx);
        self.conclude(ctx, is_accepted, None);
    }

    /// Part of the handshake is missing. If it is the answer, frames may follow all the same: finding some
    /// proves that the server has agreed.
    pub(super) fn lose_handshake(&mut self, ctx: &mut Context<'_>) {
        let Some(handshake) = &ctx.conn.handshake else { return };
        let request = handshake.request.as_ref().filter(|request| request.is_upgrade());
        let is_lost = ctx.direction == Direction::ToClient && handshake.response.is_none();
        let Some(request) = request.filter(|_| is_lost) else {
            self.conclude_handshake(ctx);
            return;
        };
        // Whether what was offered was taken isn't known.
        let offers = request.joined("sec-websocket-extensions").unwrap_or_default();
        let deflate = offers.contains(PERMESSAGE_DEFLATE).then(DeflateParams::default);
        self.conclude(ctx, true, deflate);
        for direction in Direction::BOTH {
            let lane = &mut self.lanes[direction.index()];
            lane.search.get_or_insert_with(|| {
                Box::new(Search::new(sender(ctx.conn, direction), deflate.is_some()))
            });
        }
    }

    fn conclude(
        &mut self,
        ctx: &mut Context<'_>,
        is_accepted: bool,
        unsure: Option<DeflateParams>,
    ) {
        let Some(handshake) = &mut ctx.conn.handshake else { return };
        handshake.accepted = is_accepted;
        let (negotiated, mut faults) = judge(handshake);
        if ctx.conn.init.source != Source::Wire {
            // Recorders leave headers out, so a missing one proves nothing. Only a contradiction does.
            let has_key = handshake
                .request
                .as_ref()
                .is_some_and(|request| request.header("sec-websocket-key").is_some());
            faults.retain(|fault| match fault.rule {
                ConnRule::HandshakeRefused => true,
                ConnRule::WrongAccept
                | ConnRule::ExtensionNotOffered
                | ConnRule::SubprotocolNotOffered => has_key,
                _ => false,
            });
        }
        let head_lens = [&handshake.request, &handshake.response]
            .map(|head| head.as_ref().map(|head| head.len));
        self.phase = if is_accepted { Phase::Frames } else { Phase::Refused };
        ctx.conn.negotiated = negotiated;
        let direction = ctx.direction;
        for fault in faults {
            ctx.direction = fault.direction;
            let detail = fault.detail.map(Into::into);
            conn_fault(ctx, fault.rule, fault.offset, fault.len, detail);
        }
        let chunks = Direction::BOTH.map(|direction| {
            ctx.direction = direction;
            self.begin(head_lens[direction.index()], unsure, ctx)
        });
        if is_accepted {
            self.replay(chunks, ctx);
        } else {
            for (direction, chunks) in Direction::BOTH.into_iter().zip(chunks) {
                ctx.direction = direction;
                push_unframed(ctx, chunks);
            }
        }
        ctx.direction = direction;
    }

    /// Begins with frames after the head of a direction, and returns what came there.
    fn begin(
        &mut self,
        head_len: Option<u64>,
        unsure: Option<DeflateParams>,
        ctx: &mut Context<'_>,
    ) -> Vec<HeldChunk> {
        let deflate = ctx.conn.negotiated.permessage_deflate.or(unsure);
        let lane = &mut self.lanes[ctx.direction.index()];
        let Opening { offset, chunks, is_frames, .. } = std::mem::take(&mut lane.opening);
        let walker = Walker::new(sender(ctx.conn, ctx.direction))
            .permessage_deflate(deflate.is_some())
            .starting_at(offset);
        // After a head that wasn't captured frames may be missing, too.
        lane.walker = if head_len.is_some() { walker } else { walker.mid_stream() };
        lane.progress.inflating =
            inflating(deflate, ctx.direction, head_len.is_some() && unsure.is_none());
        match head_len {
            Some(len) => push_region(ctx, RegionKind::Http, offset - len, len),
            None if chunks.is_empty() || is_frames => {}
            // A head without its end, and frames somewhere after it.
            None => {
                lane.search =
                    Some(Box::new(Search::new(sender(ctx.conn, ctx.direction), deflate.is_some())))
            }
        }
        chunks
    }

    /// Takes what came after the heads, in the order and with the times it came.
    fn replay(&mut self, chunks: [Vec<HeldChunk>; 2], ctx: &mut Context<'_>) {
        let now_ns = ctx.time_ns;
        let mut chunks = chunks.map(|chunks| chunks.into_iter().peekable());
        let mut bytes = Vec::new();
        loop {
            let next = Direction::BOTH
                .into_iter()
                .filter_map(|direction| {
                    Some((chunks[direction.index()].peek()?.time_ns, direction))
                })
                .min_by_key(|&(time_ns, _)| time_ns);
            let Some((time_ns, direction)) = next else { break };
            let Some(HeldChunk { range, .. }) = chunks[direction.index()].next() else { break };
            bytes.clear();
            for run in self.lanes[direction.index()].bytes.runs(range.clone()) {
                if let Run::Present(run) = run {
                    bytes.extend_from_slice(run);
                }
            }
            (ctx.direction, ctx.time_ns) = (direction, time_ns);
            self.push_frames(range.start, &bytes, ctx);
        }
        ctx.time_ns = now_ns;
    }
}

/// Whether the server has agreed.
pub(super) fn is_agreed(ctx: &Context<'_>) -> bool {
    let response = ctx.conn.handshake.as_ref().and_then(|handshake| handshake.response.as_ref());
    response.is_some_and(|head| head.status() == Some(101))
}
