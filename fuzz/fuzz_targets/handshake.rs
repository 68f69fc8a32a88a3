//! See `src/targets/handshake.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| framewright_fuzz::targets::handshake::check(bytes));
