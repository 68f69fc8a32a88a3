//! What is exported and imported again is the same.
#![allow(clippy::unwrap_used)]

use crate::support::session::{Session, Style};
use framewright_capture::{
    Capture, Clock, ConnId, ConnectionInit, Direction, End, ExportFormat, ExportOptions, Exporter,
    Format, ImportOptions, Importer, Limits, Negotiated, Redaction, Start,
};
use proptest::prelude::*;

fn export(capture: &Capture, format: ExportFormat) -> Vec<u8> {
    let mut out = Vec::new();
    Exporter::new(format, ExportOptions::default()).run(capture, &mut out);
    out
}

fn import(file: &[u8], format: Format) -> Capture {
    let mut capture = Capture::new(Limits::default());
    let mut importer = Importer::new(ImportOptions::default());
    for piece in file.chunks(4096) {
        importer.push(&mut capture, piece).unwrap();
    }
    let report = importer.finish(&mut capture).unwrap();
    assert_eq!(report.detection.format, format);
    capture
}

/// Several sessions at once, some begun late, some with bytes missing.
fn capture_of(seed: u64) -> Capture {
    let mut capture = Capture::new(Limits::default());
    let style =
        Style { messages: 8, max_len: 70_000, deflate: true, split: seed.is_multiple_of(2) };
    let sessions: Vec<_> = (0..3)
        .map(|index| {
            Session::random(seed.wrapping_add(index), Style { deflate: index == 0, ..style })
        })
        .collect();
    let init = |start| ConnectionInit {
        start,
        clock: Clock::Unix,
        client: Some("10.0.0.1:4000".parse().unwrap()),
        server: Some("10.0.0.2:9000".parse().unwrap()),
        opened_ns: 1_700_000_000_000_000_000,
        ..ConnectionInit::default()
    };
    let starts = [Start::Handshake, Start::Frames(Negotiated::default()), Start::MidStream];
    let conns = starts.map(|start| {
        let made_up = start == Start::MidStream;
        let mut init = init(start);
        if made_up {
            (init.client, init.server) = (None, None);
        }
        capture.open(init).unwrap()
    });
    capture.set_name(conns[1], "Ada \"the first\"");
    for (session, conn) in sessions.iter().zip(conns) {
        // Only the first has its handshake; the last begins inside.
        let skipped = if conn == ConnId(0) { 0 } else { 2 };
        let mut heads = [0, 0];
        for chunk in &session.chunks {
            let lane = chunk.direction as usize;
            let head_len =
                session.stream(chunk.direction).windows(4).position(|w| w == b"\r\n\r\n").unwrap()
                    + 4;
            let mut bytes = &chunk.bytes[..];
            if skipped > 0 && heads[lane] < head_len {
                let skip = bytes.len().min(head_len - heads[lane]);
                heads[lane] += skip;
                bytes = &bytes[skip..];
            }
            capture.push(conn, chunk.direction, bytes, chunk.time_ns);
        }
        if conn == ConnId(2) {
            capture.gap(conn, Direction::ToClient, 1000, session.end_ns());
        }
        if conn != ConnId(1) {
            capture.end(conn, Direction::ToServer, End::Finished, session.end_ns());
            capture.end(conn, Direction::ToClient, End::Reset, session.end_ns());
        }
    }
    capture
}

fn assert_same(before: &Capture, after: &Capture) {
    assert_eq!(before.connections().len(), after.connections().len());
    for index in 0..before.connections().len() {
        let conn = ConnId(index as u32);
        assert_eq!(
            crate::support::frames(before, conn),
            crate::support::frames(after, conn),
            "{conn:?}"
        );
        let [old, new] = [before, after].map(|capture| capture.connection(conn).unwrap());
        assert_eq!(old.negotiated, new.negotiated);
        for direction in Direction::BOTH {
            let read = |capture: &Capture| {
                let mut bytes = Vec::new();
                let missing = capture.read(conn, direction, 0..u64::MAX, &mut bytes);
                (bytes, missing)
            };
            assert!(read(before) == read(after), "{conn:?} {direction:?}");
            assert_eq!(old.lane(direction).missing, new.lane(direction).missing);
            assert_eq!(old.lane(direction).close_code, new.lane(direction).close_code);
        }
    }
    let rules = |capture: &Capture| {
        let mut rules: Vec<_> = capture
            .findings()
            .iter()
            .map(|f| (f.conn, f.direction, f.rule, f.offset, f.len))
            .collect();
        rules.sort();
        rules
    };
    assert_eq!(rules(before), rules(after));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 2 } else { 60 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn native(seed: u64) {
        let before = capture_of(seed);
        let file = export(&before, ExportFormat::Native);
        let after = import(&file, Format::Native);
        assert_same(&before, &after);
        for (old, new) in before.connections().iter().zip(after.connections()) {
            prop_assert_eq!(&old.init, &new.init);
            prop_assert_eq!(&old.name, &new.name);
            if let Some(end) = old.lanes[0].end {
                prop_assert_eq!(Some(end), new.lanes[0].end);
            }
        }
        // Once more gives the same file.
        let again = export(&after, ExportFormat::Native);
        prop_assert!(export(&import(&again, Format::Native), ExportFormat::Native) == again);
    }

    #[test]
    fn pcapng(seed: u64) {
        let before = capture_of(seed);
        let after = import(&export(&before, ExportFormat::Pcapng), Format::Pcapng);
        assert_same(&before, &after);
        for (old, new) in before.connections().iter().zip(after.connections()) {
            prop_assert_eq!(&old.init.start, &new.init.start);
            prop_assert!(new.init.client.is_some());
        }
    }

    #[test]
    fn har(seed: u64) {
        let style = Style { messages: 8, max_len: 3000, deflate: seed.is_multiple_of(2), split: true };
        let session = Session::random(seed, style);
        let before = crate::support::capture(&session);
        let after = import(&export(&before, ExportFormat::Har), Format::Har);
        prop_assert_eq!(crate::support::messages(&after, ConnId(0)), session.messages);
        let control = |capture: &Capture| {
            let mut reader = framewright_capture::Reader::new();
            let frames = capture.frame_ids().map(framewright_capture::FrameId);
            let frames = frames.map(|id| capture.frame(id).unwrap());
            let control = frames.filter(|frame| frame.opcode().is_control());
            control
                .map(|frame| {
                    let content = reader.payload(capture, frame.id(), 0..u64::MAX).unwrap();
                    (frame.direction(), frame.opcode(), content.bytes.to_vec())
                })
                .collect::<Vec<_>>()
        };
        prop_assert_eq!(control(&before), control(&after));
        let handshake = |capture: &Capture| capture.connections()[0].handshake.clone().unwrap();
        let fields = |head: &framewright_capture::Head| {
            head.fields.iter().map(|f| (f.name.clone(), f.value.clone())).collect::<Vec<_>>()
        };
        let (old, new) = (handshake(&before), handshake(&after));
        prop_assert_eq!(fields(&old.request.unwrap()), fields(&new.request.unwrap()));
        prop_assert_eq!(fields(&old.response.unwrap()), fields(&new.response.unwrap()));
    }

    #[test]
    fn a_redaction_of_nothing_changes_no_message(seed: u64) {
        let style = Style { messages: 8, max_len: 3000, deflate: seed.is_multiple_of(2), split: true };
        let session = Session::random(seed, style);
        let before = crate::support::capture(&session);
        let after = Redaction::new().apply(&before);
        prop_assert_eq!(after.findings(), []);
        prop_assert_eq!(crate::support::messages(&after, ConnId(0)), session.messages);
    }
}

#[test]
fn one_connection_alone() {
    let before = capture_of(1);
    for format in [ExportFormat::Native, ExportFormat::Pcapng] {
        let mut out = Vec::new();
        let options = ExportOptions { connections: Some(vec![ConnId(1)]) };
        Exporter::new(format, options).run(&before, &mut out);
        let mut after = Capture::new(Limits::default());
        let mut importer = Importer::new(ImportOptions::default());
        importer.push(&mut after, &out).unwrap();
        importer.finish(&mut after).unwrap();
        assert_eq!(after.connections().len(), 1);
        assert_eq!(
            crate::support::frames(&before, ConnId(1)),
            crate::support::frames(&after, ConnId(0))
        );
    }
}

#[test]
fn hex_of_one_direction_can_be_pasted_again() {
    let mut before = Capture::new(Limits::default());
    let start = Start::Frames(Negotiated::default());
    let conn = before.open(ConnectionInit { start, ..Default::default() }).unwrap();
    before.push(conn, Direction::ToServer, b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 0);
    before.push(conn, Direction::ToServer, b"\x89\x80\x01\x02\x03\x04", 0);
    let text = export(&before, ExportFormat::Hex);
    let after = import(&text, Format::Hex);
    assert_same(&before, &after);
    assert!(
        String::from_utf8(text)
            .unwrap()
            .starts_with("# frame 0, connection 0, to the server: text, 5 bytes")
    );
}
