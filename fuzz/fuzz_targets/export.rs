#![no_main]

#[allow(dead_code, reason = "each target uses its own part")]
#[path = "../../tests/suite/invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| invariants::export(bytes));
