//! See `src/handshake.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| framewright_fuzz::handshake::check(octets));
