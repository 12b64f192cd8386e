//! Samples of paragraphs for people to label: random ones for estimates, and a queue of those that teach a model most.

mod diversity;
mod paragraph;
mod stratum;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use self::diversity::most_useful;
use self::paragraph::{Kept, digest, kept, row_of, uncertainty};
use self::stratum::{Key, Stratum, allocation, most_needed};
use crate::article::Article;
use crate::corpus::{LabelRow, fingerprint};
use crate::score::{Labelling, Outcome};

/// How paragraphs are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleBy {
    /// Each paragraph has the same chance.
    Random,
    /// The same number for each label that the model gives.
    Label,
    /// The same number for each outlet; articles without one form a group of their own.
    Outlet,
    /// The most uncertain ones that differ from one another, in the order in which they should be labelled.
    ///
    /// Uncertainty is the entropy of the probabilities over its maximum (Settles 2009, *Active Learning Literature
    /// Survey*). Diversity is 1 minus the cosine similarity to the most similar paragraph drawn before, over words
    /// weighted by their inverse document frequency among the ten times as many most uncertain paragraphs. Each step
    /// draws the paragraph with the highest product of both (after Carbonell and Goldstein 1998), and never one that
    /// shares 70 % of its runs of three words with a paragraph drawn before.
    Uncertain,
}

/// The settings of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleOptions {
    /// How paragraphs are drawn.
    pub by: SampleBy,
    /// How many are drawn.
    pub n: usize,
    /// How many neighbours on each side are added as context.
    pub n_context: usize,
    /// The seed of the random order.
    pub seed: u64,
}

/// Draws a sample from articles that it sees once.
///
/// Takes memory for the sample, its context and, with [`SampleBy::Uncertain`], ten times as many paragraphs, however
/// many articles there are. The result does not depend on the order of the articles: the random order is one of hashes
/// of the content of articles and the seed. So an article that occurs several times is drawn from once.
///
/// # Examples
///
/// ```
/// use rhetor::sample::{SampleBy, SampleOptions, Sampler};
/// use rhetor::{Model, ScoreOptions, article_from_text};
///
/// let model = Model::embedded()?;
/// let article = article_from_text("The council voted 31 to 12 on Tuesday, officials said.\n\nWe must stop this now!");
/// let options = SampleOptions { by: SampleBy::Random, n: 1, n_context: 1, seed: 0 };
/// let mut sampler = Sampler::new(model.labels(), options);
/// sampler.add(&article, &model.score(&article, ScoreOptions::default()));
/// let sample = sampler.finish();
/// assert_eq!(sample.rows.len(), 2);
/// assert_eq!(sample.rows.iter().filter(|row| row.context).count(), 1);
/// # Ok::<(), rhetor::Error>(())
/// ```
#[derive(Debug)]
pub struct Sampler<'a> {
    labels: &'a [String],
    options: SampleOptions,
    strata: BTreeMap<String, Stratum>,
    n_paragraphs: usize,
    /// How many paragraphs may be held before those that cannot be drawn any more are dropped.
    room: usize,
}

/// A sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The drawn paragraphs, which have a rank, and their context, in runs of neighbours. Articles come in the order of
    /// their first rank.
    pub rows: Vec<LabelRow>,
    /// How many paragraphs were drawn.
    pub n_drawn: usize,
    /// How many labelled paragraphs the articles have.
    pub n_paragraphs: usize,
}

/// A drawn paragraph with its context, as rows in the order of the article.
#[derive(Debug, Clone)]
struct Drawn {
    article: [u8; 32],
    /// The number of the first row among the labelled paragraphs of the article.
    first: usize,
    rows: Vec<LabelRow>,
    /// From 0 to 1.
    uncertainty: f64,
    fingerprint: Option<[u8; 20]>,
}

impl Drawn {
    /// The row that is to be labelled.
    fn target(&self) -> &LabelRow {
        self.rows.iter().find(|row| !row.context).expect("`Sampler::draw` adds the row itself")
    }
}

impl<'a> Sampler<'a> {
    /// A sampler of articles that a model with these labels scores.
    pub fn new(labels: &'a [String], options: SampleOptions) -> Sampler<'a> {
        let room = 2 * options.n + 64;
        Sampler { labels, options, strata: BTreeMap::new(), n_paragraphs: 0, room }
    }

    /// Adds an article and the outcomes of scoring it.
    pub fn add(&mut self, article: &Article, outcomes: &[Outcome]) {
        let kept = kept(article, outcomes);
        let digest = digest(article);
        self.n_paragraphs += kept.len();
        for at in 0..kept.len() {
            let key = self.key(&digest, &kept[at]);
            let name = self.stratum_of(article, kept[at].labelling);
            let is_held = self.strata.get(&name).is_none_or(|stratum| stratum.accepts(&key));
            let drawn = is_held.then(|| self.draw(article, &kept, at, digest));
            let n_most = self.capacity();
            let stratum = self.strata.entry(name).or_insert_with(|| Stratum::new(n_most));
            stratum.n_seen += 1;
            drawn.into_iter().for_each(|drawn| stratum.insert(key, drawn));
        }
        if self.strata.values().map(Stratum::n_held).sum::<usize>() > self.room {
            self.trim();
        }
    }

    /// The sample.
    pub fn finish(mut self) -> Sample {
        let n_paragraphs = self.n_paragraphs;
        let drawn = match self.options.by {
            SampleBy::Uncertain => {
                let pool = std::mem::take(&mut self.strata).into_values().flat_map(Stratum::into_drawn);
                most_useful(pool.map(|(_, drawn)| drawn).collect(), self.options.n)
            }
            _ => self.allocated(),
        };
        Sample { n_drawn: drawn.len(), rows: rows_of(drawn), n_paragraphs }
    }

    /// The paragraphs of all strata in random order, each with its weight.
    fn allocated(mut self) -> Vec<Drawn> {
        most_needed(&mut self.strata, self.options.n, self.options.seed);
        let sizes: Vec<usize> = self.strata.values().map(|stratum| stratum.n_seen).collect();
        let mut drawn: Vec<(Key, Drawn)> = Vec::new();
        for (stratum, n) in self.strata.into_values().zip(allocation(&sizes, self.options.n)) {
            let (n_seen, n) = (stratum.n_seen, n.min(stratum.n_held()));
            drawn.extend(stratum.into_drawn().take(n).map(|(key, mut drawn)| {
                let weight = n_seen as f64 / n as f64;
                drawn
                    .rows
                    .iter_mut()
                    .filter(|row| !row.context)
                    .for_each(|row| row.sampling_weight = Some(weight));
                (key, drawn)
            }));
        }
        drawn.sort_by_key(|(place, _)| *place);
        drawn.into_iter().map(|(_, drawn)| drawn).collect()
    }

    fn capacity(&self) -> usize {
        match self.options.by {
            SampleBy::Uncertain => 10 * self.options.n,
            _ => self.options.n,
        }
    }

    /// Drops paragraphs that cannot be drawn any more: the larger the strata become, the fewer are drawn of each.
    fn trim(&mut self) {
        if self.options.by != SampleBy::Uncertain {
            most_needed(&mut self.strata, self.options.n, self.options.seed);
            let sizes: Vec<usize> = self.strata.values().map(|stratum| stratum.n_seen).collect();
            let most = allocation(&sizes, self.options.n).into_iter().max().unwrap_or(0);
            self.strata.values_mut().for_each(|stratum| stratum.shrink(most + 1));
        }
        let n_held: usize = self.strata.values().map(Stratum::n_held).sum();
        self.room = self.room.max(2 * n_held);
    }

    fn stratum_of(&self, article: &Article, labelling: &Labelling) -> String {
        match self.options.by {
            SampleBy::Random | SampleBy::Uncertain => String::new(),
            SampleBy::Label => self.labels[labelling.label].clone(),
            SampleBy::Outlet => article.known("outlet").unwrap_or_default().to_string(),
        }
    }

    /// The place of a paragraph in the order in which paragraphs are drawn.
    fn key(&self, article: &[u8; 32], kept: &Kept<'_>) -> Key {
        let mut hasher = Sha256::new();
        hasher.update(self.options.seed.to_le_bytes());
        hasher.update(article);
        hasher.update((kept.position as u64).to_le_bytes());
        let by_uncertainty = self.options.by == SampleBy::Uncertain;
        // The bits of numbers from 0 to 1 have the order of the numbers.
        let first = if by_uncertainty { !uncertainty(kept.labelling).to_bits() } else { 0 };
        (first, hasher.finalize().into())
    }

    fn draw(&self, article: &Article, kept: &[Kept<'_>], at: usize, digest: [u8; 32]) -> Drawn {
        let mut first = at;
        while first > 0
            && at - first < self.options.n_context
            && kept[first].index == kept[first - 1].index + 1
        {
            first -= 1;
        }
        let mut last = at;
        while last + 1 < kept.len()
            && last - at < self.options.n_context
            && kept[last].index + 1 == kept[last + 1].index
        {
            last += 1;
        }
        let row = |place: usize| LabelRow { context: place != at, ..row_of(article, &kept[place]) };
        let rows: Vec<LabelRow> = (first..=last).map(row).collect();
        let is_queue = self.options.by == SampleBy::Uncertain;
        let fingerprint = is_queue.then(|| fingerprint(&rows[at - first].text));
        Drawn { article: digest, first, rows, uncertainty: uncertainty(kept[at].labelling), fingerprint }
    }
}

/// The rows of drawn paragraphs, which are ranked in their order. A row that is context of one and drawn itself is
/// there once.
fn rows_of(drawn: Vec<Drawn>) -> Vec<LabelRow> {
    let mut first_rank: BTreeMap<[u8; 32], usize> = BTreeMap::new();
    let mut rows: BTreeMap<(usize, usize), LabelRow> = BTreeMap::new();
    for (number, drawn) in drawn.into_iter().enumerate() {
        let article = *first_rank.entry(drawn.article).or_insert(number);
        for (at, mut row) in (drawn.first..).zip(drawn.rows) {
            row.rank = (!row.context).then_some(number + 1);
            let place = (article, at);
            if !row.context || !rows.contains_key(&place) {
                rows.insert(place, row);
            }
        }
    }
    rows.into_values().collect()
}
