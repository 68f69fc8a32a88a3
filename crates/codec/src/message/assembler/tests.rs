use alloc::vec::Vec;

use super::*;
use crate::{Decoder, DecoderConfig, MessageType, ProtocolError, Role};

fn no_inflating(_: &[u8], _: bool, _: &mut Vec<u8>) -> Result<(), Failure> {
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

#[test]
fn limits_of_inflated_messages_can_change_between_frames() {
    let mut check = MessageCheck::new(3, true);
    assert_eq!(check.inflated(MessageType::Binary, b"abc", false), Ok(()));
    check.set_max_message_len(4);
    assert_eq!(check.inflated(MessageType::Binary, b"d", false), Ok(()));
    let error = check.inflated(MessageType::Binary, b"e", true);
    assert_eq!(error, Err(ProtocolError::MessageTooBig));
}
