//! Facts that several files of a release state.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::{Dir, project};

#[test]
fn the_citation_names_the_version_that_is_built() {
    let citation = std::fs::read_to_string(project().join("CITATION.cff")).unwrap();
    let version = concat!("version: ", env!("CARGO_PKG_VERSION"));
    assert!(citation.lines().any(|line| line == version), "CITATION.cff has no `{version}`");
}

/// README.md and the documents in `docs/`.
fn documents() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(project().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let texts = entries.filter(|path| path.extension().is_some_and(|suffix| suffix == "md"));
    std::iter::once(project().join("README.md")).chain(texts).collect()
}

/// The anchors of a document's headings, as GitHub names them.
fn anchors(document: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(document).unwrap();
    let headings =
        text.lines().filter_map(|line| line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' '));
    let is_kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    headings
        .map(|heading| heading.to_lowercase().chars().filter(is_kept).collect::<String>().replace(' ', "-"))
        .collect()
}

#[test]
fn what_the_documents_link_to_exists() {
    let link = regex::Regex::new(r"\]\(([A-Za-z.][^):#]*)?(?:#([^)]*))?\)").unwrap();
    let mut linked_by_readme = BTreeSet::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for found in link.captures_iter(&text) {
            let (path, anchor) = (found.get(1), found.get(2));
            let target = path.map_or(document.clone(), |path| document.with_file_name(path.as_str()));
            let is_there =
                target.exists() && anchor.is_none_or(|anchor| anchors(&target).contains(anchor.as_str()));
            assert!(is_there, "{}: {}", document.display(), &found[0]);
            if document.ends_with("README.md") {
                linked_by_readme.insert(target);
            }
        }
    }
    for path in
        ["seeds/README.md", "docs/reference.md", "docs/researcher.md", "docs/editor.md", "docs/engineer.md"]
    {
        assert!(linked_by_readme.contains(&project().join(path)), "README.md does not link {path}");
    }
}

/// Options of cargo, curl, Docker and sha256sum that the documents name.
const OPTIONS_OF_OTHERS: [&str; 11] = [
    "--check",
    "--data",
    "--data-binary",
    "--features",
    "--git",
    "--ignore-missing",
    "--no-default-features",
    "--open",
    "--path",
    "--release",
    "--rm",
];

/// Options of `label` and `serve`, which a build without the feature `serve` does not have.
const OPTIONS_OF_SERVERS: [&str; 8] = [
    "--adjudicate",
    "--codebook",
    "--coder",
    "--export",
    "--listen",
    "--max-body",
    "--show-model",
    "--timeout",
];

#[test]
fn the_options_that_the_documents_name_exist() {
    let option = regex::Regex::new("--[a-z][a-z0-9-]*").unwrap();
    let completions = Dir::new().run("completions bash").succeeded().stdout;
    let mut known: BTreeSet<&str> = option.find_iter(&completions).map(|found| found.as_str()).collect();
    known.extend(OPTIONS_OF_OTHERS);
    if cfg!(not(feature = "serve")) {
        known.extend(OPTIONS_OF_SERVERS);
    }
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        let unknown = option.find_iter(&text).find(|found| !known.contains(found.as_str()));
        assert!(unknown.is_none(), "{}: {unknown:?}", document.display());
    }
}
