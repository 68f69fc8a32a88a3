//! Long messages, done on a thread of the host's choice.

use std::panic::{AssertUnwindSafe, catch_unwind};

use framewright_codec::deflate::{Compressor, Decompressor, InflateError};

use crate::{Fault, Outcome};

/// Output is kept in pieces of this many bytes. In one piece that grows, a message at its limit would take
/// the memory of two, and more in what each thread's allocator keeps.
const PIECE_LEN: usize = 256 * 1024;

/// What came out of a job.
#[derive(Debug, Default)]
pub struct Pieces(Vec<Vec<u8>>);

/// The target doesn't have the output's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAsLong;

impl Pieces {
    fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    /// Moves the bytes into `target`. Frees each piece when it's copied: from the last on, as most
    /// allocators give back only what lies at the end.
    ///
    /// # Errors
    ///
    /// If the target is not as long.
    pub fn move_to(self, target: &mut [u8]) -> Result<(), NotAsLong> {
        if self.len() != target.len() {
            return Err(NotAsLong);
        }
        let mut end = target.len();
        for piece in self.0.into_iter().rev() {
            let start = end - piece.len();
            target[start..end].copy_from_slice(&piece);
            end = start;
        }
        Ok(())
    }
}

/// A fragment to be compressed.
pub struct CompressJob {
    id: u32,
    compressor: Compressor,
    fin: bool,
    output: Vec<u8>,
}

impl CompressJob {
    pub(super) fn new(id: u32, compressor: Compressor, fin: bool) -> Self {
        Self { id, compressor, fin, output: Vec::new() }
    }

    /// Does it, once.
    pub fn run(&mut self, fragment: &[u8]) -> Outcome {
        let compress = || self.compressor.compress(fragment, self.fin, &mut self.output);
        let done = catch_unwind(AssertUnwindSafe(compress)).map_err(|_| Fault::INTERNAL);
        done.map(|()| self.output.len()).into()
    }

    pub(super) fn into_parts(self) -> (u32, Compressor, Pieces) {
        (self.id, self.compressor, Pieces(vec![self.output]))
    }
}

/// A frame's payload to be inflated.
pub struct InflateJob {
    id: u32,
    decompressor: Decompressor,
    fin: bool,
    /// How much of the payload is done with, in bytes.
    consumed: usize,
    pieces: Pieces,
}

impl InflateJob {
    pub(super) fn new(
        id: u32,
        decompressor: Decompressor,
        fin: bool,
        consumed: usize,
        text: Vec<u8>,
    ) -> Self {
        Self { id, decompressor, fin, consumed, pieces: Pieces(vec![text]) }
    }

    /// Does it, once.
    pub fn run(&mut self, payload: &[u8]) -> Outcome {
        let done = catch_unwind(AssertUnwindSafe(|| self.inflate(payload)));
        let done = match done {
            Ok(done) => done.map_err(Fault::from),
            Err(_) => Err(Fault::INTERNAL),
        };
        let is_skipped = self.decompressor.is_skipped();
        if done.is_err() || is_skipped {
            // Nobody will take them, and JavaScript's garbage collector may come late.
            self.pieces = Pieces::default();
        }
        if done.is_ok() && is_skipped {
            return Outcome::LeftOut;
        }
        done.map(|()| self.pieces.len()).into()
    }

    fn inflate(&mut self, payload: &[u8]) -> Result<(), InflateError> {
        loop {
            let mut piece = Vec::with_capacity(PIECE_LEN);
            // A forged call may bring a shorter payload than the one that was begun.
            let rest = payload.get(self.consumed..).unwrap_or_default();
            let step = self.decompressor.inflate_step(rest, self.fin, PIECE_LEN, &mut piece)?;
            self.consumed += step.consumed;
            self.pieces.0.push(piece);
            if step.finished {
                return Ok(());
            }
        }
    }

    pub(super) fn into_parts(self) -> (u32, Decompressor, Pieces) {
        (self.id, self.decompressor, self.pieces)
    }
}
