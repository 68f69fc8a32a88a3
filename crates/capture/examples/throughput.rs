//! How fast captures are read, indexed, searched and written. Prints figures; asserts only answers.
//!
//! ```sh
//! cargo run --release -p framewright-capture --example throughput
//! cargo run --release -p framewright-capture --example throughput -- FILE...
//! ```
//!
//! With files, it only reads these.

#![allow(clippy::unwrap_used)]

use std::time::Instant;

use framewright_capture::codec::deflate::{CompressOptions, Compressor, ContextParams};
use framewright_capture::codec::{FrameHeader, MAX_HEADER_LEN, Mask, Opcode};
use framewright_capture::{
    Capture, ConnectionInit, DeflateParams, Direction, ExportFormat, ExportOptions, Exporter,
    ImportOptions, Importer, Limits, MessageId, Negotiated, Query, Reader, Scan, Start,
};

const FRAMES: u32 = 1_000_000;
const CONNECTIONS: u32 = 20;

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if !files.is_empty() {
        files.iter().for_each(|file| read(file));
        return;
    }
    let (capture, bytes) =
        timed("index 1,000,000 frames of 64 bytes, pushed one by one", || live(false));
    println!(
        "    {} MB, {} bytes kept a frame beside them",
        bytes / 1_000_000,
        per_frame(&capture, bytes)
    );
    assert!(capture.findings().is_empty());
    queries(&capture);

    let mut file = Vec::new();
    timed("export pcapng", || {
        Exporter::new(ExportFormat::Pcapng, ExportOptions::default()).run(&capture, &mut file);
    });
    println!("    {} MB", file.len() / 1_000_000);
    let imported = timed("import pcapng", || import(&file));
    assert_eq!(imported.frame_ids().len(), FRAMES as usize);
    println!("    {:.2} s for 100 MB", last_s() / (file.len() as f64 / 1e8));
    let mut native = Vec::new();
    timed("export native", || {
        Exporter::new(ExportFormat::Native, ExportOptions::default()).run(&capture, &mut native);
    });
    assert_eq!(timed("import native", || import(&native)).frame_ids().len(), FRAMES as usize);
    let mut har = Vec::new();
    timed("export HAR", || {
        Exporter::new(ExportFormat::Har, ExportOptions::default()).run(&capture, &mut har);
    });
    println!("    {} MB", har.len() / 1_000_000);
    assert_eq!(timed("import HAR", || import(&har)).frame_ids().len(), FRAMES as usize);
    drop((imported, capture, file, native, har));

    let (compressed, bytes) = timed("index 1,000,000 compressed messages", || live(true));
    println!("    {} MB", bytes / 1_000_000);
    queries(&compressed);
    let mut reader = Reader::new();
    let start = Instant::now();
    for index in 0..1000_u32 {
        let id = MessageId(index.wrapping_mul(2_654_435_761) % FRAMES);
        assert!(!reader.message(&compressed, id).unwrap().bytes.is_empty());
    }
    println!(
        "{:>9.1} µs  read one compressed message anywhere",
        start.elapsed().as_secs_f64() * 1e3
    );
}

/// What a tap would have pushed, and how many bytes.
fn live(deflate: bool) -> (Capture, u64) {
    let mut capture = Capture::new(Limits::default());
    let start = Start::Frames(Negotiated {
        permessage_deflate: deflate.then(DeflateParams::default),
        ..Negotiated::default()
    });
    let init = ConnectionInit { start, ..ConnectionInit::default() };
    let conns: Vec<_> = (0..CONNECTIONS).map(|_| capture.open(init.clone()).unwrap()).collect();
    let mut compressor = deflate.then(|| {
        let params = ContextParams { context_takeover: false, ..ContextParams::default() };
        Compressor::new(params, CompressOptions::default())
    });
    let (mut frame, mut pushed) = (Vec::new(), 0);
    for index in 0..FRAMES {
        let payload = format!(
            "{{\"type\":\"{}\",\"lot\":{:>6},\"bid\":{:>9},\"by\":\"someone\"}} ",
            if index % 100 == 0 { "hb" } else { "bid" },
            index % 977,
            index
        );
        let mut payload = payload.into_bytes();
        payload.resize(64, b' ');
        if let Some(compressor) = &mut compressor {
            let plain = std::mem::take(&mut payload);
            compressor.compress(&plain, true, &mut payload);
        }
        let direction = if index % 3 == 0 { Direction::ToServer } else { Direction::ToClient };
        let header = FrameHeader {
            fin: true,
            rsv1: deflate,
            rsv2: false,
            rsv3: false,
            opcode: Opcode::Text,
            masking_key: (direction == Direction::ToServer)
                .then_some(index.wrapping_mul(2_654_435_761).to_be_bytes()),
            payload_len: payload.len() as u64,
        };
        if let Some(key) = header.masking_key {
            Mask::new(key).apply(&mut payload);
        }
        let mut head = [0; MAX_HEADER_LEN];
        let len = header.encode(&mut head);
        frame.clear();
        frame.extend_from_slice(&head[..len]);
        frame.extend_from_slice(&payload);
        pushed += frame.len() as u64;
        let conn = conns[(index % CONNECTIONS) as usize];
        capture.push(conn, direction, &frame, 1_700_000_000_000_000_000 + u64::from(index) * 1000);
    }
    assert_eq!(capture.frame_ids().len(), FRAMES as usize);
    (capture, pushed)
}

fn per_frame(capture: &Capture, bytes: u64) -> u64 {
    (capture.kept_len() - bytes) / u64::from(FRAMES)
}

fn queries(capture: &Capture) {
    for (text, hits) in [
        ("opcode==ping", 0),
        ("conn==3", FRAMES / CONNECTIONS),
        ("len>1k", 0),
        ("json.type==\"hb\"", FRAMES / 100),
        ("!json.type==\"hb\"", FRAMES - FRAMES / 100),
        ("someone", FRAMES),
        ("nobody", 0),
        ("\"999999\"", 1),
        ("/bid\":\\s+7{3},/", 1),
        ("hex:\"22 68 62 22 ?? 22\"", FRAMES / 100),
        ("lint", 0),
    ] {
        let mut scan = Scan::new(Query::parse(text).unwrap());
        let start = Instant::now();
        let mut first = None;
        while scan.step(capture, 10_000) {
            if first.is_none() && !scan.hits().is_empty() {
                first = Some(start.elapsed());
            }
        }
        let all = start.elapsed();
        let first =
            first.map_or("-".to_owned(), |first| format!("{:.1} ms", first.as_secs_f64() * 1e3));
        println!("{:>9.1} ms  scan {text} (first hits {first})", all.as_secs_f64() * 1e3);
        assert_eq!(scan.hits().len(), hits as usize, "{text}");
    }
}

fn read(file: &str) {
    let bytes = std::fs::read(file).unwrap();
    let capture = timed(file, || import(&bytes));
    let mb = bytes.len() as f64 / 1e6;
    let frames = capture.frame_ids().len();
    println!("    {mb:.0} MB, {frames} frames, {:.0} MB/s", mb / last_s());
    assert!(frames > 0);
}

fn import(file: &[u8]) -> Capture {
    let mut capture = Capture::new(Limits::default());
    let mut importer = Importer::new(ImportOptions::default());
    for piece in file.chunks(1 << 20) {
        importer.push(&mut capture, piece).unwrap();
    }
    importer.finish(&mut capture).unwrap();
    capture
}

thread_local! {
    static LAST_S: std::cell::Cell<f64> = const { std::cell::Cell::new(0.0) };
}

fn last_s() -> f64 {
    LAST_S.get()
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    LAST_S.set(start.elapsed().as_secs_f64());
    println!("{:>9.1} ms  {what}", last_s() * 1e3);
    result
}
