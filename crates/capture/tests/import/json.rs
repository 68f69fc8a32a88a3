//! HTTP archives in three dialects, Chrome's NetLog, and pasted bytes.
#![allow(clippy::unwrap_used)]

use crate::support::session::{Session, Style};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use framewright_capture::codec::Opcode;
use framewright_capture::{
    Capture, Clock, ConnId, Direction, Format, FrameId, ImportError, ImportOptions, ImportReport,
    Importer, Limits, MessageForm, MessageId, Reader, Source,
};
use serde_json::{Value, json};

fn try_import(file: &[u8]) -> (Capture, Result<ImportReport, ImportError>) {
    let mut capture = Capture::new(Limits::default());
    let mut importer = Importer::new(ImportOptions::default());
    for piece in file.chunks(1000) {
        if importer.push(&mut capture, piece).is_err() {
            break;
        }
    }
    let report = importer.finish(&mut capture);
    (capture, report)
}

fn import(file: &[u8]) -> (Capture, ImportReport) {
    let (capture, report) = try_import(file);
    (capture, report.unwrap())
}

/// Messages as text, with direction and opcode.
fn texts(capture: &Capture) -> Vec<(Direction, Opcode, String)> {
    let mut reader = Reader::new();
    let frames = capture.frame_ids().map(FrameId).map(|id| capture.frame(id).unwrap());
    frames
        .map(|frame| {
            let content = reader.payload(capture, frame.id(), 0..u64::MAX).unwrap();
            let text = String::from_utf8_lossy(content.bytes).into_owned();
            (frame.direction(), frame.opcode(), text)
        })
        .collect()
}

fn entry(messages: Value) -> Value {
    json!({
        "_resourceType": "websocket",
        "startedDateTime": "2024-05-01T12:34:56.789Z",
        "request": {
            "method": "GET",
            "url": "wss://example.org:8443/chat?a=1",
            "httpVersion": "HTTP/1.1",
            "headers": [
                {"name": "Host", "value": "example.org:8443"},
                {"name": "Upgrade", "value": "websocket"},
                {"name": "Connection", "value": "Upgrade"},
                {"name": "Sec-WebSocket-Key", "value": "dGhlIHNhbXBsZSBub25jZQ=="},
                {"name": "Sec-WebSocket-Version", "value": "13"},
                {"name": "Sec-WebSocket-Extensions", "value": "permessage-deflate; client_max_window_bits"},
            ],
        },
        "response": {
            "status": 101,
            "statusText": "Switching Protocols",
            "headers": [
                {"name": "Upgrade", "value": "websocket"},
                {"name": "Connection", "value": "Upgrade"},
                {"name": "Sec-WebSocket-Accept", "value": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
                {"name": "Sec-WebSocket-Extensions", "value": "permessage-deflate"},
            ],
            "content": {"size": 0, "mimeType": "x-unknown"},
        },
        "serverIPAddress": "[2001:db8::1]",
        "_webSocketMessages": messages,
    })
}

fn archive(creator: &str, entries: Value) -> Vec<u8> {
    json!({"log": {"version": "1.2", "creator": {"name": creator}, "entries": entries}})
        .to_string()
        .into_bytes()
}

#[test]
fn chromes_archive() {
    let file = archive(
        "WebInspector",
        json!([
            {"startedDateTime": "x", "request": {"url": "https://example.org/"}, "response": {"status": 200}},
            entry(json!([
                {"type": "send", "time": 1714566897.0, "opcode": 1, "data": "größe"},
                {"type": "receive", "time": 1714566897.25, "opcode": 2, "data": STANDARD.encode([0, 255, 7])},
                {"type": "receive", "time": 1714566898.5, "opcode": 8, "data": STANDARD.encode([3, 232])},
                {"type": "receive", "opcode": 1},
            ])),
        ]),
    );
    let (capture, report) = import(&file);
    assert_eq!(report.detection.format, Format::Har);
    assert!(report.notes.iter().any(|note| note == "written by WebInspector"));
    assert!(
        report.notes.iter().any(|note| note.starts_with("3 message times were read as seconds"))
    );
    assert!(report.notes.iter().any(|note| note.starts_with("1 messages can't be read")));
    assert_eq!(capture.findings(), []);
    let conn = &capture.connections()[0];
    assert_eq!((conn.init.source, conn.init.clock), (Source::Messages, Clock::Unix));
    assert_eq!(conn.url().as_deref(), Some("wss://example.org:8443/chat?a=1"));
    assert_eq!(conn.init.server, Some("[2001:db8::1]:8443".parse().unwrap()));
    assert_eq!(conn.init.opened_ns, 1_714_566_896_789_000_000);
    assert!(conn.negotiated.permessage_deflate.is_some());
    assert!(!conn.is_incoming(Direction::ToServer));
    let frames: Vec<_> =
        capture.frame_ids().map(|id| capture.frame(FrameId(id)).unwrap()).collect();
    assert_eq!(frames[0].time_ns(), 1_714_566_897_000_000_000);
    assert_eq!(frames[1].time_ns(), 1_714_566_897_250_000_000);
    assert_eq!(
        texts(&capture),
        [
            (Direction::ToServer, Opcode::Text, "größe".to_owned()),
            (Direction::ToClient, Opcode::Binary, "\0\u{fffd}\u{7}".to_owned()),
            (Direction::ToClient, Opcode::Close, "\u{3}\u{fffd}".to_owned()),
        ]
    );
}

#[test]
fn playwrights_archive() {
    let file = archive(
        "Playwright",
        json!([
            entry(json!([
                {"type": "send", "time": 1714566897123.5, "opcode": 1, "data": "one"},
                {"type": "receive", "time": -1, "opcode": 1, "data": "two"},
            ])),
            {
                "startedDateTime": "2024-05-01T12:34:56.789Z",
                "_resourceType": "websocket",
                "request": {"url": "ws://example.org/", "headers": []},
                "response": {"status": 101, "headers": [], "content": {"_file": "0123.jsonl"}},
            },
        ]),
    );
    let (capture, report) = import(&file);
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.starts_with("1 message times were read as milliseconds"))
    );
    assert!(report.notes.iter().any(|note| note.starts_with("1 messages have no known time")));
    assert!(report.notes.iter().any(|note| note.contains("0123.jsonl")), "{:?}", report.notes);
    assert_eq!(capture.connections().len(), 2);
    for id in [0, 1] {
        let frame = capture.frame(FrameId(id)).unwrap();
        assert_eq!(frame.time_ns(), 1_714_566_897_123_500_000);
    }

    let lines = "{\"type\":\"send\",\"time\":1714566897123,\"opcode\":1,\"data\":\"one\"}\n\
        {\"type\":\"receive\",\"time\":1714566897124,\"opcode\":2,\"data\":\"AAE=\"}\n";
    let (capture, report) = import(lines.as_bytes());
    assert_eq!(report.detection.format, Format::HarMessages);
    assert_eq!(texts(&capture)[1], (Direction::ToClient, Opcode::Binary, "\0\u{1}".to_owned()));
}

#[test]
fn mitmproxys_archive() {
    let file = archive(
        "mitmproxy",
        json!([entry(
            json!([{"type": "send", "time": 1714566897.123456, "opcode": 1, "data": "one"}])
        )]),
    );
    let (capture, _) = import(&file);
    assert_eq!(capture.frame(FrameId(0)).unwrap().time_ns(), 1_714_566_897_123_456_000);
    // .zhar: packed with zlib, here in stored blocks.
    let mut packed = vec![0x78, 0x01];
    let mut parts = file.chunks(60_000).peekable();
    while let Some(part) = parts.next() {
        packed.push(u8::from(parts.peek().is_none()));
        packed.extend((part.len() as u16).to_le_bytes());
        packed.extend((!(part.len() as u16)).to_le_bytes());
        packed.extend(part);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in &file {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    packed.extend((b << 16 | a).to_be_bytes());
    let (capture, report) = import(&packed);
    assert!(report.detection.why.contains("zlib"));
    assert_eq!(texts(&capture), [(Direction::ToServer, Opcode::Text, "one".to_owned())]);
    let (_, error) = try_import(&packed[..packed.len() / 2]);
    assert!(matches!(error, Err(ImportError::Malformed { format: Format::Har, .. })), "{error:?}");
}

#[test]
fn contradictions_in_an_archive_are_found_and_omissions_are_not() {
    let mut wrong = entry(json!([]));
    wrong["response"]["headers"][2]["value"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=".into();
    let (capture, _) = import(&archive("WebInspector", json!([wrong])));
    assert_eq!(capture.findings().len(), 1);
    assert_eq!(capture.findings()[0].rule.id(), "wrong-accept");
    let mut bare = entry(json!([{"type": "send", "time": 1714566897, "opcode": 1, "data": "x"}]));
    bare["request"]["headers"] = json!([]);
    bare["response"]["headers"] = json!([{"name": ":status", "value": "101"}]);
    let (capture, _) = import(&archive("WebInspector", json!([bare])));
    assert_eq!(capture.findings(), []);
    assert_eq!(texts(&capture).len(), 1);
}

/// Builds a NetLog.
fn net_log(events: &[Value], lines: bool, end: bool) -> Vec<u8> {
    let constants = json!({
        "logEventTypes": {
            "REQUEST_ALIVE": 2, "URL_REQUEST_START_JOB": 3, "SOCKET_BYTES_SENT": 10,
            "SOCKET_BYTES_RECEIVED": 11, "SSL_SOCKET_BYTES_SENT": 12, "SSL_SOCKET_BYTES_RECEIVED": 13,
            "HTTP_TRANSACTION_SEND_REQUEST_HEADERS": 20, "HTTP_TRANSACTION_READ_RESPONSE_HEADERS": 21,
            "WEBSOCKET_SENT_FRAME_HEADER": 30, "WEBSOCKET_RECV_FRAME_HEADER": 31,
        },
        "timeTickOffset": 1_714_566_000_000_u64,
    });
    if !lines {
        return json!({"constants": constants, "events": events}).to_string().into_bytes();
    }
    let events: Vec<_> = events.iter().map(Value::to_string).collect();
    let mut text = format!("{{\"constants\":{constants},\n\"events\": [\n{}", events.join(",\n"));
    text += if end { "]}\n" } else { ",\n{\"params\":{\"byt" };
    text.into_bytes()
}

fn event(kind: i64, source: u64, phase: u8, time: u64, params: Value) -> Value {
    json!({"type": kind, "phase": phase, "source": {"id": source, "type": 1}, "time": time.to_string(), "params": params})
}

fn frame_params(opcode: u8, masked: bool, len: u64) -> Value {
    json!({
        "final": true, "reserved1": false, "reserved2": false, "reserved3": false,
        "opcode": opcode, "masked": masked, "payload_length": len,
    })
}

fn request_events() -> Vec<Value> {
    let key = "dGhlIHNhbXBsZSBub25jZQ==";
    vec![
        event(2, 5, 1, 100, json!({})),
        event(3, 5, 1, 101, json!({"url": "wss://example.org/chat", "method": "GET"})),
        event(
            20,
            5,
            0,
            102,
            json!({
                "line": "GET /chat HTTP/1.1\r\n",
                "headers": ["Host: example.org", "Upgrade: websocket", "Connection: Upgrade", format!("Sec-WebSocket-Key: {key}")],
            }),
        ),
        event(
            21,
            5,
            0,
            103,
            json!({
                "headers": ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
            }),
        ),
        event(30, 5, 0, 200, frame_params(1, true, 5)),
        event(31, 5, 0, 201, frame_params(1, false, 70_000)),
        event(31, 5, 0, 202, frame_params(9, false, 0)),
        event(2, 5, 2, 300, json!({})),
    ]
}

#[test]
fn a_net_log_with_frame_headers_only() {
    for (lines, end) in [(false, true), (true, true), (true, false)] {
        let (capture, report) = import(&net_log(&request_events(), lines, end));
        assert_eq!(report.detection.format, Format::NetLog);
        assert_eq!(capture.connections().len(), 1);
        let conn = &capture.connections()[0];
        assert_eq!(conn.init.source, Source::Headers);
        assert_eq!(conn.url().as_deref(), Some("wss://example.org/chat"));
        let frames: Vec<_> =
            capture.frame_ids().map(|id| capture.frame(FrameId(id)).unwrap()).collect();
        let seen: Vec<_> = frames
            .iter()
            .map(|f| (f.opcode(), f.masked(), f.payload_len(), f.complete()))
            .collect();
        assert_eq!(
            seen,
            [
                (Opcode::Text, true, 5, true),
                (Opcode::Text, false, 70_000, true),
                (Opcode::Ping, false, 0, true)
            ]
        );
        assert_eq!(frames[0].time_ns(), 1_714_566_000_200_000_000);
        assert!(frames[0].has_missing());
        let rules: Vec<_> = capture.findings().iter().map(|finding| finding.rule.id()).collect();
        assert_eq!(rules, ["no-close-frame"]);
    }
}

#[test]
fn a_net_log_with_bytes() {
    let session =
        Session::random(3, Style { messages: 10, max_len: 300, deflate: true, split: false });
    let mut events = request_events();
    events.truncate(2);
    for chunk in &session.chunks {
        let kind = if chunk.direction == Direction::ToServer { 12 } else { 13 };
        let time = (chunk.time_ns - session.chunks[0].time_ns) / 1_000_000;
        let bytes = STANDARD.encode(&chunk.bytes);
        events.push(event(
            kind,
            9,
            0,
            time,
            json!({"byte_count": chunk.bytes.len(), "bytes": bytes}),
        ));
        // What TLS made of it.
        events.push(event(kind - 2, 9, 0, time, json!({"byte_count": 5, "bytes": "FwMDAAA="})));
    }
    events.extend(request_events().drain(2..));
    let (capture, report) = import(&net_log(&events, true, true));
    assert_eq!(capture.connections().len(), 1, "{:?}", report.notes);
    assert_eq!(capture.connections()[0].init.source, Source::Wire);
    assert_eq!(crate::support::messages(&capture, ConnId(0)), session.messages);
    assert_eq!(capture.findings(), []);
}

/// The events of a request that ends once it is upgraded, before its frames, as Chromium 156 writes them.
fn upgraded_request_events() -> Vec<Value> {
    let mut events = request_events();
    events.pop();
    events.insert(4, event(2, 5, 2, 104, json!({"net_error": -173})));
    events
}

#[test]
fn a_net_log_whose_request_ends_with_its_upgrade() {
    let (capture, report) = import(&net_log(&upgraded_request_events(), true, true));
    assert_eq!(capture.connections().len(), 1, "{:?}", report.notes);
    let conn = &capture.connections()[0];
    assert_eq!(conn.url().as_deref(), Some("wss://example.org/chat"));
    assert!(conn.handshake.is_some());
    assert_eq!(capture.frame_ids().len(), 3);

    // With bytes as well, these are the connection.
    let mut events = upgraded_request_events();
    let request = "GET /chat HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    for (at, kind, bytes) in [
        (3, 10, request.as_bytes()),
        (5, 11, response.as_bytes()),
        (8, 10, b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"),
    ] {
        let bytes = STANDARD.encode(bytes);
        events
            .insert(at, event(kind, 9, 0, 103, json!({"byte_count": bytes.len(), "bytes": bytes})));
    }
    let (capture, report) = import(&net_log(&events, true, true));
    assert_eq!(capture.connections().len(), 1, "{:?}", report.notes);
    assert_eq!(capture.connections()[0].init.source, Source::Wire);
    assert_eq!(texts(&capture), [(Direction::ToServer, Opcode::Text, "Hello".to_owned())]);
}

#[test]
fn pasted_bytes() {
    for (text, format) in [
        ("81 85 37 fa 21 3d 7f 9f 4d 51 58", Format::Hex),
        ("  0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58\n", Format::Hex),
        ("gYU3+iE9f59NUVg=", Format::Base64),
    ] {
        let (capture, report) = import(text.as_bytes());
        assert_eq!(report.detection.format, format, "{text}");
        assert_eq!(texts(&capture), [(Direction::ToServer, Opcode::Text, "Hello".to_owned())]);
        assert_eq!(capture.findings(), []);
    }
    let (capture, report) = import(&[0x81, 0x05, b'H', b'e', b'l', b'l', b'o']);
    assert_eq!(report.detection.format, Format::Raw);
    assert_eq!(texts(&capture), [(Direction::ToClient, Opcode::Text, "Hello".to_owned())]);
    // Compressed, and nothing tells how it was agreed on.
    let (capture, _) = import(b"c1 07 f2 48 cd c9 c9 07 00");
    let mut reader = Reader::new();
    let message = reader.message(&capture, MessageId(0)).unwrap();
    assert_eq!((message.bytes, message.form), (&b"Hello"[..], MessageForm::Inflated));
    // A handshake with what followed it.
    let response = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x02ok";
    let (capture, _) = import(response);
    assert_eq!(texts(&capture), [(Direction::ToClient, Opcode::Text, "ok".to_owned())]);
}

#[test]
fn what_is_no_capture_is_said_to_be_none() {
    assert_eq!(try_import(b"").1, Err(ImportError::Empty));
    assert_eq!(try_import(b"  \n").1, Err(ImportError::Empty));
    assert_eq!(try_import(b"hello world").1, Err(ImportError::Seems { what: "plain text" }));
    let what = "JSON of another kind";
    assert_eq!(try_import(b"{\"a\": 1}").1, Err(ImportError::Seems { what }));
    let error = try_import(b"\x89PNG\r\n\x1a\n\0\0").1.unwrap_err();
    assert!(error.to_string().starts_with("this seems to be a PNG image"));
    for (packed, by) in [(&b"\x1f\x8b\x08\x00rest"[..], "gzip"), (b"PK\x03\x04rest", "zip")] {
        let error = try_import(packed).1;
        assert!(matches!(error, Err(ImportError::BadPacking { by: have, .. }) if have == by));
    }
    assert_eq!(try_import(b"BZh91AY&SY").1, Err(ImportError::Packed { by: "bzip2" }));
    let broken = b"{\"log\": {\"entries\": [\n{\"a\": }]}}";
    let Err(ImportError::Malformed { format: Format::Har, offset, .. }) = try_import(broken).1
    else {
        panic!()
    };
    assert_eq!(offset, 28);
    for error in [ImportError::Empty, ImportError::Unknown, ImportError::Packed { by: "gzip" }] {
        assert!(!error.to_string().is_empty());
    }
}
