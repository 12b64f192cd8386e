//! Summaries of many paragraphs: profiles of articles and groups, and comparisons of articles by a tag.
//!
//! A comparison sets articles against the tag that their publisher gave them. Each tag has a mean profile; the articles
//! that differ most from the others with their tag come first.

mod share;
mod profile;
mod digest;
mod calendar;
mod group;

use std::collections::BTreeMap;

use crate::metrics::Interval;

#[cfg(feature = "report")]
pub(crate) use calendar::exists;
#[cfg(feature = "report")]
pub(crate) use digest::by_key;
pub use digest::{Digest, DigestOptions, Excerpt, day, has_form, shown_name, title};
pub use group::{GroupKeys, GroupValue};
#[cfg(feature = "report")]
pub(crate) use profile::labelled;
pub use profile::{Profile, ProfileRow, Tally};
pub use share::{Expected, MIN_ARTICLES};

/// An article with fewer labelled paragraphs may differ by chance: it is not ranked.
pub const MIN_PARAGRAPHS: usize = 5;
/// Distances closer than this count as equal, because they may differ only by rounding.
const SAME: f64 = 1e-12;

/// Articles compared by the tag that their publisher gave them.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The tags in alphabetical order.
    pub tags: Vec<TagMix>,
    /// The articles that have labelled words and a tag that others have, too. Ranked articles come first; within each
    /// part, those that differ most come first.
    pub deviations: Vec<Deviation>,
    /// The number of articles without a tag.
    pub n_untagged: usize,
    /// The number of articles with a tag, but without labelled words.
    pub n_empty: usize,
}

/// The mean shares of the articles with one tag.
#[derive(Debug, Clone, PartialEq)]
pub struct TagMix {
    /// The tag.
    pub tag: String,
    /// The number of its articles that have labelled words.
    pub n_articles: usize,
    /// The mean over its articles of the expected share of words with each label, with intervals over the articles and
    /// for how uncertain labels are.
    pub shares: Vec<Interval>,
}

/// How an article differs from the others with its tag.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// The article's index in the digests that were compared.
    pub article: usize,
    /// The index of its tag.
    pub tag: usize,
    /// The share of its words with each label.
    pub shares: Vec<f64>,
    /// The mean of these shares over the other articles with its tag.
    pub others: Vec<f64>,
    /// The total variation distance between `shares` and `others`, from 0 to 1: the share of its words whose label
    /// would have to change to make them equal.
    pub distance: f64,
    /// The index of the tag whose mean shares are nearest; in a tie, its own tag.
    pub nearest: usize,
    /// The distance to that tag.
    pub nearest_distance: f64,
    /// Whether it has five labelled paragraphs and its tag five articles; otherwise the distance says little.
    pub is_ranked: bool,
}

impl TagMix {
    /// Whether it has enough articles for its mean to be meaningful.
    pub fn is_known(&self) -> bool {
        self.n_articles >= MIN_ARTICLES
    }
}

impl Comparison {
    /// Compares the articles that have a tag. Their order affects only indices.
    pub fn of(digests: &[Digest], n_labels: usize) -> Comparison {
        let tags = by_tag(digests, n_labels);
        let mixes: Vec<TagMix> = tags.iter().map(Tag::mix).collect();
        let comparable = tags.iter().enumerate().filter(|(_, tag)| tag.articles.len() > 1);
        let deviations = comparable.flat_map(|(index, tag)| {
            let mixes = &mixes;
            tag.articles.iter().map(move |(article, shares)| {
                let has_enough = digests[*article].tally.n_kept >= MIN_PARAGRAPHS;
                tag.deviation(mixes, index, *article, shares, has_enough)
            })
        });
        let mut deviations: Vec<Deviation> = deviations.collect();
        deviations.sort_by(|a, b| {
            let by_distance = b.distance.total_cmp(&a.distance);
            let by_key = || digests[a.article].key().cmp(&digests[b.article].key());
            b.is_ranked.cmp(&a.is_ranked).then(by_distance).then_with(by_key)
        });
        let is_empty = |digest: &&Digest| digest.tag.is_some() && digest.n_words() == 0;
        Comparison {
            tags: mixes,
            deviations,
            n_untagged: digests.iter().filter(|digest| digest.tag.is_none()).count(),
            n_empty: digests.iter().filter(is_empty).count(),
        }
    }

    /// The ranked articles, those that differ most first.
    pub fn ranked(&self) -> impl Iterator<Item = &Deviation> {
        self.deviations.iter().take_while(|deviation| deviation.is_ranked)
    }

    /// The number of other articles that an article is compared with.
    pub fn n_others(&self, deviation: &Deviation) -> usize {
        self.tags[deviation.tag].n_articles - 1
    }
}

impl Deviation {
    /// The paragraphs that make the article differ, heaviest first, each with the index of its label: a label of which
    /// the article has more than the others with its tag.
    pub fn paragraphs<'a>(&self, digest: &'a Digest) -> Vec<(usize, &'a Excerpt)> {
        let excess = (0..self.shares.len()).filter(|&label| self.shares[label] > self.others[label] + SAME);
        let of_label = |label: usize| digest.heaviest[label].iter().map(move |excerpt| (label, excerpt));
        let mut paragraphs: Vec<(usize, &Excerpt)> = excess.flat_map(of_label).collect();
        paragraphs.sort_by(|(_, a), (_, b)| b.weight().total_cmp(&a.weight()));
        paragraphs
    }
}

/// The articles with one tag and their shares of words by label. They are sorted by their counts: sums in the order of
/// the files would differ in their last bits.
struct Tag {
    tag: String,
    articles: Vec<(usize, Vec<f64>)>,
    sums: Vec<f64>,
    shares: Vec<Interval>,
}

fn by_tag(digests: &[Digest], n_labels: usize) -> Vec<Tag> {
    let mut tags: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, digest) in digests.iter().enumerate().filter(|(_, digest)| digest.n_words() > 0) {
        digest.tag.iter().for_each(|tag| tags.entry(tag).or_default().push(index));
    }
    let of_tag = |(tag, mut articles): (&str, Vec<usize>)| {
        articles.sort_by_cached_key(|&index| digests[index].tally.expected_words.sort_key());
        let normalised: Vec<_> =
            articles.iter().map(|&index| digests[index].tally.expected_words.normalised()).collect();
        let outlets = articles.iter().map(|&index| digests[index].tally.outlet.as_deref());
        let mean = share::of_sample(&outlets.zip(&normalised).collect::<Vec<_>>());
        let shares = |index: usize| (index, digests[index].tally.word_shares());
        let articles: Vec<(usize, Vec<f64>)> = articles.into_iter().map(shares).collect();
        let mut sums = vec![0.0; n_labels];
        articles.iter().for_each(|(_, shares)| add(&mut sums, shares));
        Tag { tag: tag.to_string(), articles, sums, shares: mean }
    };
    tags.into_iter().map(of_tag).collect()
}

impl Tag {
    fn mix(&self) -> TagMix {
        let (tag, n_articles) = (self.tag.clone(), self.articles.len());
        TagMix { tag, n_articles, shares: self.shares.clone() }
    }

    /// The deviation of one of its articles; ranked if both the tag and the article have enough to be compared.
    fn deviation(
        &self,
        mixes: &[TagMix],
        tag: usize,
        article: usize,
        shares: &[f64],
        has_enough: bool,
    ) -> Deviation {
        let others = self.others(shares);
        let distance = distance(shares, &others);
        let (nearest, nearest_distance) = nearest(mixes, tag, distance, shares);
        let (shares, is_ranked) = (shares.to_vec(), has_enough && mixes[tag].is_known());
        Deviation { article, tag, shares, others, distance, nearest, nearest_distance, is_ranked }
    }

    /// The mean shares of all articles but one, whose shares are `own`; needs two articles.
    fn others(&self, own: &[f64]) -> Vec<f64> {
        let n_others = (self.articles.len() - 1) as f64;
        // Rounding may leave a number just below 0.
        self.sums.iter().zip(own).map(|(sum, own)| ((sum - own) / n_others).max(0.0)).collect()
    }
}

fn add(sums: &mut [f64], shares: &[f64]) {
    sums.iter_mut().zip(shares).for_each(|(sum, share)| *sum += share);
}

/// The tag whose mean shares are nearest to `shares`, with its distance: `own` unless another is nearer than `distance`.
fn nearest(mixes: &[TagMix], own: usize, distance: f64, shares: &[f64]) -> (usize, f64) {
    let others = mixes.iter().enumerate().filter(|(index, mix)| *index != own && mix.is_known());
    others.fold((own, distance), |nearest, (index, mix)| {
        let values: Vec<f64> = mix.shares.iter().map(|share| share.value).collect();
        let far = self::distance(shares, &values);
        if far < nearest.1 - SAME { (index, far) } else { nearest }
    })
}

/// The total variation distance: half the sum of the absolute differences.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An article of ten paragraphs with these numbers of words for two labels.
    fn digest(source: &str, tag: &str, words: [usize; 2]) -> Digest {
        let excerpt = |paragraph, probability, n_words| Excerpt {
            paragraph,
            probability,
            n_words,
            text: String::new(),
        };
        Digest {
            source: source.to_string(),
            id: None,
            doc: None,
            title: source.to_string(),
            outlet: None,
            date: None,
            tag: (!tag.is_empty()).then(|| tag.to_string()),
            tally: Tally::certain(10, &words),
            strongest: None,
            heaviest: vec![vec![excerpt(1, 0.9, 50), excerpt(2, 0.5, 60)], vec![excerpt(3, 0.6, 70)]],
        }
    }

    /// Six news and five opinion articles; the last news article reads like opinion.
    fn digests() -> Vec<Digest> {
        let news = [[100, 0], [90, 10], [80, 20], [90, 10], [190, 10], [20, 80]];
        let opinion = [[10, 90], [20, 80], [30, 70], [20, 80], [20, 80]];
        let named = |tag: &'static str| {
            move |(n, words): (usize, &[usize; 2])| digest(&format!("{tag}{n}"), tag, *words)
        };
        let mut digests: Vec<Digest> = news.iter().enumerate().map(named("news")).collect();
        digests.extend(opinion.iter().enumerate().map(named("opinion")));
        digests.push(digest("rare", "sport", [1, 1]));
        digests.push(digest("untagged", "", [1, 1]));
        digests.push(digest("empty", "news", [0, 0]));
        digests
    }

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
    }

    #[test]
    fn each_article_counts_once_in_the_mean_of_its_tag() {
        let comparison = Comparison::of(&digests(), 2);
        let counts: Vec<_> = comparison.tags.iter().map(|tag| (tag.tag.as_str(), tag.n_articles)).collect();
        assert_eq!(counts, [("news", 6), ("opinion", 5), ("sport", 1)]);
        near(comparison.tags[0].shares[0].value, (1.0 + 0.9 + 0.8 + 0.9 + 0.95 + 0.2) / 6.0);
        near(comparison.tags[1].shares[0].value, 0.2);
        let news = comparison.tags[0].shares[0];
        assert!(0.4 < news.low && news.low < news.value && news.value < news.high && news.high < 1.0);
        let alone = comparison.tags[2].shares[0];
        assert!(alone.low < 0.25 && alone.high > 0.75, "{alone:?}");
        assert_eq!((comparison.n_untagged, comparison.n_empty), (1, 1));
    }

    #[test]
    fn the_article_that_differs_most_comes_first() {
        let digests = digests();
        let comparison = Comparison::of(&digests, 2);
        let first = &comparison.deviations[0];
        assert_eq!(digests[first.article].source, "news5");
        near(first.others[0], (1.0 + 0.9 + 0.8 + 0.9 + 0.95) / 5.0);
        near(first.distance, 0.91 - 0.2);
        assert_eq!(comparison.tags[first.nearest].tag, "opinion");
        near(first.nearest_distance, 0.0);
        // The second label is the only one of which it has more.
        let paragraphs = first.paragraphs(&digests[first.article]);
        assert_eq!(paragraphs.iter().map(|(label, e)| (*label, e.paragraph)).collect::<Vec<_>>(), [(1, 3)]);
        assert_eq!(comparison.n_others(first), 5);
    }

    #[test]
    fn a_lone_article_is_not_compared_and_one_with_few_paragraphs_is_not_ranked() {
        let mut digests = digests();
        digests[5].tally.n_kept = 4;
        let comparison = Comparison::of(&digests, 2);
        assert_eq!(comparison.deviations.len(), 11);
        assert_eq!(comparison.ranked().count(), 10);
        assert_eq!(comparison.deviations[10].article, 5);
    }

    #[test]
    fn the_order_of_files_changes_nothing() {
        let digests = digests();
        let names = |comparison: &Comparison, digests: &[Digest]| {
            let of = |deviation: &Deviation| {
                (digests[deviation.article].source.clone(), deviation.distance.to_bits())
            };
            comparison.deviations.iter().map(of).collect::<Vec<_>>()
        };
        let comparison = Comparison::of(&digests, 2);
        let expected = names(&comparison, &digests);
        let reversed: Vec<Digest> = digests.into_iter().rev().collect();
        let other = Comparison::of(&reversed, 2);
        assert_eq!(names(&other, &reversed), expected);
        assert_eq!(other.tags, comparison.tags);
    }
}
