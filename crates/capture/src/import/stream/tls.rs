//! TLS 1.2 and 1.3 with known secrets: records become the streams that they carry (RFC 5246, RFC 8446).

mod cipher;
mod derive;
mod find;
mod handshake;
mod hello;
mod keylog;
mod keys;
mod lane;
mod records;
mod suite;

pub(crate) use keylog::KeyLog;

use super::side::{Carried, Side};
use crate::{Capture, End};
use hello::{ClientHello, ServerHello};
use lane::Lane;
use suite::Suite;

const TLS12: u16 = 0x0303;
const TLS13: u16 = 0x0304;

/// After this many records that don't open, and none that does, the secrets are wrong.
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

/// An encrypted connection.
pub(in crate::import) struct Tls<F> {
    log: KeyLog,
    /// The log's generation when secrets were looked for and not found.
    looked_up: Option<u64>,
    client: Option<Side>,
    hello: Option<ClientHello>,
    /// The server asked for another hello (RFC 8446 §4.1.4).
    retried: bool,
    server: Option<ServerHello>,
    lanes: [Lane; 2],
    /// What it carries.
    pub(in crate::import) inner: Box<F>,
    unread: Option<Unread>,
    /// It needs nothing more.
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
            retried: false,
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

    /// Who connected, if known.
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

    /// Whether it needs nothing more.
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
}

#[cfg(test)]
mod tests {
    use super::lane::{Keys, Record, Secret};
    use super::records::{MAX_WAITING_LEN, Step};
    use super::suite::Suite;
    use super::*;
    use crate::import::stream::flow::Flow;
    use crate::{Clock, Limits};

    fn tls() -> Tls<Flow> {
        Tls::new(KeyLog::default(), Flow::new(None, Clock::Unix, 0))
    }

    #[test]
    fn what_waits_for_keys_is_bounded() {
        for (len, expected) in [(MAX_WAITING_LEN, false), (MAX_WAITING_LEN + 1, true)] {
            let mut tls = tls();
            tls.lanes[0].buffer = vec![0; len];
            tls.hold(Side::A);
            assert_eq!(tls.given_up, expected);
        }
    }

    #[test]
    fn keys_that_open_nothing_are_wrong() {
        let (mut tls, mut capture) = (tls(), Capture::new(Limits::default()));
        let suite = Suite::of(0x1301).expect("TLS_AES_128_GCM_SHA256");
        let secret = Secret { suite, secret: vec![7; 32].into(), of_handshake: false };
        tls.lanes[0].use_keys(Keys::of(secret).expect("it has keys"));
        let record = Record::parse(&[23, 3, 3, 0, 17]).expect("a header");
        let mut tries = 0;
        while let Step::Taken = tls.not_opened(&mut capture, Side::A, record, &[0; 17], 0) {
            tries += 1;
            assert!(tries < 1000, "still tried");
        }
        assert_eq!(tries, MAX_FAILED);
    }
}
