//! The host's.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::RegexFlags;

static HOST: OnceLock<HostRegex> = OnceLock::new();

/// How the host compiles and runs regular expressions; say so once with [`install`](Self::install).
#[derive(Clone, Copy, Debug)]
pub struct HostRegex {
    /// Compiles, and returns a handle or what is wrong with the pattern.
    pub compile: fn(pattern: &str, flags: RegexFlags) -> Result<u32, String>,
    /// Takes bytes to look for matches in, and returns a handle.
    pub hold: fn(bytes: &[u8]) -> u32,
    /// Whether it matches somewhere in a part of the bytes held, which begin and end there for it.
    pub is_match: fn(handle: u32, held: u32, part: Range<usize>) -> bool,
    /// The bytes held aren't used again.
    pub let_go: fn(held: u32),
    /// All matches in the bytes that don't overlap, in order.
    pub find_all: fn(handle: u32, bytes: &[u8]) -> Vec<Range<usize>>,
    /// The handle isn't used again.
    pub release: fn(handle: u32),
}

impl HostRegex {
    /// Makes it the one that is used. Later calls change nothing.
    pub fn install(self) {
        // Only another call got there first, and it came from the same host.
        let _ = HOST.set(self);
    }
}

#[derive(Debug)]
struct Handle {
    host: HostRegex,
    handle: u32,
}

impl Drop for Handle {
    fn drop(&mut self) {
        (self.host.release)(self.handle);
    }
}

#[derive(Clone, Debug)]
pub(super) struct Compiled(Arc<Handle>);

impl Compiled {
    pub(super) fn new(pattern: &str, flags: RegexFlags) -> Result<Self, String> {
        let Some(&host) = HOST.get() else {
            return Err("there are no regular expressions on this host".to_owned());
        };
        let handle = (host.compile)(pattern, flags)?;
        Ok(Self(Arc::new(Handle { host, handle })))
    }

    pub(super) fn is_match(&self, bytes: &[u8]) -> bool {
        self.is_match_in(&Haystack::new(bytes), 0..bytes.len())
    }

    pub(super) fn is_match_in(&self, text: &Haystack, part: Range<usize>) -> bool {
        text.0.is_some_and(|held| (self.0.host.is_match)(self.0.handle, held, part))
    }

    pub(super) fn find_all(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        (self.0.host.find_all)(self.0.handle, bytes)
    }
}

/// Bytes that the host holds; a host without regular expressions has no use for them.
#[derive(Debug)]
pub(super) struct Haystack(Option<u32>);

impl Haystack {
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self(HOST.get().map(|host| (host.hold)(bytes)))
    }
}

impl Drop for Haystack {
    fn drop(&mut self) {
        if let (Some(host), Some(held)) = (HOST.get(), self.0) {
            (host.let_go)(held);
        }
    }
}
