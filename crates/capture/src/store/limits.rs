//! What a capture may hold.

/// Bounds on a [`Capture`](crate::Capture). What exceeds one is counted, never dropped silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of memory taken: streams, index, connections with their heads, findings, and what
    /// waits to be understood. `u64::MAX` keeps all. What is being worked on comes on top: a piece of 64
    /// KiB with its frames, a compressed message while it is inflated, and the longest list while it grows.
    ///
    /// Connections, heads and findings get half of it at most: later ones are only counted.
    pub max_kept_len: u64,
    /// Whether the oldest frames of all connections make room past [`max_kept_len`](Self::max_kept_len). If not, the
    /// capture is [full](crate::Capture::is_full) from there on and takes nothing more.
    pub evicts: bool,
    /// The most findings kept; later ones are only counted.
    pub max_findings: u32,
    /// The most connections kept; bytes of later ones are only counted.
    pub max_connections: u32,
    /// The longest message in bytes that is inflated.
    pub max_inflated_len: u32,
    /// How many bytes all compressed messages may inflate to, or 64 times their own length, whichever is
    /// more. Past that, a direction whose messages inflate to more than 64 times their length is inflated
    /// no further.
    pub max_inflated_total: u64,
}

impl Limits {
    /// Keeps everything that fits in memory.
    pub const KEEP_ALL: Self = Self {
        max_kept_len: u64::MAX,
        evicts: true,
        max_findings: u32::MAX,
        max_connections: u32::MAX,
        max_inflated_len: 1 << 30,
        max_inflated_total: u64::MAX,
    };

    /// How much of the memory connections, heads and findings may take.
    pub(crate) fn max_fixed_len(&self) -> u64 {
        if self.max_kept_len == u64::MAX { u64::MAX } else { self.max_kept_len / 2 }
    }
}

impl Default for Limits {
    /// All bytes, 200,000 findings, 100,000 connections, messages inflated up to 128 MiB each and 1 GiB together.
    fn default() -> Self {
        Self {
            max_kept_len: u64::MAX,
            evicts: true,
            max_findings: 200_000,
            max_connections: 100_000,
            max_inflated_len: 128 << 20,
            max_inflated_total: 1 << 30,
        }
    }
}

/// What a capture no longer holds, or never took, because of its [`Limits`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Frames evicted, or not kept.
    pub frames: u64,
    /// Messages evicted, or not kept.
    pub messages: u64,
    /// Bytes of streams evicted or not taken.
    pub bytes: u64,
    /// Findings not kept.
    pub findings: u64,
    /// Connections not taken.
    pub connections: u64,
}
