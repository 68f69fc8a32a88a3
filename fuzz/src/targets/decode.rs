//! The strict decoder on any bytes, however they are cut.

use framewright_codec::{Decoder, DecoderConfig, Failure, Limits, ProtocolError, Received, Role};
use framewright_host::layout::*;
use framewright_host::{ErrorNumber, EventTable};

use crate::input::{Input, cut};
use crate::naive;
use crate::said::{decode, mark};

/// Eight bytes of choices, then the stream.
///
/// | byte | chooses |
/// | --- | --- |
/// | 0 | bit 0 server, 1 permessage-deflate, 2 no UTF-8 check, 3 limits |
/// | 1 | the longest message, where there are limits |
/// | 2 | the most fragments, where there are limits |
/// | 3 | the room for events in a call |
/// | 4–7 | lengths of chunks, round and round |
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let [flags, max_payload_len, max_fragments, room] = input.bytes();
    let lens: [u8; 4] = input.bytes();
    let stream = input.0;
    let role = if flags & 1 != 0 { Role::Server } else { Role::Client };
    let mut config = DecoderConfig::new(role);
    config.permessage_deflate = flags & 2 != 0;
    config.validate_utf8 = flags & 4 == 0;
    config.limits = Limits::NONE;
    if flags & 8 != 0 {
        config.limits.max_payload_len = max_payload_len.into();
        config.limits.max_fragments = u32::from(max_fragments).max(1);
    }

    let (whole, counters) = decode(config, &[stream], usize::MAX, mark);
    let (naive, frames) = naive::decode(config, stream);
    assert_eq!(whole, naive, "not what the twin says");
    let messages = whole.iter().filter(|said| matches!(said, Received::Message(_))).count();
    assert_eq!(counters.messages, messages as u64);
    // A frame counts with its last byte, and a fault may lie before that.
    let ends_in_error = matches!(whole.last(), Some(Received::Failed(_)));
    assert!(counters.frames == frames || ends_in_error && counters.frames >= frames);

    let chunks = cut(stream, &lens);
    let (said, _) = decode(config, &chunks, usize::from(room).max(1), mark);
    assert_eq!(said, whole, "not the same if cut");

    // A limit on chunks ends a stream early or not at all.
    config.limits.max_buffered_chunks = u32::from(lens[0]).max(1);
    let (mut limited, _) = decode(config, &chunks, usize::MAX, mark);
    let too_many = Failure::Protocol(ProtocolError::TooManyBufferedChunks);
    if limited.last() == Some(&Received::Failed(too_many)) {
        limited.pop();
    } else {
        assert_eq!(limited.len(), whole.len());
    }
    assert!(whole.starts_with(&limited));

    check_table(config, stream);
}

/// The table that crosses the border to a host speaks of no bytes but those that were taken.
fn check_table(config: DecoderConfig, stream: &[u8]) {
    let mut decoder = Decoder::new(config);
    let mut words = Box::new([0; TABLE_WORDS]);
    let mut rest = stream.to_vec();
    while !rest.is_empty() {
        let mut table = EventTable::new(&mut words);
        let taken = decoder.decode(&mut rest, &mut table);
        table.finish(taken, decoder.carried_control());
        let (count, taken_word) = (words[COUNT] as usize, words[TAKEN] as usize);
        assert_eq!(taken_word, taken);
        assert!(count <= MAX_EVENTS && taken > 0);
        for event in words[EVENTS_AT..].chunks_exact(EVENT_WORDS).take(count) {
            let (kind, carried) = (event[0] & KIND_MASK, event[0] & CARRIED != 0);
            let end = event[OFFSET] as usize + event[LENGTH] as usize;
            match kind {
                ERROR => {
                    let name = ErrorNumber::ALL[event[OFFSET] as usize].name();
                    assert_ne!(name, "Internal");
                }
                CLOSE | PING | PONG if carried => assert!(event[LENGTH] <= 125),
                _ => assert!(end <= taken),
            }
        }
        rest.drain(..taken);
    }
}
