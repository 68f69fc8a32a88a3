//! permessage-deflate: contexts by id, and messages done at once or on a thread pool.
//!
//! A context does one thing at a time: JavaScript keeps the order of each.

mod contexts;
mod jobs;

pub use contexts::{ContextCounts, Contexts};
pub use jobs::{CompressJob, InflateJob, NotAsLong, Pieces};

use crate::layout::SKIPPED;
use crate::{Host, Outcome};

impl Host {
    /// Inflates a frame's payload. `flags` are those of the frame's last piece in the event table. Where a decoder is
    /// given, the text is checked as [`check_inflated`](crate::Decoders::check_inflated) does. With
    /// [`SKIPPED`] the message is left out, with
    /// [`SKIPS_TOO_BIG`](crate::layout::SKIPS_TOO_BIG) if it inflates to too much.
    ///
    /// After [`Outcome::Unfinished`], [`Contexts::inflate_job`] goes on with the same payload; then the text
    /// isn't checked yet.
    pub fn inflate(
        &mut self,
        id: u32,
        payload: &[u8],
        flags: u32,
        decoder: Option<u32>,
    ) -> Outcome {
        let outcome = self.deflate.inflate(id, payload, flags);
        match (outcome, decoder) {
            (Outcome::Done(_), Some(decoder)) => {
                self.decoders.check_inflated(decoder, self.deflate.output(), flags)
            }
            (Outcome::LeftOut, Some(decoder)) => {
                self.decoders.check_inflated(decoder, &[], flags | SKIPPED)
            }
            _ => outcome,
        }
    }
}
