//! See `src/decode.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| framewright_fuzz::decode::check(octets));
