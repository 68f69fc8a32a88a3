//! One direction's compressing side.

use alloc::vec::Vec;

use super::engine::{DeflateEngine, DeflateSetup};
use super::history::History;
use super::{CompressOptions, Context, ContextParams, TAIL};

/// What an empty fragment becomes: an empty stored block, whose last four bytes are [`TAIL`].
const EMPTY_BLOCK: u8 = 0x00;

/// Compresses the messages of one direction (RFC 7692 §7.2.1).
///
/// It wakes by itself when it is given something to compress; to share engines among many, see
/// [`Pool`](super::Pool).
pub struct Compressor {
    context_takeover: bool,
    setup: DeflateSetup,
    engine: Option<DeflateEngine>,
    history: History,
    in_message: bool,
    /// The engine holds what the next message must not see.
    stale: bool,
}

impl Compressor {
    /// A compressor without history, asleep.
    pub fn new(params: ContextParams, options: CompressOptions) -> Self {
        let history_len = options.history_len.min(params.window_len());
        Self {
            context_takeover: params.context_takeover,
            setup: DeflateSetup {
                window_bits: params.max_window_bits,
                level: options.level,
                mem_level: options.mem_level,
                strategy: options.strategy,
            },
            engine: None,
            history: History::new(if params.context_takeover { history_len } else { 0 }),
            in_message: false,
            stale: false,
        }
    }

    /// Appends the payload for `fragment` to `out`: that of one frame, the message's last if `fin`.
    ///
    /// An empty last fragment becomes the single byte 0 (§7.2.3.6).
    pub fn compress(&mut self, fragment: &[u8], fin: bool, out: &mut Vec<u8>) {
        if fragment.is_empty() {
            // Every fragment ends with a flush, at a whole byte: no need to wake an engine for this.
            out.push(EMPTY_BLOCK);
            out.extend_from_slice(&TAIL);
        } else {
            if self.engine.is_none() || self.stale {
                let spare = self.engine.take();
                self.wake(spare);
            }
            if let Some(engine) = &mut self.engine {
                engine.compress(fragment, out);
            }
            self.history.push(fragment);
        }
        if fin {
            out.truncate(out.len() - TAIL.len());
        }
        self.in_message = !fin;
        // Stays so until the engine is primed again, which an empty first fragment doesn't ask for.
        self.stale |= fin && !self.context_takeover;
    }

    /// The text that the next fragment may refer to, oldest bytes first. `None` while it is awake, since its
    /// engine remembers more.
    pub fn history(&self) -> Option<Vec<u8>> {
        (self.engine.is_none() || self.stale).then(|| self.history.to_vec())
    }

    /// The memory held while asleep, in bytes.
    pub fn history_memory_len(&self) -> usize {
        self.history.memory_len()
    }
}

impl Context for Compressor {
    type Engine = DeflateEngine;

    fn engine_memory_len(&self) -> usize {
        self.setup.memory_len()
    }

    fn fits(&self, spare: &DeflateEngine) -> bool {
        spare.setup() == self.setup
    }

    fn is_awake(&self) -> bool {
        self.engine.is_some()
    }

    fn can_sleep(&self) -> bool {
        self.context_takeover || !self.in_message
    }

    fn needs_sleep(&self) -> bool {
        self.stale
    }

    fn wake(&mut self, spare: Option<DeflateEngine>) {
        let history = self.history.to_vec();
        self.engine = Some(DeflateEngine::primed(spare, self.setup, &history));
        self.stale = false;
    }

    fn sleep(&mut self) -> Option<DeflateEngine> {
        if self.can_sleep() { self.engine.take() } else { None }
    }
}
