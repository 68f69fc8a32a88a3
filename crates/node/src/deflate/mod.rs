//! permessage-deflate: contexts by id, and messages done at once or on the thread pool.
//!
//! What a call gives is its outcome: how many octets came out, or a close code, negated. The octets wait
//! until JavaScript has made a buffer of that length to take them into. (A buffer made here would be an
//! external one, which costs more than a short message does, and which Electron forbids.)
//!
//! A context does one thing at a time: JavaScript keeps the order of each.

pub(crate) mod options;
mod tasks;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use framewright_codec::CloseCode;
use framewright_codec::deflate::{Compressor, Context, Decompressor, InflateError, Pool};
use napi::Status;
use napi::bindgen_prelude::{AsyncTask, Buffer, BufferSlice, Env, Error, Result};
use napi_derive::napi;

use self::options::{CompressorOptions, DecompressorOptions};
use self::tasks::{CompressTask, InflateTask};
use crate::instance::Instance;

/// How many octets `inflate` lets come out before it leaves the rest to `inflateAsync`: about 1 ms.
const MAX_INLINE_LEN: usize = 512 * 1024;

/// The most capacity to keep for the next call's output.
const MAX_KEPT_LEN: usize = 1024 * 1024;

/// Of the budget, one part in so many goes to decompressors: their engines are small and soon primed.
const DECOMPRESSOR_SHARE: usize = 8;

/// The outcome of an `inflate` that `inflateAsync` is to finish.
const UNFINISHED: i64 = -1;

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

/// One environment's contexts.
pub(crate) struct Contexts {
    compressors: Pool<Compressor>,
    decompressors: Pool<Decompressor>,
    /// What the last call gave.
    output: Vec<u8>,
    /// The frames that `inflate` left to `inflateAsync`, by decompressor.
    unfinished: BTreeMap<u32, Unfinished>,
}

/// A frame's payload that is inflated in part.
#[derive(Default)]
struct Unfinished {
    /// What came out so far.
    octets: Vec<u8>,
    /// How much of the payload is done with, in octets.
    consumed: usize,
}

impl Default for Contexts {
    fn default() -> Self {
        let mut contexts = Self {
            compressors: Pool::new(0),
            decompressors: Pool::new(0),
            output: Vec::new(),
            unfinished: BTreeMap::new(),
        };
        contexts.set_budget_len(Pool::<Compressor>::DEFAULT_BUDGET_LEN);
        contexts
    }
}

impl Contexts {
    fn set_budget_len(&mut self, len: usize) {
        self.decompressors.set_budget_len(len / DECOMPRESSOR_SHARE);
        self.compressors.set_budget_len(len - len / DECOMPRESSOR_SHARE);
    }

    fn clear_output(&mut self) {
        self.output.clear();
        self.output.shrink_to(MAX_KEPT_LEN);
    }

    /// Compresses a fragment. Returns its outcome.
    pub(crate) fn compress(&mut self, id: u32, fragment: &[u8], fin: bool) -> i64 {
        self.clear_output();
        let output = &mut self.output;
        let done = use_context(&mut self.compressors, id, |compressor| {
            compressor.compress(fragment, fin, output);
        });
        outcome(done.map(Ok), self.output.len())
    }

    /// Inflates a frame's payload. Returns its outcome.
    pub(crate) fn inflate(&mut self, id: u32, payload: &[u8], fin: bool) -> i64 {
        self.clear_output();
        let output = &mut self.output;
        let step = use_context(&mut self.decompressors, id, |decompressor| {
            decompressor.inflate_step(payload, fin, MAX_INLINE_LEN, output)
        });
        match step {
            Some(Ok(step)) if !step.finished => {
                let octets = std::mem::take(&mut self.output);
                self.unfinished.insert(id, Unfinished { octets, consumed: step.consumed });
                UNFINISHED
            }
            step => outcome(step.map(|step| step.map(|_| ())), self.output.len()),
        }
    }

    /// Copies what the last call gave to the start of `target`, if it fits there.
    pub(crate) fn copy_output(&self, target: &mut [u8]) {
        if let Some(target) = target.get_mut(..self.output.len()) {
            target.copy_from_slice(&self.output);
        }
    }
}

/// Uses a context that is there. A panic, which would be a bug, counts as not being there.
fn use_context<C: Context, R>(
    pool: &mut Pool<C>,
    id: u32,
    f: impl FnOnce(&mut C) -> R,
) -> Option<R> {
    let mut context = pool.take(id as usize)?;
    let result = catch_unwind(AssertUnwindSafe(|| f(&mut context))).ok();
    pool.put(id as usize, context);
    result
}

fn outcome(done: Option<std::result::Result<(), InflateError>>, len: usize) -> i64 {
    let code = match done {
        Some(Ok(())) => return len as i64,
        Some(Err(error)) => error.close_code(),
        None => CloseCode::INTERNAL_ERROR,
    };
    -i64::from(code.0)
}

/// Opens a compressor.
#[napi]
pub fn open_compressor(env: Env, options: CompressorOptions) -> Result<u32> {
    let compressor = options.compressor()?;
    Instance::with(env, |instance| instance.deflate.compressors.insert(compressor) as u32)
}

/// Frees a compressor, once it's done with what it is doing. An id that isn't open is ignored.
#[napi]
pub fn close_compressor(env: Env, id: u32) -> Result<()> {
    Instance::with(env, |instance| instance.deflate.compressors.remove(id as usize))
}

/// Opens a decompressor.
#[napi]
pub fn open_decompressor(env: Env, options: DecompressorOptions) -> Result<u32> {
    let decompressor = options.decompressor()?;
    Instance::with(env, |instance| instance.deflate.decompressors.insert(decompressor) as u32)
}

/// Frees a decompressor, once it's done with what it is doing. An id that isn't open is ignored.
#[napi]
pub fn close_decompressor(env: Env, id: u32) -> Result<()> {
    Instance::with(env, |instance| {
        instance.deflate.unfinished.remove(&id);
        instance.deflate.decompressors.remove(id as usize);
    })
}

/// Copies what the last `compress` or `inflate` gave into `target`, which must be as long.
#[napi]
pub fn take_deflated(env: Env, mut target: BufferSlice<'_>) -> Result<()> {
    Instance::with(env, |instance| copy(&instance.deflate.output, &mut target))?
}

/// As `compress`, on the thread pool. `fragment` must not change meanwhile.
#[napi]
pub fn compress_async(
    env: Env,
    id: u32,
    fragment: Buffer,
    fin: bool,
) -> Result<AsyncTask<CompressTask>> {
    let compressor =
        Instance::with(env, |instance| instance.deflate.compressors.take(id as usize))?;
    let compressor = compressor.ok_or_else(not_here)?;
    Ok(AsyncTask::new(CompressTask::new(id, compressor, fragment, fin)))
}

/// As `inflate`, on the thread pool. `payload` must not change meanwhile.
#[napi]
pub fn inflate_async(
    env: Env,
    id: u32,
    payload: Buffer,
    fin: bool,
) -> Result<AsyncTask<InflateTask>> {
    let (decompressor, unfinished) = Instance::with(env, |instance| {
        let unfinished = instance.deflate.unfinished.remove(&id).unwrap_or_default();
        (instance.deflate.decompressors.take(id as usize), unfinished)
    })?;
    let decompressor = decompressor.ok_or_else(not_here)?;
    Ok(AsyncTask::new(InflateTask::new(id, decompressor, payload, fin, unfinished)))
}

/// The end of what a decompressor inflated, as far as later messages may refer to it.
#[napi]
pub fn inflated_history(env: Env, id: u32) -> Result<Buffer> {
    Instance::with(env, |instance| {
        let history = instance.deflate.decompressors.with(id as usize, |context| context.history());
        history.unwrap_or_default().into()
    })
}

/// What zlib calls the corruption that a decompressor failed with.
#[napi]
pub fn corruption(env: Env, id: u32) -> Result<Option<&'static str>> {
    Instance::with(env, |instance| {
        instance.deflate.decompressors.with(id as usize, |context| context.corruption()).flatten()
    })
}

/// Sets how much memory in octets the contexts of this environment may hold to work with, 4 MiB by default.
/// What they must remember comes on top: 12 KiB each at most to compress, a window to inflate.
#[napi]
pub fn set_deflate_budget(env: Env, budget_len: f64) -> Result<()> {
    Instance::with(env, |instance| instance.deflate.set_budget_len(budget_len as usize))
}

/// Counts the contexts of this environment.
#[napi]
pub fn deflate_counters(env: Env) -> Result<DeflateCounters> {
    Instance::with(env, |instance| {
        let Contexts { compressors, decompressors, .. } = &instance.deflate;
        DeflateCounters {
            compressors: compressors.len() as u32,
            awake_compressors: compressors.awake_count() as u32,
            decompressors: decompressors.len() as u32,
            awake_decompressors: decompressors.awake_count() as u32,
        }
    })
}

fn copy(octets: &[u8], target: &mut [u8]) -> Result<()> {
    if octets.len() != target.len() {
        return Err(not_as_long());
    }
    target.copy_from_slice(octets);
    Ok(())
}

fn not_as_long() -> Error {
    Error::new(Status::InvalidArg, "the target is not as long as the output")
}

fn not_here() -> Error {
    Error::from_reason("the context is not open, or in use")
}
