//! What articles are made of against the tag that their publisher gave them: the mix of each tag, and the
//! articles that differ most from the others of theirs.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::digest::{Digest, Excerpt};
use crate::metrics::Interval;
use crate::profile::{N_DRAWS, SEED, intervals};

/// A tag with fewer articles says little of a mix: its articles are not ranked, and none is nearest to it.
pub(crate) const MIN_ARTICLES: usize = 5;
/// An article with fewer labelled paragraphs differs by chance: it is not ranked.
pub(crate) const MIN_PARAGRAPHS: usize = 5;
/// Distances this close are one: what is left is how sums round.
const SAME: f64 = 1e-12;

/// Articles by the tag that their publisher gave them.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The tags in alphabetical order.
    pub tags: Vec<TagMix>,
    /// The articles that have a tag, labelled words, and others to be compared with: first those that are
    /// ranked, and of each kind those that differ most.
    pub deviations: Vec<Deviation>,
    /// How many articles have no tag.
    pub n_untagged: usize,
    /// How many articles have a tag, but no labelled word.
    pub n_empty: usize,
}

/// What the articles of one tag are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct TagMix {
    /// The tag.
    pub tag: String,
    /// Its articles that have labelled words.
    pub n_articles: usize,
    /// The mean over its articles of the share of words with each label, with bootstrap intervals over the
    /// articles.
    pub shares: Vec<Interval>,
}

/// How an article differs from the other articles of its tag.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// The article's index in the digests compared.
    pub article: usize,
    /// The index of its tag.
    pub tag: usize,
    /// The share of its words with each label.
    pub shares: Vec<f64>,
    /// The mean of these shares over the other articles of its tag.
    pub others: Vec<f64>,
    /// The total variation distance between both: the share of its words that would have to have another
    /// label for its mix to be theirs. 0 to 1.
    pub distance: f64,
    /// The index of the tag whose mix it is nearest to; its own where several are as near.
    pub nearest: usize,
    /// Its distance from that.
    pub nearest_distance: f64,
    /// Whether it has five labelled paragraphs and its tag five articles: with less, a distance means little.
    pub is_ranked: bool,
}

impl TagMix {
    /// Whether it has enough articles for its mix to say something.
    pub fn is_known(&self) -> bool {
        self.n_articles >= MIN_ARTICLES
    }
}

impl Comparison {
    /// Compares the articles that have a tag, whatever their order.
    pub fn of(digests: &[Digest], n_labels: usize) -> Comparison {
        let tags = by_tag(digests, n_labels);
        let mixes: Vec<TagMix> = tags.iter().map(Tag::mix).collect();
        let mut deviations: Vec<Deviation> = Vec::new();
        for (index, tag) in tags.iter().enumerate().filter(|(_, tag)| tag.articles.len() > 1) {
            let of_article = |&(article, ref shares): &(usize, Vec<f64>)| {
                deviation(digests, &mixes, index, tag.others(shares), article, shares)
            };
            deviations.extend(tag.articles.iter().map(of_article));
        }
        deviations.sort_by(|a, b| {
            let keys = (digests[a.article].key(), digests[b.article].key());
            let far = b.distance.total_cmp(&a.distance);
            b.is_ranked.cmp(&a.is_ranked).then(far).then(keys.0.cmp(&keys.1))
        });
        let is_empty = |digest: &&Digest| digest.tag.is_some() && digest.n_words() == 0;
        Comparison {
            tags: mixes,
            deviations,
            n_untagged: digests.iter().filter(|digest| digest.tag.is_none()).count(),
            n_empty: digests.iter().filter(is_empty).count(),
        }
    }

    /// The articles that are ranked, those that differ most first.
    pub fn ranked(&self) -> impl Iterator<Item = &Deviation> {
        self.deviations.iter().take_while(|deviation| deviation.is_ranked)
    }

    /// How many other articles an article is compared with.
    pub fn n_others(&self, deviation: &Deviation) -> usize {
        self.tags[deviation.tag].n_articles - 1
    }
}

impl Deviation {
    /// The paragraphs that make an article differ: those with a label that it has more of than the other
    /// articles of its tag, the heaviest first; each with the index of its label.
    pub fn paragraphs<'a>(&self, digest: &'a Digest) -> Vec<(usize, &'a Excerpt)> {
        let excess = (0..self.shares.len()).filter(|&label| self.shares[label] > self.others[label] + SAME);
        let of_label = |label: usize| digest.heaviest[label].iter().map(move |excerpt| (label, excerpt));
        let mut paragraphs: Vec<(usize, &Excerpt)> = excess.flat_map(of_label).collect();
        paragraphs.sort_by(|(_, a), (_, b)| b.weight().total_cmp(&a.weight()));
        paragraphs
    }
}

/// The articles of one tag with their shares of words by label, in an order that does not depend on that of
/// the files: sums of the same numbers in another order differ in their last bits.
struct Tag {
    tag: String,
    articles: Vec<(usize, Vec<f64>)>,
    sums: Vec<f64>,
}

fn by_tag(digests: &[Digest], n_labels: usize) -> Vec<Tag> {
    let mut tags: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, digest) in digests.iter().enumerate().filter(|(_, digest)| digest.n_words() > 0) {
        digest.tag.iter().for_each(|tag| tags.entry(tag).or_default().push(index));
    }
    let of_tag = |(tag, mut articles): (&str, Vec<usize>)| {
        articles.sort_by(|&a, &b| digests[a].tally.words.cmp(&digests[b].tally.words));
        let shares = |index: usize| (index, digests[index].tally.word_shares());
        let articles: Vec<(usize, Vec<f64>)> = articles.into_iter().map(shares).collect();
        let mut sums = vec![0.0; n_labels];
        articles.iter().for_each(|(_, shares)| add(&mut sums, shares));
        Tag { tag: tag.to_string(), articles, sums }
    };
    tags.into_iter().map(of_tag).collect()
}

impl Tag {
    fn mix(&self) -> TagMix {
        let mean =
            |sums: &[f64]| sums.iter().map(|sum| sum / self.articles.len() as f64).collect::<Vec<f64>>();
        let values = mean(&self.sums);
        // From one article nothing can be said about others like it.
        let shares = match self.articles.len() {
            1 => values.into_iter().map(|value| Interval { value, low: 0.0, high: 1.0 }).collect(),
            _ => intervals(&values, &self.draws().iter().map(|sums| mean(sums)).collect::<Vec<_>>()),
        };
        TagMix { tag: self.tag.clone(), n_articles: self.articles.len(), shares }
    }

    /// The sums of shares of as many articles as there are, drawn anew each time.
    fn draws(&self) -> Vec<Vec<f64>> {
        let mut generator = Pcg64Mcg::seed_from_u64(SEED);
        let draw = |_| {
            let mut sums = vec![0.0; self.sums.len()];
            for _ in 0..self.articles.len() {
                add(&mut sums, &self.articles[generator.random_range(0..self.articles.len())].1);
            }
            sums
        };
        (0..N_DRAWS).map(draw).collect()
    }

    /// The mean of the shares of all articles but the one that has `own`; needs two articles.
    fn others(&self, own: &[f64]) -> Vec<f64> {
        let n_others = (self.articles.len() - 1) as f64;
        // What rounding leaves of nothing is nothing.
        self.sums.iter().zip(own).map(|(sum, own)| ((sum - own) / n_others).max(0.0)).collect()
    }
}

fn add(sums: &mut [f64], shares: &[f64]) {
    sums.iter_mut().zip(shares).for_each(|(sum, share)| *sum += share);
}

fn deviation(
    digests: &[Digest],
    mixes: &[TagMix],
    tag: usize,
    others: Vec<f64>,
    article: usize,
    shares: &[f64],
) -> Deviation {
    let distance = distance(shares, &others);
    let (mut nearest, mut nearest_distance) = (tag, distance);
    for (index, mix) in mixes.iter().enumerate().filter(|(index, mix)| *index != tag && mix.is_known()) {
        let values: Vec<f64> = mix.shares.iter().map(|share| share.value).collect();
        let far = self::distance(shares, &values);
        if far < nearest_distance - SAME {
            (nearest, nearest_distance) = (index, far);
        }
    }
    let has_paragraphs = digests[article].tally.n_kept >= MIN_PARAGRAPHS;
    Deviation {
        article,
        tag,
        shares: shares.to_vec(),
        others,
        distance,
        nearest,
        nearest_distance,
        is_ranked: has_paragraphs && mixes[tag].is_known(),
    }
}

/// The total variation distance of two mixes: half the sum of what their shares differ by.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Tally;

    /// An article of ten paragraphs with so many words of two labels.
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
            tally: Tally { n_kept: 10, words: words.to_vec(), ..Tally::default() },
            strongest: None,
            heaviest: vec![vec![excerpt(1, 0.9, 50), excerpt(2, 0.5, 60)], vec![excerpt(3, 0.6, 70)]],
        }
    }

    /// Six of news and five of opinion; the last of news reads like opinion.
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
    fn a_mix_is_the_mean_of_its_articles_whatever_their_lengths() {
        let comparison = Comparison::of(&digests(), 2);
        let counts: Vec<_> = comparison.tags.iter().map(|tag| (tag.tag.as_str(), tag.n_articles)).collect();
        assert_eq!(counts, [("news", 6), ("opinion", 5), ("sport", 1)]);
        near(comparison.tags[0].shares[0].value, (1.0 + 0.9 + 0.8 + 0.9 + 0.95 + 0.2) / 6.0);
        near(comparison.tags[1].shares[0].value, 0.2);
        let news = comparison.tags[0].shares[0];
        assert!(0.4 < news.low && news.low < news.value && news.value < news.high && news.high < 1.0);
        assert_eq!((comparison.tags[2].shares[0].low, comparison.tags[2].shares[0].high), (0.0, 1.0));
        assert_eq!((comparison.n_untagged, comparison.n_empty), (1, 1));
    }

    #[test]
    fn the_article_that_would_have_to_change_most_words_is_first() {
        let digests = digests();
        let comparison = Comparison::of(&digests, 2);
        let first = &comparison.deviations[0];
        assert_eq!(digests[first.article].source, "news5");
        near(first.others[0], (1.0 + 0.9 + 0.8 + 0.9 + 0.95) / 5.0);
        near(first.distance, 0.91 - 0.2);
        assert_eq!(comparison.tags[first.nearest].tag, "opinion");
        near(first.nearest_distance, 0.0);
        // It has more of the second label alone.
        let paragraphs = first.paragraphs(&digests[first.article]);
        assert_eq!(paragraphs.iter().map(|(label, e)| (*label, e.paragraph)).collect::<Vec<_>>(), [(1, 3)]);
        assert_eq!(comparison.n_others(first), 5);
    }

    #[test]
    fn the_only_article_of_a_tag_is_compared_with_nothing_and_few_paragraphs_are_not_ranked() {
        let mut digests = digests();
        digests[5].tally.n_kept = 4;
        let comparison = Comparison::of(&digests, 2);
        assert_eq!(comparison.deviations.len(), 11);
        assert_eq!(comparison.ranked().count(), 10);
        assert_eq!(comparison.deviations[10].article, 5);
    }

    #[test]
    fn the_order_of_files_changes_no_bit() {
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
