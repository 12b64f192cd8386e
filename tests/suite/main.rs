//! The command line as a process, the seeds, and the shape of the code: one test binary.

mod adapting;
mod altered_model;
mod card;
mod cases;
mod cases_of_forms;
mod coders;
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
#[cfg(unix)]
mod guides;
mod hostile;
#[cfg(all(feature = "serve", target_os = "linux"))]
mod http;
mod inputs;
#[cfg(target_os = "linux")]
mod interrupts;
mod invariants;
#[cfg(all(feature = "serve", target_os = "linux"))]
mod label_page;
mod labelling;
mod labels;
mod layers;
mod options;
mod pages;
#[cfg(feature = "parquet")]
mod parquet;
mod properties;
mod real_data;
mod reasons;
mod regressions;
mod release;
mod reports;
mod reproducible;
mod seeds;
#[cfg(all(feature = "serve", target_os = "linux"))]
mod serving;
mod shapes;
mod streaming;
mod support;
mod tables;
mod terminal;
