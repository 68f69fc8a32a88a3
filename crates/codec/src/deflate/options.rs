//! What an endpoint chooses for itself, without asking its peer.

use super::InflateError;

/// How hard to compress, as in zlib: 0 (store) to 9. The default is 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Level(u8);

impl Level {
    /// `None` if `level` is above 9.
    pub const fn new(level: u8) -> Option<Self> {
        if level <= 9 { Some(Self(level)) } else { None }
    }

    /// The level: 0–9.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Level {
    fn default() -> Self {
        Self(6)
    }
}

/// How much memory a block's symbols may take, as in zlib: 1 to 9. The default is 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemLevel(u8);

impl MemLevel {
    /// `None` if `mem_level` is outside 1–9.
    pub const fn new(mem_level: u8) -> Option<Self> {
        match mem_level {
            1..=9 => Some(Self(mem_level)),
            _ => None,
        }
    }

    /// The level: 1–9.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for MemLevel {
    fn default() -> Self {
        Self(8)
    }
}

/// How to look for repetitions, as in zlib.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// For any data.
    #[default]
    Default,
    /// For small values with a random distribution.
    Filtered,
    /// No repetitions at all, only Huffman codes.
    HuffmanOnly,
    /// Only runs of one byte.
    Rle,
    /// Only the fixed Huffman codes.
    Fixed,
}

/// How to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CompressOptions {
    /// How hard to try.
    pub level: Level,
    /// The memory for a block's symbols.
    pub mem_level: MemLevel,
    /// How to look for repetitions.
    pub strategy: Strategy,
    /// How much history a sleeping compressor keeps, in bytes; at most a window. Less costs ratio, more
    /// costs memory for each context and time at each waking. An awake compressor has the whole window.
    pub history_len: usize,
}

impl CompressOptions {
    /// 12 KiB of history: about 13 µs to wake. Beside a context that never sleeps, 1 kB JSON messages come
    /// to some 2 % more bytes over a connection's first twenty, and up to a twelfth more in the long run.
    pub const DEFAULT_HISTORY_LEN: usize = 12 * 1024;
}

impl Default for CompressOptions {
    fn default() -> Self {
        Self {
            level: Level::default(),
            mem_level: MemLevel::default(),
            strategy: Strategy::default(),
            history_len: Self::DEFAULT_HISTORY_LEN,
        }
    }
}

/// How far a peer may make a message grow by inflating it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct InflateLimits {
    /// The longest message in bytes, all fragments together, inflated. `u64::MAX` means no limit.
    pub max_message_len: u64,
    /// The most bytes out for each byte in, all fragments together. Messages up to
    /// [`RATIO_FREE_LEN`](Self::RATIO_FREE_LEN) may have any ratio.
    pub max_ratio: Option<u32>,
}

impl InflateLimits {
    /// The length in bytes up to which `max_ratio` doesn't count: short messages that repeat earlier
    /// ones have ratios of hundreds, and can't hurt.
    pub const RATIO_FREE_LEN: u64 = 64 * 1024;

    /// The longest text that a message of `given_len` bytes may have, and the error if it's longer.
    pub(super) fn for_message(&self, given_len: u64) -> (u64, InflateError) {
        let by_ratio = self.max_ratio.map_or(u64::MAX, |ratio| {
            given_len.saturating_mul(ratio.into()).max(Self::RATIO_FREE_LEN)
        });
        if self.max_message_len <= by_ratio {
            (self.max_message_len, InflateError::MessageTooBig)
        } else {
            (by_ratio, InflateError::RatioTooBig)
        }
    }

    /// No limits.
    pub const NONE: Self = Self { max_message_len: u64::MAX, max_ratio: None };
}

impl Default for InflateLimits {
    /// 100 MiB a message, any ratio.
    fn default() -> Self {
        Self { max_message_len: 100 * 1024 * 1024, max_ratio: None }
    }
}
