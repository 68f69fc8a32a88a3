//! What happens at the limits: it is said, and what is there stays usable.
#![allow(clippy::unwrap_used)]

use framewright_capture::codec::deflate::{CompressOptions, Compressor, ContextParams};
use framewright_capture::{
    Capture, ConnId, ConnectionInit, DeflateParams, Direction, Dropped, End, ExportFormat,
    ExportOptions, Exporter, FrameId, ImportError, ImportOptions, Importer, Limits, MessageForm,
    MessageId, Negotiated, Query, Reader, Redaction, Scan, Start, Timing,
};

use Direction::{ToClient, ToServer};

const LIMIT: u64 = 4 << 20;
const REQUEST: &[u8] =
    b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

fn full_stop() -> Limits {
    Limits { max_kept_len: LIMIT, evicts: false, ..Limits::default() }
}

fn open(capture: &mut Capture, deflate: bool) -> ConnId {
    let permessage_deflate = deflate.then(DeflateParams::default);
    let start = Start::Frames(Negotiated { permessage_deflate, ..Negotiated::default() });
    capture.open(ConnectionInit { start, ..ConnectionInit::default() }).unwrap()
}

fn export(capture: &Capture, format: ExportFormat) -> Vec<u8> {
    let mut out = Vec::new();
    Exporter::new(format, ExportOptions::default()).run(capture, &mut out);
    out
}

/// A capture that is full of frames of 2 bytes.
fn full() -> (Capture, ConnId) {
    let mut capture = Capture::new(full_stop());
    let conn = open(&mut capture, false);
    for _ in 0..100 {
        if capture.is_full() {
            return (capture, conn);
        }
        capture.push(conn, ToClient, &[0x8a, 0].repeat(10_000), 1);
    }
    panic!("{} bytes are kept, and it isn't full", capture.kept_len());
}

#[test]
fn a_full_capture_takes_nothing_more() {
    let (mut capture, conn) = full();
    let (frames, kept) = (capture.frame_ids(), capture.kept_len());
    assert!(frames.len() > 90_000, "{frames:?}");
    assert_eq!(capture.dropped(), Dropped::default());
    capture.push(conn, ToClient, b"\x81\x02hi", 2);
    capture.gap(conn, ToClient, 9, 2);
    assert_eq!(capture.open(ConnectionInit::default()), None);
    capture.end(conn, ToClient, End::Reset, 3);
    assert_eq!((capture.frame_ids(), capture.kept_len()), (frames, kept));
    let dropped = Dropped { bytes: 4, connections: 1, ..Dropped::default() };
    assert_eq!(capture.dropped(), dropped);
    // It didn't end in the middle of anything: its capture did.
    let lane = capture.connection(conn).unwrap().lane(ToClient);
    assert_eq!(lane.end, Some((End::CaptureEnded, 3)));
    assert!(capture.findings().is_empty());
}

#[test]
fn findings_and_connections_are_kept_up_to_a_number() {
    let limits = Limits { max_findings: 10, max_connections: 3, ..Limits::default() };
    let mut capture = Capture::new(limits);
    let init = || ConnectionInit {
        start: Start::Frames(Negotiated::default()),
        ..ConnectionInit::default()
    };
    let conns: Vec<_> = (0..5).filter_map(|_| capture.open(init())).collect();
    assert_eq!(conns.len(), 3);
    // Reserved opcodes: a finding each.
    capture.push(conns[0], ToClient, &[0x83, 0].repeat(15), 0);
    assert_eq!(capture.findings().len(), 10);
    let dropped = capture.dropped();
    assert_eq!((dropped.findings, dropped.connections), (5, 2));
}

/// Frames that come in one piece with the answer are not cut: nothing is evicted among them.
#[test]
fn frames_of_one_piece_take_no_more_than_there_is() {
    const FRAMES: u64 = 500_000;
    let response = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
    for first in [0x8a, 0x81] {
        let mut capture = Capture::new(full_stop());
        let conn = capture.open(ConnectionInit::default()).unwrap();
        capture.push(conn, ToServer, REQUEST, 0);
        let frames = [first, 0].repeat(FRAMES as usize);
        capture.push(conn, ToClient, &[&response[..], &frames].concat(), 0);
        let held = capture.frame_ids().len() as u64;
        // Each takes 32 bytes at least, and they are measured once in a while.
        assert!(held > 20_000 && held <= LIMIT / 32 + 256, "{held}");
        assert_eq!(held + capture.dropped().frames, FRAMES);
        assert!(capture.kept_len() < 2 * LIMIT, "{}", capture.kept_len());
    }
}

/// Connections, heads, findings, and what waits to be inflated get half.
#[test]
fn what_is_not_frames_takes_half_at_most() {
    let limits = Limits { evicts: true, ..full_stop() };
    let mut capture = Capture::new(limits);
    for _ in 0..50_000 {
        capture.open(ConnectionInit::default());
    }
    assert!(capture.dropped().connections > 0);
    assert!((LIMIT / 4..LIMIT / 8 * 5).contains(&capture.kept_len()), "{}", capture.kept_len());

    // Of one piece too, while nothing is counted but findings.
    let mut capture = Capture::new(Limits { max_kept_len: LIMIT / 4, ..limits });
    let conn = open(&mut capture, false);
    capture.push(conn, ToClient, &[0x83, 0].repeat(30_000), 0);
    let found_len = size_of_val(capture.findings()) as u64;
    assert!((LIMIT / 32..LIMIT / 8).contains(&found_len), "{found_len}");
    assert_eq!(capture.findings().len() as u64 + capture.dropped().findings, 30_000);

    // A compressed frame is given up, with a finding, when 2 MiB of it wait for the rest.
    let mut capture = Capture::new(limits);
    let conn = open(&mut capture, true);
    capture.push(conn, ToClient, &[&[0xc2, 127][..], &(16_u64 << 20).to_be_bytes()].concat(), 0);
    for (pieces, expected) in [(40, 0), (20, 1)] {
        for _ in 0..pieces {
            capture.push(conn, ToClient, &[0x55; 50_000], 0);
        }
        assert_eq!(capture.findings().len() as u64 + capture.dropped().findings, expected);
    }
}

/// What a client sends before the answer to its upgrade waits for it, but not without end.
#[test]
fn what_waits_for_an_answer_is_bounded() {
    let request = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    // By how many bytes, and by how many pieces: just in bounds, and past them.
    for (piece_len, pieces, expected) in
        [(60_000, 17, true), (60_000, 18, false), (1, 16_300, true), (1, 16_400, false)]
    {
        let mut capture = Capture::new(Limits::default());
        let conn = capture.open(ConnectionInit::default()).unwrap();
        capture.push(conn, ToServer, request.as_bytes(), 0);
        let mut stream = [0x8a, 0x80, 0, 0, 0, 0].into_iter().cycle();
        for _ in 0..pieces {
            let piece: Vec<u8> = stream.by_ref().take(piece_len).collect();
            capture.push(conn, ToServer, &piece, 0);
        }
        capture.push(conn, ToClient, response.as_bytes(), 0);
        capture.push(conn, ToClient, b"\x81\x01a", 0);
        let is_framed = !capture.frame_ids().is_empty();
        assert_eq!(is_framed, expected, "{pieces} pieces of {piece_len}");
    }
}

#[test]
fn what_is_in_a_full_capture_can_be_used() {
    let (capture, _) = full();
    let len = capture.frame_ids().len();
    let last = FrameId(len as u32 - 1);
    assert_eq!(capture.frame(last).unwrap().fields().len(), 7);
    assert_eq!(Reader::new().payload(&capture, last, 0..9).unwrap().bytes, b"");
    let mut scan = Scan::new(Query::parse("opcode==pong frame<=100").unwrap());
    while scan.step(&capture, 10_000) {}
    assert_eq!(scan.hits().len(), 100);
    for format in [ExportFormat::Pcapng, ExportFormat::Native] {
        let mut copy = Capture::new(Limits::default());
        let mut importer = Importer::new(ImportOptions::default());
        importer.push(&mut copy, &export(&capture, format)).unwrap();
        importer.finish(&mut copy).unwrap();
        assert_eq!(copy.frame_ids().len(), len);
    }
}

#[test]
fn room_is_made_by_raising_the_limit() {
    let (mut capture, conn) = full();
    let len = capture.frame_ids().len();
    capture.set_limits(Limits { max_kept_len: 2 * LIMIT, ..full_stop() });
    assert!(!capture.is_full());
    capture.push(conn, ToClient, b"\x81\x02hi", 2);
    assert_eq!(capture.frame_ids().len(), len + 1);
}

#[test]
fn a_file_that_does_not_fit_is_read_as_far_as_it_does() {
    let (source, _) = full();
    for format in [ExportFormat::Native, ExportFormat::Har] {
        let file = export(&source, format);
        let limits = Limits { max_kept_len: LIMIT / 2, ..full_stop() };
        let mut capture = Capture::new(limits);
        let mut importer = Importer::new(ImportOptions::default());
        let pushed = file.chunks(100_000).try_for_each(|piece| importer.push(&mut capture, piece));
        let error = pushed.and(importer.finish(&mut capture).map(drop)).unwrap_err();
        let held = capture.frame_ids().len();
        assert!(held > 10_000 && held < source.frame_ids().len(), "{held}");
        assert!(
            matches!(error, ImportError::TooMuch { limit, frames, .. }
                if limit == LIMIT / 2 && frames == held as u64),
            "{error:?}"
        );
        let text = error.to_string();
        assert!(
            text.contains(&format!(
                "2048 KiB of memory. What fits is shown: its first {held} frames"
            )),
            "{text}"
        );
        assert!(text.ends_with("To see the rest, split the file, or record less"), "{text}");
    }
}

#[test]
fn a_copy_without_secrets_has_a_limit() {
    let (capture, _) = full();
    assert_eq!(Redaction::secrets().apply(&capture).frame_ids(), capture.frame_ids());
    let mut capture = Capture::new(full_stop());
    let conn = open(&mut capture, true);
    for index in 0..100 {
        capture.push(conn, ToClient, &compressed(&[b'a'; 100_000]), index);
    }
    assert!(!capture.is_full());
    let copy = Redaction::secrets().apply(&capture);
    assert!(
        copy.is_full() && copy.kept_len() < LIMIT + LIMIT / 4 + (2 << 20),
        "{}",
        copy.kept_len()
    );
}

/// A message of its own: nothing refers to those before it.
fn compressed(text: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(ContextParams::default(), CompressOptions::default());
    let mut payload = Vec::new();
    compressor.compress(text, true, &mut payload);
    [&[0xc2, 127][..], &(payload.len() as u64).to_be_bytes(), &payload].concat()
}

fn form(capture: &Capture, id: u32) -> MessageForm {
    capture.message(MessageId(id)).unwrap().form()
}

#[test]
fn all_messages_together_inflate_to_so_much() {
    const TOTAL: u64 = 10 << 20;
    let mut capture = Capture::new(Limits { max_inflated_total: TOTAL, ..Limits::default() });
    let (bomb, other) = (open(&mut capture, true), open(&mut capture, true));
    let part = compressed(&vec![0; 1 << 20]);
    for index in 0..100 {
        capture.push(bomb, ToClient, &part, index);
    }
    let lane = capture.connection(bomb).unwrap().lane(ToClient);
    assert!((TOTAL - (1 << 20)..=TOTAL).contains(&lane.inflated_len), "{}", lane.inflated_len);
    let shown = lane.inflated_messages as u32;
    // It is said once where that began, and of each message after it.
    let found: Vec<_> =
        capture.findings().iter().filter(|it| it.rule.id() == "inflate-budget").collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].frame, Some(FrameId(shown)));
    assert_eq!(form(&capture, shown - 1), MessageForm::Inflated);
    assert!((shown..100).all(|id| form(&capture, id) == MessageForm::OverBudget));
    let mut reader = Reader::new();
    assert_eq!(reader.message(&capture, MessageId(0)).unwrap().bytes.len(), 1 << 20);
    let content = reader.message(&capture, MessageId(shown)).unwrap();
    assert_eq!((content.form, content.bytes.len()), (MessageForm::OverBudget, 0));
    // Who sends what other people send is inflated still, in the other direction and on other connections.
    let usual: String = (0..2000).map(|index| format!("{index}, ")).collect();
    for (conn, direction) in [(other, ToClient), (bomb, ToServer)] {
        let id = capture.message_ids().end;
        capture.push(conn, direction, &compressed(usual.as_bytes()), 200);
        assert_eq!(reader.message(&capture, MessageId(id)).unwrap().bytes, usual.as_bytes());
    }
}

/// A long session of messages that inflate well isn't cut off.
#[test]
fn what_comes_earns_what_it_may_inflate_to() {
    let limits = Limits { max_inflated_total: 1 << 20, ..Limits::default() };
    let mut capture = Capture::new(limits);
    let conn = open(&mut capture, true);
    let text: String = (0..20_000).map(|index| format!("{}, ", index % 700)).collect();
    let message = compressed(text.as_bytes());
    assert!(message.len() * 64 > text.len());
    for index in 0..100 {
        capture.push(conn, ToClient, &message, index);
    }
    let lane = capture.connection(conn).unwrap().lane(ToClient);
    assert_eq!((lane.inflated_messages, lane.inflated_len), (100, 100 * text.len() as u64));
}

#[test]
fn a_frame_longer_than_any_text_may_be_is_not_held_twice() {
    let mut capture = Capture::new(Limits { max_inflated_len: 1 << 20, ..Limits::default() });
    let conn = open(&mut capture, true);
    let header = [&[0xc2, 127][..], &(3_u64 << 20).to_be_bytes()].concat();
    capture.push(conn, ToClient, &header, 0);
    for index in 0..3 {
        capture.push(conn, ToClient, &vec![0x55; 1 << 20], index);
    }
    assert_eq!(form(&capture, 0), MessageForm::InflateTooLong);
    assert_eq!(capture.findings().len(), 1);
    assert!(capture.kept_len() < (3 << 20) + 200_000, "{}", capture.kept_len());
    // And the next is another.
    capture.push(conn, ToClient, &compressed(b"hello"), 9);
    assert_eq!(form(&capture, 1), MessageForm::Inflated);
}

#[test]
fn missing_bytes_are_not_filled_in_without_end() {
    let mut capture = Capture::new(Limits::default());
    let conn = open(&mut capture, false);
    capture.push(conn, ToClient, &[&[0x82, 127][..], &(1_u64 << 30).to_be_bytes()].concat(), 0);
    capture.gap(conn, ToClient, 1 << 30, 0);
    let mut reader = Reader::new();
    let content = reader.payload(&capture, FrameId(0), 0..u64::MAX).unwrap();
    assert_eq!((content.bytes.len(), content.missing_len), (64 << 10, 1 << 30));
}

#[test]
fn pings_wait_for_their_pongs_up_to_a_number() {
    for (pings, expected) in [(1000_u16, 0), (2000, 1)] {
        let mut capture = Capture::new(Limits::default());
        let conn = open(&mut capture, false);
        for index in 0..pings {
            let [high, low] = index.to_be_bytes();
            capture.push(conn, ToClient, &[0x89, 2, high, low], 0);
        }
        // The answer to the first of them.
        capture.push(conn, ToServer, &[0x8a, 0x82, 0, 0, 0, 0, 0, 0], 0);
        assert_eq!(Timing::of(&capture, conn).unasked_pongs, expected, "{pings}");
    }
}

#[test]
fn details_of_findings_are_cut() {
    let long = "ä".repeat(10_000);
    let har = format!(
        r#"{{"log":{{"entries":[{{"_resourceType":"websocket","request":{{"url":"ws://h/","headers":[]}},
        "_webSocketMessages":[{{"type":"error","time":1,"opcode":-1,"data":"{long}"}}]}}]}}}}"#
    );
    let mut capture = Capture::new(Limits::default());
    let mut importer = Importer::new(ImportOptions::default());
    importer.push(&mut capture, har.as_bytes()).unwrap();
    importer.finish(&mut capture).unwrap();
    let detail = capture.findings()[0].detail.as_deref().unwrap();
    assert!(detail.len() < 600 && detail.ends_with("ä…"), "{detail}");
}

/// A file as a gzip of stored blocks (RFC 1951 §3.2.4), without its end.
#[cfg(feature = "full")]
fn gzip(file: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for block in file.chunks(0xffff) {
        let len = block.len() as u16;
        packed.push(0);
        packed.extend_from_slice(&len.to_le_bytes());
        packed.extend_from_slice(&(!len).to_le_bytes());
        packed.extend_from_slice(block);
    }
    packed
}

#[cfg(feature = "full")]
#[test]
fn what_is_packed_stops_where_the_capture_is_full() {
    let (whole, _) = full();
    let packed = gzip(&export(&whole, ExportFormat::Native));
    for file in [packed.clone(), gzip(&packed)] {
        let limits = Limits { max_kept_len: LIMIT / 4, ..full_stop() };
        let mut capture = Capture::new(limits);
        let mut importer = Importer::new(ImportOptions::default());
        let error = file.chunks(4096).find_map(|piece| importer.push(&mut capture, piece).err());
        let error = error.expect("it is too much");
        let ImportError::TooMuch { limit, frames, read_len: Some(len) } = error else {
            panic!("{error:?}");
        };
        assert_eq!((limit, frames), (LIMIT / 4, capture.frame_ids().len() as u64));
        // Of the file that was given, not of what is in it.
        assert_eq!(len, importer.taken_len());
        assert_eq!(importer.finish(&mut capture).unwrap_err(), error);
    }
}
