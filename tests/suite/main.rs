//! The command line as a process, the seeds, and the shape of the code: one test binary.

mod altered_model;
mod card;
mod cases;
mod cases_of_forms;
mod commands;
mod comparing;
#[cfg(feature = "forms")]
mod containers;
#[cfg(feature = "forms")]
mod documents;
mod errors;
mod exports;
mod folds;
mod forms;
mod hostile;
mod inputs;
#[cfg(target_os = "linux")]
mod interrupts;
mod invariants;
mod layers;
mod options;
mod pages;
#[cfg(feature = "parquet")]
mod parquet;
mod properties;
mod real_data;
mod regressions;
mod release;
mod reports;
mod reproducible;
mod seeds;
mod shapes;
mod support;
mod tables;
mod terminal;
