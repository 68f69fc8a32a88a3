//! Reads payloads and messages, unmasked, joined and inflated.

use std::ops::Range;

use framewright_codec::Mask;

use crate::octets::Run;
use crate::{Capture, Frame, FrameId, Message, MessageForm, MessageId};

/// Octets read, with what is missing from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content<'a> {
    /// The octets; a missing one is zero.
    pub octets: &'a [u8],
    /// Where octets are missing, as ranges of `octets`.
    pub missing: &'a [Range<u64>],
    /// What the octets are. Anything but [`MessageForm::Plain`] and [`MessageForm::Inflated`] comes with no
    /// octets.
    pub form: MessageForm,
}

/// Buffers for reading; keep one for many reads.
#[derive(Debug, Default)]
pub struct Reader {
    octets: Vec<u8>,
    missing: Vec<Range<u64>>,
}

impl Reader {
    /// A reader with empty buffers.
    pub fn new() -> Self {
        Self::default()
    }

    /// The octets `range` of a frame's payload, unmasked, never inflated, as far as they have come. `None`
    /// if the frame is not held.
    pub fn payload<'a>(
        &'a mut self,
        capture: &'a Capture,
        frame: FrameId,
        range: Range<u64>,
    ) -> Option<Content<'a>> {
        let frame = capture.frame(frame)?;
        if !frame.masked()
            && let Some(octets) = plain_slice(&frame, &range)
        {
            return Some(Content { octets, missing: &[], form: MessageForm::Plain });
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
        if message.form() != MessageForm::Plain {
            self.clear();
            return Some(self.content(message.form()));
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

    fn clear(&mut self) {
        self.octets.clear();
        self.missing.clear();
    }

    fn content(&self, form: MessageForm) -> Content<'_> {
        Content { octets: &self.octets, missing: &self.missing, form }
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
        let mut key = frame.masking_key().unwrap_or_default();
        key.rotate_left(((from - payload.start) % 4) as usize);
        let mut mask = Mask::new(key);
        for run in stream.runs(from..end) {
            let start = self.octets.len();
            match run {
                Run::Present(run) => self.octets.extend_from_slice(run),
                Run::Missing(len) => {
                    self.octets.resize(start + len as usize, 0);
                    self.missing.push(start as u64..start as u64 + len);
                }
            }
            let run = &mut self.octets[start..];
            mask.apply(run);
            if matches!(self.missing.last(), Some(missing) if missing.start == start as u64) {
                run.fill(0);
            }
        }
    }
}

/// The part `range` of an unmasked payload, if it is held in one piece.
fn plain_slice<'a>(frame: &Frame<'a>, range: &Range<u64>) -> Option<&'a [u8]> {
    let payload = frame.payload_range();
    let from = payload.start.saturating_add(range.start).min(payload.end);
    let end = payload.start.saturating_add(range.end).min(payload.end);
    frame.capture.stream(frame.conn(), frame.direction())?.slice(from..end)
}
