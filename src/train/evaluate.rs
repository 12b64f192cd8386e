//! Evaluation of a model, or of training options, on labelled text, and learning curves.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::predictions::{check_known, predict, predict_document};
use super::{TrainOptions, train};
use crate::corpus::{Corpus, Document, GroupBy, hex};
use crate::error::{Error, Result};
use crate::metrics::{CurvePoint, Evaluation};
use crate::model::Model;

/// The shares of the training groups. Each is twice the one before, so that each step of the curve shows what doubling
/// the labels gains.
const SHARES: [f64; 4] = [0.125, 0.25, 0.5, 1.0];

/// The measures of a model, with its filter and neighbour weights, on a corpus that it was not trained on.
///
/// Intervals resample whole groups: articles, outlets or topics.
///
/// # Errors
///
/// When the corpus is empty or has a label that the model does not have.
pub fn evaluate(model: &Model, corpus: &Corpus, group_by: GroupBy, seed: u64) -> Result<Evaluation> {
    predict(model, corpus, group_by, seed).map(|predictions| predictions.evaluation())
}

/// The measures of models trained with `options` by cross-validation: each of `n_folds` folds is labelled by a model
/// trained on the others.
///
/// Nothing that is fitted has seen the fold: vocabulary, tables, smoothing, combination, neighbours and filter. Costs
/// about `n_folds` times as much as one [`train`].
///
/// # Errors
///
/// When `n_folds` is not from 2 to 100, when a label occurs in fewer than three groups, and when training fails on a
/// part of the corpus.
pub fn cross_validate(
    corpus: &Corpus,
    options: &TrainOptions,
    n_folds: usize,
    group_by: GroupBy,
) -> Result<Evaluation> {
    if !(2..=100).contains(&n_folds) {
        let found = n_folds.to_string();
        return Err(Error::Setting { setting: "folds", found, expected: "a number from 2 to 100" });
    }
    let boilerplate = options.boilerplate_label.as_deref();
    check_groups(corpus, boilerplate, group_by)?;
    let folds = corpus.folds(n_folds, group_by, options.seed);
    let (groups, names) = corpus.groups(group_by);
    let (mut labels, mut predictions) = (Vec::new(), Vec::new());
    for fold in 0..folds.iter().max().map_or(0, |last| last + 1) {
        let (part, rest): (Vec<usize>, Vec<usize>) =
            (0..folds.len()).partition(|&document| folds[document] == fold);
        let rest = corpus_of(rest.into_iter().map(|document| &corpus.documents[document]));
        let model = train(&rest, options)?.model;
        check_known(&model, corpus, boilerplate)?;
        labels = model.labels().to_vec();
        for document in part {
            predictions.extend(predict_document(
                &model,
                &corpus.documents[document],
                boilerplate,
                groups[document],
            ));
        }
    }
    Ok(Evaluation::of(&labels, &predictions, &names, options.seed))
}

/// A corpus of these documents.
pub(super) fn corpus_of<'a>(documents: impl IntoIterator<Item = &'a Document>) -> Corpus {
    Corpus { documents: documents.into_iter().cloned().collect(), ..Corpus::default() }
}

/// Every label needs one group in the test fold and two in the rest, because training holds one of those out.
pub(super) fn check_groups(corpus: &Corpus, boilerplate: Option<&str>, group_by: GroupBy) -> Result<()> {
    const MIN_GROUPS: usize = 3;
    for (label, groups) in corpus.groups_by_label(group_by) {
        if Some(label.as_str()) != boilerplate && groups.len() < MIN_GROUPS {
            let found = format!("label `{label}` in {} {}(s)", groups.len(), group_by.name());
            let expected = format!("at least {MIN_GROUPS} for cross-validation");
            return Err(Error::Corpus { found, expected });
        }
    }
    Ok(())
}

/// Macro-F1 on held-out text of models trained on an eighth, a quarter, a half and all of a corpus.
///
/// All models are evaluated on `test`, or, if it is `None`, on a fold of the corpus that none of them is trained on.
/// Shares consist of whole groups of [`TrainOptions::group_by`], and each contains the smaller ones. The curve has no
/// point for a share that is too small to train on (a label in only one group). Intervals resample the groups of the
/// test text. Costs about twice as much as one [`train`].
///
/// # Errors
///
/// When training on the largest share fails, or `test` has a label that the corpus does not have.
pub fn learning_curve(
    corpus: &Corpus,
    options: &TrainOptions,
    test: Option<&Corpus>,
) -> Result<Vec<CurvePoint>> {
    let held_out;
    let (rest, test) = match test {
        Some(test) => (corpus.documents.iter().collect(), test),
        None => {
            let (rest, last) = hold_out(corpus, options);
            held_out = last;
            (rest, &held_out)
        }
    };
    let groups = in_random_order(rest, options);
    let mut points = Vec::with_capacity(SHARES.len());
    for share in SHARES {
        let n_drawn = (share * groups.len() as f64).round() as usize;
        match point(&groups[..n_drawn], share, options, test) {
            Ok(point) => points.push(point),
            Err(Error::Corpus { .. } | Error::UnknownLabel { .. }) if share < 1.0 => {}
            Err(err) => return Err(err),
        }
    }
    Ok(points)
}

/// The documents of all folds except the first, and a corpus of the first.
fn hold_out<'a>(corpus: &'a Corpus, options: &TrainOptions) -> (Vec<&'a Document>, Corpus) {
    let folds = corpus.folds(options.folds.count(), options.group_by, options.seed);
    let of = |held_out: bool| {
        let documents = corpus.documents.iter().zip(&folds);
        documents.filter(move |(_, fold)| (**fold == 0) == held_out).map(|(document, _)| document)
    };
    (of(false).collect(), corpus_of(of(true)))
}

/// The documents by group, in an order that depends on the groups' content and the seed.
fn in_random_order<'a>(documents: Vec<&'a Document>, options: &TrainOptions) -> Vec<Vec<&'a Document>> {
    let mut groups: BTreeMap<String, Vec<&Document>> = BTreeMap::new();
    for document in documents {
        let key = document.group(options.group_by);
        // The prefix makes the order independent of that of the folds, which hash the same keys.
        let hash = hex(&Sha256::digest(format!("learning curve {}\n{key}", options.seed)));
        groups.entry(hash).or_default().push(document);
    }
    groups.into_values().collect()
}

fn point(groups: &[Vec<&Document>], share: f64, options: &TrainOptions, test: &Corpus) -> Result<CurvePoint> {
    let mut documents: Vec<&Document> = groups.iter().flatten().copied().collect();
    documents.sort_by_key(|document| &document.identity);
    let corpus = corpus_of(documents);
    let model = train(&corpus, options)?.model;
    let evaluation = evaluate(&model, test, options.group_by, options.seed)?;
    let boilerplate = options.boilerplate_label.as_deref();
    let labelled = corpus.label_counts().into_iter().filter(|(label, _)| Some(label.as_str()) != boilerplate);
    Ok(CurvePoint {
        share,
        n_paragraphs: labelled.map(|(_, count)| count).sum(),
        macro_f1: evaluation.macro_f1,
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::Folds;
    use super::*;
    use crate::read::ColumnNames;

    fn contrasts() -> Corpus {
        Corpus::read(&["seeds/contrasts".into()], &ColumnNames::default())
    }

    fn points(test: Option<&[&str]>) -> Vec<CurvePoint> {
        let corpus = contrasts();
        let test = test.map(|paths| {
            let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
            Corpus::read(&paths, &ColumnNames::default())
        });
        let options = TrainOptions { l2_penalty: None, folds: Folds::Count(3), ..TrainOptions::default() };
        learning_curve(&corpus, &options, test.as_ref()).unwrap()
    }

    #[test]
    fn shares_grow_to_the_whole_corpus() {
        let points = points(Some(&["seeds/articles"]));
        let corpus = contrasts();
        assert_eq!(points.len(), SHARES.len());
        assert!(points.windows(2).all(|pair| pair[0].n_paragraphs < pair[1].n_paragraphs));
        assert_eq!(points[3].n_paragraphs, corpus.label_counts().values().sum::<usize>());
        assert!(points.iter().all(|point| point.macro_f1.low <= point.macro_f1.value));
    }

    #[test]
    fn without_a_test_corpus_a_fold_is_held_out() {
        let corpus = contrasts();
        let n_paragraphs: usize = corpus.label_counts().values().sum();
        let last = *points(None).last().unwrap();
        let share = last.n_paragraphs as f64 / n_paragraphs as f64;
        assert!((share - 2.0 / 3.0).abs() < 0.02, "{share}");
    }
}
