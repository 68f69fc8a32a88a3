//! The index of frames, and the view of one.

use std::fmt;
use std::ops::Range;

use framewright_codec::walk::{Field, FieldKind, FieldValue, fields};
use framewright_codec::{FrameHeader, HeaderPrefix, LenForm, MAX_HEADER_LEN, Opcode};

use crate::{Capture, ConnId, Direction, FindingId, FrameId, Mark, MessageId, Severity};

/// What the index holds for a frame; the rest is read from its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameRecord {
    pub(crate) time_ns: u64,
    pub(crate) offset: u64,
    /// Saturated: `u32::MAX` means "read the header".
    pub(crate) payload_len: u32,
    pub(crate) conn: ConnId,
    /// [`NO_MESSAGE`] for a control frame.
    pub(crate) message: u32,
    pub(crate) prefix: HeaderPrefix,
    pub(crate) flags: Flags,
}

pub(crate) const NO_MESSAGE: u32 = u32::MAX;

const _: () = assert!(size_of::<FrameRecord>() == 32);

/// Facts about a frame in 16 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags(u16);

impl Flags {
    const TO_CLIENT: u16 = 1;
    const COMPLETE: u16 = 1 << 1;
    const COMPRESSED: u16 = 1 << 2;
    const MISSING: u16 = 1 << 3;
    const SEVERITY_SHIFT: u16 = 4;
    const MARK_SHIFT: u16 = 6;

    pub(crate) fn new(direction: Direction, compressed: bool) -> Self {
        let direction = if direction == Direction::ToClient { Self::TO_CLIENT } else { 0 };
        Self(direction | if compressed { Self::COMPRESSED } else { 0 })
    }

    /// The same with a mark: 0 is none, else one more than its place in [`Mark::ALL`].
    pub(crate) fn marked(self, mark: Option<Mark>) -> Self {
        let number = Mark::ALL.iter().position(|&known| Some(known) == mark);
        Self(self.0 | number.map_or(0, |number| number as u16 + 1) << Self::MARK_SHIFT)
    }

    fn mark(self) -> Option<Mark> {
        let number = usize::from(self.0 >> Self::MARK_SHIFT & 3);
        Mark::ALL.get(number.checked_sub(1)?).copied()
    }

    pub(crate) fn direction(self) -> Direction {
        if self.0 & Self::TO_CLIENT != 0 { Direction::ToClient } else { Direction::ToServer }
    }

    pub(crate) fn compressed(self) -> bool {
        self.0 & Self::COMPRESSED != 0
    }

    pub(crate) fn complete(self) -> bool {
        self.0 & Self::COMPLETE != 0
    }

    pub(crate) fn set_complete(&mut self) {
        self.0 |= Self::COMPLETE;
    }

    pub(crate) fn missing(self) -> bool {
        self.0 & Self::MISSING != 0
    }

    pub(crate) fn set_missing(&mut self) {
        self.0 |= Self::MISSING;
    }

    pub(crate) fn severity(self) -> Option<Severity> {
        match self.0 >> Self::SEVERITY_SHIFT & 3 {
            0 => None,
            1 => Some(Severity::Info),
            2 => Some(Severity::Warning),
            _ => Some(Severity::Error),
        }
    }

    pub(crate) fn raise(&mut self, severity: Severity) {
        if self.severity() < Some(severity) {
            let bits = match severity {
                Severity::Info => 1,
                Severity::Warning => 2,
                Severity::Error => 3,
            };
            self.0 = self.0 & !(3 << Self::SEVERITY_SHIFT) | bits << Self::SEVERITY_SHIFT;
        }
    }
}

/// One frame of a [`Capture`].
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub(crate) capture: &'a Capture,
    pub(crate) id: FrameId,
    pub(crate) record: &'a FrameRecord,
}

impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("id", &self.id)
            .field("record", self.record)
            .finish_non_exhaustive()
    }
}

impl<'a> Frame<'a> {
    /// Its id.
    pub fn id(&self) -> FrameId {
        self.id
    }

    /// Its connection.
    pub fn conn(&self) -> ConnId {
        self.record.conn
    }

    /// Which way it travels.
    pub fn direction(&self) -> Direction {
        self.record.flags.direction()
    }

    /// Where it comes from, if not from the sender alone.
    pub fn mark(&self) -> Option<Mark> {
        self.record.flags.mark()
    }

    /// When its first byte arrived, in nanoseconds on the connection's [`Clock`](crate::Clock).
    pub fn time_ns(&self) -> u64 {
        self.record.time_ns
    }

    /// Where it starts, in bytes from the start of its direction's stream.
    pub fn offset(&self) -> u64 {
        self.record.offset
    }

    /// Its header's length in bytes, 2–14.
    pub fn header_len(&self) -> u64 {
        self.record.prefix.header_len() as u64
    }

    /// The payload length in bytes, as declared.
    pub fn payload_len(&self) -> u64 {
        match self.record.payload_len {
            u32::MAX => self.header().map_or(u64::from(u32::MAX), |header| header.payload_len),
            len => u64::from(len),
        }
    }

    /// Header and declared payload in bytes.
    pub fn wire_len(&self) -> u64 {
        self.header_len().saturating_add(self.payload_len())
    }

    /// The bytes it takes in its direction's stream, as declared.
    pub fn range(&self) -> Range<u64> {
        self.offset()..self.offset().saturating_add(self.wire_len())
    }

    /// The bytes of its payload in its direction's stream, as declared.
    pub fn payload_range(&self) -> Range<u64> {
        let range = self.range();
        range.start.saturating_add(self.header_len())..range.end
    }

    /// The first two bytes, taken apart: FIN, RSV1–3, opcode, MASK and the length bits.
    pub fn prefix(&self) -> HeaderPrefix {
        self.record.prefix
    }

    /// FIN.
    pub fn fin(&self) -> bool {
        self.record.prefix.fin()
    }

    /// RSV1, RSV2 and RSV3.
    pub fn rsv(&self) -> [bool; 3] {
        [self.record.prefix.rsv1(), self.record.prefix.rsv2(), self.record.prefix.rsv3()]
    }

    /// The opcode.
    pub fn opcode(&self) -> Opcode {
        self.record.prefix.opcode()
    }

    /// MASK.
    pub fn masked(&self) -> bool {
        self.record.prefix.masked()
    }

    /// How the payload length is written.
    pub fn len_form(&self) -> LenForm {
        self.record.prefix.len_form()
    }

    /// The masking key, if it is masked and its header still held.
    pub fn masking_key(&self) -> Option<[u8; 4]> {
        if !self.masked() {
            return None;
        }
        self.header()?.masking_key
    }

    /// Whether its payload is part of a compressed message.
    pub fn compressed(&self) -> bool {
        self.record.flags.compressed()
    }

    /// Whether its whole payload has come, or is known to be missing.
    pub fn complete(&self) -> bool {
        self.record.flags.complete()
    }

    /// Whether bytes of its payload are missing from the capture.
    pub fn has_missing(&self) -> bool {
        self.record.flags.missing()
    }

    /// The worst of its findings, if it has any.
    pub fn severity(&self) -> Option<Severity> {
        self.record.flags.severity()
    }

    /// Its findings.
    pub fn findings(&self) -> impl Iterator<Item = FindingId> + 'a {
        self.capture.findings_of(self.id)
    }

    /// The data message it is part of; `None` for a control or reserved frame.
    pub fn message(&self) -> Option<MessageId> {
        (self.record.message != NO_MESSAGE).then_some(MessageId(self.record.message))
    }

    /// Its fields, each with its byte and bit range counted from the frame's first byte.
    pub fn fields(&self) -> Vec<Field> {
        // The header, a close frame's code, and the first byte of its reason.
        const MAX_LEN: u64 = MAX_HEADER_LEN as u64 + 3;
        let mut bytes = Vec::new();
        let range = self.range();
        let end = range.end.min(range.start.saturating_add(MAX_LEN));
        let missing =
            self.capture.read(self.conn(), self.direction(), range.start..end, &mut bytes);
        // Fields of the payload are told by their places, whether or not their bytes have come.
        let present = bytes.len() as u64;
        bytes.resize((end - range.start) as usize, 0);
        let mut fields: Vec<_> = fields(&bytes).collect();
        for field in &mut fields {
            if field.kind == FieldKind::CloseCode && (missing > 0 || field.bytes().end > present) {
                field.value = FieldValue::Bytes;
            }
        }
        fields
    }

    /// The header, if its bytes are still held.
    pub fn header(&self) -> Option<FrameHeader> {
        let end = self.offset() + self.header_len();
        let bytes = self.capture.stream(self.conn(), self.direction())?;
        if let Some(slice) = bytes.slice(self.offset()..end) {
            return Some(FrameHeader::parse(slice)?.0);
        }
        let mut header = Vec::new();
        let missing =
            self.capture.read(self.conn(), self.direction(), self.offset()..end, &mut header);
        if missing > 0 { None } else { Some(FrameHeader::parse(&header)?.0) }
    }
}
