//! What a capture holds.

use std::collections::VecDeque;
use std::ops::{Range, RangeInclusive};

use super::Capture;
use crate::content::inflate::Inflating;
use crate::store::bytes::{Bytes, Run};
use crate::{
    ConnId, Connection, Direction, Dropped, Finding, FindingId, Frame, FrameId, Message,
    MessageForm, MessageId, Runs,
};

impl Capture {
    /// What [`Limits`](crate::Limits) cost so far.
    pub fn dropped(&self) -> Dropped {
        self.log.dropped
    }

    /// The memory taken, which [`Limits::max_kept_len`](crate::Limits::max_kept_len) bounds.
    pub fn kept_len(&self) -> u64 {
        self.kept.streams
            + self.kept.fixed
            + self.log.index_len()
            + self.log.findings_len()
            + self.loose.kept_len()
    }

    /// All connections; the index is the [`ConnId`].
    pub fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// A connection.
    pub fn connection(&self, id: ConnId) -> Option<&Connection> {
        self.connections.get(id.index())
    }

    /// The ids of the frames held. Only evictions raise its start.
    pub fn frame_ids(&self) -> Range<u32> {
        self.log.frame_ids()
    }

    /// A frame, if it is held.
    pub fn frame(&self, id: FrameId) -> Option<Frame<'_>> {
        Some(Frame { capture: self, id, record: self.log.frame(id)? })
    }

    /// The frames held of a connection, both directions, in order of arrival.
    pub fn frames_of(&self, conn: ConnId) -> &VecDeque<FrameId> {
        static NONE: VecDeque<FrameId> = VecDeque::new();
        self.connections.get(conn.index()).map_or(&NONE, |conn| &conn.frames)
    }

    /// The ids of the messages held. Only evictions raise its start.
    pub fn message_ids(&self) -> Range<u32> {
        self.log.message_ids()
    }

    /// A message, if it is held.
    pub fn message(&self, id: MessageId) -> Option<Message<'_>> {
        let record = self.log.message(id)?;
        Some(Message { capture: self, id, record, first: self.frame(record.first)? })
    }

    /// All findings kept; the index is the [`FindingId`].
    pub fn findings(&self) -> &[Finding] {
        self.log.findings()
    }

    /// The findings about a frame.
    pub fn findings_of(&self, frame: FrameId) -> impl Iterator<Item = FindingId> + '_ {
        self.log.findings_of(frame)
    }

    /// The frame that holds the byte at `offset` of one direction's stream.
    pub fn frame_at(&self, conn: ConnId, direction: Direction, offset: u64) -> Option<Frame<'_>> {
        let frames = self.frames_of(conn);
        // Offsets rise along each direction, but directions are interleaved: find the neighbourhood in
        // time by halving on the nearest frame of the right direction.
        let (mut low, mut high) = (0, frames.len());
        let mut best = None;
        while low < high {
            let middle = low + (high - low) / 2;
            let near = (middle..high).find_map(|index| {
                let frame = self.frame(*frames.get(index)?)?;
                (frame.direction() == direction).then_some((index, frame))
            });
            match near {
                Some((index, frame)) if frame.offset() <= offset => {
                    best = Some(frame);
                    low = index + 1;
                }
                _ => high = middle,
            }
        }
        best.filter(|frame| frame.range().contains(&offset))
    }

    /// The bytes of `range` of one direction's stream, as they were on the wire. Ends where the stream
    /// does.
    pub fn runs(&self, conn: ConnId, direction: Direction, range: Range<u64>) -> Option<Runs<'_>> {
        Some(self.stream(conn, direction)?.runs(range))
    }

    /// Appends the bytes of `range` of one direction's stream to `out`, as they were on the wire, zero for
    /// each missing one, and returns how many are missing. Ends where the stream does. A stream may lack any
    /// number of bytes: ask for a range that memory can hold.
    pub fn read(
        &self,
        conn: ConnId,
        direction: Direction,
        range: Range<u64>,
        out: &mut Vec<u8>,
    ) -> u64 {
        let Some(runs) = self.runs(conn, direction, range) else { return 0 };
        let mut missing = 0;
        for run in runs {
            match run {
                Run::Present(run) => out.extend_from_slice(run),
                Run::Missing(len) => {
                    missing += len;
                    out.resize(out.len() + len as usize, 0);
                }
            }
        }
        missing
    }

    /// The first message of a direction that did inflate and begins within `frames`.
    pub(crate) fn next_inflated(
        &self,
        (conn, direction): (ConnId, Direction),
        frames: RangeInclusive<FrameId>,
    ) -> Option<Message<'_>> {
        let all = self.frames_of(conn);
        let from = all.partition_point(|frame| frame < frames.start());
        all.range(from..).take_while(|frame| *frame <= frames.end()).find_map(|&id| {
            let frame = self.frame(id)?;
            if !frame.compressed() || frame.direction() != direction {
                return None;
            }
            let message = self.message(frame.message()?)?;
            (message.first().id() == id && message.form() == MessageForm::Inflated)
                .then_some(message)
        })
    }

    pub(crate) fn inflating(&self, conn: ConnId, direction: Direction) -> Option<&Inflating> {
        self.sessions.get(conn.index())?.inflating(direction)
    }

    pub(crate) fn stream(&self, conn: ConnId, direction: Direction) -> Option<&Bytes> {
        Some(self.sessions.get(conn.index())?.bytes(direction))
    }
}
