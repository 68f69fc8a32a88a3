//! Secrets in messages, wherever they are.
#![allow(clippy::unwrap_used)]

use framewright_capture::{
    Capture, ConnectionInit, Direction, FrameId, Limits, Negotiated, Reader, Redaction, Start,
};

fn capture(text: &[u8]) -> Capture {
    let mut capture = Capture::new(Limits::default());
    let start = Start::Frames(Negotiated::default());
    let conn = capture.open(ConnectionInit { start, ..ConnectionInit::default() }).unwrap();
    let header = [&[0x81, 127][..], &(text.len() as u64).to_be_bytes()].concat();
    capture.push(conn, Direction::ToClient, &header, 0);
    capture.push(conn, Direction::ToClient, text, 0);
    capture
}

fn redacted(text: &[u8]) -> Vec<u8> {
    let copy = Redaction::secrets().apply(&capture(text));
    Reader::new().payload(&copy, FrameId(0), 0..u64::MAX).unwrap().octets.to_vec()
}

#[test]
fn depth_overflows_no_stack() {
    let deep = |inner: &str| {
        [&"[".repeat(50_000), "{\"token\":\"", inner, "\"}", &"]".repeat(50_000)].concat()
    };
    assert_eq!(redacted(deep("hunter2").as_bytes()), deep("xxxxxxx").as_bytes());
}
