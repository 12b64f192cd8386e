//! The table of word codes that training reads; a trained model carries the codes of its own words.

use crate::error::{Error, Result};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::path::Path;

use super::codes::{CODES, CodeSet};

/// The project's table: 19,195 words, one per line, each with its code letters.
const TABLE: &str = include_str!("../../models/word_codes.tsv");

/// The codes of words; by default those of [`WordCodes::embedded`].
///
/// A table has one line per word: the word in lower case, a tab, and one or more code letters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WordCodes {
    by_word: FxHashMap<Cow<'static, str>, CodeSet>,
}

impl WordCodes {
    /// The table that is part of every build: 19,195 English words of news and commentary.
    ///
    /// # Errors
    ///
    /// When the table in the build is damaged.
    pub fn embedded() -> Result<WordCodes> {
        WordCodes::of_lines(Path::new("the embedded word codes"), TABLE.lines().map(Cow::Borrowed))
    }

    /// Reads a table; `path` is named in errors. An empty table has no codes.
    ///
    /// # Errors
    ///
    /// When a line is not a word without white space, a tab and known code letters.
    pub fn parse(path: &Path, table: &str) -> Result<WordCodes> {
        WordCodes::of_lines(path, table.lines().map(|line| Cow::Owned(line.to_string())))
    }

    fn of_lines(path: &Path, lines: impl Iterator<Item = Cow<'static, str>>) -> Result<WordCodes> {
        let mut by_word = FxHashMap::default();
        for (index, line) in lines.enumerate() {
            let (word, codes) = parse_line(line.trim_end_matches('\r')).ok_or_else(|| Error::Row {
                path: path.to_path_buf(),
                line: index + 1,
                found: format!("`{}`", line.chars().take(40).collect::<String>()),
                expected: "a word, a tab and code letters such as `BR`".to_string(),
            })?;
            let word = match &line {
                Cow::Borrowed(line) => Cow::Borrowed(&line[..word]),
                // As tokens are compared; two spellings of a word share their codes.
                Cow::Owned(line) => Cow::Owned(line[..word].to_lowercase().replace('’', "'")),
            };
            *by_word.entry(word).or_default() |= codes;
        }
        Ok(WordCodes { by_word })
    }

    /// The codes of a word in lower case, as the extractor writes it; empty if it has none.
    pub fn of(&self, word: &str) -> CodeSet {
        self.by_word.get(word).copied().unwrap_or(0)
    }

    /// The words that have codes, in no particular order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.by_word.keys().map(|word| word.as_ref())
    }

    /// How many words have codes.
    pub fn n_words(&self) -> usize {
        self.by_word.len()
    }
}

/// The length of the word that a line begins with, and its codes.
fn parse_line(line: &str) -> Option<(usize, CodeSet)> {
    let (word, letters) = line.split_once('\t')?;
    let mut codes = 0;
    for letter in letters.trim().chars() {
        codes |= 1 << CODES.iter().position(|(known, _)| *known == letter)?;
    }
    let fine = !word.is_empty() && !word.contains(char::is_whitespace) && codes != 0;
    fine.then_some((word.len(), codes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_table_has_every_code() {
        let codes = WordCodes::embedded().unwrap();
        assert_eq!(codes.n_words(), 19_195);
        let all = codes.by_word.values().fold(0, |all, codes| all | codes);
        assert_eq!(all, (1 << CODES.len()) - 1);
        assert_eq!(codes.of("must"), 1 << 5);
        assert_eq!(codes.of("zzz"), 0);
    }

    #[test]
    fn a_bad_line_is_an_error_with_its_number() {
        for line in ["cat", "cat\t", "cat\tb", "\tB", "tom cat\tB", ""] {
            let table = format!("dog\tY\n{line}\nant\tY");
            let error = WordCodes::parse(Path::new("t.tsv"), &table).unwrap_err();
            assert!(error.to_string().starts_with("t.tsv:2: found `"), "{error}");
        }
        assert_eq!(WordCodes::parse(Path::new("t"), "dog\tYB\r\n").unwrap().of("dog"), 1 | 1 << 18);
        assert_eq!(WordCodes::parse(Path::new("t"), "Dog\tY\ndog\tB").unwrap().of("dog"), 1 | 1 << 18);
        assert_eq!(WordCodes::parse(Path::new("t"), "").unwrap(), WordCodes::default());
    }
}
