//! Finding records again where some are missing.

use super::handshake::FINISHED;
use super::lane::{ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE, Lost, Record, Secret};
use super::records::Step;
use super::{MAX_FAILED, TLS13, Tls, Unread};
use crate::Capture;
use crate::import::stream::side::{Carried, Side};

impl<F: Carried> Tls<F> {
    /// A record that should open and doesn't: early data, or something is missing that nobody noticed.
    pub(super) fn not_opened(
        &mut self,
        capture: &mut Capture,
        side: Side,
        record: Record,
        fragment: &[u8],
        time_ns: u64,
    ) -> Step {
        let is_client = Some(side) == self.client;
        let early_data = self.hello.as_ref().is_some_and(|hello| hello.early_data);
        let lane = &mut self.lanes[side as usize];
        if is_client && early_data && lane.opened == 0 {
            return Step::Taken;
        }
        lane.lost = Some(Lost { len: 0 });
        if self.find(capture, side, record, fragment, time_ns) {
            return Step::Taken;
        }
        let lane = &mut self.lanes[side as usize];
        lane.lost = None;
        lane.failed += 1;
        if lane.opened == 0 && lane.failed > MAX_FAILED {
            return Step::Unread(Unread::WrongKeys);
        }
        lane.sequence += 1;
        if lane.opened > 0 {
            self.inner.lose(capture, side, record.len as u64, time_ns);
        }
        Step::Taken
    }

    /// Whether this is a record, where none is known to start. If so, records are read again from there.
    pub(super) fn find(
        &mut self,
        capture: &mut Capture,
        side: Side,
        record: Record,
        fragment: &[u8],
        time_ns: u64,
    ) -> bool {
        let kind = record.outside.kind;
        let is_tls13 = self.server.as_ref().is_some_and(|server| server.version == TLS13);
        if self.lanes[side as usize].keys.is_none() {
            let is_plain = matches!(kind, CHANGE_CIPHER_SPEC | ALERT | HANDSHAKE);
            match (is_plain, is_tls13, &self.server) {
                (false, true, _) => {
                    self.handshake_keys(side);
                }
                // What tells that records are encrypted from here on is lost as well.
                (_, false, Some(_)) if kind != CHANGE_CIPHER_SPEC && fragment.len() > 64 => {
                    self.change_cipher(side);
                }
                _ => {
                    let lane = &mut self.lanes[side as usize];
                    // No server answers, no client asks in the middle of a message.
                    let is_start = fragment.first().is_some_and(|first| *first <= FINISHED);
                    if !(is_plain && is_start && !fragment.is_empty()) {
                        return false;
                    }
                    lane.lost = None;
                    let _ = self.take_record(capture, side, record, fragment, time_ns);
                    return true;
                }
            }
        }
        let mut plain = std::mem::take(&mut self.plain);
        let mut lane = std::mem::take(&mut self.lanes[side as usize]);
        let next = |secret: &Secret| match secret.of_handshake {
            true => self.tls13_secret(side, false),
            false => secret.updated(),
        };
        let found = lane.recover(record, fragment, next, &self.log, &mut plain);
        let lost_len = lane.lost.as_ref().map_or(0, |lost| lost.len);
        if found.is_some() {
            lane.lost = None;
        }
        self.lanes[side as usize] = lane;
        if let Some(found) = &found {
            match found.lost_len {
                Some(len) => self.inner.gap(capture, side, len, time_ns),
                None => self.inner.lose(capture, side, lost_len.max(1), time_ns),
            }
            // Nothing waits here: what a Finished wants is known, since the record did open.
            let _ = self.opened(capture, side, found.kind, &plain, time_ns);
        }
        self.plain = plain;
        found.is_some()
    }
}
