//! Many contexts, few engines.

use alloc::vec::Vec;

use slab::Slab;

/// What a [`Pool`] holds: a [`Compressor`](super::Compressor) or a
/// [`Decompressor`](super::Decompressor).
pub trait Context {
    /// The memory it works with.
    type Engine;

    /// What the engine takes, in bytes.
    fn engine_memory_len(&self) -> usize;

    /// Whether a spare engine's memory can be used again.
    fn fits(&self, spare: &Self::Engine) -> bool;

    /// Whether it has an engine.
    fn is_awake(&self) -> bool;

    /// Whether its history is all that it needs to know.
    fn can_sleep(&self) -> bool;

    /// Whether the engine is of no more use to it.
    fn needs_sleep(&self) -> bool;

    /// Takes an engine, a new one if `spare` doesn't fit, and primes it with the history.
    fn wake(&mut self, spare: Option<Self::Engine>);

    /// Gives the engine back and keeps the history. `None` if it has no engine or can't sleep.
    fn sleep(&mut self) -> Option<Self::Engine>;
}

/// A context loses its engine only when it has missed this many times its share of turns. In a strict
/// least-recently-used order, one connection more than there are engines would make every message of every
/// connection wake its context.
const PATIENCE: u64 = 8;

/// A context keeps its engine only if it comes again within this many turns for each engine of the budget. When
/// more contexts take turns than there are engines, nearly every one of them finds that it has lost its engine
/// or that the processor's cache has lost the engine's memory. Then it is better to prime the same few engines
/// again and again: that takes less time, and less memory.
const RETURN_TURNS: u64 = 2;

/// How many engines to keep that no context has: for those that wake for one message only.
const MAX_SPARES: usize = 4;

/// Keeps contexts, and puts those to sleep that were used least recently, so that the engines of the rest
/// stay within a budget.
///
/// The budget may be passed by the one engine in use, by those that were taken out, and by contexts that
/// can't sleep because they are in the middle of a message. Which contexts sleep depends only on the calls
/// made: there is no clock.
///
/// ```
/// use framewright_codec::deflate::{CompressOptions, Compressor, ContextParams, Pool};
///
/// let mut pool = Pool::new(Pool::<Compressor>::DEFAULT_BUDGET_LEN);
/// let id = pool.insert(Compressor::new(ContextParams::default(), CompressOptions::default()));
/// let mut payload = Vec::new();
/// pool.with(id, |compressor| compressor.compress(b"Hello", true, &mut payload));
/// assert_eq!(payload, [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]);
/// pool.remove(id);
/// ```
pub struct Pool<C: Context> {
    entries: Slab<Entry<C>>,
    /// The ids of the contexts that are here and awake, the least recently used first.
    awake: Vec<usize>,
    /// The memory of their engines in bytes.
    awake_memory_len: usize,
    spares: Vec<C::Engine>,
    budget_len: usize,
    /// Counts turns.
    now: u64,
}

struct Entry<C> {
    place: Place<C>,
    /// The turn it was last used in.
    last_used: u64,
    /// How many turns before that it was used.
    interval: u64,
}

enum Place<C> {
    Here(C),
    TakenOut,
    /// To be forgotten when it's put back.
    Removed,
}

impl<C: Context> Pool<C> {
    /// A budget in bytes for a process with nothing else to go by: 4 MiB, which is 10 compressors with
    /// default options, or 93 decompressors.
    pub const DEFAULT_BUDGET_LEN: usize = 4 * 1024 * 1024;

    /// An empty pool that keeps awake what fits into `budget_len` bytes.
    pub fn new(budget_len: usize) -> Self {
        Self {
            entries: Slab::new(),
            awake: Vec::new(),
            awake_memory_len: 0,
            spares: Vec::new(),
            budget_len,
            now: 0,
        }
    }

    /// Changes the budget, and puts to sleep what no longer fits.
    pub fn set_budget_len(&mut self, budget_len: usize) {
        self.budget_len = budget_len;
        self.make_room(0, 0);
    }

    /// Adds a context. The id is its own until it is removed, and may be used again then.
    pub fn insert(&mut self, context: C) -> usize {
        let entry = Entry { place: Place::TakenOut, last_used: self.now, interval: 0 };
        let id = self.entries.insert(entry);
        self.put(id, context);
        id
    }

    /// Forgets a context; one that was taken out, when it's put back. An unknown id is ignored.
    pub fn remove(&mut self, id: usize) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        match core::mem::replace(&mut entry.place, Place::Removed) {
            Place::Here(mut context) => {
                self.entries.remove(id);
                self.leave_awake(id, context.engine_memory_len());
                self.save(context.sleep());
            }
            Place::TakenOut | Place::Removed => {}
        }
    }

    /// Wakes a context and uses it. `None` if it isn't here.
    pub fn with<R>(&mut self, id: usize, f: impl FnOnce(&mut C) -> R) -> Option<R> {
        let mut context = self.take(id)?;
        let result = f(&mut context);
        self.put(id, context);
        Some(result)
    }

    /// A context as it is, awake or not. `None` if it isn't here.
    pub fn peek(&self, id: usize) -> Option<&C> {
        match &self.entries.get(id)?.place {
            Place::Here(context) => Some(context),
            Place::TakenOut | Place::Removed => None,
        }
    }

    /// Puts a context to sleep, if it can, and returns it. `None` if it isn't here.
    pub fn sleep(&mut self, id: usize) -> Option<&C> {
        let Place::Here(context) = &mut self.entries.get_mut(id)?.place else { return None };
        let memory_len = context.engine_memory_len();
        if let Some(engine) = context.sleep() {
            self.leave_awake(id, memory_len);
            self.save(Some(engine));
        }
        self.peek(id)
    }

    /// Wakes a context and takes it out, to be used elsewhere. `None` if it isn't here.
    pub fn take(&mut self, id: usize) -> Option<C> {
        let entry = self.entries.get_mut(id)?;
        let Place::Here(context) = &mut entry.place else { return None };
        let spare = match context.is_awake() {
            true => None,
            false => self.spares.iter().rposition(|spare| context.fits(spare)),
        };
        let Place::Here(mut context) = core::mem::replace(&mut entry.place, Place::TakenOut) else {
            return None;
        };
        self.now += 1;
        entry.interval = self.now - entry.last_used;
        entry.last_used = self.now;
        if context.is_awake() {
            self.leave_awake(id, context.engine_memory_len());
        } else {
            context.wake(spare.map(|at| self.spares.swap_remove(at)));
        }
        Some(context)
    }

    /// Puts back the context that was taken out as `id`.
    pub fn put(&mut self, id: usize, mut context: C) {
        match self.entries.get(id) {
            Some(Entry { place: Place::TakenOut, .. }) => {}
            Some(Entry { place: Place::Removed, .. }) => {
                self.entries.remove(id);
                return self.save(context.sleep());
            }
            _ => return,
        }
        if context.is_awake() {
            let may_stay = !context.needs_sleep()
                && self.comes_again(id, &context)
                && self.make_room(context.engine_memory_len(), PATIENCE);
            if may_stay || !context.can_sleep() {
                self.awake.push(id);
                self.awake_memory_len += context.engine_memory_len();
            } else {
                self.save(context.sleep());
            }
        }
        self.entries[id].place = Place::Here(context);
    }

    /// How many contexts there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many contexts are here and awake.
    pub fn awake_count(&self) -> usize {
        self.awake.len()
    }

    fn comes_again(&self, id: usize, context: &C) -> bool {
        let engine_count = (self.budget_len / context.engine_memory_len()) as u64;
        self.entries[id].interval <= RETURN_TURNS * engine_count
    }

    /// Puts contexts to sleep until `len` more bytes fit into the budget. `false` if those that are
    /// awake can't sleep, or have not missed their share of turns `patience` times.
    fn make_room(&mut self, len: usize, patience: u64) -> bool {
        while self.awake_memory_len + len > self.budget_len {
            let least_missed = patience * self.awake.len() as u64;
            let id = self.awake.iter().copied().find(|&id| self.entries[id].can_sleep());
            let Some(id) = id.filter(|&id| self.now - self.entries[id].last_used >= least_missed)
            else {
                return false;
            };
            let Place::Here(context) = &mut self.entries[id].place else { return false };
            let engine = context.sleep();
            let memory_len = context.engine_memory_len();
            self.leave_awake(id, memory_len);
            self.save(engine);
        }
        true
    }

    fn leave_awake(&mut self, id: usize, memory_len: usize) {
        // From the back, where those are that are used all the time.
        if let Some(at) = self.awake.iter().rposition(|&awake| awake == id) {
            self.awake.remove(at);
            self.awake_memory_len -= memory_len;
        }
    }

    fn save(&mut self, spare: Option<C::Engine>) {
        if self.spares.len() < MAX_SPARES {
            self.spares.extend(spare);
        }
    }
}

impl<C: Context> Entry<C> {
    fn can_sleep(&self) -> bool {
        matches!(&self.place, Place::Here(context) if context.can_sleep())
    }
}
