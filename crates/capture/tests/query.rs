//! The query language: what matches, and what is said of what can't be read.

#![allow(clippy::unwrap_used)]

mod support;

use framewright_capture::codec::{FrameHeader, MAX_HEADER_LEN, Mask, Opcode};
use framewright_capture::{
    Capture, Clock, ConnId, ConnectionInit, DeflateParams, Direction, FrameId, Limits, Negotiated,
    Query, Scan, Start,
};
use support::random::Random;
use support::session::{Session, Style};

fn frame(direction: Direction, first: u8, payload: &[u8]) -> Vec<u8> {
    let header = FrameHeader {
        fin: first & 0x80 != 0,
        rsv1: first & 0x40 != 0,
        rsv2: false,
        rsv3: false,
        opcode: Opcode::from_bits(first),
        masking_key: (direction == Direction::ToServer).then_some([0xde, 0xad, 0xbe, 0xef]),
        payload_len: payload.len() as u64,
    };
    let mut bytes = [0; MAX_HEADER_LEN];
    let len = header.encode(&mut bytes);
    let mut payload = payload.to_vec();
    if let Some(key) = header.masking_key {
        Mask::new(key).apply(&mut payload);
    }
    [&bytes[..len], &payload].concat()
}

use Direction::{ToClient, ToServer};

/// Twelve frames on two connections, one second apart.
fn sample() -> Capture {
    let mut capture = Capture::new(Limits::default());
    let open = |capture: &mut Capture, url: &str, deflate: bool| {
        let start = Start::Frames(Negotiated {
            subprotocol: deflate.then(|| "chat.v2".to_owned()),
            permessage_deflate: deflate.then(DeflateParams::default),
        });
        let url = Some(url.to_owned());
        capture
            .open(ConnectionInit { start, url, clock: Clock::Unix, ..Default::default() })
            .unwrap()
    };
    let conns = [
        open(&mut capture, "ws://example.org/auction", true),
        open(&mut capture, "ws://example.org/logbook", false),
    ];
    capture.set_name(conns[0], "Ada, phone");
    let big = "x".repeat(2000);
    let frames: [(usize, Direction, u8, &[u8]); 12] = [
        /*  0 */ (0, ToServer, 0x81, br#"{"type":"hb","n":1}"#),
        /*  1 */ (0, ToClient, 0x81, br#"{"type":"bid","lot":{"id":7,"tags":["a","b"]}}"#),
        /*  2 */ (0, ToClient, 0x89, b"are you there"),
        /*  3 */ (0, ToServer, 0x8a, b"are you there"),
        /*  4 */ (1, ToServer, 0x82, &[0x00, 0xff, 0x10, 0x20]),
        /*  5 */ (1, ToClient, 0x01, b"Split in "),
        /*  6 */ (1, ToClient, 0x89, b""),
        /*  7 */ (1, ToClient, 0x80, b"two parts"),
        // "Hello", compressed (RFC 7692 §7.2.3.1).
        /*  8 */
        (0, ToClient, 0xc1, &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]),
        /*  9 */ (1, ToClient, 0x81, big.as_bytes()),
        /* 10 */ (1, ToClient, 0x83, b"?"),
        /* 11 */ (1, ToServer, 0x88, &[0x03, 0xe9, b'b', b'y', b'e']),
    ];
    for (index, (conn, direction, first, payload)) in frames.into_iter().enumerate() {
        let bytes = frame(direction, first, payload);
        capture.push(conns[conn], direction, &bytes, index as u64 * 1_000_000_000);
    }
    capture
}

fn hits(capture: &Capture, query: &str) -> Vec<u32> {
    let mut scan =
        Scan::new(Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}")));
    while scan.step(capture, 5) {}
    let hits: Vec<_> = scan.hits().iter().map(|hit| hit.0).collect();
    // One by one gives the same.
    let query = Query::parse(query).unwrap();
    let each: Vec<_> =
        capture.frame_ids().filter(|&id| query.matches(capture, FrameId(id))).collect();
    assert_eq!(hits, each);
    hits
}

#[test]
fn fields_and_values() {
    let capture = sample();
    for (query, expected) in [
        ("", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11][..]),
        ("opcode==ping", &[2, 6]),
        ("opcode:ping", &[2, 6]),
        ("opcode=9", &[2, 6]),
        ("opcode==0x9", &[2, 6]),
        ("opcode==control", &[2, 3, 6, 11]),
        ("opcode!=control", &[0, 1, 4, 5, 7, 8, 9, 10]),
        ("opcode==data", &[0, 1, 4, 5, 7, 8, 9]),
        ("opcode==continuation", &[7]),
        ("opcode==reserved", &[10]),
        ("dir==in", &[0, 3, 4, 11]),
        ("dir==out opcode==text", &[1, 5, 8, 9]),
        ("dir==client", &[0, 3, 4, 11]),
        ("dir==server and control", &[2, 6]),
        ("conn==1", &[4, 5, 6, 7, 9, 10, 11]),
        ("conn!=1", &[0, 1, 2, 3, 8]),
        ("frame>=10", &[9, 10, 11]),
        ("frame==1", &[0]),
        ("len>1k", &[9]),
        ("len>1.9k len<=2kB", &[9]),
        ("len>=2Ki", &[]),
        ("len==0", &[6]),
        ("wire<=2", &[6]),
        ("message==0", &[0]),
        ("message.len==18", &[5, 7]),
        ("message.len==5", &[8]),
        ("message.fragments>1", &[5, 7]),
        ("fragmented", &[5, 7]),
        ("time<2s", &[0, 1]),
        ("time>=9500ms", &[10, 11]),
        ("time>0.1m", &[7, 8, 9, 10, 11]),
        ("!fin", &[5]),
        ("fin==false", &[5]),
        ("rsv1", &[8]),
        ("compressed", &[8]),
        ("masked==true", &[0, 3, 4, 11]),
        ("complete missing", &[]),
        ("lint", &[3, 10, 11]),
        ("lint>=error", &[10]),
        ("lint==warning", &[3, 11]),
        ("lint==reserved-opcode", &[10]),
        ("lint:opcode", &[10]),
        ("close==1001", &[11]),
        ("close>1001", &[]),
        ("key==deadbeef", &[0, 3, 4, 11]),
        ("key==\"de:ad:be:ef\" len==5", &[11]),
        ("url:auction", &[0, 1, 2, 3, 8]),
        ("url~/log+book$/", &[4, 5, 6, 7, 9, 10, 11]),
        ("subprotocol==chat.v2", &[0, 1, 2, 3, 8]),
        ("name==\"ada, phone\"", &[0, 1, 2, 3, 8]),
        ("name:ada", &[0, 1, 2, 3, 8]),
        ("name==ada", &[]),
        ("name~/^Ada.*phone$/ control", &[2, 3]),
        ("name!=ben control", &[2, 3, 6, 11]),
        ("!name:ada control", &[6, 11]),
    ] {
        assert_eq!(hits(&capture, query), expected, "{query}");
    }
}

#[test]
fn names_from_elsewhere_stand_for_ours() {
    let capture = sample();
    for (other, ours) in [
        ("from==client", "dir==client"),
        ("size>1k", "len>1k"),
        ("data:bid", "text:bid"),
        ("websocket.opcode==9", "opcode==ping"),
        ("WebSocket.Opcode==9", "opcode==ping"),
        ("websocket.payload_length==4", "len==4"),
        ("severity>=warning", "lint>=warning"),
        ("mask==1", "masked"),
        ("tcp.stream==1", "conn==1"),
        ("number==3", "frame==3"),
        ("close.code==1000", "close==1000"),
    ] {
        assert_eq!(hits(&capture, other), hits(&capture, ours), "{other}");
    }
    assert_eq!(hits(&capture, "from==client").first(), Some(&0));
    // Alone they are words to look for.
    assert!(hits(&capture, "mask").is_empty());
}

#[test]
fn content() {
    let capture = sample();
    for (query, expected) in [
        ("there", &[2, 3][..]),
        ("THERE", &[2, 3]),
        ("\"are you\"", &[2, 3]),
        ("text==\"are you there\"", &[2, 3]),
        ("text==are", &[]),
        ("text:are", &[2, 3]),
        ("text:parts", &[5, 7]),
        // Across fragments: the first frame stands for the message.
        ("\"in two\"", &[5]),
        ("Split", &[5]),
        // Compressed.
        ("hello", &[8]),
        ("/^h.llo$/i", &[8]),
        ("/^h.llo$/", &[]),
        ("text~/x{2000}/", &[9]),
        ("/a\\/b/", &[]),
        ("bye", &[11]),
        ("0x00ff", &[4]),
        ("hex:00ff??20", &[4]),
        ("hex:\"00 ff ?? 20\"", &[4]),
        ("hex:\"10 20 30\"", &[]),
        // As on the wire: the header of the unmasked ping.
        ("hex:8900", &[6]),
        // In the masked bytes themselves: 0x00 ^ 0xde.
        ("hex:deadbeefde", &[4]),
        ("json.type==\"hb\"", &[0]),
        ("json.type==hb", &[0]),
        ("!json.type==\"hb\" json.type", &[1]),
        ("json.type!=hb and dir==out and json.lot", &[1]),
        ("json.n==1", &[0]),
        ("json.n>0 json.n<2", &[0]),
        ("json.n==\"1\"", &[]),
        ("json.lot.id>=7", &[1]),
        ("json.lot.tags[1]==b", &[1]),
        ("json.lot.tags[2]", &[]),
        ("json.\"type\"~/^h/", &[0]),
        ("json.type:i", &[1]),
        ("json.lot.missing", &[]),
    ] {
        assert_eq!(hits(&capture, query), expected, "{query}");
    }
}

#[test]
fn combinations() {
    let capture = sample();
    for (query, expected) in [
        ("opcode==ping or opcode==pong", &[2, 3, 6][..]),
        ("opcode==ping || opcode==pong && conn==0", &[2, 3, 6]),
        ("(opcode==ping or opcode==pong) and conn==0", &[2, 3]),
        ("control -opcode==ping", &[3, 11]),
        ("control !opcode==ping", &[3, 11]),
        ("not (conn==0 or conn==1)", &[]),
        ("!!control", &[2, 3, 6, 11]),
        ("-there control", &[6, 11]),
        ("are AND you", &[2, 3]),
    ] {
        assert_eq!(hits(&capture, query), expected, "{query}");
    }
}

/// A scan tries regexes on the contents of many frames at once, where they must not see their neighbours.
#[test]
fn a_scan_finds_what_matches_alone() {
    const TERMS: [&str; 14] = [
        "/bid/",
        "/^$/",
        "/^1234/",
        "/ok$/",
        "/o.*k/s",
        "/^ok$/m",
        "/[0-9]+ ?$/",
        "/\\xc3\\x9f/",
        "/(?:bid|é)\\s/i",
        "/^.{20,}$/s",
        "opcode==text",
        "dir==in",
        "price",
        "text~/hb.*hb/",
    ];
    let mut random = Random::new(7);
    let mut capture = Capture::new(Limits::default());
    for seed in 0..6 {
        let style = Style { messages: 40, max_len: 300, deflate: seed % 2 == 0, split: seed > 2 };
        support::push(&mut capture, &Session::random(seed, style));
    }
    for len in [15_000, 16_384, 16_385, 300_000] {
        let start = Start::Frames(Negotiated::default());
        let conn = capture.open(ConnectionInit { start, ..Default::default() }).unwrap();
        for _ in 0..4 {
            let bytes = frame(ToServer, 0x81, random.text(len).as_bytes());
            capture.push(conn, ToServer, &bytes, 0);
        }
    }
    let mut found = 0;
    for _ in 0..100 {
        let mut query = String::new();
        for _ in 0..=random.below(3) {
            query += ["", "!"][random.below(2)];
            query += TERMS[random.below(TERMS.len())];
            query += [" ", " or "][random.below(2)];
        }
        let query = query.trim_end_matches(" or ");
        let alone = Query::parse(query).unwrap();
        let alone: Vec<u32> =
            capture.frame_ids().filter(|&id| alone.matches(&capture, FrameId(id))).collect();
        found += alone.len();
        let mut scan = Scan::new(Query::parse(query).unwrap());
        while scan.step(&capture, 1 + random.below(300) as u32) {}
        let together: Vec<_> = scan.hits().iter().map(|hit| hit.0).collect();
        assert_eq!(together, alone, "{query}");
    }
    assert!(found > 1000);
}

#[test]
fn mistakes_are_explained_in_place() {
    for (query, offset, len, part) in [
        ("opcode==pin", 8, 3, "an opcode is"),
        ("opcode>1", 6, 1, "has no order"),
        ("len>big", 4, 3, "write a number"),
        ("len>", 3, 1, "expected a value after this"),
        ("time>1 == 2", 7, 2, "a field is missing"),
        ("colour==red", 0, 6, "there is no field \"colour\""),
        ("opcod==1", 0, 5, "did you mean \"opcode\""),
        ("type==bid", 0, 4, "json.type"),
        ("lotId==7", 0, 5, "json.lotId"),
        ("websocket.rsv==1", 0, 13, "rsv1, rsv2 or rsv3"),
        ("conn==0 (len>1", 8, 1, "never closed"),
        ("conn==0)", 7, 1, "never opened"),
        ("()", 0, 1, "empty"),
        ("a or", 4, 0, "a term is missing"),
        ("and a", 0, 3, "a term is missing"),
        ("\"abc", 0, 4, "no closing quote"),
        ("/abc", 0, 4, "no closing slash"),
        ("/a(/", 0, 4, "this regex is wrong"),
        ("/a/x", 0, 4, "unknown regex flag"),
        ("hex:123", 4, 3, "pairs of hex digits"),
        ("0xzz", 0, 4, "pairs of hex digits"),
        ("hex:????", 4, 4, "pairs of hex digits"),
        ("dir==up-side", 5, 7, "a direction is"),
        ("lint==nothing", 6, 7, "there is no rule"),
        ("fin==perhaps", 5, 7, "true or false"),
        ("key==12", 5, 2, "eight hex digits"),
        ("json.a..b==1", 0, 9, "write a path"),
        ("len~5", 3, 1, "can't be searched"),
        ("text<5", 4, 1, "has no order"),
        ("name<5", 4, 1, "has no order"),
        ("nam==ada", 0, 3, "did you mean \"name\""),
    ] {
        let error = Query::parse(query).unwrap_err();
        assert_eq!((error.offset, error.len), (offset, len), "{query}: {error}");
        assert!(error.message.contains(part), "{query}: {error}");
    }
    let deep = format!("{}a{}", "(".repeat(1000), ")".repeat(1000));
    assert!(Query::parse(&deep).unwrap_err().message.contains("too deep"));
    let big = "/(a{1000}){1000}/";
    assert!(Query::parse(big).unwrap_err().message.contains("too big"));
}

#[test]
fn a_live_scan_finds_what_arrives_later() {
    let session =
        Session::random(11, Style { messages: 60, max_len: 400, deflate: true, split: true });
    for query in ["bid", "!bid", "lint", "message.len>100", "json.type==hb or ok", "complete"] {
        let mut capture = Capture::new(Limits::default());
        let conn = capture.open(ConnectionInit::default()).unwrap();
        let mut live = Scan::new(Query::parse(query).unwrap());
        for chunk in &session.chunks {
            capture.push(conn, chunk.direction, &chunk.bytes, chunk.time_ns);
            while live.step(&capture, 3) {}
        }
        let mut late = Scan::new(Query::parse(query).unwrap());
        while late.step(&capture, 1000) {}
        assert_eq!(live.hits(), late.hits(), "{query}");
        assert_eq!(live.scanned(), capture.frame_ids().len() as u64);
    }
}

/// Applications name a connection after its first frames, and sometimes again.
#[test]
fn names_count_for_frames_before_them() {
    let mut capture = sample();
    let scan = |query| {
        let mut scan = Scan::new(Query::parse(query).unwrap());
        while scan.step(&capture, 5) {}
        scan
    };
    let (mut ben, mut others, mut control) =
        (scan("name==ben"), scan("!name==ben"), scan("control"));
    assert!(ben.hits().is_empty());
    let steps: [(ConnId, &str, &[u32], &[u32]); 4] = [
        (ConnId(1), "Ben", &[4, 5, 6, 7, 9, 10, 11], &[4, 5, 6, 7, 9, 10, 11]),
        (ConnId(0), "Ben", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], &[0, 1, 2, 3, 8]),
        (ConnId(1), "", &[0, 1, 2, 3, 8], &[]),
        (ConnId(9), "Ben", &[0, 1, 2, 3, 8], &[]),
    ];
    for (conn, name, hits, late) in steps {
        capture.set_name(conn, name);
        for scan in [&mut ben, &mut others, &mut control] {
            scan.rename(conn);
            assert!(!scan.step(&capture, 5));
        }
        assert_eq!(ben.hits().iter().map(|hit| hit.0).collect::<Vec<_>>(), hits, "{conn:?}");
        assert_eq!(ben.late().iter().map(|hit| hit.0).collect::<Vec<_>>(), late, "{conn:?}");
        assert_eq!(others.hits().len() + hits.len(), 12);
        assert!(control.late().is_empty() && control.hits().len() == 4);
    }
}
