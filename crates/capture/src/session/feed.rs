//! Turns what the walker reports of one direction into index entries.

use framewright_codec::walk::{Violation, WalkSink, WalkedFrame};
use framewright_codec::{HeaderPrefix, Mask, Opcode};

use super::windows::Windows;
use crate::content::inflate::{Fault, FaultKind, Inflating};
use crate::store::frame::{Flags, FrameRecord, NO_MESSAGE};
use crate::store::log::Log;
use crate::store::message::MessageRecord;
use crate::store::rows;
use crate::{
    ConnId, ConnRule, Connection, Direction, Finding, FrameId, MessageForm, MessageId,
    MessageState, Rule,
};

/// What one direction is in the middle of.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    frame: Option<OpenFrame>,
    message: Option<OpenMessage>,
    /// The code of the close frame under way: key, bytes, how many of them came.
    close: Option<(Mask, [u8; 2], usize)>,
    /// When the first byte of a header cut short arrived.
    pub(crate) header_ns: u64,
    /// Compressed messages; `None` where RSV1 doesn't mean "compressed".
    pub(crate) inflating: Option<Inflating>,
    pub(crate) windows: Windows,
}

impl Progress {
    pub(crate) fn new(inflating: Option<Inflating>) -> Self {
        Self { inflating, ..Self::default() }
    }
}

/// The frame whose payload is under way. All that its end needs is here: its record may be evicted first.
#[derive(Clone, Copy, Debug)]
struct OpenFrame {
    /// `None` where the index is full.
    id: Option<FrameId>,
    fin: bool,
    in_message: bool,
    compressed: bool,
    /// Where the payload starts in the stream.
    payload_offset: u64,
}

/// The message under way, whose record may be evicted, too.
#[derive(Clone, Copy, Debug)]
struct OpenMessage {
    /// `None` where the index is full.
    id: Option<MessageId>,
    compressed: bool,
    /// The payloads so far, as declared.
    wire_len: u64,
}

/// A [`WalkSink`] that fills the index.
pub(crate) struct Feed<'a> {
    pub(crate) log: &'a mut Log,
    pub(crate) conn: &'a mut Connection,
    pub(crate) progress: &'a mut Progress,
    pub(crate) id: ConnId,
    pub(crate) direction: Direction,
    /// Where the bytes being fed start.
    pub(crate) chunk_offset: u64,
    pub(crate) time_ns: u64,
}

impl Feed<'_> {
    fn lane(&mut self) -> &mut crate::Lane {
        &mut self.conn.lanes[self.direction.index()]
    }

    /// Reports a rule broken by the frame under way, or by the stream.
    pub(crate) fn fault(&mut self, rule: Rule, offset: u64, len: u64, detail: Option<Box<str>>) {
        let finding = Finding {
            rule,
            conn: self.id,
            direction: Some(self.direction),
            frame: self.progress.frame.and_then(|frame| frame.id),
            offset,
            len,
            time_ns: self.time_ns,
            detail,
        };
        self.log.push_finding(self.conn, finding);
    }

    /// The message under way gets no further frame.
    pub(crate) fn abandon_message(&mut self) -> bool {
        let Some(open) = self.progress.message.take() else { return false };
        if open.compressed {
            self.lose_window();
            if let Some(message) = open.id.and_then(|id| self.log.message_mut(id)) {
                message.form = MessageForm::BytesMissing;
            }
        }
        if let Some(message) = open.id.and_then(|id| self.log.message_mut(id)) {
            message.state = MessageState::Unfinished;
        }
        true
    }

    /// The frame under way gets no further byte.
    pub(crate) fn abandon_frame(&mut self) {
        self.progress.frame = None;
        self.progress.close = None;
    }

    /// Bytes of the frame under way are missing.
    pub(crate) fn mark_missing(&mut self) {
        let Some(frame) = self.progress.frame else { return };
        if let Some(record) = frame.id.and_then(|id| self.log.frame_mut(id)) {
            record.flags.set_missing();
        }
        if frame.compressed {
            self.lose_window();
        }
    }

    /// What later messages may refer to is no longer known.
    pub(crate) fn lose_window(&mut self) {
        if let Some(inflating) = &mut self.progress.inflating {
            inflating.lose(&mut self.log.inflaters);
        }
    }

    /// Reports what is wrong with the compressed message under way, whose frame's payload starts at
    /// `payload_offset`.
    fn inflate_fault(&mut self, payload_offset: u64, fault: &Fault) {
        let (rule, detail) = match &fault.kind {
            FaultKind::InvalidUtf8(at) => {
                let detail = format!("byte {at} of the text");
                (ConnRule::InvalidUtf8Inflated, Some(detail.into()))
            }
            FaultKind::Form(MessageForm::NoPriorWindow) => (ConnRule::NoPriorWindow, None),
            FaultKind::Form(MessageForm::InflateTooLong) => (ConnRule::InflateTooLong, None),
            FaultKind::Form(MessageForm::OverBudget) => (ConnRule::InflateBudget, None),
            FaultKind::Form(_) => (ConnRule::InflateFailed, None),
        };
        self.fault(Rule::Conn(rule), payload_offset + fault.at, 1, detail);
    }

    fn end_message(&mut self) {
        let Some(open) = self.progress.message.take() else { return };
        let inflated = match &mut self.progress.inflating {
            Some(inflating) if open.compressed => Some(inflating.end()),
            _ => None,
        };
        if let Some(message) = open.id.and_then(|id| self.log.message_mut(id)) {
            message.state = MessageState::Complete;
            if let Some((form, inflated_len)) = inflated {
                message.form = form;
                message.inflated_len = inflated_len;
            }
        }
        if let Some((MessageForm::Inflated, inflated_len)) = inflated {
            let lane = self.lane();
            lane.inflated_messages += 1;
            lane.compressed_len += open.wire_len;
            lane.inflated_len += u64::from(inflated_len);
        }
    }

    /// Puts the frame into its message, and says which and whether it is compressed.
    fn enter_message(&mut self, frame: &WalkedFrame) -> Option<OpenMessage> {
        let header = &frame.header;
        let id = FrameId(self.log.frame_ids().end);
        let is_new = match header.opcode {
            Opcode::Text | Opcode::Binary => true,
            Opcode::Continuation => self.progress.message.is_none(),
            _ => return None,
        };
        if is_new {
            self.abandon_message();
            // What a lone continuation continues is unknown, and so is whether it is compressed.
            let compressed = self.progress.inflating.is_some()
                && header.rsv1
                && header.opcode != Opcode::Continuation;
            let form = if compressed { MessageForm::NotYetInflated } else { MessageForm::Plain };
            let message = self.log.push_message(MessageRecord {
                first: id,
                last: id,
                fragments: 0,
                wire_len: [0; 2],
                inflated_len: 0,
                state: MessageState::Open,
                form,
            });
            let lane = self.lane();
            lane.messages += 1;
            lane.compressed_messages += u64::from(compressed);
            self.progress.message = Some(OpenMessage { id: message, compressed, wire_len: 0 });
            if compressed && let Some(inflating) = &mut self.progress.inflating {
                let is_text = header.opcode == Opcode::Text;
                let window = self.progress.windows.take(frame.offset);
                match message {
                    Some(id) => {
                        let Log { inflaters, limits, is_crowded, .. } = &mut *self.log;
                        if let Some(window) = window {
                            inflating.give_window(inflaters, limits, id, window);
                        }
                        inflating.begin(inflaters, limits, id, is_text, !*is_crowded);
                    }
                    None => inflating.lose(&mut self.log.inflaters),
                }
            }
        }
        let open = self.progress.message.as_mut()?;
        open.wire_len = open.wire_len.saturating_add(header.payload_len);
        let open = *open;
        if let Some(message) = open.id.and_then(|id| self.log.message_mut(id)) {
            message.last = id;
            message.fragments = message.fragments.saturating_add(1);
            message.add_wire_len(header.payload_len);
        }
        Some(open)
    }
}

impl WalkSink for Feed<'_> {
    fn frame(&mut self, frame: &WalkedFrame) {
        let header = &frame.header;
        let open = self.enter_message(frame);
        let started_before = frame.offset < self.chunk_offset;
        let compressed = open.is_some_and(|open| open.compressed);
        let record = FrameRecord {
            time_ns: if started_before { self.progress.header_ns } else { self.time_ns },
            offset: frame.offset,
            payload_len: u32::try_from(header.payload_len).unwrap_or(u32::MAX),
            conn: self.id,
            message: open.and_then(|open| open.id).map_or(NO_MESSAGE, |id| id.0),
            prefix: prefix(frame),
            flags: Flags::new(self.direction, compressed).marked(self.lane().mark_at(frame.offset)),
        };
        let lane = self.lane();
        lane.frames += 1;
        lane.payload_len = lane.payload_len.saturating_add(header.payload_len);
        let id = self.log.push_frame(record);
        if let Some(id) = id {
            rows::push_back(&mut self.conn.frames, id);
        }
        let payload_offset = frame.offset + u64::from(frame.header_len);
        let tail = &mut self.conn.tails[self.direction.index()];
        tail.frame = id;
        tail.frame_end = payload_offset.saturating_add(header.payload_len);
        self.progress.frame = Some(OpenFrame {
            id,
            fin: header.fin,
            in_message: open.is_some(),
            compressed,
            payload_offset,
        });
        if compressed && let Some(inflating) = &mut self.progress.inflating {
            inflating.frame(&mut self.log.inflaters, header.masking_key);
        }
        if header.opcode == Opcode::Close {
            let mask = Mask::new(header.masking_key.unwrap_or_default());
            self.progress.close = Some((mask, [0; 2], 0));
        }
    }

    fn payload(&mut self, bytes: &[u8]) {
        if let Some((mask, code, len)) = &mut self.progress.close
            && *len < 2
        {
            let rest = &mut code[*len..];
            let taken = rest.len().min(bytes.len());
            mask.apply_to(&bytes[..taken], &mut rest[..taken]);
            *len += taken;
        }
        if let Some(frame) = self.progress.frame.filter(|frame| frame.compressed)
            && let Some(inflating) = &mut self.progress.inflating
        {
            let Log { inflaters, limits, .. } = &mut *self.log;
            if let Some(fault) = inflating.payload(inflaters, limits, bytes) {
                self.inflate_fault(frame.payload_offset, &fault);
            }
        }
    }

    fn frame_end(&mut self) {
        if let Some((_, code, len)) = self.progress.close.take() {
            let lane = self.lane();
            lane.closed = true;
            if len == 2 && lane.close_code.is_none() {
                lane.close_code = Some(u16::from_be_bytes(code));
            }
        }
        let Some(frame) = self.progress.frame else { return };
        if let Some(record) = frame.id.and_then(|id| self.log.frame_mut(id)) {
            record.flags.set_complete();
        }
        if frame.compressed
            && let Some(inflating) = &mut self.progress.inflating
            && let Some(fault) =
                inflating.frame_end(&mut self.log.inflaters, &self.log.limits, frame.fin)
        {
            self.inflate_fault(frame.payload_offset, &fault);
        }
        if frame.in_message && frame.fin {
            self.end_message();
        }
        self.progress.frame = None;
    }

    fn violation(&mut self, violation: Violation) {
        self.fault(Rule::Frame(violation.rule), violation.offset, violation.len, None);
    }
}

/// The frame's first two bytes.
fn prefix(frame: &WalkedFrame) -> HeaderPrefix {
    let header = &frame.header;
    let len_bits = match frame.len_form.extended_len() {
        0 => header.payload_len as u8,
        2 => 126,
        _ => 127,
    };
    HeaderPrefix([
        u8::from(header.fin) << 7
            | u8::from(header.rsv1) << 6
            | u8::from(header.rsv2) << 5
            | u8::from(header.rsv3) << 4
            | header.opcode.bits(),
        u8::from(header.masking_key.is_some()) << 7 | len_bits,
    ])
}
