//! The command line as a process, the seeds, and the shape of the code: one test binary.

mod commands;
mod errors;
mod hostile;
mod inputs;
mod layers;
mod pages;
#[cfg(feature = "parquet")]
mod parquet;
mod properties;
mod real_data;
mod reproducible;
mod seeds;
mod support;
