//! Word classes: words that stand in like places share one, so that a word never seen in training
//! still says something.

use std::borrow::Cow;
use std::hash::Hasher;
use std::path::Path;

use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};

use crate::error::{Error, Result};

/// The table of the project, learned from unlabelled articles by `models/word_classes.py`.
const TABLE: &str = include_str!("../../models/word_classes.tsv");
/// How many of the most frequent words stay words in class n-grams: function words and the verbs of
/// saying carry the act themselves. 300, 500 and 1,000 did alike on held-out outlets.
const N_PLAIN: usize = 500;
/// The longest class n-gram: with three, held-out log loss was lower than with two.
pub(super) const MAX_NGRAM: usize = 3;

/// The classes of words, coarse and fine; by default none.
///
/// A table has one line a word, the most frequent word first: the word in small letters, its coarse
/// and its fine class, parted by tabs.
#[derive(Debug, Clone, Default)]
pub struct WordClasses {
    /// The lines, which may be those of a model file.
    table: Cow<'static, str>,
    /// Where the line of each word begins, by the word; of two lines the later one.
    by_word: HashTable<usize>,
    /// By number: `~` and the most frequent word of a coarse class, `≈` and that of a fine one.
    coarse: FxHashMap<u32, String>,
    fine: FxHashMap<u32, String>,
    /// Where the line of the first word begins that is not plain in n-grams.
    end_of_plain: usize,
}

impl PartialEq for WordClasses {
    fn eq(&self, other: &Self) -> bool {
        self.table == other.table
    }
}

/// What is known of one word.
struct Classes<'a> {
    coarse: &'a str,
    fine: &'a str,
    /// Whether it stays a word in class n-grams.
    is_plain: bool,
}

impl WordClasses {
    /// The table that comes with rhetor: 23,236 words of English news in 300 and 1,000 classes.
    ///
    /// # Errors
    ///
    /// When the build was made with a broken table.
    pub fn embedded() -> Result<WordClasses> {
        WordClasses::of_table(Path::new("the embedded word classes"), Cow::Borrowed(TABLE))
    }

    /// Reads the lines of a table; `path` is named in errors. No lines: no classes.
    ///
    /// # Errors
    ///
    /// When a line is not a word without white space and two numbers.
    pub fn parse(path: &Path, table: &str) -> Result<WordClasses> {
        WordClasses::of_table(path, Cow::Owned(table.to_string()))
    }

    /// The same for a table that is kept as it is.
    ///
    /// # Errors
    ///
    /// As [`WordClasses::parse`].
    pub(crate) fn of_table(path: &Path, table: Cow<'static, str>) -> Result<WordClasses> {
        let n_lines = memchr::memchr_iter(b'\n', table.as_bytes()).count() + 1;
        let mut by_word = HashTable::with_capacity(n_lines);
        // A class is called by its most frequent word, so that evidence can be read.
        let (mut coarse, mut fine) = (FxHashMap::default(), FxHashMap::default());
        let mut end_of_plain = table.len();
        for (index, (start, line)) in lines(&table).enumerate() {
            let parsed = parse_line(line).ok_or_else(|| Error::Row {
                path: path.to_path_buf(),
                line: index + 1,
                found: format!("`{}`", line.chars().take(40).collect::<String>()),
                expected: "a word and two class numbers, parted by tabs".to_string(),
            })?;
            let (word, coarse_class, fine_class) = parsed;
            coarse.entry(coarse_class).or_insert_with(|| format!("~{word}"));
            fine.entry(fine_class).or_insert_with(|| format!("≈{word}"));
            let is_word = |start: &usize| word_at(&table, *start) == word;
            by_word.entry(hash_of(word), is_word, |start| hash_of(word_at(&table, *start))).insert(start);
            if index == N_PLAIN {
                end_of_plain = start;
            }
        }
        Ok(WordClasses { table, by_word, coarse, fine, end_of_plain })
    }

    /// The lines that [`WordClasses::parse`] reads.
    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    /// How many words have classes.
    pub fn n_words(&self) -> usize {
        self.by_word.len()
    }

    /// What the table has of a word, or `None` where it does not know it.
    fn get(&self, word: &str) -> Option<Classes<'_>> {
        let &start = self.by_word.find(hash_of(word), |start| word_at(&self.table, *start) == word)?;
        let (_, line) = lines(&self.table[start..]).next()?;
        let (_, coarse, fine) = parse_line(line)?;
        let is_plain = start < self.end_of_plain;
        Some(Classes { coarse: self.coarse.get(&coarse)?, fine: self.fine.get(&fine)?, is_plain })
    }

    /// The coarse class of a word, or `None` where the table does not know it.
    pub(crate) fn coarse(&self, word: &str) -> Option<&str> {
        self.get(word).map(|classes| classes.coarse)
    }

    /// The words that have classes.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        lines(&self.table).map(|(start, _)| word_at(&self.table, start))
    }

    /// Whether no word has a class.
    pub(super) fn is_empty(&self) -> bool {
        self.by_word.is_empty()
    }

    /// The coarse and the fine class of a word, and what stands for it in class n-grams; the class that its
    /// ending gives it where the table does not know it.
    pub(super) fn of_word<'a>(&'a self, word: &'a str) -> (&'a str, Option<&'a str>, &'a str) {
        match self.get(word) {
            Some(Classes { coarse, fine, is_plain }) => {
                (coarse, Some(fine), if is_plain { word } else { coarse })
            }
            None => {
                let ending = unknown_class(word);
                (ending, None, ending)
            }
        }
    }

    /// The class unigrams and class n-grams of the author's words.
    pub(super) fn features(&self, author: &[String]) -> (Vec<String>, Vec<String>) {
        if self.is_empty() {
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

/// The lines of a table, and where each begins.
fn lines(table: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = memchr::memchr_iter(b'\n', table.as_bytes()).chain([table.len()]);
    let lines = ends.scan(0, |next, end| Some((std::mem::replace(next, end + 1), end)));
    // Behind a last line break there is no line.
    lines.filter(|(start, _)| *start < table.len()).map(|(start, end)| (start, &table[start..end]))
}

/// The word of the line that begins at `start`.
fn word_at(table: &str, start: usize) -> &str {
    column(&table[start..]).0
}

/// The first column of a line, and the others where there are others. Columns are so short that a search for
/// many bytes at once takes longer.
fn column(line: &str) -> (&str, Option<&str>) {
    match line.bytes().position(|byte| byte == b'\t') {
        Some(end) => (&line[..end], Some(&line[end + 1..])),
        None => (line, None),
    }
}

fn hash_of(word: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(word.as_bytes());
    hasher.finish()
}

fn parse_line(line: &str) -> Option<(&str, u32, u32)> {
    // No token goes on with white space, and the order of n-grams counts on the space before all that goes on.
    let goes_on = line.as_bytes().get(1..)?;
    let end = 1 + goes_on.iter().position(|byte| *byte <= b' ')?;
    let (word, rest) = (line.get(..end)?, line[end..].strip_prefix('\t')?);
    if word == "\t" || (!word.is_ascii() && word.chars().skip(1).any(char::is_whitespace)) {
        return None;
    }
    let (coarse, rest) = column(rest);
    let (fine, rest) = column(rest?);
    rest.is_none().then_some((word, number(coarse)?, number(fine)?))
}

/// A number, with white space around it or without.
fn number(column: &str) -> Option<u32> {
    column.parse().or_else(|_| column.trim().parse()).ok()
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
    fn of_two_lines_of_a_word_the_later_one_counts() {
        let table = "cat\t3\t7\ndog\t4\t8\r\ncat\t 4 \t9";
        let classes = WordClasses::parse(Path::new("t"), table).unwrap();
        assert_eq!((classes.n_words(), classes.table()), (2, table));
        assert_eq!(classes.of_word("cat"), ("~dog", Some("≈cat"), "cat"));
        assert_eq!(classes.words().collect::<Vec<_>>(), ["cat", "dog", "cat"]);
        assert_eq!(classes.coarse("ca"), None);
        assert_eq!(WordClasses::parse(Path::new("t"), "").unwrap(), WordClasses::default());
    }

    #[test]
    fn a_broken_line_is_told() {
        for line in [
            "cat\t3",
            "cat\tx\t1",
            "\t1\t2",
            "cat\t1\t2\t3",
            "tom cat\t1\t2",
            "tom\u{2003}cat\t1\t2",
            "",
            "\t\t1\t2",
        ] {
            let error =
                WordClasses::parse(Path::new("t.tsv"), &format!("dog\t1\t2\n{line}\nant\t1\t2")).unwrap_err();
            assert!(error.to_string().starts_with("t.tsv:2: found `"), "{error}");
        }
        assert!(WordClasses::embedded().unwrap().n_words() > 20_000);
    }
}
