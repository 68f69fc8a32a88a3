//! HTTP archives as programs write them: which fields, in which units, and what they leave out. Those of Chrome,
//! Playwright and mitmproxy are in `json.rs`.
#![allow(clippy::unwrap_used)]

use framewright_capture::codec::Opcode;
use framewright_capture::{
    Capture, Direction, FrameId, ImportOptions, ImportReport, Importer, Limits, Reader,
};
use serde_json::{Value, json};

use Direction::{ToClient, ToServer};

fn import(file: &Value) -> (Capture, ImportReport) {
    let mut capture = Capture::new(Limits::default());
    let mut importer = Importer::new(ImportOptions::default());
    importer.push(&mut capture, file.to_string().as_bytes()).unwrap();
    let report = importer.finish(&mut capture).unwrap();
    (capture, report)
}

/// Direction, opcode, payload and time of each frame.
fn frames(capture: &Capture) -> Vec<(Direction, Opcode, Vec<u8>, u64)> {
    let mut reader = Reader::new();
    let frames = capture.frame_ids().map(FrameId).map(|id| capture.frame(id).unwrap());
    frames
        .map(|frame| {
            let payload = reader.payload(capture, frame.id(), 0..u64::MAX).unwrap().bytes.to_vec();
            (frame.direction(), frame.opcode(), payload, frame.time_ns())
        })
        .collect()
}

fn request(url: &str, names: [&str; 3]) -> Value {
    let [upgrade, key, version] = names;
    json!({
        "method": "GET", "url": url, "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [],
        "headers": [
            {"name": upgrade, "value": "websocket"},
            {"name": "Connection", "value": "Upgrade"},
            {"name": key, "value": "dGhlIHNhbXBsZSBub25jZQ=="},
            {"name": version, "value": "13"},
        ],
        "headersSize": -1, "bodySize": 0,
    })
}

fn response(status_text: Value, names: [&str; 2]) -> Value {
    let [upgrade, accept] = names;
    json!({
        "status": 101, "statusText": status_text, "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": [
            {"name": upgrade, "value": "websocket"},
            {"name": "Connection", "value": "Upgrade"},
            {"name": accept, "value": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
        ],
        "content": {"size": 0, "mimeType": ""}, "redirectURL": "", "headersSize": -1, "bodySize": -1,
    })
}

const REQUEST_NAMES: [&str; 3] = ["Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version"];
const RESPONSE_NAMES: [&str; 2] = ["Upgrade", "Sec-WebSocket-Accept"];
const MUTE: &str = "1 connections are without their messages, which not every program writes";

/// Names in small letters, seconds with fractions, and how the connection was closed, but not by whom.
#[test]
fn http_toolkits() {
    let names = ["upgrade", "sec-websocket-key", "sec-websocket-version"];
    let file = json!({"log": {
        "version": "1.2", "creator": {"name": "HTTP Toolkit", "version": "1.20.1"},
        "pages": [{"id": "Chrome", "title": "Chrome", "startedDateTime": "2024-05-01T14:34:56.789+02:00", "pageTimings": {}}],
        "entries": [{
            "pageref": "Chrome", "startedDateTime": "2024-05-01T14:34:56.789+02:00", "time": 1200.5,
            "request": request("wss://example.org/chat", names),
            "response": response("Switching Protocols".into(), ["upgrade", "sec-websocket-accept"]),
            "cache": {}, "timings": {"send": 0, "wait": 2.5, "receive": 0},
            "_resourceType": "websocket",
            "_webSocketMessages": [
                {"type": "send", "opcode": 1, "data": "größe", "time": 1_714_566_897.25},
                {"type": "receive", "opcode": 2, "data": "AP8H", "time": 1_714_566_898.5},
            ],
            "_webSocketClose": {"code": 1000, "reason": "bye", "timestamp": 1_714_566_899.0},
        }],
        "_tlsErrors": [],
    }});
    let (capture, report) = import(&file);
    assert_eq!(
        frames(&capture),
        [
            (ToServer, Opcode::Text, "größe".into(), 1_714_566_897_250_000_000),
            (ToClient, Opcode::Binary, vec![0, 255, 7], 1_714_566_898_500_000_000),
        ]
    );
    assert_eq!(capture.findings(), []);
    assert_eq!(
        report.notes,
        [
            "written by HTTP Toolkit",
            "1 WebSocket connections, 0 other requests",
            "2 message times were read as seconds (10^8 or more)",
            "1 close codes are left out: it isn't said who sent them",
        ]
    );
}

/// As Chrome, since 2.28: pings and pongs too.
#[test]
fn proxymans() {
    let file = json!({"log": {
        "version": "1.2", "creator": {"name": "Proxyman", "version": "5.0"},
        "entries": [{
            "startedDateTime": "2024-05-01T12:34:56.789Z", "time": 0,
            "request": request("https://example.org/chat", REQUEST_NAMES),
            "response": response("Switching Protocols".into(), RESPONSE_NAMES),
            "_webSocketMessages": [
                {"type": "send", "time": 1_714_566_897.0, "opcode": 1, "data": "one"},
                {"type": "receive", "time": 1_714_566_897.5, "opcode": 9, "data": ""},
            ],
        }],
    }});
    let (capture, report) = import(&file);
    let opcodes: Vec<_> = frames(&capture).into_iter().map(|frame| frame.1).collect();
    assert_eq!(opcodes, [Opcode::Text, Opcode::Ping]);
    assert!(!report.notes.iter().any(|note| note == MUTE));
}

/// Its entries don't say what they are, and it writes no messages.
#[test]
fn firefoxs() {
    let plain = json!({
        "startedDateTime": "2024-05-01T14:34:55.000+02:00",
        "request": {"method": "GET", "url": "https://example.org/", "headers": []},
        "response": {"status": 200, "headers": [{"name": "upgrade", "value": "websocket"}]},
    });
    let upgraded = json!({
        "startedDateTime": "2024-05-01T14:34:56.789+02:00",
        "request": request("https://example.org/chat", REQUEST_NAMES),
        "response": response("Switching Protocols".into(), RESPONSE_NAMES),
        "cache": {}, "timings": {}, "time": 12, "_securityState": "secure",
        "serverIPAddress": "192.0.2.1", "connection": "443", "pageref": "page_1",
    });
    let file = json!({"log": {
        "version": "1.2", "creator": {"name": "Firefox", "version": "140.0"},
        "browser": {"name": "Firefox", "version": "140.0"}, "pages": [],
        "entries": [plain, upgraded],
    }});
    let (capture, report) = import(&file);
    assert_eq!(frames(&capture), []);
    let conn = &capture.connections()[0];
    assert_eq!(conn.init.opened_ns, 1_714_566_896_789_000_000);
    assert!(conn.handshake.as_ref().unwrap().accepted);
    assert_eq!(capture.findings(), []);
    assert_eq!(
        report.notes,
        ["written by Firefox", "1 WebSocket connections, 1 other requests", MUTE]
    );
}

/// No reason phrase, no port but in its own field, and no messages.
#[test]
fn charless() {
    let mut answer = response(Value::Null, RESPONSE_NAMES);
    answer["_charlesStatus"] = "COMPLETE".into();
    let file = json!({"log": {
        "version": "1.2", "creator": {"name": "Charles Proxy", "version": "4.6.2"},
        "entries": [{
            "startedDateTime": "2024-05-01T14:34:56.789+02:00", "time": 12,
            "request": request("https://example.org/chat", REQUEST_NAMES),
            "response": answer,
            "serverIPAddress": "192.0.2.1", "cache": {},
            "timings": {"dns": 1, "connect": 2, "ssl": 3, "send": 0, "wait": 4, "receive": 5},
        }],
    }});
    let (capture, report) = import(&file);
    assert_eq!((capture.connections().len(), frames(&capture)), (1, vec![]));
    assert_eq!(
        report.notes,
        ["written by Charles Proxy", "1 WebSocket connections, 0 other requests", MUTE]
    );
}

/// It writes the requests of HTTP only.
#[test]
fn insomnias() {
    let file = json!({"log": {
        "version": "1.2",
        "creator": {"name": "Insomnia REST Client", "version": "insomnia.desktop.app:v11.0.0"},
        "entries": [{
            "startedDateTime": "2024-05-01T12:34:56.789Z", "time": 12.5, "comment": "New Request",
            "request": {"method": "GET", "url": "https://example.org/", "headers": []},
            "response": {"status": 200, "statusText": "OK", "headers": []},
        }],
    }});
    let (capture, report) = import(&file);
    assert_eq!(capture.connections().len(), 0);
    assert_eq!(
        report.notes,
        ["written by Insomnia REST Client", "0 WebSocket connections, 1 other requests"]
    );
}
