//! The predictions of a model for labelled text, row by row: what is measured, compared and listed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rayon::prelude::*;

use super::NO_LABEL;
use crate::article::{Article, Paragraph, SpanOf};
use crate::combination::argmax;
use crate::corpus::{Corpus, Document, Fingerprints, GroupBy, Labelled};
use crate::error::{Error, Result};
use crate::metrics::{Evaluation, PairedEvaluation, Prediction};
use crate::model::Model;
use crate::read::mark_turns;
use crate::score::{Outcome, ScoreOptions};

/// The predictions of a model for the labelled paragraphs of a corpus, in the order of the corpus.
#[derive(Debug, Clone)]
pub struct Predictions {
    labels: Vec<String>,
    rows: Vec<PredictedRow>,
    predictions: Vec<Prediction>,
    group_names: Vec<String>,
    seed: u64,
}

/// A labelled paragraph of a test, and whether the model was trained on it.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictedRow {
    /// The file.
    pub path: PathBuf,
    /// The line where it begins, from 1.
    pub line: usize,
    /// The id of its row.
    pub id: Option<String>,
    /// Its label.
    pub label: String,
    /// Its text.
    pub text: String,
    /// Whether a paragraph with the same letters and digits is in the training data of the model. `false` for paragraphs of
    /// less than five words and for models that do not know their training data.
    pub is_seen: bool,
}

/// The predictions of a model, with its filter and neighbour weights, for a corpus. Paragraphs without a label are
/// neighbours of the others.
///
/// # Errors
///
/// When the corpus is empty or has a label that the model does not have.
pub fn predict(model: &Model, corpus: &Corpus, group_by: GroupBy, seed: u64) -> Result<Predictions> {
    let boilerplate = boilerplate_label(model);
    check_known(model, corpus, boilerplate)?;
    let (groups, group_names) = corpus.groups(group_by);
    let seen = Fingerprints::from_bytes(&model.parts().fingerprints);
    let of_document = |(document, group): (&Document, &usize)| {
        let predictions = predict_document(model, document, boilerplate, *group);
        let row = |paragraph: &Labelled| PredictedRow {
            path: document.path.clone(),
            line: paragraph.line,
            id: paragraph.id.clone(),
            label: paragraph.label.clone(),
            text: paragraph.text.clone(),
            is_seen: seen.contains(paragraph),
        };
        document.paragraphs.iter().map(row).zip(predictions).collect::<Vec<_>>()
    };
    let found: Vec<Vec<_>> = corpus.documents.par_iter().zip(&groups).map(of_document).collect();
    let (rows, predictions) = found.into_iter().flatten().unzip();
    Ok(Predictions { labels: model.labels().to_vec(), rows, predictions, group_names, seed })
}

/// Fails if the corpus has no paragraphs, or one with a label that is neither the model's nor that of boilerplate.
pub fn check_known(model: &Model, corpus: &Corpus, boilerplate: Option<&str>) -> Result<()> {
    if corpus.documents.is_empty() {
        let expected = "labelled text to evaluate on".to_string();
        return Err(Error::Corpus { found: "no labelled paragraphs".to_string(), expected });
    }
    for document in &corpus.documents {
        for paragraph in &document.paragraphs {
            if Some(paragraph.label.as_str()) != boilerplate && !model.labels().contains(&paragraph.label) {
                return Err(Error::UnknownLabel {
                    path: document.path.clone(),
                    line: paragraph.line,
                    found: paragraph.label.clone(),
                    expected: model.labels().join(", "),
                });
            }
        }
    }
    Ok(())
}

/// The boilerplate label that a model was trained with.
pub fn boilerplate_label(model: &Model) -> Option<&str> {
    let label = model.card().options.get("boilerplate-label").map(String::as_str);
    label.filter(|label| *label != NO_LABEL)
}

/// A labelled document as an article, with the paragraphs among its own that have no label, and which have one.
pub fn article_of(document: &Document) -> (Article, Vec<bool>) {
    let paragraph = |text: &str, follows| Paragraph {
        end: text.len(),
        text: text.into(),
        follows,
        ..Paragraph::default()
    };
    let (mut paragraphs, mut is_labelled) = (Vec::new(), Vec::new());
    let mut context = document.context.iter().peekable();
    for at in 0..=document.paragraphs.len() {
        let mut is_followed = false;
        while let Some(unlabelled) = context.next_if(|unlabelled| unlabelled.at == at) {
            paragraphs.push(paragraph(&unlabelled.text, unlabelled.follows));
            is_labelled.push(false);
            is_followed = unlabelled.is_followed;
        }
        if let Some(labelled) = document.paragraphs.get(at) {
            paragraphs.push(paragraph(&labelled.text, labelled.follows || is_followed));
            is_labelled.push(true);
        }
    }
    // As in articles that are read to be scored: turns of a conversation are not boilerplate for being short.
    mark_turns(&mut paragraphs);
    let article = Article {
        source: document.path.display().to_string(),
        metadata: BTreeMap::new(),
        span_of: SpanOf::Field,
        first_paragraph: 0,
        paragraphs,
    };
    (article, is_labelled)
}

/// The predictions for the labelled paragraphs of a document.
pub fn predict_document(
    model: &Model,
    document: &Document,
    boilerplate: Option<&str>,
    group: usize,
) -> Vec<Prediction> {
    let (article, is_labelled) = article_of(document);
    let outcomes = model.score(&article, ScoreOptions::default());
    let outcomes = outcomes.into_iter().zip(is_labelled).filter(|(_, is_labelled)| *is_labelled);
    let predict = |(paragraph, (outcome, _)): (&Labelled, (Outcome, bool))| {
        let is_boilerplate = Some(paragraph.label.as_str()) == boilerplate;
        let truth = model.labels().iter().position(|label| *label == paragraph.label && !is_boilerplate);
        let probabilities = match outcome {
            Outcome::Labelled(labelling) => Some(labelling.probabilities),
            Outcome::Dropped(_) => None,
        };
        Prediction { truth, probabilities, group }
    };
    document.paragraphs.iter().zip(outcomes).map(predict).collect()
}

impl Predictions {
    /// The measures of all predictions.
    pub fn evaluation(&self) -> Evaluation {
        Evaluation::of(&self.labels, &self.predictions, &self.group_names, self.seed)
    }

    /// The measures of the predictions for paragraphs that the model was not trained on.
    pub fn evaluation_of_unseen(&self) -> Evaluation {
        let unseen = self.predictions.iter().zip(&self.rows).filter(|(_, row)| !row.is_seen);
        let unseen: Vec<Prediction> = unseen.map(|(prediction, _)| prediction.clone()).collect();
        Evaluation::of(&self.labels, &unseen, &self.group_names, self.seed)
    }

    /// The paragraphs, in the order of their files and lines, that the model was trained on.
    pub fn seen(&self) -> Vec<&PredictedRow> {
        let mut seen: Vec<&PredictedRow> = self.rows.iter().filter(|row| row.is_seen).collect();
        seen.sort_by_key(|row| (&row.path, row.line));
        seen
    }

    /// How many paragraphs there are.
    pub fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// The paragraphs with a wrong label, the label and its probability, the most probable first. Paragraphs that the
    /// filter dropped are not among them.
    pub fn errors(&self) -> Vec<(&PredictedRow, &str, f64)> {
        let error = |(row, prediction): (_, &Prediction)| {
            let probabilities = prediction.probabilities.as_ref()?;
            let label = argmax(probabilities);
            let is_wrong = prediction.truth.is_some_and(|truth| truth != label);
            is_wrong.then(|| (row, self.labels[label].as_str(), probabilities[label]))
        };
        let mut errors: Vec<(&PredictedRow, &str, f64)> =
            self.rows.iter().zip(&self.predictions).filter_map(error).collect();
        errors.sort_by(|(a, _, p), (b, _, q)| {
            q.total_cmp(p).then_with(|| (&a.path, a.line).cmp(&(&b.path, b.line)))
        });
        errors
    }

    /// The measures of these predictions beside those of `other` for the same corpus.
    ///
    /// # Errors
    ///
    /// When the models do not have the same labels, or the predictions are not for the same corpus.
    pub fn compared_with(&self, other: &Predictions) -> Result<PairedEvaluation> {
        let order: Option<Vec<usize>> =
            self.labels.iter().map(|label| other.labels.iter().position(|own| own == label)).collect();
        let order =
            order.filter(|order| order.len() == other.labels.len() && self.rows.len() == other.rows.len());
        let order = order.ok_or_else(|| Error::Setting {
            setting: "models",
            found: format!("one with {} and one with {}", self.labels.join(", "), other.labels.join(", ")),
            expected: "models with the same labels",
        })?;
        let reordered = |(own, other): (&Prediction, &Prediction)| Prediction {
            truth: own.truth,
            probabilities: other.probabilities.as_ref().map(|p| order.iter().map(|&at| p[at]).collect()),
            group: own.group,
        };
        let others: Vec<Prediction> =
            self.predictions.iter().zip(&other.predictions).map(reordered).collect();
        Ok(PairedEvaluation::of(self.labels.len(), &self.predictions, &others, self.seed))
    }
}
