//! What a capture may hold.

/// Bounds on a [`Capture`](crate::Capture). Whatever goes past one is counted, never dropped silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most octets of streams and index kept; beyond, the oldest frames of all connections are evicted.
    /// What waits for the other head of a handshake is not, but concludes the handshake beyond 1 MiB.
    /// `u64::MAX` keeps all.
    pub max_kept_len: u64,
    /// The most findings kept; later ones are only counted.
    pub max_findings: u32,
    /// The most connections kept; octets of later ones are only counted.
    pub max_connections: u32,
    /// The longest message in octets that is inflated.
    pub max_inflated_len: u32,
}

impl Limits {
    /// Keeps all: only memory ends it.
    pub const KEEP_ALL: Self = Self {
        max_kept_len: u64::MAX,
        max_findings: u32::MAX,
        max_connections: u32::MAX,
        max_inflated_len: 1 << 30,
    };
}

impl Default for Limits {
    /// All octets, 200,000 findings, 100,000 connections, messages inflated up to 128 MiB.
    fn default() -> Self {
        Self {
            max_kept_len: u64::MAX,
            max_findings: 200_000,
            max_connections: 100_000,
            max_inflated_len: 128 << 20,
        }
    }
}

/// What a capture no longer holds, or never took, because of its [`Limits`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Frames evicted.
    pub frames: u64,
    /// Messages evicted.
    pub messages: u64,
    /// Octets of streams evicted or not taken.
    pub octets: u64,
    /// Findings not kept.
    pub findings: u64,
    /// Connections not taken.
    pub connections: u64,
}
