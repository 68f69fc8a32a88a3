//! Long messages, on the thread pool.

use std::panic::{AssertUnwindSafe, catch_unwind};

use framewright_codec::deflate::{Compressor, Decompressor, InflateError};
use napi::Task;
use napi::bindgen_prelude::{AsyncTask, Buffer, BufferSlice, Env, Result};
use napi_derive::napi;

use super::{Unfinished, not_as_long, outcome};
use crate::instance::Instance;

/// What comes out on the thread pool is kept in pieces of so many octets. In one piece that grows, a message
/// at its limit would have the memory of two, and more in what the allocator of each thread keeps.
const PIECE_LEN: usize = 256 * 1024;

/// The outcome of work on the thread pool, with its octets.
#[napi]
pub struct Deflated {
    outcome: i64,
    pieces: Vec<Vec<u8>>,
}

#[napi]
impl Deflated {
    /// How many octets there are, or a close code, negated.
    #[napi(getter)]
    pub fn outcome(&self) -> i64 {
        self.outcome
    }

    /// Moves the octets into `target`, which must be as long.
    #[napi]
    pub fn take(&mut self, mut target: BufferSlice<'_>) -> Result<()> {
        copy_pieces(std::mem::take(&mut self.pieces), &mut target)
    }

    /// As `take`, on the thread pool.
    #[napi]
    pub fn take_async(&mut self, target: Buffer) -> AsyncTask<TakeTask> {
        AsyncTask::new(TakeTask { pieces: std::mem::take(&mut self.pieces), target })
    }
}

/// `compressAsync`.
pub struct CompressTask {
    id: u32,
    /// There until it is put back.
    compressor: Option<Compressor>,
    fragment: Buffer,
    fin: bool,
    octets: Vec<u8>,
}

impl CompressTask {
    pub(super) fn new(id: u32, compressor: Compressor, fragment: Buffer, fin: bool) -> Self {
        Self { id, compressor: Some(compressor), fragment, fin, octets: Vec::new() }
    }
}

impl Task for CompressTask {
    type Output = i64;
    type JsValue = Deflated;

    fn compute(&mut self) -> Result<i64> {
        let done = self.compressor.as_mut().and_then(|compressor| {
            let compress = || compressor.compress(&self.fragment, self.fin, &mut self.octets);
            catch_unwind(AssertUnwindSafe(compress)).ok()
        });
        Ok(outcome(done.map(Ok), self.octets.len()))
    }

    fn resolve(&mut self, env: Env, outcome: i64) -> Result<Deflated> {
        Instance::with(env, |instance| {
            if let Some(compressor) = self.compressor.take() {
                instance.deflate.compressors.put(self.id as usize, compressor);
            }
        })?;
        Ok(Deflated { outcome, pieces: vec![std::mem::take(&mut self.octets)] })
    }
}

/// `inflateAsync`.
pub struct InflateTask {
    id: u32,
    /// There until it is put back.
    decompressor: Option<Decompressor>,
    payload: Buffer,
    consumed: usize,
    fin: bool,
    pieces: Vec<Vec<u8>>,
}

impl InflateTask {
    pub(super) fn new(
        id: u32,
        decompressor: Decompressor,
        payload: Buffer,
        fin: bool,
        Unfinished { octets, consumed }: Unfinished,
    ) -> Self {
        let decompressor = Some(decompressor);
        Self { id, decompressor, payload, consumed, fin, pieces: vec![octets] }
    }

    fn inflate(&mut self) -> Option<std::result::Result<(), InflateError>> {
        let decompressor = self.decompressor.as_mut()?;
        loop {
            let mut piece = Vec::with_capacity(PIECE_LEN);
            let rest = &self.payload[self.consumed..];
            match decompressor.inflate_step(rest, self.fin, PIECE_LEN, &mut piece) {
                Ok(step) => {
                    self.consumed += step.consumed;
                    self.pieces.push(piece);
                    if step.finished {
                        return Some(Ok(()));
                    }
                }
                Err(error) => {
                    // Nobody will take them, and the collector may be long in coming.
                    self.pieces = Vec::new();
                    return Some(Err(error));
                }
            }
        }
    }
}

impl Task for InflateTask {
    type Output = i64;
    type JsValue = Deflated;

    fn compute(&mut self) -> Result<i64> {
        let done = catch_unwind(AssertUnwindSafe(|| self.inflate())).ok().flatten();
        Ok(outcome(done, self.pieces.iter().map(Vec::len).sum()))
    }

    fn resolve(&mut self, env: Env, outcome: i64) -> Result<Deflated> {
        Instance::with(env, |instance| {
            if let Some(decompressor) = self.decompressor.take() {
                instance.deflate.decompressors.put(self.id as usize, decompressor);
            }
        })?;
        Ok(Deflated { outcome, pieces: std::mem::take(&mut self.pieces) })
    }
}

/// `takeAsync`.
pub struct TakeTask {
    pieces: Vec<Vec<u8>>,
    target: Buffer,
}

impl Task for TakeTask {
    type Output = ();
    type JsValue = ();

    fn compute(&mut self) -> Result<()> {
        copy_pieces(std::mem::take(&mut self.pieces), &mut self.target)
    }

    fn resolve(&mut self, _env: Env, (): ()) -> Result<()> {
        Ok(())
    }
}

/// Frees each piece when it's copied: from the last on, as most allocators give back only what lies at the end.
fn copy_pieces(pieces: Vec<Vec<u8>>, target: &mut [u8]) -> Result<()> {
    if pieces.iter().map(Vec::len).sum::<usize>() != target.len() {
        return Err(not_as_long());
    }
    let mut end = target.len();
    for piece in pieces.into_iter().rev() {
        let start = end - piece.len();
        target[start..end].copy_from_slice(&piece);
        end = start;
    }
    Ok(())
}
