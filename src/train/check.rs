//! Labels that are probably wrong: unlikely ones, and those of texts that occur more than once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rayon::prelude::*;

use super::evaluate::{check_groups, corpus_of};
use super::predictions::{article_of, check_known};
use super::{NO_LABEL, TrainOptions, train};
use crate::corpus::{Corpus, Document, Labelled, Shingles, fingerprint, near_duplicates, words};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::score::{Outcome, ScoreOptions};

/// Shorter texts, in words, are not compared: "Read more here" occurs everywhere.
const MIN_WORDS: usize = 5;

/// What the probabilities of the labels come from.
#[derive(Debug, Clone, Copy)]
pub enum Judge<'a> {
    /// Models trained on this many parts of the corpus less one, each for the part that it was not trained on.
    CrossFitted(usize),
    /// A model that was trained on other text, for a corpus that is too small to train on.
    Model(&'a Model),
}

/// Why a label should be looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Doubt {
    /// Another label is more probable.
    Unlikely,
    /// The same text has another label elsewhere.
    SeveralLabels,
    /// Another article has nearly the same text. In training and test, it would make figures too good.
    NearDuplicate,
}

impl Doubt {
    /// The name in records.
    pub fn name(self) -> &'static str {
        match self {
            Doubt::Unlikely => "unlikely label",
            Doubt::SeveralLabels => "several labels",
            Doubt::NearDuplicate => "near-duplicate",
        }
    }
}

/// A labelled paragraph and where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelledPlace {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The label.
    pub label: String,
    /// The text.
    pub text: String,
}

/// A paragraph whose label should be looked at again.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Why.
    pub doubt: Doubt,
    /// The paragraph.
    pub place: LabelledPlace,
    /// The label that is more probable, or that the same text has elsewhere.
    pub suggested: Option<String>,
    /// The probability of the given label and of the suggested one.
    pub probabilities: Option<(f64, f64)>,
    /// The other paragraph with the text.
    pub other: Option<LabelledPlace>,
    /// The share of runs of three words that both texts have, from 0 to 1.
    pub similarity: Option<f64>,
}

/// The paragraphs whose labels should be looked at again: first the unlikely labels, the least likely first, then texts
/// with several labels, then near-duplicates in different articles.
///
/// A label is unlikely if another one has at least its own threshold, which is the mean probability of a label where it
/// was given, and is the most probable of these labels (confident learning; Northcutt, Jiang and Chuang 2021). Labels
/// are sorted by their probability over their threshold. Probabilities are those of the model with neighbours and
/// without the filter; boilerplate is not checked.
///
/// # Errors
///
/// If the corpus is empty; if a label is unknown to the model, or occurs in too few articles to train on.
pub fn check_labels(corpus: &Corpus, options: &TrainOptions, judge: Judge<'_>) -> Result<Vec<Finding>> {
    let mut findings = match judge {
        Judge::Model(model) => {
            let boilerplate = model.card().options.get("boilerplate-label").map(String::as_str);
            let boilerplate = boilerplate.filter(|label| *label != NO_LABEL);
            check_known(model, corpus, boilerplate)?;
            let all: Vec<&Document> = corpus.documents.iter().collect();
            unlikely(model.labels(), judged(model, &all))
        }
        Judge::CrossFitted(n_folds) => cross_fitted(corpus, options, n_folds)?,
    };
    let places = places(corpus);
    findings.extend(several_labels(&places));
    findings.extend(near(&places));
    Ok(findings)
}

/// A paragraph, the index of its label, and its probabilities.
type Judged = (LabelledPlace, usize, Vec<f64>);

fn cross_fitted(corpus: &Corpus, options: &TrainOptions, n_folds: usize) -> Result<Vec<Finding>> {
    if !(2..=100).contains(&n_folds) {
        let found = n_folds.to_string();
        return Err(Error::Setting { setting: "folds", found, expected: "a number from 2 to 100" });
    }
    let boilerplate = options.boilerplate_label.as_deref();
    check_groups(corpus, boilerplate, options.group_by)?;
    let folds = corpus.folds(n_folds, options.group_by, options.seed);
    let (mut labels, mut all) = (Vec::new(), Vec::new());
    for fold in 0..folds.iter().max().map_or(0, |last| last + 1) {
        let in_fold = |is_in: bool| {
            let documents = corpus.documents.iter().zip(&folds);
            documents.filter(move |(_, of)| (**of == fold) == is_in).map(|(document, _)| document)
        };
        let model = train(&corpus_of(in_fold(false)), options)?.model;
        check_known(&model, corpus, boilerplate)?;
        all.extend(judged(&model, &in_fold(true).collect::<Vec<_>>()));
        labels = model.labels().to_vec();
    }
    Ok(unlikely(&labels, all))
}

/// The paragraphs with a label of the model, and the probabilities that it gives them.
fn judged(model: &Model, documents: &[&Document]) -> Vec<Judged> {
    let options = ScoreOptions { filter: false, ..ScoreOptions::default() };
    let of_document = |document: &&Document| -> Vec<Judged> {
        let (article, is_labelled) = article_of(document);
        let outcomes = model.score(&article, options).into_iter().zip(is_labelled);
        let outcomes = outcomes.filter(|(_, is_labelled)| *is_labelled).map(|(outcome, _)| outcome);
        let judged = |(paragraph, outcome): (&Labelled, Outcome)| {
            let class = model.labels().iter().position(|label| *label == paragraph.label)?;
            let Outcome::Labelled(labelling) = outcome else { return None };
            Some((place(document, paragraph), class, labelling.probabilities))
        };
        document.paragraphs.iter().zip(outcomes).filter_map(judged).collect()
    };
    documents.par_iter().map(of_document).collect::<Vec<_>>().concat()
}

fn unlikely(labels: &[String], judged: Vec<Judged>) -> Vec<Finding> {
    let mut sums = vec![(0.0, 0usize); labels.len()];
    for (_, class, probabilities) in &judged {
        sums[*class].0 += probabilities[*class];
        sums[*class].1 += 1;
    }
    let thresholds: Vec<f64> =
        sums.iter().map(|(sum, n)| if *n > 0 { sum / *n as f64 } else { 1.0 }).collect();
    let finding = |(place, class, probabilities): Judged| {
        let confident = (0..labels.len()).filter(|&label| probabilities[label] >= thresholds[label]);
        // The first label in a tie.
        let best =
            confident.max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]).then(b.cmp(&a)))?;
        let finding = Finding {
            doubt: Doubt::Unlikely,
            place,
            suggested: Some(labels[best].clone()),
            probabilities: Some((probabilities[class], probabilities[best])),
            other: None,
            similarity: None,
        };
        (best != class).then(|| (probabilities[class] / thresholds[class], finding))
    };
    let mut findings: Vec<(f64, Finding)> = judged.into_iter().filter_map(finding).collect();
    findings.sort_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| x.place.cmp(&y.place)));
    findings.into_iter().map(|(_, finding)| finding).collect()
}

fn place(document: &Document, paragraph: &Labelled) -> LabelledPlace {
    let Labelled { line, label, text, .. } = paragraph.clone();
    LabelledPlace { path: document.path.clone(), line, label, text }
}

/// All paragraphs in the order of files and lines, each with the number of its document.
fn places(corpus: &Corpus) -> Vec<(LabelledPlace, usize)> {
    let documents = corpus.documents.iter().enumerate();
    let mut places: Vec<(LabelledPlace, usize)> = documents
        .flat_map(|(number, document)| document.paragraphs.iter().map(move |p| (place(document, p), number)))
        .collect();
    places.sort();
    places
}

/// The paragraphs whose label is not the most frequent one of their text.
fn several_labels(places: &[(LabelledPlace, usize)]) -> Vec<Finding> {
    let mut of_text: BTreeMap<[u8; 20], Vec<&LabelledPlace>> = BTreeMap::new();
    for (place, _) in places {
        of_text.entry(fingerprint(&place.text)).or_default().push(place);
    }
    let mut findings = Vec::new();
    for places in of_text.into_values() {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        places.iter().for_each(|place| *counts.entry(&place.label).or_default() += 1);
        // The first one in a tie.
        let Some(most) = places.iter().rev().max_by_key(|place| counts[place.label.as_str()]) else {
            continue;
        };
        findings.extend(places.iter().filter(|place| place.label != most.label).map(|place| Finding {
            doubt: Doubt::SeveralLabels,
            place: (*place).clone(),
            suggested: Some(most.label.clone()),
            probabilities: None,
            other: Some((*most).clone()),
            similarity: Some(1.0),
        }));
    }
    findings.sort_by(|a, b| a.place.cmp(&b.place));
    findings
}

/// The paragraphs whose text nearly equals an earlier one in another document, unless both have the same text and
/// different labels.
fn near(places: &[(LabelledPlace, usize)]) -> Vec<Finding> {
    let long: Vec<_> = places.iter().filter(|(place, _)| words(&place.text).len() >= MIN_WORDS).collect();
    let shingles: Vec<Shingles> = long.par_iter().map(|(place, _)| Shingles::of(&place.text)).collect();
    let finding = |(index, first, similarity): (usize, usize, f64)| {
        let ((place, document), (other, other_document)) = (long[index], long[first]);
        let is_reported = place.label != other.label && fingerprint(&place.text) == fingerprint(&other.text);
        (document != other_document && !is_reported).then(|| Finding {
            doubt: Doubt::NearDuplicate,
            place: place.clone(),
            suggested: None,
            probabilities: None,
            other: Some(other.clone()),
            similarity: Some(similarity),
        })
    };
    near_duplicates(&shingles).into_iter().filter_map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_unlikely_where_another_one_reaches_its_threshold() {
        let place =
            |line| LabelledPlace { path: "a".into(), line, label: String::new(), text: String::new() };
        // Thresholds: (.9 + .8 + .1) / 3 = .6 and (.7 + .6 + .8) / 3 = .7.
        let judged = [(0, 0.9), (0, 0.8), (0, 0.1), (1, 0.3), (1, 0.4), (1, 0.2)];
        let judged =
            (1..).zip(judged).map(|(line, (class, first))| (place(line), class, vec![first, 1.0 - first]));
        let found = unlikely(&["x".to_string(), "y".to_string()], judged.collect());
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].place.line, found[0].suggested.as_deref()), (3, Some("y")));
        assert_eq!(found[0].probabilities, Some((0.1, 0.9)));
    }
}
