//! IP packets from their fragments (RFC 791 §3.2, RFC 8200 §4.5).

use std::collections::BTreeMap;
use std::net::IpAddr;

use etherparse::IpNumber;
use etherparse::defrag::IpDefragBuf;

use super::Fragment;

/// The most packets under way; the oldest gives way.
const MAX_OPEN: usize = 1024;

type Key = (IpAddr, IpAddr, u8, u32);

/// The packets of which only some fragments came.
#[derive(Debug, Default)]
pub(crate) struct Fragments {
    open: BTreeMap<Key, (u64, IpDefragBuf)>,
    count: u64,
}

impl Fragments {
    /// How many packets are under way.
    pub(crate) fn open_count(&self) -> u64 {
        self.open.len() as u64
    }

    /// Takes a fragment, and returns the payload of its packet where it was the last to come.
    pub(crate) fn push(&mut self, fragment: &Fragment<'_>) -> Option<Vec<u8>> {
        let Fragment { addresses: (source, target), protocol, id, .. } = *fragment;
        let key = (source, target, protocol, id);
        self.count += 1;
        if self.open.len() >= MAX_OPEN && !self.open.contains_key(&key) {
            let oldest = self.open.iter().min_by_key(|(_, (count, _))| *count);
            let oldest = oldest.map(|(key, _)| *key);
            oldest.and_then(|oldest| self.open.remove(&oldest));
        }
        let count = self.count;
        let new = || (count, IpDefragBuf::new(IpNumber(protocol), Vec::new(), Vec::new()));
        let (_, buffer) = self.open.entry(key).or_insert_with(new);
        if buffer.add(fragment.offset, fragment.has_more, fragment.payload).is_err() {
            self.open.remove(&key);
            return None;
        }
        if !buffer.is_complete() {
            return None;
        }
        let (_, buffer) = self.open.remove(&key)?;
        let (payload, _) = buffer.take_bufs();
        Some(payload)
    }
}
