//! Queries: any text is read, or refused in place; any query runs on any frames.
#![no_main]

use framewright_capture::{
    Capture, ConnectionInit, Direction, Limits, Negotiated, Query, Scan, Start,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &[u8])| {
    let (text, octets) = input;
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(error) => {
            assert!(error.offset + error.len <= text.len());
            assert!(text.is_char_boundary(error.offset));
            return;
        }
    };
    let mut capture = Capture::new(Limits::default());
    let start = Start::Frames(Negotiated::default());
    let init = ConnectionInit { start, ..ConnectionInit::default() };
    let conn = capture.open(init).expect("the first connection");
    capture.push(conn, Direction::ToClient, octets, 0);
    let mut scan = Scan::new(query);
    while scan.step(&capture, 3) {}
});
