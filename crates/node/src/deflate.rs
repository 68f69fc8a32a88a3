//! permessage-deflate: what isn't a raw callback.
//!
//! The output of a call is kept until JavaScript has made a buffer of its length to copy it into. (A buffer
//! made here would be an external one. It costs more than a short message, and Electron forbids it.)

pub(crate) mod options;
mod tasks;

use framewright_host::deflate::{CompressJob, InflateJob, NotAsLong};
use napi::Status;
use napi::bindgen_prelude::{AsyncTask, Buffer, BufferSlice, Env, Error, Result};
use napi_derive::napi;

use self::options::{CompressorOptions, DecompressorOptions};
use self::tasks::JobTask;
use crate::shared_host::with_host;

/// The contexts of this environment.
#[napi(object)]
pub struct DeflateCounters {
    /// Open compressors.
    pub compressors: u32,
    /// Those of them that hold an engine.
    pub awake_compressors: u32,
    /// Open decompressors.
    pub decompressors: u32,
    /// Those of them that hold an engine.
    pub awake_decompressors: u32,
}

/// Opens a compressor.
#[napi]
pub fn open_compressor(env: Env, options: CompressorOptions) -> Result<u32> {
    let compressor = options.compressor()?;
    with_host(env, |host| host.deflate.open_compressor(compressor))
}

/// Frees a compressor, once it's done with what it is doing.
#[napi]
pub fn close_compressor(env: Env, id: u32) -> Result<()> {
    with_host(env, |host| host.deflate.close_compressor(id))
}

/// Opens a decompressor.
#[napi]
pub fn open_decompressor(env: Env, options: DecompressorOptions) -> Result<u32> {
    let decompressor = options.decompressor()?;
    with_host(env, |host| host.deflate.open_decompressor(decompressor))
}

/// Frees a decompressor, once it's done with what it is doing.
#[napi]
pub fn close_decompressor(env: Env, id: u32) -> Result<()> {
    with_host(env, |host| host.deflate.close_decompressor(id))
}

/// Copies what the last `compress` or `inflate` gave into `target`, which must be as long.
#[napi]
pub fn take_deflated(env: Env, mut target: BufferSlice<'_>) -> Result<()> {
    with_host(env, |host| {
        let output = host.deflate.output();
        if output.len() != target.len() {
            return Err(not_as_long(NotAsLong));
        }
        target.copy_from_slice(output);
        Ok(())
    })?
}

/// As `compress`, on the thread pool. `fragment` must not change meanwhile.
#[napi]
pub fn compress_async(
    env: Env,
    id: u32,
    fragment: Buffer,
    fin: bool,
) -> Result<AsyncTask<JobTask<CompressJob>>> {
    let job = with_host(env, |host| host.deflate.compress_job(id, fin))?;
    Ok(JobTask::compress(job.ok_or_else(not_here)?, fragment))
}

/// As `inflate`, on the thread pool. `payload` must not change meanwhile. `checkInflated` is left to the caller.
/// `flags` are as there.
#[napi]
pub fn inflate_async(
    env: Env,
    id: u32,
    payload: Buffer,
    flags: u32,
) -> Result<AsyncTask<JobTask<InflateJob>>> {
    let job = with_host(env, |host| host.deflate.inflate_job(id, flags))?;
    Ok(JobTask::inflate(job.ok_or_else(not_here)?, payload))
}

/// The end of what a decompressor inflated, as far as later messages may refer to it.
#[napi]
pub fn inflated_history(env: Env, id: u32) -> Result<Buffer> {
    with_host(env, |host| host.deflate.inflated_history(id).into())
}

/// The text on which inflating the next frame's payload depends; nothing inside a DEFLATE block, after an
/// error, and while the decompressor is in use.
#[napi]
pub fn inflate_window(env: Env, id: u32) -> Result<Option<Buffer>> {
    with_host(env, |host| host.deflate.inflate_window(id).map(Buffer::from))
}

/// The text that the next fragment may refer to; nothing while the compressor is in use.
#[napi]
pub fn deflate_window(env: Env, id: u32) -> Result<Option<Buffer>> {
    with_host(env, |host| host.deflate.deflate_window(id).map(Buffer::from))
}

/// What zlib calls the corruption that a decompressor failed with.
#[napi]
pub fn corruption(env: Env, id: u32) -> Result<Option<&'static str>> {
    with_host(env, |host| host.deflate.corruption(id))
}

/// Sets how much memory in bytes the contexts of this environment may hold to work with, 4 MiB by default.
/// What they must remember comes on top: 12 KiB each at most to compress, a window to inflate.
#[napi]
pub fn set_deflate_budget(env: Env, budget_len: f64) -> Result<()> {
    with_host(env, |host| host.deflate.set_budget_len(budget_len as usize))
}

/// Counts the contexts of this environment.
#[napi]
pub fn deflate_counters(env: Env) -> Result<DeflateCounters> {
    let counts = with_host(env, |host| host.deflate.counts())?;
    Ok(DeflateCounters {
        compressors: counts.compressors as u32,
        awake_compressors: counts.awake_compressors as u32,
        decompressors: counts.decompressors as u32,
        awake_decompressors: counts.awake_decompressors as u32,
    })
}

fn not_as_long(NotAsLong: NotAsLong) -> Error {
    Error::new(Status::InvalidArg, "the target is not as long as the output")
}

fn not_here() -> Error {
    Error::from_reason("the context is not open, or in use")
}
