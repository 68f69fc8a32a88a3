//! Payloads and messages as the apps meant them: unmasked, joined, inflated.

pub(crate) mod inflate;
pub(crate) mod reader;
