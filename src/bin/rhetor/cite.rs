//! `rhetor cite`: how to cite the program and a model.

use std::process::ExitCode;

use rhetor::Model;

use crate::args::CiteArgs;
use crate::output::Sink;
use crate::stop::Finish;

/// The citation of the program, which the entry is made from.
const CITATION: &str = include_str!("../../../CITATION.cff");

pub fn run(args: &CiteArgs) -> anyhow::Result<ExitCode> {
    let model = args.model.as_deref().map_or_else(Model::embedded, Model::load)?;
    let mut sink = Sink::open(None)?;
    sink.write(&bibtex(&model))?;
    sink.finish(false)?;
    Ok(ExitCode::SUCCESS)
}

fn bibtex(model: &Model) -> String {
    let model_note = format!("model {} {}, id {}", model.name(), model.version(), model.id());
    let year = field("date-released").and_then(|date| date.get(..4)).map(str::to_string);
    let fields = [
        ("author", field("  - name").map(|name| format!("{{{name}}}"))),
        ("title", field("title").map(str::to_string)),
        ("version", Some(env!("CARGO_PKG_VERSION").to_string())),
        ("year", year),
        ("url", field("url").map(str::to_string)),
        ("doi", field("doi").map(str::to_string)),
        ("note", Some(model_note)),
    ];
    let lines = fields.into_iter().filter_map(|(name, value)| Some(format!("  {name} = {{{}}}", value?)));
    format!("@software{{rhetor,\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"))
}

/// A field of the citation that stands on one line.
fn field(name: &str) -> Option<&'static str> {
    let values = CITATION.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    values.map(str::trim).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_citation_is_complete_and_of_this_version() {
        assert_eq!(field("version"), Some(env!("CARGO_PKG_VERSION")));
        let entry = bibtex(&Model::embedded().unwrap());
        for piece in [
            "author = {{The rhetor contributors}}",
            "year = {20",
            "url = {https://",
            "note = {model default ",
        ] {
            assert!(entry.contains(piece), "{entry}");
        }
    }
}
