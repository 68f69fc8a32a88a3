//! Reads payloads and messages, unmasked, joined and inflated.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use framewright_codec::Mask;
use framewright_codec::deflate::{Decompressor, InflateLimits, Pool};

use crate::store::bytes::Run;
use crate::{Capture, ConnId, Direction, Frame, FrameId, Message, MessageForm, MessageId};

/// How many zeros at most stand for a run of missing bytes. A capture may claim any number of missing
/// bytes.
const MAX_FILL_LEN: u64 = 64 * 1024;

/// The most bytes of a payload or message that are read at once. The rest counts as missing.
pub(crate) const MAX_CONTENT_LEN: usize = 128 << 20;
/// The largest buffer that is kept for the next content.
const MAX_ROOM_LEN: usize = 4 << 20;

/// Bytes read, with what is missing from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Content<'a> {
    /// The bytes; a missing one is zero. A run of more than 64 KiB of missing bytes is 64 KiB long here. What is
    /// after the first 128 MiB counts as missing.
    pub bytes: &'a [u8],
    /// Where bytes are missing, as ranges of `bytes`.
    pub missing: &'a [Range<u64>],
    /// How many bytes are missing.
    pub missing_len: u64,
    /// What the bytes are. Anything but [`MessageForm::Plain`] and [`MessageForm::Inflated`] comes with no
    /// bytes.
    pub form: MessageForm,
}

/// For how many directions a reader remembers where it left off.
const MAX_CURSORS: usize = 1024;

/// Buffers for reading; keep one for many reads. Messages read in order cost least.
#[derive(Default)]
pub struct Reader {
    bytes: Vec<u8>,
    missing: Vec<Range<u64>>,
    missing_len: u64,
    text: Vec<u8>,
    /// Where it left off in each direction's compressed messages.
    cursors: BTreeMap<(ConnId, Direction), Cursor>,
    contexts: Option<Pool<Decompressor>>,
}

/// A context, and the frame that follows the first frame of the message that it inflated last.
struct Cursor {
    next: FrameId,
    context: usize,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("cursors", &self.cursors.len()).finish_non_exhaustive()
    }
}

impl Reader {
    /// A reader with empty buffers.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes `range` of a frame's payload, unmasked, never inflated, as far as they have come. `None`
    /// if the frame is not held.
    pub fn payload<'a>(
        &'a mut self,
        capture: &'a Capture,
        frame: FrameId,
        range: Range<u64>,
    ) -> Option<Content<'a>> {
        let frame = capture.frame(frame)?;
        if !frame.masked()
            && let Some(bytes) = plain_slice(&frame, &range)
        {
            return Some(Content { bytes, missing: &[], missing_len: 0, form: MessageForm::Plain });
        }
        self.clear();
        self.append_payload(&frame, range);
        Some(self.content(MessageForm::Plain))
    }

    /// A message's content: its payloads unmasked, joined, and inflated where it is compressed. `None` if
    /// the message is not held.
    pub fn message<'a>(
        &'a mut self,
        capture: &'a Capture,
        message: MessageId,
    ) -> Option<Content<'a>> {
        let message = capture.message(message)?;
        match message.form() {
            MessageForm::Plain => {}
            MessageForm::Inflated => {
                let inflated = self.inflate(&message);
                let form =
                    if inflated { MessageForm::Inflated } else { MessageForm::NoPriorWindow };
                if !inflated {
                    self.text.clear();
                }
                return Some(Content { bytes: &self.text, missing: &[], missing_len: 0, form });
            }
            form => return Some(Content { bytes: &[], missing: &[], missing_len: 0, form }),
        }
        if message.fragments() == 1 {
            return self.payload(capture, message.first().id(), 0..u64::MAX);
        }
        self.join(&message);
        Some(self.content(MessageForm::Plain))
    }

    /// A message's payloads as they are on the wire, unmasked and joined but never inflated.
    pub fn message_as_sent<'a>(
        &'a mut self,
        capture: &'a Capture,
        message: MessageId,
    ) -> Option<Content<'a>> {
        let message = capture.message(message)?;
        self.join(&message);
        Some(self.content(MessageForm::Plain))
    }

    /// Inflates a message to `self.text`, after the earlier messages whose text it may refer to. `false` if
    /// they are no longer held.
    fn inflate(&mut self, message: &Message<'_>) -> bool {
        let key = (message.conn(), message.direction());
        let Some((context, mut next)) = self.context_before(message) else { return false };
        let done = loop {
            let until = message.first().id();
            let Some(current) = message.capture.next_inflated(key, next..=until) else {
                break false;
            };
            next = FrameId(current.first().id().0 + 1);
            let inflated = self.inflate_with(context, &current);
            if current.id() == message.id() || !inflated {
                break inflated;
            }
        };
        if done {
            self.cursors.insert(key, Cursor { next, context });
        } else if let Some(contexts) = &mut self.contexts {
            self.cursors.remove(&key);
            contexts.remove(context);
        }
        done
    }

    /// Inflates a message with a context that knows those before it.
    fn inflate_with(&mut self, context: usize, message: &Message<'_>) -> bool {
        self.text.clear();
        self.text.shrink_to(MAX_ROOM_LEN);
        // As they came, frame by frame: a stream may end inside one.
        message.frames().all(|id| {
            self.clear();
            if let Some(frame) = message.capture.frame(id) {
                self.append_payload(&frame, 0..u64::MAX);
            }
            let Some(contexts) = &mut self.contexts else { return false };
            let (bytes, text, fin) = (&self.bytes, &mut self.text, id == message.last());
            matches!(
                contexts.with(context, |context| context.inflate(bytes, fin, text)),
                Some(Ok(()))
            )
        })
    }

    /// A context that knows all messages before some frame, and that frame, which is `message`'s first or an
    /// earlier one.
    fn context_before(&mut self, message: &Message<'_>) -> Option<(usize, FrameId)> {
        let key = (message.conn(), message.direction());
        let inflating = message.capture.inflating(key.0, key.1)?;
        let params = inflating.params();
        let target = message.first().id();
        let (start, history): (FrameId, &[u8]) = if params.context_takeover {
            let restart = inflating.restart(message.id())?;
            (message.capture.message(restart.message)?.first().id(), &restart.history)
        } else {
            (target, &[])
        };
        let contexts = self
            .contexts
            .get_or_insert_with(|| Pool::new(Pool::<Decompressor>::DEFAULT_BUDGET_LEN));
        if let Some(cursor) = self.cursors.remove(&key) {
            if (start..=target).contains(&cursor.next) {
                return Some((cursor.context, cursor.next));
            }
            contexts.remove(cursor.context);
        }
        if self.cursors.len() >= MAX_CURSORS
            && let Some((_, cursor)) = self.cursors.pop_first()
        {
            contexts.remove(cursor.context);
        }
        let context = Decompressor::new(params, InflateLimits::NONE).with_history(history);
        Some((contexts.insert(context), start))
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(MAX_ROOM_LEN);
        self.missing.clear();
        self.missing.shrink_to(MAX_ROOM_LEN / size_of::<Range<u64>>());
        self.missing_len = 0;
    }

    fn content(&self, form: MessageForm) -> Content<'_> {
        Content { bytes: &self.bytes, missing: &self.missing, missing_len: self.missing_len, form }
    }

    /// What follows isn't read.
    fn cut(&mut self, len: u64) {
        self.missing_len = self.missing_len.saturating_add(len);
        let start = self.bytes.len();
        match self.missing.last_mut() {
            Some(last) if last.end == start as u64 => {}
            _ => {
                self.bytes.push(0);
                self.missing.push(start as u64..start as u64 + 1);
            }
        }
    }

    fn join(&mut self, message: &Message<'_>) {
        self.clear();
        for frame in message.frames() {
            if let Some(frame) = message.capture.frame(frame) {
                self.append_payload(&frame, 0..u64::MAX);
            }
        }
    }

    fn append_payload(&mut self, frame: &Frame<'_>, range: Range<u64>) {
        let payload = frame.payload_range();
        let from = payload.start.saturating_add(range.start).min(payload.end);
        let end = payload.start.saturating_add(range.end).min(payload.end);
        let Some(stream) = frame.capture.stream(frame.conn(), frame.direction()) else { return };
        let key = frame.masking_key().unwrap_or_default();
        let mut at = from - payload.start;
        for run in stream.runs(from..end) {
            let start = self.bytes.len();
            let run = match run {
                _ if start >= MAX_CONTENT_LEN => {
                    self.cut(end - payload.start - at);
                    return;
                }
                run => run,
            };
            match run {
                Run::Present(run) => {
                    self.bytes.extend_from_slice(run);
                    let mut key = key;
                    key.rotate_left((at % 4) as usize);
                    Mask::new(key).apply(&mut self.bytes[start..]);
                    at += run.len() as u64;
                }
                Run::Missing(len) => {
                    let shown_len = shown_len(run);
                    self.bytes.resize(start + shown_len, 0);
                    self.missing.push(start as u64..(start + shown_len) as u64);
                    self.missing_len = self.missing_len.saturating_add(len);
                    at += len;
                }
            }
        }
    }
}

/// How many bytes stand for a run.
pub(crate) fn shown_len(run: Run<'_>) -> usize {
    match run {
        Run::Present(bytes) => bytes.len(),
        Run::Missing(len) => len.min(MAX_FILL_LEN) as usize,
    }
}

/// The part `range` of an unmasked payload, if it is held in one piece.
fn plain_slice<'a>(frame: &Frame<'a>, range: &Range<u64>) -> Option<&'a [u8]> {
    let payload = frame.payload_range();
    let from = payload.start.saturating_add(range.start).min(payload.end);
    let end = payload.start.saturating_add(range.end).min(payload.end);
    frame.capture.stream(frame.conn(), frame.direction())?.slice(from..end)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use framewright_codec::deflate::{CompressOptions, Compressor, ContextParams};

    use super::*;
    use crate::{ConnectionInit, DeflateParams, Limits, Negotiated, Start};

    fn open(capture: &mut Capture) -> ConnId {
        let permessage_deflate = Some(DeflateParams::default());
        let start = Start::Frames(Negotiated { permessage_deflate, ..Negotiated::default() });
        capture.open(ConnectionInit { start, ..ConnectionInit::default() }).unwrap()
    }

    fn push(capture: &mut Capture, conn: ConnId, first: u8, payload: &[u8]) -> MessageId {
        let len = (payload.len() as u64).to_be_bytes();
        capture.push(conn, Direction::ToClient, &[&[first, 127][..], &len, payload].concat(), 0);
        MessageId(capture.message_ids().end - 1)
    }

    fn push_compressed(capture: &mut Capture, conn: ConnId, text: &[u8]) -> MessageId {
        let mut payload = Vec::new();
        Compressor::new(ContextParams::default(), CompressOptions::default()).compress(
            text,
            true,
            &mut payload,
        );
        push(capture, conn, 0xc2, &payload)
    }

    #[test]
    fn it_goes_on_where_it_left_off_for_so_many_directions() {
        let mut capture = Capture::new(Limits::default());
        let mut reader = Reader::new();
        for _ in 0..1100 {
            let conn = open(&mut capture);
            let message = push_compressed(&mut capture, conn, b"hello");
            assert_eq!(reader.message(&capture, message).unwrap().bytes, b"hello");
        }
        assert_eq!(reader.cursors.len(), 1024);
    }

    #[test]
    fn the_room_of_long_contents_is_given_back() {
        const MAX_LEN: usize = 4 << 20;
        let mut capture = Capture::new(Limits::default());
        let conn = open(&mut capture);
        let long = vec![0; 3 * MAX_LEN];
        let inflated = push_compressed(&mut capture, conn, &long);
        let short_inflated = push_compressed(&mut capture, conn, b"hello");
        // Of two frames, so that they are joined.
        push(&mut capture, conn, 0x02, &long);
        let joined = push(&mut capture, conn, 0x80, b"");
        push(&mut capture, conn, 0x02, b"hel");
        let short_joined = push(&mut capture, conn, 0x80, b"lo");
        let mut reader = Reader::new();
        for (long, short) in [(inflated, short_inflated), (joined, short_joined)] {
            assert_eq!(reader.message(&capture, long).unwrap().bytes.len(), 3 * MAX_LEN);
            assert_eq!(reader.message(&capture, short).unwrap().bytes, b"hello");
            let (bytes, text) = (reader.bytes.capacity(), reader.text.capacity());
            assert!(bytes <= MAX_LEN && text <= MAX_LEN, "{bytes}, {text}");
        }
    }
}
