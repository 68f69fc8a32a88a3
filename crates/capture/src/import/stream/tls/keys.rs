//! Which keys are in use, from the secrets that are known.

use super::cipher::Cipher;
use super::derive::prf;
use super::keylog::Label;
use super::lane::{Keys, Secret};
use super::records::Step;
use super::suite::Suite;
use super::{Tls, Unread};
use crate::import::stream::side::{Carried, Side};

impl<F: Carried> Tls<F> {
    pub(super) fn suite(&self) -> Option<Suite> {
        Suite::of(self.server.as_ref()?.suite)
    }

    /// A secret of this direction, or of the connection.
    pub(super) fn secret(&self, label: Label) -> Option<Box<[u8]>> {
        self.log.get(&self.hello.as_ref()?.random, label)
    }

    /// Records must wait for secrets that may still come.
    pub(super) fn wait_for_keys(&mut self) -> Step {
        self.looked_up = Some(self.log.generation());
        Step::Waits
    }

    pub(super) fn change_cipher(&mut self, side: Side) -> Step {
        let Some(master) = self.secret(Label::Master) else { return self.wait_for_keys() };
        match self.tls12_keys(side, &master) {
            Some(keys) => self.lanes[side as usize].use_keys(keys),
            None => return Step::Unread(Unread::WrongKeys),
        }
        Step::Taken
    }

    /// The keys of one direction (RFC 5246 §6.3).
    pub(super) fn tls12_keys(&self, side: Side, master: &[u8]) -> Option<Keys> {
        let (suite, server) = (self.suite()?, self.server.as_ref()?);
        let Suite { bulk, hash } = suite;
        let (mac_len, key_len, iv_len) =
            (bulk.mac().map_or(0, |mac| mac.len()), bulk.key_len(), bulk.fixed_iv_len());
        let seed = [server.random, self.hello.as_ref()?.random].concat();
        let block = prf(hash, master, b"key expansion", &seed, 2 * (mac_len + key_len + iv_len));
        let index = usize::from(Some(side) != self.client);
        let part = |start: usize, len: usize| block.get(start + index * len..)?.get(..len);
        let cipher = Cipher::tls12(
            bulk,
            part(2 * mac_len, key_len)?,
            part(2 * (mac_len + key_len), iv_len)?,
            part(0, mac_len)?,
            server.encrypt_then_mac,
        )?;
        Some(Keys { cipher, secret: None })
    }

    pub(super) fn tls13_secret(&self, side: Side, of_handshake: bool) -> Option<Secret> {
        let label = match (Some(side) == self.client, of_handshake) {
            (true, true) => Label::ClientHandshake,
            (true, false) => Label::ClientTraffic,
            (false, true) => Label::ServerHandshake,
            (false, false) => Label::ServerTraffic,
        };
        Some(Secret { suite: self.suite()?, secret: self.secret(label)?, of_handshake })
    }

    pub(super) fn handshake_keys(&mut self, side: Side) -> Step {
        let Some(secret) = self.tls13_secret(side, true) else { return self.wait_for_keys() };
        match Keys::of(secret) {
            Some(keys) => self.lanes[side as usize].use_keys(keys),
            None => return Step::Unread(Unread::WrongKeys),
        }
        Step::Taken
    }

    /// In TLS 1.3, what comes after Finished has keys of its own.
    pub(super) fn traffic_keys(&mut self, side: Side) -> Step {
        let keys = &self.lanes[side as usize].keys;
        let in_handshake = keys.as_ref().and_then(|keys| keys.secret.as_ref());
        if !in_handshake.is_some_and(|secret| secret.of_handshake) {
            return Step::Taken;
        }
        match self.tls13_secret(side, false).and_then(Keys::of) {
            Some(keys) => self.lanes[side as usize].use_keys(keys),
            None => return Step::Unread(Unread::NoKeys),
        }
        Step::Taken
    }
}
