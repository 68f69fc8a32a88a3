//! Nothing that comes in makes a panic, and memory stays within limits.
#![allow(clippy::unwrap_used)]

mod support;

use framewright_capture::{
    Capture, ConnId, ConnectionInit, DeflateParams, Direction, End, ExportFormat, ExportOptions,
    Exporter, Format, FrameId, ImportOptions, Importer, Limits, MessageId, Negotiated, Query,
    Reader, Redaction, Scan, Start, Timing, diagnose,
};
use proptest::prelude::*;
use support::packets::{PacketBlock, PcapStyle, PcapngStyle, bytes, packets, pcap, pcapng};
use support::random::Random;
use support::session::{Session, Style};

/// Uses everything there is on a capture.
fn use_all(capture: &Capture) {
    let mut reader = Reader::new();
    for id in capture.frame_ids().map(FrameId) {
        let frame = capture.frame(id).unwrap();
        let fields = frame.fields();
        // Each bit belongs to exactly one field.
        let mut next_bit = 0;
        for field in &fields {
            assert_eq!(field.bit_offset, next_bit);
            next_bit = next_bit.saturating_add(field.bit_len);
        }
        if frame.header().is_some() {
            assert_eq!(next_bit, frame.wire_len().saturating_mul(8), "{frame:?}");
        }
        assert!(reader.payload(capture, id, 0..1 << 20).is_some());
        let found = capture.frame_at(frame.conn(), frame.direction(), frame.offset()).unwrap();
        assert_eq!(found.id(), id);
        for finding in frame.findings() {
            assert_eq!(capture.findings()[finding.0 as usize].frame, Some(id));
        }
    }
    for id in capture.message_ids().map(MessageId) {
        let message = capture.message(id).unwrap();
        let content = reader.message(capture, id).unwrap();
        if let Some(len) = message.content_len()
            && content.missing.is_empty()
            && message.state() == framewright_capture::MessageState::Complete
        {
            assert_eq!(content.bytes.len() as u64, len);
        }
        assert!(message.frames().count() as u64 <= u64::from(message.fragments()));
    }
    for finding in capture.findings() {
        assert!(!finding.message().is_empty());
    }
    for (index, conn) in capture.connections().iter().enumerate() {
        let _ = (conn.url(), Timing::of(capture, ConnId(index as u32)));
        let _ = diagnose(capture, ConnId(index as u32));
    }
    for query in ["json.a==1 or hex:00 or /a.*b/ or lint>=warning", "!text and len>3 and time<1s"] {
        let mut scan = Scan::new(Query::parse(query).unwrap());
        while scan.step(capture, 7) {}
    }
    for format in [ExportFormat::Pcapng, ExportFormat::Har, ExportFormat::Native, ExportFormat::Hex]
    {
        let mut out = Vec::new();
        Exporter::new(format, ExportOptions::default()).run(capture, &mut out);
        if format == ExportFormat::Har {
            serde_json::from_slice::<serde_json::Value>(&out).unwrap();
        }
    }
    let redacted = Redaction::secrets().pattern("a+").unwrap().apply(capture);
    assert_eq!(redacted.connections().len(), capture.connections().len());
}

fn import(file: &[u8], format: Option<Format>, piece_len: usize) -> Capture {
    let mut capture = Capture::new(Limits { max_inflated_len: 1 << 20, ..Limits::default() });
    let mut importer = Importer::new(ImportOptions { format, ..ImportOptions::default() });
    for piece in file.chunks(piece_len) {
        if importer.push(&mut capture, piece).is_err() {
            break;
        }
    }
    let _ = importer.finish(&mut capture);
    capture
}

fn style() -> Style {
    Style { messages: 6, max_len: 600, deflate: true, split: true }
}

/// A well-made file of every format.
fn files(seed: u64) -> Vec<Vec<u8>> {
    let session = Session::random(seed, style());
    let capture = support::capture(&session);
    let addresses = ["10.0.0.1:50000".parse().unwrap(), "10.0.0.2:8080".parse().unwrap()];
    let frames: Vec<_> = packets(&session, [1, 2], 300)
        .iter()
        .map(|packet| (packet.time_ns, bytes(packet, addresses, 1)))
        .collect();
    let export = |format| {
        let mut out = Vec::new();
        Exporter::new(format, ExportOptions::default()).run(&capture, &mut out);
        out
    };
    vec![
        pcap(&frames, 1, PcapStyle { big_endian: false, nanoseconds: false }, 200),
        pcapng(
            &frames,
            1,
            PcapngStyle {
                big_endian: true,
                resolution: Some(9),
                offset_s: Some(3),
                block: PacketBlock::Enhanced,
            },
        ),
        pcapng(
            &frames,
            1,
            PcapngStyle {
                big_endian: false,
                resolution: None,
                offset_s: None,
                block: PacketBlock::Obsolete,
            },
        ),
        export(ExportFormat::Pcapng),
        export(ExportFormat::Har),
        export(ExportFormat::Native),
        export(ExportFormat::Hex),
        session.stream(Direction::ToClient),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 2 } else { 300 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_in_any_format(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        format in proptest::option::of(proptest::sample::select(&Format::ALL)),
        piece_len in 1..700_usize,
    ) {
        use_all(&import(&bytes, format, piece_len));
    }

    #[test]
    fn any_frames(
        chunks in proptest::collection::vec((any::<bool>(), proptest::collection::vec(any::<u8>(), 0..60)), 0..12),
        gaps in proptest::collection::vec((0..12_usize, 1..40_u64), 0..3),
        start in 0..4,
        ends in any::<[bool; 2]>(),
    ) {
        let start = match start {
            0 => Start::Handshake,
            1 => Start::MidStream,
            2 => Start::Frames(Negotiated::default()),
            _ => Start::Frames(Negotiated {
                permessage_deflate: Some(DeflateParams::default()),
                ..Negotiated::default()
            }),
        };
        let mut capture = Capture::new(Limits::default());
        let conn = capture.open(ConnectionInit { start, ..Default::default() }).unwrap();
        for (index, (to_server, bytes)) in chunks.iter().enumerate() {
            let direction = if *to_server { Direction::ToServer } else { Direction::ToClient };
            capture.push(conn, direction, bytes, index as u64 * 1_000_000_000);
            for (_, len) in gaps.iter().filter(|(at, _)| *at == index) {
                capture.gap(conn, direction, *len, index as u64);
            }
        }
        for (direction, end) in Direction::BOTH.into_iter().zip(ends) {
            if end {
                capture.end(conn, direction, End::Finished, 99);
            }
        }
        use_all(&capture);
    }

    #[test]
    fn good_files_with_bytes_changed(seed: u64, piece_len in 1..5000_usize, cut: bool) {
        let mut random = Random::new(seed);
        for mut file in files(seed) {
            for _ in 0..1 + random.below(8) {
                let at = random.below(file.len());
                match random.below(4) {
                    0 => file[at] = random.next() as u8,
                    1 => file[at] ^= 1 << random.below(8),
                    2 => drop(file.remove(at)),
                    _ => file.insert(at, b"\0\xff\"{}[]0"[random.below(8)]),
                }
            }
            if cut {
                file.truncate(random.below(file.len()));
            }
            use_all(&import(&file, None, piece_len));
        }
    }

    #[test]
    fn any_query_is_read_or_refused_in_place(text in "\\PC{0,40}") {
        if let Err(error) = Query::parse(&text) {
            prop_assert!(error.offset + error.len <= text.len(), "{:?}", error);
            prop_assert!(!error.message.is_empty());
        }
    }

    #[test]
    fn near_misses_of_queries(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "opcode", "==", "ping", "!", "(", ")", "and", "or", "json", ".a", "[0]", "\"", "len", ">", "1k",
                "/a+/", "i", "hex", ":", "8185", "??", " ", "lint", "~", "-", "not", "text", "dir", "in", "/", "\\",
                "time", "<", "2ms", "0x81", "é", "close", "1000", "key", "&&", "||",
            ]),
            0..12,
        ),
    ) {
        let text = words.concat();
        match Query::parse(&text) {
            Ok(query) => {
                let capture = support::capture(&Session::random(1, style()));
                let mut scan = Scan::new(query);
                while scan.step(&capture, 5) {}
            }
            Err(error) => {
                prop_assert!(error.offset + error.len <= text.len(), "{}: {:?}", text, error);
                prop_assert!(text.is_char_boundary(error.offset));
            }
        }
    }
}

#[test]
fn what_is_evicted_is_counted_and_what_stays_is_right() {
    let limits = Limits { max_kept_len: 3_000_000, ..Limits::default() };
    let mut capture = Capture::new(limits);
    let style = Style { messages: 100, max_len: 900, deflate: true, split: false };
    let sessions: Vec<_> = (0..100).map(|seed| Session::random(seed, style)).collect();
    let conns: Vec<_> =
        sessions.iter().map(|_| capture.open(ConnectionInit::default()).unwrap()).collect();
    let mut pushed = 0;
    for index in 0..200 {
        for (session, &conn) in sessions.iter().zip(&conns) {
            if let Some(chunk) = session.chunks.get(index) {
                capture.push(conn, chunk.direction, &chunk.bytes, chunk.time_ns);
                pushed += chunk.bytes.len() as u64;
                assert!(capture.kept_len() <= limits.max_kept_len, "{}", capture.kept_len());
            }
        }
    }
    let dropped = capture.dropped();
    assert!(dropped.frames > 0 && dropped.messages > 0);
    let frames: u64 =
        capture.connections().iter().flat_map(|conn| &conn.lanes).map(|lane| lane.frames).sum();
    assert_eq!(dropped.frames + capture.frame_ids().len() as u64, frames);
    assert!(dropped.bytes < pushed);
    for id in capture.frame_ids().map(FrameId) {
        assert!(capture.frame(id).unwrap().header().is_some(), "{id:?}");
    }
    let mut reader = Reader::new();
    for id in capture.message_ids().map(MessageId) {
        let Some(message) = capture.message(id) else { continue };
        let session = &sessions[message.conn().0 as usize];
        let content = reader.message(&capture, id).unwrap();
        if matches!(
            content.form,
            framewright_capture::MessageForm::Plain | framewright_capture::MessageForm::Inflated
        ) && message.state() == framewright_capture::MessageState::Complete
        {
            assert!(session.messages.iter().any(|said| said.content == content.bytes), "{id:?}");
        }
    }
    // An evicted frame is gone, and asking for it is no error.
    assert!(capture.frame(FrameId(0)).is_none());
    assert!(reader.payload(&capture, FrameId(0), 0..1).is_none());
}

#[test]
fn limits_on_findings_and_connections_are_counted() {
    let limits = Limits { max_findings: 3, max_connections: 2, ..Limits::default() };
    let mut capture = Capture::new(limits);
    let start =
        || ConnectionInit { start: Start::Frames(Negotiated::default()), ..Default::default() };
    let conn = capture.open(start()).unwrap();
    capture.push(conn, Direction::ToClient, &[0x83, 0x00].repeat(10), 0);
    assert_eq!(capture.findings().len(), 3);
    assert_eq!(capture.dropped().findings, 7);
    assert_eq!(capture.connection(conn).unwrap().findings, [0, 0, 10]);
    assert!(capture.open(start()).is_some());
    assert!(capture.open(start()).is_none());
    assert_eq!(capture.dropped().connections, 1);
    capture.push(ConnId(9), Direction::ToClient, b"lost", 0);
    assert_eq!(capture.dropped().bytes, 4);
}

/// A message of zeros that inflates to a thousand times its length.
#[test]
fn a_bomb_is_measured_and_not_kept() {
    use framewright_capture::codec::deflate::{CompressOptions, Compressor, ContextParams};
    let mut compressor = Compressor::new(ContextParams::default(), CompressOptions::default());
    let mut payload = Vec::new();
    compressor.compress(&vec![0; 20 << 20], true, &mut payload);
    let mut frame = vec![0xc2, 126];
    frame.extend((payload.len() as u16).to_be_bytes());
    frame.extend(&payload);
    let start = Start::Frames(Negotiated {
        permessage_deflate: Some(DeflateParams::default()),
        ..Negotiated::default()
    });
    for (limit, form) in [
        (20 << 20, framewright_capture::MessageForm::Inflated),
        ((20 << 20) - 1, framewright_capture::MessageForm::InflateTooLong),
    ] {
        let mut capture = Capture::new(Limits { max_inflated_len: limit, ..Limits::default() });
        let conn =
            capture.open(ConnectionInit { start: start.clone(), ..Default::default() }).unwrap();
        capture.push(conn, Direction::ToClient, &frame, 0);
        assert_eq!(capture.message(MessageId(0)).unwrap().form(), form);
        assert!(capture.kept_len() < 100_000);
    }
}
