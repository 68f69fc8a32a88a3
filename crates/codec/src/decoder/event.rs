//! What the decoder reports: events that point into the chunk they were found in.

use crate::{CloseCode, ProtocolError, Span};

/// Whether a message is text or binary (RFC 6455 §5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// UTF-8 text.
    Text,
    /// Any bytes.
    Binary,
}

/// Where a control frame's payload is, unmasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlPayload {
    /// In the chunk: 0–125 bytes.
    InChunk(Span),
    /// The frame began in an earlier chunk: the payload is the first `len` bytes of
    /// [`Decoder::carried_control`](crate::Decoder::carried_control), until the next call.
    Carried {
        /// Bytes, 0–125.
        len: usize,
    },
}

/// A stretch of a data frame's payload, unmasked, in the chunk. Pieces of one message come in order;
/// control events may stand between the pieces of two frames, never inside a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What the whole message is.
    pub message_type: MessageType,
    /// The message is compressed (RSV1 on its first frame; RFC 7692 §6): its bytes must still be inflated,
    /// and were not checked as UTF-8.
    pub compressed: bool,
    /// The message is too big, and is skipped ([`Limits::skip_too_big`](crate::Limits::skip_too_big)): its
    /// earlier pieces are of no use. If it is compressed, all its pieces are reported, since later messages
    /// may refer to it; else only its last one, which is empty.
    pub skipped: bool,
    /// The first piece of its frame.
    pub starts_frame: bool,
    /// The last piece of its frame.
    pub ends_frame: bool,
    /// The last piece of its message.
    pub ends_message: bool,
    /// The payload length of the frame as its header declares it, in bytes.
    pub frame_payload_len: u64,
    /// Where it is; empty only for an empty frame.
    pub payload: Span,
}

/// Something a peer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A whole uncompressed message in one frame that lies in this chunk: the common case.
    Message {
        /// Text (checked as UTF-8, unless that is switched off) or binary.
        message_type: MessageType,
        /// Where the payload is.
        payload: Span,
    },
    /// Part of a message that is fragmented, compressed, or spread over chunks.
    Piece(Piece),
    /// A ping (§5.5.2).
    Ping(ControlPayload),
    /// A pong (§5.5.3).
    Pong(ControlPayload),
    /// A close frame (§5.5.1); nothing follows it.
    Close {
        /// The close code; [`CloseCode::NO_STATUS_RECEIVED`] for an empty body.
        code: CloseCode,
        /// The whole body, close code included.
        body: ControlPayload,
    },
    /// The peer broke the protocol; nothing follows.
    Error(ProtocolError),
}

/// Takes the decoder's events.
pub trait EventSink {
    /// Takes one event.
    fn push(&mut self, event: Event);

    /// Whether there is no room for another event. The decoder then stops before the next frame; a sink
    /// must have room for one event when decoding starts.
    #[inline]
    fn is_full(&self) -> bool {
        false
    }
}

/// Room for one event: decoding stops after each.
impl EventSink for Option<Event> {
    #[inline]
    fn push(&mut self, event: Event) {
        *self = Some(event);
    }

    #[inline]
    fn is_full(&self) -> bool {
        self.is_some()
    }
}

impl EventSink for alloc::vec::Vec<Event> {
    #[inline]
    fn push(&mut self, event: Event) {
        Self::push(self, event);
    }
}
