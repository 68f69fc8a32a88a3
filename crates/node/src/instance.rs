//! What the addon keeps for one environment: the main thread and each worker have their own.

use std::cell::RefCell;
use std::rc::Rc;

use framewright_codec::{Counters, Decoder};
use napi::bindgen_prelude::{Env, Error, Result};
use slab::Slab;

use crate::CodecCounters;
use crate::deflate::Contexts;

/// One environment's state; dropped with the environment.
#[derive(Default)]
pub(crate) struct Instance {
    decoders: Slab<Decoder>,
    counted: Counters,
    masked: u64,
    pub(crate) deflate: Contexts,
}

/// The only way to an [`Instance`]. Every owner reaches the same memory, and it is lent to one caller at a
/// time: a call from within another's closure is an error.
#[derive(Clone, Default)]
pub(crate) struct SharedInstance(Rc<RefCell<Instance>>);

/// The instance is lent to another caller already. It would be a bug.
#[derive(Debug)]
pub(crate) struct InUse;

impl SharedInstance {
    /// Makes the environment's instance, or finds the one it has, for a module that is loaded again.
    pub(crate) fn install(env: Env) -> Result<Self> {
        if env.get_instance_data::<Self>()?.is_none() {
            env.set_instance_data(Self::default(), (), |_| {})?;
        }
        Self::of(env)
    }

    fn of(env: Env) -> Result<Self> {
        env.get_instance_data::<Self>()?
            .map(|shared| shared.clone())
            .ok_or_else(|| Error::from_reason("the environment is shutting down"))
    }

    /// Runs `f` on the instance, unless it is in use.
    #[inline]
    pub(crate) fn with<R>(
        &self,
        f: impl FnOnce(&mut Instance) -> R,
    ) -> std::result::Result<R, InUse> {
        let mut instance = self.0.try_borrow_mut().map_err(|_| InUse)?;
        Ok(f(&mut instance))
    }
}

impl From<InUse> for Error {
    fn from(InUse: InUse) -> Self {
        Self::from_reason("the codec was called from within its own call: please report this")
    }
}

impl Instance {
    /// Runs `f` on the environment's instance.
    pub(crate) fn with<R>(env: Env, f: impl FnOnce(&mut Self) -> R) -> Result<R> {
        Ok(SharedInstance::of(env)?.with(f)?)
    }

    pub(crate) fn open_decoder(&mut self, decoder: Decoder) -> u32 {
        self.decoders.insert(decoder) as u32
    }

    pub(crate) fn close_decoder(&mut self, id: u32) {
        self.decoders.try_remove(id as usize);
    }

    /// An open decoder.
    #[inline]
    pub(crate) fn decoder(&mut self, id: u32) -> Option<&mut Decoder> {
        self.decoders.get_mut(id as usize)
    }

    #[inline]
    pub(crate) fn count(&mut self, counted: Counters) {
        self.counted.chunks += counted.chunks;
        self.counted.frames += counted.frames;
        self.counted.messages += counted.messages;
    }

    #[inline]
    pub(crate) fn count_masked(&mut self) {
        self.masked += 1;
    }

    pub(crate) fn counters(&self) -> CodecCounters {
        CodecCounters {
            chunks: self.counted.chunks as f64,
            frames: self.counted.frames as f64,
            messages: self.counted.messages as f64,
            masked: self.masked as f64,
            decoders: self.decoders.len() as u32,
        }
    }
}
