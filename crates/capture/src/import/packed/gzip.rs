//! gzip (RFC 1952).

use zlib_rs::{Inflate, InflateFlush, Status};

use super::Unpack;

/// For a gzip header, and the largest window.
const WINDOW_BITS: u8 = 16 + 15;

pub(in crate::import) struct Gzip {
    inflate: Inflate,
    /// Between two members, or after the last.
    is_between: bool,
    /// Something that is no member came after the last.
    is_over: bool,
}

impl Gzip {
    pub(in crate::import) fn new() -> Self {
        Self { inflate: Inflate::new(true, WINDOW_BITS), is_between: true, is_over: false }
    }
}

impl Unpack for Gzip {
    const NAME: &'static str = "gzip";

    fn step(&mut self, packed: &[u8], piece: &mut [u8]) -> Result<(usize, usize), &'static str> {
        if self.is_over {
            return Ok((packed.len(), 0));
        }
        if self.is_between {
            match packed {
                [0x1f, 0x8b, ..] => {
                    self.inflate = Inflate::new(true, WINDOW_BITS);
                    self.is_between = false;
                }
                [] | [0x1f] => return Ok((0, 0)),
                // Padding of tapes, and whatever else gzip itself ignores.
                _ => {
                    self.is_over = true;
                    return Ok((packed.len(), 0));
                }
            }
        }
        let before = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(packed, piece, InflateFlush::NoFlush)
            .map_err(|_| "it does not unpack")?;
        self.is_between = status == Status::StreamEnd;
        let taken = (self.inflate.total_in() - before.0) as usize;
        Ok((taken, (self.inflate.total_out() - before.1) as usize))
    }

    fn may_end(&self) -> bool {
        self.is_between
    }
}
