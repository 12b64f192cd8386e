//! Why a paragraph has its label: what each of its features contributes to the score.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::ScoreOptions;
use super::paragraph::in_quotation_marks;
use crate::article::{Paragraph, Voice};
use crate::combination::{argmax, scale};
use crate::features::{Buffers, FeatureGroup, N_GROUPS, Names, ParagraphWords, Sink, Table};
use crate::model::Model;
use crate::neighbours::Weighed;

/// Why a paragraph got its label: contributions that add up to its score.
///
/// `score` is the label's log-probability minus the mean of all labels' log-probabilities, and
/// `score = baseline + neighbours + rest + the sum of the features' weights`, up to rounding.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The label's score.
    pub score: f64,
    /// The label's score before any word is read.
    pub baseline: f64,
    /// What the neighbouring paragraphs contribute.
    pub neighbours: f64,
    /// The sum of the weights of all features that are not listed.
    pub rest: f64,
    /// The features that count most for the label, strongest first, then those that count most against it,
    /// strongest last.
    pub features: Vec<Contribution>,
    /// The words that contribute to the score, in order, if requested. They add up to the features that are made of
    /// words, which excludes style cues and code counts.
    pub words: Vec<Word>,
}

/// One feature's contribution to a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// Its group.
    pub group: FeatureGroup,
    /// The word, n-gram or cue.
    pub feature: String,
    /// Its contribution. A positive one counts for the label.
    pub weight: f64,
}

/// One word's contribution to a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// Its byte range in the paragraph's text.
    pub place: Range<usize>,
    /// Its contribution: an equal part of every feature that contains the word.
    pub weight: f64,
}

/// A feature of a paragraph.
struct Feature {
    group: FeatureGroup,
    slot: u32,
    key: u64,
    /// The tokens that it is made of, over all its occurrences; empty unless words are weighed.
    tokens: Vec<Range<u32>>,
    weight: f64,
}

/// Collects the known features of a paragraph, each once.
struct Features<'a> {
    tables: &'a [Table],
    features: Vec<Feature>,
    places: FxHashMap<(FeatureGroup, u32), usize>,
    counts: [usize; N_GROUPS],
    weigh_words: bool,
}

impl Features<'_> {
    /// Forgets the paragraph before.
    fn clear(&mut self) {
        self.features.clear();
        self.places.clear();
        self.counts = [0; N_GROUPS];
    }
}

impl Sink for Features<'_> {
    fn feature(&mut self, group: FeatureGroup, key: u64, tokens: Range<u32>) {
        let Some(slot) = self.tables[group as usize].slot(key) else { return };
        let place = *self.places.entry((group, slot)).or_insert(self.features.len());
        if place == self.features.len() {
            self.counts[group as usize] += 1;
            self.features.push(Feature { group, slot, key, tokens: Vec::new(), weight: 0.0 });
        }
        if self.weigh_words {
            self.features[place].tokens.push(tokens);
        }
    }
}

/// The evidence for every paragraph of a run, from its own scores and those with its neighbours.
///
/// Takes as long as scoring, plus a sort of each paragraph's strongest features.
pub fn of_run(
    model: &Model,
    run: &[&Paragraph],
    alone: &[Vec<f64>],
    weighed: &[Weighed],
    options: ScoreOptions,
) -> Vec<Evidence> {
    let (mut buffers, mut words) = (Buffers::default(), ParagraphWords::default());
    let quoted: Vec<Option<String>> = run.iter().map(|paragraph| in_quotation_marks(paragraph)).collect();
    let mut found = Features {
        tables: &model.parts().tables,
        features: Vec::new(),
        places: FxHashMap::default(),
        counts: [0; N_GROUPS],
        weigh_words: options.weigh_words,
    };
    let mut evidence = Vec::with_capacity(run.len());
    for (((paragraph, quoted), alone), weighed) in run.iter().zip(&quoted).zip(alone).zip(weighed) {
        let text = quoted.as_deref().unwrap_or(&paragraph.text);
        model.parts().lexicon.read(text, &mut words);
        found.clear();
        model.parts().extractor.extract(&words, &mut buffers, &mut found);
        let Features { features, counts, .. } = &mut found;
        let factors = Factors::new(weighed);
        weigh(model, &factors, counts, features);
        let mut summary = summary(model, &factors, alone, weighed, features, options.n_evidence);
        if options.weigh_words {
            // A block quote is read inside quotation marks that are not in its text.
            let n_before = if quoted.is_some() { "“".len() } else { 0 };
            summary.words = words_of(&words, features, n_before, paragraph.text.len());
        }
        evidence.push(summary);
    }
    evidence
}

/// How the centred score of the winning label depends on the paragraph's own scores.
struct Factors {
    label: usize,
    /// One factor for each class.
    own: Vec<f64>,
}

impl Factors {
    fn new(weighed: &Weighed) -> Factors {
        let label = argmax(&weighed.scores);
        // A row for each label, with a factor for each class.
        let n_labels = weighed.scores.len();
        let n = weighed.own_factors.len() / n_labels;
        let rows = || weighed.own_factors.chunks_exact(n);
        let mean = |class: usize| rows().map(|row| row[class]).sum::<f64>() / n_labels as f64;
        let own = (0..n).map(|class| weighed.own_factors[label * n + class] - mean(class)).collect();
        Factors { label, own }
    }

    /// What centred own scores contribute, from values that need not be centred.
    fn of(&self, values: impl Iterator<Item = f64> + Clone) -> f64 {
        let mean = values.clone().sum::<f64>() / self.own.len() as f64;
        values.zip(&self.own).map(|(value, factor)| factor * (value - mean)).sum()
    }
}

/// Sets the contribution of each feature.
fn weigh(model: &Model, factors: &Factors, counts: &[usize; N_GROUPS], features: &mut [Feature]) {
    for feature in features {
        let group = feature.group as usize;
        let row = model.parts().tables[group].row(feature.slot);
        let factor = model.parts().combination.weights[group] * scale(counts[group]);
        feature.weight = factor * factors.of(row.iter().copied().map(f64::from));
    }
}

fn summary(
    model: &Model,
    factors: &Factors,
    alone: &[f64],
    weighed: &Weighed,
    features: &[Feature],
    n_evidence: usize,
) -> Evidence {
    let scores = &weighed.scores;
    let score = scores[factors.label] - scores.iter().sum::<f64>() / scores.len() as f64;
    let own = factors.of(alone.iter().copied());
    let offset = weighed.offsets[factors.label] - weighed.offsets.iter().sum::<f64>() / scores.len() as f64;
    let all: f64 = features.iter().map(|feature| feature.weight).sum();
    let features = strongest(model, features, n_evidence);
    let named: f64 = features.iter().map(|contribution| contribution.weight).sum();
    Evidence {
        score,
        baseline: offset + factors.of(model.parts().combination.offsets.iter().copied()),
        neighbours: score - own - offset,
        rest: all - named,
        features,
        words: Vec::new(),
    }
}

/// The `n` features that count most for the label, strongest first, then the `n` that count most against it, strongest
/// last. Equal ones are in the order of groups and keys.
fn strongest(model: &Model, features: &[Feature], n: usize) -> Vec<Contribution> {
    let mut order: Vec<&Feature> = features.iter().collect();
    let compare = |a: &&Feature, b: &&Feature| {
        let by_weight = b.weight.total_cmp(&a.weight);
        by_weight.then_with(|| (a.group, a.key).cmp(&(b.group, b.key)))
    };
    // Only these need sorting, out of hundreds of features.
    if order.len() > n.saturating_mul(2) {
        order.select_nth_unstable_by(n, compare);
        let n_rest = order.len() - n;
        order[n..].select_nth_unstable_by(n_rest - n - 1, compare);
        let last = order.split_off(order.len() - n);
        order.truncate(n);
        order.extend(last);
    }
    order.sort_unstable_by(compare);
    let (n_for, n_all) = (order.iter().filter(|f| f.weight > 0.0).count().min(n), order.len());
    let n_against = order.iter().filter(|f| f.weight < 0.0).count().min(n);
    let names = Names::new(&model.parts().lexicon);
    let contribution = |feature: &&Feature| Contribution {
        group: feature.group,
        feature: names.name(feature.group, feature.key),
        weight: feature.weight,
    };
    order[..n_for].iter().chain(&order[n_all - n_against..]).map(contribution).collect()
}

/// What each word contributes: equal parts of the features that contain it.
fn words_of(words: &ParagraphWords<'_>, features: &[Feature], n_before: usize, n_bytes: usize) -> Vec<Word> {
    let mut weights = vec![0.0; words.tokens.len()];
    for feature in features {
        // The words of a quotation in an n-gram are not the author's.
        let tokens = || {
            let all = feature.tokens.iter().flat_map(Clone::clone).map(|token| token as usize);
            all.filter(|&token| words.tokens[token].voice == Voice::Author)
        };
        let share = feature.weight / tokens().count().max(1) as f64;
        tokens().for_each(|token| weights[token] += share);
    }
    let in_text = |start: usize, end: usize| {
        let place = start.checked_sub(n_before)?..end.checked_sub(n_before)?;
        (place.end <= n_bytes).then_some(place)
    };
    let weighed = words.tokens.iter().zip(weights).filter(|(_, weight)| *weight != 0.0);
    weighed
        .filter_map(|(token, weight)| {
            Some(Word { place: in_text(token.start, token.start + token.text.len())?, weight })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::article_from_text;
    use crate::score::Outcome;

    /// The evidence of the second of two paragraphs, with every feature named.
    fn evidence_of(text: &str) -> Evidence {
        let model = Model::embedded().unwrap();
        let article = article_from_text(&format!("It rained on Monday.\n\n{text}"));
        let options =
            ScoreOptions { n_evidence: 9999, weigh_words: true, filter: false, ..ScoreOptions::default() };
        match model.score(&article, options).pop() {
            Some(Outcome::Labelled(labelling)) => labelling.evidence.unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn check(text: &str, groups: &[FeatureGroup]) {
        let evidence = evidence_of(text);
        let sum: f64 = evidence.features.iter().map(|feature| feature.weight).sum();
        let all = evidence.baseline + evidence.neighbours + evidence.rest + sum;
        assert!((evidence.score - all).abs() < 1e-9, "{} {all}", evidence.score);
        let of_words = evidence.features.iter().filter(|feature| groups.contains(&feature.group));
        let expected: f64 = of_words.map(|feature| feature.weight).sum();
        let found: f64 = evidence.words.iter().map(|word| word.weight).sum();
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        assert!(evidence.words.is_sorted_by_key(|word| word.place.start));
        assert!(evidence.words.iter().any(|word| &text[word.place.clone()] == "must"));
    }

    #[test]
    fn contributions_and_words_add_up() {
        let groups =
            [FeatureGroup::Words, FeatureGroup::Ngrams, FeatureGroup::Openings, FeatureGroup::CodePairs];
        check("We must stop this shameful waste now, we must. She said “it must” go.", &groups);
    }
}
