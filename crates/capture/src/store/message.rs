//! The index of data messages, and the view of one.

use std::fmt;

use framewright_codec::Opcode;

use crate::{Capture, ConnId, Direction, Frame, FrameId, MessageId};

/// What the index holds for a message. Lengths over 32 bits are split so that the record needs no padding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageRecord {
    pub(crate) first: FrameId,
    pub(crate) last: FrameId,
    pub(crate) fragments: u32,
    pub(crate) wire_len: [u32; 2],
    pub(crate) inflated_len: u32,
    pub(crate) state: MessageState,
    pub(crate) form: MessageForm,
}

const _: () = assert!(size_of::<MessageRecord>() == 28);

impl MessageRecord {
    pub(crate) fn wire_len(&self) -> u64 {
        u64::from(self.wire_len[0]) | u64::from(self.wire_len[1]) << 32
    }

    pub(crate) fn add_wire_len(&mut self, len: u64) {
        let len = self.wire_len().saturating_add(len);
        self.wire_len = [len as u32, (len >> 32) as u32];
    }
}

/// How far a message got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// Its last byte hasn't come.
    Open,
    /// It is all there.
    Complete,
    /// It was interrupted by another message, by missing bytes or by the stream's end.
    Unfinished,
}

/// What a message's content is, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageForm {
    /// Not compressed: the payloads, unmasked and joined.
    Plain,
    /// Compressed and inflated (RFC 7692).
    Inflated,
    /// Compressed, and its last byte hasn't come.
    NotYetInflated,
    /// Compressed, and it refers to bytes from before the capture or from after missing ones.
    NoPriorWindow,
    /// Compressed, and bytes of it are missing from the capture; or a lone continuation of such a message.
    BytesMissing,
    /// Compressed, and it does not inflate.
    InflateFailed,
    /// Compressed, and it inflates past [`Limits::max_inflated_len`](crate::Limits::max_inflated_len).
    InflateTooLong,
    /// Compressed, and not inflated: what its direction sent earlier inflates past
    /// [`Limits::max_inflated_total`](crate::Limits::max_inflated_total).
    OverBudget,
}

/// One data message of a [`Capture`].
#[derive(Clone, Copy)]
pub struct Message<'a> {
    pub(crate) capture: &'a Capture,
    pub(crate) id: MessageId,
    pub(crate) record: &'a MessageRecord,
    pub(crate) first: Frame<'a>,
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("record", self.record)
            .finish_non_exhaustive()
    }
}

impl<'a> Message<'a> {
    /// Its id.
    pub fn id(&self) -> MessageId {
        self.id
    }

    /// Its connection.
    pub fn conn(&self) -> ConnId {
        self.first.conn()
    }

    /// Which way it travels.
    pub fn direction(&self) -> Direction {
        self.first.direction()
    }

    /// Text or binary; [`Opcode::Continuation`] if its first frame wasn't captured or never was.
    pub fn opcode(&self) -> Opcode {
        self.first.opcode()
    }

    /// Its first frame.
    pub fn first(&self) -> Frame<'a> {
        self.first
    }

    /// Its last frame so far.
    pub fn last(&self) -> FrameId {
        self.record.last
    }

    /// How many frames it is made of so far.
    pub fn fragments(&self) -> u32 {
        self.record.fragments
    }

    /// Its frames in wire order. Frames of the same connection between them are not its own.
    pub fn frames(&self) -> impl Iterator<Item = FrameId> + 'a {
        let (capture, record, id) = (self.capture, self.record, self.id);
        let frames = capture.frames_of(self.conn());
        let from = frames.partition_point(|&frame| frame < record.first);
        frames.range(from..).copied().take_while(move |&frame| frame <= record.last).filter(
            move |&frame| capture.frame(frame).is_some_and(|frame| frame.message() == Some(id)),
        )
    }

    /// The payloads as declared in bytes, as on the wire.
    pub fn wire_len(&self) -> u64 {
        self.record.wire_len()
    }

    /// The content in bytes, inflated where it was compressed; `None` where it can't be known (yet).
    pub fn content_len(&self) -> Option<u64> {
        match self.record.form {
            MessageForm::Plain => Some(self.record.wire_len()),
            MessageForm::Inflated => Some(u64::from(self.record.inflated_len)),
            _ => None,
        }
    }

    /// Whether it is compressed.
    pub fn compressed(&self) -> bool {
        self.first.compressed()
    }

    /// How far it got.
    pub fn state(&self) -> MessageState {
        self.record.state
    }

    /// What its content is; read it with a [`Reader`](crate::Reader).
    pub fn form(&self) -> MessageForm {
        self.record.form
    }
}
