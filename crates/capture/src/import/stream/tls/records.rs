//! Takes the records of both directions, as far as they can be read.

use super::lane::{
    ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEADER_LEN, Lost, Record,
};
use super::{TLS13, Tls, Unread};
use crate::Capture;
use crate::import::stream::side::{Carried, Side};

/// The most bytes of one direction that wait for secrets, or for the other side's messages.
pub(super) const MAX_WAITING_LEN: usize = 1 << 20;

/// What to do with a record.
pub(super) enum Step {
    Taken,
    /// It can't be read yet.
    Waits,
    /// It never can.
    Unread(Unread),
}

impl<F: Carried> Tls<F> {
    /// Takes what can be taken of both directions, since each may wait for the other.
    pub(super) fn run(&mut self, capture: &mut Capture, side: Side, time_ns: u64) {
        let mut side = side;
        let mut is_first = true;
        loop {
            let before = self.known();
            self.take_records(capture, side, time_ns);
            if self.given_up {
                self.release();
                return;
            }
            let is_news = before != self.known();
            side = side.other();
            let is_waiting = self.lanes[side as usize].waiting_len > 0;
            if !(is_waiting && (is_first || is_news)) {
                return;
            }
            is_first = false;
        }
    }

    /// What one side has sent that the other's records may wait for.
    fn known(&self) -> [bool; 3] {
        [self.hello.is_some(), self.retried, self.server.is_some()]
    }

    pub(super) fn take_records(&mut self, capture: &mut Capture, side: Side, time_ns: u64) {
        let buffer = std::mem::take(&mut self.lanes[side as usize].buffer);
        let mut at = 0;
        let mut waits = false;
        while at < buffer.len() {
            let rest = &buffer[at..];
            if rest.len() < HEADER_LEN {
                break;
            }
            let is_lost = self.lanes[side as usize].lost.is_some();
            let Some(record) = Record::parse(rest) else {
                // No record where one should be: one may start at the next byte.
                let lane = &mut self.lanes[side as usize];
                lane.lost.get_or_insert(Lost { len: 0 }).len += 1;
                at += 1;
                continue;
            };
            let Some(fragment) = rest.get(HEADER_LEN..record.end()) else { break };
            if is_lost && !self.find(capture, side, record, fragment, time_ns) {
                if let Some(lost) = &mut self.lanes[side as usize].lost {
                    lost.len += 1;
                }
                at += 1;
                continue;
            }
            if is_lost {
                at += record.end();
                continue;
            }
            match self.take_record(capture, side, record, fragment, time_ns) {
                Step::Taken => at += record.end(),
                Step::Waits => {
                    waits = true;
                    break;
                }
                Step::Unread(why) => {
                    self.unread.get_or_insert(why);
                    self.given_up = true;
                    break;
                }
            }
        }
        let lane = &mut self.lanes[side as usize];
        lane.buffer = buffer;
        lane.buffer.drain(..at);
        if waits {
            self.hold(side);
        } else {
            self.log.wait_no_more(std::mem::take(&mut lane.waiting_len));
        }
    }

    /// Counts what waits, and gives up if it is too much.
    pub(super) fn hold(&mut self, side: Side) {
        let lane = &mut self.lanes[side as usize];
        let more = lane.buffer.len().saturating_sub(lane.waiting_len);
        if lane.buffer.len() > MAX_WAITING_LEN || !self.log.wait(more) {
            self.unread = Some(self.why_unread());
            self.given_up = true;
            self.release();
        } else {
            lane.waiting_len += more;
        }
    }

    /// Uncounts what waits.
    pub(super) fn release(&mut self) {
        for lane in &mut self.lanes {
            self.log.wait_no_more(std::mem::take(&mut lane.waiting_len));
            lane.forget();
        }
        self.plain = Vec::new();
    }

    pub(super) fn take_record(
        &mut self,
        capture: &mut Capture,
        side: Side,
        record: Record,
        fragment: &[u8],
        time_ns: u64,
    ) -> Step {
        let is_tls13 = self.server.as_ref().is_some_and(|server| server.version == TLS13);
        let has_keys = self.lanes[side as usize].keys.is_some();
        match record.outside.kind {
            // TLS 1.3 sends it only for compatibility (RFC 8446 §D.4). Before the server's answer it says nothing.
            CHANGE_CIPHER_SPEC if is_tls13 => Step::Taken,
            CHANGE_CIPHER_SPEC => match &self.server {
                None if self.retried => Step::Taken,
                None if self.hello.as_ref().is_some_and(|hello| hello.early_data) => Step::Taken,
                None => self.wait_for_server(),
                Some(_) => self.change_cipher(side),
            },
            HANDSHAKE | ALERT if is_tls13 && has_keys => Step::Taken,
            HANDSHAKE if !has_keys => self.handshake(side, fragment),
            ALERT if !has_keys => Step::Taken,
            _ if has_keys => self.open(capture, side, record, fragment, time_ns),
            APPLICATION_DATA if is_tls13 => match self.handshake_keys(side) {
                Step::Taken => self.open(capture, side, record, fragment, time_ns),
                step => step,
            },
            APPLICATION_DATA if self.server.is_some() => Step::Unread(self.why_unread()),
            APPLICATION_DATA => self.wait_for_server(),
            _ => Step::Taken,
        }
    }

    fn open(
        &mut self,
        capture: &mut Capture,
        side: Side,
        record: Record,
        fragment: &[u8],
        time_ns: u64,
    ) -> Step {
        let mut plain = std::mem::take(&mut self.plain);
        let lane = &mut self.lanes[side as usize];
        let kind = lane
            .keys
            .as_ref()
            .and_then(|keys| keys.cipher.open(lane.sequence, record.outside, fragment, &mut plain));
        let step = match kind {
            Some(kind) => {
                lane.sequence += 1;
                self.opened(capture, side, kind, &plain, time_ns)
            }
            None => self.not_opened(capture, side, record, fragment, time_ns),
        };
        self.plain = plain;
        step
    }

    pub(super) fn opened(
        &mut self,
        capture: &mut Capture,
        side: Side,
        kind: u8,
        plain: &[u8],
        time_ns: u64,
    ) -> Step {
        let lane = &mut self.lanes[side as usize];
        lane.opened += 1;
        match kind {
            APPLICATION_DATA => self.inner.data(capture, side, plain, time_ns),
            HANDSHAKE => return self.handshake(side, plain),
            _ => {}
        }
        Step::Taken
    }
}
