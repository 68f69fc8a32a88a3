//! The host state of one environment: the main thread and each worker have their own.

use std::cell::RefCell;
use std::rc::Rc;

use framewright_host::Host;
use napi::bindgen_prelude::{Env, Error, Result};

/// The only way to a [`Host`], which is dropped with its environment. Every owner reaches the same memory, and
/// it is lent to one caller at a time: a call from within another's closure is an error.
#[derive(Clone, Default)]
pub(crate) struct SharedHost(Rc<RefCell<Host>>);

/// The host is lent to another caller already. It would be a bug.
#[derive(Debug)]
pub(crate) struct InUse;

impl SharedHost {
    /// Makes the environment's host, or finds the one it has, for a module that is loaded again.
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

    /// Runs `f` on the host, unless it is in use.
    #[inline]
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut Host) -> R) -> std::result::Result<R, InUse> {
        let mut host = self.0.try_borrow_mut().map_err(|_| InUse)?;
        Ok(f(&mut host))
    }
}

impl From<InUse> for Error {
    fn from(InUse: InUse) -> Self {
        Self::from_reason("the codec was called from within its own call: please report this")
    }
}

/// Runs `f` on the environment's host.
pub(crate) fn with_host<R>(env: Env, f: impl FnOnce(&mut Host) -> R) -> Result<R> {
    Ok(SharedHost::of(env)?.with(f)?)
}
