//! What happens at the limits of memory: nothing more is taken, or the oldest goes.

#[path = "../support/mod.rs"]
mod support;

mod evict;
mod reached;
