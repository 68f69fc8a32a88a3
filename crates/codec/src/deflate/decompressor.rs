//! One direction's inflating side.

use alloc::vec::Vec;

use super::engine::{InflateEngine, Inflated};
use super::history::History;
use super::{Context, ContextParams, InflateError, InflateLimits, TAIL};
use crate::handshake::WindowBits;

/// How many bytes of output to make room for at once, at most: the room is zeroed first.
const MAX_ROOM_LEN: usize = 64 * 1024;

/// What one step did. Go on with `&payload[consumed..]` until `finished`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Bytes of the payload that are done with.
    pub consumed: usize,
    /// Whether the whole frame is inflated.
    pub finished: bool,
}

/// Inflates the messages of one direction (RFC 7692 §7.2.2).
///
/// It wakes by itself when it is given something to inflate; to share engines among many, see
/// [`Pool`](super::Pool).
///
/// Streams that no honest peer sends have the outcome that zlib, and so ws, gives them:
///
/// - A message may end inside a DEFLATE block. What it inflated to so far is its text, and the next
///   message goes on from there. The context stays awake meanwhile; if the end only looked like one
///   between blocks, and the context slept or its window is a short one, the next message is
///   [`Corrupt`](InflateError::Corrupt).
/// - A block may say that it is the stream's last (BFINAL; §7.2.3.4). The rest of its frame is ignored,
///   what a message's end adds included, and the next frame starts a new stream. Only if the frame has no
///   rest, the next one is ignored too.
///
/// An error is final: every later call returns it again.
pub struct Decompressor {
    context_takeover: bool,
    window_len: usize,
    limits: InflateLimits,
    skips_too_big: bool,
    engine: Option<InflateEngine>,
    history: History,
    /// How much text the engine has seen, in bytes.
    engine_text_len: usize,
    /// The next message must not be inflated with the engine as it is.
    stale: bool,
    /// The stream's last block is over,
    stream_ended: bool,
    /// and bytes came after it.
    is_past_end: bool,
    failure: Option<InflateError>,
    corruption: Option<&'static str>,
    in_message: bool,
    message: Message,
}

/// The message under way, or the last one.
#[derive(Default)]
struct Message {
    consumed_len: u64,
    produced_len: u64,
    last_byte: Option<u8>,
    /// Its text is thrown away.
    skipped: bool,
    /// The last four bytes of payload, the last one lowest.
    last_bytes: u32,
    tail_consumed: usize,
    tail_gave_text: bool,
}

impl Message {
    /// Whether the message may have ended with the header of a stored block, as it should: its last byte
    /// is the end of those three bits and the padding, all zero. Only a look at the engine can tell.
    fn seems_flushed(&self) -> bool {
        self.last_byte.is_some_and(|byte| byte >> 5 == 0) && !self.tail_gave_text
    }
}

impl Message {
    /// Whether what came so far ends as a flush does.
    fn is_flushed(&self) -> bool {
        self.last_bytes == u32::from_be_bytes(TAIL) && self.consumed_len >= TAIL.len() as u64
    }
}

impl Decompressor {
    /// A decompressor without history, asleep.
    pub fn new(params: ContextParams, limits: InflateLimits) -> Self {
        let window_len = params.window_len();
        Self {
            context_takeover: params.context_takeover,
            window_len,
            limits,
            skips_too_big: false,
            engine: None,
            history: History::new(if params.context_takeover { window_len } else { 0 }),
            engine_text_len: 0,
            stale: false,
            stream_ended: false,
            is_past_end: false,
            failure: None,
            corruption: None,
            in_message: false,
            message: Message::default(),
        }
    }

    /// The same decompressor, as if the messages so far had been `text`. The window takes its end.
    pub fn with_history(mut self, text: &[u8]) -> Self {
        self.history.push(text);
        self
    }

    /// The end of the text so far that later messages may refer to, oldest bytes first.
    pub fn history(&self) -> Vec<u8> {
        self.history.to_vec()
    }

    /// Whether a message that is too big is skipped, instead of being an error: nothing more of its text
    /// comes out, but later messages may still refer to it. See [`is_skipped`](Self::is_skipped).
    pub fn set_skips_too_big(&mut self, skips_too_big: bool) {
        self.skips_too_big = skips_too_big;
    }

    /// Skips the message that is under way, or begins now.
    pub fn skip(&mut self) {
        if self.failure.is_none() {
            self.begin();
            self.message.skipped = true;
        }
    }

    /// Whether the message under way, or the last one, is skipped. What came out of it is of no use.
    pub fn is_skipped(&self) -> bool {
        self.message.skipped
    }

    /// The text on which inflating the next frame's payload depends, oldest bytes first. `None` where it
    /// depends on more than text: inside a DEFLATE block, and after an error.
    ///
    /// Between the frames of a message it has the text of those before.
    pub fn window(&self) -> Option<Vec<u8>> {
        let is_all = match (&self.engine, self.in_message) {
            _ if self.failure.is_some() => false,
            (None, _) => true,
            (Some(_), false) => self.can_sleep(),
            (Some(_), true) => self.message.is_flushed() && !self.stream_ended,
        };
        is_all.then(|| self.history.to_vec())
    }

    /// Inflates a frame's payload, the message's last if `fin`, appending its text to `out`.
    ///
    /// Without [`InflateLimits::max_message_len`], what comes out may be a thousand times as long as
    /// `payload`. After an error, what came out is of no use.
    pub fn inflate(
        &mut self,
        payload: &[u8],
        fin: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), InflateError> {
        self.inflate_step(payload, fin, usize::MAX, out).map(|step| debug_assert!(step.finished))
    }

    /// As [`inflate`](Self::inflate), but returns once `max_output_len` bytes (one at least) have come
    /// out, so that a long message needn't be done in one go. `fin` is the same for all steps of a frame.
    pub fn inflate_step(
        &mut self,
        payload: &[u8],
        fin: bool,
        max_output_len: usize,
        out: &mut Vec<u8>,
    ) -> Result<Step, InflateError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let result = self.try_step(payload, fin, max_output_len, out);
        if let Err(failure) = result {
            self.fail(failure);
        }
        result
    }

    fn try_step(
        &mut self,
        payload: &[u8],
        fin: bool,
        max_output_len: usize,
        out: &mut Vec<u8>,
    ) -> Result<Step, InflateError> {
        self.begin();
        let start = self.message.produced_len;
        let step = self.feed(payload, max_output_len, out)?;
        self.message.consumed_len += step.consumed as u64;
        self.message.last_byte = payload.last().copied().or(self.message.last_byte);
        for &byte in &payload[step.consumed.saturating_sub(TAIL.len())..step.consumed] {
            self.message.last_bytes = self.message.last_bytes << 8 | u32::from(byte);
        }
        if !step.finished {
            return Ok(step);
        }
        if fin {
            let tail_start = self.message.produced_len;
            let left_len = left(max_output_len, tail_start - start);
            let tail = self.feed(&TAIL[self.message.tail_consumed..], left_len, out)?;
            self.message.tail_consumed += tail.consumed;
            self.message.tail_gave_text |= self.message.produced_len > tail_start;
            if !tail.finished {
                return Ok(Step { finished: false, ..step });
            }
        }
        if core::mem::take(&mut self.is_past_end) {
            self.forget();
        }
        if fin {
            self.end_message();
        }
        Ok(step)
    }

    fn begin(&mut self) {
        if self.engine.is_none() || self.stale {
            let spare = self.engine.take();
            self.wake(spare);
        }
        if !self.in_message {
            self.in_message = true;
            self.message = Message::default();
        }
    }

    fn end_message(&mut self) {
        self.in_message = false;
        if !self.context_takeover {
            self.forget();
        } else if self.remembers_too_much() && self.can_sleep() {
            self.check_engine();
            self.stale = true;
        }
    }

    /// Whether the engine, whose window is always the largest, must be primed again to forget what lies
    /// outside the agreed window.
    fn remembers_too_much(&self) -> bool {
        self.window_len < 1 << WindowBits::MAX.get() && self.engine_text_len > self.window_len
    }

    /// What comes next is a new stream.
    fn forget(&mut self) {
        self.stale = true;
        self.stream_ended = false;
        self.history.clear();
    }

    fn fail(&mut self, failure: InflateError) {
        self.in_message = false;
        self.failure = Some(failure);
        self.corruption = self.engine.as_ref().and_then(InflateEngine::error_message);
        self.forget();
    }

    /// Fails the next message if it may depend on more than the history.
    fn check_engine(&mut self) {
        if !self.stale && !self.engine.as_mut().is_some_and(InflateEngine::is_between_blocks) {
            self.fail(InflateError::Corrupt);
            self.corruption = Some("message ended inside a block");
        }
    }

    /// Inflates `input` until no more output comes.
    fn feed(
        &mut self,
        input: &[u8],
        max_output_len: usize,
        out: &mut Vec<u8>,
    ) -> Result<Step, InflateError> {
        let start = self.message.produced_len;
        let mut consumed = 0;
        let mut room_len = (4 * input.len() + 512).min(MAX_ROOM_LEN);
        loop {
            if self.stream_ended {
                self.is_past_end |= consumed < input.len();
                return Ok(Step { consumed: input.len(), finished: true });
            }
            let left_len = left(max_output_len, self.message.produced_len - start);
            if left_len == 0 {
                return Ok(Step { consumed, finished: false });
            }
            let given_len = self.message.consumed_len.saturating_add(input.len() as u64);
            let (inflated, room_len_given) =
                self.inflate_some(&input[consumed..], given_len, room_len.min(left_len), out)?;
            consumed += inflated.consumed;
            self.stream_ended = inflated.stream_ended;
            // Room left over means that the engine wants more input.
            if consumed == input.len() && inflated.produced < room_len_given {
                return Ok(Step { consumed, finished: true });
            }
            if inflated.consumed == 0 && inflated.produced == 0 && !inflated.stream_ended {
                debug_assert!(false, "an engine with input and room makes progress");
                return Err(InflateError::Corrupt);
            }
            room_len = (2 * room_len).min(MAX_ROOM_LEN);
        }
    }

    /// Runs the engine once, within the limits for a message of `given_len` bytes so far; also returns
    /// the room that it had.
    fn inflate_some(
        &mut self,
        input: &[u8],
        given_len: u64,
        room_len: usize,
        out: &mut Vec<u8>,
    ) -> Result<(Inflated, usize), InflateError> {
        let (limit, error) = self.limits.for_message(given_len);
        let is_skipped = self.message.skipped;
        let allowed_len =
            if is_skipped { u64::MAX } else { limit.saturating_sub(self.message.produced_len) };
        let Some(engine) = &mut self.engine else {
            unreachable!("a message has an engine from its start on");
        };
        if allowed_len == 0 {
            // One byte beyond the limit tells whether the message ends at it.
            let mut byte = [0];
            let inflated = engine.inflate_to(input, &mut byte)?;
            if inflated.produced == 0 {
                return Ok((inflated, 1));
            }
            if !self.skips_too_big {
                return Err(error);
            }
            self.message.skipped = true;
            self.count_text(&byte);
            return Ok((inflated, 1));
        }
        let room_len = usize::try_from(allowed_len).map_or(room_len, |len| room_len.min(len));
        let start = out.len();
        let inflated = engine.inflate(input, room_len, out)?;
        self.count_text(&out[start..]);
        if is_skipped {
            out.truncate(start);
        }
        Ok((inflated, room_len))
    }

    /// Remembers text that later messages may refer to.
    fn count_text(&mut self, text: &[u8]) {
        self.history.push(text);
        self.message.produced_len += text.len() as u64;
        self.engine_text_len = self.engine_text_len.saturating_add(text.len());
    }

    /// What zlib calls the corruption that this failed with, such as "invalid distance too far back", if
    /// that is known.
    pub fn corruption(&self) -> Option<&'static str> {
        self.corruption
    }

    /// The memory held while asleep, in bytes.
    pub fn history_memory_len(&self) -> usize {
        self.history.memory_len()
    }
}

impl Context for Decompressor {
    type Engine = InflateEngine;

    fn engine_memory_len(&self) -> usize {
        InflateEngine::MEMORY_LEN
    }

    fn fits(&self, _spare: &InflateEngine) -> bool {
        true
    }

    fn is_awake(&self) -> bool {
        self.engine.is_some()
    }

    fn can_sleep(&self) -> bool {
        !self.in_message && (self.stale || (!self.stream_ended && self.message.seems_flushed()))
    }

    fn needs_sleep(&self) -> bool {
        (self.stale || self.failure.is_some()) && !self.in_message
    }

    fn wake(&mut self, spare: Option<InflateEngine>) {
        self.engine_text_len = self.history.len();
        self.engine = Some(InflateEngine::primed(spare, self.history.parts()));
        self.stale = false;
    }

    fn sleep(&mut self) -> Option<InflateEngine> {
        if !self.can_sleep() {
            return None;
        }
        self.check_engine();
        self.engine.take()
    }
}

/// What is left of `len` bytes when so many are produced.
fn left(len: usize, produced_len: u64) -> usize {
    usize::try_from(produced_len).map_or(0, |produced_len| len.saturating_sub(produced_len))
}
