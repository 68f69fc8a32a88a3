//! The measured part of a run.

use std::process;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::args::Window;
use crate::cpu::{self, Times};

/// What happened between the end of the warm-up and the end of the run.
#[derive(Serialize)]
pub(crate) struct Measured {
    /// Whole and part answers received.
    messages: f64,
    /// The time they took.
    seconds: f64,
    /// Answers a second.
    rate: f64,
    #[serde(flatten)]
    load: Load,
}

/// How busy the cores were, each as a share of the time; missing where the system doesn't tell.
#[derive(Serialize)]
pub(crate) struct Load {
    /// Cores that the server kept busy.
    server_cpus: Option<f64>,
    /// The larger of what server and generator each lost to others on their core.
    disturbed: Option<f64>,
}

/// A point in a run.
pub(crate) struct Mark {
    at: Instant,
    server: Option<Times>,
    generator: Option<Times>,
}

impl Mark {
    /// Now.
    pub(crate) fn set(window: &Window) -> Self {
        Self {
            at: Instant::now(),
            server: window.server_pid.and_then(cpu::times_of),
            generator: cpu::times_of(process::id()),
        }
    }

    /// What happened since, in which so many answers came.
    pub(crate) fn measure(&self, window: &Window, messages: f64) -> Measured {
        let end = Self::set(window);
        let seconds = (end.at - self.at).as_secs_f64();
        Measured { messages, seconds, rate: messages / seconds, load: self.load(&end) }
    }

    /// How busy the cores were up to `end`.
    pub(crate) fn load(&self, end: &Self) -> Load {
        let seconds = (end.at - self.at).as_secs_f64();
        let share = |start: Option<Times>, end: Option<Times>, field: fn(Times) -> Duration| {
            Some(field(end?).saturating_sub(field(start?)).as_secs_f64() / seconds)
        };
        let waited = [(self.server, end.server), (self.generator, end.generator)]
            .into_iter()
            .filter_map(|(start, end)| share(start, end, |times| times.waiting));
        Load {
            server_cpus: share(self.server, end.server, |times| times.running),
            disturbed: waited.reduce(f64::max),
        }
    }
}
