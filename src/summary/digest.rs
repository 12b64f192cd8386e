//! What a report on many articles keeps of each: its names, its counts, its strongest paragraphs.

use std::path::Path;

use super::profile::Tally;
use crate::article::Article;
use crate::score::{Labelling, Outcome};

/// How much of a paragraph a row of an overview shows, in characters.
const ROW_LENGTH: usize = 100;
/// How much of a paragraph a comparison shows, in characters.
const COMPARISON_LENGTH: usize = 320;
/// How much of a name a report shows, in characters: some cell may hold anything.
const NAME_LENGTH: usize = 160;
/// How many paragraphs of each label a comparison keeps of an article.
const N_HEAVIEST: usize = 3;

/// Which paragraphs and names a digest keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestOptions {
    /// How many labels there are.
    pub n_labels: usize,
    /// The label whose surest paragraph stands for an article in an overview.
    pub strongest: usize,
    /// The column or key that holds the publisher's own tag, where articles are compared by it.
    pub tag_column: Option<String>,
}

/// One of many articles: all that an overview or a comparison tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Digest {
    /// The path that it was read from.
    pub source: String,
    /// The identifier of its row.
    pub id: Option<String>,
    /// What its rows have in common.
    pub doc: Option<String>,
    /// What tells it from others.
    pub title: String,
    /// Who published it, in whatever length.
    pub outlet: Option<String>,
    /// When, as its source writes it; a point in time as its day.
    pub date: Option<String>,
    /// The publisher's own tag, in whatever length.
    pub tag: Option<String>,
    /// Its counts.
    pub tally: Tally,
    /// Its surest paragraph of the label asked for; of several, the first.
    pub strongest: Option<Excerpt>,
    /// Its paragraphs with the most weight for each label, which is probability times words, the heaviest
    /// first; empty lists where articles are not compared.
    pub heaviest: Vec<Vec<Excerpt>>,
}

/// The beginning of a paragraph, and what is known of all of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Excerpt {
    /// Its number in its article, from 0.
    pub paragraph: usize,
    /// The probability of its label.
    pub probability: f64,
    /// Its words, all of them.
    pub n_words: usize,
    /// Its first words.
    pub text: String,
}

impl Excerpt {
    /// What it adds to the share of its label: words, each as probable as the label is.
    pub(crate) fn weight(&self) -> f64 {
        self.probability * self.n_words as f64
    }
}

impl Digest {
    /// The digest of an article.
    ///
    /// # Panics
    ///
    /// When a label's index is not under `n_labels`.
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

    /// How many words have a label.
    pub fn n_words(&self) -> usize {
        self.tally.n_words()
    }

    /// What tells it from all others, whatever the order of files.
    pub(crate) fn key(&self) -> (&str, Option<&str>, Option<&str>) {
        (&self.source, self.doc.as_deref(), self.id.as_deref())
    }
}

/// What tells an article from others: its title, its first heading, its row or the name of its file.
pub fn title(article: &Article) -> &str {
    let known = ["title", "doc"].iter().find_map(|key| article.known(key));
    let heading = || article.paragraphs.iter().find(|paragraph| paragraph.heading).map(|p| p.text.as_str());
    let id = || article.paragraphs.first().and_then(|paragraph| paragraph.id.as_deref());
    let name = || Path::new(&article.source).file_name().and_then(|name| name.to_str());
    let titles = [known, heading(), id(), name()];
    titles.into_iter().flatten().find(|title| !title.trim().is_empty()).unwrap_or(&article.source)
}

/// So much of a name as a report shows of it. Articles are grouped by all of it.
pub fn shown_name(name: &str) -> String {
    cut(name, NAME_LENGTH)
}

/// The day of a point in time: `2024-05-01T09:30:00Z` is of `2024-05-01`; any other date as it is.
pub fn day(date: &str) -> &str {
    let date = date.trim();
    match date.split_at_checked("0000-00-00".len()) {
        Some((day, time)) if has_form(day, "0000-00-00") && time.starts_with(['T', 't', ' ']) => day,
        _ => date,
    }
}

/// Whether `text` is `form` with other digits for its zeros.
pub fn has_form(text: &str, form: &str) -> bool {
    let fits = |(sign, form): (u8, u8)| if form == b'0' { sign.is_ascii_digit() } else { sign == form };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

/// The labelled paragraphs with their indices.
fn labelled(outcomes: &[Outcome]) -> impl Iterator<Item = (usize, &Labelling)> {
    outcomes.iter().enumerate().filter_map(|(index, outcome)| match outcome {
        Outcome::Labelled(labelling) => Some((index, labelling)),
        Outcome::Dropped(_) => None,
    })
}

fn strongest(article: &Article, outcomes: &[Outcome], label: usize) -> Option<Excerpt> {
    let of_label = labelled(outcomes).filter(|(_, labelling)| labelling.label == label);
    let probability = |labelling: &Labelling| labelling.probabilities[label];
    let (index, labelling) =
        of_label.reduce(|best, next| if probability(next.1) > probability(best.1) { next } else { best })?;
    Some(excerpt(article, index, probability(labelling), ROW_LENGTH))
}

fn heaviest(article: &Article, outcomes: &[Outcome], label: usize) -> Vec<Excerpt> {
    let of_label = labelled(outcomes).filter(|(_, labelling)| labelling.label == label);
    let mut excerpts: Vec<Excerpt> = of_label
        .map(|(index, labelling)| excerpt(article, index, labelling.probabilities[label], COMPARISON_LENGTH))
        .collect();
    excerpts.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
    excerpts.truncate(N_HEAVIEST);
    excerpts
}

fn excerpt(article: &Article, index: usize, probability: f64, length: usize) -> Excerpt {
    let text = &article.paragraphs[index].text;
    Excerpt {
        paragraph: article.first_paragraph + index,
        probability,
        n_words: text.split_whitespace().count(),
        text: cut(text, length),
    }
}

/// The first `length` characters of `text`, cut behind a word where the second half has one.
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

    fn outcome(label: usize, probability: f64) -> Outcome {
        let mut probabilities = vec![(1.0 - probability) / 2.0; 3];
        probabilities[label] = probability;
        Outcome::Labelled(Labelling {
            label,
            probabilities,
            unsure: false,
            out_of_domain: false,
            evidence: None,
        })
    }

    #[test]
    fn the_surest_paragraph_stands_for_an_article_and_the_heaviest_come_first() {
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
    fn texts_are_cut_behind_words_and_never_inside_a_character() {
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
    fn a_point_in_time_is_of_its_day_and_other_dates_stay() {
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
}
