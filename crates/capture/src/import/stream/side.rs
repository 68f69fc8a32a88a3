//! What a stream and all its possible wrappings have in common.

use crate::{Capture, End};

/// One of the two ends of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Side {
    A,
    B,
}

impl Side {
    pub(in crate::import) fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Bytes held back, and how many are missing after them.
#[derive(Debug)]
pub(in crate::import) struct HeldBytes {
    pub(in crate::import) side: Side,
    pub(in crate::import) bytes: Vec<u8>,
    pub(in crate::import) missing: u64,
    pub(in crate::import) time_ns: u64,
}

/// A stream that is carried within another.
pub(in crate::import) trait Carried {
    /// The stream is known from its first byte on, and who opened it.
    fn opened_by(&mut self, client: Side);

    fn data(&mut self, capture: &mut Capture, side: Side, bytes: &[u8], time_ns: u64);

    /// Bytes are missing.
    fn gap(&mut self, capture: &mut Capture, side: Side, len: u64, time_ns: u64);

    /// Bytes are missing, but how many isn't known: about `len`.
    fn lose(&mut self, capture: &mut Capture, side: Side, len: u64, time_ns: u64);

    fn end(&mut self, capture: &mut Capture, side: Side, end: End, time_ns: u64);

    /// The memory it takes, its own struct included.
    fn total_len(&self) -> usize;

    /// Whether what follows can be read without it, even if something before that was lost.
    fn is_idle(&self) -> bool;

    /// Whether it certainly carries something else.
    fn is_other(&self) -> bool;
}
