//! What contexts cost, awake and asleep: `cargo run --release -p framewright-codec --example
//! deflate_figures`. Times are the best of several runs, on one thread.

use std::hint::black_box;
use std::time::Instant;

use framewright_codec::deflate::{
    CompressOptions, Compressor, Context, ContextParams, Decompressor, InflateLimits, Pool,
};

const MESSAGES: usize = 500;

fn main() {
    let messages: Vec<_> = (0..MESSAGES as u64).map(message).collect();
    let len = messages.iter().map(Vec::len).sum::<usize>() / MESSAGES;
    println!("{MESSAGES} JSON messages of about {len} bytes, level 6, context takeover\n");
    let compressor = compressor(CompressOptions::DEFAULT_HISTORY_LEN);
    println!("engine: {} bytes to compress", compressor.engine_memory_len());
    println!("        {} bytes to inflate\n", decompressor().engine_memory_len());
    println!("compressor               history   µs to wake   µs a message   bytes out");
    let awake = row("awake", usize::MAX, &messages, false, 0);
    for history_len in [1024, 2048, 4096, 8192, 16_384, 32_768] {
        row("asleep between messages", history_len, &messages, true, awake);
    }
    println!();
    let payloads = compress_all(&messages);
    for (name, sleeps) in [("awake", false), ("asleep between messages", true)] {
        let time = best(|| {
            let mut decompressor = decompressor();
            let (mut spare, mut text) = (None, Vec::new());
            for payload in &payloads {
                if sleeps {
                    decompressor.wake(spare.take());
                }
                text.clear();
                decompressor.inflate(payload, true, &mut text).expect("a sound payload");
                if sleeps {
                    spare = decompressor.sleep();
                }
            }
        });
        println!("decompressor {name:24} {:6.2} µs a message", time / MESSAGES as f64);
    }
    println!();
    for connections in [100, 1000] {
        resident(connections, &messages);
    }
}

fn compressor(history_len: usize) -> Compressor {
    let mut options = CompressOptions::default();
    options.history_len = history_len;
    Compressor::new(ContextParams::default(), options)
}

fn decompressor() -> Decompressor {
    Decompressor::new(ContextParams::default(), InflateLimits::default())
}

fn row(name: &str, history_len: usize, messages: &[Vec<u8>], sleeps: bool, awake: usize) -> usize {
    let mut total_len = 0;
    let time = best(|| {
        let mut compressor = compressor(history_len);
        let (mut spare, mut payload) = (None, Vec::new());
        total_len = 0;
        for message in messages {
            if sleeps {
                compressor.wake(spare.take());
            }
            payload.clear();
            compressor.compress(message, true, &mut payload);
            total_len += payload.len();
            if sleeps {
                spare = compressor.sleep();
            }
        }
    });
    let mut compressor = compressor(history_len);
    messages.iter().for_each(|message| compressor.compress(message, true, &mut Vec::new()));
    let wake = best(|| {
        for _ in 0..MESSAGES {
            let spare = compressor.sleep();
            compressor.wake(black_box(spare));
        }
    });
    let (wake, history) = match sleeps {
        true => {
            (format!("{:.2}", wake / MESSAGES as f64), compressor.history_memory_len().to_string())
        }
        false => ("".into(), "".into()),
    };
    let more = 100.0 * (total_len as f64 / awake as f64 - 1.0);
    let more = if awake == 0 { String::new() } else { format!("{more:+.1} %") };
    let time = time / MESSAGES as f64;
    println!("{name:24} {history:>7} {wake:>12} {time:>14.2} {total_len:>12} {more}");
    total_len
}

fn compress_all(messages: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut compressor = compressor(0);
    let compress = |message: &Vec<u8>| {
        let mut payload = Vec::new();
        compressor.compress(message, true, &mut payload);
        payload
    };
    messages.iter().map(compress).collect()
}

/// Twenty messages each way on each connection, in turn.
fn resident(connections: usize, messages: &[Vec<u8>]) {
    let before = resident_len();
    let mut compressors = Pool::new(Pool::<Compressor>::DEFAULT_BUDGET_LEN);
    let mut decompressors = Pool::new(Pool::<Decompressor>::DEFAULT_BUDGET_LEN / 8);
    let mut peers: Vec<_> = (0..connections)
        .map(|_| {
            let id = compressors.insert(compressor(CompressOptions::DEFAULT_HISTORY_LEN));
            (id, decompressors.insert(decompressor()))
        })
        .collect();
    let payloads = compress_all(&messages[..20]);
    let (mut payload, mut text) = (Vec::new(), Vec::new());
    let started = Instant::now();
    for (index, incoming) in payloads.iter().enumerate() {
        for (number, (compressor, decompressor)) in peers.iter_mut().enumerate() {
            text.clear();
            decompressors.with(*decompressor, |d| d.inflate(incoming, true, &mut text));
            payload.clear();
            let outgoing = &messages[(number * 20 + index) % MESSAGES];
            compressors.with(*compressor, |c| c.compress(outgoing, true, &mut payload));
        }
    }
    let time = started.elapsed().as_secs_f64() * 1e6 / (connections * payloads.len()) as f64;
    let grown = resident_len().saturating_sub(before);
    println!(
        "{connections} connections, 20 messages each way: {} kB each resident, {time:.1} µs a message each \
         way ({} compressors and {} decompressors awake)",
        grown / connections / 1000,
        compressors.awake_count(),
        decompressors.awake_count(),
    );
}

/// This process's resident memory in bytes; 0 where there is no /proc to tell.
fn resident_len() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|statm| statm.split(' ').nth(1)?.parse::<usize>().ok());
    pages.unwrap_or(0) * 4096
}

/// The best time of a few runs, in µs.
fn best(mut f: impl FnMut()) -> f64 {
    let mut time = || {
        let started = Instant::now();
        f();
        started.elapsed().as_secs_f64() * 1e6
    };
    (0..7).map(|_| time()).fold(f64::MAX, f64::min)
}

/// JSON as an application sends it: the same keys, other values, text of some 2,000 words.
fn message(seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let (high, low) = (random.below(1 << 32), random.below(1 << 32));
    let (name, title, body, tag) =
        (random.words(2), random.words(6), random.words(100), random.words(1));
    let price = random.below(100_000) as f64 / 100.0;
    format!(
        r#"{{"type":"update","id":"{high:08x}{low:08x}","seq":{seed},"user":{{"name":"{name}"}},"payload":{{"title":"{title}","body":"{body}","price":{price},"tags":["{tag}"],"active":true}}}}"#
    )
    .into_bytes()
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 32) % limit
    }

    /// Some words are far more frequent than others.
    fn words(&mut self, count: usize) -> String {
        let word = |_| {
            let limit = 1 + self.below(2000);
            let mut letters = Self(self.below(limit));
            let len = 2 + letters.below(7);
            (0..len).map(|_| (b'a' + letters.below(26) as u8) as char).collect::<String>()
        };
        (0..count).map(word).collect::<Vec<_>>().join(" ")
    }
}
