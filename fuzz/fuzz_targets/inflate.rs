//! See `src/targets/inflate.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| framewright_fuzz::targets::inflate::check(bytes));
