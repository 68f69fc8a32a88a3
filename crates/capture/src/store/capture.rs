//! The store: connections, frames, messages, findings.

use std::collections::VecDeque;
use std::ops::{Range, RangeInclusive};

use super::bytes::{Bytes, Run};
use super::log::Log;
use super::loose::LooseBytes;
use super::rows;
use crate::content::inflate::Inflating;
use crate::session::handshake::Fault;
use crate::session::{Context, Kept, Session};
use crate::{
    ConnId, ConnRule, Connection, ConnectionInit, Direction, Dropped, End, Finding, FindingId,
    Frame, FrameId, Lane, Limits, Message, MessageForm, MessageId, Negotiated, Rule, Runs,
};

/// Everything captured so far. Bytes go in through [`open`](Self::open), [`push`](Self::push),
/// [`gap`](Self::gap) and [`end`](Self::end), or through an [`Importer`](crate::Importer); the index is up
/// to date after each.
#[derive(Debug, Default)]
pub struct Capture {
    pub(crate) log: Log,
    connections: Vec<Connection>,
    sessions: Vec<Session>,
    loose: LooseBytes,
    /// What connections take, all together.
    kept: Kept,
    is_full: bool,
}

/// Streams are taken in pieces of this length, so that limits are kept within a long chunk too.
const PIECE_LEN: usize = 64 * 1024;

impl Capture {
    /// An empty capture.
    pub fn new(limits: Limits) -> Self {
        let mut capture = Self::default();
        capture.set_limits(limits);
        capture
    }

    /// Changes the limits; takes effect with the next bytes.
    pub fn set_limits(&mut self, limits: Limits) {
        self.log.limits = limits;
        self.is_full = !limits.evicts && self.kept_len() > limits.max_kept_len;
    }

    /// What it may hold.
    pub fn limits(&self) -> Limits {
        self.log.limits
    }

    /// Whether it takes nothing more, for it holds all that [`Limits::max_kept_len`] allows and
    /// [`Limits::evicts`] isn't set. What it holds stays as it is.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    // What goes in.

    /// Adds a connection; `None` past [`Limits::max_connections`].
    pub fn open(&mut self, init: ConnectionInit) -> Option<ConnId> {
        let is_past = self.connections.len() >= self.log.limits.max_connections as usize;
        if is_past || self.log.is_crowded || self.is_full {
            self.log.dropped.connections += 1;
            return None;
        }
        let id = ConnId(self.connections.len() as u32);
        let mut conn = Connection {
            last_ns: init.opened_ns,
            init,
            handshake: None,
            negotiated: Negotiated::default(),
            first_ns: None,
            findings: [0; 3],
            lanes: [Lane::default(), Lane::default()],
            frames: VecDeque::new(),
            tails: Default::default(),
        };
        let (session, faults) = Session::new(&mut conn);
        for Fault { rule, direction, detail, .. } in faults {
            let finding = Finding {
                rule: Rule::Conn(rule),
                conn: id,
                direction: Some(direction),
                frame: None,
                offset: 0,
                len: 0,
                time_ns: conn.init.opened_ns,
                detail: detail.map(Into::into),
            };
            self.log.push_finding(&mut conn, finding);
        }
        rows::push(&mut self.sessions, session);
        rows::push(&mut self.connections, conn);
        self.count_kept(id);
        self.make_room();
        Some(id)
    }

    /// Takes the next bytes of one direction. An unknown connection's bytes are counted as dropped.
    pub fn push(&mut self, conn: ConnId, direction: Direction, bytes: &[u8], time_ns: u64) {
        let Some(session) = self.sessions.get(conn.index()) else {
            self.log.dropped.bytes += bytes.len() as u64;
            return;
        };
        if !session.is_in_frames(direction) {
            self.push_piece(conn, direction, bytes, time_ns);
            return;
        }
        for piece in bytes.chunks(PIECE_LEN) {
            self.push_piece(conn, direction, piece, time_ns);
        }
    }

    fn push_piece(&mut self, conn: ConnId, direction: Direction, bytes: &[u8], time_ns: u64) {
        let (is_full, is_crowded) = (self.is_full, self.log.is_crowded);
        let Some((session, context)) = self.parts(conn, direction, time_ns) else { return };
        // There is no place for more heads.
        if is_full || is_crowded && session.is_in_handshake() {
            self.log.dropped.bytes += bytes.len() as u64;
            return;
        }
        session.push(bytes, context);
        self.settle(conn);
    }

    /// Brings the counts up to date after something came.
    fn settle(&mut self, conn: ConnId) {
        self.queue_loose(conn);
        self.count_kept(conn);
        self.make_room();
    }

    fn count_kept(&mut self, id: ConnId) {
        let (Some(conn), Some(session)) =
            (self.connections.get(id.index()), self.sessions.get_mut(id.index()))
        else {
            return;
        };
        let before = session.kept;
        let now = session.count_kept(conn);
        self.kept.streams = self.kept.streams - before.streams + now.streams;
        self.kept.fixed = self.kept.fixed - before.fixed + now.fixed;
    }

    fn make_room(&mut self) {
        let limits = &self.log.limits;
        let fixed_len = self.kept.fixed + self.log.findings_len();
        let (max_len, evicts) = (limits.max_kept_len, limits.evicts);
        self.log.is_crowded = fixed_len > limits.max_fixed_len();
        if self.kept_len() > max_len {
            if evicts {
                self.evict();
            } else {
                self.is_full = true;
            }
        }
    }

    /// The next `len` bytes of one direction are missing.
    pub fn gap(&mut self, conn: ConnId, direction: Direction, len: u64, time_ns: u64) {
        // Beyond, it is no stream any more; and sums of lengths stay within 64 bits.
        const MAX_STREAM_LEN: u64 = 1 << 62;
        let stream_len = self.stream(conn, direction).map_or(0, Bytes::len);
        let len = len.min(MAX_STREAM_LEN.saturating_sub(stream_len));
        if len > 0
            && !self.is_full
            && let Some((session, context)) = self.parts(conn, direction, time_ns)
        {
            session.gap(len, context);
            self.settle(conn);
        }
    }

    /// Bytes of one direction are missing, about `len`: no frame's start is known after them.
    pub fn lose(&mut self, conn: ConnId, direction: Direction, len: u64, time_ns: u64) {
        self.gap(conn, direction, len, time_ns);
        if !self.is_full
            && let Some((session, context)) = self.parts(conn, direction, time_ns)
        {
            session.lose_boundary(context);
            self.settle(conn);
        }
    }

    /// One direction has ended.
    pub fn end(&mut self, conn: ConnId, direction: Direction, end: End, time_ns: u64) {
        // What wasn't taken is no fault of the stream's.
        let end = if self.is_full { End::CaptureEnded } else { end };
        if let Some((session, context)) = self.parts(conn, direction, time_ns) {
            session.end(end, context);
            self.settle(conn);
        }
    }

    /// The recorder says that a connection failed.
    pub(crate) fn recorder_error(&mut self, conn: ConnId, what: &str, time_ns: u64) {
        let Some(connection) = self.connections.get_mut(conn.index()) else { return };
        let finding = Finding {
            rule: Rule::Conn(ConnRule::RecorderError),
            conn,
            direction: None,
            frame: None,
            offset: 0,
            len: 0,
            time_ns,
            detail: Some(what.into()),
        };
        self.log.push_finding(connection, finding);
    }

    fn parts(
        &mut self,
        id: ConnId,
        direction: Direction,
        time_ns: u64,
    ) -> Option<(&mut Session, Context<'_>)> {
        let session = self.sessions.get_mut(id.index())?;
        let conn = self.connections.get_mut(id.index())?;
        conn.first_ns.get_or_insert(time_ns);
        conn.last_ns = conn.last_ns.max(time_ns);
        Some((session, Context { log: &mut self.log, conn, id, direction, time_ns }))
    }

    fn queue_loose(&mut self, id: ConnId) {
        if let Some(conn) = self.connections.get_mut(id.index()) {
            self.loose.queue(id, conn, &self.log.frame_ids());
        }
    }

    /// Evicts what is oldest, an eighth of the limit at once so that it is seldom.
    fn evict(&mut self) {
        let limit = self.log.limits.max_kept_len;
        let target = limit - limit / 8;
        while self.kept_len() > target && (self.evict_loose() || self.evict_frame()) {}
    }

    /// Evicts the oldest bytes that no frame covers, if they are older than all frames, or at least in no
    /// frame's way.
    fn evict_loose(&mut self) -> bool {
        let ids = self.log.frame_ids();
        let first = FrameId(ids.start);
        let only = self.frame(first).filter(|_| ids.len() == 1);
        let only = only.map(|frame| (frame.conn(), frame.direction(), frame.offset()));
        let Some(loose) = self.loose.pop_if(|loose| {
            loose.before <= first
                || only.is_some_and(|(conn, direction, offset)| {
                    (conn, direction) != (loose.conn, loose.direction) || loose.end <= offset
                })
        }) else {
            return false;
        };
        self.evict_bytes(loose.conn, loose.direction, loose.end);
        true
    }

    /// Evicts the oldest frame, whether or not the rest of it will come.
    fn evict_frame(&mut self) -> bool {
        let ids = self.log.frame_ids();
        // The newest frame stays, whatever its length, unless more than it came after it.
        let Some(frame) =
            self.frame(FrameId(ids.start)).filter(|_| ids.len() > 1 || !self.loose.is_empty())
        else {
            return false;
        };
        let (conn, direction, end) = (frame.conn(), frame.direction(), frame.range().end);
        self.log.pop_frame();
        self.log.pop_messages();
        if let Some(conn) = self.connections.get_mut(conn.index()) {
            conn.frames.pop_front();
            if conn.frames.len() < conn.frames.capacity() / 4 {
                conn.frames.shrink_to(2 * conn.frames.len());
            }
        }
        if let Some(session) = self.sessions.get_mut(conn.index()) {
            session.evict_messages(MessageId(self.log.message_ids().start));
        }
        self.evict_bytes(conn, direction, end);
        true
    }

    fn evict_bytes(&mut self, id: ConnId, direction: Direction, end: u64) {
        let (Some(conn), Some(session)) =
            (self.connections.get(id.index()), self.sessions.get_mut(id.index()))
        else {
            return;
        };
        // Without its head an exported connection would be none. It counts as part of the connection, which
        // holds the head's fields, too.
        let head = conn.handshake.as_ref().and_then(|handshake| handshake.head(direction));
        let head_end = head.map_or(0, |head| head.offset + head.len);
        let bytes = session.bytes_mut(direction);
        let lost_len = bytes.lost_len();
        let end = end.min(bytes.len());
        bytes.evict_before(end, head_end);
        self.log.dropped.bytes += bytes.lost_len() - lost_len;
        if let Some(conn) = self.connections.get_mut(id.index()) {
            conn.forget_before(direction, end);
        }
        self.count_kept(id);
    }

    // What is there.

    /// What [`Limits`] cost so far.
    pub fn dropped(&self) -> Dropped {
        self.log.dropped
    }

    /// The memory taken, which [`Limits::max_kept_len`] bounds.
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
