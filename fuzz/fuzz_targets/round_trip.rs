//! See `src/round_trip.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| framewright_fuzz::round_trip::check(octets));
