//! One connection: its ends, what was negotiated, and how much was sent.

use std::collections::VecDeque;
use std::net::SocketAddr;

use framewright_codec::Role;

use crate::{FrameId, Handshake, Missing, Negotiated};

/// What times mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Clock {
    /// Nanoseconds since 1970-01-01 UTC.
    Unix,
    /// Nanoseconds since some moment of the recorder's.
    Monotonic,
    /// The source has no times.
    #[default]
    None,
}

/// Where a connection's bytes come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Source {
    /// Bytes as they were on the wire.
    #[default]
    Wire,
    /// Frames rebuilt from messages that the source had without their wire form (HAR): masking keys are
    /// zero, fragments and compression are gone.
    Messages,
    /// Headers rebuilt from what the source says of them; payloads are missing (NetLog without bytes).
    Headers,
}

/// How a connection's captured bytes begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// With the upgrade request and its response.
    #[default]
    Handshake,
    /// With the first frame after a handshake that wasn't captured.
    Frames(Negotiated),
    /// With some frame of a connection that began earlier. RSV1 is taken for permessage-deflate's.
    MidStream,
    /// With the first frame on a stream of HTTP/2, whose heads (RFC 8441) aren't part of what it carries.
    Http2(Box<Handshake>),
}

/// What is known of a connection before its first byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionInit {
    /// How its bytes begin.
    pub start: Start,
    /// The client's address.
    pub client: Option<SocketAddr>,
    /// The server's address.
    pub server: Option<SocketAddr>,
    /// The URL, where the source knows it better than the handshake does (`wss:`).
    pub url: Option<String>,
    /// Where the bytes come from.
    pub source: Source,
    /// What times mean.
    pub clock: Clock,
    /// From whose side it is seen: what this side receives is `dir==in`. The server's by default.
    pub perspective: Option<Role>,
    /// When it was opened, on [`clock`](Self::clock).
    pub opened_ns: u64,
}

/// How a direction of a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// In order (TCP FIN, or the source says so).
    Finished,
    /// TCP RST or another failure.
    Reset,
    /// The capture ended first.
    CaptureEnded,
}

/// Bytes of a stream that belong to no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Region {
    /// What they are.
    pub kind: RegionKind,
    /// Their first, in bytes from the stream's start.
    pub offset: u64,
    /// How many.
    pub len: u64,
}

/// What bytes outside frames are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegionKind {
    /// An HTTP head.
    Http,
    /// After a handshake that failed, or after missing bytes where no frame's start can be told.
    Unframed,
}

/// Where some bytes come from, if not from the sender alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// They stand for what was sent before the capture began, and say the same.
    Rebuilt,
    /// Somebody between the two sides inserted them.
    Inserted,
    /// Somebody between the two sides changed them.
    Changed,
}

impl Mark {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rebuilt, Self::Inserted, Self::Changed];

    /// What it is called in files and filters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rebuilt => "rebuilt",
            Self::Inserted => "inserted",
            Self::Changed => "changed",
        }
    }

    /// The mark of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.name() == name)
    }
}

/// Bytes of a stream that the sender did not send, or not like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Marked {
    /// Where they come from.
    pub mark: Mark,
    /// Their first, in bytes from the stream's start.
    pub offset: u64,
    /// How many.
    pub len: u64,
}

/// One direction of a connection.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Lane {
    /// The stream's length in bytes, missing ones included.
    pub stream_len: u64,
    /// How many frames.
    pub frames: u64,
    /// How many data messages.
    pub messages: u64,
    /// The payloads of all frames in bytes, as declared.
    pub payload_len: u64,
    /// How many messages were compressed.
    pub compressed_messages: u64,
    /// How many of them did inflate.
    pub inflated_messages: u64,
    /// Their length in bytes as on the wire.
    pub compressed_len: u64,
    /// Their length in bytes inflated.
    pub inflated_len: u64,
    /// Bytes that belong to no frame.
    pub regions: Vec<Region>,
    /// Bytes missing from the capture.
    pub missing: Vec<Missing>,
    /// Bytes that the sender did not send, or not like this, as far as that was told, in order.
    pub marks: Vec<Marked>,
    /// How it ended, if it did, and when.
    pub end: Option<(End, u64)>,
    /// The close code sent, if a close frame with one was.
    pub close_code: Option<u16>,
    /// Whether a close frame was sent.
    pub closed: bool,
}

impl Lane {
    /// The mark on the byte at `offset`.
    pub(crate) fn mark_at(&self, offset: u64) -> Option<Mark> {
        let after = self.marks.partition_point(|marked| marked.offset <= offset);
        let marked = self.marks.get(after.checked_sub(1)?)?;
        (offset - marked.offset < marked.len).then_some(marked.mark)
    }
}

/// How far a direction has got, for evictions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tail {
    /// Its newest frame, held or not; `None` before the first, and once ids are used up.
    pub(crate) frame: Option<FrameId>,
    /// Where that frame ends, as declared.
    pub(crate) frame_end: u64,
    /// How far bytes were queued as [`Loose`](super::loose::Loose).
    pub(crate) loose_end: u64,
}

/// One connection of a [`Capture`](crate::Capture).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connection {
    /// What was known before its first byte.
    pub init: ConnectionInit,
    /// What the application calls it, as it was told last.
    pub name: Option<String>,
    /// The handshake, as far as it was captured.
    pub handshake: Option<Handshake>,
    /// What was agreed on, by handshake or as given in [`Start::Frames`].
    pub negotiated: Negotiated,
    /// When its first byte arrived.
    pub first_ns: Option<u64>,
    /// When its last byte so far arrived.
    pub last_ns: u64,
    /// The number of findings, by [`Severity`](crate::Severity) from info to error.
    pub findings: [u32; 3],
    /// Both directions: to the server, to the client.
    pub lanes: [Lane; 2],
    pub(crate) frames: VecDeque<FrameId>,
    pub(crate) tails: [Tail; 2],
}

impl Connection {
    /// One of its directions.
    pub fn lane(&self, direction: crate::Direction) -> &Lane {
        &self.lanes[direction.index()]
    }

    /// Its URL: as the source gives it, or made of the request's target and `Host`.
    pub fn url(&self) -> Option<String> {
        if let Some(url) = &self.init.url {
            return Some(url.clone());
        }
        let request = self.handshake.as_ref()?.request.as_ref()?;
        let target = request.start_line.split(' ').nth(1)?;
        if target.contains("://") {
            return Some(target.to_owned());
        }
        Some(format!("ws://{}{target}", request.header("host").unwrap_or("")))
    }

    /// Forgets what is known of evicted bytes, most of it at once.
    pub(crate) fn forget_before(&mut self, direction: crate::Direction, offset: u64) {
        const MAX_EVICTED: usize = 64;
        let Lane { regions, missing, marks, .. } = &mut self.lanes[direction.index()];
        let gone = marks.partition_point(|marked| marked.offset + marked.len <= offset);
        if gone > MAX_EVICTED.max(marks.len() / 2) {
            marks.drain(..gone);
            marks.shrink_to(2 * marks.len());
        }
        let gone = regions.partition_point(|region| region.offset + region.len <= offset);
        // The last tells where bytes outside frames end.
        let gone = gone.min(regions.len().saturating_sub(1));
        if gone > MAX_EVICTED.max(regions.len() / 2) {
            regions.drain(..gone);
            regions.shrink_to(2 * regions.len());
        }
        let gone = missing.partition_point(|missing| missing.offset + missing.len <= offset);
        if gone > MAX_EVICTED.max(missing.len() / 2) {
            missing.drain(..gone);
            missing.shrink_to(2 * missing.len());
        }
    }

    /// Whether `direction` is incoming, seen from [`ConnectionInit::perspective`].
    pub fn is_incoming(&self, direction: crate::Direction) -> bool {
        direction.sender() != self.init.perspective.unwrap_or(Role::Server)
    }
}
