//! Explains the labels of the paragraphs of a run.

use super::ScoreOptions;
use super::contributions::{Contributions, Factors, Terms};
use super::evidence::Evidence;
use super::paragraph::in_quotation_marks;
use super::reasons::{Around, Explained, Reasons};
use crate::article::Paragraph;
use crate::features::{Buffers, ParagraphWords};
use crate::model::Model;
use crate::neighbours::Weighed;

/// Evidence and reasons for a label, each if requested.
pub type Explanation = (Option<Evidence>, Option<Reasons>);

/// The explanation of every paragraph of a run, from its own scores and those with its neighbours. `run` has the
/// index of each paragraph in the article.
///
/// Takes as long as scoring, plus the choice of the strongest features or phrases.
pub fn of_run(
    model: &Model,
    run: &[(usize, &Paragraph)],
    alone: &[Vec<f64>],
    weighed: &[Weighed],
    options: ScoreOptions,
) -> Vec<Explanation> {
    let ScoreOptions { n_evidence, n_reasons, .. } = options;
    let parts = model.parts();
    let factors: Vec<Factors> = weighed.iter().map(Factors::new).collect();
    let terms: Vec<Terms> = factors
        .iter()
        .zip(alone.iter().zip(weighed))
        .map(|(factors, (alone, weighed))| Terms::new(model, factors, alone, weighed))
        .collect();
    let around =
        if n_reasons > 0 { around(model, run, alone, &factors, &terms) } else { vec![None; run.len()] };
    let quoted: Vec<Option<String>> =
        run.iter().map(|(_, paragraph)| in_quotation_marks(paragraph)).collect();
    let (mut buffers, mut words) = (Buffers::default(), ParagraphWords::default());
    let mut found = Contributions::new(&parts.tables, n_reasons > 0);
    let mut explanations = Vec::with_capacity(run.len());
    for (index, around) in around.into_iter().enumerate() {
        let (_, paragraph) = run[index];
        parts.lexicon.read(quoted[index].as_deref().unwrap_or(&paragraph.text), &mut words);
        found.clear();
        parts.extractor.extract(&words, &mut buffers, &mut found);
        found.weigh(model, &factors[index]);
        let terms = &terms[index];
        let evidence = (n_evidence > 0).then(|| Evidence::new(model, terms, &found.features, n_evidence));
        let reasons = (n_reasons > 0).then(|| {
            let n_before = if quoted[index].is_some() { "“".len() } else { 0 };
            let explained =
                Explained { words: &words, extractor: &parts.extractor, buffers: &buffers, n_before };
            Reasons::new(&explained, terms, &found, around, n_reasons)
        });
        explanations.push((evidence, reasons));
    }
    explanations
}

/// What the paragraphs around each paragraph of a run contribute.
fn around(
    model: &Model,
    run: &[(usize, &Paragraph)],
    alone: &[Vec<f64>],
    factors: &[Factors],
    terms: &[Terms],
) -> Vec<Option<Around>> {
    let map = &model.parts().label_map;
    // If several classes have the label, the first stands for them.
    let class_of = |label: usize| map.classes_of(label)[0];
    let decided: Vec<(usize, f64)> = factors
        .iter()
        .zip(terms)
        .map(|(factors, terms)| (class_of(factors.label), terms.neighbours))
        .collect();
    let surroundings = model.parts().neighbours.surroundings(alone, &decided);
    let around = |(surrounding, terms): (Option<crate::neighbours::Surrounding>, &Terms)| {
        let surrounding = surrounding?;
        Some(Around {
            weight: terms.neighbours,
            label: map.label_of()[surrounding.class],
            strongest: run[surrounding.strongest].0,
        })
    };
    surroundings.into_iter().zip(terms).map(around).collect()
}

#[cfg(test)]
mod tests {
    use super::super::phrase::token_weights;
    use super::*;
    use crate::features::FeatureGroup;

    #[test]
    fn all_features_belong_to_words_or_to_style() {
        let model = Model::embedded().unwrap();
        let parts = model.parts();
        let (mut buffers, mut words) = (Buffers::default(), ParagraphWords::default());
        parts.lexicon.read("We must stop this shameful waste, we must. She said “it must” go.", &mut words);
        let mut found = Contributions::new(&parts.tables, true);
        parts.extractor.extract(&words, &mut buffers, &mut found);
        found.weigh(&model, &Factors::new(&parts.neighbours.weigh(&[vec![0.5, 0.3, -0.8]])[0]));
        let sum = |of_style: bool| -> f64 {
            let features = found.features.iter().filter(|f| (f.group == FeatureGroup::Style) == of_style);
            features.map(|feature| feature.weight).sum()
        };
        let weights = token_weights(&words, &found);
        assert!((weights.iter().sum::<f64>() - sum(false)).abs() < 1e-9 && sum(true) != 0.0);
        // Quoted words have no weight.
        let weights_of = |text: &str| {
            let tokens = words.tokens.iter().zip(&weights).filter(move |(token, _)| token.text == text);
            tokens.map(|(_, weight)| *weight != 0.0).collect::<Vec<_>>()
        };
        assert_eq!(weights_of("must"), [true, true, false]);
    }
}
