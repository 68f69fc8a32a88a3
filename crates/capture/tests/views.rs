//! Redaction, timing and diagnosis.

#![allow(clippy::unwrap_used)]

mod support;

use framewright_capture::codec::Opcode;
use framewright_capture::codec::deflate::{CompressOptions, Compressor, ContextParams};
use framewright_capture::{
    Capture, Cause, Clock, ConnId, ConnectionInit, DeflateParams, Direction, End, ExportFormat,
    ExportOptions, Exporter, FrameId, Limits, MessageId, Negotiated, Reader, Redaction, Start,
    Timing, diagnose,
};

use Direction::{ToClient, ToServer};

const SECOND: u64 = 1_000_000_000;

const REQUEST: &str = "GET /chat?token=hunter2&room=5 HTTP/1.1\r\nHost: example.org\r\n\
    Upgrade: websocket\r\nConnection: Upgrade\r\nCookie: session=hunter2; a=b\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";
const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
    assert!(payload.len() < 126);
    [&[first, payload.len() as u8][..], payload].concat()
}

fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let key = [1, 2, 3, payload.len() as u8 ^ first];
    let body = payload.iter().enumerate().map(|(at, byte)| byte ^ key[at % 4]);
    [first, 0x80 | payload.len() as u8].into_iter().chain(key).chain(body).collect()
}

fn open(capture: &mut Capture, response: &str) -> ConnId {
    let conn =
        capture.open(ConnectionInit { clock: Clock::Unix, ..ConnectionInit::default() }).unwrap();
    capture.push(conn, ToServer, REQUEST.as_bytes(), 0);
    capture.push(conn, ToClient, response.as_bytes(), SECOND / 4);
    conn
}

fn contents(capture: &Capture) -> Vec<String> {
    let mut reader = Reader::new();
    let frames = capture.frame_ids().map(|id| capture.frame(FrameId(id)).unwrap());
    frames
        .map(|frame| {
            let content = reader.payload(capture, frame.id(), 0..u64::MAX).unwrap();
            String::from_utf8_lossy(content.bytes).into_owned()
        })
        .collect()
}

#[test]
fn secrets_are_taken_out_and_nothing_moves() {
    let mut capture = Capture::new(Limits::default());
    let conn = open(&mut capture, RESPONSE);
    let login = r#"{"user":"ann","Password":"hunter2 \" ü","n":{"token":[12,"ab"],"ok":true}}"#;
    let frames = [
        masked(0x81, login.as_bytes()),
        masked(0x01, b"card 4111-11"),
        masked(0x89, b"hunter2"),
        masked(0x80, b"11-1111 ok"),
        masked(0x88, &[&[0x03, 0xe8][..], b"hunter2"].concat()),
    ];
    for frame in &frames {
        capture.push(conn, ToServer, frame, SECOND);
    }
    let redaction =
        Redaction::secrets().pattern("[0-9-]{12,}").unwrap().pattern("hunter2").unwrap();
    let redacted = redaction.apply(&capture);
    assert_eq!(
        contents(&redacted),
        [
            r#"{"user":"ann","Password":"xxxxxxxxxxxxx","n":{"token":[11,"xx"],"ok":true}}"#,
            "card xxxxxxx",
            "xxxxxxx",
            "xxxxxxx ok",
            "\u{3}\u{fffd}xxxxxxx",
        ]
    );
    assert_eq!(support::frames(&capture, conn), support::frames(&redacted, conn));
    assert_eq!(redacted.findings(), []);
    let conn = &redacted.connections()[0];
    assert_eq!(conn.url().as_deref(), Some("ws://example.org/chat?token=xxxxxxx&room=x"));
    let request = conn.handshake.as_ref().unwrap().request.as_ref().unwrap();
    assert_eq!(request.header("cookie"), Some("xxxxxxxxxxxxxxxx xxx"));
    for format in [ExportFormat::Pcapng, ExportFormat::Har, ExportFormat::Native, ExportFormat::Hex]
    {
        let mut out = Vec::new();
        Exporter::new(format, ExportOptions::default()).run(&redacted, &mut out);
        assert!(!out.windows(7).any(|window| window == b"hunter2"));
    }

    let nothing_left = Redaction::new().payloads().apply(&capture);
    assert!(contents(&nothing_left)[..3].iter().all(|content| content.bytes().all(|c| c == b'x')));
}

#[test]
fn secrets_in_compressed_messages_come_out_uncompressed() {
    let mut capture = Capture::new(Limits::default());
    let start = Start::Frames(Negotiated {
        permessage_deflate: Some(DeflateParams::default()),
        ..Negotiated::default()
    });
    let conn = capture.open(ConnectionInit { start, ..ConnectionInit::default() }).unwrap();
    let mut compressor = Compressor::new(ContextParams::default(), CompressOptions::default());
    for text in ["the word is hunter2", "again: the word is hunter2", "no more"] {
        let (mut first, mut rest) = (Vec::new(), Vec::new());
        compressor.compress(&text.as_bytes()[..5], false, &mut first);
        compressor.compress(&text.as_bytes()[5..], true, &mut rest);
        capture.push(conn, ToClient, &unmasked(0x41, &first), 0);
        capture.push(conn, ToClient, &unmasked(0x80, &rest), 0);
    }
    // What does not inflate can't be searched: it is not copied.
    capture.push(conn, ToClient, &unmasked(0xc1, &[0x07, 0x00]), 0);
    let redacted = Redaction::new().pattern("hunter2").unwrap().apply(&capture);
    let mut reader = Reader::new();
    let texts: Vec<_> = (0..3)
        .map(|id| reader.message(&redacted, MessageId(id)).unwrap().bytes.to_vec())
        .map(|text| String::from_utf8(text).unwrap())
        .collect();
    assert_eq!(texts, ["the word is xxxxxxx", "again: the word is xxxxxxx", "no more"]);
    assert!((0..3).all(|id| !redacted.frame(FrameId(id)).unwrap().compressed()));
    let last = redacted.frame(FrameId(3)).unwrap();
    assert_eq!((last.payload_len(), last.has_missing()), (2, true));
}

#[test]
fn times_of_a_connection() {
    let mut capture = Capture::new(Limits::default());
    let conn = open(&mut capture, RESPONSE);
    let at = |capture: &mut Capture, direction, bytes: &[u8], time| {
        capture.push(conn, direction, bytes, time);
    };
    at(&mut capture, ToServer, &masked(0x89, b"a"), SECOND);
    at(&mut capture, ToServer, &masked(0x89, b"b"), 2 * SECOND);
    // Answers the second, and so the first too.
    at(&mut capture, ToClient, &unmasked(0x8a, b"b"), 2 * SECOND + 5);
    at(&mut capture, ToClient, &unmasked(0x8a, b"c"), 3 * SECOND);
    at(&mut capture, ToClient, &unmasked(0x01, b"x"), 4 * SECOND);
    at(&mut capture, ToClient, &unmasked(0x89, b""), 4 * SECOND);
    at(&mut capture, ToClient, &unmasked(0x80, b"y"), 9 * SECOND);
    at(&mut capture, ToServer, &masked(0x88, &[3, 232]), 10 * SECOND);
    at(&mut capture, ToClient, &unmasked(0x88, &[3, 232]), 10 * SECOND + 7);
    capture.end(conn, ToClient, End::Finished, 10 * SECOND + 9);
    let timing = Timing::of(&capture, conn);
    assert_eq!(timing.handshake_ns, Some(SECOND / 4));
    assert_eq!(timing.duration_ns, 10 * SECOND + 9);
    let pings: Vec<_> =
        timing.pings.iter().map(|ping| (ping.ping.0, ping.pong, ping.round_trip_ns)).collect();
    assert_eq!(pings, [(0, None, None), (1, Some(FrameId(2)), Some(5)), (5, None, None)]);
    assert_eq!(timing.unasked_pongs, 1);
    assert_eq!(timing.fragmented.len(), 1);
    assert_eq!(timing.fragmented[0].duration_ns, 5 * SECOND);
    let close = timing.close.unwrap();
    assert_eq!((close.begun_by, close.answer_ns, close.end_ns), (ToServer, Some(7), Some(9)));
    let gaps = timing.gaps[1];
    assert_eq!((gaps.count, gaps.longest_ns), (5, 5 * SECOND));
    assert_eq!(gaps.before_longest, Some(FrameId(5)));
}

fn causes(capture: &Capture, conn: ConnId) -> Vec<Cause> {
    let found = diagnose(capture, conn);
    for diagnosis in &found {
        assert!(!diagnosis.seen.is_empty() && !diagnosis.advice.is_empty());
    }
    found.iter().map(|diagnosis| diagnosis.cause).collect()
}

#[test]
fn causes_are_named() {
    let connection = |fill: &dyn Fn(&mut Capture, ConnId)| {
        let mut capture = Capture::new(Limits::default());
        let conn = open(&mut capture, RESPONSE);
        fill(&mut capture, conn);
        causes(&capture, conn)
    };
    assert_eq!(connection(&|_, _| {}), []);
    assert_eq!(
        connection(&|capture, conn| capture.push(
            conn,
            ToClient,
            b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
            SECOND
        )),
        [Cause::TwoServers]
    );
    assert_eq!(
        connection(&|capture, conn| capture.push(
            conn,
            ToServer,
            b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
            SECOND
        )),
        [Cause::HttpAfterUpgrade]
    );
    assert_eq!(
        connection(&|capture, conn| capture.push(
            conn,
            ToServer,
            &[0x16, 3, 1, 2, 0, 1, 0, 1],
            SECOND
        )),
        [Cause::TlsOnPlainPort]
    );
    assert_eq!(
        connection(&|capture, conn| {
            for _ in 0..1000 {
                capture.push(conn, ToClient, &unmasked(0x81, &[b'x'; 100]), SECOND);
            }
        }),
        [Cause::NoCompression]
    );
    assert_eq!(
        connection(&|capture, conn| {
            capture.push(conn, ToClient, &unmasked(0x81, b"x"), SECOND);
            capture.push(conn, ToClient, &unmasked(0x81, b"x"), 90 * SECOND);
        }),
        [Cause::NoHeartbeat]
    );
    assert_eq!(
        connection(&|capture, conn| {
            capture.push(conn, ToClient, &unmasked(0x89, b"x"), SECOND);
            capture.push(conn, ToClient, &unmasked(0x81, b"x"), 20 * SECOND);
        }),
        [Cause::PingUnanswered]
    );
    assert_eq!(
        connection(&|capture, conn| {
            capture.push(conn, ToClient, &unmasked(0x81, b"x"), SECOND);
            capture.end(conn, ToClient, End::Reset, SECOND);
        }),
        [Cause::AbnormalClosure]
    );
    let mut capture = Capture::new(Limits::default());
    let conn = open(&mut capture, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(causes(&capture, conn), [Cause::UpgradeRefused]);
}

#[test]
fn bytes_lead_to_their_frame() {
    let mut capture = Capture::new(Limits::default());
    let start = Start::Frames(Negotiated::default());
    let conn = capture.open(ConnectionInit { start, ..ConnectionInit::default() }).unwrap();
    let mut offset = 0;
    for index in 0..500_u32 {
        let direction = if index % 7 == 0 { ToServer } else { ToClient };
        let frame = match direction {
            ToServer => masked(0x82, &[index as u8; 5]),
            ToClient => unmasked(0x82, &[0; 9]),
        };
        capture.push(conn, direction, &frame, 0);
        if direction == ToClient {
            for byte in offset..offset + frame.len() as u64 {
                let found = capture.frame_at(conn, ToClient, byte).unwrap();
                assert_eq!(found.id(), FrameId(index));
                assert_eq!(found.opcode(), Opcode::Binary);
            }
            offset += frame.len() as u64;
        }
    }
    assert!(capture.frame_at(conn, ToClient, offset).is_none());
}
