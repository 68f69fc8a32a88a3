//! What a peer may make this endpoint hold.

/// Bounds on one message; going past one fails the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest message in bytes, all fragments together, before inflating. A declared length past
    /// it fails at once, before any payload arrives. `u64::MAX` means no limit.
    pub max_payload_len: u64,
    /// Whether a message over [`max_payload_len`](Self::max_payload_len) is skipped instead: nothing of it
    /// has to be held, all of it is checked, and the connection goes on.
    pub skip_too_big: bool,
    /// The most fragments in one message, empty ones included. `u32::MAX` means no limit.
    pub max_fragments: u32,
    /// The most chunks that one incomplete header field or payload may be spread over. `u32::MAX` means
    /// no limit.
    pub max_buffered_chunks: u32,
}

impl Limits {
    /// No limits but the protocol's own.
    pub const NONE: Self = Self {
        max_payload_len: u64::MAX,
        skip_too_big: false,
        max_fragments: u32::MAX,
        max_buffered_chunks: u32::MAX,
    };
}

impl Default for Limits {
    /// 100 MiB a message, 16,384 fragments, 262,144 chunks.
    fn default() -> Self {
        Self {
            max_payload_len: 100 * 1024 * 1024,
            skip_too_big: false,
            max_fragments: 16 * 1024,
            max_buffered_chunks: 256 * 1024,
        }
    }
}
