//! What both hosts of the codec, the Node addon and the WebAssembly backend, have in common. They translate
//! arguments; everything else is here, once.
//!
//! JavaScript holds no objects of ours, only ids, and reads what was decoded from an [event table](EventTable).
//! What the table's words mean, and which errors there are, it learns from [`contract`] when it loads the host.

#![forbid(unsafe_code)]

mod contract;
mod decoders;
#[cfg(feature = "deflate")]
pub mod deflate;
mod errors;
mod event_table;
pub mod layout;
mod outcome;

pub use contract::contract;
pub use decoders::{DecoderOptions, Decoders, Totals};
pub use errors::{ErrorNumber, Fault};
pub use event_table::{EventTable, TableWords};
pub use outcome::Outcome;

/// Everything that one environment keeps: the main thread and each worker have their own.
#[derive(Default)]
pub struct Host {
    /// One for each connection that has read anything.
    pub decoders: Decoders,
    /// What compresses and inflates.
    #[cfg(feature = "deflate")]
    pub deflate: deflate::Contexts,
}
