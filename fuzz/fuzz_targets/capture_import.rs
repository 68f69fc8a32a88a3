//! See `src/capture_import.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| framewright_fuzz::capture_import::check(octets));
