//! Queries: any text is read, or refused in place; any query runs on any frames.

use framewright_capture::{
    Capture, ConnectionInit, Direction, FrameId, Limits, Negotiated, Query, Scan, Start,
};

/// A query, a line feed, and the frames that a server sent.
pub fn check(bytes: &[u8]) {
    let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
    let (text, frames) = bytes.split_at(end);
    let text = String::from_utf8_lossy(text);
    let query = match Query::parse(&text) {
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
    capture.push(conn, Direction::ToClient, frames.get(1..).unwrap_or_default(), 0);
    let alone: Vec<_> =
        capture.frame_ids().map(FrameId).filter(|&id| query.matches(&capture, id)).collect();
    let mut scan = Scan::new(query);
    while scan.step(&capture, 3) {}
    assert_eq!(*scan.hits(), alone);
}
