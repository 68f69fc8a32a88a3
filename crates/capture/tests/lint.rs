//! Every lint rule has a vector that breaks it, at a known byte, and a close one that doesn't.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;

use framewright_capture::codec::deflate::{CompressOptions, Compressor, ContextParams};
use framewright_capture::{
    Capture, ConnectionInit, DeflateParams, Direction, End, ImportOptions, Importer, Limits,
    Negotiated, Rule, Severity, Start,
};

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|c| !c.is_ascii_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// What was found: rule, offset and length.
fn findings(capture: &Capture) -> Vec<(&'static str, u64, u64)> {
    capture.findings().iter().map(|f| (f.rule.id(), f.offset, f.len)).collect()
}

fn frames(start: Start, direction: Direction, bytes: &[u8]) -> Capture {
    let mut capture = Capture::new(Limits::default());
    let conn = capture.open(ConnectionInit { start, ..Default::default() }).unwrap();
    capture.push(conn, direction, bytes, 0);
    // The same bytes one by one must give the same.
    let mut slowly = Capture::new(Limits::default());
    let init = capture.connections()[0].init.clone();
    let conn = slowly.open(init).unwrap();
    for byte in bytes {
        slowly.push(conn, direction, &[*byte], 0);
    }
    assert_eq!(findings(&capture), findings(&slowly));
    capture
}

fn plain() -> Start {
    Start::Frames(Negotiated::default())
}

fn deflate() -> Start {
    Start::Frames(Negotiated {
        permessage_deflate: Some(DeflateParams::default()),
        ..Negotiated::default()
    })
}

use Direction::{ToClient, ToServer};

/// Rule, start, direction, bytes that break it, where, how long, bytes that don't.
type FrameVector = (&'static str, fn() -> Start, Direction, String, u64, u64, String);

fn frame_vectors() -> Vec<FrameVector> {
    let v = |rule, start, direction, bad: &str, offset, len, good: &str| -> FrameVector {
        (rule, start, direction, bad.to_owned(), offset, len, good.to_owned())
    };
    let long_ping = format!("8902{} 897e007e{}", "00".repeat(2), "00".repeat(126));
    let ping = format!("897d{}", "00".repeat(125));
    let minimal = format!("827e007e{}", "00".repeat(126));
    vec![
        v("rsv1-without-extension", plain, ToClient, "8101 41 c101 41", 3, 1, "8101 41 8101 41"),
        v("rsv2-without-extension", plain, ToClient, "a101 41", 0, 1, "8101 41"),
        v("rsv3-without-extension", plain, ToClient, "9101 41", 0, 1, "8101 41"),
        v(
            "rsv1-on-continuation",
            deflate,
            ToClient,
            "4103 f248cd c004 c9c90700",
            5,
            1,
            "4103 f248cd 8004 c9c90700",
        ),
        v("rsv1-on-control", deflate, ToClient, "c900", 0, 1, "8900"),
        v("reserved-opcode", plain, ToClient, "8300", 0, 1, "8200"),
        v("reserved-opcode", plain, ToClient, "8f00", 0, 1, "8a00"),
        v("unmasked-client-frame", plain, ToServer, "8201 41", 1, 1, "8281 01020304 41"),
        v("masked-server-frame", plain, ToClient, "8281 01020304 41", 1, 1, "8201 41"),
        v(
            "repeated-masking-key",
            plain,
            ToServer,
            "8281 01020304 41 8281 01020304 41",
            9,
            4,
            "8281 01020304 41 8281 01020305 41",
        ),
        v("control-too-long", plain, ToClient, &long_ping, 5, 3, &ping),
        v("fragmented-control", plain, ToClient, "0900", 0, 1, "8900"),
        v("orphan-continuation", plain, ToClient, "8001 41", 0, 1, "0101 41 8001 41"),
        v("interrupted-message", plain, ToClient, "0101 41 8101 41", 3, 1, "0101 41 8900 8001 41"),
        v("non-minimal-length", plain, ToClient, "827e0001 41", 1, 3, &minimal),
        v(
            "non-minimal-length",
            plain,
            ToClient,
            &format!("827f0000000000000080{}", "00".repeat(128)),
            1,
            9,
            &minimal,
        ),
        v("length-top-bit", plain, ToClient, "827f8000000000000000", 2, 1, "827e007e"),
        // A surrogate: its second byte tells.
        v("invalid-utf8-text", plain, ToClient, "8105 4141 eda080", 5, 1, "8105 4141 ed9fbf"),
        // Cut short: its last byte tells.
        v("invalid-utf8-text", plain, ToClient, "8102 41c3", 3, 1, "0102 41c3 8001 a9"),
        // Masked, and in the second fragment.
        v(
            "invalid-utf8-text",
            plain,
            ToServer,
            "0181 01020304 40 8082 05060708 44f9",
            14,
            1,
            "0181 01020304 40 8082 05060708 4444",
        ),
        v("close-body-one-byte", plain, ToClient, "8801 03", 2, 1, "8800"),
        v("invalid-close-code", plain, ToClient, "8802 03ed", 2, 2, "8802 03e8"),
        v("invalid-close-code", plain, ToClient, "8802 0000", 2, 2, "8802 0bb8"),
        v("invalid-utf8-close-reason", plain, ToClient, "8804 03e8 c328", 5, 1, "8804 03e8 c3a9"),
        v("data-after-close", plain, ToClient, "8800 8101 41", 2, 2, "8101 41 8800"),
        v(
            "inflate-failed",
            deflate,
            ToClient,
            // A block of the reserved type.
            "c102 0700",
            2,
            1,
            "c107 f248cdc9c90700",
        ),
    ]
}

#[test]
fn frames_break_rules_where_they_do() {
    for (rule, start, direction, bad, offset, len, good) in frame_vectors() {
        let found = findings(&frames(start(), direction, &hex(&bad)));
        assert_eq!(found, [(rule, offset, len)], "{rule}: {bad}");
        let found = findings(&frames(start(), direction, &hex(&good)));
        assert_eq!(found, [], "{rule}: {good}");
    }
}

const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat\r\n\
    Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";
const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
    Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

fn shake(request: &str, response: &str) -> Capture {
    let mut capture = Capture::new(Limits::default());
    let conn = capture.open(ConnectionInit::default()).unwrap();
    capture.push(conn, ToServer, request.as_bytes(), 0);
    capture.push(conn, ToClient, response.as_bytes(), 1);
    capture
}

#[test]
fn handshakes_break_rules_where_they_do() {
    assert_eq!(findings(&shake(REQUEST, RESPONSE)), []);
    // Rule, in the request?, what to replace, by what, and the header whose field is at fault.
    let vectors = [
        ("request-not-get", true, "GET /chat", "POST /chat", None),
        ("request-not-get", true, "HTTP/1.1", "HTTP/1.0", None),
        ("request-without-host", true, "Host:", "Hosts:", None),
        ("upgrade-missing", true, "Upgrade: websocket", "Upgrade: h2c", Some("Upgrade:")),
        ("upgrade-missing", false, "Upgrade: websocket", "Upgrade: h2c", Some("Upgrade:")),
        (
            "connection-missing",
            true,
            "Connection: Upgrade",
            "Connection: close",
            Some("Connection:"),
        ),
        (
            "connection-missing",
            false,
            "Connection: Upgrade",
            "Connection: close",
            Some("Connection:"),
        ),
        ("invalid-version", true, "Version: 13", "Version: 8", Some("Sec-WebSocket-Version:")),
        ("wrong-accept", false, "s3pPLMBi", "s3pPLMBj", Some("Sec-WebSocket-Accept:")),
        (
            "extension-not-offered",
            false,
            "permessage-deflate",
            "x-other",
            Some("Sec-WebSocket-Extensions:"),
        ),
        (
            "subprotocol-not-offered",
            false,
            "Protocol: chat",
            "Protocol: mqtt",
            Some("Sec-WebSocket-Protocol:"),
        ),
        (
            "invalid-extension-parameter",
            false,
            "permessage-deflate",
            "permessage-deflate; server_max_window_bits=7",
            Some("Sec-WebSocket-Extensions:"),
        ),
        (
            "invalid-extension-parameter",
            true,
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; server_no_context_takeover",
            None,
        ),
        ("malformed-handshake", true, "Host: example.org", "Host example.org", None),
    ];
    for (rule, in_request, from, to, field) in vectors {
        let (request, response) = match in_request {
            true => (REQUEST.replacen(from, to, 1), RESPONSE.to_owned()),
            false => (REQUEST.to_owned(), RESPONSE.replacen(from, to, 1)),
        };
        let capture = shake(&request, &response);
        let found = findings(&capture);
        let found: Vec<_> = found.iter().filter(|(id, ..)| *id != "unframed-bytes").collect();
        assert_eq!(found.len(), 1, "{rule}: {to}: {found:?}");
        assert_eq!(found[0].0, rule, "{to}");
        if let Some(field) = field {
            let head = if in_request { &request } else { &response };
            assert_eq!(found[0].1, head.find(field).unwrap() as u64, "{rule}: {to}");
        }
    }
    // A wrong key has the wrong answer, too.
    let capture = shake(&REQUEST.replace("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="), RESPONSE);
    let rules: BTreeSet<_> = findings(&capture).iter().map(|found| found.0).collect();
    assert_eq!(rules, BTreeSet::from(["invalid-key", "wrong-accept"]));
    let capture = shake(REQUEST, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(findings(&capture), [("handshake-refused", 0, 45)]);
}

/// Compresses messages in one context.
fn compressed(messages: &[&str]) -> Vec<Vec<u8>> {
    let mut compressor = Compressor::new(ContextParams::default(), CompressOptions::default());
    let frames = messages.iter().map(|message| {
        let mut payload = Vec::new();
        compressor.compress(message.as_bytes(), true, &mut payload);
        [&[0xc1, payload.len() as u8][..], &payload].concat()
    });
    frames.collect()
}

#[test]
fn messages_and_streams_break_rules() {
    let frames_of = |start, bytes: &[u8]| findings(&frames(start, ToClient, bytes));
    let one = |rule, found: Vec<(&'static str, u64, u64)>| {
        assert_eq!(found.iter().map(|found| found.0).collect::<Vec<_>>(), [rule]);
        found[0]
    };

    let messages = compressed(&["a text that comes again", "a text that comes again"]);
    one("no-prior-window", frames_of(Start::MidStream, &messages[1]));
    assert_eq!(frames_of(Start::MidStream, &messages.concat()), []);
    one("inflate-failed", frames_of(deflate(), &messages[1]));
    assert_eq!(frames_of(deflate(), &messages.concat()), []);

    let latin = {
        let mut compressor = Compressor::new(ContextParams::default(), CompressOptions::default());
        let mut payload = Vec::new();
        compressor.compress(b"caf\xe9 au lait", true, &mut payload);
        [&[0xc1, payload.len() as u8][..], &payload].concat()
    };
    let mut capture = frames(deflate(), ToClient, &latin);
    one("invalid-utf8-inflated", findings(&capture));
    assert_eq!(capture.findings()[0].detail.as_deref(), Some("byte 4 of the text"));
    capture = frames(deflate(), ToClient, &compressed(&["café au lait"])[0]);
    assert_eq!(findings(&capture), []);

    let limits = Limits { max_inflated_len: 10, ..Limits::default() };
    for (text, fits) in [("0123456789", true), ("0123456789a", false)] {
        let mut capture = Capture::new(limits);
        let conn = capture.open(ConnectionInit { start: deflate(), ..Default::default() }).unwrap();
        capture.push(conn, ToClient, &compressed(&[text])[0], 0);
        match fits {
            true => assert_eq!(findings(&capture), []),
            false => drop(one("inflate-too-long", findings(&capture))),
        }
    }

    let mut capture = Capture::new(Limits { max_inflated_total: 100, ..Limits::default() });
    let conn = capture.open(ConnectionInit { start: deflate(), ..Default::default() }).unwrap();
    let long = "a".repeat(50_000);
    for message in compressed(&[long.as_str(); 3]) {
        capture.push(conn, ToClient, &message, 0);
    }
    one("inflate-budget", findings(&capture));

    // Streams and their ends.
    let stream = |end: bool, first: &str, gap: u64, second: &str| {
        let mut capture = Capture::new(Limits::default());
        let conn = capture.open(ConnectionInit { start: plain(), ..Default::default() }).unwrap();
        capture.push(conn, ToClient, &hex(first), 0);
        capture.gap(conn, ToClient, gap, 0);
        if !second.is_empty() {
            capture.push(conn, ToClient, &hex(second), 0);
        }
        if end {
            capture.push(conn, ToServer, &hex("8880 01020304"), 1);
            capture.end(conn, ToClient, End::Finished, 2);
            capture.end(conn, ToServer, End::Finished, 2);
        }
        findings(&capture)
    };
    assert_eq!(stream(true, "8104 41", 2, "41 8800"), [("missing-bytes", 3, 2)]);
    assert_eq!(stream(true, "8104 414141", 0, "41 8800"), []);
    assert_eq!(
        stream(false, "8104 41", 9, "4242"),
        [("missing-bytes", 3, 9), ("unframed-bytes", 12, 2)]
    );
    assert_eq!(
        stream(true, "8104 4141", 0, ""),
        [("truncated-frame", 3, 1), ("unfinished-message", 3, 1)]
    );
    assert_eq!(stream(true, "0104 41414141", 0, ""), [("unfinished-message", 5, 1)]);

    let end = |bytes: &str| {
        let mut capture = Capture::new(Limits::default());
        let conn = capture.open(ConnectionInit { start: plain(), ..Default::default() }).unwrap();
        capture.push(conn, ToClient, &hex(bytes), 0);
        capture.end(conn, ToClient, End::Finished, 2);
        capture.end(conn, ToServer, End::Reset, 2);
        findings(&capture)
    };
    one("no-close-frame", end("8900"));
    assert_eq!(end("8800"), []);
}

#[test]
fn a_recorder_can_report_an_error() {
    let har = |messages: &str| {
        let har = format!(
            r#"{{"log":{{"entries":[{{"_resourceType":"websocket","startedDateTime":"2024-05-01T12:00:00Z",
            "request":{{"url":"ws://h/","headers":[]}},"response":{{"status":101,"headers":[]}},
            "_webSocketMessages":[{messages}]}}]}}}}"#
        );
        let mut capture = Capture::new(Limits::default());
        let mut importer = Importer::new(ImportOptions::default());
        importer.push(&mut capture, har.as_bytes()).unwrap();
        importer.finish(&mut capture).unwrap();
        findings(&capture).iter().map(|found| found.0).collect::<Vec<_>>()
    };
    let error = r#"{"type":"error","time":1714564800.5,"opcode":-1,"data":"it broke"}"#;
    assert_eq!(har(error), ["recorder-error"]);
    assert_eq!(har(r#"{"type":"send","time":1714564800.5,"opcode":1,"data":"hi"}"#), [""; 0]);
}

/// Each rule is named by a vector of this file.
#[test]
fn no_rule_is_without_a_vector() {
    let source = include_str!("lint.rs");
    for rule in Rule::all() {
        let quoted = format!("\"{}\"", rule.id());
        assert!(source.contains(&quoted), "{} has no vector", rule.id());
        assert!(rule.severity() >= Severity::Info);
    }
}
