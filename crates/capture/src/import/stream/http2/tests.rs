use super::frame::{DATA, END_HEADERS, HEADERS};
use super::lane::PREFACE;
use super::*;
use crate::Limits;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let len = (payload.len() as u32).to_be_bytes();
    let mut frame = vec![len[1], len[2], len[3], kind, flags];
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

fn fields(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        // A literal that no table takes (RFC 7541 §6.2.2).
        block.push(0);
        for text in [name, value] {
            block.push(text.len() as u8);
            block.extend_from_slice(text.as_bytes());
        }
    }
    block
}

fn connection() -> (Http2, Capture) {
    let origin = Origin { addresses: None, clock: Clock::Unix, secure: false };
    (Http2::new(origin), Capture::new(Limits::default()))
}

fn ask(http2: &mut Http2, capture: &mut Capture, stream: u32, data: &[u8]) {
    let request = fields(&[(":method", "CONNECT"), (":protocol", "websocket")]);
    http2.data(capture, Side::A, &frame(HEADERS, END_HEADERS, stream, &request), 0);
    http2.data(capture, Side::A, &frame(DATA, 0, stream, data), 0);
}

#[test]
fn what_waits_for_answers_is_bounded_over_all_streams() {
    let (mut http2, mut capture) = connection();
    http2.data(&mut capture, Side::A, PREFACE, 0);
    let empty = http2.kept_len();
    let data = vec![0x8a; 32 << 10];
    for stream in 0..3000 {
        ask(&mut http2, &mut capture, 2 * stream + 1, &data);
    }
    assert!(http2.kept_len() - empty <= MAX_HELD_LEN + 2 * data.len(), "{}", http2.kept_len());
    assert!((400..600).contains(&http2.streams.len()), "{}", http2.streams.len());
    assert_eq!(http2.ignored, 3000 - http2.streams.len() as u64);
    // Once they are answered nothing waits, and others have a place again.
    let answer = fields(&[(":status", "200")]);
    let ids: Vec<_> = http2.streams.keys().copied().collect();
    for id in ids {
        let answer = frame(HEADERS, END_HEADERS, id, &answer);
        http2.data(&mut capture, Side::B, &answer, 0);
    }
    assert!(http2.held_len < http2.streams.len() * 1024, "{}", http2.held_len);
    ask(&mut http2, &mut capture, 9001, b"");
    assert!(http2.streams.contains_key(&9001));
    // And when they are over, nothing is left of them.
    let ids: Vec<_> = http2.streams.keys().copied().collect();
    for id in ids {
        http2.data(&mut capture, Side::A, &frame(RST_STREAM, 0, id, &[0; 4]), 0);
    }
    assert_eq!((http2.held_len, http2.streams.len()), (0, 0));
}

#[test]
fn streams_at_once_are_bounded() {
    let (mut http2, mut capture) = connection();
    for stream in 0..5000 {
        ask(&mut http2, &mut capture, 2 * stream + 1, b"");
    }
    assert_eq!(http2.streams.len(), MAX_STREAMS);
    assert_eq!((http2.websockets, http2.ignored), (5000, 5000 - MAX_STREAMS as u64));
}
