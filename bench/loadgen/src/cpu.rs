//! How much processor time a process has had, and how long it waited for it.

use std::fs;
use std::path::Path;
use std::time::Duration;

/// Times of a process since it started, as the scheduler counted them.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    /// Processor time of all living threads.
    pub(crate) running: Duration,
    /// How long the main thread was ready to run while something else had its core.
    pub(crate) waiting: Duration,
}

/// The times of a process, or `None` where the system doesn't tell.
pub(crate) fn times_of(pid: u32) -> Option<Times> {
    let mut running = Duration::ZERO;
    for task in fs::read_dir(format!("/proc/{pid}/task")).ok()? {
        running += schedstat(&task.ok()?.path())?.running;
    }
    let Times { waiting, .. } = schedstat(format!("/proc/{pid}/task/{pid}").as_ref())?;
    Some(Times { running, waiting })
}

fn schedstat(task: &Path) -> Option<Times> {
    let schedstat = fs::read_to_string(task.join("schedstat")).ok()?;
    let mut times = schedstat.split(' ').map_while(|field| field.parse().ok());
    Some(Times {
        running: Duration::from_nanos(times.next()?),
        waiting: Duration::from_nanos(times.next()?),
    })
}
