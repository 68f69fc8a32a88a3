//! One direction's inflating side.

use alloc::vec::Vec;

use super::engine::{InflateEngine, Inflated, Pause};
use super::history::History;
use super::{Context, ContextParams, InflateError, InflateLimits, TAIL};
use crate::handshake::WindowBits;

/// The most octets of output that room is made for at once: it is zeroed first.
const MAX_ROOM_LEN: usize = 64 * 1024;

/// What one step did. Go on with `&input[consumed..]` until `finished`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Octets of the input that are done with.
    pub consumed: usize,
    /// Whether the whole fragment is inflated.
    pub finished: bool,
}

/// Inflates the messages of one direction (RFC 7692 §7.2.2).
///
/// Broken streams have the outcome that zlib, and so ws, gives them:
///
/// - A message may end inside a DEFLATE block. What it inflated to so far is its text, and the next message
///   goes on from there, which most often is an error. After a sleep in between, it always is one.
/// - A block may say that it is the stream's last (BFINAL; §7.2.3.4). The rest of its message is
///   ignored, and the next message has no history.
///
/// An error is final: every later call returns it again.
pub struct Decompressor {
    context_takeover: bool,
    limits: InflateLimits,
    engine: Option<InflateEngine>,
    history: History,
    /// The engine holds what the next message must not see.
    stale: bool,
    /// The last octet of the last message's tail was kept back.
    owes_tail: bool,
    in_message: bool,
    stream_ended: bool,
    message_in_len: u64,
    message_out_len: u64,
    tail_consumed: usize,
    tail_gave_text: bool,
    failure: Option<InflateError>,
}

impl Decompressor {
    /// A decompressor without history, asleep.
    pub fn new(params: ContextParams, limits: InflateLimits) -> Self {
        let history_len = if params.context_takeover { params.window_len() } else { 0 };
        Self {
            context_takeover: params.context_takeover,
            limits,
            engine: None,
            history: History::new(history_len),
            stale: false,
            owes_tail: false,
            in_message: false,
            stream_ended: false,
            message_in_len: 0,
            message_out_len: 0,
            tail_consumed: 0,
            tail_gave_text: false,
            failure: None,
        }
    }

    /// The same decompressor as if the messages before had been `text`, of which the window takes the end.
    pub fn with_history(mut self, text: &[u8]) -> Self {
        self.history.push(text);
        self
    }

    /// The end of the text so far that later messages may refer to, oldest octets first, in two parts.
    pub fn history(&self) -> [&[u8]; 2] {
        self.history.parts()
    }

    /// Inflates a fragment's payload, the message's last if `fin`, appending its text to `out`.
    ///
    /// Without [`InflateLimits::max_message_len`], what comes out may be a thousand times as long as
    /// `payload`. After an error, `out` holds what came before it.
    pub fn inflate(
        &mut self,
        payload: &[u8],
        fin: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), InflateError> {
        self.inflate_step(payload, fin, usize::MAX, out).map(|step| debug_assert!(step.finished))
    }

    /// As [`inflate`](Self::inflate), but returns when `max_output_len` octets have come out, so that a
    /// long message needn't be done in one go. `fin` stays the same for all steps of a fragment.
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
            self.failure = Some(failure);
            self.end_message();
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
        let start = out.len();
        let step = self.feed(payload, Source::Payload, max_output_len, out)?;
        if !step.finished || !fin {
            return Ok(step);
        }
        loop {
            let tail = &TAIL[self.tail_consumed..self.tail_len()];
            let tail_start = out.len();
            let left_len = max_output_len - (tail_start - start);
            let Step { consumed, finished } = self.feed(tail, Source::Tail, left_len, out)?;
            self.tail_consumed += consumed;
            self.tail_gave_text |= out.len() > tail_start;
            if !finished {
                return Ok(Step { finished: false, ..step });
            }
            if self.tail_consumed >= self.tail_len() {
                self.end_message();
                return Ok(step);
            }
        }
    }

    /// How much of the tail to feed before the next message begins.
    ///
    /// The engine's window is the largest there is. If a shorter one was agreed, the next message must not
    /// see more than that, so its engine wants priming anew, but only if the stream stands between two blocks
    /// there. That shows when the tail's last octet and the next message's first one are fed together;
    /// unless the tail already gave text, which it does only inside a block.
    fn tail_len(&self) -> usize {
        let is_window_short = self.history.max_len() < 1 << WindowBits::MAX.get();
        if self.context_takeover && is_window_short && !self.tail_gave_text {
            TAIL.len() - 1
        } else {
            TAIL.len()
        }
    }

    fn begin(&mut self) {
        if self.engine.is_none() || self.stale {
            let spare = self.engine.take();
            self.wake(spare);
        }
        self.in_message = true;
    }

    fn end_message(&mut self) {
        self.stale = !self.context_takeover || self.stream_ended || self.failure.is_some();
        if self.stale {
            self.history.clear();
        }
        self.owes_tail = !self.stale && self.tail_len() < TAIL.len();
        self.in_message = false;
        self.stream_ended = false;
        self.message_in_len = 0;
        self.message_out_len = 0;
        self.tail_consumed = 0;
        self.tail_gave_text = false;
    }

    /// Inflates `input` until nothing more comes of it.
    fn feed(
        &mut self,
        input: &[u8],
        source: Source,
        max_output_len: usize,
        out: &mut Vec<u8>,
    ) -> Result<Step, InflateError> {
        let start = out.len();
        let mut consumed = 0;
        let mut room_len = (4 * input.len() + 512).min(MAX_ROOM_LEN);
        let mut stalled = false;
        loop {
            if self.stream_ended {
                return Ok(Step { consumed: input.len(), finished: true });
            }
            let left_len = max_output_len - (out.len() - start);
            if left_len == 0 {
                return Ok(Step { consumed, finished: false });
            }
            let rest = &input[consumed..];
            let owed_and_next = [TAIL[TAIL.len() - 1], rest.first().copied().unwrap_or_default()];
            let pays_tail = self.owes_tail && !rest.is_empty();
            let (source_octets, pause) = match pays_tail {
                true => (&owed_and_next[..], Pause::BehindBlock),
                false => (rest, Pause::Never),
            };
            let (mut inflated, room) =
                self.inflate_some(source_octets, room_len.min(left_len), pause, out)?;
            if pays_tail && inflated.consumed > 0 {
                self.owes_tail = false;
                inflated.consumed -= 1;
                if inflated.consumed == 0 && inflated.produced == 0 {
                    // Between two blocks, where all that the engine knows is its window.
                    let spare = self.engine.take();
                    self.wake(spare);
                    continue;
                }
            }
            consumed += inflated.consumed;
            if source == Source::Payload {
                self.message_in_len += inflated.consumed as u64;
            }
            self.stream_ended = inflated.stream_ended;
            if consumed == input.len() && inflated.produced < room {
                return Ok(Step { consumed, finished: true });
            }
            // A pause behind a block can come without any octets, but never twice.
            if inflated.is_nothing() && core::mem::replace(&mut stalled, true) {
                return Err(InflateError::Corrupt);
            }
            room_len = (2 * room_len).min(MAX_ROOM_LEN);
        }
    }

    /// Runs the engine once, within the limits; also returns the room that it had.
    fn inflate_some(
        &mut self,
        input: &[u8],
        room: usize,
        pause: Pause,
        out: &mut Vec<u8>,
    ) -> Result<(Inflated, usize), InflateError> {
        let (allowed_len, error) = self.allowed_len(input.len());
        let Some(engine) = &mut self.engine else {
            unreachable!("a message has an engine from its begin on");
        };
        if allowed_len == 0 {
            // One octet beyond the limit tells whether the message ends at it.
            let mut beyond = [0];
            let inflated = engine.inflate_to(input, pause, &mut beyond)?;
            return if inflated.produced == 0 { Ok((inflated, 1)) } else { Err(error) };
        }
        let room = usize::try_from(allowed_len).map_or(room, |allowed_len| room.min(allowed_len));
        let start = out.len();
        let inflated = engine.inflate(input, room, pause, out)?;
        self.history.push(&out[start..]);
        self.message_out_len += inflated.produced as u64;
        Ok((inflated, room))
    }

    /// How many octets may still come out, with `input_len` octets to go in, and the error if more do.
    fn allowed_len(&self, input_len: usize) -> (u64, InflateError) {
        let by_len = self.limits.max_message_len;
        let by_ratio = self.limits.max_ratio.map_or(u64::MAX, |ratio| {
            let in_len = self.message_in_len.saturating_add(input_len as u64);
            in_len.saturating_mul(ratio.into()).max(InflateLimits::RATIO_FREE_LEN)
        });
        let (limit, error) = if by_len <= by_ratio {
            (by_len, InflateError::MessageTooBig)
        } else {
            (by_ratio, InflateError::RatioTooBig)
        };
        (limit.saturating_sub(self.message_out_len), error)
    }

    /// The memory held while asleep, in octets.
    pub fn history_memory_len(&self) -> usize {
        self.history.memory_len()
    }
}

/// Where input comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Payload,
    /// What the sender took off the message.
    Tail,
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
        !self.in_message
    }

    fn needs_sleep(&self) -> bool {
        self.stale
    }

    fn wake(&mut self, spare: Option<InflateEngine>) {
        self.engine = Some(InflateEngine::primed(spare, self.history.parts()));
        self.stale = false;
        self.owes_tail = false;
    }

    fn sleep(&mut self) -> Option<InflateEngine> {
        if !self.can_sleep() {
            return None;
        }
        let mut engine = self.engine.take()?;
        let owed = if self.owes_tail { &TAIL[TAIL.len() - 1..] } else { &[] };
        if !self.stale && !engine.is_between_blocks_after(owed) {
            self.failure = Some(InflateError::Corrupt);
            self.history.clear();
        }
        Some(engine)
    }
}
