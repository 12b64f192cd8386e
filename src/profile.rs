//! What an article or a group of articles is made of: its shares by label, with intervals.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::article::Article;
use crate::metrics::{Interval, percentiles};
use crate::score::Outcome;

/// How many times paragraphs or articles are drawn for an interval.
pub(crate) const N_DRAWS: usize = 1000;
/// Every interval is drawn from here, so that it depends on the article alone.
pub(crate) const SEED: u64 = 0;

/// Counts over the kept paragraphs of an article.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Kept paragraphs.
    pub n_kept: usize,
    /// Dropped blocks.
    pub n_dropped: usize,
    /// Kept paragraphs whose label is unsure.
    pub n_unsure: usize,
    /// Kept paragraphs that are out of domain.
    pub n_out_of_domain: usize,
    /// Kept paragraphs by label.
    pub paragraphs: Vec<usize>,
    /// Their words by label.
    pub words: Vec<usize>,
    /// Their probabilities, summed by label.
    pub score_sums: Vec<f64>,
}

/// The profile of an article or group: what of it reports, argues and explains.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The article's path, or the group's name.
    pub name: String,
    /// What is known of the article: its front matter or the columns of its first row, and that
    /// row's id; empty for groups.
    pub metadata: std::collections::BTreeMap<String, String>,
    /// How many articles it is made of.
    pub n_articles: usize,
    /// The counts.
    pub tally: Tally,
    /// The share of kept paragraphs with each label.
    pub paragraph_shares: Vec<Interval>,
    /// The share of words in paragraphs with each label.
    pub word_shares: Vec<Interval>,
}

impl Tally {
    /// The counts of one article.
    pub fn of(article: &Article, outcomes: &[Outcome], n_labels: usize) -> Tally {
        let mut tally = Tally::zeros(n_labels);
        for (paragraph, outcome) in article.paragraphs.iter().zip(outcomes) {
            tally.add(&paragraph.text, outcome);
        }
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

    fn add(&mut self, text: &str, outcome: &Outcome) {
        match outcome {
            Outcome::Dropped(_) => self.n_dropped += 1,
            Outcome::Labelled(labelling) => {
                self.n_kept += 1;
                self.n_unsure += usize::from(labelling.unsure);
                self.n_out_of_domain += usize::from(labelling.out_of_domain);
                self.paragraphs[labelling.label] += 1;
                self.words[labelling.label] += text.split_whitespace().count();
                self.score_sums.iter_mut().zip(&labelling.probabilities).for_each(|(sum, p)| *sum += p);
            }
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

    /// How many words have a label; where none has, there are no shares to speak of.
    pub fn n_words(&self) -> usize {
        self.words.iter().sum()
    }

    /// The share of words in paragraphs with each label; all 0 where no word has one.
    pub fn word_shares(&self) -> Vec<f64> {
        shares(&self.words)
    }

    /// A key that puts tallies in one order whatever the order of files was.
    fn sort_key(&self) -> (Vec<usize>, Vec<usize>, usize, Vec<u64>) {
        let sums = self.score_sums.iter().map(|sum| sum.to_bits()).collect();
        (self.words.clone(), self.paragraphs.clone(), self.n_dropped, sums)
    }

    /// What a share or a mean over labelled paragraphs is: nothing where there are none.
    pub(crate) fn known<T>(&self, value: T) -> Option<T> {
        (self.n_kept > 0).then_some(value)
    }

    /// The share of kept paragraphs that are unsure.
    pub fn unsure_share(&self) -> f64 {
        self.n_unsure as f64 / self.n_kept.max(1) as f64
    }

    /// The share of kept paragraphs that are out of domain.
    pub fn out_of_domain_share(&self) -> f64 {
        self.n_out_of_domain as f64 / self.n_kept.max(1) as f64
    }

    /// The mean probability of each label over the kept paragraphs.
    pub fn mean_scores(&self) -> Vec<f64> {
        self.score_sums.iter().map(|sum| sum / self.n_kept.max(1) as f64).collect()
    }
}

/// Shares of a whole; all 0 when the whole is empty.
fn shares(counts: &[usize]) -> Vec<f64> {
    let total = counts.iter().sum::<usize>().max(1) as f64;
    counts.iter().map(|&count| count as f64 / total).collect()
}

impl Profile {
    /// The profile of one article. Intervals are percentile bootstrap intervals over its paragraphs.
    ///
    /// # Panics
    ///
    /// When a label's index is not under `n_labels`.
    pub fn of_article(article: &Article, outcomes: &[Outcome], n_labels: usize) -> Profile {
        let units: Vec<Tally> = article
            .paragraphs
            .iter()
            .zip(outcomes)
            .filter(|(_, outcome)| matches!(outcome, Outcome::Labelled(_)))
            .map(|(paragraph, outcome)| {
                let mut tally = Tally::zeros(n_labels);
                tally.add(&paragraph.text, outcome);
                tally
            })
            .collect();
        let tally = Tally::of(article, outcomes, n_labels);
        let mut profile = Profile::new(article.source.clone(), 1, tally, &units);
        profile.metadata = article.metadata.clone();
        let id = article.paragraphs.first().and_then(|paragraph| paragraph.id.clone());
        profile.metadata.extend(id.map(|id| ("id".to_string(), id)));
        profile
    }

    /// The profile of a group of articles from their counts, in whatever order. Intervals are over
    /// those of its articles that have a labelled paragraph: the others have no shares.
    pub fn of_group(name: String, mut articles: Vec<Tally>) -> Profile {
        articles.sort_by_cached_key(Tally::sort_key);
        let mut total = Tally::zeros(articles.first().map_or(0, |tally| tally.paragraphs.len()));
        articles.iter().for_each(|tally| total.merge(tally));
        let n_articles = articles.len();
        articles.retain(|tally| tally.n_kept > 0);
        Profile::new(name, n_articles, total, &articles)
    }

    fn new(name: String, n_articles: usize, tally: Tally, units: &[Tally]) -> Profile {
        let mut generator = Pcg64Mcg::seed_from_u64(SEED);
        let mut paragraph_draws = Vec::with_capacity(N_DRAWS);
        let mut word_draws = Vec::with_capacity(N_DRAWS);
        // From one unit nothing can be said about others like it: the interval is all there is.
        if units.len() == 1 {
            let unknown = |values: Vec<f64>| {
                values.into_iter().map(|value| Interval { value, low: 0.0, high: 1.0 }).collect()
            };
            return Profile {
                name,
                metadata: Default::default(),
                n_articles,
                paragraph_shares: unknown(shares(&tally.paragraphs)),
                word_shares: unknown(shares(&tally.words)),
                tally,
            };
        }
        for _ in 0..if units.is_empty() { 0 } else { N_DRAWS } {
            let mut paragraphs = vec![0; tally.paragraphs.len()];
            let mut words = vec![0; tally.words.len()];
            for _ in 0..units.len() {
                let unit = &units[generator.random_range(0..units.len())];
                paragraphs.iter_mut().zip(&unit.paragraphs).for_each(|(a, b)| *a += b);
                words.iter_mut().zip(&unit.words).for_each(|(a, b)| *a += b);
            }
            paragraph_draws.push(shares(&paragraphs));
            word_draws.push(shares(&words));
        }
        Profile {
            name,
            metadata: Default::default(),
            n_articles,
            paragraph_shares: intervals(&shares(&tally.paragraphs), &paragraph_draws),
            word_shares: intervals(&shares(&tally.words), &word_draws),
            tally,
        }
    }
}

pub(crate) fn intervals(values: &[f64], draws: &[Vec<f64>]) -> Vec<Interval> {
    let interval = |(label, &value): (usize, &f64)| {
        let (low, high) =
            percentiles(draws.iter().map(|draw| draw[label]).collect()).unwrap_or((value, value));
        Interval { value, low, high }
    };
    values.iter().enumerate().map(interval).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Reason;
    use crate::read::article_from_text;
    use crate::score::Labelling;

    fn labelled(label: usize) -> Outcome {
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
    fn shares_are_of_kept_paragraphs_and_their_words() {
        let article = article_from_text("One two three.\n\nFour.\n\nShare");
        let outcomes = [labelled(0), labelled(1), Outcome::Dropped(Reason::Share)];
        assert_eq!(
            Tally::of(&article, &[labelled(0), labelled(0), labelled(1)], 2).out_of_domain_share(),
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
    fn articles_without_a_labelled_paragraph_do_not_move_the_intervals_of_their_group() {
        let tally = |kept: usize| Tally { n_kept: kept, words: vec![3 * kept, kept], ..Tally::zeros(2) };
        let articles = vec![tally(1), tally(2)];
        let group = |n_empty: usize| {
            Profile::of_group("g".into(), [articles.clone(), vec![tally(0); n_empty]].concat())
        };
        assert_eq!((group(0).n_articles, group(9).n_articles), (2, 11));
        assert_eq!(group(9).word_shares, group(0).word_shares);
    }
}
