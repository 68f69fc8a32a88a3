//! What a peer said, free of chunks, and the decoder's answer in these words.

use framewright_codec::{
    CloseCode, ControlPayload, Counters, Decoder, DecoderConfig, Event, EventSink, MessageType,
    Piece, ProtocolError,
};

#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    Message { message_type: MessageType, compressed: bool, frames: Vec<Vec<u8>> },
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(CloseCode, Vec<u8>),
    Error(ProtocolError),
}

/// A sink with room for `room` events a call.
struct Bounded {
    events: Vec<Event>,
    room: usize,
}

impl EventSink for Bounded {
    fn push(&mut self, event: Event) {
        assert!(self.events.len() < self.room, "pushed past is_full");
        self.events.push(event);
    }
    fn is_full(&self) -> bool {
        self.events.len() == self.room
    }
}

/// Decodes `chunks`, and checks on the way whatever must hold of any of them.
pub fn decode(config: DecoderConfig, chunks: &[&[u8]], room: usize) -> (Vec<Said>, Counters) {
    let mut decoder = Decoder::new(config);
    let mut collected = Collected::default();
    for chunk in chunks {
        let mut rest = chunk.to_vec();
        loop {
            let before = rest.clone();
            let was_done = decoder.is_done();
            let mut sink = Bounded { events: Vec::new(), room };
            let taken = decoder.decode(&mut rest, &mut sink);

            assert!(taken <= rest.len(), "took more than there is");
            assert!(taken > 0 || rest.is_empty(), "no progress");
            assert!(before[taken..] == rest[taken..], "wrote behind what it took");
            assert!(!was_done || (sink.events.is_empty() && taken == rest.len()));
            for event in sink.events {
                collected.add(&config, event, &rest[..taken], decoder.carried_control());
            }
            rest.drain(..taken);
            if rest.is_empty() {
                break;
            }
        }
    }
    let ended = matches!(collected.said.last(), Some(Said::Close(..) | Said::Error(_)));
    assert_eq!(decoder.is_done(), ended);
    (collected.said, decoder.take_counters())
}

#[derive(Default)]
struct Collected {
    said: Vec<Said>,
    frames: Vec<Vec<u8>>,
    frame: Option<Vec<u8>>,
}

impl Collected {
    /// Adds an event about `taken`; slicing panics if it speaks of octets that weren't.
    fn add(&mut self, config: &DecoderConfig, event: Event, taken: &[u8], carried: &[u8]) {
        let control = |payload| match payload {
            ControlPayload::InChunk { offset, len } => taken[offset..offset + len].to_vec(),
            ControlPayload::Carried { len } => carried[..len].to_vec(),
        };
        match event {
            Event::Message { message_type, offset, len } => {
                assert!(self.frames.is_empty() && self.frame.is_none());
                let frames = vec![taken[offset..offset + len].to_vec()];
                self.message(config, Said::Message { message_type, compressed: false, frames });
            }
            Event::Piece(piece) => {
                assert_eq!(piece.starts_frame, self.frame.is_none());
                assert!(piece.len > 0 || piece.frame_payload_len == 0, "an empty piece");
                let mut frame = self.frame.take().unwrap_or_default();
                frame.extend_from_slice(&taken[piece.range()]);
                if !piece.ends_frame {
                    self.frame = Some(frame);
                    return;
                }
                assert_eq!(frame.len() as u64, piece.frame_payload_len);
                self.frames.push(frame);
                if piece.ends_message {
                    let frames = std::mem::take(&mut self.frames);
                    let Piece { message_type, compressed, .. } = piece;
                    self.message(config, Said::Message { message_type, compressed, frames });
                }
            }
            Event::Ping(payload) => self.said.push(Said::Ping(control(payload))),
            Event::Pong(payload) => self.said.push(Said::Pong(control(payload))),
            Event::Close { code, body } => self.said.push(Said::Close(code, control(body))),
            Event::Error(error) => self.said.push(Said::Error(error)),
        }
    }

    fn message(&mut self, config: &DecoderConfig, message: Said) {
        let Said::Message { message_type, compressed, frames } = &message else { return };
        let payload = frames.concat();
        assert!(payload.len() as u64 <= config.limits.max_payload_len);
        assert!(frames.len() as u64 <= u64::from(config.limits.max_fragments));
        if config.validate_utf8 && *message_type == MessageType::Text && !compressed {
            assert!(std::str::from_utf8(&payload).is_ok());
        }
        self.said.push(message);
    }
}
