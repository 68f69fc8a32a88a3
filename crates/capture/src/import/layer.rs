//! What a stream may be wrapped in.

use super::flow::Side;
use super::tls::Tls;
use crate::{Capture, End};

/// A protocol that carries streams of others.
#[derive(Debug)]
pub(super) enum Layer {
    Tls(Box<Tls>),
}

impl Layer {
    pub(super) fn data(&mut self, capture: &mut Capture, side: Side, bytes: &[u8], time_ns: u64) {
        match self {
            Self::Tls(tls) => tls.data(capture, side, bytes, time_ns),
        }
    }

    /// Bytes are missing.
    pub(super) fn gap(&mut self, capture: &mut Capture, side: Side, len: u64, time_ns: u64) {
        match self {
            Self::Tls(tls) => tls.gap(capture, side, len, time_ns),
        }
    }

    pub(super) fn end(&mut self, capture: &mut Capture, side: Side, end: End, time_ns: u64) {
        match self {
            Self::Tls(tls) => tls.end(capture, side, end, time_ns),
        }
    }
}
