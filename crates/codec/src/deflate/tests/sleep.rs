//! Sleeping and waking, which the other side must not notice.

use std::vec::Vec;

use proptest::prelude::*;

use super::corpus::{message, noise, text};
use super::*;
use crate::deflate::{Context, TAIL};

/// What a context that may sleep between messages does, as the peer sees it.
fn talk(params: ContextParams, messages: &[Vec<u8>], sleeps: impl Fn(usize) -> bool) -> usize {
    let mut compressor = compressor(params);
    let mut sleepy = decompressor(params);
    let mut sleepless = decompressor(params);
    let mut stream = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let payload = compress(&mut compressor, message);
        assert_eq!(inflate(&mut sleepy, &payload).unwrap(), *message);
        assert_eq!(inflate(&mut sleepless, &payload).unwrap(), *message);
        stream.extend(payload);
        stream.extend(TAIL);
        if sleeps(index) {
            compressor.sleep();
            sleepy.sleep();
            assert!(!compressor.is_awake() && !sleepy.is_awake());
        }
    }
    assert!(reference::inflate(&stream, params.window_len()).unwrap() == messages.concat());
    stream.len()
}

#[test]
fn a_sleep_after_every_message_changes_no_text() {
    let mut messages: Vec<_> = (0..count(150, 3)).map(message).collect();
    if !cfg!(miri) {
        messages.extend([noise(70_000), Vec::new(), text(40_000), noise(1), text(300)]);
    }
    for bits in (8..=15).step_by(count(1, 7)) {
        let params = params(bits, true);
        let awake_len = talk(params, &messages, |_| false);
        let asleep_len = talk(params, &messages, |_| true);
        // The history is 8 KiB at most, by default.
        assert!(asleep_len <= awake_len + awake_len / 8, "{bits}: {awake_len}, {asleep_len}");
    }
}

#[test]
fn a_sleep_between_fragments_is_possible_for_a_compressor_only() {
    let params = params(15, true);
    let (mut compressor, mut decompressor) = (compressor(params), decompressor(params));
    let (mut payload, mut inflated) = (Vec::new(), Vec::new());
    for index in 0..5 {
        payload.clear();
        compressor.compress(&message(index), index == 4, &mut payload);
        assert!(compressor.sleep().is_some());
        decompressor.inflate(&payload, index == 4, &mut inflated).unwrap();
        assert_eq!(decompressor.sleep().is_some(), index == 4);
    }
    assert_eq!(inflated, (0..5).flat_map(message).collect::<Vec<_>>());
}

#[test]
fn a_message_without_takeover_starts_from_nothing() {
    let params = params(15, false);
    let mut asleep = compressor(params);
    let mut awake = compressor(params);
    for index in 0..5 {
        assert_eq!(
            compress(&mut asleep, &message(7)),
            compress(&mut awake, &message(7)),
            "{index}"
        );
        assert!(asleep.needs_sleep() && asleep.sleep().is_some());
        assert_eq!(asleep.history_memory_len(), 0);
    }
}

#[test]
fn history_is_no_longer_than_what_was_said() {
    let params = params(15, true);
    let (mut compressor, mut decompressor) = (compressor(params), decompressor(params));
    let payload = compress(&mut compressor, &noise(1000));
    inflate(&mut decompressor, &payload).unwrap();
    assert!(compressor.history_memory_len() <= 2048 && decompressor.history_memory_len() <= 2048);
    let payload = compress(&mut compressor, &noise(100_000));
    inflate(&mut decompressor, &payload).unwrap();
    let beyond = |memory_len: usize, history_len| memory_len - history_len;
    let history_len = CompressOptions::DEFAULT_HISTORY_LEN;
    assert!(beyond(compressor.history_memory_len(), history_len) <= 2048);
    assert!(beyond(decompressor.history_memory_len(), 32 * 1024) <= 2048);
}

#[test]
#[cfg_attr(miri, ignore = "takes hours there")]
fn inside_a_block_there_is_no_sleep_or_an_error_afterwards() {
    for bits in [9, 15] {
        let params = params(bits, true);
        let payload = compress(&mut compressor(params), &text(500));
        let (mut sleepless, mut failed) = (0, 0);
        for cut in 0..payload.len() {
            let mut sleepy = decompressor(params);
            let mut awake = decompressor(params);
            let Ok(so_far) = inflate(&mut sleepy, &payload[..cut]) else { continue };
            assert_eq!(inflate(&mut awake, &payload[..cut]).as_ref(), Ok(&so_far));
            let slept = sleepy.sleep().is_some();
            let outcome = inflate(&mut sleepy, &payload);
            if slept {
                assert_eq!(outcome, Err(InflateError::Corrupt), "{cut}");
                failed += 1;
            } else {
                assert_eq!(outcome, inflate(&mut awake, &payload), "{cut}");
                sleepless += 1;
            }
        }
        assert!(failed > 0 && failed < sleepless / 3, "{failed}, {sleepless}");
    }
}

proptest! {
    #[test]
    fn any_sleep_changes_no_text(
        bits in 8_u8..=15,
        lens in proptest::collection::vec((0..count(3000, 300), any::<bool>(), any::<bool>()), 1..count(12, 4)),
    ) {
        let messages: Vec<_> =
            lens.iter().map(|&(len, is_text, _)| if is_text { text(len) } else { noise(len) }).collect();
        talk(params(bits, true), &messages, |index| lens[index].2);
    }
}

#[test]
fn a_history_taken_and_given_back_reads_the_next_message() {
    let mut compressor = Compressor::new(ContextParams::default(), CompressOptions::default());
    let mut decompressor = Decompressor::new(ContextParams::default(), InflateLimits::NONE);
    let (mut first, mut second, mut text) = (Vec::new(), Vec::new(), Vec::new());
    compressor.compress(b"a text that comes again", true, &mut first);
    compressor.compress(b"a text that comes again, longer", true, &mut second);
    decompressor.inflate(&first, true, &mut text).unwrap();
    let history = decompressor.history();
    assert_eq!(history, b"a text that comes again");

    let fresh = || Decompressor::new(ContextParams::default(), InflateLimits::NONE);
    text.clear();
    fresh().with_history(&history).inflate(&second, true, &mut text).unwrap();
    assert_eq!(text, b"a text that comes again, longer");
    assert!(fresh().inflate(&second, true, &mut text).is_err());
}
