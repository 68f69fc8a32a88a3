//! What is lost of a connection costs no more than what it held.
#![allow(clippy::unwrap_used)]

use framewright_capture::{
    Capture, ConnId, ConnectionInit, Direction, End, Limits, MessageForm, Rule, Severity,
};

const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
const TO_SERVER: Direction = Direction::ToServer;
const TO_CLIENT: Direction = Direction::ToClient;

fn open() -> (Capture, ConnId) {
    let mut capture = Capture::new(Limits::default());
    let conn = capture.open(ConnectionInit::default()).unwrap();
    (capture, conn)
}

fn has(capture: &Capture, id: &str) -> bool {
    capture.findings().iter().any(|finding| finding.rule.id() == id)
}

#[test]
fn frames_are_shown_though_the_answer_is_lost() {
    let (mut capture, conn) = open();
    capture.push(conn, TO_SERVER, REQUEST.as_bytes(), 1);
    capture.gap(conn, TO_CLIENT, 200, 2);
    capture.push(conn, TO_SERVER, b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 3);
    for time_ns in 4..8 {
        capture.push(conn, TO_CLIENT, b"\x81\x05Hello", time_ns);
    }
    // Compressed, as was offered (RFC 7692 §7.2.3.1): whether it was agreed on isn't known.
    capture.push(conn, TO_CLIENT, b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 8);
    for direction in Direction::BOTH {
        capture.end(conn, direction, End::Finished, 9);
    }
    let lanes = &capture.connections()[0].lanes;
    assert_eq!((lanes[0].frames, lanes[1].frames), (1, 5));
    assert!(has(&capture, "missing-bytes"), "{:?}", capture.findings());
    let errors = capture.findings().iter().filter(|one| one.rule.severity() == Severity::Error);
    assert_eq!(errors.count(), 0);
    let forms: Vec<_> = capture
        .message_ids()
        .map(|id| {
            let message = capture.message(framewright_capture::MessageId(id)).unwrap();
            message.form()
        })
        .collect();
    assert!(!forms.contains(&MessageForm::BytesMissing), "{forms:?}");
}

#[test]
fn an_answer_that_is_lost_need_not_have_agreed() {
    let (mut capture, conn) = open();
    capture.push(conn, TO_SERVER, REQUEST.as_bytes(), 1);
    capture.gap(conn, TO_CLIENT, 200, 2);
    capture.push(conn, TO_CLIENT, b"<html>no WebSocket here, whatever you ask for</html>", 3);
    capture.push(conn, TO_SERVER, b"GET /other HTTP/1.1\r\nHost: example.org\r\n\r\n", 4);
    for direction in Direction::BOTH {
        capture.end(conn, direction, End::Finished, 9);
    }
    assert_eq!(capture.frame_ids().len(), 0);
}

#[test]
fn a_lone_frame_after_a_gap_is_found() {
    let (mut capture, conn) = open();
    let response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    capture.push(conn, TO_SERVER, REQUEST.as_bytes(), 1);
    capture.push(conn, TO_CLIENT, response.as_bytes(), 2);
    for time_ns in 3..6 {
        capture.gap(conn, TO_CLIENT, 50, time_ns);
        capture.push(conn, TO_CLIENT, b"\x82\x03\x01\x02\x03", time_ns);
    }
    // This is no frame.
    capture.gap(conn, TO_CLIENT, 50, 7);
    capture.push(conn, TO_CLIENT, b"\x82\x09\x01\x02\x03", 7);
    capture.end(conn, TO_CLIENT, End::Finished, 8);
    assert_eq!(capture.connections()[0].lanes[1].frames, 3);
    assert!(capture.findings().iter().all(|one| matches!(one.rule, Rule::Conn(_))));
}
