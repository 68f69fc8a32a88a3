//! What a stream may be wrapped in.

use super::http2::Http2;
use super::side::{Carried, Side};
use super::tls::Tls;
use crate::{Capture, End};

/// A protocol that carries streams of others.
#[derive(Debug)]
pub(in crate::import) enum Layer<F> {
    Tls(Box<Tls<F>>),
    Http2(Box<Http2>),
    /// What a proxy passes on after CONNECT.
    Tunnel(Box<F>),
}

impl<F: Carried> Layer<F> {
    pub(in crate::import) fn data(
        &mut self,
        capture: &mut Capture,
        side: Side,
        bytes: &[u8],
        time_ns: u64,
    ) {
        match self {
            Self::Tls(tls) => tls.data(capture, side, bytes, time_ns),
            Self::Http2(http2) => http2.data(capture, side, bytes, time_ns),
            Self::Tunnel(flow) => flow.data(capture, side, bytes, time_ns),
        }
    }

    /// The memory it takes, with the streams in it.
    pub(in crate::import) fn kept_len(&self) -> usize {
        match self {
            Self::Tls(tls) => tls.kept_len(),
            Self::Http2(http2) => http2.kept_len(),
            Self::Tunnel(flow) => flow.total_len(),
        }
    }

    /// Whether what follows can be read without it.
    pub(in crate::import) fn is_idle(&self) -> bool {
        match self {
            Self::Tls(tls) => tls.is_idle(),
            // Later header fields refer to earlier ones.
            Self::Http2(_) => false,
            Self::Tunnel(flow) => flow.is_idle(),
        }
    }

    /// Bytes are missing.
    pub(in crate::import) fn gap(
        &mut self,
        capture: &mut Capture,
        side: Side,
        len: u64,
        time_ns: u64,
    ) {
        match self {
            Self::Tls(tls) => tls.gap(capture, side, len, time_ns),
            Self::Http2(http2) => http2.gap(capture, side, len, time_ns),
            Self::Tunnel(flow) => flow.gap(capture, side, len, time_ns),
        }
    }

    pub(in crate::import) fn end(
        &mut self,
        capture: &mut Capture,
        side: Side,
        end: End,
        time_ns: u64,
    ) {
        match self {
            Self::Tls(tls) => tls.end(capture, side, end, time_ns),
            Self::Http2(http2) => http2.end(capture, side, end, time_ns),
            Self::Tunnel(flow) => flow.end(capture, side, end, time_ns),
        }
    }
}
