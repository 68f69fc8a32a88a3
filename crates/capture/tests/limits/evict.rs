//! Memory stays within the limit, and what is evicted disturbs nothing that is held.
#![allow(clippy::unwrap_used)]

use framewright_capture::codec::deflate::{CompressOptions, Compressor, ContextParams};
use framewright_capture::{
    Capture, ConnId, ConnectionInit, DeflateParams, Direction, End, ExportFormat, ExportOptions,
    Exporter, FrameId, ImportOptions, Importer, Limits, MessageForm, MessageId, Negotiated, Reader,
    Redaction, Rule, Start,
};

use Direction::{ToClient, ToServer};

const LIMIT: u64 = 1 << 20;
const REQUEST: &[u8] =
    b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

/// Findings count too: few, so that the numbers below are those of frames.
fn limited() -> Capture {
    Capture::new(Limits { max_kept_len: LIMIT, max_findings: 100, ..Limits::default() })
}

fn open(capture: &mut Capture, negotiated: Negotiated) -> ConnId {
    let start = Start::Frames(negotiated);
    capture.open(ConnectionInit { start, ..ConnectionInit::default() }).unwrap()
}

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first, 127];
    bytes.extend((payload.len() as u64).to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// Pushes frames of a kB until all that was there before is evicted.
fn push_out(capture: &mut Capture, conn: ConnId) {
    let newest = capture.frame_ids().end;
    for index in 0..3000 {
        capture.push(conn, ToClient, &frame(0x82, &[b'b'; 1000]), index);
        assert!(capture.kept_len() <= LIMIT + 1100, "{}", capture.kept_len());
    }
    assert!(capture.frame_ids().start >= newest);
}

#[test]
fn a_frame_cut_off_ends_no_eviction() {
    for reset in [true, false] {
        let mut capture = limited();
        let cut = open(&mut capture, Negotiated::default());
        let other = open(&mut capture, Negotiated::default());
        capture.push(cut, ToClient, &frame(0x81, &[b'a'; 100])[..50], 0);
        if reset {
            capture.end(cut, ToClient, End::Reset, 1);
            capture.end(cut, ToServer, End::Reset, 1);
        }
        push_out(&mut capture, other);
        assert!(capture.frame_ids().len() > 700, "{}", capture.frame_ids().len());
    }
}

#[test]
fn a_frame_evicted_while_it_comes_ends_like_any_other() {
    let mut capture = limited();
    let conn = open(&mut capture, Negotiated::default());
    let other = open(&mut capture, Negotiated::default());
    let [close, text] = [frame(0x88, &[3, 233]), frame(0x01, b"Hel")];
    capture.push(conn, ToServer, &close[..11], 0);
    capture.push(conn, ToClient, &text[..12], 0);
    push_out(&mut capture, other);
    capture.push(conn, ToServer, &close[11..], 1);
    capture.push(conn, ToClient, &text[12..], 1);
    capture.push(conn, ToClient, &frame(0x80, b"lo"), 2);
    capture.push(conn, ToClient, &frame(0x81, b"new"), 3);
    assert_eq!(capture.connection(conn).unwrap().lane(ToServer).close_code, Some(1001));
    assert_eq!(capture.connection(conn).unwrap().lane(ToClient).messages, 2);
    let [rest, new] = [0, 1].map(|index| capture.frames_of(conn)[index]);
    assert!(capture.frame(rest).unwrap().complete());
    assert!(capture.message(capture.frame(rest).unwrap().message().unwrap()).is_none());
    let message = capture.frame(new).unwrap().message().unwrap();
    assert_eq!(Reader::new().message(&capture, message).unwrap().bytes, b"new");
    assert!(!capture.findings().iter().any(|finding| matches!(finding.rule, Rule::Conn(_))));
}

#[test]
fn a_compressed_frame_evicted_while_it_comes_is_inflated() {
    let mut capture = limited();
    let deflate = Some(DeflateParams::default());
    let conn =
        open(&mut capture, Negotiated { permessage_deflate: deflate, ..Negotiated::default() });
    let other = open(&mut capture, Negotiated::default());
    let mut compressor = Compressor::new(ContextParams::default(), CompressOptions::default());
    let [old, new] = [b"Hello, hello", b"Hello, there"].map(|text| {
        let mut payload = Vec::new();
        compressor.compress(text, true, &mut payload);
        frame(0xc1, &payload)
    });
    capture.push(conn, ToClient, &old[..13], 0);
    push_out(&mut capture, other);
    capture.push(conn, ToClient, &old[13..], 1);
    capture.push(conn, ToClient, &new, 2);
    let lane = capture.connection(conn).unwrap().lane(ToClient);
    assert_eq!((lane.inflated_messages, lane.inflated_len), (2, 24));
    assert_eq!(lane.compressed_len, (old.len() + new.len() - 20) as u64);
    // It was inflated with what the one before left, though that is no longer there to read it.
    let message = MessageId(capture.message_ids().end - 1);
    assert_eq!(capture.message(message).unwrap().form(), MessageForm::Inflated);
    assert!(!capture.findings().iter().any(|finding| matches!(finding.rule, Rule::Conn(_))));
}

#[test]
fn what_still_comes_of_an_evicted_frame_is_not_kept() {
    let mut capture = limited();
    let long = open(&mut capture, Negotiated::default());
    let other = open(&mut capture, Negotiated::default());
    let bytes = frame(0x82, &vec![0; 20 << 20]);
    for (index, chunk) in bytes.chunks(10_000).enumerate() {
        capture.push(long, ToClient, chunk, index as u64);
        capture.push(other, ToClient, &frame(0x82, b"beside"), index as u64);
        assert!(capture.kept_len() < LIMIT + 100_000, "{}", capture.kept_len());
    }
    assert!(capture.frame(FrameId(0)).is_none());
    assert_eq!(capture.frames_of(long).len(), 0);
    assert!(capture.frames_of(other).len() > 50);
    // The next one is as if nothing had been.
    capture.push(long, ToClient, &frame(0x81, b"Hello"), 9999);
    let newest = FrameId(capture.frame_ids().end - 1);
    let mut reader = Reader::new();
    assert_eq!(reader.payload(&capture, newest, 0..9).unwrap().bytes, b"Hello");
}

#[test]
fn bytes_of_no_frame_are_evicted_too() {
    for alone in [true, false] {
        let mut capture = limited();
        let other = open(&mut capture, Negotiated::default());
        if !alone {
            capture.push(other, ToClient, &frame(0x81, b"Hello"), 0);
        }
        let refused = capture.open(ConnectionInit::default()).unwrap();
        capture.push(refused, ToServer, REQUEST, 0);
        capture.push(refused, ToClient, b"HTTP/1.1 200 OK\r\n\r\n", 0);
        for index in 0..5000 {
            capture.push(refused, ToClient, &[b'x'; 1000], index);
            assert!(capture.kept_len() < LIMIT + 100_000, "{}", capture.kept_len());
        }
        assert!(capture.kept_len() > LIMIT / 2, "{}", capture.kept_len());
        assert_eq!(capture.frame_ids().len(), usize::from(!alone));
    }
}

#[test]
fn who_never_gets_an_answer_takes_no_memory() {
    let mut capture = limited();
    let conn = capture.open(ConnectionInit::default()).unwrap();
    capture.push(conn, ToServer, REQUEST, 0);
    for index in 0..3000 {
        capture.push(conn, ToServer, &[b'a'; 1000], index);
    }
    assert!(capture.kept_len() <= LIMIT, "{}", capture.kept_len());
    let conn = capture.connection(conn).unwrap();
    assert!(!conn.handshake.as_ref().unwrap().accepted);
}

/// Each connection takes its own, and room to grow.
#[test]
fn nearly_as_much_is_held_of_many_connections_as_of_one() {
    for (count, least) in [(1, 700), (10, 550), (100, 450), (200, 250)] {
        let mut capture = limited();
        let conns: Vec<_> = (0..count).map(|_| open(&mut capture, Negotiated::default())).collect();
        for index in 0..20_000 {
            let conn = conns[index % count];
            capture.push(conn, ToClient, &frame(0x82, &[index as u8; 1000]), index as u64);
            assert!(capture.kept_len() <= LIMIT, "{count}: {}", capture.kept_len());
            assert!(index < 1000 || capture.frame_ids().len() > least, "{count}, {index}");
        }
        let held = capture.frame_ids();
        let dropped = capture.dropped();
        assert_eq!(dropped.frames + held.len() as u64, 20_000);
        let held_len = 20_000 * 1010 - dropped.bytes;
        assert!(held_len >= held.len() as u64 * 1010 && held_len <= LIMIT, "{held_len}");
        let mut reader = Reader::new();
        for id in held.map(FrameId) {
            let payload = reader.payload(&capture, id, 0..2000).unwrap();
            assert_eq!(payload.bytes, [id.0 as u8; 1000]);
        }
    }
}

#[test]
fn connections_that_ended_leave_no_frames_behind() {
    let add = |capture: &mut Capture, frames| {
        let conn = open(capture, Negotiated::default());
        for _ in 0..frames {
            capture.push(conn, ToClient, &frame(0x82, &[b'a'; 1000]), 0);
        }
        for direction in Direction::BOTH {
            capture.end(conn, direction, End::Finished, 0);
        }
        capture.kept_len()
    };
    // What a connection takes without frames, and what a frame adds.
    let conn_len = add(&mut limited(), 0);
    let frame_len = (add(&mut limited(), 100) - conn_len) / 100;
    let mut capture = limited();
    for _ in 0..200 {
        add(&mut capture, 100);
    }
    let held = capture.frame_ids().len() as u64;
    // Evicting takes an eighth of the limit at once. How much of it is filled again by now depends on what a
    // connection takes, so there is no number of frames to expect, but all of the rest is frames.
    let kept_len = 200 * conn_len + held * frame_len;
    assert!(kept_len >= LIMIT / 8 * 7 - 4 * frame_len, "{held} frames, {kept_len} bytes");
    assert!(capture.kept_len() <= LIMIT);
}

#[test]
fn what_is_left_can_be_redacted_and_exported() {
    for count in [1, 100] {
        let mut capture = limited();
        let conns: Vec<_> = (0..count)
            .map(|_| {
                let conn = capture.open(ConnectionInit::default()).unwrap();
                capture.push(conn, ToServer, REQUEST, 0);
                let response = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
                capture.push(conn, ToClient, response, 0);
                conn
            })
            .collect();
        for index in 0..3000 {
            let payload = [&[0x82, 126, 3, 0xe8][..], &[index as u8; 1000]].concat();
            capture.push(conns[index % count], ToClient, &payload, index as u64);
        }
        let held = capture.frame_ids().len();
        assert!(capture.dropped().frames > 0 && capture.kept_len() <= LIMIT);
        assert_eq!(Redaction::new().apply(&capture).frame_ids().len(), held);
        for format in [ExportFormat::Native, ExportFormat::Pcapng] {
            let mut out = Vec::new();
            Exporter::new(format, ExportOptions::default()).run(&capture, &mut out);
            let mut copy = Capture::new(Limits::default());
            let mut importer = Importer::new(ImportOptions::default());
            importer.push(&mut copy, &out).unwrap();
            importer.finish(&mut copy).unwrap();
            // Some bytes before the first frames may still be there, and be frames, too.
            assert!(copy.frame_ids().len() + 1 >= held, "{count}: {}", copy.frame_ids().len());
        }
    }
}
