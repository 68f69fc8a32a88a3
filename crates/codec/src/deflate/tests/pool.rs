//! Who is awake.

use std::cell::Cell;
use std::rc::Rc;
use std::vec::Vec;

use super::corpus::message;
use super::*;
use crate::deflate::{Context, Pool};

/// A context that counts how often it wakes. An engine takes 10 bytes, and knows its number.
#[derive(Default)]
struct Sleeper {
    engine: Option<usize>,
    wakes: usize,
    is_busy: bool,
    is_done: bool,
    engines_made: Rc<Cell<usize>>,
}

impl Context for Sleeper {
    type Engine = usize;

    fn engine_memory_len(&self) -> usize {
        10
    }

    fn fits(&self, _spare: &usize) -> bool {
        true
    }

    fn is_awake(&self) -> bool {
        self.engine.is_some()
    }

    fn can_sleep(&self) -> bool {
        !self.is_busy
    }

    fn needs_sleep(&self) -> bool {
        self.is_done
    }

    fn wake(&mut self, spare: Option<usize>) {
        self.wakes += 1;
        self.engine = spare.or_else(|| {
            self.engines_made.set(self.engines_made.get() + 1);
            Some(self.engines_made.get())
        });
    }

    fn sleep(&mut self) -> Option<usize> {
        if self.is_busy { None } else { self.engine.take() }
    }
}

struct Sleepers {
    pool: Pool<Sleeper>,
    ids: Vec<usize>,
    engines_made: Rc<Cell<usize>>,
}

impl Sleepers {
    fn new(engine_count: usize, count: usize) -> Self {
        let engines_made = Rc::new(Cell::new(0));
        let mut pool = Pool::new(10 * engine_count);
        let ids = (0..count)
            .map(|_| {
                let engines_made = Rc::clone(&engines_made);
                pool.insert(Sleeper { engines_made, ..Sleeper::default() })
            })
            .collect();
        Self { pool, ids, engines_made }
    }

    /// Uses a context, which must be awake then.
    fn use_one(&mut self, index: usize) {
        assert!(self.pool.with(self.ids[index], |sleeper| sleeper.engine.is_some()).unwrap());
    }

    fn set_busy(&mut self, index: usize, is_busy: bool) {
        self.pool.with(self.ids[index], |sleeper| sleeper.is_busy = is_busy).unwrap();
    }

    /// How often a context woke, up to now.
    fn wakes(&mut self, index: usize) -> usize {
        self.pool.with(self.ids[index], |sleeper| sleeper.wakes).unwrap()
    }
}

#[test]
fn contexts_stay_awake_while_there_is_room() {
    let mut sleepers = Sleepers::new(3, 3);
    for turn in 0..100 {
        sleepers.use_one(turn % 3);
    }
    assert_eq!([0, 1, 2].map(|index| sleepers.wakes(index)), [1, 1, 1]);
    assert_eq!((sleepers.pool.awake_count(), sleepers.engines_made.get()), (3, 3));
}

#[test]
fn one_too_many_does_not_keep_everybody_busy() {
    let mut sleepers = Sleepers::new(3, 4);
    for turn in 0..400 {
        sleepers.use_one(turn % 4);
    }
    assert_eq!([0, 1, 2].map(|index| sleepers.wakes(index)), [1, 1, 1]);
    assert_eq!(sleepers.wakes(3), 101);
    // One engine goes to and fro.
    assert_eq!((sleepers.pool.awake_count(), sleepers.engines_made.get()), (3, 4));
}

#[test]
fn many_in_turn_share_one_engine() {
    let mut sleepers = Sleepers::new(3, 7);
    for turn in 0..700 {
        sleepers.use_one(turn % 7);
    }
    // All but the first turns, in which it isn't known yet which contexts come again.
    assert_eq!((sleepers.pool.awake_count(), sleepers.engines_made.get()), (0, 4));
    // A context that comes more often than the others has an engine of its own.
    for turn in 0..100 {
        sleepers.use_one(0);
        sleepers.use_one(1 + turn % 6);
    }
    assert_eq!(sleepers.pool.awake_count(), 1);
    assert!(sleepers.wakes(0) < 105);
}

#[test]
fn who_keeps_silent_falls_asleep() {
    let mut sleepers = Sleepers::new(2, 3);
    sleepers.use_one(0);
    for turn in 0..100 {
        sleepers.use_one(1 + turn % 2);
    }
    assert!(sleepers.wakes(2) < 20);
    assert_eq!((sleepers.wakes(0), sleepers.wakes(1)), (2, 1));
}

#[test]
fn who_is_busy_stays_awake_beyond_the_budget() {
    let mut sleepers = Sleepers::new(2, 3);
    for index in 0..3 {
        sleepers.set_busy(index, true);
    }
    assert_eq!(sleepers.pool.awake_count(), 3);
    for index in 0..3 {
        sleepers.set_busy(index, false);
    }
    assert_eq!(sleepers.pool.awake_count(), 2);
    assert_eq!([0, 1, 2].map(|index| sleepers.wakes(index) - 1).iter().sum::<usize>(), 1);
}

#[test]
fn who_is_done_sleeps_at_once() {
    let mut sleepers = Sleepers::new(3, 1);
    for _ in 0..5 {
        sleepers.pool.with(sleepers.ids[0], |sleeper| sleeper.is_done = true).unwrap();
        assert_eq!(sleepers.pool.awake_count(), 0);
    }
    assert_eq!(sleepers.engines_made.get(), 1);
}

#[test]
fn a_smaller_budget_holds_at_once() {
    let mut sleepers = Sleepers::new(4, 4);
    (0..4).for_each(|index| sleepers.use_one(index));
    sleepers.set_busy(0, true);
    sleepers.pool.set_budget_len(20);
    assert_eq!(sleepers.pool.awake_count(), 2);
    assert_eq!([0, 3, 1, 2].map(|index| sleepers.wakes(index)), [1, 1, 2, 2]);
}

#[test]
fn no_room_at_all_needs_one_engine() {
    let mut sleepers = Sleepers::new(0, 3);
    for turn in 0..30 {
        sleepers.use_one(turn % 3);
        assert_eq!(sleepers.pool.awake_count(), 0);
    }
    assert_eq!(sleepers.engines_made.get(), 1);
}

#[test]
fn removed_contexts_are_gone_even_if_they_were_out() {
    let mut sleepers = Sleepers::new(2, 2);
    sleepers.use_one(0);
    sleepers.use_one(1);
    let [first, second] = [sleepers.ids[0], sleepers.ids[1]];
    let pool = &mut sleepers.pool;
    let context = pool.take(first).unwrap();
    assert_eq!(pool.awake_count(), 1);
    assert!(pool.take(first).is_none());
    pool.remove(first);
    assert_eq!(pool.len(), 2);
    pool.put(first, context);
    assert_eq!((pool.len(), pool.awake_count()), (1, 1));
    // An id that isn't taken out is ignored.
    pool.put(first, Sleeper::default());
    pool.put(second, Sleeper::default());
    assert_eq!(pool.with(second, |sleeper| sleeper.wakes), Some(1));
    pool.remove(second);
    pool.remove(second);
    assert!(pool.is_empty() && pool.awake_count() == 0);
    assert!(pool.with(second, |_| ()).is_none());
}

#[test]
fn peers_notice_nothing() {
    let compressor_len = compressor(params(15, true)).engine_memory_len();
    let decompressor_len = decompressor(params(15, true)).engine_memory_len();
    for (engine_count, peer_count) in [(0, 3), (2, 5), (5, 5)] {
        let mut compressors = Pool::new(engine_count * compressor_len);
        let mut decompressors = Pool::new(engine_count * decompressor_len);
        let peers: Vec<_> = (0..peer_count)
            .map(|index| {
                let params = params(if index == 0 { 9 } else { 15 }, index != 1);
                let compressor = compressors.insert(compressor(params));
                (compressor, decompressors.insert(decompressor(params)))
            })
            .collect();
        for index in 0..count(100, 3) {
            for (compressor, decompressor) in &peers {
                let message = message(index);
                let payload = compressors.with(*compressor, |c| compress(c, &message)).unwrap();
                let inflated = decompressors.with(*decompressor, |d| inflate(d, &payload)).unwrap();
                assert_eq!(inflated.unwrap(), message);
            }
        }
    }
}
