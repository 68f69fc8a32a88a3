//! What is exported of archives, which have messages but not always a handshake, opens again.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used)]

use framewright_capture::{
    Capture, Direction, ExportFormat, ExportOptions, Exporter, FrameId, ImportOptions, Importer,
    Limits, Reader, Redaction, Source, Start,
};

const HTTP2: &str = r#""request":{"method":"CONNECT","url":"wss://x.test/ws?token=1","httpVersion":"h2","headers":[
    {"name":":method","value":"CONNECT"},{"name":":protocol","value":"websocket"},
    {"name":":path","value":"/ws?token=1"},{"name":"cookie","value":"secret"},
    {"name":"sec-websocket-version","value":"13"}]},
    "response":{"status":200,"headers":[{"name":":status","value":"200"}]}"#;
const BARE: &str = r#""request":{"method":"GET","url":"wss://x.test/ws","headers":[]},
    "response":{"status":101,"headers":[]}"#;

fn archive(heads: &str) -> String {
    format!(
        r#"{{"log":{{"version":"1.2","entries":[{{"startedDateTime":"2025-02-25T08:02:02.217Z",{heads},
        "_resourceType":"websocket","_webSocketMessages":[
        {{"type":"receive","time":1740470523,"opcode":2,"data":"gqFhAaFiomhp"}},
        {{"type":"send","time":1740470523.1,"opcode":1,"data":"größe"}},
        {{"type":"receive","time":1740470523.2,"opcode":8,"data":"A+hieWU="}}]}}]}}}}"#
    )
}

fn import(file: &[u8]) -> Capture {
    let mut capture = Capture::new(Limits::default());
    let mut importer = Importer::new(ImportOptions::default());
    importer.push(&mut capture, file).unwrap();
    importer.finish(&mut capture).unwrap();
    capture
}

fn export(capture: &Capture, format: ExportFormat) -> Vec<u8> {
    let mut out = Vec::new();
    Exporter::new(format, ExportOptions::default()).run(capture, &mut out);
    out
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

#[test]
fn archives_open_again_in_every_format() {
    for heads in [HTTP2, BARE] {
        let first = import(archive(heads).as_bytes());
        let expected = frames(&first);
        assert_eq!(expected.len(), 3);
        assert_eq!(first.findings().len(), 0, "{:?}", first.findings());
        for format in
            [ExportFormat::Native, ExportFormat::Pcapng, ExportFormat::Har, ExportFormat::Hex]
        {
            let again = import(&export(&first, format));
            assert_eq!(frames(&again), expected, "{format:?}");
            let conn = &again.connections()[0];
            if format != ExportFormat::Hex {
                let url = conn.url().unwrap();
                assert!(url.ends_with("://x.test/ws") || url.ends_with("/ws?token=1"), "{url}");
            }
            if format == ExportFormat::Native {
                assert_eq!(conn.handshake, first.connections()[0].handshake);
            }
        }
    }
}

#[test]
fn heads_of_http2_are_shown_as_sent_and_redacted() {
    let capture = import(archive(HTTP2).as_bytes());
    let conn = &capture.connections()[0];
    assert!(matches!(conn.init.start, Start::Http2(_)) && conn.init.source == Source::Messages);
    let handshake = conn.handshake.as_ref().unwrap();
    assert!(handshake.accepted);
    let request = handshake.request.as_ref().unwrap();
    assert_eq!(request.start_line, "CONNECT /ws?token=1 HTTP/2");
    assert_eq!(request.header(":protocol"), Some("websocket"));
    let copy = Redaction::secrets().apply(&capture);
    let text = String::from_utf8(export(&copy, ExportFormat::Native)).unwrap();
    assert!(!text.contains("secret") && !text.contains("token=1"), "{text}");
    assert_eq!(frames(&copy).len(), 3);
}
