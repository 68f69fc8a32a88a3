//! See `src/targets/round_trip.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| framewright_fuzz::targets::round_trip::check(bytes));
