//! The strict decoder: bytes in, events out; stops at the first violation, as a peer must.

pub(crate) mod event;
pub(crate) mod span;

use alloc::vec::Vec;

use crate::frame::control::{CarriedControl, MAX_CONTROL_PAYLOAD_LEN};
use crate::frame::header::{FrameHeader, HeaderPrefix, MAX_HEADER_LEN};
use crate::utf8::{self, Utf8Validator};
use crate::{CloseCode, Limits, Mask, Opcode, ProtocolError, Role, Span};
use event::{ControlPayload, Event, EventSink, MessageType, Piece};

/// The longest payload length that is taken from a header: 2^53 − 1 bytes.
const MAX_FRAME_PAYLOAD_LEN: u64 = (1 << 53) - 1;

/// How to decode one direction of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecoderConfig {
    /// This endpoint's role; a server takes only masked frames, a client only unmasked ones.
    pub role: Role,
    /// Whether permessage-deflate was negotiated, so that RSV1 marks a compressed message.
    pub permessage_deflate: bool,
    /// Whether to check text messages and close reasons as UTF-8.
    pub validate_utf8: bool,
    /// What the peer may make this endpoint hold.
    pub limits: Limits,
}

impl DecoderConfig {
    /// No extension, UTF-8 checked, default limits.
    pub fn new(role: Role) -> Self {
        Self { role, permessage_deflate: false, validate_utf8: true, limits: Limits::default() }
    }
}

/// What a decoder has seen. Sums wrap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Calls of [`Decoder::decode`]: one a chunk, and one more each time the sink was full.
    pub chunks: u64,
    /// Frames whose last byte came, control frames included.
    pub frames: u64,
    /// Data messages whose last byte came.
    pub messages: u64,
}

/// A resumable decoder for one direction of a connection.
///
/// Chunks may be cut anywhere; the events are the same. Payloads are unmasked in place, in the chunk.
///
/// ```
/// use framewright_codec::{Decoder, DecoderConfig, Event, MessageType, Role, Span};
///
/// let mut decoder = Decoder::new(DecoderConfig::new(Role::Server));
/// let mut chunk = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
/// let mut events = Vec::new();
/// assert_eq!(decoder.decode(&mut chunk, &mut events), chunk.len());
/// assert_eq!(events, [Event::Message {
///     message_type: MessageType::Text,
///     payload: Span { offset: 6, len: 5 },
/// }]);
/// assert_eq!(&chunk[6..], b"Hello");
/// ```
#[derive(Debug)]
pub struct Decoder {
    config: DecoderConfig,
    state: State,
    /// The bytes of a header that isn't complete yet.
    header: [u8; MAX_HEADER_LEN],
    header_len: u8,
    frame: Frame,
    message: Option<Message>,
    control: CarriedControl,
    /// How many chunks the incomplete header field or payload is spread over, and its bytes so far.
    buffered_chunks: u32,
    buffered_len: u64,
    counters: Counters,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Header,
    Payload,
    /// A close frame or an error came: all that follows is dropped.
    Done,
}

/// The frame whose payload is under way.
#[derive(Clone, Copy, Debug)]
struct Frame {
    fin: bool,
    rsv1: bool,
    opcode: Opcode,
    mask: Mask,
    payload_len: u64,
    remaining_len: u64,
}

/// The data message that is under way.
#[derive(Clone, Copy, Debug)]
struct Message {
    message_type: MessageType,
    compressed: bool,
    /// It is too big and is skipped: what is held of it is of no use.
    skipped: bool,
    fragments: u32,
    /// The declared payload lengths of its frames so far.
    declared_len: u64,
    utf8: Utf8Validator,
}

/// A message in one frame that lies in the chunk as a whole.
struct WholeMessage {
    message_type: MessageType,
    masking_key: [u8; 4],
    payload: Span,
}

/// How far a header got.
enum HeaderProgress {
    Incomplete,
    Complete { frame: Frame, header_len: usize },
}

impl Decoder {
    /// A decoder at the start of a connection, after the opening handshake.
    pub const fn new(config: DecoderConfig) -> Self {
        Self {
            config,
            state: State::Header,
            header: [0; MAX_HEADER_LEN],
            header_len: 0,
            frame: Frame {
                fin: false,
                rsv1: false,
                opcode: Opcode::Continuation,
                mask: Mask::new([0; 4]),
                payload_len: 0,
                remaining_len: 0,
            },
            message: None,
            control: CarriedControl::new(),
            buffered_chunks: 0,
            buffered_len: 0,
            counters: Counters { chunks: 0, frames: 0, messages: 0 },
        }
    }

    /// Decodes the connection's next bytes, unmasking payloads in place.
    ///
    /// Returns how many bytes were taken. Where that is less than `chunk.len()`, the sink was full: call
    /// again with the rest. After [`Event::Close`] or [`Event::Error`] all bytes are taken and dropped.
    pub fn decode<S: EventSink>(&mut self, chunk: &mut [u8], sink: &mut S) -> usize {
        self.counters.chunks = self.counters.chunks.wrapping_add(1);
        if self.state == State::Done {
            return chunk.len();
        }
        match self.decode_frames(chunk, sink) {
            Ok(taken) => taken,
            Err(error) => {
                self.state = State::Done;
                sink.push(Event::Error(error));
                chunk.len()
            }
        }
    }

    /// The control payload that [`ControlPayload::Carried`] refers to. Empty where there was none.
    pub fn carried_control(&self) -> &[u8] {
        self.control.whole()
    }

    /// Returns what was counted since the last call, and starts again.
    pub fn take_counters(&mut self) -> Counters {
        core::mem::take(&mut self.counters)
    }

    /// Changes [`Limits::max_payload_len`], from the next header on.
    pub fn set_max_payload_len(&mut self, max_payload_len: u64) {
        self.config.limits.max_payload_len = max_payload_len;
    }

    /// Changes [`Limits::skip_too_big`], from the next header on.
    pub fn set_skip_too_big(&mut self, skip_too_big: bool) {
        self.config.limits.skip_too_big = skip_too_big;
    }

    /// Whether a close frame or an error came, so that nothing more will.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Whether the next byte is the first of a message or of a control frame between messages.
    pub fn is_between_messages(&self) -> bool {
        self.state == State::Header && self.header_len == 0 && self.message.is_none()
    }

    /// The bytes so far of a frame whose last one hasn't come, as they are on the wire, but without a data
    /// frame's payload. Empty between frames, and once nothing more will come.
    ///
    /// A length is in its shortest form here, even if it wasn't on the wire.
    pub fn frame_under_way(&self) -> Vec<u8> {
        match self.state {
            State::Header => self.header[..usize::from(self.header_len)].to_vec(),
            State::Payload => self.payload_under_way(),
            State::Done => Vec::new(),
        }
    }

    fn payload_under_way(&self) -> Vec<u8> {
        let Frame { fin, rsv1, opcode, mask, payload_len, remaining_len } = self.frame;
        let given_len = payload_len - remaining_len;
        let masking_key = (self.config.role == Role::Server).then(|| mask.key_before(given_len));
        let header =
            FrameHeader { fin, rsv1, masking_key, payload_len, ..FrameHeader::new(opcode) };
        let mut bytes = [0; MAX_HEADER_LEN];
        let header_len = header.encode(&mut bytes);
        let mut bytes = bytes[..header_len].to_vec();
        if opcode.is_control() {
            bytes.extend_from_slice(self.control.under_way(given_len as usize));
            Mask::new(masking_key.unwrap_or_default()).apply(&mut bytes[header_len..]);
        }
        bytes
    }

    #[inline]
    fn decode_frames<S: EventSink>(
        &mut self,
        chunk: &mut [u8],
        sink: &mut S,
    ) -> Result<usize, ProtocolError> {
        if self.buffered_chunks >= self.config.limits.max_buffered_chunks {
            return Err(ProtocolError::TooManyBufferedChunks);
        }
        let mut offset = 0;
        while self.state != State::Done && !sink.is_full() {
            if self.state == State::Header {
                if let Some(whole) = self.whole_message(chunk, offset) {
                    offset = self.read_whole_message(whole, chunk, sink)?;
                    continue;
                }
                match self.read_header(chunk, &mut offset)? {
                    HeaderProgress::Incomplete => break,
                    HeaderProgress::Complete { frame, .. } => self.frame = frame,
                }
            }
            let available = chunk.len() - offset;
            let len = usize::try_from(self.frame.remaining_len)
                .map_or(available, |remaining| remaining.min(available));
            if len == 0 && self.frame.remaining_len > 0 {
                self.state = State::Payload;
                break;
            }
            self.read_payload(chunk, offset, len, sink)?;
            offset += len;
        }
        if self.state == State::Done {
            return Ok(chunk.len());
        }
        self.count_buffered(chunk.len(), offset);
        Ok(offset)
    }

    /// The frame at `offset`, if it is a short unfragmented message, free of faults, and all of it is in
    /// the chunk. Most frames are. All others, and all faults, take the general way, which gives the same
    /// results.
    #[inline(always)]
    fn whole_message(&self, chunk: &[u8], offset: usize) -> Option<WholeMessage> {
        let bytes = &chunk[offset..];
        let &[first, second] = bytes.first_chunk()?;
        let message_type = match first {
            0x81 => MessageType::Text,
            0x82 => MessageType::Binary,
            _ => return None,
        };
        let masked = second & 0x80 != 0;
        if masked != (self.config.role == Role::Server)
            || self.message.is_some()
            || self.header_len != 0
        {
            return None;
        }
        let (len, mut header_len) = match second & 0x7f {
            127 => return None,
            126 => (usize::from(u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?)), 4),
            len => (usize::from(len), 2),
        };
        let mut masking_key = [0; 4];
        if masked {
            masking_key = *bytes.get(header_len..)?.first_chunk()?;
            header_len += 4;
        }
        if bytes.len() < header_len + len || len as u64 > self.config.limits.max_payload_len {
            return None;
        }
        Some(WholeMessage {
            message_type,
            masking_key,
            payload: Span::new(offset + header_len, len),
        })
    }

    #[inline(always)]
    fn read_whole_message<S: EventSink>(
        &mut self,
        WholeMessage { message_type, masking_key, payload: span }: WholeMessage,
        chunk: &mut [u8],
        sink: &mut S,
    ) -> Result<usize, ProtocolError> {
        let payload = &mut chunk[span.range()];
        let is_ascii = Mask::new(masking_key).apply_and_test_ascii(payload);
        self.counters.frames = self.counters.frames.wrapping_add(1);
        if message_type == MessageType::Text
            && !is_ascii
            && self.config.validate_utf8
            && !utf8::is_valid(payload)
        {
            return Err(ProtocolError::InvalidUtf8);
        }
        self.counters.messages = self.counters.messages.wrapping_add(1);
        sink.push(Event::Message { message_type, payload: span });
        Ok(span.offset + span.len)
    }

    /// Reads a header at `offset`, and moves `offset` after the bytes it took.
    #[inline]
    fn read_header(
        &mut self,
        chunk: &[u8],
        offset: &mut usize,
    ) -> Result<HeaderProgress, ProtocolError> {
        if self.header_len == 0 {
            let bytes = &chunk[*offset..];
            let progress = self.parse_header(bytes)?;
            match progress {
                HeaderProgress::Complete { header_len, .. } => *offset += header_len,
                HeaderProgress::Incomplete => {
                    self.header[..bytes.len()].copy_from_slice(bytes);
                    self.header_len = bytes.len() as u8;
                    *offset = chunk.len();
                }
            }
            return Ok(progress);
        }
        self.resume_header(chunk, offset)
    }

    /// Goes on with a header whose first bytes came in earlier chunks.
    #[cold]
    fn resume_header(
        &mut self,
        chunk: &[u8],
        offset: &mut usize,
    ) -> Result<HeaderProgress, ProtocolError> {
        let held = usize::from(self.header_len);
        let added = (MAX_HEADER_LEN - held).min(chunk.len() - *offset);
        self.header[held..held + added].copy_from_slice(&chunk[*offset..*offset + added]);
        let header = self.header;
        let progress = self.parse_header(&header[..held + added])?;
        match progress {
            HeaderProgress::Complete { header_len, .. } => {
                *offset += header_len - held;
                self.header_len = 0;
            }
            HeaderProgress::Incomplete => {
                self.header_len = (held + added) as u8;
                *offset += added;
            }
        }
        Ok(progress)
    }

    /// Parses and checks a header, each field as soon as its bytes are there.
    #[inline]
    fn parse_header(&self, bytes: &[u8]) -> Result<HeaderProgress, ProtocolError> {
        let Some(&prefix) = bytes.first_chunk() else { return Ok(HeaderProgress::Incomplete) };
        let prefix = HeaderPrefix(prefix);
        self.check_prefix(prefix)?;
        let Some(payload_len) = crate::FrameHeader::parse_payload_len(prefix, bytes) else {
            return Ok(HeaderProgress::Incomplete);
        };
        self.check_payload_len(prefix.opcode(), payload_len)?;
        let header_len = prefix.header_len();
        let Some(header) = bytes.get(..header_len) else { return Ok(HeaderProgress::Incomplete) };
        let masking_key = match header.last_chunk() {
            Some(&key) if prefix.masked() => key,
            _ => [0; 4],
        };
        Ok(HeaderProgress::Complete {
            frame: Frame {
                fin: prefix.fin(),
                rsv1: prefix.rsv1(),
                opcode: prefix.opcode(),
                mask: Mask::new(masking_key),
                payload_len,
                remaining_len: payload_len,
            },
            header_len,
        })
    }

    /// Checks the first two bytes. Where several checks fail, their order here decides which error a peer
    /// sees. It is ws's order.
    #[inline]
    fn check_prefix(&self, prefix: HeaderPrefix) -> Result<(), ProtocolError> {
        let opcode = prefix.opcode();
        if prefix.rsv2() || prefix.rsv3() {
            return Err(ProtocolError::UnexpectedRsv23);
        }
        if prefix.rsv1() && !self.config.permessage_deflate {
            return Err(ProtocolError::UnexpectedRsv1);
        }
        match opcode {
            Opcode::Continuation if prefix.rsv1() => return Err(ProtocolError::UnexpectedRsv1),
            Opcode::Continuation if self.message.is_none() => {
                return Err(ProtocolError::InvalidOpcode(0));
            }
            Opcode::Continuation => {}
            Opcode::Text | Opcode::Binary if self.message.is_some() => {
                return Err(ProtocolError::InvalidOpcode(opcode.bits()));
            }
            Opcode::Text | Opcode::Binary => {}
            Opcode::Close | Opcode::Ping | Opcode::Pong => {
                if !prefix.fin() {
                    return Err(ProtocolError::ExpectedFin);
                }
                if prefix.rsv1() {
                    return Err(ProtocolError::UnexpectedRsv1);
                }
                let len = prefix.len_bits();
                if usize::from(len) > MAX_CONTROL_PAYLOAD_LEN
                    || (opcode == Opcode::Close && len == 1)
                {
                    return Err(ProtocolError::InvalidControlPayloadLen(len));
                }
            }
            Opcode::Reserved(bits) => return Err(ProtocolError::InvalidOpcode(bits)),
        }
        match (self.config.role, prefix.masked()) {
            (Role::Server, false) => Err(ProtocolError::ExpectedMask),
            (Role::Client, true) => Err(ProtocolError::UnexpectedMask),
            _ => Ok(()),
        }
    }

    /// The checks that the payload length allows, before any of the payload is there.
    #[inline]
    fn check_payload_len(&self, opcode: Opcode, payload_len: u64) -> Result<(), ProtocolError> {
        if payload_len > MAX_FRAME_PAYLOAD_LEN {
            return Err(ProtocolError::UnsupportedPayloadLen);
        }
        if !opcode.is_control()
            && !self.config.limits.skip_too_big
            && self.is_too_big(self.message.as_ref(), payload_len)
        {
            return Err(ProtocolError::MessageTooBig);
        }
        Ok(())
    }

    /// Whether a frame of `payload_len` bytes makes its message too big.
    #[inline]
    fn is_too_big(&self, message: Option<&Message>, payload_len: u64) -> bool {
        let earlier_len = message.map_or(0, |message| message.declared_len);
        payload_len > 0
            && earlier_len.saturating_add(payload_len) > self.config.limits.max_payload_len
    }

    /// Takes the next `len` bytes of the payload that is under way.
    #[inline]
    fn read_payload<S: EventSink>(
        &mut self,
        chunk: &mut [u8],
        offset: usize,
        len: usize,
        sink: &mut S,
    ) -> Result<(), ProtocolError> {
        let is_ascii = self.frame.mask.apply_and_test_ascii(&mut chunk[offset..offset + len]);
        let starts_frame = self.frame.remaining_len == self.frame.payload_len;
        self.frame.remaining_len -= len as u64;
        let ends_frame = self.frame.remaining_len == 0;
        self.state = if ends_frame { State::Header } else { State::Payload };
        self.counters.frames = self.counters.frames.wrapping_add(u64::from(ends_frame));

        let piece = &chunk[offset..offset + len];
        if self.frame.opcode.is_control() {
            return self.read_control(piece, offset, starts_frame, ends_frame, sink);
        }
        let message = match self.message.take() {
            Some(message) => message,
            None => {
                let message_type = match self.frame.opcode {
                    Opcode::Text => MessageType::Text,
                    _ => MessageType::Binary,
                };
                let is_whole = starts_frame && ends_frame && self.frame.fin && !self.frame.rsv1;
                if is_whole && !self.is_too_big(None, self.frame.payload_len) {
                    if message_type == MessageType::Text
                        && !is_ascii
                        && self.config.validate_utf8
                        && !utf8::is_valid(piece)
                    {
                        return Err(ProtocolError::InvalidUtf8);
                    }
                    self.counters.messages = self.counters.messages.wrapping_add(1);
                    sink.push(Event::Message { message_type, payload: Span::new(offset, len) });
                    return Ok(());
                }
                Message {
                    message_type,
                    compressed: self.frame.rsv1,
                    skipped: false,
                    fragments: 0,
                    declared_len: 0,
                    utf8: Utf8Validator::new(),
                }
            }
        };
        self.read_piece(message, piece, is_ascii, offset, starts_frame, sink)
    }

    /// Takes a stretch of a data frame that isn't a whole message in one piece. What is known to be ASCII
    /// isn't validated again.
    fn read_piece<S: EventSink>(
        &mut self,
        mut message: Message,
        piece: &[u8],
        is_ascii: bool,
        offset: usize,
        starts_frame: bool,
        sink: &mut S,
    ) -> Result<(), ProtocolError> {
        let ends_frame = self.frame.remaining_len == 0;
        if starts_frame {
            message.skipped |= self.is_too_big(Some(&message), self.frame.payload_len);
            message.declared_len = message.declared_len.saturating_add(self.frame.payload_len);
        }
        let ends_message = ends_frame && self.frame.fin;
        let is_checked = message.message_type == MessageType::Text
            && !message.compressed
            && self.config.validate_utf8;
        // First the bytes, then what only a frame's end tells: so the fault is the same however the bytes
        // are cut.
        if is_checked && (!is_ascii || !message.utf8.is_at_boundary()) {
            message.utf8.push(piece).map_err(|_| ProtocolError::InvalidUtf8)?;
        }
        if ends_frame {
            message.fragments = message.fragments.saturating_add(1);
            if message.fragments > self.config.limits.max_fragments {
                return Err(ProtocolError::TooManyFragments);
            }
        }
        if is_checked && ends_message {
            message.utf8.finish().map_err(|_| ProtocolError::InvalidUtf8)?;
        }
        if !message.skipped || message.compressed || ends_message {
            let is_wanted = !message.skipped || message.compressed;
            sink.push(Event::Piece(Piece {
                message_type: message.message_type,
                compressed: message.compressed,
                skipped: message.skipped,
                starts_frame,
                ends_frame,
                ends_message,
                frame_payload_len: self.frame.payload_len,
                payload: Span::new(offset, if is_wanted { piece.len() } else { 0 }),
            }));
        }
        if ends_message {
            self.counters.messages = self.counters.messages.wrapping_add(1);
        } else {
            self.message = Some(message);
        }
        Ok(())
    }

    /// Takes a stretch of a control frame.
    #[inline]
    fn read_control<S: EventSink>(
        &mut self,
        piece: &[u8],
        offset: usize,
        starts_frame: bool,
        ends_frame: bool,
        sink: &mut S,
    ) -> Result<(), ProtocolError> {
        let payload = if starts_frame && ends_frame {
            ControlPayload::InChunk(Span::new(offset, piece.len()))
        } else {
            let end = (self.frame.payload_len - self.frame.remaining_len) as usize;
            self.control.write(end - piece.len(), piece);
            if !ends_frame {
                return Ok(());
            }
            self.control.end_frame();
            ControlPayload::Carried { len: end }
        };
        let event = match self.frame.opcode {
            Opcode::Ping => Event::Ping(payload),
            Opcode::Pong => Event::Pong(payload),
            _ => {
                let body = match payload {
                    ControlPayload::InChunk(_) => piece,
                    ControlPayload::Carried { len } => &self.carried_control()[..len],
                };
                let code = self.check_close_body(body)?;
                self.state = State::Done;
                Event::Close { code, body: payload }
            }
        };
        sink.push(event);
        Ok(())
    }

    /// Checks a close frame's body: nothing, or a close code and a reason (§5.5.1).
    fn check_close_body(&self, body: &[u8]) -> Result<CloseCode, ProtocolError> {
        let Some((&code, reason)) = body.split_first_chunk() else {
            return Ok(CloseCode::NO_STATUS_RECEIVED);
        };
        let code = CloseCode(u16::from_be_bytes(code));
        if !code.is_sendable() {
            return Err(ProtocolError::InvalidCloseCode(code.0));
        }
        if self.config.validate_utf8 && !utf8::is_valid(reason) {
            return Err(ProtocolError::InvalidUtf8);
        }
        Ok(code)
    }

    /// Counts the chunks that hold bytes of the header field or payload that is still incomplete.
    #[inline]
    fn count_buffered(&mut self, chunk_len: usize, taken: usize) {
        let buffered_len = match self.state {
            // A skipped message isn't held.
            State::Payload if self.message.as_ref().is_some_and(|message| message.skipped) => 0,
            State::Payload => self.frame.payload_len - self.frame.remaining_len,
            _ => self.incomplete_field_len(),
        };
        if buffered_len == 0 && taken > 0 {
            self.buffered_chunks = 0;
        } else if taken == chunk_len && buffered_len == self.buffered_len + chunk_len as u64 {
            self.buffered_chunks = self.buffered_chunks.saturating_add(1);
        } else {
            self.buffered_chunks = 1;
        }
        self.buffered_len = buffered_len;
    }

    /// How many bytes of the held header belong to a field that isn't complete: the first two bytes,
    /// the extended length, or the masking key.
    fn incomplete_field_len(&self) -> u64 {
        let held = usize::from(self.header_len);
        if held < 2 {
            return held as u64;
        }
        let prefix = HeaderPrefix([self.header[0], self.header[1]]);
        let extended = prefix.len_form().extended_len();
        (if held < 2 + extended { held - 2 } else { held - 2 - extended }) as u64
    }
}
