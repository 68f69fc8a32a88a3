//! Files made to cost much: each importer's own limits, seen from outside.

use std::fmt::Write;
use std::net::SocketAddr;

use framewright_capture::codec::deflate::{CompressOptions, Compressor, ContextParams};
use framewright_capture::{
    Capture, ConnId, Direction, ImportError, ImportOptions, ImportReport, Importer, Limits,
};

use crate::support::packets::{Packet, PcapStyle, bytes, pcap};

use Direction::{ToClient, ToServer};

const ETHERNET: u32 = 1;
const IP: u32 = 101;
const STYLE: PcapStyle = PcapStyle { big_endian: false, nanoseconds: true };

fn import(file: &[u8]) -> Result<(Capture, ImportReport), ImportError> {
    let mut capture = Capture::new(Limits::default());
    let mut importer = Importer::new(ImportOptions::default());
    importer.push(&mut capture, file)?;
    let report = importer.finish(&mut capture)?;
    Ok((capture, report))
}

fn of_packets(link_type: u32, packets: Vec<Vec<u8>>) -> Vec<u8> {
    let packets: Vec<_> = packets.into_iter().map(|packet| (1, packet)).collect();
    pcap(&packets, link_type, STYLE, 1 << 16)
}

fn addresses(port: u16) -> [SocketAddr; 2] {
    [([10, 0, 0, 1], port).into(), ([10, 0, 0, 2], 80).into()]
}

fn segment(direction: Direction, sequence: u32, payload: &[u8]) -> Packet {
    let payload = payload.to_vec();
    let (syn, fin, rst, time_ns) = (false, false, false, 1);
    Packet { direction, sequence, acknowledged: 0, syn, fin, rst, payload, time_ns }
}

fn in_ip(segment: &Packet, port: u16) -> Vec<u8> {
    bytes(segment, addresses(port), IP)
}

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// What both sides send, in turns, as packets of one connection from its start.
fn conversation(parts: &[(Direction, &str)]) -> Vec<Vec<u8>> {
    let mut next = [1, 1];
    let syn =
        |direction, acknowledged| Packet { syn: true, acknowledged, ..segment(direction, 0, b"") };
    let mut packets = vec![in_ip(&syn(ToServer, 0), 50_000), in_ip(&syn(ToClient, 1), 50_000)];
    for &(direction, text) in parts {
        let side = direction as usize;
        let sent = segment(direction, next[side], text.as_bytes());
        packets.push(in_ip(&Packet { acknowledged: next[1 - side], ..sent }, 50_000));
        next[side] += text.len() as u32;
    }
    packets
}

#[test]
fn kinds_of_packets_are_named_up_to_a_number() {
    let packets = (0..200_u16).map(|kind| [&[2; 12][..], &(0x9000 + kind).to_be_bytes()].concat());
    let (_, report) = import(&of_packets(ETHERNET, packets.collect())).unwrap();
    let note = &report.notes[0];
    assert!(note.starts_with("200 packets, of them 136 others, "), "{note}");
    assert_eq!(note.split(", ").count(), 2 + 64);
}

#[test]
fn packets_within_packets_end_at_some_depth() {
    let mut packet = in_ip(&segment(ToServer, 1, b"hello"), 50_000);
    for _ in 0..20 {
        let len = (20 + packet.len() as u16).to_be_bytes();
        // IP in IP.
        let head = [0x45, 0, len[0], len[1], 0, 0, 0, 0, 64, 4, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        packet = [&head[..], &packet].concat();
    }
    let (_, report) = import(&of_packets(IP, vec![packet])).unwrap();
    assert!(report.notes[0].ends_with("1 packets within packets, too deep"), "{:?}", report.notes);
}

/// A packet in two fragments, of which each may be one of fragments itself.
fn fragmented(packets: Vec<Vec<u8>>, ids: &mut u16) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for packet in packets {
        *ids += 1;
        let cut = packet.len() / 16 * 8;
        for (part, offset, has_more) in
            [(&packet[..cut], 0, true), (&packet[cut..], cut / 8, false)]
        {
            let len = (20 + part.len() as u16).to_be_bytes();
            let [id, place] =
                [*ids, u16::from(has_more) << 13 | offset as u16].map(u16::to_be_bytes);
            let head = [
                [0x45, 0, len[0], len[1], id[0], id[1], place[0], place[1], 64, 4],
                [0, 0, 10, 0, 0, 1, 10, 0, 0, 2],
            ];
            out.push([&head.concat()[..], part].concat());
        }
    }
    out
}

#[test]
fn fragments_within_fragments_end_at_some_depth() {
    for (depth, expected) in [(2, true), (4, true), (5, false), (7, false)] {
        let mut packets = vec![in_ip(&segment(ToServer, 1, b"hello"), 50_000)];
        let mut ids = 0;
        for _ in 0..depth {
            packets = fragmented(packets, &mut ids);
        }
        let (_, report) = import(&of_packets(IP, packets)).unwrap();
        let is_read = report.notes.iter().any(|note| note.contains("TCP connection"));
        assert_eq!(is_read, expected, "{depth}: {:?}", report.notes);
    }
}

#[test]
fn packets_that_lack_fragments_are_held_up_to_a_number() {
    let first = |id: u16| {
        let id = id.to_be_bytes();
        let head = [0x45, 0, 0, 28, id[0], id[1], 0x20, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        [&head[..], &[7; 8]].concat()
    };
    let (_, report) = import(&of_packets(IP, (0..3000).map(first).collect())).unwrap();
    assert!(
        report.notes.contains(&"1024 IP packets lack fragments".to_owned()),
        "{:?}",
        report.notes
    );
}

#[test]
fn interfaces_are_taken_up_to_a_number() {
    let section = b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0";
    let interface = b"\x01\0\0\0\x14\0\0\0\x01\0\0\0\0\0\0\0\x14\0\0\0".repeat((1 << 16) + 3);
    let (_, report) = import(&[&section[..], &interface].concat()).unwrap();
    assert_eq!(report.notes, ["0 packets", "3 blocks can't be read and were skipped"]);
}

#[test]
fn records_and_blocks_have_a_longest_length() {
    let mut file = of_packets(IP, vec![]);
    file.extend([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 4, 1, 0, 0, 4]);
    assert!(matches!(import(&file), Err(ImportError::Malformed { .. })));
    let section = b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0";
    let file = [&section[..], b"\x06\0\0\0\x04\0\0\x04"].concat();
    assert!(matches!(import(&file), Err(ImportError::Malformed { .. })));
    // A flow of mitmproxy.
    let flow = b"9:websocket;0:~";
    let file = [&b"99999999999:"[..], flow].concat();
    let mut importer = Importer::new(ImportOptions {
        format: Some(framewright_capture::Format::Mitmproxy),
        ..ImportOptions::default()
    });
    let mut capture = Capture::new(Limits::default());
    assert!(matches!(
        importer.push(&mut capture, &file),
        Err(ImportError::Malformed { .. } | ImportError::TooLong { .. })
    ));
}

/// Encrypted connections without their start, each to a server of its own.
fn encrypted(count: u16) -> Vec<Vec<u8>> {
    let record = [&[0x17, 3, 3, 0, 40][..], &[9; 40]].concat();
    let packet = |index: u16| {
        let [high, low] = index.to_be_bytes();
        let ends = [([10, 0, 0, 1], 50_000).into(), ([10, 1, high, low], 443).into()];
        bytes(&segment(ToServer, 1, &record), ends, IP)
    };
    (0..count).map(packet).collect()
}

#[test]
fn servers_are_named_up_to_a_number() {
    let (_, report) = import(&of_packets(IP, encrypted(100))).unwrap();
    let unread = report.unread;
    assert_eq!(unread.len(), 13, "{unread:?}");
    assert_eq!(unread[12], "88 more TLS connections can't be read.");
}

#[test]
fn what_comes_after_a_hole_is_held_up_to_a_length() {
    let mut packets = conversation(&[(ToServer, REQUEST), (ToClient, RESPONSE)]);
    let start = 1 + RESPONSE.len() as u32;
    let frame = [&[0x82, 126, 0xea, 0x60 - 4][..], &[7; 60_000 - 4]].concat();
    // The first is missing, and nothing says that the receiver has it.
    for index in 1..300 {
        packets.push(in_ip(&segment(ToClient, start + index * 60_000, &frame), 50_000));
    }
    let mut capture = Capture::new(Limits::default());
    let mut importer = Importer::new(ImportOptions::default());
    importer.push(&mut capture, &of_packets(IP, packets)).unwrap();
    assert!(capture.frame_ids().len() > 200, "{:?}", capture.frame_ids());
}

#[test]
fn what_comes_after_an_acknowledged_hole_is_held_up_to_a_number() {
    for (held, expected) in [(16, 0), (17, 17)] {
        let mut packets = conversation(&[(ToServer, REQUEST), (ToClient, RESPONSE)]);
        let start = 1 + RESPONSE.len() as u32;
        // The receiver has the first, which is missing, and some of those after it.
        let acknowledged =
            Packet { acknowledged: start + 9, ..segment(ToServer, 1 + REQUEST.len() as u32, b"") };
        packets.push(in_ip(&acknowledged, 50_000));
        for index in 0..held {
            packets.push(in_ip(&segment(ToClient, start + 3 + 3 * index, b"\x81\x01a"), 50_000));
        }
        let mut capture = Capture::new(Limits::default());
        let mut importer = Importer::new(ImportOptions::default());
        importer.push(&mut capture, &of_packets(IP, packets)).unwrap();
        assert_eq!(capture.frame_ids().len(), expected, "{held}");
    }
}

#[test]
fn what_is_far_ahead_belongs_to_another_connection() {
    let stream_len = |packet: Packet| {
        let mut packets = conversation(&[(ToServer, REQUEST), (ToClient, RESPONSE)]);
        packets.push(in_ip(&packet, 50_000));
        let (capture, _) = import(&of_packets(IP, packets)).unwrap();
        // With the gaps that are in it.
        capture.connection(ConnId(0)).unwrap().lane(ToClient).stream_len
    };
    // Bytes, and word of the client that it got them.
    let bytes = |far| segment(ToClient, far, b"\x81\x01a");
    let word = |far| {
        let sent = 1 + REQUEST.len() as u32;
        Packet { acknowledged: far, ..segment(ToServer, sent, b"") }
    };
    let (near, far) = (1_000_000_000, 1_500_000_000);
    assert_eq!(stream_len(bytes(near)), u64::from(near) - 1 + 3);
    assert_eq!(stream_len(word(near)), u64::from(near) - 1);
    assert_eq!(stream_len(bytes(far)), RESPONSE.len() as u64);
    assert_eq!(stream_len(word(far)), RESPONSE.len() as u64);
}

/// A gzip of so many megabytes of zeros.
fn bomb(megabytes: usize) -> Vec<u8> {
    let mut compressor = Compressor::new(
        ContextParams { context_takeover: false, ..ContextParams::default() },
        CompressOptions::default(),
    );
    let mut part = Vec::new();
    compressor.compress(&vec![0; 1 << 20], true, &mut part);
    part.extend([0, 0, 0xff, 0xff]);
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255][..], &part.repeat(megabytes)].concat()
}

#[cfg(feature = "full")]
#[test]
fn what_unpacks_to_far_more_than_it_is_is_refused() {
    assert_eq!(import(&bomb(80)).unwrap_err(), ImportError::Bomb { limit: 64 << 20 });
}

/// A file as a gzip of one stored block, without its end.
fn gzip(file: &[u8]) -> Vec<u8> {
    let len = file.len() as u16;
    let lens = [len.to_le_bytes(), (!len).to_le_bytes()].concat();
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 0][..], &lens, file].concat()
}

#[cfg(feature = "full")]
#[test]
fn files_are_unpacked_to_some_depth() {
    let mut file = of_packets(IP, conversation(&[(ToServer, REQUEST), (ToClient, RESPONSE)]));
    for depth in 1..6 {
        file = gzip(&file);
        let read = import(&file).map(|(capture, _)| capture.connections().len());
        let expected = if depth <= 3 { Ok(1) } else { Err(ImportError::Packed { by: "gzip" }) };
        assert_eq!(read, expected, "{depth}");
    }
}

/// A zip of stored files.
fn zip(files: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let (mut out, mut table, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (index, file) in files.enumerate() {
        let (at, name) = (out.len() as u32, format!("{index:05}.cap"));
        // CRC, two lengths, lengths of name and extra field.
        let about = [
            &[0; 4][..],
            &(file.len() as u32).to_le_bytes(),
            &(file.len() as u32).to_le_bytes(),
            &[name.len() as u8, 0, 0, 0],
        ]
        .concat();
        out.extend(
            [b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0", &about[..], name.as_bytes(), &file].concat(),
        );
        table.extend(
            [
                b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0",
                &about[..],
                &[0; 10],
                &at.to_le_bytes(),
                name.as_bytes(),
            ]
            .concat(),
        );
        count += 1;
    }
    let end = [
        &b"PK\x05\x06\0\0\0\0"[..],
        &count.to_le_bytes(),
        &count.to_le_bytes(),
        &(table.len() as u32).to_le_bytes(),
        &(out.len() as u32).to_le_bytes(),
        &[0, 0],
    ];
    [&out[..], &table, &end.concat()].concat()
}

#[cfg(feature = "full")]
#[test]
fn files_of_an_archive_are_read_and_named_up_to_a_number() {
    let file = of_packets(IP, vec![]);
    let (_, report) = import(&zip((0..1100).map(|_| file.clone()))).unwrap();
    assert_eq!(report.notes.len(), 9, "{:?}", report.notes);
    assert_eq!(report.notes[8], "992 more captures");
}

#[cfg(feature = "full")]
#[test]
fn a_window_too_large_is_refused() {
    // RFC 8878 §3.1.1: a frame with a window, and its last block as it is.
    let frame = |window: u8| {
        let block = [&[9 | 5 << 3, 0, 0][..], b"hello"].concat();
        [&[0x28, 0xb5, 0x2f, 0xfd, 0, window][..], &block].concat()
    };
    let refused = |window| matches!(import(&frame(window)), Err(ImportError::BadPacking { .. }));
    // 1 MiB, and 1 GiB.
    assert!(!refused(10 << 3));
    assert!(refused(20 << 3));
}

#[test]
fn fields_and_files_of_archives_are_taken_up_to_a_number() {
    // Fields of HTTP/2, which aren't written as a head of HTTP/1.
    let mut fields = r#"{"name":":method","value":"CONNECT"},"#.to_owned();
    for index in 0..3000 {
        let _ = write!(fields, r#"{{"name":"x{index}","value":"1"}},"#);
    }
    let mut entries = String::new();
    for index in 0..50 {
        let fields = if index == 0 { fields.trim_end_matches(',') } else { "" };
        let _ = write!(
            entries,
            r#"{{"_resourceType":"websocket","request":{{"url":"ws://h/","headers":[{fields}]}},
            "response":{{"content":{{"_file":"{index}.jsonl"}}}},"_webSocketMessages":[]}},"#
        );
    }
    let har = format!(r#"{{"log":{{"entries":[{}]}}}}"#, entries.trim_end_matches(','));
    let (capture, report) = import(har.as_bytes()).unwrap();
    let files = report.notes.iter().filter(|note| note.contains(".jsonl")).count();
    assert_eq!(files, 20, "{:?}", report.notes);
    let handshake = capture.connection(ConnId(0)).unwrap().handshake.as_ref().unwrap();
    let fields = handshake.request.as_ref().unwrap().fields.len();
    assert_eq!(fields, 1024);
}
