#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| astrolabe_client_fuzz::fuzzed::user_list(input));
