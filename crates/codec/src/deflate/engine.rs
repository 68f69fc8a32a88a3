//! zlib's working memory. An engine belongs to no context: it serves any of them in turn.

use alloc::vec::Vec;

use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Inflate, InflateFlush, Method, Status};

use super::{InflateError, Level, MemLevel, Strategy, TAIL};
use crate::handshake::WindowBits;

/// How many bytes of output to make room for at once, at most: the room is zeroed first.
const MAX_ROOM_LEN: usize = 64 * 1024;

/// What the memory of a [`DeflateEngine`] is laid out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DeflateSetup {
    pub(super) window_bits: WindowBits,
    pub(super) level: Level,
    pub(super) mem_level: MemLevel,
    pub(super) strategy: Strategy,
}

impl DeflateSetup {
    /// zlib has no 256-byte window for raw DEFLATE, and Node asks for 512 bytes instead. That keeps
    /// the agreement: a compressor never reaches back further than its window less 262 bytes (the
    /// longest match and what it looks ahead), here 250.
    fn window_bits(self) -> u8 {
        self.window_bits.get().max(9)
    }

    /// What an engine takes, in bytes: a window twice, its chains, the hash table, the symbols of a
    /// block and their encoded form, and about 6 kB of state. (The allocation itself can't be asked.)
    pub(super) fn memory_len(self) -> usize {
        let window_len = 1_usize << self.window_bits();
        let symbols = 1_usize << (self.mem_level.get() + 6);
        4 * window_len + 128 * 1024 + 7 * symbols + 6 * 1024
    }

    fn config(self) -> DeflateConfig {
        DeflateConfig {
            // zlib-rs's level 1 makes a quarter more bytes than zlib's, its level 2 as many.
            level: match self.level.get() {
                1 => 2,
                level => i32::from(level),
            },
            method: Method::Deflated,
            // Negative means raw: no zlib header and checksum.
            window_bits: -i32::from(self.window_bits()),
            mem_level: i32::from(self.mem_level.get()),
            strategy: match self.strategy {
                Strategy::Default => zlib_rs::Strategy::Default,
                Strategy::Filtered => zlib_rs::Strategy::Filtered,
                Strategy::HuffmanOnly => zlib_rs::Strategy::HuffmanOnly,
                Strategy::Rle => zlib_rs::Strategy::Rle,
                Strategy::Fixed => zlib_rs::Strategy::Fixed,
            },
        }
    }
}

/// The memory to compress with.
pub struct DeflateEngine {
    deflate: Deflate,
    setup: DeflateSetup,
}

impl DeflateEngine {
    /// An engine primed with `history`: the memory of `spare`, if that fits, or new memory.
    pub(super) fn primed(spare: Option<Self>, setup: DeflateSetup, history: &[u8]) -> Self {
        let mut engine = match spare {
            Some(mut engine) if engine.setup == setup => {
                engine.deflate.reset();
                engine
            }
            _ => Self { deflate: Deflate::new_with_config(setup.config()), setup },
        };
        if !history.is_empty() {
            let primed = engine.deflate.set_dictionary(history);
            debug_assert!(primed.is_ok(), "a reset raw compressor takes any dictionary");
        }
        engine
    }

    pub(super) fn setup(&self) -> DeflateSetup {
        self.setup
    }

    /// Appends `input` compressed, up to and including the end of a sync flush.
    pub(super) fn compress(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let mut consumed = 0;
        loop {
            // Enough for bytes that don't compress. (More than 6 in any case: with less, zlib would
            // repeat the end of the flush.)
            let left = input.len() - consumed;
            let room = (left + left / 128 + 64).min(MAX_ROOM_LEN);
            let start = out.len();
            out.resize(start + room, 0);
            let before = (self.deflate.total_in(), self.deflate.total_out());
            let status = self.deflate.compress(
                &input[consumed..],
                &mut out[start..],
                DeflateFlush::SyncFlush,
            );
            debug_assert!(status.is_ok(), "a raw compressor takes any input");
            consumed += (self.deflate.total_in() - before.0) as usize;
            let produced = (self.deflate.total_out() - before.1) as usize;
            out.truncate(start + produced);
            // Room left over means that the flush is complete.
            if produced < room {
                break;
            }
        }
        debug_assert!(consumed == input.len() && out.ends_with(&TAIL));
    }
}

/// What one step of inflating did.
pub(super) struct Inflated {
    /// Bytes of input.
    pub(super) consumed: usize,
    /// Bytes of output.
    pub(super) produced: usize,
    /// The stream's final block (BFINAL) is over.
    pub(super) stream_ended: bool,
}

/// The memory to inflate with.
pub struct InflateEngine {
    inflate: Inflate,
}

impl InflateEngine {
    /// What an engine takes, in bytes: a window and about 12 kB of state.
    pub(super) const MEMORY_LEN: usize = 44 * 1024;

    /// An engine primed with `history`: the memory of `spare`, or new memory.
    pub(super) fn primed<'a>(spare: Option<Self>, history: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut engine = match spare {
            Some(mut engine) => {
                engine.inflate.reset(false);
                engine
            }
            // The window is the largest whatever was agreed: zlib-rs keeps no other.
            None => Self { inflate: Inflate::new(false, WindowBits::MAX.get()) },
        };
        for part in history {
            let primed = engine.inflate.set_dictionary(part);
            debug_assert!(primed.is_ok(), "a raw inflater takes any dictionary");
        }
        engine
    }

    /// Inflates `input` to at most `room` bytes, appended to `out`.
    pub(super) fn inflate(
        &mut self,
        input: &[u8],
        room: usize,
        out: &mut Vec<u8>,
    ) -> Result<Inflated, InflateError> {
        let start = out.len();
        out.resize(start + room, 0);
        let result = self.inflate_to(input, &mut out[start..]);
        out.truncate(start + result.as_ref().map_or(0, |inflated| inflated.produced));
        result
    }

    /// As [`inflate`](Self::inflate), but into memory that the caller has.
    pub(super) fn inflate_to(
        &mut self,
        input: &[u8],
        output: &mut [u8],
    ) -> Result<Inflated, InflateError> {
        let before = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(input, output, InflateFlush::NoFlush);
        let status = status.map_err(|_| InflateError::Corrupt)?;
        Ok(Inflated {
            consumed: (self.inflate.total_in() - before.0) as usize,
            produced: (self.inflate.total_out() - before.1) as usize,
            stream_ended: status == Status::StreamEnd,
        })
    }

    /// What zlib calls the error that it found, if it found one and still knows.
    pub(super) fn error_message(&self) -> Option<&'static str> {
        // zlib-rs says so of any error found while it decodes in bulk.
        self.inflate.error_message().filter(|message| *message != "repeated call with bad state")
    }

    /// Whether the stream stands between two blocks at a whole byte, so that its history is all there is
    /// to know. The engine is of no more use to its context afterwards.
    pub(super) fn is_between_blocks(&mut self) -> bool {
        // zlib-rs has no way to ask. But only there is this a final stored block of one byte.
        const BLOCK: [u8; 6] = [0x01, 0x01, 0x00, 0xfe, 0xff, 0xa5];
        let mut text = [0; 2];
        match self.inflate_to(&BLOCK, &mut text) {
            Ok(Inflated { consumed: 6, produced: 1, stream_ended: true }) => text[0] == BLOCK[5],
            _ => false,
        }
    }
}
