#![no_main]

#[path = "../../tests/suite/altered_model.rs"]
mod altered_model;
#[allow(dead_code, reason = "each target uses its own part")]
#[path = "../../tests/suite/invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| altered_model::model(bytes));
