//! Flow files of mitmproxy, and archives that are cut off.
#![allow(clippy::unwrap_used)]

use framewright_capture::{
    Capture, Direction, Format, FrameId, ImportOptions, ImportReport, Importer, Limits, Reader,
    Source,
};

fn import(file: &[u8], piece_len: usize) -> (Capture, ImportReport) {
    let mut capture = Capture::new(Limits::default());
    let mut importer = Importer::new(ImportOptions::default());
    for piece in file.chunks(piece_len) {
        importer.push(&mut capture, piece).unwrap();
    }
    let report = importer.finish(&mut capture).unwrap();
    (capture, report)
}

fn frames(capture: &Capture) -> Vec<(Direction, u8, Vec<u8>)> {
    let mut reader = Reader::new();
    let ids = capture.frame_ids().map(FrameId);
    ids.map(|id| {
        let frame = capture.frame(id).unwrap();
        let payload = reader.payload(capture, id, 0..u64::MAX).unwrap().bytes.to_vec();
        (frame.direction(), frame.opcode().bits(), payload)
    })
    .collect()
}

fn net(content: impl AsRef<str>, kind: char) -> String {
    let content = content.as_ref();
    format!("{}:{content}{kind}", content.len())
}

fn dict(pairs: &[(&str, String)]) -> String {
    let pairs = pairs.iter().map(|(key, value)| net(key, ';') + value);
    net(pairs.collect::<String>(), '}')
}

/// A flow as mitmproxy 7 and later write it.
fn flow(websocket: String) -> String {
    let header = |name, value| net(net(name, ',') + &net(value, ','), ']');
    dict(&[
        ("websocket", websocket),
        (
            "response",
            dict(&[
                ("status_code", net("101", '#')),
                ("reason", net("Switching Protocols", ',')),
                ("headers", net(header("upgrade", "websocket"), ']')),
                ("timestamp_start", net("946681202.5", '^')),
            ]),
        ),
        (
            "request",
            dict(&[
                ("port", net("443", '#')),
                ("scheme", net("https", ',')),
                ("host", net("x.test", ';')),
                ("path", net("/ws", ',')),
                ("method", net("GET", ',')),
                ("http_version", net("HTTP/1.1", ',')),
                ("headers", net(header("upgrade", "websocket"), ']')),
                ("timestamp_start", net("946681202", '#')),
            ]),
        ),
        ("server_conn", dict(&[("peername", net(net("192.0.2.1", ';') + &net("443", '#'), ']'))])),
        ("version", net("21", '#')),
        ("type", net("http", ';')),
    ])
}

#[test]
fn flows_show_their_messages() {
    let message = |kind, from_client, content: &str, time| {
        let parts = [
            net(kind, '#'),
            net(from_client, '!'),
            net(content, ','),
            net(time, '^'),
            net("false", '!'),
            net("false", '!'),
        ];
        net(parts.concat(), ']')
    };
    let messages = [
        message("1", "true", "größe", "946681203.25"),
        message("2", "false", "\u{1}\u{2}", "946681204.5"),
    ];
    let file = [
        flow(dict(&[
            ("messages", net(messages.concat(), ']')),
            ("closed_by_client", net("false", '!')),
            ("close_code", net("1001", '#')),
            ("close_reason", net("away", ';')),
            ("timestamp_end", net("946681205.0", '^')),
        ])),
        flow(net("", '~')),
    ]
    .concat();
    for piece_len in [1, 7, 1 << 20] {
        let (capture, report) = import(file.as_bytes(), piece_len);
        assert_eq!(report.detection.format, Format::Mitmproxy);
        assert_eq!(report.notes, ["1 WebSocket connections, 1 other flows"]);
        assert_eq!(
            frames(&capture),
            [
                (Direction::ToServer, 1, "größe".as_bytes().to_vec()),
                (Direction::ToClient, 2, vec![1, 2]),
                (Direction::ToClient, 8, [&1001_u16.to_be_bytes()[..], b"away"].concat()),
            ]
        );
        let conn = &capture.connections()[0];
        assert_eq!(conn.url().as_deref(), Some("wss://x.test/ws"));
        assert_eq!(conn.init.server, Some("192.0.2.1:443".parse().unwrap()));
        assert_eq!(conn.init.source, Source::Messages);
        assert_eq!(capture.frame(FrameId(0)).unwrap().time_ns(), 946_681_203_250_000_000);
        assert_eq!(capture.findings(), []);
    }
    // Cut off, what is whole is shown.
    let (capture, report) = import(&file.as_bytes()[..file.len() - 20], 100);
    assert_eq!(capture.frame_ids().len(), 3);
    assert!(report.notes[1].starts_with("the file ends inside a flow"), "{:?}", report.notes);
}

#[test]
fn an_archive_that_is_cut_off_shows_what_is_whole() {
    let entry = |n: usize| {
        let messages = (0..5).map(|m| {
            format!(r#"{{"type":"send","time":1740470523,"opcode":1,"data":"größe \" {n} {m}"}}"#)
        });
        let messages = messages.collect::<Vec<_>>().join(",");
        format!(
            r#"{{"_resourceType":"websocket","_webSocketMessages":[{messages}],
            "startedDateTime":"2025-02-25T08:02:02.217Z","request":{{"method":"GET",
            "url":"wss://x.test/{n}","headers":[{{"name":"a","value":"b"}}]}},
            "response":{{"status":101,"headers":[]}}}}"#
        )
    };
    let entries = (0..3).map(entry).collect::<Vec<_>>().join(",");
    let file = format!(r#"{{"log":{{"version":"1.2","entries":[{entries}]}}}}"#);
    let (whole, _) = import(file.as_bytes(), 1 << 20);
    let whole = frames(&whole);
    assert_eq!(whole.len(), 15);
    let first_end = file.find("wss://x.test/0").unwrap() + 200;
    for len in first_end..file.len() {
        let (capture, report) = import(&file.as_bytes()[..len], 1 << 20);
        let found = frames(&capture);
        assert!(found.len() >= 5 && whole.starts_with(&found), "{len}");
        let said = report.notes.iter().any(|note| note.starts_with("it is cut off at byte"));
        assert!(said, "{len}: {:?}", report.notes);
    }
}
