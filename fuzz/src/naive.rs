//! A decoder that reads a whole stream byte by byte, as plainly as it can be written: the codec's twin.

use framewright_codec::{
    CloseCode, DecoderConfig, Failure, Message as Whole, MessageType, Opcode, ProtocolError,
    Received, Role,
};

use crate::said::{Said, mark};

/// Inflates a compressed frame, the message's last if it says so.
pub type Inflate<'a> = &'a mut dyn FnMut(&[u8], bool, &mut Vec<u8>) -> Result<(), Failure>;

/// What a stream says, and how many frames of it are whole. Compressed frames stay as they are, marked.
pub fn decode(config: DecoderConfig, bytes: &[u8]) -> (Vec<Said>, u64) {
    read(config, bytes, &mut mark, false)
}

/// What a stream says once it is inflated.
pub fn receive(config: DecoderConfig, bytes: &[u8], inflate: Inflate<'_>) -> Vec<Said> {
    read(config, bytes, inflate, true).0
}

fn read(
    config: DecoderConfig,
    bytes: &[u8],
    inflate: Inflate<'_>,
    checks_inflated: bool,
) -> (Vec<Said>, u64) {
    let mut naive = Naive {
        config,
        bytes,
        at: 0,
        said: Vec::new(),
        frames: 0,
        message: None,
        inflate,
        checks_inflated,
    };
    while !matches!(naive.said.last(), Some(Received::Close { .. })) {
        match naive.frame() {
            Ok(()) => {}
            Err(Stop::Needs) => break,
            Err(Stop::Failure(failure)) => {
                naive.said.push(Received::Failed(failure));
                break;
            }
        }
    }
    (naive.said, naive.frames)
}

enum Stop {
    Needs,
    Failure(Failure),
}

struct Naive<'a> {
    config: DecoderConfig,
    bytes: &'a [u8],
    at: usize,
    said: Vec<Said>,
    frames: u64,
    message: Option<Message>,
    inflate: Inflate<'a>,
    /// Whether what was inflated is checked for its length and its UTF-8.
    checks_inflated: bool,
}

struct Message {
    message_type: MessageType,
    compressed: bool,
    declared_len: u64,
    frames: Vec<Vec<u8>>,
    inflated: Vec<u8>,
    /// All frames' bytes, and how many of them were found to be UTF-8.
    text: Vec<u8>,
    checked_len: usize,
}

fn check(holds: bool, error: ProtocolError) -> Result<(), Stop> {
    if holds { Ok(()) } else { Err(Stop::Failure(error.into())) }
}

impl Naive<'_> {
    fn byte(&mut self) -> Result<u8, Stop> {
        let byte = *self.bytes.get(self.at).ok_or(Stop::Needs)?;
        self.at += 1;
        Ok(byte)
    }

    fn frame(&mut self) -> Result<(), Stop> {
        let (first, second) = (self.byte()?, self.byte()?);
        let [fin, rsv1, rsv2, rsv3] = [0x80, 0x40, 0x20, 0x10].map(|bit| first & bit != 0);
        let opcode = first & 15;
        let masked = second & 0x80 != 0;
        let bits = second & 0x7f;

        check(!rsv2 && !rsv3, ProtocolError::UnexpectedRsv23)?;
        check(!rsv1 || self.config.permessage_deflate, ProtocolError::UnexpectedRsv1)?;
        let is_control = matches!(opcode, 8..=10);
        match opcode {
            0 => {
                check(!rsv1, ProtocolError::UnexpectedRsv1)?;
                check(self.message.is_some(), ProtocolError::InvalidOpcode(0))?;
            }
            1 | 2 => check(self.message.is_none(), ProtocolError::InvalidOpcode(opcode))?,
            8..=10 => {
                check(fin, ProtocolError::ExpectedFin)?;
                check(!rsv1, ProtocolError::UnexpectedRsv1)?;
                let fits = bits < 126 && !(opcode == 8 && bits == 1);
                check(fits, ProtocolError::InvalidControlPayloadLen(bits))?;
            }
            _ => check(false, ProtocolError::InvalidOpcode(opcode))?,
        }
        match self.config.role {
            Role::Server => check(masked, ProtocolError::ExpectedMask)?,
            Role::Client => check(!masked, ProtocolError::UnexpectedMask)?,
        }

        let mut len = u64::from(bits);
        if bits > 125 {
            len = 0;
            for _ in 0..(if bits == 126 { 2 } else { 8 }) {
                len = len << 8 | u64::from(self.byte()?);
            }
        }
        check(len < 1 << 53, ProtocolError::UnsupportedPayloadLen)?;
        if !is_control {
            let earlier = self.message.as_ref().map_or(0, |message| message.declared_len);
            let fits = len == 0 || earlier + len <= self.config.limits.max_payload_len;
            check(fits, ProtocolError::MessageTooBig)?;
        }
        let mut key = [0; 4];
        if masked {
            for byte in &mut key {
                *byte = self.byte()?;
            }
        }

        if !is_control {
            let message_type = if opcode == 1 { MessageType::Text } else { MessageType::Binary };
            let message = self.message.get_or_insert(Message {
                message_type,
                compressed: rsv1,
                declared_len: 0,
                frames: Vec::new(),
                inflated: Vec::new(),
                text: Vec::new(),
                checked_len: 0,
            });
            message.declared_len += len;
            message.frames.push(Vec::new());
        }
        let mut control = Vec::new();
        for index in 0..len {
            let byte = self.byte()? ^ key[(index % 4) as usize];
            match &mut self.message {
                Some(message) if !is_control => {
                    message.frames.last_mut().expect("it was begun").push(byte);
                    message.text.push(byte);
                    self.check_text(false)?;
                }
                _ => control.push(byte),
            }
        }
        self.frames += 1;
        if is_control { self.control(opcode, control) } else { self.data(fin) }
    }

    /// The text so far is UTF-8, but for a code point that is still open unless the message `ended`.
    fn check_text(&mut self, ended: bool) -> Result<(), Stop> {
        let Some(message) = &mut self.message else { return Ok(()) };
        if !self.config.validate_utf8
            || message.compressed
            || message.message_type != MessageType::Text
        {
            return Ok(());
        }
        let open = &message.text[message.checked_len..];
        let (valid_len, fits) = match std::str::from_utf8(open) {
            Ok(_) => (open.len(), true),
            Err(error) => (error.valid_up_to(), error.error_len().is_none() && !ended),
        };
        message.checked_len += valid_len;
        check(fits, ProtocolError::InvalidUtf8)
    }

    fn control(&mut self, opcode: u8, payload: Vec<u8>) -> Result<(), Stop> {
        match Opcode::from_bits(opcode) {
            Opcode::Ping => self.said.push(Received::Ping(payload.into())),
            Opcode::Pong => self.said.push(Received::Pong(payload.into())),
            _ => {
                let mut code = 1005;
                if let [high, low, reason @ ..] = &payload[..] {
                    code = u16::from_be_bytes([*high, *low]);
                    let known = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
                    check(known, ProtocolError::InvalidCloseCode(code))?;
                    let fits = !self.config.validate_utf8 || std::str::from_utf8(reason).is_ok();
                    check(fits, ProtocolError::InvalidUtf8)?;
                }
                let reason = payload.get(2..).unwrap_or_default().to_vec().into();
                self.said.push(Received::Close { code: CloseCode(code), reason });
            }
        }
        Ok(())
    }

    fn data(&mut self, fin: bool) -> Result<(), Stop> {
        let frames = self.message.as_ref().map_or(0, |message| message.frames.len());
        let fits = frames == 1 && fin || frames as u64 <= self.config.limits.max_fragments.into();
        check(fits, ProtocolError::TooManyFragments)?;
        if let Some(message) = self.message.as_mut().filter(|message| message.compressed) {
            let frame = message.frames.last().expect("it was begun");
            (self.inflate)(frame, fin, &mut message.inflated).map_err(Stop::Failure)?;
            if self.checks_inflated {
                let fits = message.inflated.len() as u64 <= self.config.limits.max_payload_len;
                check(fits, ProtocolError::MessageTooBig)?;
                let is_checked =
                    self.config.validate_utf8 && message.message_type == MessageType::Text && fin;
                let fits = !is_checked || std::str::from_utf8(&message.inflated).is_ok();
                check(fits, ProtocolError::InvalidUtf8)?;
            }
        }
        if fin {
            self.check_text(true)?;
            if let Some(message) = self.message.take() {
                let payload = if message.compressed { message.inflated } else { message.text };
                let message_type = message.message_type;
                let payload = payload.into();
                self.said.push(Received::Message(Whole { message_type, payload }));
            }
        }
        Ok(())
    }
}
