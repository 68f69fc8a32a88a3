//! Jobs on Node's thread pool.

use framewright_host::deflate::{CompressJob, InflateJob, Pieces};
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

/// `compressAsync`.
pub struct CompressTask {
    /// There until it ends.
    pub(super) job: Option<CompressJob>,
    pub(super) fragment: Buffer,
}

impl Task for CompressTask {
    type Output = i64;
    type JsValue = Deflated;

    fn compute(&mut self) -> Result<i64> {
        let job = self.job.as_mut().ok_or_else(super::not_here)?;
        Ok(job.run(&self.fragment).to_number())
    }

    fn resolve(&mut self, env: Env, outcome: i64) -> Result<Deflated> {
        let job = self.job.take().ok_or_else(super::not_here)?;
        let pieces = with_host(env, |host| host.deflate.end_compress_job(job))?;
        Ok(Deflated { outcome, pieces })
    }
}

/// `inflateAsync`.
pub struct InflateTask {
    /// There until it ends.
    pub(super) job: Option<InflateJob>,
    pub(super) payload: Buffer,
}

impl Task for InflateTask {
    type Output = i64;
    type JsValue = Deflated;

    fn compute(&mut self) -> Result<i64> {
        let job = self.job.as_mut().ok_or_else(super::not_here)?;
        Ok(job.run(&self.payload).to_number())
    }

    fn resolve(&mut self, env: Env, outcome: i64) -> Result<Deflated> {
        let job = self.job.take().ok_or_else(super::not_here)?;
        let pieces = with_host(env, |host| host.deflate.end_inflate_job(job))?;
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
