//! See `src/connection.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| framewright_fuzz::connection::check(octets));
