//! What is read of other tools' files, whole or not.

#[path = "../support/mod.rs"]
mod support;

mod archives;
mod dialects;
mod foreign;
mod incomplete;
mod json;
mod loss;
mod packets;
