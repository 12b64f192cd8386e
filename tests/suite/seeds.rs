//! The rules that the corpus in `seeds/` keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::support::project;

/// One labelled paragraph of the seeds.
struct Paragraph {
    file: String,
    label: String,
    words: Vec<String>,
}

fn files(kind: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(project().join("seeds").join(kind))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

/// Front matter by key, and the blocks of a file, read without the library.
fn parse(path: &PathBuf) -> (BTreeMap<String, String>, Vec<(String, String)>) {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.display();
    let rest = text.strip_prefix("---\n").unwrap_or_else(|| panic!("{name} has no front matter"));
    let (front, body) =
        rest.split_once("\n---\n").unwrap_or_else(|| panic!("{name} has no end of front matter"));
    let keys =
        front.lines().filter_map(|line| line.split_once(": ")).map(|(k, v)| (k.to_string(), v.to_string()));
    let blocks = body.trim().split("\n\n").map(|block| {
        let labelled = block.trim().strip_prefix('[').and_then(|block| block.split_once("] "));
        let (label, text) = labelled.unwrap_or_else(|| panic!("{name}: no label: {block}"));
        assert!(["report", "advocacy", "analysis", "other"].contains(&label), "{name}: {label}");
        (label.to_string(), text.to_string())
    });
    (keys.collect(), blocks.collect())
}

fn words(text: &str) -> Vec<String> {
    let words =
        text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').filter(|word| !word.is_empty());
    words.map(|word| word.to_lowercase().replace('’', "'")).collect()
}

fn paragraphs() -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    for path in files("articles").iter().chain(&files("contrasts")) {
        for (label, text) in parse(path).1 {
            let file = path.display().to_string();
            paragraphs.push(Paragraph { file, label, words: words(&text) });
        }
    }
    paragraphs
}

#[test]
fn every_file_parses_and_has_its_form() {
    for path in files("articles") {
        let (front, blocks) = parse(&path);
        let name = path.display();
        for key in ["title", "outlet", "topic", "english"] {
            assert!(front.contains_key(key), "{name} has no {key}");
        }
        let n_labelled = blocks.iter().filter(|(label, _)| label != "other").count();
        assert!((8..=24).contains(&n_labelled), "{name} has {n_labelled} labelled paragraphs");
        assert!(blocks.iter().any(|(label, _)| label == "other"), "{name} has no boilerplate");
    }
    for path in files("contrasts") {
        let (front, blocks) = parse(&path);
        let labels: BTreeSet<&str> = blocks.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(front["sequence"], "no", "{}", path.display());
        assert!(
            blocks.len() == 3 && labels == BTreeSet::from(["report", "advocacy", "analysis"]),
            "{}",
            path.display()
        );
    }
}

#[test]
fn there_are_enough_and_the_labels_are_balanced() {
    assert!(files("articles").len() >= 130 && files("contrasts").len() >= 250);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for paragraph in paragraphs() {
        *counts.entry(paragraph.label).or_default() += 1;
    }
    let n_labelled: usize = counts.iter().filter(|(label, _)| *label != "other").map(|(_, n)| n).sum();
    assert!(n_labelled >= 2000);
    for label in ["report", "advocacy", "analysis"] {
        let share = counts[label] as f64 / n_labelled as f64;
        assert!((0.28..=0.40).contains(&share), "{label} {share}");
    }
}

#[test]
fn topics_outlets_and_englishes_are_many() {
    let distinct = |key: &str| {
        let values: BTreeSet<String> = files("articles")
            .iter()
            .chain(&files("contrasts"))
            .map(|path| parse(path).0[key].clone())
            .collect();
        values.len()
    };
    assert!(distinct("topic") >= 60 && distinct("outlet") >= 25 && distinct("english") >= 5);
}

#[test]
fn no_paragraph_stands_twice_or_nearly_twice() {
    // Paragraphs that share a third of their five-word runs are copies of one another.
    let paragraphs = paragraphs();
    let shingles: Vec<BTreeSet<&[String]>> =
        paragraphs.iter().map(|p| p.words.windows(5).collect()).collect();
    let mut homes: BTreeMap<&[String], Vec<usize>> = BTreeMap::new();
    for (index, shingles) in shingles.iter().enumerate() {
        shingles.iter().for_each(|shingle| homes.entry(shingle).or_default().push(index));
    }
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for home in homes.values() {
        for (i, &a) in home.iter().enumerate() {
            home[i + 1..].iter().for_each(|&b| *shared.entry((a, b)).or_default() += 1);
        }
    }
    for ((a, b), n_shared) in shared {
        let smaller = shingles[a].len().min(shingles[b].len());
        let (one, other) = (&paragraphs[a], &paragraphs[b]);
        let boilerplate = one.label == "other" || other.label == "other";
        assert!(n_shared * 3 < smaller || boilerplate, "{} and {}: {:?}", one.file, other.file, one.words);
    }
    let mut seen = BTreeSet::new();
    for paragraph in paragraphs.iter().filter(|paragraph| paragraph.label != "other") {
        assert!(seen.insert(&paragraph.words), "{}: {:?}", paragraph.file, paragraph.words);
    }
}

#[test]
fn no_phrase_of_six_words_stands_in_more_than_three_files() {
    let paragraphs = paragraphs();
    let mut homes: BTreeMap<&[String], BTreeSet<&str>> = BTreeMap::new();
    for paragraph in &paragraphs {
        for phrase in paragraph.words.windows(6) {
            homes.entry(phrase).or_default().insert(&paragraph.file);
        }
    }
    for (phrase, files) in homes {
        assert!(files.len() <= 3, "{phrase:?} in {files:?}");
    }
}
