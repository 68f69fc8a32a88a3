//! What a peer says, without frames and chunks.

pub(crate) mod assembler;

use alloc::borrow::Cow;

use crate::{CloseCode, Failure, MessageType};

/// A whole message, unmasked, joined and inflated.
///
/// The payload is borrowed from the chunk where the message lay in it as a whole, uncompressed; else it is
/// owned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message<'c> {
    /// Text or binary.
    pub message_type: MessageType,
    /// The message's bytes. Those of text were checked as UTF-8, unless that is switched off.
    pub payload: Cow<'c, [u8]>,
}

impl Message<'_> {
    /// The payload of a text message as a `str`. `None` for a binary one, and for text that isn't UTF-8.
    ///
    /// This reads the payload once more: without unsafe code, nothing else makes a `str` of bytes.
    pub fn text(&self) -> Option<&str> {
        match self.message_type {
            MessageType::Text => core::str::from_utf8(&self.payload).ok(),
            MessageType::Binary => None,
        }
    }

    /// The same message, with a payload of its own.
    pub fn into_owned(self) -> Message<'static> {
        let Self { message_type, payload } = self;
        Message { message_type, payload: Cow::Owned(payload.into_owned()) }
    }
}

/// Something that a peer said, or the failure of the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received<'c> {
    /// A whole message.
    Message(Message<'c>),
    /// A ping (§5.5.2), 0–125 bytes.
    Ping(Cow<'c, [u8]>),
    /// A pong (§5.5.3), 0–125 bytes.
    Pong(Cow<'c, [u8]>),
    /// A close frame (§5.5.1). Nothing follows it.
    Close {
        /// The close code; [`CloseCode::NO_STATUS_RECEIVED`] if the frame had none.
        code: CloseCode,
        /// The reason, 0–123 bytes: UTF-8, unless that check is switched off.
        reason: Cow<'c, [u8]>,
    },
    /// The connection failed. Nothing follows.
    Failed(Failure),
}

impl Received<'_> {
    /// The same, without borrowing from the chunk.
    pub fn into_owned(self) -> Received<'static> {
        let owned = |bytes: Cow<'_, [u8]>| Cow::Owned(bytes.into_owned());
        match self {
            Self::Message(message) => Received::Message(message.into_owned()),
            Self::Ping(payload) => Received::Ping(owned(payload)),
            Self::Pong(payload) => Received::Pong(owned(payload)),
            Self::Close { code, reason } => Received::Close { code, reason: owned(reason) },
            Self::Failed(failure) => Received::Failed(failure),
        }
    }
}
