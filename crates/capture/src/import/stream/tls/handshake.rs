//! The handshake's messages: what they say of versions, suites and keys.

use super::hello::{ClientHello, ServerHello};
use super::lane::Keys;
use super::records::Step;
use super::suite::Suite;
use super::{TLS12, TLS13, Tls, Unread};
use crate::import::stream::side::{Carried, Side};

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
pub(super) const FINISHED: u8 = 20;
const KEY_UPDATE: u8 = 24;

impl<F: Carried> Tls<F> {
    /// What can't be read before the server has answered.
    pub(super) fn wait_for_server(&self) -> Step {
        match self.hello {
            Some(_) => Step::Waits,
            None => Step::Unread(Unread::NoHello),
        }
    }

    pub(super) fn handshake(&mut self, side: Side, piece: &[u8]) -> Step {
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
                    self.retried = true;
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
}
