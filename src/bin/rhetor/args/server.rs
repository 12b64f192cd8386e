//! The arguments of `label` and `serve`.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// Address to listen on. Other addresses than those of this machine (127.0.0.1, ::1) need a token,
    /// which is taken from the variable RHETOR_TOKEN or else made up and printed
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub listen: IpAddr,
    /// Port to listen on; 0 for any free port
    #[arg(short, long, value_name = "PORT", default_value_t = 8462)]
    pub port: u16,
    /// Model file [default: built-in model]
    #[arg(short, long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Largest body of a request, in megabytes; in NDJSON, the longest line
    #[arg(long, value_name = "MB", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub max_body: u16,
    /// Seconds in which the headers and the body of a request (in NDJSON, each line) have to arrive, and
    /// in which the last requests are finished when the server is stopped
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub timeout: u16,
}

#[derive(Debug, clap::Args)]
pub struct LabelArgs {
    /// Rows to label: JSONL with `text` and, if known, `id`, `doc` and `index`, as `sample` writes it;
    /// or articles, as files and folders. Rows with `"context": true` are only shown
    #[arg(value_name = "PATH", required_unless_present_any = ["adjudicate", "export"])]
    pub paths: Vec<PathBuf>,
    /// File to which each choice is appended as one line of JSON. It may hold the choices of several
    /// coders, and of earlier runs, which are continued
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Your name, which is written with each choice
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub coder: String,
    /// Markdown file with the labels and their rules: a heading `## NAME` for each label, in the order
    /// of their keys; `other` has the key 0 [default: the codebook of the built-in model]
    #[arg(long, value_name = "FILE")]
    pub codebook: Option<PathBuf>,
    /// Label only the paragraphs that the coders of these files labelled differently, and show their
    /// labels and notes; can be repeated
    #[arg(long, value_name = "FILE")]
    pub adjudicate: Vec<PathBuf>,
    /// Show the model's label before you choose; by default it is shown afterwards
    #[arg(long)]
    pub show_model: bool,
    /// Model whose label is shown [default: built-in model]
    #[arg(short, long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Write the last choice for each paragraph and coder in -o FILE to this file, as rows for `train`,
    /// and exit
    #[arg(long, value_name = "ROWS")]
    pub export: Option<PathBuf>,
    /// Port to listen on; 0 for any free port
    #[arg(short, long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
    /// Print the address of the page without opening it
    #[arg(long)]
    pub no_browser: bool,
}
