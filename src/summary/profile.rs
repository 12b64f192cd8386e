//! Profiles: the share of each label in an article or a group of articles, with intervals.

use std::collections::BTreeMap;

use crate::article::{Article, Columns, Paragraph};
use crate::metrics::{Interval, bootstrap};
use crate::score::{Labelling, Outcome};
use crate::token::n_words;

/// The seed of every interval. It is fixed, so that intervals depend only on the articles.
pub const SEED: u64 = 0;

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
    /// Paragraphs by label.
    pub paragraphs: Vec<usize>,
    /// Words by label of their paragraph.
    pub words: Vec<usize>,
    /// Sums of the paragraphs' probabilities, by label.
    pub score_sums: Vec<f64>,
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
    /// The article's path, or the group's name.
    pub name: String,
    /// The article's front matter, or the columns of its first row with the row's id; empty for groups.
    pub metadata: BTreeMap<String, String>,
    /// The row that the article was read from; empty for groups.
    pub row: ProfileRow,
    /// The number of articles.
    pub n_articles: usize,
    /// The counts.
    pub tally: Tally,
    /// The share of labelled paragraphs with each label.
    pub paragraph_shares: Vec<Interval>,
    /// The share of words in paragraphs with each label.
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
            tally.paragraphs[labelling.label] += 1;
            tally.words[labelling.label] += n_words(&paragraph.text);
            tally.score_sums.iter_mut().zip(&labelling.probabilities).for_each(|(sum, p)| *sum += p);
        }
        tally.n_dropped = outcomes.len() - tally.n_kept;
        tally
    }

    fn zeros(n_labels: usize) -> Tally {
        Tally {
            paragraphs: vec![0; n_labels],
            words: vec![0; n_labels],
            score_sums: vec![0.0; n_labels],
            ..Tally::default()
        }
    }

    fn merge(&mut self, other: &Tally) {
        self.n_kept += other.n_kept;
        self.n_dropped += other.n_dropped;
        self.n_unsure += other.n_unsure;
        self.n_out_of_domain += other.n_out_of_domain;
        self.paragraphs.iter_mut().zip(&other.paragraphs).for_each(|(a, b)| *a += b);
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a += b);
        self.score_sums.iter_mut().zip(&other.score_sums).for_each(|(a, b)| *a += b);
    }

    /// The number of words in labelled paragraphs; without any there are no shares.
    pub fn n_words(&self) -> usize {
        self.words.iter().sum()
    }

    /// The share of words in paragraphs with each label; all 0 without labelled words.
    pub fn word_shares(&self) -> Vec<f64> {
        shares(&self.words).collect()
    }

    /// A key that sorts tallies independently of the order of files.
    fn sort_key(&self) -> (Vec<usize>, Vec<usize>, usize, Vec<u64>) {
        let sums = self.score_sums.iter().map(|sum| sum.to_bits()).collect();
        (self.words.clone(), self.paragraphs.clone(), self.n_dropped, sums)
    }

    /// The share of labelled paragraphs that are unsure.
    pub fn unsure_share(&self) -> f64 {
        self.n_unsure as f64 / self.n_kept.max(1) as f64
    }

    /// The share of labelled paragraphs that are out of domain.
    pub fn out_of_domain_share(&self) -> f64 {
        self.n_out_of_domain as f64 / self.n_kept.max(1) as f64
    }

    /// The mean probability of each label over the labelled paragraphs.
    pub fn mean_scores(&self) -> Vec<f64> {
        self.score_sums.iter().map(|sum| sum / self.n_kept.max(1) as f64).collect()
    }
}

/// Counts as shares of their sum; all 0 when that is 0.
fn shares(counts: &[usize]) -> impl Iterator<Item = f64> {
    let total = counts.iter().sum::<usize>().max(1) as f64;
    counts.iter().map(move |&count| count as f64 / total)
}

impl Profile {
    /// The profile of one article, with bootstrap intervals over its labelled paragraphs.
    ///
    /// # Panics
    ///
    /// When the index of a label is not below `n_labels`.
    pub fn of_article(article: &Article, outcomes: &[Outcome], n_labels: usize) -> Profile {
        let tally = Tally::of(article, outcomes, n_labels);
        let mut counts = vec![0; 2 * n_labels * tally.n_kept];
        for (unit, (_, paragraph, labelling)) in labelled(article, outcomes).enumerate() {
            let of_unit = &mut counts[2 * n_labels * unit..];
            of_unit[labelling.label] = 1;
            of_unit[n_labels + labelling.label] = n_words(&paragraph.text);
        }
        let mut metadata = article.metadata.clone();
        let id = article.paragraphs.first().and_then(|paragraph| paragraph.id.clone());
        metadata.extend(id.map(|id| ("id".to_string(), id)));
        let row = article.paragraphs.first().map_or_else(ProfileRow::default, |first| ProfileRow {
            number: first.row,
            id_is_number: first.id_is_number,
            columns: first.columns.clone(),
        });
        Profile { metadata, row, ..Profile::new(article.source.clone(), 1, tally, &counts) }
    }

    /// The profile of a group from the counts of its articles, in any order. Intervals are over the articles that
    /// have labelled paragraphs: the others have no shares.
    pub fn of_group(name: String, mut articles: Vec<Tally>) -> Profile {
        articles.sort_by_cached_key(Tally::sort_key);
        let mut total = Tally::zeros(articles.first().map_or(0, |tally| tally.paragraphs.len()));
        articles.iter().for_each(|tally| total.merge(tally));
        let labelled = articles.iter().filter(|tally| tally.n_kept > 0);
        let counts: Vec<usize> =
            labelled.flat_map(|tally| tally.paragraphs.iter().chain(&tally.words)).copied().collect();
        Profile::new(name, articles.len(), total, &counts)
    }

    /// `counts` holds, for each unit that may be drawn, its paragraphs by label and then its words by label.
    fn new(name: String, n_articles: usize, tally: Tally, counts: &[usize]) -> Profile {
        let n_labels = tally.paragraphs.len();
        let values: Vec<f64> = shares(&tally.paragraphs).chain(shares(&tally.words)).collect();
        let units: Vec<&[usize]> = counts.chunks_exact((2 * n_labels).max(1)).collect();
        let mut sums = vec![0; 2 * n_labels];
        let of_sample = |sample: &[usize], statistics: &mut [f64]| {
            sums.fill(0);
            for &unit in sample {
                sums.iter_mut().zip(units[unit]).for_each(|(sum, count)| *sum += count);
            }
            let (paragraphs, words) = sums.split_at(n_labels);
            let shares = shares(paragraphs).chain(shares(words));
            statistics.iter_mut().zip(shares).for_each(|(statistic, share)| *statistic = share);
        };
        // One unit says nothing about how much others differ.
        let mut paragraph_shares = match units.len() {
            1 => values.into_iter().map(Interval::unknown).collect(),
            n_units => bootstrap(&values, n_units, SEED, of_sample),
        };
        let word_shares = paragraph_shares.split_off(n_labels);
        let (metadata, row) = (BTreeMap::new(), ProfileRow::default());
        Profile { name, metadata, row, n_articles, tally, paragraph_shares, word_shares }
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
        assert_eq!(profile.word_shares[0].value, 0.75);
        assert_eq!(profile.tally.mean_scores(), [0.5, 0.5]);
        assert_eq!(profile.tally.unsure_share(), 0.5);
        assert!(profile.word_shares[0].low <= 0.75 && profile.word_shares[0].high >= 0.75);
        let group = Profile::of_group("g".into(), vec![profile.tally.clone(), profile.tally]);
        assert_eq!((group.n_articles, group.tally.n_kept, group.tally.n_out_of_domain), (2, 4, 2));
        assert_eq!(group.word_shares[0].low, 0.75);
    }

    #[test]
    fn articles_without_labelled_paragraphs_do_not_change_the_intervals_of_a_group() {
        let tally = |kept: usize| Tally { n_kept: kept, words: vec![3 * kept, kept], ..Tally::zeros(2) };
        let articles = vec![tally(1), tally(2)];
        let group = |n_empty: usize| {
            Profile::of_group("g".into(), [articles.clone(), vec![tally(0); n_empty]].concat())
        };
        assert_eq!((group(0).n_articles, group(9).n_articles), (2, 11));
        assert_eq!(group(9).word_shares, group(0).word_shares);
    }
}
