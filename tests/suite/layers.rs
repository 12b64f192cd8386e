//! A module uses only the modules above it in the list.

use crate::support::project;

/// Data flows down this list, which is that of `src/lib.rs`.
const ORDER: &[&str] = &[
    "error",
    "article",
    "read",
    "token",
    "features",
    "bayes",
    "calibration",
    "gate",
    "context",
    "corpus",
    "model",
    "score",
    "metrics",
    "train",
    "evaluate",
    "profile",
    "report",
];

/// The source of a module: its file, or all files of its folder.
fn source(module: &str) -> String {
    let file = project().join(format!("src/{module}.rs"));
    if file.exists() {
        return std::fs::read_to_string(file).unwrap();
    }
    let files = std::fs::read_dir(project().join("src").join(module)).unwrap();
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

/// What a module is made of, its tests left out.
fn code(module: &str) -> String {
    let source = source(module);
    source.split("#[cfg(test)]").next().unwrap_or_default().to_string()
}

#[test]
fn modules_use_only_earlier_ones() {
    for (index, module) in ORDER.iter().enumerate() {
        let code = code(module);
        for later in &ORDER[index + 1..] {
            assert!(!code.contains(&format!("crate::{later}::")), "src/{module} uses {later}");
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
    for module in ORDER.iter().filter(|module| !["read", "corpus", "model"].contains(module)) {
        for opening in ["std::fs", "File::open", "read_to_string"] {
            assert!(!code(module).contains(opening), "src/{module} opens files");
        }
    }
}

#[test]
fn linfa_is_known_to_one_file() {
    for module in ORDER.iter().filter(|module| **module != "bayes") {
        assert!(!code(module).contains("linfa::") && !code(module).contains("ndarray::"), "src/{module}");
    }
}
