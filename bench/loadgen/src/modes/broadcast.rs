//! Broadcast: the first connection publishes batches, and every connection must get every message.

use std::time::{Duration, Instant};

use crate::args::BroadcastArgs;
use crate::error::Error;
use crate::fleet::Fleet;
use crate::script::Script;
use crate::window::{Mark, Measured};

/// Publishes the next batch when all connections have the oldest one.
struct Publisher {
    fleet: Fleet,
    batch: u64,
    in_flight: u64,
    /// Batches published.
    published: u64,
    /// Batches that all connections have.
    complete: u64,
    /// How many connections have batch `complete + i` whole.
    having: Vec<usize>,
    /// How many batches each connection has whole.
    had: Vec<u64>,
}

pub(crate) fn run(port: u16, args: &BroadcastArgs) -> Result<Measured, Error> {
    // All connections get the same stream, so all start at the same frame.
    let fleet = Fleet::open(port, args.messages.connections, Script::new(&args.messages), 0)?;
    let mut publisher = Publisher {
        had: vec![0; fleet.connections.len()],
        fleet,
        batch: u64::from(args.batch),
        in_flight: u64::from(args.in_flight),
        published: 0,
        complete: 0,
        having: vec![0; args.in_flight as usize],
    };
    publisher.run_until(Instant::now() + args.window.warmup())?;
    let (start, before) = (Mark::set(&args.window), publisher.fleet.answers_with_parts());
    publisher.run_until(Instant::now() + args.window.duration())?;
    let measured = start.measure(&args.window, publisher.fleet.answers_with_parts() - before);
    publisher.fleet.drain(|_, _, _, _| Ok(()))?;
    Ok(measured)
}

impl Publisher {
    fn run_until(&mut self, end: Instant) -> Result<(), Error> {
        loop {
            while self.published < self.complete + self.in_flight {
                self.publish()?;
            }
            let rest = end.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return Ok(());
            }
            let (batch, complete) = (self.batch, self.complete);
            let (had, having) = (&mut self.had, &mut self.having);
            self.fleet.turn(
                rest.min(Duration::from_millis(100)),
                |connection, script, index, _| {
                    let has = connection.answers(script) / batch;
                    for batch in had[index]..has {
                        having[(batch - complete) as usize] += 1;
                    }
                    had[index] = has;
                    Ok(())
                },
            )?;
            while self.having[0] == self.had.len() {
                self.having.rotate_left(1);
                self.having[self.in_flight as usize - 1] = 0;
                self.complete += 1;
            }
        }
    }

    fn publish(&mut self) -> Result<(), Error> {
        let batch = self.batch as usize;
        self.published += 1;
        let Some((publisher, others)) = self.fleet.connections.split_first_mut() else {
            return Ok(());
        };
        for connection in others {
            connection.expect(&self.fleet.script, batch);
        }
        publisher.send(&self.fleet.script, batch)
    }
}
