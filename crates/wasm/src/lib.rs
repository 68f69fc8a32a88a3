//! The codec, and with the feature `capture` the inspector's sessions, for JavaScript.
//!
//! Translation only: no protocol decision lives here. Tables cross the border as flat arrays of numbers,
//! which costs one copy however many rows they have; `npm/inspector/src` turns rows into objects.

#[cfg(feature = "backend")]
pub mod backend;
#[cfg(feature = "capture")]
mod engine;
#[cfg(feature = "capture")]
mod object;
// The backend is loaded on servers, where nothing shows frames field by field.
#[cfg(not(feature = "backend"))]
mod walk;

#[cfg(feature = "capture")]
pub use engine::{Engine, file_is_key_log, file_needs_full};
#[cfg(not(feature = "backend"))]
pub use walk::{Walk, fields, walk};

/// Turns a panic, which would be a bug, into a JavaScript exception that says what and where. The module
/// must not be used after it.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|info| wasm_bindgen::throw_str(&info.to_string())));
}
