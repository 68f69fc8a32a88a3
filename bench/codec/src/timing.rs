//! The clock around a bench.

use std::time::{Duration, Instant};

/// Work to measure.
pub(crate) trait Bench {
    /// Does about a tenth of a millisecond of work, and returns how many units of it.
    fn pass(&mut self) -> usize;

    /// Does a pass's work and panics if one octet of the result is wrong.
    fn verify(&mut self);
}

/// Nanoseconds a unit, of so long a time of passes.
pub(crate) fn nanoseconds(bench: &mut dyn Bench, duration: Duration) -> f64 {
    let start = Instant::now();
    let mut units = 0;
    loop {
        units += bench.pass();
        let elapsed = start.elapsed();
        if elapsed >= duration {
            return elapsed.as_nanos() as f64 / units as f64;
        }
    }
}
