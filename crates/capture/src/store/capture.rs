//! The store: connections, frames, messages, findings.

mod contents;
mod evict;

use std::collections::VecDeque;

use super::bytes::Bytes;
use super::log::Log;
use super::loose::LooseBytes;
use super::rows;
use crate::session::handshake::Fault;
use crate::session::{Context, Kept, Session};
use crate::{
    ConnId, ConnRule, Connection, ConnectionInit, Direction, End, Finding, Lane, Limits, Mark,
    Marked, Negotiated, Rule,
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
    /// The memory of all connections.
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

    /// Whether it takes nothing more, because it holds all that [`Limits::max_kept_len`] allows and
    /// [`Limits::evicts`] isn't set. What it holds stays as it is.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

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
            name: None,
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
        // No real stream is longer, and sums of lengths stay within 64 bits.
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

    /// The first message of a direction that begins at `at` or later, in bytes from the stream's start, may
    /// refer to the end of `text`, which was sent before. So compressed messages can be read from the
    /// middle of a connection. Call this before that message comes, and in order for each direction.
    pub fn give_window(&mut self, conn: ConnId, direction: Direction, at: u64, text: &[u8]) {
        if self.is_full || self.log.is_crowded {
            return;
        }
        if let Some(session) = self.sessions.get_mut(conn.index()) {
            session.give_window(direction, at, text);
            self.settle(conn);
        }
    }

    /// Says what the application calls a connection. An empty name takes that back.
    pub fn set_name(&mut self, conn: ConnId, name: &str) {
        if self.is_full || self.log.is_crowded {
            return;
        }
        if let Some(connection) = self.connections.get_mut(conn.index()) {
            connection.name = (!name.is_empty()).then(|| name.to_owned());
            self.settle(conn);
        }
    }

    /// Marks `len` bytes from `at` on, in bytes from the stream's start. Call this before they come, and in
    /// order for each direction.
    pub fn mark(&mut self, conn: ConnId, direction: Direction, at: u64, len: u64, mark: Mark) {
        if self.is_full || self.log.is_crowded {
            return;
        }
        let Some(connection) = self.connections.get_mut(conn.index()) else { return };
        let marks = &mut connection.lanes[direction.index()].marks;
        if marks.last().is_none_or(|last| last.offset + last.len <= at) {
            rows::push(marks, Marked { mark, offset: at, len: len.min(u64::MAX - at) });
            self.settle(conn);
        }
    }

    /// The windows of a direction that hold more than its bytes do: from where in the stream on, and the
    /// text.
    pub(crate) fn windows(
        &self,
        conn: ConnId,
        direction: Direction,
    ) -> impl Iterator<Item = (u64, &[u8])> {
        let session = self.sessions.get(conn.index());
        let is_cut = self.stream(conn, direction).is_some_and(|bytes| bytes.lost_len() > 0);
        let inflating = session.and_then(|session| session.inflating(direction));
        let restarts = inflating.map(|inflating| inflating.restarts()).unwrap_or_default();
        let known = restarts.iter().enumerate().filter_map(move |(index, restart)| {
            let is_told = restart.is_given || index == 0 && is_cut && !restart.history.is_empty();
            let message = self.message(restart.message).filter(|_| is_told)?;
            Some((message.first().offset(), &restart.history[..]))
        });
        known.chain(
            session.into_iter().flat_map(move |session| session.windows(direction).waiting()),
        )
    }

    /// One direction has ended.
    pub fn end(&mut self, conn: ConnId, direction: Direction, end: End, time_ns: u64) {
        // The stream isn't to blame for what the capture didn't take.
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
}
