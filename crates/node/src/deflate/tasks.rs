//! Jobs on Node's thread pool.

use framewright_host::Outcome;
use framewright_host::deflate::{CompressJob, Contexts, InflateJob, Pieces};
use napi::Task;
use napi::bindgen_prelude::{AsyncTask, Buffer, BufferSlice, Env, Result};
use napi_derive::napi;

use super::not_as_long;
use crate::shared_host::with_host;

/// What a job gave.
#[napi]
pub struct Deflated {
    outcome: i64,
    pieces: Pieces,
}

#[napi]
impl Deflated {
    /// What `compress` and `inflate` return.
    #[napi(getter)]
    pub fn outcome(&self) -> i64 {
        self.outcome
    }

    /// Moves the bytes into `target`, which must be as long.
    #[napi]
    pub fn take(&mut self, mut target: BufferSlice<'_>) -> Result<()> {
        std::mem::take(&mut self.pieces).move_to(&mut target).map_err(not_as_long)
    }

    /// As `take`, on the thread pool.
    #[napi]
    pub fn take_async(&mut self, target: Buffer) -> AsyncTask<TakeTask> {
        AsyncTask::new(TakeTask { pieces: std::mem::take(&mut self.pieces), target })
    }
}

/// `compressAsync` and `inflateAsync`.
pub struct JobTask<J> {
    /// There until it ends.
    job: Option<J>,
    input: Buffer,
    run: fn(&mut J, &[u8]) -> Outcome,
    end: fn(&mut Contexts, J) -> Pieces,
}

impl JobTask<CompressJob> {
    pub(super) fn compress(job: CompressJob, fragment: Buffer) -> AsyncTask<Self> {
        let (run, end) = (CompressJob::run, Contexts::end_compress_job);
        AsyncTask::new(Self { job: Some(job), input: fragment, run, end })
    }
}

impl JobTask<InflateJob> {
    pub(super) fn inflate(job: InflateJob, payload: Buffer) -> AsyncTask<Self> {
        let (run, end) = (InflateJob::run, Contexts::end_inflate_job);
        AsyncTask::new(Self { job: Some(job), input: payload, run, end })
    }
}

impl<J: Send + 'static> Task for JobTask<J> {
    type Output = i64;
    type JsValue = Deflated;

    fn compute(&mut self) -> Result<i64> {
        let job = self.job.as_mut().ok_or_else(super::not_here)?;
        Ok((self.run)(job, &self.input).to_number())
    }

    fn resolve(&mut self, env: Env, outcome: i64) -> Result<Deflated> {
        let job = self.job.take().ok_or_else(super::not_here)?;
        let pieces = with_host(env, |host| (self.end)(&mut host.deflate, job))?;
        Ok(Deflated { outcome, pieces })
    }
}

/// `takeAsync`.
pub struct TakeTask {
    pieces: Pieces,
    target: Buffer,
}

impl Task for TakeTask {
    type Output = ();
    type JsValue = ();

    fn compute(&mut self) -> Result<()> {
        std::mem::take(&mut self.pieces).move_to(&mut self.target).map_err(not_as_long)
    }

    fn resolve(&mut self, _env: Env, (): ()) -> Result<()> {
        Ok(())
    }
}
