//! See `src/targets/capture_import.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| framewright_fuzz::targets::capture_import::check(bytes));
