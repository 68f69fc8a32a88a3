//! The list of frames: which ones, their rows, and how they are spread over time.

pub(super) mod preview;
mod rows;
mod timeline;
pub(super) mod view;
