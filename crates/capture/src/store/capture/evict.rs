//! Makes room: the oldest goes first.

use super::Capture;
use crate::{ConnId, Direction, FrameId, MessageId};

impl Capture {
    /// Evicts what is oldest, an eighth of the limit at once so that it is seldom.
    pub(super) fn evict(&mut self) {
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
        // The newest frame stays, whatever its length, unless more than its length came after it.
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
}
