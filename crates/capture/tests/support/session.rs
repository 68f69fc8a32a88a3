//! A session that keeps to every rule, made of a seed.

use framewright_capture::Direction;
use framewright_capture::codec::deflate::{CompressOptions, Compressor, ContextParams};
use framewright_capture::codec::handshake::{DeflateParams, WindowBits, accept_for_key};
use framewright_capture::codec::{FrameHeader, MAX_HEADER_LEN, Mask, Opcode};

use super::random::Random;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub direction: Direction,
    pub bytes: Vec<u8>,
    pub time_ns: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub direction: Direction,
    pub opcode: Opcode,
    pub content: Vec<u8>,
}

#[derive(Clone, Debug, Default)]
pub struct Session {
    pub chunks: Vec<Chunk>,
    pub messages: Vec<Message>,
    pub deflate: Option<DeflateParams>,
    pub frames: usize,
    pub control_frames: usize,
}

/// How a session may look.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub messages: usize,
    pub max_len: usize,
    pub deflate: bool,
    /// Cut into chunks anywhere instead of between frames.
    pub split: bool,
}

impl Session {
    pub fn end_ns(&self) -> u64 {
        self.chunks.last().map_or(0, |chunk| chunk.time_ns) + 1000
    }

    pub fn stream(&self, direction: Direction) -> Vec<u8> {
        let chunks = self.chunks.iter().filter(|chunk| chunk.direction == direction);
        chunks.flat_map(|chunk| chunk.bytes.iter().copied()).collect()
    }

    pub fn random(seed: u64, style: Style) -> Self {
        Maker::new(seed, style).make()
    }
}

struct Maker {
    random: Random,
    style: Style,
    session: Session,
    compressors: [Option<Compressor>; 2],
    time_ns: u64,
}

impl Maker {
    fn new(seed: u64, style: Style) -> Self {
        Self {
            random: Random::new(seed),
            style,
            session: Session::default(),
            compressors: [None, None],
            time_ns: 1_700_000_000_000_000_000,
        }
    }

    fn make(mut self) -> Session {
        self.handshake();
        for _ in 0..self.style.messages {
            self.message();
            if self.random.chance(5) {
                self.ping();
            }
        }
        self.close();
        if self.style.split {
            self.split();
        }
        self.session
    }

    fn push(&mut self, direction: Direction, bytes: Vec<u8>) {
        self.time_ns += 1 + self.random.below(3_000_000) as u64;
        self.session.chunks.push(Chunk { direction, bytes, time_ns: self.time_ns });
    }

    fn handshake(&mut self) {
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        let (mut offer, mut response) = (String::new(), String::new());
        if self.style.deflate {
            let bits = |random: &mut Random| {
                random.chance(2).then(|| WindowBits::new(9 + random.below(7) as u8)).flatten()
            };
            let params = DeflateParams {
                server_no_context_takeover: self.random.chance(3),
                client_no_context_takeover: self.random.chance(3),
                server_max_window_bits: bits(&mut self.random),
                client_max_window_bits: bits(&mut self.random),
            };
            offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
                .to_owned();
            response = format!("Sec-WebSocket-Extensions: {params}\r\n");
            self.session.deflate = Some(params);
            self.compressors = Direction::BOTH.map(|direction| {
                let params = ContextParams::of_sender(&params, direction.sender());
                Some(Compressor::new(params, CompressOptions::default()))
            });
        }
        let request = format!(
            "GET /chat?room={} HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: \
             keep-alive, Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Protocol: chat, superchat\r\n{offer}\r\n",
            self.random.below(100)
        );
        let response = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\nSec-WebSocket-Protocol: superchat\r\n{response}\r\n",
            accept_for_key(key.as_bytes())
        );
        self.push(Direction::ToServer, request.into_bytes());
        self.push(Direction::ToClient, response.into_bytes());
    }

    fn message(&mut self) {
        let direction = self.random.pick(&Direction::BOTH);
        let len = match self.random.below(12) {
            0 => 0,
            1 => 124 + self.random.below(5),
            2 => self.random.below(self.style.max_len + 1),
            _ => self.random.below(60.min(self.style.max_len + 1)),
        };
        let len = len.min(self.style.max_len);
        let (opcode, content) = if self.random.chance(3) {
            (Opcode::Binary, self.random.bytes(len))
        } else {
            (Opcode::Text, self.random.text(len).into_bytes())
        };
        let fragments = if self.random.chance(4) { 2 + self.random.below(4) } else { 1 };
        let compress = self.compressors[direction as usize].is_some() && !self.random.chance(4);
        let mut cuts: Vec<usize> =
            (1..fragments).map(|_| self.random.below(content.len() + 1)).collect();
        cuts.sort_unstable();
        cuts.push(content.len());
        let mut start = 0;
        for (index, cut) in cuts.iter().copied().enumerate() {
            let fin = index + 1 == cuts.len();
            let part = content[start..cut].to_vec();
            start = cut;
            let payload = match &mut self.compressors[direction as usize] {
                Some(compressor) if compress => {
                    let mut payload = Vec::new();
                    compressor.compress(&part, fin, &mut payload);
                    payload
                }
                _ => part,
            };
            let opcode = if index == 0 { opcode } else { Opcode::Continuation };
            self.frame(direction, opcode, fin, index == 0 && compress, payload);
            if !fin && self.random.chance(3) {
                self.ping();
            }
        }
        self.session.messages.push(Message { direction, opcode, content });
    }

    fn ping(&mut self) {
        let direction = self.random.pick(&Direction::BOTH);
        let len = self.random.below(126);
        let payload = self.random.bytes(len);
        self.control(direction, Opcode::Ping, payload.clone());
        if !self.random.chance(3) {
            self.control(direction.reverse(), Opcode::Pong, payload);
        }
    }

    fn close(&mut self) {
        let direction = self.random.pick(&Direction::BOTH);
        let code: u16 = self.random.pick(&[1000, 1001, 1003, 1008, 1011, 1014, 3000, 4999]);
        let mut payload = Vec::new();
        if !self.random.chance(4) {
            payload.extend(code.to_be_bytes());
            let len = self.random.below(100);
            payload.extend(self.random.text(len).into_bytes());
            payload.truncate(125);
            while payload.len() > 2 && std::str::from_utf8(&payload[2..]).is_err() {
                payload.pop();
            }
        }
        self.control(direction, Opcode::Close, payload.clone());
        self.control(direction.reverse(), Opcode::Close, payload[..payload.len().min(2)].to_vec());
    }

    fn control(&mut self, direction: Direction, opcode: Opcode, payload: Vec<u8>) {
        self.session.control_frames += 1;
        self.frame(direction, opcode, true, false, payload);
    }

    fn frame(
        &mut self,
        direction: Direction,
        opcode: Opcode,
        fin: bool,
        rsv1: bool,
        mut payload: Vec<u8>,
    ) {
        let key = (self.random.next() as u32).to_be_bytes();
        let header = FrameHeader {
            fin,
            rsv1,
            rsv2: false,
            rsv3: false,
            opcode,
            masking_key: (direction == Direction::ToServer).then_some(key),
            payload_len: payload.len() as u64,
        };
        let mut bytes = [0; MAX_HEADER_LEN];
        let len = header.encode(&mut bytes);
        if let Some(key) = header.masking_key {
            Mask::new(key).apply(&mut payload);
        }
        self.session.frames += 1;
        self.push(direction, [&bytes[..len], &payload].concat());
    }

    /// Cuts chunks anywhere, and joins neighbours.
    fn split(&mut self) {
        let mut chunks: Vec<Chunk> = Vec::new();
        for chunk in std::mem::take(&mut self.session.chunks) {
            match chunks.last_mut() {
                Some(last) if last.direction == chunk.direction && self.random.chance(2) => {
                    last.bytes.extend(chunk.bytes);
                }
                _ => chunks.push(chunk),
            }
        }
        for chunk in chunks {
            let mut rest = &chunk.bytes[..];
            while rest.len() > 1 && self.random.chance(2) {
                let (now, later) = rest.split_at(1 + self.random.below(rest.len() - 1));
                self.session.chunks.push(Chunk { bytes: now.to_vec(), ..chunk.clone() });
                rest = later;
            }
            self.session.chunks.push(Chunk { bytes: rest.to_vec(), ..chunk });
        }
    }
}
