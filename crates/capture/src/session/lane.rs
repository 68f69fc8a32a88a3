//! One direction of a connection, as it is walked.

use framewright_codec::walk::Walker;

use super::context::{Context, push_unframed, sender};
use super::feed::{Feed, Progress};
use super::opening::Opening;
use super::resync::{HeldChunk, Search};
use crate::store::bytes::{Bytes, Run};

/// One direction.
#[derive(Debug)]
pub(super) struct LaneState {
    pub(super) bytes: Bytes,
    pub(super) walker: Walker,
    pub(super) progress: Progress,
    pub(super) opening: Opening,
    /// Set while no frame's start is known.
    pub(super) search: Option<Box<Search>>,
}

impl LaneState {
    /// Takes bytes that lie at `offset`.
    pub(super) fn walk(&mut self, offset: u64, bytes: &[u8], ctx: &mut Context<'_>) {
        walk(&mut self.walker, &mut self.progress, offset, bytes, ctx);
    }

    /// No more evidence will come for where frames start: the likeliest place is taken.
    pub(super) fn settle(&mut self, ctx: &mut Context<'_>) {
        let Some(search) = &mut self.search else { return };
        let is_likely = search.is_likely();
        let chunks = search.give_up();
        if is_likely {
            self.resume(chunks, ctx);
        } else {
            push_unframed(ctx, chunks);
        }
    }

    /// Continues with chunks of which the first starts with a frame.
    pub(super) fn resume(&mut self, chunks: Vec<HeldChunk>, ctx: &mut Context<'_>) {
        let Self { bytes, walker, progress, .. } = self;
        let runs = |chunk: &HeldChunk| bytes.runs(chunk.range.clone());
        if chunks.iter().flat_map(runs).any(|run| matches!(run, Run::Missing(_))) {
            // Evicted since; the search continues.
            push_unframed(ctx, chunks);
            return;
        }
        *walker = Walker::new(sender(ctx.conn, ctx.direction))
            .permessage_deflate(progress.inflating.is_some())
            .starting_at(chunks.first().map_or(0, |first| first.range.start))
            .mid_stream();
        let now_ns = ctx.time_ns;
        for chunk in &chunks {
            ctx.time_ns = chunk.time_ns;
            let mut offset = chunk.range.start;
            for run in runs(chunk) {
                let Run::Present(run) = run else { continue };
                walk(walker, progress, offset, run, ctx);
                offset += run.len() as u64;
            }
        }
        ctx.time_ns = now_ns;
        self.search = None;
    }
}

pub(super) fn feed<'a>(
    progress: &'a mut Progress,
    ctx: &'a mut Context<'_>,
    chunk_offset: u64,
) -> Feed<'a> {
    Feed {
        log: ctx.log,
        conn: ctx.conn,
        progress,
        id: ctx.id,
        direction: ctx.direction,
        chunk_offset,
        time_ns: ctx.time_ns,
    }
}

pub(super) fn walk(
    walker: &mut Walker,
    progress: &mut Progress,
    offset: u64,
    bytes: &[u8],
    ctx: &mut Context<'_>,
) {
    let time_ns = ctx.time_ns;
    let mut feed = feed(progress, ctx, offset);
    walker.push(bytes, &mut feed);
    if walker.open_header_offset().is_some_and(|header| header >= offset) {
        progress.header_ns = time_ns;
    }
}
