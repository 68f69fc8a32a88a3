//! Walks one direction of a connection.

use alloc::vec::Vec;

use super::{Rule, Violation};
use crate::utf8::Utf8Validator;
use crate::{CloseCode, FrameHeader, HeaderPrefix, LenForm, MAX_HEADER_LEN, Mask, Opcode, Role};

/// A frame whose header is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkedFrame {
    /// Where it starts, in bytes from the stream's start.
    pub offset: u64,
    /// Its header.
    pub header: FrameHeader,
    /// How its payload length is written.
    pub len_form: LenForm,
    /// Its header's length in bytes.
    pub header_len: u8,
}

/// Takes what a [`Walker`] reports.
pub trait WalkSink {
    /// A frame's header is complete.
    fn frame(&mut self, frame: &WalkedFrame);

    /// The next bytes of the current frame's payload, as they are on the wire.
    fn payload(&mut self, bytes: &[u8]) {
        let _ = bytes;
    }

    /// The current frame's payload is complete.
    fn frame_end(&mut self) {}

    /// The current frame breaks a rule.
    fn violation(&mut self, violation: Violation);
}

/// The simplest sink: keeps frames and violations.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The frames in wire order.
    pub frames: Vec<WalkedFrame>,
    /// The violations in wire order.
    pub violations: Vec<Violation>,
}

impl WalkSink for Findings {
    fn frame(&mut self, frame: &WalkedFrame) {
        self.frames.push(*frame);
    }

    fn violation(&mut self, violation: Violation) {
        self.violations.push(violation);
    }
}

/// What missing bytes did to a [`Walker`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// All of them were payload of the current frame; the next frame follows them.
    InPayload,
    /// They took a frame boundary with them. The walker takes the next byte for a frame's first; feed it
    /// from a place where a frame is known to start.
    LostBoundary,
}

/// What the payload is checked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    Nothing,
    Text,
    Close,
}

/// The payload under way.
#[derive(Clone, Copy, Debug)]
struct Payload {
    frame: WalkedFrame,
    mask: Mask,
    left: u64,
    check: Check,
    /// A close body's first bytes.
    close: [u8; 2],
}

/// Reports frames, payloads and violations of one direction of a connection, and never stops.
///
/// Bytes may come in pieces of any length. It holds no payload: memory is constant.
#[derive(Clone, Debug)]
pub struct Walker {
    sender: Option<Role>,
    permessage_deflate: bool,
    offset: u64,
    /// A header cut short by the end of a piece.
    open_header: [u8; MAX_HEADER_LEN],
    open_header_len: usize,
    payload: Option<Payload>,
    /// The type of the message under way, and whether it is compressed.
    message: Option<(Opcode, bool)>,
    text: Utf8Validator,
    /// Whether bytes of the text under way are missing or it already failed, so that it can't be judged.
    text_spoilt: bool,
    reason: Utf8Validator,
    closed: bool,
    last_key: Option<[u8; 4]>,
    /// Begun inside a connection: continuations may belong to a message begun before.
    mid_stream: bool,
}

impl Walker {
    /// A walker at the start of a stream of frames, with no extension in use. `sender` decides which
    /// masking is right (RFC 6455 §5.1); where it is `None`, masking is not judged.
    pub fn new(sender: Option<Role>) -> Self {
        Self {
            sender,
            permessage_deflate: false,
            offset: 0,
            open_header: [0; MAX_HEADER_LEN],
            open_header_len: 0,
            payload: None,
            message: None,
            text: Utf8Validator::new(),
            text_spoilt: false,
            reason: Utf8Validator::new(),
            closed: false,
            last_key: None,
            mid_stream: false,
        }
    }

    /// permessage-deflate is in use (RFC 7692): RSV1 on a message's first frame is right, and the text of
    /// such a message is not judged, since it is compressed.
    pub fn permessage_deflate(mut self, in_use: bool) -> Self {
        self.permessage_deflate = in_use;
        self
    }

    /// The stream starts at `offset`, in bytes; violations are reported with it counted in.
    pub fn starting_at(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// The first byte is a frame's first, but the connection began earlier: continuation frames before the
    /// first message are no violations, up to one with FIN.
    pub fn mid_stream(mut self) -> Self {
        self.mid_stream = true;
        self
    }

    /// The next byte's offset in the stream.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How many bytes the current frame's payload still lacks, or `None` between payloads.
    pub fn payload_left(&self) -> Option<u64> {
        self.payload.as_ref().map(|payload| payload.left)
    }

    /// Whether the stream so far ends between two frames.
    pub fn at_boundary(&self) -> bool {
        self.payload.is_none() && self.open_header_len == 0
    }

    /// Whether a message is under way, that is, its last fragment hasn't begun.
    pub fn in_message(&self) -> bool {
        self.message.is_some()
    }

    /// The offset of the header cut short by the end of the bytes so far, if one is.
    pub fn open_header_offset(&self) -> Option<u64> {
        (self.open_header_len > 0).then(|| self.offset - self.open_header_len as u64)
    }

    /// Takes the stream's next bytes.
    pub fn push(&mut self, mut bytes: &[u8], sink: &mut impl WalkSink) {
        while !bytes.is_empty() {
            let taken = match self.payload.take() {
                Some(payload) => self.push_payload(payload, bytes, sink),
                None => self.push_header(bytes, sink),
            };
            bytes = &bytes[taken..];
        }
    }

    /// Bytes of the stream are missing here.
    pub fn gap(&mut self, len: u64, sink: &mut impl WalkSink) -> Gap {
        if len == 0 {
            return Gap::InPayload;
        }
        self.offset = self.offset.saturating_add(len);
        if let Some(mut payload) = self.payload.take()
            && len <= payload.left
        {
            payload.left -= len;
            payload.mask = mask_at(&payload.frame, payload.left);
            match payload.check {
                Check::Text => self.text_spoilt = true,
                _ => payload.check = Check::Nothing,
            }
            self.go_on(payload, sink);
            return Gap::InPayload;
        }
        self.open_header_len = 0;
        self.message = None;
        self.last_key = None;
        self.mid_stream = true;
        Gap::LostBoundary
    }

    fn push_header(&mut self, bytes: &[u8], sink: &mut impl WalkSink) -> usize {
        if self.open_header_len == 0
            && let Some((header, len)) = FrameHeader::parse(bytes)
        {
            self.begin(header, [bytes[0], bytes[1]], len, self.offset, sink);
            return len;
        }
        let open_len = self.open_header_len;
        let room = &mut self.open_header[open_len..];
        let taken = room.len().min(bytes.len());
        room[..taken].copy_from_slice(&bytes[..taken]);
        let held = &self.open_header[..open_len + taken];
        if let Some((header, len)) = FrameHeader::parse(held) {
            let start = self.offset - open_len as u64;
            let prefix = [held[0], held[1]];
            self.open_header_len = 0;
            self.begin(header, prefix, len, start, sink);
            return len - open_len;
        }
        self.open_header_len += taken;
        self.offset = self.offset.saturating_add(taken as u64);
        taken
    }

    fn begin(
        &mut self,
        header: FrameHeader,
        prefix: [u8; 2],
        header_len: usize,
        offset: u64,
        sink: &mut impl WalkSink,
    ) {
        let frame = WalkedFrame {
            offset,
            header,
            len_form: HeaderPrefix(prefix).len_form(),
            header_len: header_len as u8,
        };
        self.offset = offset.saturating_add(header_len as u64);
        sink.frame(&frame);
        self.check_header(&frame, sink);
        let check = self.enter_message(&frame, sink);
        if header.opcode == Opcode::Close && header.payload_len == 1 {
            violation(sink, Rule::CloseBodyOneByte, &frame, u64::from(frame.header_len), 1);
        }
        let mask = Mask::new(header.masking_key.unwrap_or_default());
        let payload = Payload { frame, mask, left: header.payload_len, check, close: [0; 2] };
        self.go_on(payload, sink);
    }

    /// Keeps a payload that lacks bytes, or ends its frame.
    fn go_on(&mut self, payload: Payload, sink: &mut impl WalkSink) {
        if payload.left > 0 {
            self.payload = Some(payload);
            return;
        }
        let cut_short = match payload.check {
            Check::Text if payload.frame.header.fin && !self.text_spoilt => {
                self.text.finish().is_err().then_some(Rule::InvalidUtf8Text)
            }
            Check::Close => self.reason.finish().is_err().then_some(Rule::InvalidUtf8CloseReason),
            _ => None,
        };
        if let Some(rule) = cut_short {
            violation_at(sink, rule, &payload.frame, self.offset.saturating_sub(1));
        }
        if payload.frame.header.opcode == Opcode::Close {
            self.closed = true;
        }
        sink.frame_end();
    }

    fn check_header(&mut self, frame: &WalkedFrame, sink: &mut impl WalkSink) {
        let header = &frame.header;
        let control = header.opcode.is_control();
        if header.rsv1 {
            let rule = match header.opcode {
                _ if !self.permessage_deflate => Some(Rule::Rsv1WithoutExtension),
                Opcode::Continuation => Some(Rule::Rsv1OnContinuation),
                _ if control => Some(Rule::Rsv1OnControl),
                _ => None,
            };
            if let Some(rule) = rule {
                violation(sink, rule, frame, 0, 1);
            }
        }
        if header.rsv2 {
            violation(sink, Rule::Rsv2WithoutExtension, frame, 0, 1);
        }
        if header.rsv3 {
            violation(sink, Rule::Rsv3WithoutExtension, frame, 0, 1);
        }
        if matches!(header.opcode, Opcode::Reserved(_)) {
            violation(sink, Rule::ReservedOpcode, frame, 0, 1);
        }
        if control && !header.fin {
            violation(sink, Rule::FragmentedControl, frame, 0, 1);
        }
        self.check_masking(frame, sink);
        let extended_len = frame.len_form.extended_len() as u64;
        if control && header.payload_len > 125 {
            violation(sink, Rule::ControlTooLong, frame, 1, 1 + extended_len);
        }
        if header.payload_len >> 63 != 0 {
            violation(sink, Rule::LengthTopBit, frame, 2, 1);
        } else if frame.len_form != LenForm::minimal(header.payload_len) {
            violation(sink, Rule::NonMinimalLength, frame, 1, 1 + extended_len);
        }
        if self.closed && !control {
            violation(sink, Rule::DataAfterClose, frame, 0, u64::from(frame.header_len));
        }
    }

    fn check_masking(&mut self, frame: &WalkedFrame, sink: &mut impl WalkSink) {
        match (self.sender, frame.header.masking_key) {
            (Some(Role::Client), None) => violation(sink, Rule::UnmaskedClientFrame, frame, 1, 1),
            (Some(Role::Server), Some(_)) => violation(sink, Rule::MaskedServerFrame, frame, 1, 1),
            (Some(Role::Client), Some(key)) if self.last_key == Some(key) => {
                violation(
                    sink,
                    Rule::RepeatedMaskingKey,
                    frame,
                    u64::from(frame.header_len) - 4,
                    4,
                );
            }
            _ => {}
        }
        self.last_key = frame.header.masking_key;
    }

    /// Follows the message state and says what to check in the payload.
    fn enter_message(&mut self, frame: &WalkedFrame, sink: &mut impl WalkSink) -> Check {
        let header = &frame.header;
        match header.opcode {
            Opcode::Close => {
                self.reason = Utf8Validator::new();
                return Check::Close;
            }
            Opcode::Ping | Opcode::Pong | Opcode::Reserved(_) => return Check::Nothing,
            Opcode::Continuation => {
                if self.message.is_none() && !self.mid_stream {
                    violation(sink, Rule::OrphanContinuation, frame, 0, 1);
                }
                // FIN ends the message begun before, however many fragments of it came.
                self.mid_stream &= !header.fin;
                // What an orphan continues is unknown, and so is what to check.
            }
            opcode @ (Opcode::Text | Opcode::Binary) => {
                if self.message.is_some() {
                    violation(sink, Rule::InterruptedMessage, frame, 0, 1);
                }
                self.mid_stream = false;
                self.message = Some((opcode, header.rsv1));
                self.text = Utf8Validator::new();
                self.text_spoilt = false;
            }
        }
        let message = self.message;
        if header.fin {
            self.message = None;
        }
        // RSV1 without an extension means nothing known: not judged either.
        if message == Some((Opcode::Text, false)) { Check::Text } else { Check::Nothing }
    }

    fn push_payload(
        &mut self,
        mut payload: Payload,
        bytes: &[u8],
        sink: &mut impl WalkSink,
    ) -> usize {
        let taken = usize::try_from(payload.left).unwrap_or(usize::MAX).min(bytes.len());
        let piece = &bytes[..taken];
        sink.payload(piece);
        match payload.check {
            Check::Nothing => {}
            Check::Text if self.text_spoilt => {}
            Check::Text => {
                if let Err(at) = push_text(&mut self.text, &mut payload.mask, piece) {
                    self.text_spoilt = true;
                    let offset = self.offset + at as u64;
                    violation_at(sink, Rule::InvalidUtf8Text, &payload.frame, offset);
                }
            }
            Check::Close => self.check_close(&mut payload, piece, sink),
        }
        payload.left -= taken as u64;
        self.offset = self.offset.saturating_add(taken as u64);
        self.go_on(payload, sink);
        taken
    }

    fn check_close(&mut self, payload: &mut Payload, piece: &[u8], sink: &mut impl WalkSink) {
        let frame = payload.frame;
        let done = frame.header.payload_len - payload.left;
        let mut code_len = 0;
        if done < 2 {
            let rest = &mut payload.close[done as usize..];
            code_len = rest.len().min(piece.len());
            payload.mask.apply_to(&piece[..code_len], &mut rest[..code_len]);
            let complete = code_len == 2 - done as usize;
            if complete && !CloseCode(u16::from_be_bytes(payload.close)).is_sendable() {
                violation(sink, Rule::InvalidCloseCode, &frame, frame.header_len.into(), 2);
            }
        }
        if let Err(at) = push_text(&mut self.reason, &mut payload.mask, &piece[code_len..]) {
            payload.check = Check::Nothing;
            let offset = self.offset + (code_len + at) as u64;
            violation_at(sink, Rule::InvalidUtf8CloseReason, &frame, offset);
        }
    }
}

/// The mask in force where `left` bytes of the frame's payload are still to come.
fn mask_at(frame: &WalkedFrame, left: u64) -> Mask {
    let mut key = frame.header.masking_key.unwrap_or_default();
    key.rotate_left(((frame.header.payload_len - left) % 4) as usize);
    Mask::new(key)
}

/// Unmasks and validates a piece of text; the error is the index of the byte that makes it invalid.
fn push_text(text: &mut Utf8Validator, mask: &mut Mask, piece: &[u8]) -> Result<(), usize> {
    const SCRATCH_LEN: usize = 1024;
    let mut scratch = [0; SCRATCH_LEN];
    let mut done = 0;
    for part in piece.chunks(SCRATCH_LEN) {
        let plain = &mut scratch[..part.len()];
        mask.apply_to(part, plain);
        let before = *text;
        if text.push(plain).is_err() {
            *text = before;
            let at = plain.iter().position(|&byte| text.push(&[byte]).is_err());
            return Err(done + at.unwrap_or(0));
        }
        done += part.len();
    }
    Ok(())
}

/// Reports a violation at `from` bytes after the frame's start.
#[cold]
fn violation(sink: &mut impl WalkSink, rule: Rule, frame: &WalkedFrame, from: u64, len: u64) {
    let offset = frame.offset.saturating_add(from);
    sink.violation(Violation { rule, frame_offset: frame.offset, offset, len });
}

/// Reports a violation at one byte of the stream.
#[cold]
fn violation_at(sink: &mut impl WalkSink, rule: Rule, frame: &WalkedFrame, offset: u64) {
    sink.violation(Violation { rule, frame_offset: frame.offset, offset, len: 1 });
}
