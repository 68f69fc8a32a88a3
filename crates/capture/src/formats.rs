//! Notations that several file formats share.

pub(crate) mod json;
pub(crate) mod time;
