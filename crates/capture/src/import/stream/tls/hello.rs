//! What the first messages of a TLS connection say (RFC 8446 §4.1, RFC 5246 §7.4.1). Only what decryption
//! needs is read, and only from complete messages.

use super::keylog::ClientRandom;

/// A server's random that makes its hello a request to try again (RFC 8446 §4.1.3).
const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

const SERVER_NAME: u16 = 0;
const ENCRYPT_THEN_MAC: u16 = 22;
const EARLY_DATA: u16 = 42;
const SUPPORTED_VERSIONS: u16 = 43;

/// A client's first message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClientHello {
    pub(super) random: ClientRandom,
    pub(super) server_name: Option<String>,
    /// Whether data may come before the handshake is over.
    pub(super) early_data: bool,
}

/// A server's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServerHello {
    pub(super) random: [u8; 32],
    pub(super) suite: u16,
    /// The version, as the extension of TLS 1.3 or the message itself says.
    pub(super) version: u16,
    pub(super) encrypt_then_mac: bool,
    pub(super) is_retry: bool,
}

/// A cursor over bytes that may end early.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self, len: usize) -> Option<usize> {
        Some(self.take(len)?.iter().fold(0, |number, &byte| number << 8 | usize::from(byte)))
    }

    /// What comes after its own length, which takes `len` bytes.
    fn vector(&mut self, len: usize) -> Option<Bytes<'a>> {
        let len = self.number(len)?;
        self.take(len).map(Bytes)
    }

    /// Extensions and what is in them.
    fn extensions(mut self) -> impl Iterator<Item = (u16, Bytes<'a>)> {
        let mut list = self.vector(2).unwrap_or(Bytes(&[]));
        std::iter::from_fn(move || Some((list.number(2)? as u16, list.vector(2)?)))
    }
}

impl ClientHello {
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let mut body = Bytes(body);
        body.take(2)?;
        let random = body.take(32)?.try_into().ok()?;
        body.vector(1)?;
        body.vector(2)?;
        body.vector(1)?;
        let mut hello = Self { random, server_name: None, early_data: false };
        for (extension, mut content) in body.extensions() {
            match extension {
                SERVER_NAME => hello.server_name = server_name(&mut content),
                EARLY_DATA => hello.early_data = true,
                _ => {}
            }
        }
        Some(hello)
    }
}

/// The host's name (RFC 6066 §3), without characters that can't be in one.
fn server_name(content: &mut Bytes<'_>) -> Option<String> {
    let mut list = content.vector(2)?;
    let kind = list.number(1)?;
    let name = String::from_utf8_lossy(list.vector(2)?.0).into_owned();
    let is_name = kind == 0 && name.len() <= 255 && name.chars().all(|c| c.is_ascii_graphic());
    is_name.then_some(name)
}

impl ServerHello {
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let mut body = Bytes(body);
        let version = body.number(2)? as u16;
        let random: [u8; 32] = body.take(32)?.try_into().ok()?;
        body.vector(1)?;
        let suite = body.number(2)? as u16;
        body.take(1)?;
        let is_retry = random == RETRY_RANDOM;
        let mut hello = Self { random, suite, version, encrypt_then_mac: false, is_retry };
        for (extension, mut content) in body.extensions() {
            match extension {
                SUPPORTED_VERSIONS => hello.version = content.number(2)? as u16,
                ENCRYPT_THEN_MAC => hello.encrypt_then_mac = true,
                _ => {}
            }
        }
        Some(hello)
    }
}
