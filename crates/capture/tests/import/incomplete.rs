//! Connections of which the recorder missed something: their beginning, a head, bytes in between.
#![allow(clippy::unwrap_used)]

use framewright_capture::{
    Capture, ConnectionInit, Direction, End, FrameId, Limits, Negotiated, Redaction, RegionKind,
    Start,
};

use Direction::{ToClient, ToServer};

fn open(capture: &mut Capture, start: Start) -> framewright_capture::ConnId {
    capture.open(ConnectionInit { start, ..Default::default() }).unwrap()
}

fn rules(capture: &Capture) -> Vec<&'static str> {
    capture.findings().iter().map(|finding| finding.rule.id()).collect()
}

/// A fragment of ten bytes.
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
    assert_eq!(rules(&capture), ["missing-bytes"]);
    assert_eq!(capture.frame_ids().len(), 6);
}

const REQUEST: &[u8] = b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";
const RESPONSE: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
/// "hi", as a server sends it and as a client does.
const TO_CLIENT: &[u8] = b"\x81\x02hi";
const TO_SERVER: &[u8] = b"\x81\x82\0\0\0\x01hi";

fn times(capture: &Capture) -> Vec<u64> {
    capture.frame_ids().map(|id| capture.frame(FrameId(id)).unwrap().time_ns()).collect()
}

#[test]
fn frames_behind_a_response_without_its_request_have_their_times() {
    for end in [End::CaptureEnded, End::Finished] {
        let mut capture = Capture::new(Limits::default());
        let conn = open(&mut capture, Start::Handshake);
        capture.push(conn, ToClient, &[RESPONSE, &TO_CLIENT[..1]].concat(), 1);
        capture.push(conn, ToClient, &[&TO_CLIENT[1..], TO_CLIENT].concat(), 2);
        capture.push(conn, ToClient, TO_CLIENT, 3);
        for direction in Direction::BOTH {
            capture.end(conn, direction, end, 100);
        }
        assert_eq!(times(&capture), [1, 2, 3]);
        let http = capture.connections()[0].lane(ToClient).regions[0];
        assert_eq!((http.kind, http.len), (RegionKind::Http, RESPONSE.len() as u64));
    }
}

#[test]
fn frames_before_the_response_are_in_order_once_it_comes() {
    let mut capture = Capture::new(Limits::default());
    let conn = open(&mut capture, Start::Handshake);
    // Captured in another order than sent.
    capture.push(conn, ToClient, RESPONSE, 2);
    capture.push(conn, ToClient, TO_CLIENT, 3);
    capture.push(conn, ToClient, TO_CLIENT, 5);
    capture.push(conn, ToServer, &REQUEST[..50], 1);
    capture.push(conn, ToServer, &[&REQUEST[50..], TO_SERVER].concat(), 4);
    assert_eq!(times(&capture), [3, 4, 5]);
    assert_eq!(rules(&capture), [""; 0]);
}

#[test]
fn a_client_whose_request_was_not_captured_is_followed() {
    let mut capture = Capture::new(Limits::default());
    let conn = open(&mut capture, Start::Handshake);
    capture.push(conn, ToClient, &[RESPONSE, TO_CLIENT].concat(), 1);
    capture.push(conn, ToServer, TO_SERVER, 2);
    assert_eq!(times(&capture), [1, 2]);
    assert_eq!(rules(&capture), [""; 0]);
}

#[test]
fn a_request_with_a_gap_is_not_taken_for_frames() {
    // With the rest of the request lost, and with only a part of it lost.
    for gap in [REQUEST.len() - 100, 10] {
        let mut capture = Capture::new(Limits::default());
        let conn = open(&mut capture, Start::Handshake);
        capture.push(conn, ToServer, &REQUEST[..100], 0);
        capture.push(conn, ToClient, &[RESPONSE, TO_CLIENT].concat(), 1);
        capture.gap(conn, ToServer, gap as u64, 2);
        if gap + 100 < REQUEST.len() {
            capture.push(conn, ToServer, &REQUEST[100 + gap..], 3);
        }
        for time in 4..8 {
            capture.push(conn, ToServer, TO_SERVER, time);
        }
        assert_eq!(times(&capture), [1, 4, 5, 6, 7], "{gap}");
        let region = capture.connections()[0].lane(ToServer).regions[0];
        assert_eq!((region.kind, region.offset, region.len), (RegionKind::Unframed, 0, 100));
        assert!(rules(&capture).iter().all(|rule| {
            ["missing-bytes", "unframed-bytes", "repeated-masking-key"].contains(rule)
        }));
    }
}

#[test]
fn responses_of_1xx_are_no_refusal() {
    const HINTS: &[u8] = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let bytes = [HINTS, b"HTTP/1.1 100 Continue\r\n\r\n", RESPONSE, TO_CLIENT].concat();
    let interim_len = (bytes.len() - RESPONSE.len() - TO_CLIENT.len()) as u64;
    for chunk_len in [1, 7, HINTS.len(), bytes.len()] {
        let mut capture = Capture::new(Limits::default());
        let conn = open(&mut capture, Start::Handshake);
        capture.push(conn, ToServer, REQUEST, 0);
        for chunk in bytes.chunks(chunk_len) {
            capture.push(conn, ToClient, chunk, 1);
        }
        assert_eq!(rules(&capture), [""; 0]);
        assert_eq!(capture.frame_ids().len(), 1);
        let connection = &capture.connections()[0];
        let response = connection.handshake.as_ref().unwrap().response.as_ref().unwrap();
        assert_eq!((response.status(), response.offset), (Some(101), interim_len));
        let regions = &connection.lane(ToClient).regions;
        assert_eq!(regions.len(), 1);
        assert_eq!(regions[0].len, interim_len + response.len);
        // Nothing of it gets lost on the way out.
        let redacted = Redaction::secrets().apply(&capture);
        assert!(redacted.connections()[0].handshake.as_ref().unwrap().accepted);
        assert_eq!(redacted.frame_ids().len(), 1);
    }
    // Where the real response is faulty, the fault is found in it.
    let mut capture = Capture::new(Limits::default());
    let conn = open(&mut capture, Start::Handshake);
    capture.push(conn, ToServer, REQUEST, 0);
    capture.push(conn, ToClient, &[HINTS, b"HTTP/1.1 404 Not Found\r\n\r\n"].concat(), 1);
    assert_eq!(rules(&capture), ["handshake-refused"]);
    assert_eq!(capture.findings()[0].offset, HINTS.len() as u64);
}
