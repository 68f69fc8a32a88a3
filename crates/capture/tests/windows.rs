//! Compressed connections that are captured from the middle, where somebody knows what was sent before.

use framewright_capture::{
    Capture, ConnId, ConnectionInit, Direction, ExportFormat, ExportOptions, Exporter,
    ImportOptions, Importer, Limits, Mark, MessageForm, MessageId, Reader, Redaction, Start,
};
use framewright_codec::deflate::{CompressOptions, Compressor, ContextParams};
use framewright_codec::{Frame, Opcode};

/// Messages of one direction, each referring to those before.
struct Sender {
    compressor: Compressor,
    texts: Vec<String>,
}

impl Sender {
    fn new() -> Self {
        let mut options = CompressOptions::default();
        options.history_len = 32 * 1024;
        Self { compressor: Compressor::new(ContextParams::default(), options), texts: Vec::new() }
    }

    fn frame(&mut self) -> Vec<u8> {
        let text = format!(r#"{{"bid":{},"lot":"a chair of oak"}}"#, self.texts.len());
        let mut payload = Vec::new();
        self.compressor.compress(text.as_bytes(), true, &mut payload);
        self.texts.push(text);
        let mut bytes = Vec::new();
        Frame { rsv1: true, ..Frame::new(Opcode::Text, &payload) }.append_to(&mut bytes);
        bytes
    }

    fn said(&self) -> String {
        self.texts.concat()
    }
}

fn open(capture: &mut Capture) -> ConnId {
    let start = Start::MidStream;
    capture.open(ConnectionInit { start, ..ConnectionInit::default() }).expect("it has room")
}

fn texts(capture: &Capture) -> Vec<(MessageForm, String)> {
    let mut reader = Reader::new();
    let ids = capture.message_ids().map(MessageId);
    ids.map(|id| {
        let content = reader.message(capture, id).expect("it is kept");
        (content.form, String::from_utf8(content.bytes.to_vec()).expect("it is UTF-8"))
    })
    .collect()
}

fn read(text: &str) -> (MessageForm, String) {
    (MessageForm::Inflated, text.to_owned())
}

fn exported(capture: &Capture, format: ExportFormat) -> Vec<u8> {
    let mut exporter = Exporter::new(format, ExportOptions::default());
    let mut out = Vec::new();
    while exporter.step(capture, &mut out) {}
    out
}

fn imported(bytes: &[u8]) -> Capture {
    let mut capture = Capture::new(Limits::KEEP_ALL);
    let mut importer = Importer::new(ImportOptions::default());
    importer.push(&mut capture, bytes).expect("it is read");
    importer.finish(&mut capture).expect("it is whole");
    capture
}

/// Three messages, of which the first was sent before the window was known.
fn late() -> (Capture, Sender) {
    let mut sender = Sender::new();
    let mut capture = Capture::new(Limits::KEEP_ALL);
    let conn = open(&mut capture);
    sender.frame();
    let unread = sender.frame();
    let said = sender.said();
    capture.give_window(conn, Direction::ToClient, unread.len() as u64, said.as_bytes());
    capture.push(conn, Direction::ToClient, &unread, 1);
    for time_ns in 2..4 {
        let frame = sender.frame();
        capture.push(conn, Direction::ToClient, &frame, time_ns);
    }
    (capture, sender)
}

#[test]
fn messages_are_read_from_their_window_on() {
    let (capture, sender) = late();
    let [unread, second, third] = &texts(&capture)[..] else { panic!("three messages") };
    assert_eq!(unread.0, MessageForm::NoPriorWindow);
    assert_eq!([second, third], [&read(&sender.texts[2]), &read(&sender.texts[3])]);
    // One after the other, and the last alone.
    let mut reader = Reader::new();
    let last = reader.message(&capture, MessageId(2)).unwrap();
    assert_eq!(last.bytes, sender.texts[3].as_bytes());
}

#[test]
fn a_window_goes_with_the_export() {
    let (capture, _) = late();
    let native = exported(&capture, ExportFormat::Native);
    assert!(native.windows(15).any(|bytes| bytes == br#""type":"window""#));
    assert_eq!(texts(&imported(&native)), texts(&capture));
    // A packet capture has no place for it.
    let packets = imported(&exported(&capture, ExportFormat::Pcapng));
    assert!(texts(&packets).iter().all(|(form, _)| *form == MessageForm::NoPriorWindow));
    // What comes without compression needs none.
    let plain = texts(&Redaction::new().apply(&capture));
    assert_eq!(plain[1].1, texts(&capture)[1].1);
}

#[test]
fn a_window_takes_the_place_of_one_that_was_lost() {
    let (mut capture, mut sender) = late();
    let conn = ConnId(0);
    let lost = sender.frame();
    capture.gap(conn, Direction::ToClient, lost.len() as u64, 5);
    let at = capture.connection(conn).unwrap().lane(Direction::ToClient).stream_len;
    capture.give_window(conn, Direction::ToClient, at, sender.said().as_bytes());
    for time_ns in 6..9 {
        let frame = sender.frame();
        capture.push(conn, Direction::ToClient, &frame, time_ns);
    }
    let expected: Vec<_> = sender.texts[5..].iter().map(|text| read(text)).collect();
    assert_eq!(texts(&capture)[3..], expected);
    assert_eq!(texts(&imported(&exported(&capture, ExportFormat::Native)))[3..], expected);
}

#[test]
fn what_was_evicted_stays_known_in_the_export() {
    let mut sender = Sender::new();
    let limits = Limits { max_kept_len: 256 * 1024, evicts: true, ..Limits::KEEP_ALL };
    let mut capture = Capture::new(limits);
    let conn = open(&mut capture);
    capture.give_window(conn, Direction::ToClient, 0, b"");
    for time_ns in 0..60_000 {
        let frame = sender.frame();
        capture.push(conn, Direction::ToClient, &frame, time_ns);
    }
    assert!(capture.message_ids().start > 0);
    let kept = texts(&capture);
    let from = kept.iter().position(|(form, _)| *form == MessageForm::Inflated).unwrap();
    assert!(from < kept.len() - 100);
    let again = texts(&imported(&exported(&capture, ExportFormat::Native)));
    assert_eq!(again[again.len() - (kept.len() - from)..], kept[from..]);
}

#[test]
fn marks_are_on_their_frames_and_in_exports() {
    let mut capture = Capture::new(Limits::KEEP_ALL);
    let conn = open(&mut capture);
    let mut at = 0;
    let marks = [None, Some(Mark::Inserted), None, Some(Mark::Changed), Some(Mark::Rebuilt)];
    for (mark, time_ns) in marks.into_iter().zip(1..) {
        let mut frame = Vec::new();
        Frame::new(Opcode::Text, b"hello").append_to(&mut frame);
        let len = frame.len() as u64;
        if let Some(mark) = mark {
            capture.mark(conn, Direction::ToClient, at, len, mark);
        }
        capture.push(conn, Direction::ToClient, &frame, time_ns);
        at += len;
    }
    let on_frames = |capture: &Capture| {
        let frames = capture.frames_of(ConnId(0)).iter();
        frames.map(|&id| capture.frame(id).unwrap().mark()).collect::<Vec<_>>()
    };
    assert_eq!(on_frames(&capture), marks);
    assert_eq!(on_frames(&imported(&exported(&capture, ExportFormat::Native))), marks);
    assert_eq!(on_frames(&Redaction::secrets().apply(&capture)), marks);
    let har = String::from_utf8(exported(&capture, ExportFormat::Har)).unwrap();
    assert!(har.contains(r#""_mark":"inserted""#));
}
