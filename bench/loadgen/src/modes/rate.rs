//! Open loop: message *n* is due at *n* / rate, whatever became of the ones before, and its latency counts
//! from then. A server that stalls pays for every message that was due meanwhile (no coordinated omission).

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::args::RateArgs;
use crate::error::Error;
use crate::fleet::Fleet;
use crate::script::Script;
use crate::window::{Load, Mark};

#[derive(Serialize)]
pub(crate) struct Latencies {
    /// Messages measured.
    messages: u64,
    /// Quantiles in nanoseconds.
    p50_ns: u64,
    p99_ns: u64,
    p999_ns: u64,
    max_ns: u64,
    /// The 99th percentile of how late the generator itself was: what the figures are good for.
    generator_p99_ns: u64,
    #[serde(flatten)]
    load: Load,
}

/// When the messages of a run are due.
struct Schedule {
    start: Instant,
    interval_ns: f64,
    warmup: Duration,
}

impl Schedule {
    fn due(&self, message: u64) -> Duration {
        Duration::from_nanos((message as f64 * self.interval_ns) as u64)
    }

    fn messages_within(&self, time: Duration) -> u64 {
        (time.as_nanos() as f64 / self.interval_ns) as u64
    }

    /// How many messages are due by now.
    fn due_by_now(&self) -> u64 {
        (self.start.elapsed().as_nanos() as f64 / self.interval_ns) as u64 + 1
    }

    fn record(&self, message: u64, late: &mut Histogram<u64>) {
        let due = self.due(message);
        if due >= self.warmup {
            let late_ns = self.start.elapsed().saturating_sub(due).as_nanos() as u64;
            late.saturating_record(late_ns.max(1));
        }
    }
}

pub(crate) fn run(port: u16, args: &RateArgs) -> Result<Latencies, Error> {
    let script = Script::new(&args.messages);
    let mut fleet = Fleet::open(port, args.messages.connections, script, 7)?;
    let count = u64::from(args.messages.connections);
    let schedule = Schedule {
        start: Instant::now(),
        interval_ns: 1e9 / args.rate as f64,
        warmup: args.window.warmup(),
    };
    let last = schedule.messages_within(args.window.warmup() + args.window.duration());
    let mut latencies = histogram();
    let mut lags = histogram();
    let mut sent = 0;
    // Message n goes to connection n mod count, and answers come in order: the answers of a connection
    // tell which messages they are for.
    let mut answered = vec![0; fleet.connections.len()];
    let mut record = |index: usize, answers: u64| {
        for answer in answered[index]..answered[index] + answers {
            schedule.record(answer * count + index as u64, &mut latencies);
        }
        answered[index] += answers;
    };
    let start = Mark::set(&args.window);
    while sent < last {
        while sent < schedule.due_by_now().min(last) {
            let connection = &mut fleet.connections[(sent % count) as usize];
            connection.send(&fleet.script, 1)?;
            schedule.record(sent, &mut lags);
            sent += 1;
        }
        // Not waiting: a timer would be later than most answers.
        fleet.turn(Duration::ZERO, |_, _, index, answers| {
            record(index, answers);
            Ok(())
        })?;
    }
    let load = start.load(&Mark::set(&args.window));
    fleet.drain(|_, _, index, answers| {
        record(index, answers);
        Ok(())
    })?;
    Ok(Latencies {
        messages: latencies.len(),
        p50_ns: latencies.value_at_quantile(0.5),
        p99_ns: latencies.value_at_quantile(0.99),
        p999_ns: latencies.value_at_quantile(0.999),
        max_ns: latencies.max(),
        generator_p99_ns: lags.value_at_quantile(0.99),
        load,
    })
}

/// Up to a minute, three digits.
fn histogram() -> Histogram<u64> {
    Histogram::new_with_max(60_000_000_000, 3).expect("the bounds are constant and valid")
}
