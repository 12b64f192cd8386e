//! Profiles: the share of each label in an article or a group of articles, with intervals.

use std::collections::BTreeMap;

use super::share::{self, Expected, MIN_ARTICLES};
use crate::article::{Article, Columns, Paragraph};
use crate::metrics::Interval;
use crate::score::{Labelling, Outcome};
use crate::token::n_words;

/// The labelled paragraphs of an article with their indices.
pub(crate) fn labelled<'a>(
    article: &'a Article,
    outcomes: &'a [Outcome],
) -> impl Iterator<Item = (usize, &'a Paragraph, &'a Labelling)> {
    let blocks = article.paragraphs.iter().zip(outcomes).enumerate();
    blocks.filter_map(|(index, (paragraph, outcome))| match outcome {
        Outcome::Labelled(labelling) => Some((index, paragraph, labelling)),
        Outcome::Dropped(_) => None,
    })
}

/// Counts over the blocks of an article.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Labelled paragraphs.
    pub n_kept: usize,
    /// Dropped blocks.
    pub n_dropped: usize,
    /// Labelled paragraphs whose label is unsure.
    pub n_unsure: usize,
    /// Labelled paragraphs that are out of domain.
    pub n_out_of_domain: usize,
    /// The outlet of an article, if known; none for several articles.
    pub outlet: Option<String>,
    /// Words by the most probable label of their paragraph.
    pub words: Vec<usize>,
    /// The expected words of each label.
    pub expected_words: Expected,
    /// The expected paragraphs of each label.
    pub expected_paragraphs: Expected,
}

/// The row of a table that an article was read from, or its first row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProfileRow {
    /// Its number, from 1.
    pub number: Option<usize>,
    /// Whether the table has its id as a number.
    pub id_is_number: bool,
    /// The columns that records pass through.
    pub columns: Columns,
}

/// The profile of an article or of a group of articles: its shares by label.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The article's path; for a group, its values joined by commas.
    pub name: String,
    /// The values that the articles of a group share; empty for an article.
    pub values: Vec<String>,
    /// The article's front matter, or the columns of its first row with the row's id; empty for groups.
    pub metadata: BTreeMap<String, String>,
    /// The row that the article was read from; empty for groups.
    pub row: ProfileRow,
    /// The number of articles.
    pub n_articles: usize,
    /// The counts.
    pub tally: Tally,
    /// The number of articles with labelled paragraphs, which intervals are over.
    pub n_labelled: usize,
    /// The expected share of labelled paragraphs with each label.
    pub paragraph_shares: Vec<Interval>,
    /// The expected share of words in paragraphs with each label.
    pub word_shares: Vec<Interval>,
}

impl Tally {
    /// The counts of one article.
    ///
    /// # Panics
    ///
    /// When the index of a label is not below `n_labels`.
    pub fn of(article: &Article, outcomes: &[Outcome], n_labels: usize) -> Tally {
        let mut tally = Tally::zeros(n_labels);
        for (_, paragraph, labelling) in labelled(article, outcomes) {
            tally.n_kept += 1;
            tally.n_unsure += usize::from(labelling.unsure);
            tally.n_out_of_domain += usize::from(labelling.out_of_domain);
            let n_words = n_words(&paragraph.text);
            tally.words[labelling.label] += n_words;
            tally.expected_words.add(n_words as f64, &labelling.probabilities);
            tally.expected_paragraphs.add(1.0, &labelling.probabilities);
        }
        tally.n_dropped = outcomes.len() - tally.n_kept;
        tally.outlet = article.known("outlet").map(str::to_string);
        tally
    }

    fn zeros(n_labels: usize) -> Tally {
        Tally {
            words: vec![0; n_labels],
            expected_words: Expected::zeros(n_labels),
            expected_paragraphs: Expected::zeros(n_labels),
            ..Tally::default()
        }
    }

    fn merge(&mut self, other: &Tally) {
        self.n_kept += other.n_kept;
        self.n_dropped += other.n_dropped;
        self.n_unsure += other.n_unsure;
        self.n_out_of_domain += other.n_out_of_domain;
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a += b);
        self.expected_words.merge(&other.expected_words);
        self.expected_paragraphs.merge(&other.expected_paragraphs);
    }

    /// The number of words in labelled paragraphs; without any there are no shares.
    pub fn n_words(&self) -> usize {
        self.words.iter().sum()
    }

    /// The expected share of words with each label; all 0 without labelled words.
    pub fn word_shares(&self) -> Vec<f64> {
        self.expected_words.shares()
    }

    /// The share of words in paragraphs whose most probable label is each label; all 0 without labelled words.
    pub fn labelled_word_shares(&self) -> Vec<f64> {
        let total = self.n_words().max(1) as f64;
        self.words.iter().map(|&n_words| n_words as f64 / total).collect()
    }

    /// A key that sorts tallies independently of the order of files.
    fn sort_key(&self) -> (Vec<u64>, Vec<usize>, usize, Option<String>) {
        (self.expected_words.sort_key(), self.words.clone(), self.n_dropped, self.outlet.clone())
    }

    /// The share of labelled paragraphs that are unsure.
    pub fn unsure_share(&self) -> f64 {
        self.n_unsure as f64 / self.n_kept.max(1) as f64
    }

    /// The share of labelled paragraphs that are out of domain.
    pub fn out_of_domain_share(&self) -> f64 {
        self.n_out_of_domain as f64 / self.n_kept.max(1) as f64
    }

    /// An article with certain labels.
    #[cfg(test)]
    pub(crate) fn certain(n_kept: usize, words: &[usize]) -> Tally {
        let expected = Expected::certain(words);
        Tally {
            n_kept,
            words: words.to_vec(),
            expected_paragraphs: expected.clone(),
            expected_words: expected,
            ..Tally::default()
        }
    }
}

impl Profile {
    /// The profile of one article. Intervals are for how uncertain its labels are.
    ///
    /// # Panics
    ///
    /// When the index of a label is not below `n_labels`.
    pub fn of_article(article: &Article, outcomes: &[Outcome], n_labels: usize) -> Profile {
        let tally = Tally::of(article, outcomes, n_labels);
        let mut metadata = article.metadata.clone();
        let id = article.paragraphs.first().and_then(|paragraph| paragraph.id.clone());
        metadata.extend(id.map(|id| ("id".to_string(), id)));
        let row = article.paragraphs.first().map_or_else(ProfileRow::default, |first| ProfileRow {
            number: first.row,
            id_is_number: first.id_is_number,
            columns: first.columns.clone(),
        });
        Profile {
            name: article.source.clone(),
            values: Vec::new(),
            metadata,
            row,
            n_articles: 1,
            n_labelled: usize::from(tally.n_kept > 0),
            paragraph_shares: share::of_article(&tally.expected_paragraphs),
            word_shares: share::of_article(&tally.expected_words),
            tally,
        }
    }

    /// The profile of a group from the counts of its articles, in any order. Intervals are over the articles that
    /// have labelled paragraphs, because the others have no shares, and for how uncertain labels are.
    pub fn of_group(values: Vec<String>, mut articles: Vec<Tally>) -> Profile {
        articles.sort_by_cached_key(Tally::sort_key);
        let n_labels = articles.first().map_or(0, |tally| tally.words.len());
        let mut total = Tally::zeros(n_labels);
        articles.iter().for_each(|tally| total.merge(tally));
        let labelled: Vec<&Tally> = articles.iter().filter(|tally| tally.n_kept > 0).collect();
        let intervals = |expected: fn(&Tally) -> &Expected| match labelled.is_empty() {
            true => share::of_article(expected(&total)),
            false => {
                let sample = labelled.iter().map(|tally| (tally.outlet.as_deref(), expected(tally)));
                share::of_sample(&sample.collect::<Vec<_>>())
            }
        };
        Profile {
            name: values.join(", "),
            values,
            metadata: BTreeMap::new(),
            row: ProfileRow::default(),
            n_articles: articles.len(),
            n_labelled: labelled.len(),
            paragraph_shares: intervals(|tally| &tally.expected_paragraphs),
            word_shares: intervals(|tally| &tally.expected_words),
            tally: total,
        }
    }

    /// Whether a group has so few articles that only the intervals of its shares are meaningful.
    pub fn has_few_articles(&self) -> bool {
        self.n_labelled < MIN_ARTICLES
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Reason;
    use crate::read::article_from_text;

    fn outcome(label: usize) -> Outcome {
        let probabilities = if label == 0 { vec![0.75, 0.25] } else { vec![0.25, 0.75] };
        Outcome::Labelled(Labelling {
            label,
            probabilities,
            unsure: label == 1,
            out_of_domain: label == 0,
            evidence: None,
            reasons: None,
        })
    }

    #[test]
    fn shares_count_labelled_paragraphs_and_their_words() {
        let article = article_from_text("One two three.\n\nFour.\n\nShare");
        let outcomes = [outcome(0), outcome(1), Outcome::Dropped(Reason::Share)];
        assert_eq!(
            Tally::of(&article, &[outcome(0), outcome(0), outcome(1)], 2).out_of_domain_share(),
            2.0 / 3.0
        );
        let profile = Profile::of_article(&article, &outcomes, 2);
        assert_eq!((profile.tally.n_kept, profile.tally.n_dropped), (2, 1));
        assert_eq!(profile.paragraph_shares[0].value, 0.5);
        // Three words with a probability of .75 and one with .25.
        assert_eq!(profile.word_shares[0].value, 0.625);
        assert_eq!(profile.tally.labelled_word_shares(), [0.75, 0.25]);
        assert_eq!(profile.tally.unsure_share(), 0.5);
        assert!(profile.word_shares[0].low < 0.625 && profile.word_shares[0].high > 0.625);
        let group = Profile::of_group(vec!["g".into()], vec![profile.tally.clone(), profile.tally]);
        assert_eq!((group.n_articles, group.tally.n_kept, group.tally.n_out_of_domain), (2, 4, 2));
        assert!(group.word_shares[0].low < 0.625 && group.has_few_articles());
    }

    #[test]
    fn articles_without_labelled_paragraphs_do_not_change_the_intervals_of_a_group() {
        let tally = |kept: usize| Tally::certain(kept, &[3 * kept, kept]);
        let articles = vec![tally(1), tally(2)];
        let group = |n_empty: usize| {
            Profile::of_group(vec!["g".into()], [articles.clone(), vec![tally(0); n_empty]].concat())
        };
        assert_eq!((group(0).n_articles, group(9).n_articles), (2, 11));
        assert_eq!(group(9).word_shares, group(0).word_shares);
    }
}
