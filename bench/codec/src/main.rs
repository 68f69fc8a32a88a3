//! Nanoseconds that a codec takes for one frame, or one payload to mask, on one core and with no socket.
//!
//! One process measures one codec and one cell, prints one line of JSON, and checks every byte of what
//! comes out before and after measuring.

mod decode;
mod feed;
mod mask;
mod peers;
mod timing;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::timing::Bench;

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Peer {
    Framewright,
    Tungstenite,
    Fastwebsockets,
    Memcpy,
}

/// The work.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Cell {
    /// Decode masked text frames of 64 bytes.
    #[value(name = "decode-64")]
    Decode64,
    /// Decode masked text frames of 16 KiB.
    #[value(name = "decode-16KiB")]
    Decode16KiB,
    /// Receive text messages of 64 bytes over a connection.
    #[value(name = "receive-64")]
    Receive64,
    /// Receive text messages of 16 KiB over a connection.
    #[value(name = "receive-16KiB")]
    Receive16KiB,
    /// Receive text messages of 16 KiB, each in eight frames, over a connection.
    #[value(name = "receive-fragments")]
    ReceiveFragments,
    /// Mask 64 bytes.
    #[value(name = "mask-64")]
    Mask64,
    /// Mask 1 KiB.
    #[value(name = "mask-1KiB")]
    Mask1KiB,
    /// Mask 64 KiB.
    #[value(name = "mask-64KiB")]
    Mask64KiB,
}

/// Measures a WebSocket codec in process.
#[derive(Parser)]
struct Args {
    /// The codec.
    peer: Peer,
    /// The work.
    cell: Cell,
    /// Time to measure, ms.
    #[arg(default_value_t = 300)]
    duration: u64,
    /// Time to run before, ms.
    #[arg(default_value_t = 100)]
    warmup: u64,
}

/// The bench of this cell, or `None` where the peer has no such function.
fn bench(peer: Peer, cell: Cell) -> Option<Box<dyn Bench>> {
    match cell {
        Cell::Decode64 => decode::bench(peer, 64),
        Cell::Decode16KiB => decode::bench(peer, 16 << 10),
        Cell::Receive64 => decode::bench_messages(peer, 64, 1),
        Cell::Receive16KiB => decode::bench_messages(peer, 16 << 10, 1),
        Cell::ReceiveFragments => decode::bench_messages(peer, 16 << 10, 8),
        Cell::Mask64 => mask::bench(peer, 64),
        Cell::Mask1KiB => mask::bench(peer, 1 << 10),
        Cell::Mask64KiB => mask::bench(peer, 64 << 10),
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let Some(mut bench) = bench(args.peer, args.cell) else {
        eprintln!("codec bench: this peer has no such work");
        return ExitCode::FAILURE;
    };
    bench.verify();
    timing::nanoseconds(&mut *bench, Duration::from_millis(args.warmup));
    let ns = timing::nanoseconds(&mut *bench, Duration::from_millis(args.duration));
    bench.verify();
    println!("{}", serde_json::json!({ "ns": ns }));
    ExitCode::SUCCESS
}
