//! Packet captures: every link type and byte order, and TCP as networks really deliver it.
#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;

use crate::support::packets::{
    Packet, PacketBlock, PcapStyle, PcapngStyle, bytes, packets, pcap, pcapng,
};
use crate::support::random::Random;
use crate::support::session::{Session, Style};
use framewright_capture::codec::{FrameHeader, MAX_HEADER_LEN, Opcode};
use framewright_capture::{
    Capture, ConnId, Direction, End, Format, FrameId, ImportOptions, ImportReport, Importer,
    Limits, Source,
};
use proptest::prelude::*;

const STYLE: Style = Style { messages: 12, max_len: 5000, deflate: true, split: false };

fn v4() -> [SocketAddr; 2] {
    ["10.0.0.1:50000".parse().unwrap(), "10.0.0.2:8080".parse().unwrap()]
}

fn v6() -> [SocketAddr; 2] {
    ["[fe80::1]:50000".parse().unwrap(), "[fe80::2]:8080".parse().unwrap()]
}

fn import(file: &[u8], piece_len: usize) -> (Capture, ImportReport) {
    let mut capture = Capture::new(Limits::default());
    let mut importer = Importer::new(ImportOptions::default());
    for piece in file.chunks(piece_len) {
        importer.push(&mut capture, piece).unwrap();
    }
    let report = importer.finish(&mut capture).unwrap();
    (capture, report)
}

fn assert_same(capture: &Capture, conn: ConnId, session: &Session) {
    for direction in Direction::BOTH {
        let stream = crate::support::stream(capture, conn, direction);
        assert!(stream == session.stream(direction), "{direction:?}");
    }
    // Between packets of the two directions the order may differ, within one it may not.
    let (mut got, mut want) = (crate::support::messages(capture, conn), session.messages.clone());
    got.sort_by_key(|message| message.direction);
    want.sort_by_key(|message| message.direction);
    assert!(got == want);
    assert_eq!(
        capture.connections()[conn.0 as usize].negotiated.permessage_deflate,
        session.deflate
    );
}

fn in_frames(
    packets: &[Packet],
    addresses: [SocketAddr; 2],
    link_type: u32,
) -> Vec<(u64, Vec<u8>)> {
    packets.iter().map(|packet| (packet.time_ns, bytes(packet, addresses, link_type))).collect()
}

#[test]
fn every_link_type_in_both_formats_and_byte_orders() {
    let session = Session::random(7, STYLE);
    let packets = packets(&session, [1000, 2_000_000_000], 1460);
    let links =
        [(0, v4()), (1, v4()), (101, v4()), (108, v4()), (113, v4()), (276, v4()), (228, v4())];
    let links = links.into_iter().chain([
        (0, v6()),
        (1, v6()),
        (101, v6()),
        (113, v6()),
        (276, v6()),
        (229, v6()),
    ]);
    for (link_type, addresses) in links {
        let frames = in_frames(&packets, addresses, link_type);
        for big_endian in [false, true] {
            for nanoseconds in [false, true] {
                let file = pcap(&frames, link_type, PcapStyle { big_endian, nanoseconds }, 65_535);
                let (capture, report) = import(&file, 1000);
                assert_eq!(report.detection.format, Format::Pcap);
                assert_same(&capture, ConnId(0), &session);
                assert_eq!(capture.findings(), [], "link type {link_type}");
                let conn = &capture.connections()[0];
                assert_eq!(
                    (conn.init.client, conn.init.server),
                    (Some(addresses[0]), Some(addresses[1]))
                );
                let unit = if nanoseconds { 1 } else { 1000 };
                assert_eq!(conn.init.opened_ns, session.chunks[0].time_ns / unit * unit);
            }
            let style = PcapngStyle {
                big_endian,
                resolution: None,
                offset_s: None,
                block: PacketBlock::Enhanced,
            };
            let (capture, report) = import(&pcapng(&frames, link_type, style), 4096);
            assert_eq!(report.detection.format, Format::Pcapng);
            assert_same(&capture, ConnId(0), &session);
        }
    }
}

#[test]
fn times_of_every_resolution() {
    let session = Session::random(8, Style { messages: 2, ..STYLE });
    let frames = in_frames(&packets(&session, [0, 0], 1460), v4(), 1);
    let start_ns = session.chunks[0].time_ns;
    for (resolution, precision_ns) in [
        (None, 1000),
        (Some(0), 1_000_000_000),
        (Some(3), 1_000_000),
        (Some(6), 1000),
        (Some(9), 1),
        (Some(0x80 | 20), 1000),
    ] {
        for offset_s in [None, Some(1_000_000_000), Some(-5)] {
            let style = PcapngStyle {
                big_endian: false,
                resolution,
                offset_s,
                block: PacketBlock::Enhanced,
            };
            let (capture, _) = import(&pcapng(&frames, 1, style), usize::MAX);
            let opened_ns = capture.connections()[0].init.opened_ns;
            assert!(
                start_ns - opened_ns <= precision_ns,
                "{resolution:?} {offset_s:?}: {opened_ns}"
            );
        }
    }
    let style = PcapngStyle {
        big_endian: true,
        resolution: None,
        offset_s: None,
        block: PacketBlock::Simple,
    };
    let (capture, _) = import(&pcapng(&frames, 1, style), usize::MAX);
    assert_same(&capture, ConnId(0), &session);
    assert_eq!(capture.frame(FrameId(0)).unwrap().time_ns(), 0);
}

#[test]
fn packets_in_obsolete_blocks_are_read() {
    let session = Session::random(8, STYLE);
    let frames = in_frames(&packets(&session, [0, 0], 1460), v4(), 1);
    for (big_endian, resolution) in [(false, None), (true, Some(9))] {
        let style =
            PcapngStyle { big_endian, resolution, offset_s: None, block: PacketBlock::Obsolete };
        let file = pcapng(&frames, 1, style);
        let (capture, report) = import(&file, 1000);
        assert_same(&capture, ConnId(0), &session);
        let unit = if resolution.is_none() { 1000 } else { 1 };
        let opened_ns = session.chunks[0].time_ns / unit * unit;
        assert_eq!(capture.connections()[0].init.opened_ns, opened_ns);
        assert_eq!(report.notes[0], format!("{} packets", frames.len()));
    }
}

#[test]
fn a_capture_without_packets_says_so() {
    let style = PcapngStyle {
        big_endian: false,
        resolution: None,
        offset_s: None,
        block: PacketBlock::Enhanced,
    };
    let (_, report) = import(&pcapng(&[], 1, style), 1000);
    assert_eq!(report.notes, ["0 packets"]);
    let style = PcapStyle { big_endian: false, nanoseconds: false };
    let (_, report) = import(&pcap(&[], 1, style, 65_535), 1000);
    assert_eq!(report.notes, ["0 packets"]);
}

#[test]
fn a_new_section_starts_with_new_interfaces() {
    let (one, other) = (Session::random(1, STYLE), Session::random(2, STYLE));
    let style = PcapngStyle {
        big_endian: false,
        resolution: None,
        offset_s: None,
        block: PacketBlock::Enhanced,
    };
    let mut file = pcapng(&in_frames(&packets(&one, [1, 2], 1460), v4(), 1), 1, style);
    let style = PcapngStyle { big_endian: true, resolution: Some(9), ..style };
    file.extend(pcapng(&in_frames(&packets(&other, [1, 2], 1460), v6(), 101), 101, style));
    let (capture, _) = import(&file, 777);
    assert_same(&capture, ConnId(0), &one);
    assert_same(&capture, ConnId(1), &other);
}

/// Makes packets arrive late, twice, or cut differently, as networks do.
fn disturb(packets: &[Packet], random: &mut Random) -> Vec<Packet> {
    let mut out: Vec<Packet> = Vec::new();
    for (index, packet) in packets.iter().enumerate() {
        let mut packet = packet.clone();
        // Sent again together with what came before it.
        if let Some(before) = index.checked_sub(1).map(|index| &packets[index])
            && random.chance(6)
            && before.direction == packet.direction
            && !before.payload.is_empty()
            && !packet.syn
        {
            let back = 1 + random.below(before.payload.len());
            let tail = &before.payload[before.payload.len() - back..];
            packet.payload = [tail, &packet.payload].concat();
            packet.sequence = packet.sequence.wrapping_sub(back as u32);
        }
        out.push(packet.clone());
        if random.chance(8) {
            out.push(packet);
        }
    }
    // Late by up to five places.
    for index in (4..out.len()).rev() {
        if random.chance(4) {
            let back = 1 + random.below(5);
            let to = index.saturating_sub(back).max(3);
            out.swap(index, to);
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 2 } else { 200 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn reordered_repeated_and_overlapping_segments_make_the_same_streams(
        seed: u64,
        first: [u32; 2],
        segment_len in 20..2000_usize,
    ) {
        let session = Session::random(seed, Style { messages: 6, max_len: 3000, ..STYLE });
        let packets = disturb(&packets(&session, first, segment_len), &mut Random::new(seed));
        let file = pcap(
            &in_frames(&packets, v4(), 1),
            1,
            PcapStyle { big_endian: false, nanoseconds: true },
            65_535,
        );
        let (capture, _) = import(&file, 10_000);
        assert_same(&capture, ConnId(0), &session);
        prop_assert_eq!(capture.findings(), []);
    }

    #[test]
    fn lost_segments_are_gaps_and_nothing_is_made_up(seed: u64, first: [u32; 2]) {
        lose_segments(seed, first);
    }
}

#[test]
fn a_frames_last_bytes_are_no_frame_even_if_they_look_like_one() {
    lose_segments(14_936_813_464_456_702_941, [0, 0]);
}

fn lose_segments(seed: u64, first: [u32; 2]) {
    let style = Style { messages: 20, max_len: 3000, deflate: seed.is_multiple_of(2), ..STYLE };
    let session = Session::random(seed, style);
    let mut random = Random::new(seed);
    let all = packets(&session, first, 500);
    let mut lost = [0_u64; 2];
    // The handshakes stay: 3 packets of TCP's, and at least one for each head.
    let kept: Vec<_> = all
        .iter()
        .enumerate()
        .filter(|(index, packet)| {
            let lose = *index > 5 && !packet.payload.is_empty() && random.chance(10);
            if lose {
                lost[packet.direction as usize] += packet.payload.len() as u64;
            }
            !lose
        })
        .map(|(_, packet)| packet.clone())
        .collect();
    let file = pcap(
        &in_frames(&kept, v4(), 1),
        1,
        PcapStyle { big_endian: false, nanoseconds: true },
        65_535,
    );
    let (capture, _) = import(&file, 10_000);
    let conn = &capture.connections()[0];
    for direction in Direction::BOTH {
        let lane = conn.lane(direction);
        let missing: u64 = lane.missing.iter().map(|missing| missing.len).sum();
        assert_eq!(missing, lost[direction as usize], "{:?}", direction);
        let want = session.stream(direction);
        assert_eq!(lane.stream_len, want.len() as u64);
        let mut got = Vec::new();
        capture.read(ConnId(0), direction, 0..u64::MAX, &mut got);
        for missing in &lane.missing {
            got[missing.offset as usize..][..missing.len as usize]
                .copy_from_slice(&want[missing.offset as usize..][..missing.len as usize]);
        }
        assert!(got == want);
    }
    // What is read is what was said.
    let mut reader = framewright_capture::Reader::new();
    for id in capture.message_ids().map(framewright_capture::MessageId) {
        let message = capture.message(id).unwrap();
        let content = reader.message(&capture, id).unwrap();
        if message.state() == framewright_capture::MessageState::Complete
            && content.missing.is_empty()
            && content.form != framewright_capture::MessageForm::BytesMissing
            && message.content_len().is_some()
            && message.opcode() != framewright_capture::codec::Opcode::Continuation
        {
            let said = session.messages.iter().any(|said| said.content == content.bytes);
            assert!(said, "{:?}", content);
        }
    }
}

#[test]
fn packets_cut_short_by_the_recorder_leave_gaps() {
    let session =
        Session::random(3, Style { messages: 60, max_len: 3000, deflate: false, split: false });
    let frames = in_frames(&packets(&session, [5, 6], 1460), v4(), 1);
    let file = pcap(&frames, 1, PcapStyle { big_endian: false, nanoseconds: false }, 400);
    let (capture, report) = import(&file, 4096);
    let conn = &capture.connections()[0];
    for direction in Direction::BOTH {
        assert_eq!(conn.lane(direction).stream_len, session.stream(direction).len() as u64);
    }
    // Every boundary is known: headers come first in their packets.
    assert_eq!(capture.frame_ids().len(), session.frames);
    assert!(conn.lanes.iter().any(|lane| !lane.missing.is_empty()));
    assert!(report.notes.iter().any(|note| note.contains("cut short")), "{:?}", report.notes);
}

#[test]
fn a_capture_begun_inside_a_connection_finds_its_frames() {
    let session =
        Session::random(4, Style { messages: 40, max_len: 500, deflate: false, split: false });
    let all = packets(&session, [5, 6], 1460);
    for skipped in [10, 15, 20] {
        let frames = in_frames(&all[skipped..], v4(), 1);
        let file = pcap(&frames, 1, PcapStyle { big_endian: false, nanoseconds: false }, 65_535);
        let (capture, _) = import(&file, 4096);
        assert_eq!(capture.connections().len(), 1);
        let conn = &capture.connections()[0];
        assert_eq!(conn.init.client, Some(v4()[0]));
        assert_eq!(capture.frame_ids().len(), session.frames + 5 - skipped, "{skipped}");
    }
}

/// An unmasked frame of a whole binary message.
fn binary(len: usize) -> Vec<u8> {
    let header = FrameHeader {
        fin: true,
        rsv1: false,
        rsv2: false,
        rsv3: false,
        opcode: Opcode::Binary,
        masking_key: None,
        payload_len: len as u64,
    };
    let mut bytes = [0; MAX_HEADER_LEN];
    let header_len = header.encode(&mut bytes);
    [&bytes[..header_len], &vec![b'a'; len]].concat()
}

/// The packets of a connection begun before the capture.
fn mid_stream(parts: &[(Direction, Vec<u8>)]) -> Vec<Packet> {
    let mut next = [1, 1];
    parts
        .iter()
        .enumerate()
        .map(|(index, (direction, payload))| {
            let side = *direction as usize;
            let sequence = next[side];
            next[side] += payload.len() as u32;
            let (acknowledged, time_ns) = (next[1 - side], index as u64 * 1_000_000_000);
            let (direction, payload) = (*direction, payload.clone());
            let (syn, fin, rst) = (false, false, false);
            Packet { direction, sequence, acknowledged, syn, fin, rst, payload, time_ns }
        })
        .collect()
}

fn import_packets(packets: &[Packet]) -> (Capture, ImportReport) {
    let style = PcapStyle { big_endian: false, nanoseconds: true };
    import(&pcap(&in_frames(packets, v4(), 1), 1, style, 65_535), 4096)
}

fn in_segments(direction: Direction, frames: &[Vec<u8>]) -> Vec<(Direction, Vec<u8>)> {
    let segments = frames.iter().flat_map(|frame| frame.chunks(1460));
    segments.map(|segment| (direction, segment.to_vec())).collect()
}

#[test]
fn a_capture_begun_late_finds_frames_longer_than_a_segment() {
    for (count, len) in [(200, 1000), (200, 10_000), (200, 100_000), (2, 10_000)] {
        let parts = in_segments(Direction::ToClient, &vec![binary(len); count]);
        let (capture, _) = import_packets(&mid_stream(&parts));
        assert_eq!(capture.frame_ids().len(), count, "{len}");
        assert_eq!(capture.connections()[0].init.client, Some(v4()[0]));
        assert_eq!(capture.findings(), []);
        let second_ns = (len / 1460 + 1) as u64 * 1_000_000_000;
        assert_eq!(capture.frame(FrameId(1)).unwrap().time_ns(), second_ns);
    }
}

#[test]
fn a_capture_begun_inside_a_long_message_finds_the_frames_behind_it() {
    let segments = in_segments(Direction::ToClient, &[binary(1 << 20)]);
    let mut parts = segments[1..].to_vec();
    // Meanwhile the client is found, and what the server sends is still no frame.
    for index in [100, 200, 300] {
        parts.insert(index, (Direction::ToServer, b"\x89\x80abcd".to_vec()));
    }
    parts.extend(in_segments(Direction::ToClient, &vec![binary(50); 10]));
    let (capture, _) = import_packets(&mid_stream(&parts));
    let lanes = &capture.connections()[0].lanes;
    assert_eq!((lanes[0].frames, lanes[1].frames), (3, 10));
}

#[test]
fn too_few_frames_to_be_sure_are_shown_at_the_end() {
    let text = [&b"\x81\x05"[..], b"Hello"].concat();
    for frames in [vec![text], vec![[binary(5), binary(6)].concat()]] {
        let parts = in_segments(Direction::ToClient, &frames);
        let (capture, _) = import_packets(&mid_stream(&parts));
        assert_eq!(capture.connections().len(), 1);
        assert_eq!(capture.findings(), []);
    }
    // A lone frame that says nothing, too: every 4000th chunk of random bytes is one.
    let parts = in_segments(Direction::ToClient, &[binary(5)]);
    assert!(import_packets(&mid_stream(&parts)).0.connections().is_empty());
    // A lone header that goes beyond what is there could be anything.
    let (capture, report) =
        import_packets(&mid_stream(&[(Direction::ToClient, binary(9)[..9].to_vec())]));
    assert!(capture.connections().is_empty(), "{:?}", report.notes);
}

#[test]
fn other_traffic_begun_before_the_capture_is_not_shown() {
    let both = |bytes: &[u8]| vec![[bytes.to_vec(), bytes.to_vec()]; 20];
    let mut random = Random::new(1);
    let mut noise = || (0..1460).map(|_| random.next() as u8).collect::<Vec<u8>>();
    let streams = [
        // Both directions masked, and none.
        both(b"\x81\x82abcdhi"),
        both(&binary(5)),
        // DNS, and others with a length before each message.
        both(&[&[0, 42][..], &[b'x'; 42]].concat()),
        both(&[&[0, 0, 0, 42][..], &[b'x'; 42]].concat()),
        both(b"A1 FETCH 1 ALL\r\n"),
        both(&[0; 1460]),
        (0..1000).map(|_| [noise(), noise()]).collect(),
    ];
    for (index, turns) in streams.into_iter().enumerate() {
        let turns = turns.into_iter();
        let parts: Vec<_> = turns.flat_map(|turn| Direction::BOTH.into_iter().zip(turn)).collect();
        let (capture, report) = import_packets(&mid_stream(&parts));
        assert!(capture.connections().is_empty(), "{index}");
        assert!(report.notes.iter().any(|note| note.contains("something else")), "{index}");
    }
}

#[test]
fn compressed_messages_of_a_capture_begun_late_are_never_made_up() {
    for seed in 0..30 {
        let style = Style { messages: 60, max_len: 300, deflate: true, split: false };
        let session = Session::random(seed, style);
        let all = packets(&session, [5, 6], 1460);
        let frames = in_frames(&all[40..], v4(), 1);
        let file = pcap(&frames, 1, PcapStyle { big_endian: false, nanoseconds: false }, 65_535);
        let (capture, _) = import(&file, 4096);
        let mut reader = framewright_capture::Reader::new();
        for id in capture.message_ids().map(framewright_capture::MessageId) {
            let content = reader.message(&capture, id).unwrap();
            if content.form == framewright_capture::MessageForm::Inflated {
                assert!(session.messages.iter().any(|said| said.content == content.bytes));
            }
        }
    }
}

#[test]
fn two_connections_between_the_same_ports_one_after_the_other() {
    let (one, other) = (Session::random(1, STYLE), Session::random(2, STYLE));
    let mut all = packets(&one, [1000, 2000], 1460);
    // The first ends without FIN.
    all.truncate(all.len() - 2);
    all.extend(packets(&other, [9_000_000, 8_000_000], 1460));
    let file = pcap(
        &in_frames(&all, v4(), 1),
        1,
        PcapStyle { big_endian: false, nanoseconds: true },
        65_535,
    );
    let (capture, _) = import(&file, 4096);
    assert_same(&capture, ConnId(0), &one);
    assert_same(&capture, ConnId(1), &other);
    assert_eq!(capture.connections()[0].lanes[0].end.unwrap().0, End::Reset);
    assert_eq!(capture.connections()[1].lanes[0].end.unwrap().0, End::Finished);
}

#[test]
fn requests_before_the_upgrade_are_passed_over() {
    let mut session = Session::random(5, STYLE);
    let time_ns = session.chunks[0].time_ns;
    let chunk = |direction, text: &str| crate::support::session::Chunk {
        direction,
        bytes: text.as_bytes().to_vec(),
        time_ns,
    };
    let before = [
        chunk(Direction::ToServer, "GET /page HTTP/1.1\r\nHost: h\r\n\r\n"),
        chunk(Direction::ToClient, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        chunk(Direction::ToServer, "GET /chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n"),
        chunk(Direction::ToClient, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
    ];
    let whole = Session {
        chunks: before.into_iter().chain(session.chunks.clone()).collect(),
        ..session.clone()
    };
    let frames = in_frames(&packets(&whole, [1, 2], 1460), v4(), 1);
    let file = pcap(&frames, 1, PcapStyle { big_endian: false, nanoseconds: true }, 65_535);
    let (capture, _) = import(&file, 4096);
    session.deflate = whole.deflate;
    assert_eq!(capture.connections().len(), 2);
    assert!(!capture.connections()[0].handshake.as_ref().unwrap().accepted);
    assert_same(&capture, ConnId(1), &session);
}

#[test]
fn other_traffic_is_counted_not_shown() {
    let mut session = Session::random(5, STYLE);
    let text = |text: &[u8]| text.to_vec();
    let kinds = [
        (text(b"\x16\x03\x01\x02\x00\x01\x00"), "A TLS connection to 10.0.0.2:8080 can't be read"),
        (text(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"), "HTTP without an upgrade"),
        (text(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "HTTP/2"),
        (text(b"220 mail.example.org ESMTP\r\n"), "something else"),
    ];
    for (bytes, note) in kinds {
        session.chunks.truncate(1);
        session.chunks[0].bytes = bytes;
        let frames = in_frames(&packets(&session, [1, 2], 1460), v4(), 1);
        let file = pcap(&frames, 1, PcapStyle { big_endian: false, nanoseconds: true }, 65_535);
        let (capture, report) = import(&file, 4096);
        assert!(capture.connections().is_empty());
        let said = [report.notes, report.unread].concat();
        assert!(said.iter().any(|have| have.contains(note)), "{note}: {said:?}");
    }
}

/// etherparse's iterator over extension headers trusts lengths that its lax parser has not checked.
#[test]
fn ipv6_extension_headers_that_are_cut_off_are_not_read() {
    const FRAGMENT: [u8; 8] = [60, 0, 0, 1, 0, 0, 0, 7];
    // Options for the destination, whose length is beyond the packet.
    const OPTIONS: [u8; 8] = [6, 200, 0, 0, 0, 0, 0, 0];
    for (first, extensions, note) in [
        (60, OPTIONS[..].to_vec(), "1 packet, of them 1 IP protocol 60"),
        (60, OPTIONS[..1].to_vec(), "1 packet, of them 1 IP protocol 60"),
        (44, [&FRAGMENT[..], &OPTIONS].concat(), "1 packet"),
        (44, [&FRAGMENT[..], &OPTIONS[..1]].concat(), "1 packet"),
        (44, FRAGMENT[..3].to_vec(), "1 packet, of them 1 IP protocol 44"),
    ] {
        let len = (extensions.len() as u16).to_be_bytes();
        let head = [0x60, 0, 0, 0, len[0], len[1], first, 64];
        let packet = [&head[..], &[1; 32], &extensions].concat();
        let style = PcapStyle { big_endian: false, nanoseconds: false };
        let (_, report) = import(&pcap(&[(0, packet)], 101, style, 65_535), 1000);
        assert_eq!(report.notes[0], note, "{extensions:?}");
    }
}

#[test]
fn a_file_that_breaks_off_keeps_what_came_before() {
    let session = Session::random(6, STYLE);
    let frames = in_frames(&packets(&session, [1, 2], 1460), v4(), 1);
    let style = PcapngStyle {
        big_endian: false,
        resolution: Some(9),
        offset_s: None,
        block: PacketBlock::Enhanced,
    };
    let file = pcapng(&frames, 1, style);
    let (capture, report) = import(&file[..file.len() * 2 / 3], 4096);
    assert!(capture.frame_ids().len() > session.frames / 3);
    assert_eq!(capture.connections()[0].init.source, Source::Wire);
    assert!(
        report.notes.iter().any(|note| note.contains("ends inside a block")),
        "{:?}",
        report.notes
    );

    // Broken in the middle: an error that says where, and what came before it stays.
    let mut broken = file.clone();
    let middle = file.len() / 2 / 4 * 4;
    broken[middle..middle + 64].fill(0xff);
    let mut capture = Capture::new(Limits::default());
    let mut importer = Importer::new(ImportOptions::default());
    let pushed = importer.push(&mut capture, &broken);
    let finished = importer.finish(&mut capture);
    if pushed.is_err() {
        assert!(finished.is_err());
    }
    assert!(capture.frame_ids().len() > 5);
}
