//! From the decoder's events to messages: joins fragments, has them inflated, and checks the result.

mod check;
#[cfg(test)]
mod tests;

use alloc::borrow::Cow;
use alloc::vec::Vec;

pub use check::MessageCheck;

use crate::{ControlPayload, Event, Failure, Message, Piece, Received};

/// How many bytes to make room for before they arrive, at most, unless as many have arrived already.
const MAX_ROOM_LEN: u64 = 16 * 1024;

/// Makes messages of a [`Decoder`](crate::Decoder)'s events.
///
/// This is the level between [`Decoder`](crate::Decoder) and [`Connection`](crate::Connection), for hosts
/// that keep their own sockets, write their own frames, or keep their decompressors elsewhere (as in a
/// `deflate::Pool`). All decisions of the protocol are made here: a host only passes on what it is given.
/// Hosts that join messages in memory of their own use a [`MessageCheck`] alone.
///
/// ```
/// use framewright_codec::{Decoder, DecoderConfig, Event, Failure, MessageAssembler, Received, Role};
///
/// let mut decoder = Decoder::new(DecoderConfig::new(Role::Client));
/// let mut assembler = MessageAssembler::new(u64::MAX, true);
/// let mut chunk = *b"\x01\x03Hel\x80\x02lo";
/// let mut events = Vec::new();
/// decoder.decode(&mut chunk, &mut events);
/// for event in events {
///     // Nothing is compressed here. Else: `decompressor.inflate(…)?; Ok(decompressor.is_skipped())`
///     let inflate = |_: &[u8], _, _: &mut Vec<u8>| Err(Failure::Internal);
///     match assembler.take(event, &chunk, decoder.carried_control(), inflate) {
///         Some(Received::Message(message)) => assert_eq!(message.text(), Some("Hello")),
///         Some(received) => unreachable!("{received:?}"),
///         None => {}
///     }
/// }
/// ```
///
/// It holds what has arrived of the message under way: at most twice its bytes and a little more, even if a
/// compressed frame is spread over chunks. [`Limits::max_payload_len`](crate::Limits::max_payload_len)
/// bounds both, if `max_message_len` is the same.
#[derive(Debug)]
pub struct MessageAssembler {
    check: MessageCheck,
    /// What has arrived of a compressed frame that is spread over chunks.
    frame: Vec<u8>,
    /// What has arrived of the message, inflated.
    message: Vec<u8>,
    is_done: bool,
}

impl MessageAssembler {
    /// An assembler at the start of a connection. Inflated messages are at most `max_message_len` bytes;
    /// text is checked as UTF-8 if `validate_utf8`. Of messages that aren't compressed, the decoder has
    /// checked both.
    pub const fn new(max_message_len: u64, validate_utf8: bool) -> Self {
        Self {
            check: MessageCheck::new(max_message_len, validate_utf8),
            frame: Vec::new(),
            message: Vec::new(),
            is_done: false,
        }
    }

    /// Changes the longest inflated message, from the next frame on.
    pub fn set_max_message_len(&mut self, max_message_len: u64) {
        self.check.set_max_message_len(max_message_len);
    }

    /// Takes the decoder's next event, which refers to `chunk` and
    /// [`Decoder::carried_control`](crate::Decoder::carried_control).
    ///
    /// `inflate` is called with the whole payload of each compressed frame, or of a skipped piece, and
    /// whether it is its message's last. It appends the text to the `Vec`, and returns whether the message
    /// is skipped, as `deflate::Decompressor` tells.
    ///
    /// After [`Received::Close`] or [`Received::Failed`] it gives nothing more.
    #[inline]
    pub fn take<'c>(
        &mut self,
        event: Event,
        chunk: &'c [u8],
        carried: &[u8],
        inflate: impl FnOnce(&[u8], bool, &mut Vec<u8>) -> Result<bool, Failure>,
    ) -> Option<Received<'c>> {
        if self.is_done {
            return None;
        }
        match event {
            Event::Message { message_type, payload } => {
                let payload = Cow::Borrowed(&chunk[payload.range()]);
                return Some(Received::Message(Message { message_type, payload }));
            }
            Event::Piece(piece) => {
                let message = self.take_piece(piece, &chunk[piece.payload.range()], inflate);
                let message = message.unwrap_or_else(|failure| Some(self.fail(failure)));
                return message;
            }
            _ => {}
        }
        Some(self.take_control(event, chunk, carried))
    }

    fn take_control<'c>(&mut self, event: Event, chunk: &'c [u8], carried: &[u8]) -> Received<'c> {
        let payload = |payload| match payload {
            ControlPayload::InChunk(span) => Cow::Borrowed(&chunk[span.range()]),
            ControlPayload::Carried { len } => Cow::Owned(carried[..len].to_vec()),
        };
        match event {
            Event::Ping(ping) => Received::Ping(payload(ping)),
            Event::Pong(pong) => Received::Pong(payload(pong)),
            Event::Close { code, body } => {
                self.end();
                Received::Close { code, reason: reason(payload(body)) }
            }
            Event::Error(error) => self.fail(error.into()),
            Event::Message { .. } | Event::Piece(_) => self.fail(Failure::Internal),
        }
    }

    /// Takes a stretch of a frame; gives the message if it's whole.
    fn take_piece<'c>(
        &mut self,
        piece: Piece,
        bytes: &[u8],
        inflate: impl FnOnce(&[u8], bool, &mut Vec<u8>) -> Result<bool, Failure>,
    ) -> Result<Option<Received<'c>>, Failure> {
        if piece.skipped {
            self.skip();
            if piece.compressed {
                inflate(bytes, piece.ends_message, &mut Vec::new())?;
            }
            return Ok(None);
        }
        if !piece.compressed {
            append(&mut self.message, &piece, bytes);
        } else if !(piece.starts_frame && piece.ends_frame) {
            append(&mut self.frame, &piece, bytes);
        }
        // A frame is inflated as a whole, so its faults come in the same order however it is cut.
        if piece.compressed && piece.ends_frame {
            let start = self.message.len();
            let is_skipped = if piece.starts_frame {
                inflate(bytes, piece.ends_message, &mut self.message)?
            } else {
                let frame = core::mem::take(&mut self.frame);
                inflate(&frame, piece.ends_message, &mut self.message)?
            };
            if is_skipped {
                self.skip();
                return Ok(None);
            }
            let text = &self.message[start..];
            self.check.inflated(piece.message_type, text, piece.ends_message)?;
        }
        if !piece.ends_message {
            return Ok(None);
        }
        let payload = Cow::Owned(core::mem::take(&mut self.message));
        Ok(Some(Received::Message(Message { message_type: piece.message_type, payload })))
    }

    /// Forgets the message under way, which is skipped.
    fn skip(&mut self) {
        self.frame = Vec::new();
        self.message = Vec::new();
        self.check.skip();
    }

    fn fail<'c>(&mut self, failure: Failure) -> Received<'c> {
        self.end();
        Received::Failed(failure)
    }

    /// Frees what is no longer needed.
    fn end(&mut self) {
        self.is_done = true;
        self.frame = Vec::new();
        self.message = Vec::new();
    }
}

/// Appends a piece. A frame says how long it will be, but until its bytes come that's only a claim.
fn append(bytes_so_far: &mut Vec<u8>, piece: &Piece, bytes: &[u8]) {
    if bytes_so_far.capacity() - bytes_so_far.len() < bytes.len() {
        let so_far_len = bytes_so_far.len() as u64;
        let room_len = piece.frame_payload_len.min(so_far_len.max(MAX_ROOM_LEN));
        let room_len = usize::try_from(room_len).unwrap_or(0).max(bytes.len());
        bytes_so_far.reserve_exact(room_len);
    }
    bytes_so_far.extend_from_slice(bytes);
}

/// The reason in a close frame's body, after the close code.
fn reason(body: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match body {
        Cow::Borrowed(body) => Cow::Borrowed(body.get(2..).unwrap_or_default()),
        Cow::Owned(body) => Cow::Owned(body.get(2..).unwrap_or_default().to_vec()),
    }
}
