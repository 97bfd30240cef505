#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| afterwave_fuzz::fuzz("capacity", bytes));
