//! TLS 1.2 and 1.3 with known secrets: records become the streams that they carry (RFC 5246, RFC 8446).

mod cipher;
mod derive;
mod find;
mod hello;
mod keylog;
mod keys;
mod lane;
mod suite;

pub(crate) use keylog::KeyLog;

use super::side::{Carried, Side};
use crate::{Capture, End};
use hello::{ClientHello, ServerHello};
use lane::{
    ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEADER_LEN, Keys, Lane, Lost, Record,
};
use suite::Suite;

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const FINISHED: u8 = 20;
const KEY_UPDATE: u8 = 24;

const TLS12: u16 = 0x0303;
const TLS13: u16 = 0x0304;

/// The most bytes of one direction that wait: for secrets, or for what the other side says.
const MAX_WAITING_LEN: usize = 1 << 20;
/// After so many records that don't open, and none that does, the secrets are wrong.
const MAX_FAILED: u64 = 16;

/// Why a connection can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::import) enum Unread {
    /// No secret is known.
    NoKeys,
    /// Its first messages weren't captured.
    NoHello,
    /// A version before 1.2, or a later one.
    Version(u16),
    /// A cipher suite that isn't known.
    Suite(u16),
    /// Secrets are known, but nothing opens with them.
    WrongKeys,
}

/// What is to be done with a record.
enum Step {
    Taken,
    /// It can't be read yet.
    Waits,
    /// It never can.
    Unread(Unread),
}

/// An encrypted connection.
pub(in crate::import) struct Tls<F> {
    log: KeyLog,
    /// The log's generation when secrets were looked for in vain.
    looked_up: Option<u64>,
    client: Option<Side>,
    hello: Option<ClientHello>,
    server: Option<ServerHello>,
    lanes: [Lane; 2],
    /// What it carries.
    pub(in crate::import) inner: Box<F>,
    unread: Option<Unread>,
    /// Nothing more is expected of it.
    given_up: bool,
    plain: Vec<u8>,
}

impl<F> std::fmt::Debug for Tls<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("client", &self.client).field("unread", &self.unread).finish()
    }
}

impl<F: Carried> Tls<F> {
    /// A connection from its first byte on.
    pub(in crate::import) fn new(log: KeyLog, inner: F) -> Self {
        Self {
            log,
            looked_up: None,
            client: None,
            hello: None,
            server: None,
            lanes: [Lane::default(), Lane::default()],
            inner: Box::new(inner),
            unread: None,
            given_up: false,
            plain: Vec::new(),
        }
    }

    /// The name that the client asked for.
    pub(in crate::import) fn server_name(&self) -> Option<&str> {
        self.hello.as_ref()?.server_name.as_deref()
    }

    /// Who connected, as far as it is known.
    pub(in crate::import) fn client(&self) -> Option<Side> {
        self.client
    }

    /// Why nothing of it was read, if so.
    pub(in crate::import) fn unread(&self) -> Option<Unread> {
        self.unread.filter(|_| self.lanes.iter().all(|lane| lane.opened == 0))
    }

    /// Records that should have opened and didn't.
    pub(in crate::import) fn failed(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.failed).sum()
    }

    /// The memory it takes, with what it carries.
    pub(in crate::import) fn kept_len(&self) -> usize {
        let lanes: usize = self.lanes.iter().map(Lane::kept_len).sum();
        let name = self.server_name().map_or(0, str::len);
        size_of::<Self>() + lanes + name + self.plain.capacity() + self.inner.total_len()
    }

    /// Whether nothing more is expected of it.
    pub(in crate::import) fn is_idle(&self) -> bool {
        self.given_up || self.inner.is_other()
    }

    pub(in crate::import) fn data(
        &mut self,
        capture: &mut Capture,
        side: Side,
        bytes: &[u8],
        time_ns: u64,
    ) {
        if self.given_up {
            return;
        }
        let lane = &mut self.lanes[side as usize];
        let skipped = lane.skip.min(bytes.len());
        lane.skip -= skipped;
        lane.buffer.extend_from_slice(&bytes[skipped..]);
        if self.looked_up == Some(self.log.generation()) {
            self.hold(side);
            return;
        }
        self.looked_up = None;
        self.run(capture, side, time_ns);
    }

    pub(in crate::import) fn gap(
        &mut self,
        capture: &mut Capture,
        side: Side,
        len: u64,
        time_ns: u64,
    ) {
        let lane = &mut self.lanes[side as usize];
        if self.given_up {
            return;
        }
        let plain_len = lane.gap(len);
        if lane.lost.is_none()
            && let Some(len) = plain_len
        {
            let keys = self.lanes[side as usize].keys.as_ref();
            if keys.is_some_and(|keys| keys.cipher.knows_plain_len()) {
                self.inner.gap(capture, side, len, time_ns);
            } else {
                self.inner.lose(capture, side, len, time_ns);
            }
        }
    }

    pub(in crate::import) fn end(
        &mut self,
        capture: &mut Capture,
        side: Side,
        end: End,
        time_ns: u64,
    ) {
        if self.lanes[side as usize].ended {
            return;
        }
        let lane = &mut self.lanes[side as usize];
        lane.ended = true;
        if lane.lost.take().is_some_and(|_| lane.opened > 0) {
            self.inner.lose(capture, side, 1, time_ns);
        }
        if self.looked_up.is_some_and(|generation| generation != self.log.generation()) {
            // Secrets came after what they open.
            self.looked_up = None;
            self.run(capture, side, time_ns);
        }
        if self.lanes.iter().all(|lane| lane.ended) {
            self.release();
            if self.unread.is_none() && self.lanes.iter().all(|lane| lane.opened == 0) {
                self.unread = Some(self.why_unread());
            }
        }
        self.inner.end(capture, side, end, time_ns);
    }

    fn why_unread(&self) -> Unread {
        match (&self.hello, &self.server) {
            (Some(_), Some(server)) => match (server.version, Suite::of(server.suite)) {
                (TLS12 | TLS13, None) => Unread::Suite(server.suite),
                (TLS12 | TLS13, Some(_)) if self.failed() > 0 => Unread::WrongKeys,
                (TLS12 | TLS13, Some(_)) => Unread::NoKeys,
                (version, _) => Unread::Version(version),
            },
            _ => Unread::NoHello,
        }
    }

    /// Takes what can be taken of both directions, since one may wait for the other.
    fn run(&mut self, capture: &mut Capture, side: Side, time_ns: u64) {
        let mut side = side;
        let mut is_first = true;
        loop {
            let before = (self.server.is_some(), self.hello.is_some());
            self.take_records(capture, side, time_ns);
            if self.given_up {
                self.release();
                return;
            }
            let is_news = before != (self.server.is_some(), self.hello.is_some());
            side = side.other();
            let is_waiting = self.lanes[side as usize].waiting_len > 0;
            if !(is_waiting && (is_first || is_news)) {
                return;
            }
            is_first = false;
        }
    }

    fn take_records(&mut self, capture: &mut Capture, side: Side, time_ns: u64) {
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

    /// Counts what waits, and gives up where it is too much.
    fn hold(&mut self, side: Side) {
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

    /// Gives back what waits.
    fn release(&mut self) {
        for lane in &mut self.lanes {
            self.log.wait_no_more(std::mem::take(&mut lane.waiting_len));
            lane.forget();
        }
        self.plain = Vec::new();
    }

    fn take_record(
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
            // TLS 1.3 has it for show (RFC 8446 §D.4), and it says nothing before the server has answered.
            CHANGE_CIPHER_SPEC if is_tls13 => Step::Taken,
            CHANGE_CIPHER_SPEC => match &self.server {
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

    /// What can't be read before the server has answered.
    fn wait_for_server(&self) -> Step {
        match self.hello {
            Some(_) => Step::Waits,
            None => Step::Unread(Unread::NoHello),
        }
    }

    fn handshake(&mut self, side: Side, piece: &[u8]) -> Step {
        for (kind, body) in self.lanes[side as usize].messages(piece) {
            let step = self.message(side, kind, &body);
            if !matches!(step, Step::Taken) {
                return step;
            }
        }
        Step::Taken
    }

    fn message(&mut self, side: Side, kind: u8, body: &[u8]) -> Step {
        match kind {
            CLIENT_HELLO => {
                if let Some(hello) = ClientHello::parse(body) {
                    self.client = Some(side);
                    self.hello = Some(hello);
                    // Another handshake within the connection starts over.
                    self.server = None;
                }
            }
            SERVER_HELLO => {
                let Some(server) = ServerHello::parse(body) else { return Step::Taken };
                self.client = Some(side.other());
                if self.hello.is_none() {
                    return Step::Unread(Unread::NoHello);
                }
                if server.is_retry {
                    return Step::Taken;
                }
                if !matches!(server.version, TLS12 | TLS13) {
                    return Step::Unread(Unread::Version(server.version));
                }
                if Suite::of(server.suite).is_none() {
                    return Step::Unread(Unread::Suite(server.suite));
                }
                self.server = Some(server);
                self.inner.opened_by(side.other());
            }
            FINISHED => return self.traffic_keys(side),
            KEY_UPDATE => {
                let keys = &self.lanes[side as usize].keys;
                let secret = keys.as_ref().and_then(|keys| keys.secret.as_ref()?.updated());
                if let Some(keys) = secret.and_then(Keys::of) {
                    self.lanes[side as usize].use_keys(keys);
                }
            }
            _ => {}
        }
        Step::Taken
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

    fn opened(
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
