use alloc::vec::Vec;

use super::*;
use crate::{Decoder, DecoderConfig, MessageType, ProtocolError, Role};

fn no_inflating(_: &[u8], _: bool, _: &mut Vec<u8>) -> Result<bool, Failure> {
    Err(Failure::Internal)
}

/// Has the decoder's events assembled, a chunk at a time.
fn feed(
    decoder: &mut Decoder,
    assembler: &mut MessageAssembler,
    chunk: &[u8],
) -> Vec<Received<'static>> {
    let mut chunk = chunk.to_vec();
    let mut events = Vec::new();
    decoder.decode(&mut chunk, &mut events);
    let carried = decoder.carried_control();
    let received = events
        .into_iter()
        .filter_map(|event| assembler.take(event, &chunk, carried, no_inflating))
        .map(Received::into_owned);
    received.collect()
}

#[test]
fn room_is_made_for_what_came_not_for_what_was_declared() {
    for first in [0x02, 0x42] {
        let config = DecoderConfig { permessage_deflate: true, ..DecoderConfig::new(Role::Client) };
        let mut decoder = Decoder::new(config);
        let mut assembler = MessageAssembler::new(u64::MAX, true);
        // 100 MiB are declared.
        feed(&mut decoder, &mut assembler, &[first, 0x7f, 0, 0, 0, 0, 0x06, 0x40, 0, 0, 1, 2, 3]);
        let held = |assembler: &MessageAssembler| {
            assembler.message.capacity() + assembler.frame.capacity()
        };
        assert!(held(&assembler) <= 16 * 1024);
        let mut came_len = 3;
        for chunk_len in [1, 999, 40_000, 7, 65_536, 65_536, 100, 1 << 20] {
            feed(&mut decoder, &mut assembler, &alloc::vec![7; chunk_len]);
            came_len += chunk_len;
            assert!(held(&assembler) <= 2 * came_len + 16 * 1024, "of {came_len}");
        }
    }
}

#[test]
fn after_a_failure_nothing_is_held_or_given() {
    let config = DecoderConfig { permessage_deflate: true, ..DecoderConfig::new(Role::Client) };
    let mut decoder = Decoder::new(config);
    let mut assembler = MessageAssembler::new(u64::MAX, true);
    let received = feed(&mut decoder, &mut assembler, b"\x02\x01a\x80\x01b\xc1\x01\0\x82\x01c");
    let [Received::Message(_), Received::Failed(Failure::Internal)] = &received[..] else {
        panic!("{received:?}");
    };
    assert_eq!(feed(&mut decoder, &mut assembler, b"\x82\x01d\x02\x01a"), []);
    assert_eq!((assembler.message.capacity(), assembler.frame.capacity()), (0, 0));
}

/// Assembles the messages of a server that skips those longer than three bytes, however they are cut.
/// Returns them, and what the decompressor was given.
fn skip_longer(bytes: &[u8], chunk_len: usize) -> (Vec<Received<'static>>, Vec<(Vec<u8>, bool)>) {
    let mut config = DecoderConfig { permessage_deflate: true, ..DecoderConfig::new(Role::Client) };
    config.limits.max_payload_len = 3;
    config.limits.skip_too_big = true;
    let mut decoder = Decoder::new(config);
    let mut assembler = MessageAssembler::new(3, true);
    let mut received = Vec::new();
    let mut inflated = Vec::new();
    for chunk in bytes.chunks(chunk_len) {
        let mut chunk = chunk.to_vec();
        let mut events = Vec::new();
        decoder.decode(&mut chunk, &mut events);
        for event in events {
            let inflate = |bytes: &[u8], ends_message, out: &mut Vec<u8>| {
                inflated.push((bytes.to_vec(), ends_message));
                out.extend_from_slice(bytes);
                Ok(false)
            };
            let taken = assembler.take(event, &chunk, decoder.carried_control(), inflate);
            received.extend(taken.map(Received::into_owned));
        }
        assert!(assembler.message.len() <= 3, "nothing is held of a skipped message");
    }
    (received, inflated)
}

#[test]
fn skipped_messages_are_left_out_and_the_next_are_whole() {
    // One frame, then fragments with a ping between them, each followed by a short message.
    let bytes = b"\x81\x04\xc3\xa9\xc3\xa9\x81\x01a\
        \x01\x03\xe2\x82\xac\x89\x01p\x80\x01b\x81\x02\xc3\xa9\x02\x01\xff\x80\x02\xfe\xfd";
    let message = |message_type, payload: &'static [u8]| {
        Received::Message(Message { message_type, payload: Cow::Borrowed(payload) })
    };
    for chunk_len in 1..=bytes.len() {
        let (received, _) = skip_longer(bytes, chunk_len);
        let expected = [
            message(MessageType::Text, b"a"),
            Received::Ping(Cow::Borrowed(b"p")),
            message(MessageType::Text, "é".as_bytes()),
            message(MessageType::Binary, b"\xff\xfe\xfd"),
        ];
        assert_eq!(received, expected, "by {chunk_len}");
    }
}

#[test]
fn a_skipped_message_is_inflated_all_the_same() {
    // What is compressed is four bytes long in one frame, then two and two.
    let bytes = b"\xc1\x04abcd\x41\x02ef\x80\x02gh\xc1\x01i";
    for chunk_len in 1..=bytes.len() {
        let (received, inflated) = skip_longer(bytes, chunk_len);
        let [Received::Message(last)] = &received[..] else { panic!("{received:?}") };
        assert_eq!(&last.payload[..], b"i");
        // Later messages may refer to all of it.
        let joined: Vec<u8> = inflated.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
        assert_eq!(joined, b"abcdefghi");
        assert_eq!(inflated.iter().filter(|(_, ends)| *ends).count(), 3, "by {chunk_len}");
    }
}

#[test]
fn a_fault_in_a_skipped_text_fails_the_connection() {
    let (received, _) = skip_longer(b"\x81\x04ab\xffd\x81\x01a", 64);
    let [Received::Failed(Failure::Protocol(ProtocolError::InvalidUtf8))] = &received[..] else {
        panic!("{received:?}");
    };
}

#[test]
fn limits_of_inflated_messages_can_change_between_frames() {
    let mut check = MessageCheck::new(3, true);
    assert_eq!(check.inflated(MessageType::Binary, b"abc", false), Ok(()));
    check.set_max_message_len(4);
    assert_eq!(check.inflated(MessageType::Binary, b"d", false), Ok(()));
    let error = check.inflated(MessageType::Binary, b"e", true);
    assert_eq!(error, Err(ProtocolError::MessageTooBig));
}
