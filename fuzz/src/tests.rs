//! What fuzzing found stays found: the seeds of each target, and some bytes at random.

use std::fs;
use std::path::{Path, PathBuf};

/// Those in folders within, too.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("each target has seeds");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn replay(target: &str, tries: usize, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    let mut seeds = vec![Vec::new()];
    for file in files(&folder) {
        seeds.push(fs::read(file).expect("a seed"));
    }
    // splitmix64: the same bytes on every machine.
    let mut state = 0_u64;
    let mut random = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    };
    for seed in &seeds {
        check(seed);
        for _ in 0..tries {
            let mut bytes = seed.clone();
            bytes.extend_from_slice(&random().to_le_bytes());
            for _ in 0..random() % 4 {
                let at = (random() % bytes.len() as u64) as usize;
                bytes[at] = random() as u8;
            }
            check(&bytes);
        }
    }
}

#[test]
fn decode() {
    replay("decode", 200, crate::targets::decode::check);
}

#[test]
fn connection() {
    replay("connection", 200, crate::targets::connection::check);
}

#[test]
fn round_trip() {
    replay("round_trip", 200, crate::targets::round_trip::check);
}

#[test]
fn inflate() {
    replay("inflate", 200, crate::targets::inflate::check);
}

#[test]
fn handshake() {
    replay("handshake", 200, crate::targets::handshake::check);
}

#[test]
fn walk() {
    replay("walk", 200, crate::targets::walk::check);
}

#[test]
fn query() {
    replay("query", 200, crate::targets::query::check);
}

#[test]
fn capture_import() {
    replay("capture_import", 20, crate::targets::capture_import::check);
}
