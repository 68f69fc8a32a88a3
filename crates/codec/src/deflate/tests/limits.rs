//! Bombs, and output in steps.

use std::vec;
use std::vec::Vec;

use super::corpus::{noise, text};
use super::*;

fn limited(max_message_len: u64, max_ratio: Option<u32>) -> Decompressor {
    Decompressor::new(params(15, true), InflateLimits { max_message_len, max_ratio })
}

#[test]
fn a_message_may_have_the_limit_and_not_an_byte_more() {
    for message in [
        text(count(5000, 500)),
        noise(count(5000, 500)),
        vec![0; count(100_000, 3000)],
        Vec::from(*b"x"),
    ] {
        let payload = compress(&mut compressor(params(15, true)), &message);
        let len = message.len() as u64;
        let mut at_limit = limited(len, None);
        for _ in 0..3 {
            assert_eq!(inflate(&mut at_limit, &payload).unwrap().len(), message.len());
        }
        let mut past_limit = limited(len - 1, None);
        let mut out = Vec::new();
        assert_eq!(past_limit.inflate(&payload, true, &mut out), Err(InflateError::MessageTooBig));
        assert!(out.len() < message.len() && out.capacity() <= 2 * message.len());
        // For good.
        assert_eq!(inflate(&mut past_limit, &[0]), Err(InflateError::MessageTooBig));
    }
}

#[test]
fn the_limit_holds_for_all_fragments_together() {
    let mut decompressor = limited(2500, None);
    let mut compressor = compressor(params(15, true));
    let mut message = Vec::new();
    let mut payload = Vec::new();
    for _ in 0..2 {
        payload.clear();
        compressor.compress(&[b'a'; 1000], false, &mut payload);
        decompressor.inflate(&payload, false, &mut message).unwrap();
    }
    payload.clear();
    compressor.compress(&[b'a'; 1000], true, &mut payload);
    let result = decompressor.inflate(&payload, true, &mut message);
    assert_eq!(result, Err(InflateError::MessageTooBig));
    assert!(message.len() <= 2500);
}

#[test]
#[cfg_attr(miri, ignore = "takes hours there")]
fn a_bomb_takes_no_more_than_the_limit() {
    let bomb = compress(&mut compressor(params(15, true)), &vec![0; 64 * 1024 * 1024]);
    assert!(bomb.len() < 70_000);
    let mut out = Vec::new();
    let result = limited(1024 * 1024, None).inflate(&bomb, true, &mut out);
    assert_eq!(result, Err(InflateError::MessageTooBig));
    assert!(out.capacity() <= 2 * 1024 * 1024);
}

#[test]
#[cfg_attr(miri, ignore = "takes hours there")]
fn the_ratio_counts_from_64_kib_on() {
    let payload = compress(&mut compressor(params(15, true)), &vec![0; 65_536]);
    assert_eq!(inflate(&mut limited(u64::MAX, Some(10)), &payload).unwrap().len(), 65_536);
    let payload = compress(&mut compressor(params(15, true)), &vec![0; 65_537]);
    let too_big = inflate(&mut limited(u64::MAX, Some(10)), &payload);
    assert_eq!(too_big, Err(InflateError::RatioTooBig));
    let payload = compress(&mut compressor(params(15, true)), &text(200_000));
    assert!(inflate(&mut limited(u64::MAX, Some(100)), &payload).is_ok());
    assert_eq!(inflate(&mut limited(u64::MAX, Some(1)), &payload), Err(InflateError::RatioTooBig));
}

#[test]
#[cfg_attr(miri, ignore = "takes hours there")]
fn steps_give_the_same_text_in_bounded_pieces() {
    for bits in [8, 15] {
        let mut compressor = compressor(params(bits, true));
        let mut decompressor = decompressor(params(bits, true));
        for (index, message) in [text(200_000), noise(100_000), vec![7; 300_000]].iter().enumerate()
        {
            let payload = compress(&mut compressor, message);
            let max_output_len = [1000, 65_536, 258][index];
            let mut inflated = Vec::new();
            let mut consumed = 0;
            loop {
                let start = inflated.len();
                let step = decompressor
                    .inflate_step(&payload[consumed..], true, max_output_len, &mut inflated)
                    .unwrap();
                consumed += step.consumed;
                assert!(inflated.len() - start <= max_output_len);
                if step.finished {
                    break;
                }
                assert_eq!(inflated.len() - start, max_output_len);
            }
            assert_eq!(consumed, payload.len());
            assert!(inflated == *message);
        }
    }
}
