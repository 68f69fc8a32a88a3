//! Opening handshakes: connections that are opened some at a time, and closed again without a message.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::args::HandshakesArgs;
use crate::connection::{ask, take_answer};
use crate::cpu;
use crate::error::Error;

#[derive(Serialize)]
pub(crate) struct Shaken {
    /// Handshakes a second.
    rate: f64,
    /// Cores that the server kept busy; missing where the system doesn't tell.
    server_cpus: Option<f64>,
}

pub(crate) fn run(port: u16, args: &HandshakesArgs) -> Result<Shaken, Error> {
    shake_until(port, args.connections, Instant::now() + args.window.warmup())?;
    let busy = || args.window.server_pid.and_then(cpu::times_of).map(|times| times.running);
    let (start, busy_before) = (Instant::now(), busy());
    let handshakes = shake_until(port, args.connections, start + args.window.duration())?;
    let seconds = start.elapsed().as_secs_f64();
    let share = |busy: Duration| busy.as_secs_f64() / seconds;
    Ok(Shaken {
        rate: handshakes as f64 / seconds,
        server_cpus: busy_before.zip(busy()).map(|(before, after)| share(after - before)),
    })
}

fn shake_until(port: u16, connections: u32, end: Instant) -> Result<u64, Error> {
    let mut handshakes = 0;
    while Instant::now() < end {
        let asked: Result<Vec<_>, _> = (0..connections).map(|_| ask(port, None)).collect();
        for mut stream in asked? {
            take_answer(&mut stream, None)?;
            handshakes += 1;
        }
    }
    Ok(handshakes)
}
