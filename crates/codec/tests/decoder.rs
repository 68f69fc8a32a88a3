//! The decoder against a naive reading of the same frames, however the bytes are cut.

use framewright_codec::{
    CloseCode, Decoder, DecoderConfig, Event, EventSink, Failure, Frame, Message, MessageAssembler,
    MessageType, Opcode, Piece, ProtocolError, Received, Role,
};
use proptest::prelude::*;

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

/// Decodes `chunks`, `room` events at a time, and joins messages. Compressed payloads stay as they are, each
/// fragment marked.
fn decode(config: DecoderConfig, chunks: &[&[u8]], room: usize) -> Vec<Received<'static>> {
    let mut decoder = Decoder::new(config);
    let mut assembler = MessageAssembler::new(u64::MAX, false);
    let mut said = Vec::new();
    for chunk in chunks {
        let mut chunk = chunk.to_vec();
        let mut rest = chunk.as_mut_slice();
        loop {
            let mut sink = Bounded { events: Vec::new(), room };
            let taken = decoder.decode(rest, &mut sink);
            for event in sink.events {
                let carried = decoder.carried_control();
                let received = assembler.take(event, rest, carried, |payload, fin, message| {
                    message.extend(marked(payload, fin));
                    Ok(false)
                });
                said.extend(received.map(Received::into_owned));
            }
            if taken == rest.len() {
                break;
            }
            rest = &mut rest[taken..];
        }
    }
    said
}

fn marked(payload: &[u8], fin: bool) -> Vec<u8> {
    let mark: &[u8] = if fin { b"<fin>" } else { b"<more>" };
    [mark, payload].concat()
}

fn error(error: ProtocolError) -> Received<'static> {
    Received::Failed(Failure::Protocol(error))
}

fn config(role: Role) -> DecoderConfig {
    let mut config = DecoderConfig::new(role);
    config.permessage_deflate = true;
    config
}

/// A valid conversation, as bytes and as what they say.
fn conversation() -> impl Strategy<Value = (Vec<u8>, Vec<Received<'static>>)> {
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
        let mut bytes = Vec::new();
        let mut said = Vec::new();
        for (control, compressed, fragments, key) in items {
            let masking_key = Some(key);
            if let Some(ping) = control {
                let opcode = if ping { Opcode::Ping } else { Opcode::Pong };
                Frame { masking_key, ..Frame::new(opcode, &fragments[0]) }.append_to(&mut bytes);
                said.push(match ping {
                    true => Received::Ping(fragments[0].clone().into()),
                    false => Received::Pong(fragments[0].clone().into()),
                });
                continue;
            }
            let text = fragments.len() == 1 && std::str::from_utf8(&fragments[0]).is_ok();
            let (opcode, message_type) = match text {
                true => (Opcode::Text, MessageType::Text),
                false => (Opcode::Binary, MessageType::Binary),
            };
            let last = fragments.len() - 1;
            let mut message = Vec::new();
            for (index, fragment) in fragments.iter().enumerate() {
                let opcode = if index == 0 { opcode } else { Opcode::Continuation };
                let frame = Frame {
                    fin: index == last,
                    rsv1: compressed && index == 0,
                    masking_key,
                    ..Frame::new(opcode, fragment)
                };
                frame.append_to(&mut bytes);
                match compressed {
                    true => message.extend(marked(fragment, index == last)),
                    false => message.extend_from_slice(fragment),
                }
            }
            said.push(Received::Message(Message { message_type, payload: message.into() }));
        }
        (bytes, said)
    })
}

fn split<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut chunks = Vec::new();
    let mut rest = bytes;
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
        (bytes, said) in conversation(),
        cuts in proptest::collection::vec(any::<usize>(), 0..12),
        room in 1..5_usize,
    ) {
        prop_assert_eq!(&decode(config(Role::Server), &[&bytes], usize::MAX), &said);
        prop_assert_eq!(&decode(config(Role::Server), &split(&bytes, &cuts), room), &said);
        let singles: Vec<&[u8]> = bytes[..bytes.len().min(2000)].chunks(1).collect();
        let from_singles = decode(config(Role::Server), &singles, room);
        prop_assert_eq!(&from_singles[..], &said[..from_singles.len()]);
    }

    #[test]
    fn pieces_tile_their_frames(
        (bytes, _) in conversation(),
        cuts in proptest::collection::vec(any::<usize>(), 0..12),
    ) {
        let mut decoder = Decoder::new(config(Role::Server));
        let mut frame_len = None;
        for chunk in split(&bytes, &cuts) {
            let mut events = Vec::new();
            decoder.decode(&mut chunk.to_vec(), &mut events);
            for event in events {
                let Event::Piece(piece) = event else {
                    prop_assert_eq!(frame_len, None, "something inside of a frame");
                    continue;
                };
                let Piece { starts_frame, ends_frame, ends_message, .. } = piece;
                let Piece { frame_payload_len, payload, .. } = piece;
                prop_assert_eq!(starts_frame, frame_len.is_none());
                prop_assert!(payload.len > 0 || frame_payload_len == 0);
                let len = frame_len.unwrap_or(0) + payload.len as u64;
                prop_assert_eq!(ends_frame, len == frame_payload_len);
                prop_assert!(ends_frame || !ends_message);
                frame_len = (!ends_frame).then_some(len);
            }
        }
        prop_assert_eq!(frame_len, None);
    }

    #[test]
    fn takes_any_bytes_and_cuts_change_nothing(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        cuts in proptest::collection::vec(any::<usize>(), 0..6),
        server: bool,
    ) {
        let role = if server { Role::Server } else { Role::Client };
        let whole = decode(config(role), &[&bytes], usize::MAX);
        let cut = decode(config(role), &split(&bytes, &cuts), 1);
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
        assert_eq!(said, [Received::Failed(Failure::Protocol(error))]);
        assert_eq!(error.close_code(), CloseCode::MESSAGE_TOO_BIG);
    }
    let at_limit = [0x82, 0x7f, 0, 0, 0, 0, 0x06, 0x40, 0, 0];
    assert_eq!(decode(DecoderConfig::new(Role::Client), &[&at_limit], 1), []);
}

#[test]
fn bad_utf8_in_a_fragment_fails_at_its_byte() {
    let start: &[u8] = &[0x01, 0x03, 0xce, 0xba, 0xe1];
    let open = decode(DecoderConfig::new(Role::Client), &[start], 1);
    assert_eq!(open, []);
    let said =
        decode(DecoderConfig::new(Role::Client), &[start, &[0x00, 0x7e, 0x00, 0xff, 0x41]], 1);
    assert_eq!(said, [error(ProtocolError::InvalidUtf8)]);
    let ended = decode(DecoderConfig::new(Role::Client), &[start, &[0x80, 0x00]], 1);
    assert_eq!(ended, [error(ProtocolError::InvalidUtf8)]);
}

#[test]
fn ascii_behind_an_open_code_point_fails() {
    // 0xe1 begins a code point, and the bytes "AAA" of the next frame, masked, don't go on with it.
    let key = [1, 2, 3, 4];
    let start: &[u8] = &[0x01, 0x81, 1, 2, 3, 4, 0xe1 ^ 1];
    let [a, b, c, _] = key.map(|byte| byte ^ 0x41);
    let said =
        decode(DecoderConfig::new(Role::Server), &[start, &[0x00, 0x83, 1, 2, 3, 4, a, b, c]], 1);
    assert_eq!(said, [error(ProtocolError::InvalidUtf8)]);
}

#[test]
fn fragments_and_chunks_are_limited() {
    let mut config = DecoderConfig::new(Role::Client);
    config.limits.max_fragments = 3;
    config.limits.max_buffered_chunks = 4;
    let endless = [&[0x02, 0x00][..], &[0x00, 0x00], &[0x00, 0x00], &[0x00, 0x00]];
    assert_eq!(decode(config, &endless[..3], 1), []);
    assert_eq!(decode(config, &endless, 1), [error(ProtocolError::TooManyFragments)]);

    let dripped = [&[0x82, 0x05][..], &[1], &[2], &[3], &[4], &[5]];
    assert_eq!(decode(config, &dripped[..5], 1), []);
    assert_eq!(decode(config, &dripped, 1), [error(ProtocolError::TooManyBufferedChunks)]);
}

#[test]
fn bad_utf8_comes_before_one_fragment_too_many_however_cut() {
    let mut config = DecoderConfig::new(Role::Client);
    config.limits.max_fragments = 1;
    let bytes: &[u8] = &[0x01, 0x00, 0x00, 0x02, 0x94, 0x94];
    let singles: Vec<&[u8]> = bytes.chunks(1).collect();
    for chunks in [&[bytes][..], &singles] {
        assert_eq!(decode(config, chunks, 1), [error(ProtocolError::InvalidUtf8)]);
    }
}

#[test]
fn a_carried_control_payload_survives_the_next_one_beginning() {
    let said =
        decode(DecoderConfig::new(Role::Client), &[&[0x89, 2, 1], &[2, 0x8a, 2, 3], &[4]], 9);
    assert_eq!(said, [Received::Ping(vec![1, 2].into()), Received::Pong(vec![3, 4].into())]);
}

#[test]
fn nothing_follows_a_close_frame() {
    let said = decode(
        DecoderConfig::new(Role::Client),
        &[&[0x88, 0x02, 0x03, 0xe8, 0x81, 0x01, 0x41], &[0xff, 0xff]],
        1,
    );
    assert_eq!(said, [Received::Close { code: CloseCode::NORMAL, reason: vec![].into() }]);
}

/// A message past the limit is left out, with the same checks, and the next one comes.
#[test]
fn skips_what_is_too_big() {
    let mut config = DecoderConfig::new(Role::Client);
    config.permessage_deflate = true;
    config.limits.max_payload_len = 4;
    config.limits.skip_too_big = true;
    let stream: &[&[u8]] = &[
        b"\x81\x05Hello",         // Too long.
        b"\x01\x03Hel\x80\x02lo", // Too long by its second frame.
        b"\xc2\x05Hello",         // Compressed: later messages may refer to it.
        b"\x81\x04last",
    ];
    let bytes = stream.concat();
    for size in 1..=bytes.len() {
        let mut decoder = Decoder::new(config);
        let mut seen = Vec::new();
        for chunk in bytes.chunks(size) {
            let mut chunk = chunk.to_vec();
            let mut events = Vec::new();
            assert_eq!(decoder.decode(&mut chunk, &mut events), chunk.len());
            for event in events {
                match event {
                    Event::Piece(piece) if piece.skipped => {
                        let payload = &chunk[piece.payload.range()];
                        assert_eq!(piece.compressed, !payload.is_empty());
                        seen.extend_from_slice(payload);
                        if piece.ends_message {
                            seen.extend_from_slice(b" skipped ");
                        }
                    }
                    // The beginning of the second message, which nobody could know to be too long.
                    Event::Piece(piece) if !piece.ends_message && seen == b" skipped " => {}
                    Event::Piece(piece) => seen.extend_from_slice(&chunk[piece.payload.range()]),
                    Event::Message { payload, .. } => {
                        seen.extend_from_slice(&chunk[payload.range()]);
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!(String::from_utf8_lossy(&seen), " skipped  skipped Hello skipped last");
        assert_eq!(decoder.take_counters().messages, 4);
    }
    let mut decoder = Decoder::new(config);
    let mut events = Vec::new();
    decoder.decode(&mut b"\x81\x05\xff\xff\xff\xff\xff".to_vec(), &mut events);
    assert_eq!(events, [Event::Error(ProtocolError::InvalidUtf8)]);
}
