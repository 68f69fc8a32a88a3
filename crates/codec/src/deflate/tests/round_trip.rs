//! Everything that can be agreed on, with every kind of message.

use std::vec::Vec;

use super::corpus::{message, noise, text};
use super::*;
use crate::deflate::{Level, MemLevel, Strategy, TAIL};

/// Compresses `messages` in `fragment_count` frames each and gets them back; returns the streams, each as
/// long as its history goes, with the text of each.
fn round_trip(
    params: ContextParams,
    messages: &[Vec<u8>],
    fragment_count: usize,
) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut compressor = compressor(params);
    let mut decompressor = decompressor(params);
    let mut streams = Vec::from([(Vec::new(), Vec::new())]);
    for message in messages {
        let (mut payload, mut inflated) = (Vec::new(), Vec::new());
        let fragment_len = message.len().div_ceil(fragment_count).max(1);
        let mut fragments: Vec<_> = message.chunks(fragment_len).collect();
        fragments.resize(fragment_count, &[]);
        for (index, fragment) in fragments.iter().enumerate() {
            let start = payload.len();
            let fin = index + 1 == fragment_count;
            compressor.compress(fragment, fin, &mut payload);
            decompressor.inflate(&payload[start..], fin, &mut inflated).unwrap();
        }
        assert!(inflated == *message);
        if !params.context_takeover {
            streams.push((Vec::new(), Vec::new()));
        }
        let (stream, text) = streams.last_mut().unwrap();
        stream.extend(payload);
        stream.extend(TAIL);
        text.extend(message);
    }
    streams
}

fn every_agreement() -> impl Iterator<Item = (ContextParams, usize)> {
    (8..=15).step_by(count(1, 7)).flat_map(|bits| {
        [(true, 1), (true, 3), (false, 1), (false, 3)]
            .map(|(takeover, fragment_count)| (params(bits, takeover), fragment_count))
    })
}

/// A plain inflater that has no more than the agreed window gets the same text.
fn check_window(params: ContextParams, streams: &[(Vec<u8>, Vec<u8>)]) {
    for (stream, text) in streams {
        assert!(reference::inflate(stream, params.window_len()).unwrap() == *text);
    }
}

#[test]
fn every_agreement_at_every_edge() {
    let lens = [0, 1, 125, 126, 65_535, 65_536];
    let lens = &lens[..count(lens.len(), 4)];
    let messages: Vec<_> = lens.iter().copied().flat_map(|len| [text(len), noise(len)]).collect();
    for (params, fragment_count) in every_agreement() {
        check_window(params, &round_trip(params, &messages, fragment_count));
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes hours there")]
fn every_agreement_with_a_mebibyte() {
    let messages = [text(1024 * 1024), noise(1024 * 1024)];
    for (params, fragment_count) in every_agreement() {
        round_trip(params, &messages, fragment_count);
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes hours there")]
fn the_shortest_window_holds_in_a_mebibyte() {
    // zlib would take twice the window here, if it didn't stay short of its end.
    let params = params(8, true);
    check_window(params, &round_trip(params, &[text(1024 * 1024)], 1));
}

#[test]
#[cfg_attr(miri, ignore = "takes hours there")]
fn every_option_keeps_the_agreement() {
    let strategies = [
        Strategy::Default,
        Strategy::Filtered,
        Strategy::HuffmanOnly,
        Strategy::Rle,
        Strategy::Fixed,
    ];
    let messages: Vec<_> = (0..12).map(message).chain([noise(3000)]).collect();
    for bits in [8, 9, 15] {
        for level in 0..=9 {
            for (strategy, mem_level) in strategies.into_iter().zip([8, 1, 3, 9, 8]) {
                let params = params(bits, true);
                let options = CompressOptions {
                    level: Level::new(level).unwrap(),
                    mem_level: MemLevel::new(mem_level).unwrap(),
                    strategy,
                    ..CompressOptions::default()
                };
                let mut compressor = Compressor::new(params, options);
                let mut stream = Vec::new();
                for message in &messages {
                    stream.extend(compress(&mut compressor, message));
                    stream.extend(TAIL);
                }
                check_window(params, &[(stream, messages.concat())]);
            }
        }
    }
}

#[test]
fn an_empty_first_fragment_starts_a_message_too() {
    let params = params(15, false);
    let mut compressor = compressor(params);
    for _ in 0..2 {
        let mut payload = Vec::new();
        compressor.compress(b"", false, &mut payload);
        compressor.compress(b"a text that comes again", true, &mut payload);
        // Each message has to be understood without the one before.
        let inflated = inflate(&mut decompressor(params), &payload);
        assert_eq!(inflated.unwrap(), b"a text that comes again");
    }
}
