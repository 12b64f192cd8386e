//! A module uses only the modules above it in the list.

use crate::support::project;

/// Data flows down this list, which is that of `src/lib.rs`.
const ORDER: &[&str] = &[
    "error",
    "output",
    "article",
    "read",
    "token",
    "features",
    "bayes",
    "neighbours",
    "minimise",
    "calibration",
    "refine",
    "filter",
    "context",
    "metrics",
    "corpus",
    "duplicates",
    "model",
    "score",
    "train",
    "evaluate",
    "curve",
    "summary",
    "report",
];

/// What a module is made of, the tests of each of its files left out.
fn code(module: &str) -> String {
    let file = project().join(format!("src/{module}.rs"));
    let is_source = |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "rs");
    let files: Vec<_> = match file.exists() {
        true => vec![file],
        false => walkdir::WalkDir::new(project().join("src").join(module))
            .into_iter()
            .map(|entry| entry.unwrap().into_path())
            .filter(is_source)
            .collect(),
    };
    let without_tests = |path: &std::path::PathBuf| {
        let source = std::fs::read_to_string(path).unwrap();
        source.split("#[cfg(test)]").next().unwrap_or_default().to_string()
    };
    files.iter().map(without_tests).collect()
}

#[test]
fn modules_use_only_earlier_ones() {
    for (index, module) in ORDER.iter().enumerate() {
        let code = code(module);
        assert!(!code.contains("use crate::{"), "src/{module}: one `use crate::x` a line");
        for later in &ORDER[index + 1..] {
            for end in ["::", ";", " "] {
                assert!(!code.contains(&format!("crate::{later}{end}")), "src/{module} uses {later}");
            }
        }
    }
}

#[test]
fn the_list_is_that_of_the_library() {
    let lib = std::fs::read_to_string(project().join("src/lib.rs")).unwrap();
    let modules: Vec<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    assert_eq!(modules, ORDER);
}

#[test]
fn files_are_opened_at_the_edges_only() {
    for module in ORDER.iter().filter(|module| !["output", "read", "model"].contains(module)) {
        for opening in ["std::fs", "File::open", "read_to_string"] {
            assert!(!code(module).contains(opening), "src/{module} opens files");
        }
    }
}

#[test]
fn linfa_is_known_to_one_file() {
    for module in ORDER.iter().filter(|module| **module != "bayes") {
        assert!(!code(module).contains("use linfa") && !code(module).contains("use ndarray"), "src/{module}");
    }
}
