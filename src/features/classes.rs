//! Word classes: words that stand in like places share one, so that a word never seen in training
//! still says something.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;
use rustc_hash::FxHashMap;

use crate::error::Error;
use crate::error::Result;

/// The table of the project, learned from unlabelled articles by `models/word_classes.py`.
const TABLE: &str = include_str!("../../models/word_classes.tsv");
/// How many of the most frequent words stay words in class n-grams: function words and the verbs of
/// saying carry the act themselves. 300, 500 and 1,000 did alike on held-out outlets.
const N_PLAIN: u32 = 500;
/// The longest class n-gram: with three, held-out log loss was lower than with two.
pub(super) const MAX_NGRAM: usize = 3;

/// The classes of words, coarse and fine; by default none.
///
/// A table has one line a word, the most frequent word first: the word in small letters, its coarse
/// and its fine class, parted by tabs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WordClasses {
    by_word: FxHashMap<String, Classes>,
    table: String,
}

/// What is known of one word.
#[derive(Debug, Clone, PartialEq)]
struct Classes {
    /// `~` and the most frequent word of the class.
    coarse: Arc<str>,
    /// `≈` and the most frequent word of the class.
    fine: Arc<str>,
    /// 0 for the most frequent word.
    rank: u32,
}

impl WordClasses {
    /// The table that comes with rhetor: 23,236 words of English news in 300 and 1,000 classes.
    ///
    /// # Errors
    ///
    /// When the build was made with a broken table.
    pub fn embedded() -> Result<WordClasses> {
        WordClasses::parse(Path::new("the embedded word classes"), TABLE)
    }

    /// Reads the lines of a table; `path` is named in errors. No lines: no classes.
    ///
    /// # Errors
    ///
    /// When a line is not a word without white space and two numbers.
    pub fn parse(path: &Path, table: &str) -> Result<WordClasses> {
        let n_words = memchr::memchr_iter(b'\n', table.as_bytes()).count();
        let mut by_word = FxHashMap::with_capacity_and_hasher(n_words, FxBuildHasher);
        // A class is called by its most frequent word, so that evidence can be read.
        let mut coarse_names: FxHashMap<u32, Arc<str>> = FxHashMap::default();
        let mut fine_names: FxHashMap<u32, Arc<str>> = FxHashMap::default();
        for (index, line) in table.lines().enumerate() {
            let parsed = parse_line(line).ok_or_else(|| Error::Row {
                path: path.to_path_buf(),
                line: index + 1,
                found: format!("`{}`", line.chars().take(40).collect::<String>()),
                expected: "a word and two class numbers, parted by tabs".to_string(),
            })?;
            let (word, coarse, fine) = parsed;
            let coarse = coarse_names.entry(coarse).or_insert_with(|| format!("~{word}").into()).clone();
            let fine = fine_names.entry(fine).or_insert_with(|| format!("≈{word}").into()).clone();
            by_word.insert(word.to_string(), Classes { coarse, fine, rank: index as u32 });
        }
        Ok(WordClasses { by_word, table: table.to_string() })
    }

    /// The lines that [`WordClasses::parse`] reads.
    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    /// How many words have classes.
    pub fn n_words(&self) -> usize {
        self.by_word.len()
    }

    /// The coarse class of a word, or `None` where the table does not know it.
    pub(crate) fn coarse(&self, word: &str) -> Option<&str> {
        self.by_word.get(word).map(|classes| &*classes.coarse)
    }

    /// The words that have classes.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.table.lines().filter_map(|line| line.split('\t').next())
    }

    /// Whether no word has a class.
    pub(super) fn is_empty(&self) -> bool {
        self.by_word.is_empty()
    }

    /// The coarse and the fine class of a word, and what stands for it in class n-grams; the class that its
    /// ending gives it where the table does not know it.
    pub(super) fn of_word<'a>(&'a self, word: &'a str) -> (&'a str, Option<&'a str>, &'a str) {
        match self.by_word.get(word) {
            Some(classes) => {
                let plain = classes.rank < N_PLAIN;
                (&classes.coarse, Some(&classes.fine), if plain { word } else { &classes.coarse })
            }
            None => {
                let ending = unknown_class(word);
                (ending, None, ending)
            }
        }
    }

    /// The class unigrams and class n-grams of the author's words.
    pub(super) fn features(&self, author: &[String]) -> (Vec<String>, Vec<String>) {
        if self.by_word.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let mut unigrams = Vec::with_capacity(2 * author.len());
        let mut sequence = Vec::with_capacity(author.len());
        for word in author {
            let (coarse, fine, symbol) = self.of_word(word);
            unigrams.extend([Some(coarse), fine].into_iter().flatten().map(str::to_string));
            sequence.push(symbol);
        }
        let mut ngrams = Vec::with_capacity(2 * sequence.len());
        for n in 2..=MAX_NGRAM {
            ngrams.extend(sequence.windows(n).map(|window| window.join(" ")));
        }
        (unigrams, ngrams)
    }
}

fn parse_line(line: &str) -> Option<(&str, u32, u32)> {
    let mut columns = line.split('\t');
    // No token is like that, and the order of n-grams counts on the space before all that goes on.
    let goes_on_below = |word: &str| word.chars().skip(1).any(|c| c.is_whitespace() || c < ' ');
    let word = columns.next().filter(|word| !word.is_empty() && !goes_on_below(word))?;
    let coarse = columns.next()?.trim().parse().ok()?;
    let fine = columns.next()?.trim().parse().ok()?;
    columns.next().is_none().then_some((word, coarse, fine))
}

/// The classes of words that the table does not know.
pub(super) const UNKNOWN_CLASSES: [&str; 14] = [
    "-ing", "-ed", "-ly", "-ness", "-ism", "-ist", "-tion", "-ment", "-able", "-'s", "-s", "-er", "-mixed",
    "-unknown",
];

/// The class of a word that the table does not know: its ending, or what else it is.
pub(super) fn unknown_class(word: &str) -> &'static str {
    let [endings @ .., mixed, unknown] = &UNKNOWN_CLASSES;
    match endings.iter().find(|ending| word.ends_with(&ending[1..])) {
        Some(ending) => ending,
        None if word.contains(|c: char| !c.is_alphabetic()) => mixed,
        None => unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| word.to_string()).collect()
    }

    #[test]
    fn unknown_words_go_by_their_ending() {
        let classes = WordClasses::parse(Path::new("t"), "cat\t3\t7\n").unwrap();
        let (unigrams, ngrams) = classes.features(&author(&["cat", "purring", "zzz", "x1"]));
        assert_eq!(unigrams, ["~cat", "≈cat", "-ing", "-unknown", "-mixed"]);
        assert_eq!(ngrams[..2], ["cat -ing", "-ing -unknown"]);
    }

    #[test]
    fn rare_words_are_classes_in_ngrams() {
        let table: String = (0..=N_PLAIN).map(|rank| format!("w{rank}\t1\t2\n")).collect();
        let classes = WordClasses::parse(Path::new("t"), &table).unwrap();
        let last = format!("w{N_PLAIN}");
        assert_eq!(classes.features(&author(&["w0", &last])).1, ["w0 ~w0"]);
    }

    #[test]
    fn a_broken_line_is_told() {
        for line in ["cat\t3", "cat\tx\t1", "\t1\t2", "cat\t1\t2\t3", "tom cat\t1\t2"] {
            let error = WordClasses::parse(Path::new("t.tsv"), &format!("dog\t1\t2\n{line}\n")).unwrap_err();
            assert!(error.to_string().starts_with("t.tsv:2: found `"), "{error}");
        }
        assert!(WordClasses::embedded().unwrap().n_words() > 20_000);
    }
}
