//! The learning curve: macro-F1 of models trained on growing shares of a corpus.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::evaluate::evaluate;
use super::{TrainOptions, train};
use crate::corpus::{Corpus, Document, hex};
use crate::error::{Error, Result};
use crate::metrics::CurvePoint;

/// The shares of the training groups. Each is twice the one before, so that each step of the curve shows what doubling
/// the labels gains.
const SHARES: [f64; 4] = [0.125, 0.25, 0.5, 1.0];

/// Macro-F1 on held-out text of models trained on an eighth, a quarter, a half and all of a corpus.
///
/// All models are evaluated on `test`, or, if it is `None`, on a fold of the corpus that none of them is trained on.
/// Shares consist of whole groups of [`TrainOptions::group_by`], and each contains the smaller ones. There is no point
/// for a share that is too small to train on (a label in one group only). Intervals resample the groups of the test
/// text. Costs about twice one [`train`].
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
    let order = in_random_order(rest, options);
    let n_groups = order.len();
    let mut points = Vec::with_capacity(SHARES.len());
    for share in SHARES {
        let n_drawn = (share * n_groups as f64).round() as usize;
        match point(&order[..n_drawn.min(n_groups)], share, options, test) {
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
    (of(false).collect(), Corpus { documents: of(true).cloned().collect(), ..Corpus::default() })
}

/// The documents by group, in an order that depends on the groups' content and the seed.
fn in_random_order<'a>(documents: Vec<&'a Document>, options: &TrainOptions) -> Vec<Vec<&'a Document>> {
    let mut groups: BTreeMap<String, Vec<&Document>> = BTreeMap::new();
    for document in documents {
        let key = document.group(options.group_by);
        // The prefix makes the order independent of the folds, which hash the same keys.
        let hash = hex(&Sha256::digest(format!("learning curve {}\n{key}", options.seed)));
        groups.entry(hash).or_default().push(document);
    }
    groups.into_values().collect()
}

fn point(groups: &[Vec<&Document>], share: f64, options: &TrainOptions, test: &Corpus) -> Result<CurvePoint> {
    let mut documents: Vec<Document> = groups.iter().flatten().map(|&document| document.clone()).collect();
    documents.sort_by(|a, b| a.identity.cmp(&b.identity));
    let corpus = Corpus { documents, ..Corpus::default() };
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
