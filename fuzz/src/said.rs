//! What a peer said, free of chunks: the decoder's answer, joined to messages.

use framewright_codec::{
    Counters, Decoder, DecoderConfig, Event, EventSink, Failure, MessageAssembler, MessageType,
    Piece, Received,
};

pub type Said = Received<'static>;

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

/// Decodes `chunks`, and checks on the way whatever must hold of any of them. `inflate` is given the payloads
/// of compressed frames.
pub fn decode(
    config: DecoderConfig,
    chunks: &[&[u8]],
    room: usize,
    mut inflate: impl FnMut(&[u8], bool, &mut Vec<u8>) -> Result<(), Failure>,
) -> (Vec<Said>, Counters) {
    let mut decoder = Decoder::new(config);
    let mut assembler = MessageAssembler::new(u64::MAX, false);
    let mut pieces = Pieces::default();
    let mut said = Vec::new();
    for chunk in chunks {
        let mut rest = chunk.to_vec();
        loop {
            let before = rest.clone();
            let was_done = decoder.is_done();
            let mut sink = Bounded { events: Vec::new(), room };
            let taken = decoder.decode(&mut rest, &mut sink);

            assert!(taken <= rest.len(), "took more than there is");
            assert!(taken > 0 || rest.is_empty(), "no progress");
            assert!(before[taken..] == rest[taken..], "wrote after what it took");
            assert!(!was_done || (sink.events.is_empty() && taken == rest.len()));
            for event in sink.events {
                pieces.check(&config, event);
                // Slicing panics if the event speaks of bytes that weren't taken.
                let taken = &rest[..taken];
                let inflate = |payload: &[u8], fin, message: &mut Vec<u8>| {
                    inflate(payload, fin, message).map(|()| false)
                };
                let received =
                    assembler.take(event, taken, decoder.carried_control(), inflate);
                if let Some(Received::Message(message)) = &received {
                    check_message(&config, event, message.message_type, &message.payload);
                }
                said.extend(received.map(Received::into_owned));
            }
            rest.drain(..taken);
            if rest.is_empty() {
                break;
            }
        }
    }
    let ended = matches!(said.last(), Some(Received::Close { .. } | Received::Failed(_)));
    assert!(!decoder.is_done() || ended);
    (said, decoder.take_counters())
}

/// Leaves a compressed frame as it is, and marks where it begins.
pub fn mark(payload: &[u8], fin: bool, out: &mut Vec<u8>) -> Result<(), Failure> {
    out.extend_from_slice(if fin { b"<fin>" } else { b"<more>" });
    out.extend_from_slice(payload);
    Ok(())
}

fn check_message(config: &DecoderConfig, event: Event, message_type: MessageType, payload: &[u8]) {
    if matches!(event, Event::Piece(Piece { compressed: true, .. })) {
        return;
    }
    assert!(payload.len() as u64 <= config.limits.max_payload_len);
    if config.validate_utf8 && message_type == MessageType::Text {
        assert!(std::str::from_utf8(payload).is_ok());
    }
}

/// Pieces fill their frames, and nothing comes inside of a frame.
#[derive(Default)]
struct Pieces {
    /// How much of the frame under way has come.
    frame_len: Option<u64>,
    frames: u32,
}

impl Pieces {
    fn check(&mut self, config: &DecoderConfig, event: Event) {
        let Event::Piece(piece) = event else {
            let is_message = matches!(event, Event::Message { .. });
            assert!(self.frame_len.is_none() || matches!(event, Event::Error(_)));
            assert!(!is_message || self.frames == 0, "a message inside of another");
            return;
        };
        assert_eq!(piece.starts_frame, self.frame_len.is_none());
        assert!(piece.payload.len > 0 || piece.frame_payload_len == 0, "an empty piece");
        let len = self.frame_len.unwrap_or(0) + piece.payload.len as u64;
        assert_eq!(piece.ends_frame, len == piece.frame_payload_len);
        self.frame_len = (!piece.ends_frame).then_some(len);
        self.frames += u32::from(piece.ends_frame);
        assert!(self.frames <= config.limits.max_fragments);
        if piece.ends_message {
            assert!(piece.ends_frame);
            self.frames = 0;
        }
    }
}
