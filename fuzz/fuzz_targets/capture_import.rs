//! See `src/capture_import.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| framewright_fuzz::capture_import::check(bytes));
