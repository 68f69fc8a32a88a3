//! Opens single records.

use aes::cipher::array::Array;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use chacha20poly1305::ChaCha20Poly1305;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use sha2::{Sha256, Sha384};

use super::suite::{Bulk, Mac};

const TAG_LEN: usize = 16;
const BLOCK_LEN: usize = 16;
/// How much of its nonce each record has in TLS 1.2's GCM.
const EXPLICIT_NONCE_LEN: usize = 8;

/// A record without its content.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outside {
    pub(super) kind: u8,
    pub(super) version: [u8; 2],
}

/// One direction's keys.
pub(super) struct Cipher {
    key: Key,
    /// The part of nonces that is the same for all records.
    iv: [u8; 12],
    form: Form,
}

enum Key {
    Aes128Gcm(Box<Aes128Gcm>),
    Aes256Gcm(Box<Aes256Gcm>),
    ChaCha(Box<ChaCha20Poly1305>),
    Cbc { key: Box<[u8]>, mac: Mac, mac_key: Box<[u8]>, encrypt_then_mac: bool },
}

/// How nonces and additional data are made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Tls13,
    /// With part of the nonce in each record (RFC 5288 §3).
    Tls12Explicit,
    /// With the sequence number as nonce (RFC 7905 §2).
    Tls12Implicit,
}

impl Cipher {
    /// TLS 1.3's, with keys of the right lengths.
    pub(super) fn tls13(bulk: Bulk, key: &[u8], iv: &[u8]) -> Option<Self> {
        Some(Self { key: Key::aead(bulk, key)?, iv: iv.try_into().ok()?, form: Form::Tls13 })
    }

    /// TLS 1.2's.
    pub(super) fn tls12(
        bulk: Bulk,
        key: &[u8],
        fixed_iv: &[u8],
        mac_key: &[u8],
        encrypt_then_mac: bool,
    ) -> Option<Self> {
        let mut iv = [0; 12];
        iv.get_mut(..fixed_iv.len())?.copy_from_slice(fixed_iv);
        let key = match bulk.mac() {
            Some(mac) => {
                Key::Cbc { key: key.into(), mac, mac_key: mac_key.into(), encrypt_then_mac }
            }
            None => Key::aead(bulk, key)?,
        };
        let form = match bulk {
            Bulk::ChaCha20Poly1305 => Form::Tls12Implicit,
            _ => Form::Tls12Explicit,
        };
        Some(Self { key, iv, form })
    }

    /// How many bytes a fragment of `len` holds, if it isn't padded. CBC always pads: with it, these are the most.
    pub(super) fn plain_len(&self, len: usize) -> usize {
        let overhead = match (&self.key, self.form) {
            (Key::Cbc { mac, .. }, _) => BLOCK_LEN + mac.len() + 1,
            // The content's type is within.
            (_, Form::Tls13) => TAG_LEN + 1,
            (_, Form::Tls12Explicit) => EXPLICIT_NONCE_LEN + TAG_LEN,
            (_, Form::Tls12Implicit) => TAG_LEN,
        };
        len.saturating_sub(overhead)
    }

    /// Whether [`plain_len`](Self::plain_len) is exact.
    pub(super) fn knows_plain_len(&self) -> bool {
        !matches!(self.key, Key::Cbc { .. })
    }

    /// Decrypts a record's fragment into `out`, if it is authentic, and returns its content's type.
    pub(super) fn open(
        &self,
        sequence: u64,
        outside: Outside,
        fragment: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<u8> {
        out.clear();
        match &self.key {
            Key::Aes128Gcm(key) => self.open_aead(&**key, sequence, outside, fragment, out),
            Key::Aes256Gcm(key) => self.open_aead(&**key, sequence, outside, fragment, out),
            Key::ChaCha(key) => self.open_aead(&**key, sequence, outside, fragment, out),
            Key::Cbc { key, mac, mac_key, encrypt_then_mac } => {
                let cbc = Cbc { key, mac: *mac, mac_key };
                cbc.open(sequence, outside, fragment, *encrypt_then_mac, out)?;
                Some(outside.kind)
            }
        }
    }

    fn open_aead<A: AeadInOut>(
        &self,
        key: &A,
        sequence: u64,
        outside: Outside,
        fragment: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<u8> {
        let mut nonce = self.iv;
        let mut sealed = fragment;
        if self.form == Form::Tls12Explicit {
            let (explicit, rest) = fragment.split_at_checked(EXPLICIT_NONCE_LEN)?;
            nonce[4..].copy_from_slice(explicit);
            sealed = rest;
        } else {
            for (byte, by) in nonce[4..].iter_mut().zip(sequence.to_be_bytes()) {
                *byte ^= by;
            }
        }
        let (text, tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG_LEN)?)?;
        out.extend_from_slice(text);
        let nonce = nonce.as_slice().try_into().ok()?;
        let tag = tag.try_into().ok()?;
        let buffer = InOutBuf::from(out.as_mut_slice());
        if self.form == Form::Tls13 {
            let [major, minor] = outside.version;
            let [high, low] = (fragment.len() as u16).to_be_bytes();
            let aad = [outside.kind, major, minor, high, low];
            key.decrypt_inout_detached(nonce, &aad, buffer, tag).ok()?;
            // The content ends with its type, and zeros as padding (RFC 8446 §5.4).
            while let Some(byte) = out.pop() {
                if byte != 0 {
                    return Some(byte);
                }
            }
            return None;
        }
        let aad = additional_data(sequence, outside, text.len());
        key.decrypt_inout_detached(nonce, &aad, buffer, tag).ok()?;
        Some(outside.kind)
    }
}

impl Key {
    fn aead(bulk: Bulk, key: &[u8]) -> Option<Self> {
        Some(match bulk {
            Bulk::Aes128Gcm => Self::Aes128Gcm(Box::new(Aes128Gcm::new_from_slice(key).ok()?)),
            Bulk::Aes256Gcm => Self::Aes256Gcm(Box::new(Aes256Gcm::new_from_slice(key).ok()?)),
            Bulk::ChaCha20Poly1305 => {
                Self::ChaCha(Box::new(ChaCha20Poly1305::new_from_slice(key).ok()?))
            }
            Bulk::Aes128Cbc(_) | Bulk::Aes256Cbc(_) => return None,
        })
    }
}

/// What TLS 1.2 authenticates beside a record's content (RFC 5246 §6.2.3).
fn additional_data(sequence: u64, outside: Outside, len: usize) -> [u8; 13] {
    let mut data = [0; 13];
    data[..8].copy_from_slice(&sequence.to_be_bytes());
    data[8] = outside.kind;
    data[9..11].copy_from_slice(&outside.version);
    data[11..].copy_from_slice(&(len as u16).to_be_bytes());
    data
}

struct Cbc<'a> {
    key: &'a [u8],
    mac: Mac,
    mac_key: &'a [u8],
}

impl Cbc<'_> {
    fn open(
        &self,
        sequence: u64,
        outside: Outside,
        fragment: &[u8],
        encrypt_then_mac: bool,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let mac_len = self.mac.len();
        let mut sealed = fragment;
        if encrypt_then_mac {
            // RFC 7366 §3: the tag is over what was encrypted, and its vector.
            let (text, tag) = fragment.split_at_checked(fragment.len().checked_sub(mac_len)?)?;
            let head = additional_data(sequence, outside, text.len());
            self.verify(&[&head, text], tag)?;
            sealed = text;
        }
        let (iv, text) = sealed.split_at_checked(BLOCK_LEN)?;
        if text.is_empty() || text.len() % BLOCK_LEN != 0 {
            return None;
        }
        out.extend_from_slice(text);
        self.decrypt(iv, out)?;
        // Every byte of the padding is the padding's length.
        let padding = *out.last()?;
        let len = out.len().checked_sub(usize::from(padding) + 1)?;
        if out[len..].iter().any(|&byte| byte != padding) {
            return None;
        }
        out.truncate(len);
        if !encrypt_then_mac {
            let len = len.checked_sub(mac_len)?;
            let head = additional_data(sequence, outside, len);
            let (text, tag) = out.split_at(len);
            self.verify(&[&head, text], tag)?;
            out.truncate(len);
        }
        Some(())
    }

    fn decrypt(&self, iv: &[u8], text: &mut [u8]) -> Option<()> {
        let (blocks, []) = text.as_chunks_mut::<BLOCK_LEN>() else { return None };
        let blocks = Array::cast_slice_from_core_mut(blocks);
        macro_rules! run {
            ($aes:ty) => {
                cbc::Decryptor::<$aes>::new_from_slices(self.key, iv).ok()?.decrypt_blocks(blocks)
            };
        }
        match self.key.len() {
            16 => run!(aes::Aes128),
            _ => run!(aes::Aes256),
        }
        Some(())
    }

    fn verify(&self, parts: &[&[u8]], tag: &[u8]) -> Option<()> {
        macro_rules! run {
            ($digest:ty) => {{
                let mut mac = <Hmac<$digest> as KeyInit>::new_from_slice(self.mac_key).ok()?;
                parts.iter().for_each(|part| mac.update(part));
                mac.verify_slice(tag).ok()
            }};
        }
        match self.mac {
            Mac::Sha1 => run!(Sha1),
            Mac::Sha256 => run!(Sha256),
            Mac::Sha384 => run!(Sha384),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn nothing_opens_that_is_not_authentic() {
        let outside = Outside { kind: 23, version: [3, 3] };
        let mut out = Vec::new();
        let aead = [
            Cipher::tls13(Bulk::Aes128Gcm, &[1; 16], &[2; 12]).unwrap(),
            Cipher::tls12(Bulk::Aes256Gcm, &[1; 32], &[2; 4], &[], false).unwrap(),
            Cipher::tls12(Bulk::ChaCha20Poly1305, &[1; 32], &[2; 12], &[], false).unwrap(),
            Cipher::tls12(Bulk::Aes128Cbc(Mac::Sha1), &[1; 16], &[], &[3; 20], false).unwrap(),
            Cipher::tls12(Bulk::Aes256Cbc(Mac::Sha384), &[1; 32], &[], &[3; 48], true).unwrap(),
        ];
        for cipher in aead {
            for len in 0..200 {
                assert_eq!(cipher.open(0, outside, &vec![len as u8; len], &mut out), None);
            }
        }
    }
}
