//! Paragraphs that occur again in other articles. They are flagged, never dropped.

use rustc_hash::FxHashSet;

use super::fingerprint;
use crate::article::{Article, Paragraph};

/// Shorter paragraphs, in words, are never duplicates: "Read more here" occurs everywhere.
const MIN_WORDS: usize = 5;

/// The SHA-1 of a paragraph's letters and digits after NFC and lower-casing, or `None` if it has fewer than five words.
pub type DuplicateKey = Option<[u8; 20]>;

/// The keys of the paragraphs seen in a run.
///
/// Takes 24 to 48 bytes for each distinct paragraph. Two paragraphs are equal if their letters and digits are,
/// after NFC and lower-casing.
///
/// # Examples
///
/// ```
/// use rhetor::corpus::Duplicates;
/// use rhetor::article_from_text;
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
    /// The keys of an article's paragraphs. This is the expensive step; it needs no state, so threads can share it.
    pub fn keys(article: &Article) -> Vec<DuplicateKey> {
        let key = |p: &Paragraph| (n_words(&p.text) >= MIN_WORDS).then(|| fingerprint(&p.text));
        article.paragraphs.iter().map(key).collect()
    }

    /// Flags the paragraphs seen before and remembers the others. Call it in input order, so that every occurrence
    /// except the first is flagged.
    pub fn mark(&mut self, article: &mut Article, keys: &[DuplicateKey]) {
        for (paragraph, key) in article.paragraphs.iter_mut().zip(keys) {
            paragraph.duplicate = key.is_some_and(|key| !self.seen.insert(key));
        }
    }
}

/// Words that contain a letter or digit.
pub(super) fn n_words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
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
    fn all_occurrences_except_the_first_are_flagged() {
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
