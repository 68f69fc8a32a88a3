//! Connections of which the recorder missed something: their beginning, a head, octets in between.
#![allow(clippy::unwrap_used)]

use framewright_capture::{Capture, ConnectionInit, Direction, Limits, Negotiated, Start};

use Direction::ToClient;

fn open(capture: &mut Capture, start: Start) -> framewright_capture::ConnId {
    capture.open(ConnectionInit { start, ..Default::default() }).unwrap()
}

fn rules(capture: &Capture) -> Vec<&'static str> {
    capture.findings().iter().map(|finding| finding.rule.id()).collect()
}

/// A fragment of ten octets.
fn fragment(first: u8) -> Vec<u8> {
    [&[first, 10][..], &[b'a'; 10]].concat()
}

#[test]
fn a_capture_begun_inside_a_message_has_no_orphans() {
    let mut capture = Capture::new(Limits::default());
    let conn = open(&mut capture, Start::MidStream);
    for first in [0x00, 0x00, 0x00, 0x80, 0x81] {
        capture.push(conn, ToClient, &fragment(first), 0);
    }
    assert_eq!(rules(&capture), [""; 0]);
}

#[test]
fn a_message_resumed_behind_a_gap_has_no_orphans() {
    let mut capture = Capture::new(Limits::default());
    let conn = open(&mut capture, Start::Frames(Negotiated::default()));
    capture.push(conn, ToClient, &fragment(0x01), 0);
    capture.gap(conn, ToClient, 12, 0);
    for first in [0x00, 0x00, 0x00, 0x00, 0x80] {
        capture.push(conn, ToClient, &fragment(first), 0);
    }
    assert_eq!(rules(&capture), ["missing-octets"]);
    assert_eq!(capture.frame_ids().len(), 6);
}
