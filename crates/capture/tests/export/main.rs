//! What is exported: it opens again the same, without secrets where asked.

#[path = "../support/mod.rs"]
mod support;

mod redact;
mod reopen;
mod round_trip;
