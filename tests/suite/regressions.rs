//! Inputs that once broke something, each with the check of its folder.

use std::time::{Duration, Instant};

use rhetor::read::ReadOptions;

use crate::support::project;
use crate::{altered_model, invariants};

/// A check of the bytes of an input.
type Check = fn(&[u8]);

/// The folders of `tests/regressions` and the checks of their files. Each check is also a fuzz target.
const CHECKS: &[(&str, Check)] = &[
    ("model", altered_model::model),
    ("page", invariants::page),
    ("scores", invariants::scores),
    ("table", invariants::table),
    ("text", invariants::text),
];

#[test]
fn inputs_that_once_broke_something_do_not_any_more() {
    for (folder, check) in CHECKS {
        let folder = project().join("tests/regressions").join(folder);
        let mut files: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{}", folder.display());
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            let checked = std::panic::catch_unwind(|| check(&bytes));
            assert!(checked.is_ok(), "{}", file.display());
        }
    }
}

/// Reads `bytes`, which takes minutes if the time is quadratic in their size.
#[track_caller]
fn check_time(name: &str, bytes: impl AsRef<[u8]>) {
    let start = Instant::now();
    invariants::read_as(name, bytes.as_ref(), &ReadOptions::default());
    assert!(start.elapsed() < Duration::from_secs(20), "{name}: {:?}", start.elapsed());
}

#[test]
fn inputs_that_once_took_quadratic_time_take_linear_time() {
    check_time("a.txt", format!("{}-\n", "a".repeat(45)).repeat(40_000));
    check_time("a.txt", [&b"\xff\xfe"[..], &b"\x00\xd8a\0".repeat(250_000)].concat());
    check_time("a.csv", format!("text,id{}", "\ra,1".repeat(200_000)));
    check_time("a.json", "{\"text\":\"a\"\n".repeat(200_000));
    check_time("a.json", format!("{{\"a\":[\n{}", "{\"text\":\"a\"},\n".repeat(200_000)));
    check_time("a.html", format!("<p>{}", "&amp; ".repeat(500_000)));
    check_time("a.html", format!("<p title='{}'>a", "&".repeat(2_000_000)));
    check_time("a.html", format!("{}{}", "<figure>".repeat(250), "<i>x</i>".repeat(60_000)));
    check_time("a.html", format!("{}{}", "<ul><li><a>x</a>".repeat(120), "<li><a>x</a>".repeat(60_000)));
    let scripts = "<script></script>".repeat(60_000);
    check_time("a.html", format!("<div>{scripts}{}", "<blockquote>a</blockquote>".repeat(60_000)));
}
