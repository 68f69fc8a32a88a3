//! See `src/targets/decode.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| framewright_fuzz::targets::decode::check(bytes));
