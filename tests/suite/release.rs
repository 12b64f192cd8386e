//! What a release says of itself.

use crate::support::project;

#[test]
fn the_citation_names_the_version_that_is_built() {
    let citation = std::fs::read_to_string(project().join("CITATION.cff")).unwrap();
    let version = concat!("version: ", env!("CARGO_PKG_VERSION"));
    assert!(citation.lines().any(|line| line == version), "CITATION.cff has no `{version}`");
}
