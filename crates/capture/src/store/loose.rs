//! Bytes that no frame held covers, in order of arrival: heads, unframed bytes, and what still comes of a
//! frame that is evicted already. Without them only frames could be evicted, and the rest would pile up.

use std::collections::VecDeque;

use super::rows;
use crate::{ConnId, Connection, Direction, FrameId};

/// About how many bytes of a stream are evicted at once.
const STEP_LEN: u64 = 64 * 1024;

/// Bytes of one direction that no frame held covers, and all before them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loose {
    pub(crate) conn: ConnId,
    pub(crate) direction: Direction,
    /// Where they end in the stream.
    pub(crate) end: u64,
    /// The first frame of any connection that came later: all before it are older.
    pub(crate) before: FrameId,
}

/// All of them, oldest first.
#[derive(Debug, Default)]
pub(crate) struct LooseBytes(VecDeque<Loose>);

impl LooseBytes {
    /// Queues the loose bytes that came to a connection. `frames` are the ids of those held.
    pub(crate) fn queue(
        &mut self,
        id: ConnId,
        conn: &mut Connection,
        frames: &std::ops::Range<u32>,
    ) {
        for direction in Direction::BOTH {
            let (lane, tail) = (&conn.lanes[direction.index()], &mut conn.tails[direction.index()]);
            let outside = lane.regions.last().map_or(0, |region| region.offset + region.len);
            let is_held = tail.frame.is_some_and(|frame| frame.0 >= frames.start);
            let evicted = if is_held { 0 } else { tail.frame_end.min(lane.stream_len) };
            let end = outside.max(evicted);
            if end > tail.loose_end {
                tail.loose_end = end;
                self.push(Loose { conn: id, direction, end, before: FrameId(frames.end) });
            }
        }
    }

    fn push(&mut self, loose: Loose) {
        match self.0.back_mut() {
            Some(last)
                if (last.conn, last.direction, last.before)
                    == (loose.conn, loose.direction, loose.before)
                    && last.end / STEP_LEN == loose.end / STEP_LEN =>
            {
                last.end = loose.end;
            }
            _ => rows::push_back(&mut self.0, loose),
        }
    }

    /// Takes the oldest, if it may go.
    pub(crate) fn pop_if(&mut self, may_go: impl FnOnce(&Loose) -> bool) -> Option<Loose> {
        self.0.front().is_some_and(may_go).then(|| self.0.pop_front())?
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The memory it takes.
    pub(crate) fn kept_len(&self) -> u64 {
        (self.0.capacity() * size_of::<Loose>()) as u64
    }
}
