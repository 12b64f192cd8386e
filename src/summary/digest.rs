//! Digests: what a report on many articles keeps of each article: its names, counts and strongest paragraphs.

#[cfg(feature = "report")]
use std::collections::BTreeMap;
use std::path::Path;

use super::profile::{Tally, labelled};
use crate::article::Article;
use crate::score::Outcome;
use crate::token::n_words;

/// The length of a paragraph in a row of an overview, in characters.
const ROW_LENGTH: usize = 100;
/// The length of a paragraph in a comparison, in characters.
const COMPARISON_LENGTH: usize = 320;
/// The length of a name in a report, in characters: a cell of a table may hold anything.
const NAME_LENGTH: usize = 160;
/// How many paragraphs of each label a comparison keeps.
const N_HEAVIEST: usize = 3;

/// What a digest keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestOptions {
    /// The number of labels.
    pub n_labels: usize,
    /// The label whose most probable paragraph an overview shows.
    pub strongest: usize,
    /// The column or front-matter key with the publisher's tag, if articles are compared by it.
    pub tag_column: Option<String>,
}

/// What an overview or a comparison shows of one article.
#[derive(Debug, Clone, PartialEq)]
pub struct Digest {
    /// The path it was read from.
    pub source: String,
    /// The id of its first row.
    pub id: Option<String>,
    /// The `doc` that its rows share.
    pub doc: Option<String>,
    /// Its title, first heading, row or file name.
    pub title: String,
    /// Its outlet, of any length.
    pub outlet: Option<String>,
    /// Its date as written in its source, without the time of day.
    pub date: Option<String>,
    /// The publisher's tag, of any length.
    pub tag: Option<String>,
    /// Its counts.
    pub tally: Tally,
    /// Its most probable paragraph with the label of [`DigestOptions::strongest`]; the first in a tie.
    pub strongest: Option<Excerpt>,
    /// For each label, the paragraphs with the most weight (probability times words), heaviest first; empty if articles
    /// are not compared.
    pub heaviest: Vec<Vec<Excerpt>>,
}

/// The beginning of a paragraph, and its label's probability.
#[derive(Debug, Clone, PartialEq)]
pub struct Excerpt {
    /// Its number in the article, from 0.
    pub paragraph: usize,
    /// The probability of its label.
    pub probability: f64,
    /// The number of words in the whole paragraph.
    pub n_words: usize,
    /// The first words.
    pub text: String,
}

impl Excerpt {
    /// Its expected number of words with its label.
    pub(crate) fn weight(&self) -> f64 {
        self.probability * self.n_words as f64
    }
}

impl Digest {
    /// The digest of an article.
    ///
    /// # Panics
    ///
    /// When the index of a label is not below `n_labels`.
    pub fn of(article: &Article, outcomes: &[Outcome], options: &DigestOptions) -> Digest {
        let known = |key: &str| article.known(key).map(str::to_string);
        Digest {
            source: article.source.clone(),
            id: article.paragraphs.first().and_then(|paragraph| paragraph.id.clone()),
            doc: known("doc"),
            title: shown_name(title(article)),
            outlet: known("outlet"),
            date: known("date").map(|date| day(&date).to_string()),
            tag: options.tag_column.as_deref().and_then(known),
            tally: Tally::of(article, outcomes, options.n_labels),
            strongest: strongest(article, outcomes, options.strongest),
            heaviest: match options.tag_column {
                Some(_) => (0..options.n_labels).map(|label| heaviest(article, outcomes, label)).collect(),
                None => Vec::new(),
            },
        }
    }

    /// The number of words in labelled paragraphs.
    pub fn n_words(&self) -> usize {
        self.tally.n_words()
    }

    /// Identifies the article independently of the order of files.
    pub(crate) fn key(&self) -> (&str, Option<&str>, Option<&str>) {
        (&self.source, self.doc.as_deref(), self.id.as_deref())
    }
}

/// Digests grouped by a key; those without the key are in no group.
#[cfg(feature = "report")]
pub(crate) fn by_key<'a>(
    digests: impl IntoIterator<Item = &'a Digest>,
    key: impl Fn(&'a Digest) -> Option<&'a str>,
) -> BTreeMap<&'a str, Vec<&'a Digest>> {
    let mut groups: BTreeMap<&str, Vec<&Digest>> = BTreeMap::new();
    for digest in digests {
        key(digest).into_iter().for_each(|name| groups.entry(name).or_default().push(digest));
    }
    groups
}

/// The best name of an article: its title, its first heading, its row or its file name.
pub fn title(article: &Article) -> &str {
    let known = ["title", "doc"].iter().find_map(|key| article.known(key));
    let heading = || article.paragraphs.iter().find(|paragraph| paragraph.heading).map(|p| p.text.as_str());
    let id = || article.paragraphs.first().and_then(|paragraph| paragraph.id.as_deref());
    let name = || Path::new(&article.source).file_name().and_then(|name| name.to_str());
    let titles = [known, heading(), id(), name()];
    titles.into_iter().flatten().find(|title| !title.trim().is_empty()).unwrap_or(&article.source)
}

/// The part of a name that a report shows. Articles are grouped by the whole name.
pub fn shown_name(name: &str) -> String {
    cut(name, NAME_LENGTH)
}

/// The day of a point in time: `2024-05-01` for `2024-05-01T09:30:00Z`. Other dates are returned unchanged.
pub fn day(date: &str) -> &str {
    let date = date.trim();
    match date.split_at_checked("0000-00-00".len()) {
        Some((day, time)) if has_form(day, "0000-00-00") && time.starts_with(['T', 't', ' ']) => day,
        _ => date,
    }
}

/// Whether `text` is `form` with any digits in place of its zeros.
pub fn has_form(text: &str, form: &str) -> bool {
    let fits = |(byte, form): (u8, u8)| if form == b'0' { byte.is_ascii_digit() } else { byte == form };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

fn strongest(article: &Article, outcomes: &[Outcome], label: usize) -> Option<Excerpt> {
    let excerpts = excerpts(article, outcomes, label, ROW_LENGTH);
    excerpts.reduce(|best, next| if next.probability > best.probability { next } else { best })
}

fn heaviest(article: &Article, outcomes: &[Outcome], label: usize) -> Vec<Excerpt> {
    let mut excerpts: Vec<Excerpt> = excerpts(article, outcomes, label, COMPARISON_LENGTH).collect();
    excerpts.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
    excerpts.truncate(N_HEAVIEST);
    excerpts
}

/// The paragraphs with a label, in the order of the article.
fn excerpts<'a>(
    article: &'a Article,
    outcomes: &'a [Outcome],
    label: usize,
    length: usize,
) -> impl Iterator<Item = Excerpt> {
    let of_label = labelled(article, outcomes).filter(move |(.., labelling)| labelling.label == label);
    of_label.map(move |(index, paragraph, labelling)| Excerpt {
        paragraph: article.first_paragraph + index,
        probability: labelling.probabilities[label],
        n_words: n_words(&paragraph.text),
        text: cut(&paragraph.text, length),
    })
}

/// The first `length` characters of `text`, cut after a word if one ends in the second half.
fn cut(text: &str, length: usize) -> String {
    let text = text.trim();
    let Some((end, _)) = text.char_indices().nth(length) else { return text.to_string() };
    let kept = &text[..end];
    let kept = kept.rfind(char::is_whitespace).filter(|&at| at > end / 2).map_or(kept, |at| &kept[..at]);
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Reason;
    use crate::read::article_from_text;
    use crate::score::Labelling;

    fn outcome(label: usize, probability: f64) -> Outcome {
        let mut probabilities = vec![(1.0 - probability) / 2.0; 3];
        probabilities[label] = probability;
        Outcome::Labelled(Labelling {
            label,
            probabilities,
            unsure: false,
            out_of_domain: false,
            evidence: None,
            reasons: None,
        })
    }

    #[test]
    fn the_most_probable_paragraph_is_strongest_and_the_heaviest_come_first() {
        let mut article = article_from_text("Share\n\nOne two.\n\nThree four five six.\n\nSeven.\n\nEight.");
        article.metadata.insert("section".into(), " News ".into());
        let outcomes = [
            Outcome::Dropped(Reason::Share),
            outcome(1, 0.75),
            outcome(1, 0.5),
            outcome(1, 0.75),
            outcome(0, 0.9),
        ];
        let options = DigestOptions { n_labels: 3, strongest: 1, tag_column: Some("Section".into()) };
        let digest = Digest::of(&article, &outcomes, &options);
        assert_eq!(digest.tag.as_deref(), Some("News"));
        assert_eq!(
            digest.strongest.map(|excerpt| (excerpt.paragraph, excerpt.text)),
            Some((1, "One two.".into()))
        );
        let heaviest: Vec<Vec<usize>> =
            digest.heaviest.iter().map(|label| label.iter().map(|e| e.paragraph).collect()).collect();
        assert_eq!(heaviest, [vec![4], vec![2, 1, 3], vec![]]);
        assert_eq!(digest.tally.words, [1, 7, 0]);
    }

    #[test]
    fn texts_are_cut_after_words_and_never_inside_a_character() {
        for (text, expected) in [
            ("short", "short"),
            ("one two three", "one two…"),
            ("oneandonlyword", "oneandonly…"),
            ("日本語の長い文章がここにあります", "日本語の長い文章がこ…"),
        ] {
            assert_eq!(cut(text, 10), expected);
        }
    }

    #[test]
    fn a_point_in_time_becomes_its_day_and_other_dates_are_unchanged() {
        for (date, expected) in [
            ("2024-05-01T09:30:00Z", "2024-05-01"),
            ("2024-05-01 09:30", "2024-05-01"),
            (" 2024-05-01 ", "2024-05-01"),
            ("1 May 2024", "1 May 2024"),
            ("2024-05", "2024-05"),
            ("2024-05-011T", "2024-05-011T"),
            ("20240501T0930é", "20240501T0930é"),
        ] {
            assert_eq!(day(date), expected);
        }
    }

    #[test]
    fn a_title_is_the_best_name_that_is_known() {
        let mut article = article_from_text("One.\n\nTwo.");
        article.source = "in/a.txt".into();
        assert_eq!(title(&article), "a.txt");
        article.paragraphs[1].heading = true;
        assert_eq!(title(&article), "Two.");
        article.metadata.insert("title".into(), "Three".into());
        assert_eq!(title(&article), "Three");
    }
}
