//! See `src/targets/query.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| framewright_fuzz::targets::query::check(bytes));
