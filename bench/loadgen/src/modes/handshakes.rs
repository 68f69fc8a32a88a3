//! Opening handshakes: connections that are opened some at a time, and closed again without a message.

use std::time::Instant;

use crate::args::HandshakesArgs;
use crate::connection::{ask, take_answer};
use crate::error::Error;
use crate::window::{Mark, Measured};

pub(crate) fn run(port: u16, args: &HandshakesArgs) -> Result<Measured, Error> {
    let HandshakesArgs { window, connections } = args;
    shake_until(port, *connections, Instant::now() + window.warmup())?;
    let start = Mark::set(window);
    let handshakes = shake_until(port, *connections, Instant::now() + window.duration())?;
    Ok(start.measure(window, handshakes as f64))
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
