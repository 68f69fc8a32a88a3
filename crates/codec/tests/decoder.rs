//! The decoder against a naive reading of the same frames, however the octets are cut.

use framewright_codec::{
    CloseCode, ControlPayload, Decoder, DecoderConfig, Event, EventSink, FrameHeader, Limits,
    MessageType, Opcode, ProtocolError, Role,
};
use proptest::prelude::*;

/// What a peer said, free of chunks.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    Message(MessageType, bool, Vec<Vec<u8>>),
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

/// Decodes `chunks` and puts the pieces together again.
fn decode(config: DecoderConfig, chunks: &[&[u8]], room: usize) -> Vec<Said> {
    let mut decoder = Decoder::new(config);
    let mut said = Vec::new();
    let mut fragments: Vec<Vec<u8>> = Vec::new();
    let mut frame: Vec<u8> = Vec::new();
    for chunk in chunks {
        let mut chunk = chunk.to_vec();
        let mut rest = chunk.as_mut_slice();
        loop {
            let mut sink = Bounded { events: Vec::new(), room };
            let taken = decoder.decode(rest, &mut sink);
            let control = |payload| match payload {
                ControlPayload::InChunk { offset, len } => rest[offset..offset + len].to_vec(),
                ControlPayload::Carried { len } => decoder.carried_control()[..len].to_vec(),
            };
            for event in sink.events {
                match event {
                    Event::Message { message_type, offset, len } => {
                        let payload = rest[offset..offset + len].to_vec();
                        said.push(Said::Message(message_type, false, vec![payload]));
                    }
                    Event::Piece(piece) => {
                        assert_eq!(piece.starts_frame, frame.is_empty() || piece.len == 0);
                        frame.extend_from_slice(&rest[piece.range()]);
                        if piece.ends_frame {
                            assert_eq!(frame.len() as u64, piece.frame_payload_len);
                            fragments.push(std::mem::take(&mut frame));
                        }
                        if piece.ends_message {
                            said.push(Said::Message(
                                piece.message_type,
                                piece.compressed,
                                std::mem::take(&mut fragments),
                            ));
                        }
                    }
                    Event::Ping(payload) => said.push(Said::Ping(control(payload))),
                    Event::Pong(payload) => said.push(Said::Pong(control(payload))),
                    Event::Close { code, body } => said.push(Said::Close(code, control(body))),
                    Event::Error(error) => said.push(Said::Error(error)),
                }
            }
            if taken == rest.len() {
                break;
            }
            rest = &mut rest[taken..];
        }
    }
    said
}

fn config(role: Role) -> DecoderConfig {
    DecoderConfig { permessage_deflate: true, ..DecoderConfig::new(role) }
}

/// A valid conversation, as frames and as what they say.
fn conversation() -> impl Strategy<Value = (Vec<(FrameHeader, Vec<u8>)>, Vec<Said>)> {
    let payload = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        proptest::collection::vec(any::<u8>(), 120..131),
        proptest::collection::vec(any::<u8>(), 65_530..65_540),
    ];
    let item = prop_oneof![
        (any::<bool>(), proptest::collection::vec(payload, 1..4), any::<[u8; 4]>())
            .prop_map(|(compressed, fragments, key)| (None, compressed, fragments, key)),
        (any::<bool>(), proptest::collection::vec(any::<u8>(), 0..=125), any::<[u8; 4]>())
            .prop_map(|(ping, payload, key)| (Some(ping), false, vec![payload], key)),
        ("\\PC{0,30}", any::<[u8; 4]>()).prop_map(|(text, key)| (
            None,
            false,
            vec![text.into_bytes()],
            key
        )),
    ];
    proptest::collection::vec(item, 1..8).prop_map(|items| {
        let mut frames = Vec::new();
        let mut said = Vec::new();
        for (control, compressed, fragments, key) in items {
            let masking_key = Some(key);
            if let Some(ping) = control {
                let opcode = if ping { Opcode::Ping } else { Opcode::Pong };
                let header = FrameHeader { masking_key, ..FrameHeader::new(opcode) };
                frames.push((header, fragments[0].clone()));
                said.push(match ping {
                    true => Said::Ping(fragments[0].clone()),
                    false => Said::Pong(fragments[0].clone()),
                });
                continue;
            }
            let text = fragments.len() == 1 && std::str::from_utf8(&fragments[0]).is_ok();
            let (opcode, message_type) = match text {
                true => (Opcode::Text, MessageType::Text),
                false => (Opcode::Binary, MessageType::Binary),
            };
            let last = fragments.len() - 1;
            for (index, fragment) in fragments.iter().enumerate() {
                let header = FrameHeader {
                    fin: index == last,
                    rsv1: compressed && index == 0,
                    masking_key,
                    ..FrameHeader::new(if index == 0 { opcode } else { Opcode::Continuation })
                };
                frames.push((header, fragment.clone()));
            }
            said.push(Said::Message(message_type, compressed, fragments));
        }
        (frames, said)
    })
}

fn split<'a>(octets: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut chunks = Vec::new();
    let mut rest = octets;
    for cut in cuts {
        let (chunk, tail) = rest.split_at(cut % (rest.len() + 1));
        chunks.push(chunk);
        rest = tail;
    }
    chunks.push(rest);
    chunks
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 2 } else { 128 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn says_what_was_said_however_cut(
        (frames, said) in conversation(),
        cuts in proptest::collection::vec(any::<usize>(), 0..12),
        room in 1..5_usize,
    ) {
        let mut octets = Vec::new();
        for (header, payload) in &frames {
            header.append_frame(payload, &mut octets);
        }
        prop_assert_eq!(&decode(config(Role::Server), &[&octets], usize::MAX), &said);
        prop_assert_eq!(&decode(config(Role::Server), &split(&octets, &cuts), room), &said);
        let singles: Vec<&[u8]> = octets[..octets.len().min(2000)].chunks(1).collect();
        let from_singles = decode(config(Role::Server), &singles, room);
        prop_assert_eq!(&from_singles[..], &said[..from_singles.len()]);
    }

    #[test]
    fn takes_any_octets_and_cuts_change_nothing(
        octets in proptest::collection::vec(any::<u8>(), 0..200),
        cuts in proptest::collection::vec(any::<usize>(), 0..6),
        server: bool,
    ) {
        let role = if server { Role::Server } else { Role::Client };
        let whole = decode(config(role), &[&octets], usize::MAX);
        let cut = decode(config(role), &split(&octets, &cuts), 1);
        prop_assert_eq!(whole, cut);
    }
}

#[test]
fn a_declared_length_past_the_limit_fails_before_any_payload() {
    for (header, error) in [
        (&[0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0][..], ProtocolError::UnsupportedPayloadLen),
        (&[0x82, 0x7f, 0, 0x20, 0, 0, 0, 0, 0, 0], ProtocolError::UnsupportedPayloadLen),
        (&[0x82, 0x7f, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], ProtocolError::MessageTooBig),
        (&[0x82, 0x7f, 0, 0, 0, 0, 0x06, 0x40, 0, 1], ProtocolError::MessageTooBig),
    ] {
        let said = decode(DecoderConfig::new(Role::Client), &[header], 1);
        assert_eq!(said, [Said::Error(error)]);
        assert_eq!(error.close_code(), CloseCode::MESSAGE_TOO_BIG);
    }
    let at_limit = [0x82, 0x7f, 0, 0, 0, 0, 0x06, 0x40, 0, 0];
    assert_eq!(decode(DecoderConfig::new(Role::Client), &[&at_limit], 1), []);
}

#[test]
fn bad_utf8_in_a_fragment_fails_at_its_octet() {
    let start: &[u8] = &[0x01, 0x03, 0xce, 0xba, 0xe1];
    let open = decode(DecoderConfig::new(Role::Client), &[start], 1);
    assert_eq!(open, []);
    let said =
        decode(DecoderConfig::new(Role::Client), &[start, &[0x00, 0x7e, 0x00, 0xff, 0x41]], 1);
    assert_eq!(said, [Said::Error(ProtocolError::InvalidUtf8)]);
    let ended = decode(DecoderConfig::new(Role::Client), &[start, &[0x80, 0x00]], 1);
    assert_eq!(ended, [Said::Error(ProtocolError::InvalidUtf8)]);
}

#[test]
fn ascii_behind_an_open_code_point_fails() {
    // 0xe1 begins a code point, and the octets "AAA" of the next frame, masked, don't go on with it.
    let key = [1, 2, 3, 4];
    let start: &[u8] = &[0x01, 0x81, 1, 2, 3, 4, 0xe1 ^ 1];
    let [a, b, c, _] = key.map(|octet| octet ^ 0x41);
    let said =
        decode(DecoderConfig::new(Role::Server), &[start, &[0x00, 0x83, 1, 2, 3, 4, a, b, c]], 1);
    assert_eq!(said, [Said::Error(ProtocolError::InvalidUtf8)]);
}

#[test]
fn fragments_and_chunks_are_limited() {
    let limits = Limits { max_fragments: 3, max_buffered_chunks: 4, ..Limits::default() };
    let config = DecoderConfig { limits, ..DecoderConfig::new(Role::Client) };
    let endless = [&[0x02, 0x00][..], &[0x00, 0x00], &[0x00, 0x00], &[0x00, 0x00]];
    assert_eq!(decode(config, &endless[..3], 1), []);
    assert_eq!(decode(config, &endless, 1), [Said::Error(ProtocolError::TooManyFragments)]);

    let dripped = [&[0x82, 0x05][..], &[1], &[2], &[3], &[4], &[5]];
    assert_eq!(decode(config, &dripped[..5], 1), []);
    assert_eq!(decode(config, &dripped, 1), [Said::Error(ProtocolError::TooManyBufferedChunks)]);
}

#[test]
fn bad_utf8_comes_before_one_fragment_too_many_however_cut() {
    let limits = Limits { max_fragments: 1, ..Limits::default() };
    let config = DecoderConfig { limits, ..DecoderConfig::new(Role::Client) };
    let octets: &[u8] = &[0x01, 0x00, 0x00, 0x02, 0x94, 0x94];
    let singles: Vec<&[u8]> = octets.chunks(1).collect();
    for chunks in [&[octets][..], &singles] {
        assert_eq!(decode(config, chunks, 1), [Said::Error(ProtocolError::InvalidUtf8)]);
    }
}

#[test]
fn a_carried_control_payload_survives_the_next_one_beginning() {
    let said =
        decode(DecoderConfig::new(Role::Client), &[&[0x89, 2, 1], &[2, 0x8a, 2, 3], &[4]], 9);
    assert_eq!(said, [Said::Ping(vec![1, 2]), Said::Pong(vec![3, 4])]);
}

#[test]
fn nothing_follows_a_close_frame() {
    let said = decode(
        DecoderConfig::new(Role::Client),
        &[&[0x88, 0x02, 0x03, 0xe8, 0x81, 0x01, 0x41], &[0xff, 0xff]],
        1,
    );
    assert_eq!(said, [Said::Close(CloseCode::NORMAL, vec![0x03, 0xe8])]);
}
