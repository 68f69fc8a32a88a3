//! The clock around a bench.

use std::time::{Duration, Instant};

/// Work to measure.
pub(crate) trait Bench {
    /// Does about a tenth of a millisecond of work, and returns how many units of it.
    fn pass(&mut self) -> usize;

    /// Does a pass's work and panics if one byte of the result is wrong.
    fn verify(&mut self);
}

/// Nanoseconds a unit, of so long a time of passes: their median, since the core may be given to another
/// process in the middle of some.
pub(crate) fn nanoseconds(bench: &mut dyn Bench, duration: Duration) -> f64 {
    let start = Instant::now();
    let mut passes = Vec::new();
    while start.elapsed() < duration || passes.is_empty() {
        let start = Instant::now();
        let units = bench.pass();
        passes.push(start.elapsed().as_nanos() as f64 / units as f64);
    }
    passes.sort_by(f64::total_cmp);
    passes[passes.len() / 2]
}
