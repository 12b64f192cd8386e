//! What each word of a paragraph adds to the score of its label.

use std::ops::Range;

use super::Word;
use super::ways::voiced;
use crate::article::Paragraph;
use crate::bayes::{centred, scale};
use crate::features::Places;
use crate::model::Model;

impl Model {
    /// What the words of a paragraph add to the score of `label`, in order: of each feature that words make,
    /// an even share for each word that makes it. `n_run` is how many paragraphs are judged together,
    /// `own_factor` what a paragraph's own features weigh among them.
    ///
    /// Words that add nothing are left out.
    pub(super) fn weigh_words(
        &self,
        paragraph: &Paragraph,
        label: usize,
        n_run: usize,
        own_factor: f64,
    ) -> Vec<Word> {
        let text = voiced(paragraph);
        let Places { words, features } = Places::new(&self.maker, &text);
        let mut weights = vec![0.0; words.len()];
        let pool = self.pools.of_run(n_run);
        for (block, makers) in features {
            let Some(at) = self.blocks.iter().position(|table| table.block == block) else { continue };
            let vocabulary = self.vocabulary_of(block);
            let known = makers.iter().filter_map(|(name, words)| Some((vocabulary.index_of(name)?, words)));
            let known: Vec<(u32, &Vec<usize>)> = known.collect();
            let factor = own_factor * pool.block_weights[at] * scale(known.len());
            for (feature, makers) in known {
                let weight = factor * centred(self.blocks[at].table.row(feature), label);
                makers.iter().for_each(|&word| weights[word] += weight / makers.len() as f64);
            }
        }
        // A block quote is read between quotation marks that are not in its text.
        let n_before = text.find(paragraph.text.as_str()).unwrap_or_default();
        let in_text = |range: Range<usize>| {
            let place = range.start.checked_sub(n_before)?..range.end - n_before;
            (place.end <= paragraph.text.len()).then_some(place)
        };
        let weighed = words.into_iter().zip(weights).filter(|(_, weight)| *weight != 0.0);
        weighed.filter_map(|(range, weight)| Some(Word { place: in_text(range)?, weight })).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Model;
    use crate::read::article_from_text;
    use crate::score::{Evidence, Outcome, ScoreOptions};

    /// The evidence of the second of two paragraphs, with every feature named.
    fn evidence_of(quoted: bool, text: &str) -> Evidence {
        let model = Model::embedded().unwrap();
        let mut article = article_from_text(&format!("It rained on Monday.\n\n{text}"));
        article.paragraphs[1].quoted = quoted;
        let options =
            ScoreOptions { n_evidence: 9999, weigh_words: true, filter: false, ..ScoreOptions::default() };
        match model.score(&article, options).pop() {
            Some(Outcome::Labelled(labelling)) => labelling.evidence.unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn check(quoted: bool, text: &str, blocks: &[&str]) {
        let evidence = evidence_of(quoted, text);
        let features = evidence.features.iter().filter(|feature| blocks.contains(&feature.block));
        let expected: f64 = features.map(|feature| feature.weight).sum();
        let found: f64 = evidence.words.iter().map(|word| word.weight).sum();
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        assert!(evidence.words.is_sorted_by_key(|word| word.place.start));
        assert!(evidence.words.iter().any(|word| &text[word.place.clone()] == "must"));
    }

    #[test]
    fn words_add_up_to_the_features_that_they_make() {
        let blocks = ["words", "ngrams", "classes", "class ngrams"];
        check(false, "We must stop this shameful waste now, we must.", &blocks);
        check(true, "We must stop this shameful waste now.", &["quoted"]);
    }
}
