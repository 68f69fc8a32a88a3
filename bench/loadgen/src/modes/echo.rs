//! Closed loop: an answer makes room for the next message.

use std::time::{Duration, Instant};

use crate::args::EchoArgs;
use crate::error::Error;
use crate::fleet::Fleet;
use crate::script::Script;
use crate::window::{Mark, Measured};

pub(crate) fn run(port: u16, args: &EchoArgs) -> Result<Measured, Error> {
    let script = Script::new(&args.messages);
    let mut fleet = Fleet::open(port, args.messages.connections, script, 7)?;
    for connection in &mut fleet.connections {
        connection.send(&fleet.script, args.in_flight as usize)?;
    }
    echo_until(&mut fleet, Instant::now() + args.window.warmup())?;
    let (start, before) = (Mark::set(&args.window), fleet.answers_with_parts());
    echo_until(&mut fleet, Instant::now() + args.window.duration())?;
    let measured = start.measure(&args.window, fleet.answers_with_parts() - before);
    fleet.drain(|_, _, _, _| Ok(()))?;
    Ok(measured)
}

fn echo_until(fleet: &mut Fleet, end: Instant) -> Result<(), Error> {
    loop {
        let rest = end.saturating_duration_since(Instant::now());
        if rest.is_zero() {
            return Ok(());
        }
        fleet.turn(rest.min(Duration::from_millis(100)), |connection, script, _, answers| {
            connection.send(script, answers as usize)
        })?;
    }
}
