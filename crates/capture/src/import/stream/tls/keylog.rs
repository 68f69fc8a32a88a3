//! Secrets of TLS connections, as browsers and libraries log them (`SSLKEYLOGFILE`,
//! draft-ietf-tls-keylogfile), from a file or from a pcapng's decryption secrets blocks.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most memory that secrets take: those of a hundred thousand connections.
const MAX_KEPT_LEN: usize = 96 << 20;
/// What a secret takes beside its bytes, with its place in the map.
const ENTRY_LEN: usize = 2 * size_of::<(Key, Box<[u8]>)>() + 16;
/// The longest secret in bytes.
const MAX_SECRET_LEN: usize = 64;
/// The most bytes that wait for secrets, over all connections.
const MAX_WAITING_LEN: usize = 64 << 20;
/// The most bytes that are decrypted to find out where records go on after gaps, over all connections.
const MAX_TRIED_LEN: usize = 256 << 20;

/// What a client puts into its first message, by which secrets are looked up.
pub(crate) type ClientRandom = [u8; 32];

/// Which secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Label {
    /// TLS 1.2's master secret.
    Master,
    ClientHandshake,
    ServerHandshake,
    ClientTraffic,
    ServerTraffic,
}

impl Label {
    fn parse(label: &[u8]) -> Option<Self> {
        Some(match label {
            b"CLIENT_RANDOM" => Self::Master,
            b"CLIENT_HANDSHAKE_TRAFFIC_SECRET" => Self::ClientHandshake,
            b"SERVER_HANDSHAKE_TRAFFIC_SECRET" => Self::ServerHandshake,
            b"CLIENT_TRAFFIC_SECRET_0" => Self::ClientTraffic,
            b"SERVER_TRAFFIC_SECRET_0" => Self::ServerTraffic,
            _ => return None,
        })
    }
}

/// The key by which a secret is found.
type Key = (ClientRandom, Label);

#[derive(Default)]
struct Secrets {
    by_label: BTreeMap<Key, Box<[u8]>>,
    /// The memory they take.
    kept_len: usize,
    /// Changes with every log that is added.
    generation: u64,
}

/// The secrets known so far, shared by all connections of a capture.
#[derive(Clone, Default)]
pub(crate) struct KeyLog {
    secrets: Arc<Mutex<Secrets>>,
    waiting_len: Arc<AtomicUsize>,
    tried_len: Arc<AtomicUsize>,
}

// Secrets must not get into a log.
impl fmt::Debug for KeyLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyLog").field("count", &self.lock().by_label.len()).finish()
    }
}

impl KeyLog {
    /// Takes a log's lines, and returns how many secrets they had. Other lines are remarks, or have labels
    /// whose secrets decrypt no traffic.
    pub(crate) fn add(&self, text: &[u8]) -> usize {
        let mut secrets = self.lock();
        secrets.generation += 1;
        let mut count = 0;
        for line in text.split(|&byte| byte == b'\n' || byte == b'\r') {
            let Some((key, secret)) = parse_line(line) else { continue };
            count += 1;
            if secrets.kept_len < MAX_KEPT_LEN {
                secrets.kept_len += secret.len() + ENTRY_LEN;
                if let Some(before) = secrets.by_label.insert(key, secret) {
                    secrets.kept_len -= before.len() + ENTRY_LEN;
                }
            }
        }
        count
    }

    pub(super) fn get(&self, random: &ClientRandom, label: Label) -> Option<Box<[u8]>> {
        self.lock().by_label.get(&(*random, label)).cloned()
    }

    /// Changes whenever another look-up may find more.
    pub(super) fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// Whether `len` more bytes may wait for their secrets.
    pub(super) fn wait(&self, len: usize) -> bool {
        let before = self.waiting_len.fetch_add(len, Ordering::Relaxed);
        if before + len > MAX_WAITING_LEN {
            self.waiting_len.fetch_sub(len, Ordering::Relaxed);
            return false;
        }
        true
    }

    /// Whether there is budget left to try to open a record.
    pub(super) fn try_opening(&self, len: usize) -> bool {
        let is_allowed = self.tried_len.load(Ordering::Relaxed) < MAX_TRIED_LEN;
        if is_allowed {
            self.tried_len.fetch_add(len, Ordering::Relaxed);
        }
        is_allowed
    }

    #[cfg(test)]
    pub(super) fn tried_len(&self) -> usize {
        self.tried_len.load(Ordering::Relaxed)
    }

    /// `len` bytes no longer wait.
    pub(super) fn wait_no_more(&self, len: usize) {
        self.waiting_len.fetch_sub(len, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Secrets> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `LABEL <client random> <secret>`, both in hex.
fn parse_line(line: &[u8]) -> Option<(Key, Box<[u8]>)> {
    let mut words = line.trim_ascii().split(|&byte| byte == b' ').filter(|word| !word.is_empty());
    let label = Label::parse(words.next()?)?;
    let random: ClientRandom = hex(words.next()?)?.try_into().ok()?;
    let secret = hex(words.next()?)?;
    (secret.len() <= MAX_SECRET_LEN).then(|| ((random, label), secret.into()))
}

fn hex(digits: &[u8]) -> Option<Vec<u8>> {
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    if pairs.is_empty() || pairs.len() > 256 {
        return None;
    }
    let digit = |c: u8| char::from(c).to_digit(16);
    pairs.iter().map(|&[high, low]| Some((digit(high)? << 4 | digit(low)?) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_labels_of_traffic_are_secrets() {
        let random = "ab".repeat(32);
        let log = format!(
            "# a remark\r\nCLIENT_RANDOM {random} {}\r\n\nEXPORTER_SECRET {random} 00\n\
             CLIENT_TRAFFIC_SECRET_0 {random} 0102\nCLIENT_RANDOM {random} 0g\n",
            "cd".repeat(48)
        );
        assert!(crate::is_key_log(log.as_bytes()));
        let keys = KeyLog::default();
        assert_eq!(keys.add(log.as_bytes()), 2);
        assert_eq!(keys.get(&[0xab; 32], Label::Master).as_deref(), Some(&[0xcd; 48][..]));
        assert_eq!(keys.get(&[0xab; 32], Label::ClientTraffic).as_deref(), Some(&[1, 2][..]));
        assert_eq!(keys.get(&[0xab; 32], Label::ServerTraffic), None);
        for other in ["", "hello world", "GET / HTTP/1.1", "{\"log\":1}", "0000 8185", "#\n#"] {
            assert!(!crate::is_key_log(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn what_is_kept_waits_and_is_tried_has_limits() {
        let line =
            |secret_len| format!("CLIENT_RANDOM {} {}", "ab".repeat(32), "cd".repeat(secret_len));
        let keys = KeyLog::default();
        assert_eq!(keys.add(line(MAX_SECRET_LEN + 1).as_bytes()), 0);
        keys.lock().kept_len = MAX_KEPT_LEN;
        assert_eq!(keys.add(line(48).as_bytes()), 1);
        assert_eq!(keys.get(&[0xab; 32], Label::Master), None);
        keys.lock().kept_len = 0;
        assert_eq!(keys.add(line(48).as_bytes()), 1);
        assert_ne!(keys.get(&[0xab; 32], Label::Master), None);

        assert!(keys.wait(MAX_WAITING_LEN));
        assert!(!keys.wait(1));
        keys.wait_no_more(1);
        assert!(keys.wait(1));

        assert!(keys.try_opening(MAX_TRIED_LEN));
        assert!(!keys.try_opening(1));
    }
}
