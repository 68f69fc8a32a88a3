//! One environment's contexts.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use framewright_codec::deflate::{Compressor, Context, Decompressor, Pool};

use super::{CompressJob, InflateJob, Pieces};
use crate::layout::{ENDS_MESSAGE, SKIPPED, SKIPS_TOO_BIG};
use crate::{Fault, Outcome};

/// How many bytes `inflate` lets come out before it leaves the rest to a job: about 1 ms.
const MAX_INLINE_LEN: usize = 512 * 1024;

/// The most capacity to keep for the next call's output.
const MAX_KEPT_LEN: usize = 1024 * 1024;

/// One part in this many of the budget goes to decompressors: their engines are small and soon primed.
const DECOMPRESSOR_SHARE: usize = 8;

/// How many contexts there are, and how many of them hold an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextCounts {
    /// Open compressors.
    pub compressors: usize,
    /// Those of them that hold an engine.
    pub awake_compressors: usize,
    /// Open decompressors.
    pub decompressors: usize,
    /// Those of them that hold an engine.
    pub awake_decompressors: usize,
}

/// What compresses and inflates, by id.
///
/// An id is a number that JavaScript may forge. One that isn't open, or whose context is with a job, is an
/// internal error, or ignored.
pub struct Contexts {
    compressors: Pool<Compressor>,
    decompressors: Pool<Decompressor>,
    /// What the last call gave.
    output: Vec<u8>,
    /// The frames that `inflate` left to a job, by decompressor.
    unfinished: BTreeMap<u32, Unfinished>,
}

/// A frame's payload that is inflated in part.
#[derive(Default)]
struct Unfinished {
    /// What came out so far.
    text: Vec<u8>,
    /// How much of the payload is done with, in bytes.
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
    /// Sets how much memory in bytes the contexts may hold to work with. What they must remember comes on top.
    pub fn set_budget_len(&mut self, len: usize) {
        self.decompressors.set_budget_len(len / DECOMPRESSOR_SHARE);
        self.compressors.set_budget_len(len - len / DECOMPRESSOR_SHARE);
    }

    /// Counts the contexts.
    pub fn counts(&self) -> ContextCounts {
        ContextCounts {
            compressors: self.compressors.len(),
            awake_compressors: self.compressors.awake_count(),
            decompressors: self.decompressors.len(),
            awake_decompressors: self.decompressors.awake_count(),
        }
    }

    /// Adds a compressor and returns its id.
    pub fn open_compressor(&mut self, compressor: Compressor) -> u32 {
        self.compressors.insert(compressor) as u32
    }

    /// Frees a compressor, once it's done with what it is doing.
    pub fn close_compressor(&mut self, id: u32) {
        self.compressors.remove(id as usize);
    }

    /// Adds a decompressor and returns its id.
    pub fn open_decompressor(&mut self, decompressor: Decompressor) -> u32 {
        self.decompressors.insert(decompressor) as u32
    }

    /// Frees a decompressor, once it's done with what it is doing.
    pub fn close_decompressor(&mut self, id: u32) {
        self.unfinished.remove(&id);
        self.decompressors.remove(id as usize);
    }

    /// Compresses a fragment, the message's last if `fin`.
    pub fn compress(&mut self, id: u32, fragment: &[u8], fin: bool) -> Outcome {
        self.clear_output();
        let output = &mut self.output;
        let done = use_context(&mut self.compressors, id, |compressor| {
            compressor.compress(fragment, fin, output);
        });
        done.map(|()| self.output.len()).into()
    }

    /// Inflates a frame's payload; see [`Host::inflate`](crate::Host::inflate) for `flags`.
    pub fn inflate(&mut self, id: u32, payload: &[u8], flags: u32) -> Outcome {
        self.clear_output();
        let output = &mut self.output;
        let step = use_context(&mut self.decompressors, id, |decompressor| {
            set_out(decompressor, flags);
            let fin = flags & ENDS_MESSAGE != 0;
            let step = decompressor.inflate_step(payload, fin, MAX_INLINE_LEN, output);
            step.map(|step| (step, decompressor.is_skipped()))
        });
        match step {
            Ok(Ok((step, true))) if step.finished => Outcome::LeftOut,
            Ok(Ok((step, false))) if step.finished => Outcome::Done(self.output.len()),
            Ok(Ok((step, _))) => {
                let text = std::mem::take(&mut self.output);
                self.unfinished.insert(id, Unfinished { text, consumed: step.consumed });
                Outcome::Unfinished
            }
            Ok(Err(error)) => Outcome::Failed(error.into()),
            Err(fault) => Outcome::Failed(fault),
        }
    }

    /// What the last call of `compress` or `inflate` gave.
    pub fn output(&self) -> &[u8] {
        &self.output
    }

    /// Copies what the last call gave to the start of `target`, if it fits there.
    pub fn copy_output(&self, target: &mut [u8]) {
        if let Some(target) = target.get_mut(..self.output.len()) {
            target.copy_from_slice(&self.output);
        }
    }

    /// Takes a compressor out to use it on another thread.
    pub fn compress_job(&mut self, id: u32, fin: bool) -> Option<CompressJob> {
        let compressor = self.compressors.take(id as usize)?;
        Some(CompressJob::new(id, compressor, fin))
    }

    /// Puts a job's compressor back, and gives what came out.
    pub fn end_compress_job(&mut self, job: CompressJob) -> Pieces {
        let (id, compressor, pieces) = job.into_parts();
        self.compressors.put(id as usize, compressor);
        pieces
    }

    /// Takes a decompressor out to use it on another thread. After [`Outcome::Unfinished`], the job goes on
    /// from there. `flags` are as for [`inflate`](Self::inflate).
    pub fn inflate_job(&mut self, id: u32, flags: u32) -> Option<InflateJob> {
        let Unfinished { text, consumed } = self.unfinished.remove(&id).unwrap_or_default();
        let mut decompressor = self.decompressors.take(id as usize)?;
        set_out(&mut decompressor, flags);
        let fin = flags & ENDS_MESSAGE != 0;
        Some(InflateJob::new(id, decompressor, fin, consumed, text))
    }

    /// Puts a job's decompressor back, and gives what came out.
    pub fn end_inflate_job(&mut self, job: InflateJob) -> Pieces {
        let (id, decompressor, pieces) = job.into_parts();
        self.decompressors.put(id as usize, decompressor);
        pieces
    }

    /// The end of what a decompressor inflated, as far as later messages may refer to it.
    pub fn inflated_history(&mut self, id: u32) -> Vec<u8> {
        self.decompressors.with(id as usize, |context| context.history()).unwrap_or_default()
    }

    /// The text on which inflating the next frame's payload depends. `None` inside a DEFLATE block, after
    /// an error, and while the decompressor is with a job.
    pub fn inflate_window(&self, id: u32) -> Option<Vec<u8>> {
        self.decompressors.peek(id as usize)?.window()
    }

    /// The text that the next fragment may refer to. The compressor forgets everything older. `None` while
    /// it is with a job.
    pub fn deflate_window(&mut self, id: u32) -> Option<Vec<u8>> {
        self.compressors.sleep(id as usize)?.history()
    }

    /// What zlib calls the corruption that a decompressor failed with.
    pub fn corruption(&mut self, id: u32) -> Option<&'static str> {
        self.decompressors.with(id as usize, |context| context.corruption()).flatten()
    }

    fn clear_output(&mut self) {
        self.output.clear();
        self.output.shrink_to(MAX_KEPT_LEN);
    }
}

/// Tells a decompressor what to do with a message that is too big.
fn set_out(decompressor: &mut Decompressor, flags: u32) {
    decompressor.set_skips_too_big(flags & SKIPS_TOO_BIG != 0);
    if flags & SKIPPED != 0 {
        decompressor.skip();
    }
}

/// Uses a context that is there. A panic, which would be a bug, counts as not being there.
fn use_context<C: Context, R>(
    pool: &mut Pool<C>,
    id: u32,
    f: impl FnOnce(&mut C) -> R,
) -> Result<R, Fault> {
    let mut context = pool.take(id as usize).ok_or(Fault::INTERNAL)?;
    let result = catch_unwind(AssertUnwindSafe(|| f(&mut context)));
    pool.put(id as usize, context);
    result.map_err(|_| Fault::INTERNAL)
}
