//! One direction of a TLS connection: records, handshake messages, and which keys are in use.

use super::cipher::{Cipher, Outside};
use super::derive::expand_label;
use super::keylog::KeyLog;
use super::suite::Suite;

pub(super) const HEADER_LEN: usize = 5;
/// The longest fragment of a record (RFC 5246 §6.2.3).
const MAX_FRAGMENT_LEN: usize = (1 << 14) + 2048;
/// The shortest record that holds anything encrypted.
const MIN_SEALED_LEN: u64 = HEADER_LEN as u64 + 17;
/// The most records that are believed to be lost in one gap.
const MAX_LOST_RECORDS: u64 = 1 << 16;
/// The longest handshake message that is read.
const MAX_MESSAGE_LEN: usize = 1 << 18;
/// The most secrets tried after a gap: each update of keys makes one.
const MAX_UPDATES: usize = 2;

pub(super) const CHANGE_CIPHER_SPEC: u8 = 20;
pub(super) const ALERT: u8 = 21;
pub(super) const HANDSHAKE: u8 = 22;
pub(super) const APPLICATION_DATA: u8 = 23;
const HEARTBEAT: u8 = 24;

/// A record's place in a buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) outside: Outside,
    pub(super) len: usize,
}

impl Record {
    /// The record whose header `bytes` start with.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let &[kind, major, minor, high, low] = bytes.first_chunk()?;
        let len = usize::from(u16::from_be_bytes([high, low]));
        let is_known = (CHANGE_CIPHER_SPEC..=HEARTBEAT).contains(&kind) && major == 3 && minor <= 4;
        let outside = Outside { kind, version: [major, minor] };
        (is_known && len <= MAX_FRAGMENT_LEN).then_some(Self { outside, len })
    }

    pub(super) fn end(self) -> usize {
        HEADER_LEN + self.len
    }
}

/// A secret of TLS 1.3, from which keys follow, and the next secret.
#[derive(Clone)]
pub(super) struct Secret {
    pub(super) suite: Suite,
    pub(super) secret: Box<[u8]>,
    /// Whether it is the handshake's secret.
    pub(super) of_handshake: bool,
}

impl Secret {
    pub(super) fn cipher(&self) -> Option<Cipher> {
        let Suite { bulk, hash } = self.suite;
        let key = expand_label(hash, &self.secret, "key", bulk.key_len())?;
        let iv = expand_label(hash, &self.secret, "iv", 12)?;
        Cipher::tls13(bulk, &key, &iv)
    }

    /// The secret after an update (RFC 8446 §7.2).
    pub(super) fn updated(&self) -> Option<Self> {
        let secret = expand_label(self.suite.hash, &self.secret, "traffic upd", self.secret.len())?;
        Some(Self { secret: secret.into(), ..self.clone() })
    }
}

/// What records are opened with.
pub(super) struct Keys {
    pub(super) cipher: Cipher,
    /// `None` for TLS 1.2, whose keys stay.
    pub(super) secret: Option<Secret>,
}

impl Keys {
    pub(super) fn of(secret: Secret) -> Option<Self> {
        Some(Self { cipher: secret.cipher()?, secret: Some(secret) })
    }
}

/// Set while no record's start is known.
#[derive(Debug)]
pub(super) struct Lost {
    /// Bytes since the last record that was read, missing or not.
    pub(super) len: u64,
}

#[derive(Default)]
pub(super) struct Lane {
    /// Bytes that came and are not taken yet.
    pub(super) buffer: Vec<u8>,
    /// How many of them are counted as waiting.
    pub(super) waiting_len: usize,
    /// A handshake message under way.
    message: Vec<u8>,
    pub(super) keys: Option<Keys>,
    /// The sequence number of the next record.
    pub(super) sequence: u64,
    pub(super) lost: Option<Lost>,
    /// How much is still to come of a record that lacks bytes.
    pub(super) skip: usize,
    pub(super) opened: u64,
    pub(super) failed: u64,
    pub(super) ended: bool,
}

/// A record opened after a gap.
pub(super) struct Recovered {
    pub(super) kind: u8,
    /// How many bytes the lost records held; `None` where that can't be told.
    pub(super) lost_len: Option<u64>,
}

impl Lane {
    /// The memory it takes beside its own struct.
    pub(super) fn kept_len(&self) -> usize {
        let secret = self.keys.as_ref().and_then(|keys| keys.secret.as_ref());
        self.buffer.capacity() + self.message.capacity() + secret.map_or(0, |own| own.secret.len())
    }

    /// Forgets what is under way.
    pub(super) fn forget(&mut self) {
        self.buffer = Vec::new();
        self.message = Vec::new();
    }

    pub(super) fn use_keys(&mut self, keys: Keys) {
        self.keys = Some(keys);
        self.sequence = 0;
    }

    /// Takes a piece of handshake messages, and returns those that are complete.
    pub(super) fn messages(&mut self, piece: &[u8]) -> Vec<(u8, Vec<u8>)> {
        self.message.extend_from_slice(piece);
        let mut messages = Vec::new();
        let mut at = 0;
        while let Some(&[kind, a, b, c]) = self.message[at..].first_chunk() {
            let len = u32::from_be_bytes([0, a, b, c]) as usize;
            if len > MAX_MESSAGE_LEN {
                self.message.clear();
                return messages;
            }
            let Some(body) = self.message.get(at + 4..at + 4 + len) else { break };
            messages.push((kind, body.to_vec()));
            at += 4 + len;
        }
        self.message.drain(..at);
        messages
    }

    /// `len` bytes are missing. Returns the length of what the record under way would have held, if it alone
    /// is lost.
    pub(super) fn gap(&mut self, len: u64) -> Option<u64> {
        self.message = Vec::new();
        if let Some(lost) = &mut self.lost {
            lost.len += self.buffer.len() as u64 + len;
            self.buffer.clear();
            return None;
        }
        let have = self.buffer.len();
        let rest = match (self.skip, Record::parse(&self.buffer)) {
            (0, Some(record)) if record.end() >= have => Some(record.end() - have),
            (0, _) => None,
            (skip, _) => Some(skip),
        };
        let was_skipping = self.skip > 0;
        let record_len = if was_skipping { None } else { Record::parse(&self.buffer) };
        let record_len = record_len.map(|record| record.len);
        match rest.map(|rest| rest as u64) {
            Some(rest) if len <= rest => {
                self.skip = (rest - len) as usize;
                self.buffer.clear();
                if was_skipping {
                    return None;
                }
                if self.keys.is_some() {
                    self.sequence += 1;
                }
                let plain_len = |keys: &Keys, len| keys.cipher.plain_len(len) as u64;
                self.keys.as_ref().zip(record_len).map(|(keys, len)| plain_len(keys, len))
            }
            _ => {
                // A record that was under way already counts as lost.
                self.lost = Some(Lost { len: (have as u64 + len) - self.skip as u64 });
                self.skip = 0;
                self.buffer.clear();
                None
            }
        }
    }

    /// Opens the record at the start of `record`, which follows lost ones. How many were lost, and whether
    /// keys changed among them, is found by trying.
    pub(super) fn recover(
        &mut self,
        record: Record,
        fragment: &[u8],
        next: impl Fn(&Secret) -> Option<Secret>,
        log: &KeyLog,
        out: &mut Vec<u8>,
    ) -> Option<Recovered> {
        let lost_len = self.lost.as_ref().map_or(0, |lost| lost.len);
        let max = (lost_len / MIN_SEALED_LEN + 1).min(MAX_LOST_RECORDS);
        let keys = self.keys.as_ref()?;
        let tries = |cipher: &Cipher, first: u64, out: &mut Vec<u8>| {
            (first..=first + max).find_map(|sequence| {
                log.try_opening(fragment.len())
                    .then(|| cipher.open(sequence, record.outside, fragment, out))
                    .flatten()
                    .map(|kind| (kind, sequence))
            })
        };
        if let Some((kind, sequence)) = tries(&keys.cipher, self.sequence, out) {
            let lost = sequence - self.sequence;
            let overhead = HEADER_LEN as u64 + (1 << 14) - keys.cipher.plain_len(1 << 14) as u64;
            let lost_len = lost_len.checked_sub(lost * overhead);
            let lost_len = lost_len.filter(|_| keys.cipher.knows_plain_len());
            self.sequence = sequence + 1;
            return Some(Recovered { kind, lost_len });
        }
        let mut secret = keys.secret.clone();
        for _ in 0..MAX_UPDATES {
            secret = secret.as_ref().and_then(&next);
            let keys = secret.clone().and_then(Keys::of)?;
            if let Some((kind, sequence)) = tries(&keys.cipher, 0, out) {
                self.use_keys(keys);
                self.sequence = sequence + 1;
                return Some(Recovered { kind, lost_len: None });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        let suite = Suite::of(0x1301).expect("TLS_AES_128_GCM_SHA256");
        Secret { suite, secret: vec![7; 32].into(), of_handshake: false }
    }

    #[test]
    fn records_and_messages_have_a_longest_length() {
        let record = |len: u16| Record::parse(&[&[23, 3, 3][..], &len.to_be_bytes()].concat());
        assert!(record((1 << 14) + 2048).is_some());
        assert!(record((1 << 14) + 2049).is_none());

        let mut lane = Lane::default();
        assert_eq!(lane.messages(&[1, 4, 0, 0]), []);
        assert_eq!(lane.message.len(), 4);
        lane.forget();
        assert_eq!(lane.messages(&[1, 4, 0, 1]), []);
        assert_eq!(lane.message.len(), 0);
    }

    #[test]
    fn lost_records_are_believed_up_to_a_number() {
        let log = KeyLog::default();
        let mut lane = Lane { lost: Some(Lost { len: 1 << 40 }), ..Lane::default() };
        lane.use_keys(Keys::of(secret()).expect("it has keys"));
        let record = Record::parse(&[23, 3, 3, 0, 17]).expect("a header");
        let mut updates = 0;
        let next = |_: &Secret| None::<Secret>;
        let fragment = [0; 17];
        assert!(lane.recover(record, &fragment, next, &log, &mut Vec::new()).is_none());
        let tried = log.tried_len();
        assert_eq!(tried, 17 * ((1 << 16) + 1));
        // After each of two updates of keys as often again.
        lane.lost = Some(Lost { len: 0 });
        let next = |secret: &Secret| secret.updated();
        assert!(lane.recover(record, &fragment, next, &log, &mut Vec::new()).is_none());
        updates += (log.tried_len() - tried) / 17 / 2 - 1;
        assert_eq!(updates, 2);
    }
}
