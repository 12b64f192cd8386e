//! Paragraphs that occur again in other articles: flagged, never dropped.

use rustc_hash::FxHashSet;

use crate::article::{Article, Paragraph};
use crate::corpus::digest;

/// A shorter paragraph is no copy of another: "Read more here" says nothing about where it is from.
const MIN_WORDS: usize = 5;

/// What the copies of a paragraph have in common: the bytes of its [`fingerprint`](crate::fingerprint), or
/// `None` where it is too short to be compared.
pub type DuplicateKey = Option<[u8; 20]>;

/// The paragraphs that a run has seen, by their keys.
///
/// Holds 20 bytes and a bit of hash table for each that is new, 24 to 48 in all. Copies are exact
/// after NFC, lower-casing and leaving out all but letters and digits.
///
/// # Examples
///
/// ```
/// use rhetor::{Duplicates, article_from_text};
///
/// let mut article = article_from_text("The vote was held on Monday.\n\nThe vote was held on Monday!");
/// let keys = Duplicates::keys(&article);
/// Duplicates::default().mark(&mut article, &keys);
/// assert!(!article.paragraphs[0].duplicate && article.paragraphs[1].duplicate);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Duplicates {
    seen: FxHashSet<[u8; 20]>,
}

impl Duplicates {
    /// The keys of an article's paragraphs. This is the work of it; it needs no state, so that
    /// many threads can do it.
    pub fn keys(article: &Article) -> Vec<DuplicateKey> {
        let of =
            |paragraph: &Paragraph| (n_words(&paragraph.text) >= MIN_WORDS).then(|| digest(&paragraph.text));
        article.paragraphs.iter().map(of).collect()
    }

    /// Flags the paragraphs that were seen before, and remembers the others. Called in the order of the
    /// input, it flags every occurrence but the first.
    pub fn mark(&mut self, article: &mut Article, keys: &[DuplicateKey]) {
        for (paragraph, key) in article.paragraphs.iter_mut().zip(keys) {
            paragraph.duplicate = key.is_some_and(|key| !self.seen.insert(key));
        }
    }
}

/// The pieces between white space that have a letter or digit.
fn n_words(text: &str) -> usize {
    text.split_whitespace().filter(|piece| piece.contains(char::is_alphanumeric)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::article_from_text;

    /// Whether each paragraph of each text is flagged.
    #[track_caller]
    fn check(texts: &[&str], expected: &[&[bool]]) {
        let mut duplicates = Duplicates::default();
        for (text, expected) in texts.iter().zip(expected) {
            let mut article = article_from_text(text);
            let keys = Duplicates::keys(&article);
            duplicates.mark(&mut article, &keys);
            let flags: Vec<bool> = article.paragraphs.iter().map(|paragraph| paragraph.duplicate).collect();
            assert_eq!(&flags, expected, "{text}");
        }
    }

    #[test]
    fn all_but_the_first_are_flagged() {
        let [one, two] = ["One two three four five.", "Six seven eight nine ten."];
        check(
            &[&format!("{one}\n\n{two}"), "ONE two, three: four \u{2013} five", &format!("{two}\n\n{two}")],
            &[&[false, false], &[true], &[true, true]],
        );
    }

    #[test]
    fn short_paragraphs_are_never_flagged() {
        check(&["One two three four.", "One two \u{2014} three four."], &[&[false], &[false]]);
    }
}
