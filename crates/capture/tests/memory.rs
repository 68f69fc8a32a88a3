//! Whatever comes, the memory that is taken stays within the limit: the allocator is asked, not the capture.
//!
//! One test, as the allocator counts for all threads.
#![allow(clippy::unwrap_used)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use framewright_capture::codec::deflate::{CompressOptions, Compressor, ContextParams};
use framewright_capture::{
    Capture, ConnectionInit, DeflateParams, Direction, ExportFormat, ExportOptions, Exporter,
    FrameId, ImportError, ImportOptions, Importer, Limits, Negotiated, Query, Reader, Scan, Start,
};

use Direction::{ToClient, ToServer};

/// Counts what is allocated.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(len: usize) {
    let live = LIVE.fetch_add(len, Relaxed) + len;
    PEAK.fetch_max(live, Relaxed);
}

// SAFETY: all calls go on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const MIB: usize = 1 << 20;
const LIMIT: usize = 4 * MIB;
/// What is in work: a piece of a stream with its frames, a text that is inflated, a list that grows.
const IN_WORK: usize = 8 * MIB;
const PIECE_LEN: usize = MIB;

fn limits(evicts: bool) -> Limits {
    Limits { max_kept_len: LIMIT as u64, evicts, ..Limits::default() }
}

/// A source of bytes that goes on for several times the limit, without itself taking memory to speak of.
struct Flood {
    name: &'static str,
    start: fn() -> Start,
    /// What is pushed in each round, on which connection and in which direction; a number stands for a gap.
    round: fn(u32) -> Round,
    rounds: u32,
}

struct Round {
    conn: u32,
    direction: Direction,
    bytes: Vec<u8>,
    gap: u64,
}

fn to_client(bytes: Vec<u8>) -> Round {
    Round { conn: 0, direction: ToClient, bytes, gap: 0 }
}

fn plain() -> Start {
    Start::Frames(Negotiated::default())
}

fn deflate() -> Start {
    let params = DeflateParams::from_extensions(
        &framewright_capture::codec::handshake::parse_extensions(b"permessage-deflate").unwrap(),
    );
    Start::Frames(Negotiated {
        permessage_deflate: params.unwrap().or(Some(DeflateParams::default())),
        ..Negotiated::default()
    })
}

fn compressed(text: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(ContextParams::default(), CompressOptions::default());
    let mut payload = Vec::new();
    compressor.compress(text, true, &mut payload);
    [&[0xc2, 127][..], &(payload.len() as u64).to_be_bytes(), &payload].concat()
}

const FLOODS: [Flood; 14] = [
    Flood {
        name: "frames of 2 bytes",
        start: plain,
        round: |_| to_client([0x8a, 0].repeat(30_000)),
        rounds: 6,
    },
    Flood {
        name: "frames of 2 bytes, all at once",
        start: plain,
        round: |_| to_client([0x8a, 0].repeat(300_000)),
        rounds: 1,
    },
    Flood {
        name: "empty fragments",
        start: plain,
        round: |round| match round {
            0 => to_client(vec![1, 0]),
            _ => to_client([0, 0].repeat(30_000)),
        },
        rounds: 20,
    },
    Flood {
        name: "messages of 2 bytes",
        start: plain,
        round: |_| to_client([0x81, 0].repeat(30_000)),
        rounds: 6,
    },
    Flood {
        name: "frames that break rules",
        start: plain,
        round: |_| to_client([0xf3, 0].repeat(30_000)),
        rounds: 6,
    },
    Flood {
        name: "long frames",
        start: plain,
        round: |_| to_client([&[0x82, 126, 0xff, 0xff][..], &[7; 65_535]].concat()),
        rounds: 100,
    },
    Flood {
        name: "many connections",
        start: plain,
        round: |round| Round { conn: round, ..to_client(vec![0x81, 1, b'a']) },
        rounds: 15_000,
    },
    Flood {
        name: "long heads on many connections",
        start: || Start::Handshake,
        round: |round| {
            let fields: String =
                (0..200).map(|index| format!("X{index}: {index:0200}\r\n")).collect();
            let head = format!("GET / HTTP/1.1\r\n{fields}\r\n");
            Round { conn: round, direction: ToServer, bytes: head.into_bytes(), gap: 0 }
        },
        rounds: 400,
    },
    Flood {
        name: "heads without an end, byte by byte",
        start: || Start::Handshake,
        round: |round| Round {
            conn: round / 60_000,
            direction: ToServer,
            bytes: match round % 60_000 {
                0 => b"GET / HTTP/1.1\r\nX: ".to_vec(),
                _ => vec![b'x'],
            },
            gap: 0,
        },
        rounds: 300_000,
    },
    Flood {
        name: "gaps",
        start: plain,
        round: |_| Round { gap: 9, ..to_client(vec![0x82]) },
        rounds: 100_000,
    },
    Flood {
        name: "a long frame byte by byte, after a gap",
        start: plain,
        round: |round| match round {
            0 => Round { gap: 1 << 20, ..to_client(vec![0x82]) },
            1 => to_client(vec![0x82, 127, 0, 0, 0, 0, 3, 0, 0, 0]),
            _ => to_client(vec![0]),
        },
        rounds: 100_000,
    },
    Flood {
        name: "compressed frames without an end, on many connections",
        start: deflate,
        round: |round| Round {
            conn: round % 100,
            ..to_client(match round / 100 {
                0 => vec![0xc2, 127, 0, 0, 0, 0, 3, 0, 0, 0],
                _ => vec![0x55; 10_000],
            })
        },
        rounds: 10_000,
    },
    Flood {
        name: "compressed messages without an end, on many connections",
        start: deflate,
        round: |round| Round { conn: round, ..to_client(vec![0x42, 3, 0x4a, 0x04, 0]) },
        rounds: 2000,
    },
    Flood {
        name: "messages that inflate to a thousand times their length",
        start: deflate,
        round: |_| to_client(compressed(&vec![0; MIB])),
        rounds: 30,
    },
];

fn flood(flood: &Flood, evicts: bool) {
    let before = LIVE.load(Relaxed);
    let mut capture = Capture::new(limits(evicts));
    let mut conns = Vec::new();
    let mut taken = 0;
    for index in 0..flood.rounds {
        let Round { conn, direction, bytes, gap } = (flood.round)(index);
        while conns.len() <= conn as usize {
            let init = ConnectionInit { start: (flood.start)(), ..ConnectionInit::default() };
            conns.push(capture.open(init));
        }
        PEAK.store(LIVE.load(Relaxed), Relaxed);
        if let Some(conn) = conns[conn as usize] {
            capture.push(conn, direction, &bytes, index.into());
            capture.gap(conn, direction, gap, index.into());
        }
        let own = before + bytes.capacity() + conns.capacity() * size_of_val(&conns[0]);
        let (live, peak) = (LIVE.load(Relaxed) - own, PEAK.load(Relaxed) - own);
        assert!(peak <= LIMIT + IN_WORK, "{} took {peak} in round {index}", flood.name);
        // What it says it takes is what it takes.
        let kept = capture.kept_len() as usize;
        assert!(kept <= LIMIT + 3 * MIB, "{} keeps {kept} in round {index}", flood.name);
        assert!(
            live <= kept + kept / 4 + 2 * MIB,
            "{}: {live}, it says {kept}, round {index}",
            flood.name
        );
        taken = index;
        if capture.is_full() {
            break;
        }
    }
    assert!(evicts || capture.is_full() || taken + 1 == flood.rounds);
    assert!(!(evicts && capture.is_full()));
    if !evicts {
        use_it(&capture, flood.name);
    }
}

/// What is held can be listed, read, filtered and exported.
fn use_it(capture: &Capture, name: &str) {
    let before = LIVE.load(Relaxed);
    PEAK.store(before, Relaxed);
    let ids = capture.frame_ids();
    let mut reader = Reader::new();
    for id in [ids.start, ids.start + ids.len() as u32 / 2, ids.end.saturating_sub(1)] {
        if let Some(frame) = capture.frame(FrameId(id)) {
            assert!(
                !frame.fields().is_empty() && reader.payload(capture, FrameId(id), 0..99).is_some()
            );
        }
    }
    let mut scan = Scan::new(Query::parse("len>=0").unwrap());
    while scan.step(capture, 20_000) {}
    assert_eq!(scan.hits().len(), ids.len(), "{name}");
    for format in [ExportFormat::Har, ExportFormat::Native] {
        let mut exporter = Exporter::new(format, ExportOptions::default());
        let mut out = Vec::new();
        while exporter.step(capture, &mut out) {
            out.clear();
        }
    }
    let peak = PEAK.load(Relaxed) - before;
    assert!(peak <= LIMIT + IN_WORK, "using {name} took {peak}");
}

/// Files that make much of little.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let repeated = |start: &str, part: &str, count: usize, end: &str| {
        let mut file = String::with_capacity(start.len() + part.len() * count + end.len());
        let _ = write!(file, "{start}{}{end}", part.repeat(count));
        file.into_bytes()
    };
    let entry = r#"{"_resourceType":"websocket","request":{"url":"ws://h/","headers":[]},"_webSocketMessages":["#;
    let message = r#"{"type":"send","opcode":1,"data":""},"#;
    vec![
        ("a HAR of numbers", repeated(r#"{"log":{"entries":["#, "1,", 3_000_000, "1]}}")),
        (
            "a HAR of members",
            repeated(r#"{"log":{"entries":[{"#, r#""":1,"#, 1_000_000, r#""a":1}]}}"#),
        ),
        (
            "a HAR of messages",
            repeated(&format!(r#"{{"log":{{"entries":[{entry}"#), message, 200_000, "1]}]}}"),
        ),
        (
            "a HAR of entries",
            repeated(r#"{"log":{"entries":["#, &format!("{entry}]}},"), 40_000, "1]}}"),
        ),
        (
            "lines of messages",
            repeated("", &format!("{}\n", message.trim_end_matches(',')), 200_000, ""),
        ),
        ("a NetLog of sources", {
            let mut file =
                r#"{"constants":{"logEventTypes":{"WEBSOCKET_SENT_FRAME_HEADER":1}},"events":["#
                    .to_owned();
            for id in 0..60_000 {
                let _ = write!(
                    file,
                    r#"{{"type":1,"source":{{"id":{id}}},"params":{{"opcode":1,"payload_length":9}}}},"#
                );
            }
            (file + "1]}").into_bytes()
        }),
        (
            "records without an end",
            repeated("\u{1e}{\"type\":\"open\",\"data\":\"", "a", 4 * MIB, ""),
        ),
        ("records that open", {
            let mut file = String::new();
            for id in 0..100_000 {
                let _ = writeln!(file, "\u{1e}{{\"type\":\"open\",\"conn\":{id}}}");
            }
            file.into_bytes()
        }),
    ]
}

fn import(name: &str, file: &[u8]) {
    let before = LIVE.load(Relaxed);
    PEAK.store(before, Relaxed);
    let mut capture = Capture::new(limits(false));
    let mut importer = Importer::new(ImportOptions::default());
    let mut result = Ok(());
    for piece in file.chunks(PIECE_LEN) {
        result = importer.push(&mut capture, piece);
        if result.is_err() {
            break;
        }
    }
    let result = result.and(importer.finish(&mut capture).map(drop));
    let peak = PEAK.load(Relaxed) - before;
    // A file that is held as a whole is, in a vector that doubles; and what a reader remembers of it.
    assert!(
        peak <= LIMIT + 4 * file.len() + 2 * IN_WORK,
        "{name}, {} long, took {peak}",
        file.len()
    );
    let kept = capture.kept_len() as usize;
    assert!(kept <= LIMIT + 3 * MIB, "{name} keeps {kept}");
    assert!(!capture.is_full() || matches!(result, Err(ImportError::TooMuch { .. })), "{result:?}");
    use_it(&capture, name);
}

#[test]
fn memory_stays_within_the_limit_whatever_comes() {
    for (name, file) in files() {
        import(name, &file);
    }
    for one in &FLOODS {
        for evicts in [true, false] {
            flood(one, evicts);
        }
    }
}
