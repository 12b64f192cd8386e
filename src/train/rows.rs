//! The labelled paragraphs of a corpus as training examples.

use std::ops::Range;

use super::{Folds, TrainOptions};
use crate::corpus::{Corpus, Document, sort_labels};
use crate::error::{Error, Result};

/// A labelled paragraph without its text.
pub struct Example {
    /// The index of its label.
    pub class: usize,
    /// Its weight.
    pub weight: f64,
    /// The index of its document.
    pub document: usize,
    /// Whether it directly follows the example before it.
    pub follows: bool,
}

/// The runs of examples that directly follow one another, as ranges of indices.
pub fn runs(examples: &[Example]) -> Vec<Range<usize>> {
    let mut start = 0;
    let run = |run: &[Example]| {
        start += run.len();
        start - run.len()..start
    };
    examples.chunk_by(|_, next| next.follows).map(run).collect()
}

/// All labelled paragraphs except boilerplate, and their texts.
pub fn examples<'a>(corpus: &'a Corpus, labels: &[String]) -> (Vec<Example>, Vec<&'a str>) {
    let (mut examples, mut texts) = (Vec::new(), Vec::new());
    for (document, Document { paragraphs, factor, .. }) in corpus.documents.iter().enumerate() {
        let mut previous_kept = false;
        for paragraph in paragraphs {
            let class = labels.iter().position(|label| *label == paragraph.label);
            // Boilerplate between two paragraphs does not separate them; the start of the document does.
            let follows = paragraph.follows && previous_kept;
            previous_kept = if class.is_some() { true } else { previous_kept && paragraph.follows };
            if let Some(class) = class {
                let weight = paragraph.weight * f64::from(factor.get());
                examples.push(Example { class, weight, document, follows });
                texts.push(paragraph.text.as_str());
            }
        }
    }
    (examples, texts)
}

/// The labels of the model: those of the corpus except boilerplate, in the order of the codebook and then by name.
pub fn labels_of(corpus: &Corpus, options: &TrainOptions) -> Result<Vec<String>> {
    let mut groups = corpus.groups_by_label(options.group_by);
    if let Some(boilerplate) = &options.boilerplate_label {
        groups.remove(boilerplate);
    }
    let bad = |found: String, expected: &str| Err(Error::Corpus { found, expected: expected.to_string() });
    let mut names = groups.keys();
    match (names.next(), names.next()) {
        (None, _) => {
            return bad("no labelled paragraphs".to_string(), "labelled text with at least two labels");
        }
        (Some(label), None) => return bad(format!("one label only (`{label}`)"), "at least two labels"),
        _ => {}
    }
    // Without folds nothing is held out, and one group is enough.
    let n_groups = if options.folds == Folds::None { 1 } else { 2 };
    if let Some((label, _)) = groups.iter().find(|(_, groups)| groups.len() < n_groups) {
        let n = corpus.label_counts().get(label).copied().unwrap_or(0);
        let plural = if n == 1 { "" } else { "s" };
        let group = options.group_by.name();
        let found = format!("{n} paragraph{plural} of label `{label}` in one {group}");
        return bad(
            found,
            &format!("every label in at least two {group}s, one to learn from and one to test on"),
        );
    }
    let mut labels: Vec<String> = groups.into_keys().collect();
    sort_labels(&mut labels);
    Ok(labels)
}
