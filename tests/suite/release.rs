//! Facts that several files of a release state.

use crate::support::project;

#[test]
fn the_citation_names_the_version_that_is_built() {
    let citation = std::fs::read_to_string(project().join("CITATION.cff")).unwrap();
    let version = concat!("version: ", env!("CARGO_PKG_VERSION"));
    assert!(citation.lines().any(|line| line == version), "CITATION.cff has no `{version}`");
}

#[test]
fn the_files_that_the_readme_links_to_exist() {
    let readme = std::fs::read_to_string(project().join("README.md")).unwrap();
    let link = regex::Regex::new(r"\]\(([A-Za-z][^):#]*)\)").unwrap();
    let links: Vec<&str> = link.captures_iter(&readme).map(|found| found.get(1).unwrap().as_str()).collect();
    assert_eq!(links.iter().copied().find(|path| !project().join(path).exists()), None);
    assert!(links.contains(&"seeds/README.md"), "README.md does not link the label guide");
}
