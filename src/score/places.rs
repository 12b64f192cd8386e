//! Where the named features of a labelling stand in its paragraph.

use std::ops::Range;

use super::Evidence;
use super::Outcome;
use super::ways::voiced;
use crate::article::Article;
use crate::article::Paragraph;
use crate::features::Block;
use crate::features::Places;
use crate::model::Model;

impl Model {
    /// Tells for every named feature where it stands.
    pub(super) fn find_places(&self, article: &Article, outcomes: &mut [Outcome]) {
        for (paragraph, outcome) in article.paragraphs.iter().zip(outcomes) {
            if let Outcome::Labelled(labelling) = outcome
                && let Some(evidence) = &mut labelling.evidence
            {
                self.find_places_in(paragraph, evidence);
            }
        }
    }

    fn find_places_in(&self, paragraph: &Paragraph, evidence: &mut Evidence) {
        let text = voiced(paragraph);
        // A block quote is read between quotation marks that are not in its text.
        let n_before = text.find(paragraph.text.as_str()).unwrap_or_default();
        let in_text = |range: Range<usize>| {
            let start = range.start.checked_sub(n_before)?;
            let end = range.end - n_before;
            (end <= paragraph.text.len()).then_some(start..end)
        };
        let places = Places::new(&self.maker, &text);
        for contribution in &mut evidence.features {
            let block = Block::ALL.into_iter().find(|block| block.name() == contribution.block);
            let found = block.map(|block| places.of(block, &contribution.feature)).unwrap_or_default();
            contribution.places = found.into_iter().filter_map(in_text).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Model;
    use crate::read::article_from_text;
    use crate::score::Outcome;
    use crate::score::ScoreOptions;

    /// The words that a feature of the first paragraph stands on.
    fn words_of(quoted: bool, text: &str) -> Vec<(String, Vec<String>)> {
        let model = Model::embedded().unwrap();
        let mut article = article_from_text(text);
        article.paragraphs[0].quoted = quoted;
        let options = ScoreOptions { n_evidence: 99, gate: false, ..ScoreOptions::default() };
        let outcomes = model.score(&article, options);
        let Outcome::Labelled(labelling) = &outcomes[0] else { panic!("it is kept") };
        let features = &labelling.evidence.as_ref().unwrap().features;
        let words = |contribution: &crate::score::Contribution| {
            let slices = contribution.places.iter().map(|place| text[place.clone()].to_string());
            (format!("{} {}", contribution.block, contribution.feature), slices.collect())
        };
        features.iter().map(words).collect()
    }

    #[test]
    fn features_stand_on_their_words() {
        let found = words_of(false, "We must stop this shameful waste now.");
        assert!(found.contains(&("words must".into(), vec!["must".into()])), "{found:?}");
        assert!(found.contains(&("ngrams we must".into(), vec!["We".into(), "must".into()])), "{found:?}");
    }

    #[test]
    fn the_words_of_a_block_quote_stand_in_its_text() {
        let found = words_of(true, "We must stop this shameful waste now.");
        assert!(found.contains(&("quoted must".into(), vec!["must".into()])), "{found:?}");
    }
}
