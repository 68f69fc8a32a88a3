//! Inflates the compressed messages of a direction as they come (RFC 7692 §7.2.2), and remembers places to
//! start again from, to read one of them later.

use std::fmt;

use framewright_codec::Mask;
use framewright_codec::deflate::{ContextParams, Decompressor, InflateError, InflateLimits, Pool};
use framewright_codec::utf8::Utf8Validator;

use crate::store::rows;
use crate::{Limits, MessageForm, MessageId};

/// How many bytes of text lie between two places to start again. Reading one message inflates this much at
/// most; each place costs the memory of a window.
const RESTART_LEN: u64 = 512 * 1024;
/// How much text is inflated at once: a message may inflate to a thousand times its length.
const STEP_LEN: usize = 256 * 1024;
/// The longest buffer for a frame that is kept for the next.
const MAX_KEPT_ROOM_LEN: usize = 64 * 1024;
/// How much longer than its payloads a direction's text may be once the budget is used up.
const MAX_RATIO: u64 = 64;
/// How much longer than its text a message may be: by a few bytes for each stored block.
const MAX_STORED_SHARE: u64 = 1000;
/// How many bytes of frames may wait for their last byte, over all directions.
const MAX_WAITING_LEN: u64 = 256 << 20;
/// About how much memory an engine takes that is in the middle of a message.
const ENGINE_LEN: u64 = 48 * 1024;

/// What all directions share: engines, and room to work in.
pub(crate) struct Inflaters {
    pool: Pool<Decompressor>,
    text: Vec<u8>,
    /// The length of all compressed messages so far, and of what they inflated to.
    compressed_len: u64,
    inflated_len: u64,
    /// The length of incomplete frames so far.
    waiting_len: u64,
}

impl Default for Inflaters {
    fn default() -> Self {
        let pool = Pool::new(Pool::<Decompressor>::DEFAULT_BUDGET_LEN);
        Self { pool, text: Vec::new(), compressed_len: 0, inflated_len: 0, waiting_len: 0 }
    }
}

impl Inflaters {
    fn is_over(&self, limits: &Limits) -> bool {
        let earned = self.compressed_len.saturating_mul(MAX_RATIO);
        self.inflated_len > limits.max_inflated_total.max(earned)
    }
}

impl fmt::Debug for Inflaters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflaters").field("contexts", &self.pool.len()).finish_non_exhaustive()
    }
}

/// A message before which all that later ones refer to is known.
#[derive(Debug)]
pub(crate) struct Restart {
    pub(crate) message: MessageId,
    pub(crate) history: Box<[u8]>,
    /// Whether the history was given, not inflated here.
    pub(crate) is_given: bool,
}

impl Restart {
    fn kept_len(&self) -> u64 {
        (size_of::<Self>() + self.history.len()) as u64
    }
}

/// What is wrong with a compressed message.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    /// Where in the frame's payload it shows, in bytes.
    pub(crate) at: u64,
}

#[derive(Debug)]
pub(crate) enum FaultKind {
    /// It has no content, for this reason.
    Form(MessageForm),
    /// Its text isn't UTF-8, as this byte of the text shows.
    InvalidUtf8(u64),
}

/// The message under way.
#[derive(Debug)]
struct Open {
    mask: Mask,
    text_len: u64,
    text: Option<Utf8Validator>,
    /// Why it has no content, once that is known.
    failure: Option<MessageForm>,
}

impl Open {
    /// Takes the next bytes of text, and returns the first that makes it invalid.
    fn take_text(&mut self, text: &[u8], fin: bool) -> Option<u64> {
        let start = self.text_len;
        self.text_len += text.len() as u64;
        let mut validator = self.text?;
        let before = validator;
        if validator.push(text).is_ok() && (!fin || validator.finish().is_ok()) {
            self.text = Some(validator);
            return None;
        }
        self.text = None;
        Some(start + invalid_at(before, text) as u64)
    }
}

/// One direction's compressed messages.
#[derive(Debug)]
pub(crate) struct Inflating {
    params: ContextParams,
    /// In the pool.
    context: Option<usize>,
    /// Whether the whole window that a message may refer to is known.
    known: bool,
    /// How much text was inflated without a loss in between.
    history_len: u64,
    restarts: Vec<Restart>,
    since_restart_len: u64,
    open: Option<Open>,
    /// The payload of the frame under way, unmasked.
    frame: Vec<u8>,
    /// The length of its messages so far, and of what they inflated to.
    compressed_len: u64,
    inflated_len: u64,
    /// Whether it went past the budget: nothing is inflated any more.
    is_over: bool,
    /// The memory of the places to start again.
    restarts_len: u64,
}

impl Inflating {
    /// A direction; `known` unless messages were sent before the first that is captured.
    pub(crate) fn new(params: ContextParams, known: bool) -> Self {
        Self {
            params,
            context: None,
            known,
            history_len: 0,
            restarts: Vec::new(),
            since_restart_len: 0,
            open: None,
            frame: Vec::new(),
            compressed_len: 0,
            inflated_len: 0,
            is_over: false,
            restarts_len: 0,
        }
    }

    /// The memory that is freed with the messages.
    pub(crate) fn restarts_len(&self) -> u64 {
        self.restarts_len
    }

    /// The memory that it takes besides that.
    pub(crate) fn kept_len(&self) -> u64 {
        let waiting = self.frame.capacity() as u64;
        if self.context.is_none() {
            return waiting;
        }
        let history = self.history_len.min(1 << self.params.max_window_bits.get());
        let engine = if self.open.is_some() { ENGINE_LEN } else { 0 };
        waiting + history + engine
    }

    pub(crate) fn params(&self) -> ContextParams {
        self.params
    }

    /// The last place to start again at or before a message.
    pub(crate) fn restart(&self, message: MessageId) -> Option<&Restart> {
        let after = self.restarts.partition_point(|restart| restart.message <= message);
        self.restarts.get(after.checked_sub(1)?)
    }

    /// Forgets places to start again that lie before the first message held.
    pub(crate) fn evict_before(&mut self, message: MessageId) {
        let gone = self.restarts.partition_point(|restart| restart.message < message);
        let gone: u64 = self.restarts.drain(..gone).map(|restart| restart.kept_len()).sum();
        self.restarts_len -= gone;
    }

    /// The places to start again, from the first message on.
    pub(crate) fn restarts(&self) -> &[Restart] {
        &self.restarts
    }

    /// All that the next message may refer to is given.
    pub(crate) fn give_window(
        &mut self,
        shared: &mut Inflaters,
        limits: &Limits,
        id: MessageId,
        history: Box<[u8]>,
    ) {
        if self.is_over {
            return;
        }
        self.forget(shared);
        let context = self.context(limits).with_history(&history);
        self.context = Some(shared.pool.insert(context));
        self.known = true;
        self.history_len = history.len() as u64;
        self.push_restart(id, history, true);
    }

    fn context(&self, limits: &Limits) -> Decompressor {
        let mut inflate_limits = InflateLimits::NONE;
        inflate_limits.max_message_len = limits.max_inflated_len.into();
        Decompressor::new(self.params, inflate_limits)
    }

    /// A message begins. With `has_room`, there is memory for an engine, which it may need until it ends.
    pub(crate) fn begin(
        &mut self,
        shared: &mut Inflaters,
        limits: &Limits,
        id: MessageId,
        is_text: bool,
        has_room: bool,
    ) {
        if !has_room {
            self.is_over = true;
            self.forget(shared);
        }
        let text = is_text.then(Utf8Validator::new);
        let failure = self.is_over.then_some(MessageForm::OverBudget);
        self.open = Some(Open { mask: Mask::new([0; 4]), text_len: 0, text, failure });
        if self.is_over {
            return;
        }
        let context = match self.context {
            Some(context) => context,
            None => {
                let context = self.context(limits);
                self.push_restart(id, Box::default(), false);
                *self.context.insert(shared.pool.insert(context))
            }
        };
        if self.params.context_takeover && self.since_restart_len >= RESTART_LEN {
            let history = shared.pool.with(context, |context| context.history());
            self.push_restart(id, history.unwrap_or_default().into_boxed_slice(), false);
        }
    }

    fn push_restart(&mut self, message: MessageId, history: Box<[u8]>, is_given: bool) {
        let restart = Restart { message, history, is_given };
        self.restarts_len += restart.kept_len();
        rows::push(&mut self.restarts, restart);
        self.since_restart_len = 0;
    }

    /// The next frame of the message begins.
    pub(crate) fn frame(&mut self, shared: &mut Inflaters, masking_key: Option<[u8; 4]>) {
        self.clear_frame(shared);
        if let Some(open) = &mut self.open {
            open.mask = Mask::new(masking_key.unwrap_or_default());
        }
    }

    /// The next bytes of the frame's payload, as on the wire.
    pub(crate) fn payload(
        &mut self,
        shared: &mut Inflaters,
        limits: &Limits,
        bytes: &[u8],
    ) -> Option<Fault> {
        let open = self.open.as_mut().filter(|open| open.failure.is_none())?;
        let start = self.frame.len();
        let max_len = u64::from(limits.max_inflated_len);
        if (start + bytes.len()) as u64 > max_len + max_len / MAX_STORED_SHARE + STEP_LEN as u64 {
            return Some(self.give_up(shared, MessageForm::InflateTooLong, start));
        }
        if shared.waiting_len + bytes.len() as u64 > MAX_WAITING_LEN.min(limits.max_fixed_len()) {
            return Some(self.give_up(shared, MessageForm::OverBudget, start));
        }
        shared.waiting_len += bytes.len() as u64;
        self.frame.extend_from_slice(bytes);
        open.mask.apply(&mut self.frame[start..]);
        None
    }

    /// The frame is complete, and with it the message if `fin`.
    pub(crate) fn frame_end(
        &mut self,
        shared: &mut Inflaters,
        limits: &Limits,
        fin: bool,
    ) -> Option<Fault> {
        let fault = self.inflate(shared, limits, fin);
        self.clear_frame(shared);
        fault
    }

    fn inflate(&mut self, shared: &mut Inflaters, limits: &Limits, fin: bool) -> Option<Fault> {
        let (open, context) = (self.open.as_mut()?, self.context?);
        if open.failure.is_some() {
            return None;
        }
        self.compressed_len += self.frame.len() as u64;
        shared.compressed_len += self.frame.len() as u64;
        let mut fault = None;
        let mut at = 0;
        loop {
            let is_dense = self.inflated_len > self.compressed_len.saturating_mul(MAX_RATIO);
            if is_dense && shared.is_over(limits) {
                return Some(self.give_up(shared, MessageForm::OverBudget, at));
            }
            let Inflaters { pool, text, .. } = &mut *shared;
            text.clear();
            let rest = &self.frame[at..];
            let step =
                pool.with(context, |context| context.inflate_step(rest, fin, STEP_LEN, text))?;
            let step = match step {
                Ok(step) => step,
                Err(error) => {
                    let kind = FaultKind::Form(self.fail(shared, error));
                    return Some(Fault { kind, at: at as u64 });
                }
            };
            at += step.consumed;
            self.inflated_len += text.len() as u64;
            shared.inflated_len += text.len() as u64;
            if let Some(bad) = open.take_text(&shared.text, fin && step.finished) {
                fault.get_or_insert(Fault { kind: FaultKind::InvalidUtf8(bad), at: at as u64 });
            }
            if step.finished {
                return fault;
            }
        }
    }

    /// The message won't be inflated, and none after it where the budget is used up.
    fn give_up(&mut self, shared: &mut Inflaters, form: MessageForm, at: usize) -> Fault {
        if let Some(open) = &mut self.open {
            open.failure = Some(form);
        }
        self.is_over |= form == MessageForm::OverBudget;
        self.forget(shared);
        Fault { kind: FaultKind::Form(form), at: at as u64 }
    }

    /// Bytes of the message are missing, or it was given up.
    pub(crate) fn lose(&mut self, shared: &mut Inflaters) {
        if let Some(open) = &mut self.open {
            open.failure.get_or_insert(MessageForm::BytesMissing);
        }
        self.forget(shared);
    }

    /// The message is complete. Returns what it is, and its length.
    pub(crate) fn end(&mut self) -> (MessageForm, u32) {
        let Some(open) = self.open.take() else { return (MessageForm::BytesMissing, 0) };
        if let Some(form) = open.failure {
            return (form, 0);
        }
        self.since_restart_len += open.text_len;
        self.history_len += open.text_len;
        if self.history_len >= 1 << self.params.max_window_bits.get() {
            self.known = true;
        }
        // No longer than the limit, which has 32 bits.
        (MessageForm::Inflated, open.text_len as u32)
    }

    fn fail(&mut self, shared: &mut Inflaters, error: InflateError) -> MessageForm {
        let known = self.known || !self.params.context_takeover;
        let form = match error {
            InflateError::MessageTooBig | InflateError::RatioTooBig => MessageForm::InflateTooLong,
            _ if known => MessageForm::InflateFailed,
            _ => MessageForm::NoPriorWindow,
        };
        if let Some(open) = &mut self.open {
            open.failure = Some(form);
        }
        self.forget(shared);
        form
    }

    fn clear_frame(&mut self, shared: &mut Inflaters) {
        shared.waiting_len -= self.frame.len() as u64;
        self.frame.clear();
        self.frame.shrink_to(MAX_KEPT_ROOM_LEN);
    }

    /// The window is lost: the next message starts with none.
    fn forget(&mut self, shared: &mut Inflaters) {
        if let Some(context) = self.context.take() {
            shared.pool.remove(context);
        }
        self.clear_frame(shared);
        self.known = false;
        self.history_len = 0;
    }
}

/// The byte of `text` that makes it invalid; its last one where only its end does.
fn invalid_at(mut validator: Utf8Validator, text: &[u8]) -> usize {
    let at = text.iter().position(|&byte| validator.push(&[byte]).is_err());
    at.unwrap_or(text.len().saturating_sub(1))
}
