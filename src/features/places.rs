//! Where in a paragraph's text its features stand.

use std::ops::Range;

use super::Block;
use super::FeatureMaker;
use super::QUOTATION;
use super::classes::MAX_NGRAM;
use super::word_of;
use crate::article::Voice;
use crate::token::Kind;
use crate::token::Token;
use crate::token::tokens;

/// The tokens of a paragraph, ready to be searched for features by name.
pub(crate) struct Places<'a> {
    maker: &'a FeatureMaker,
    /// The author's words as [`FeatureMaker::names`] has them, one for each quotation; the range is `None`
    /// for that one: it is no word.
    author: Vec<(String, Option<Range<usize>>)>,
    quoted: Vec<(String, Range<usize>)>,
}

impl<'a> Places<'a> {
    /// Of `text`, whose features `maker` made.
    pub(crate) fn new(maker: &'a FeatureMaker, text: &str) -> Places<'a> {
        let mut places = Places { maker, author: Vec::new(), quoted: Vec::new() };
        for token in tokens(text) {
            let range = token.start..token.start + token.text.len();
            match token.voice {
                Voice::Author => places.author.push((word_of(&token), Some(range))),
                Voice::Quoted => places.push_quoted(&token, range),
            }
        }
        places
    }

    fn push_quoted(&mut self, token: &Token<'_>, range: Range<usize>) {
        if self.author.last().is_none_or(|(_, range)| range.is_some()) {
            self.author.push((QUOTATION.to_string(), None));
        }
        if token.kind == Kind::Word {
            self.quoted.push((word_of(token), range));
        }
    }

    /// The byte ranges of the words that make `feature` of `block`, in order, each once; none for cues of
    /// style, which no single word makes, and for what neighbours say. Linear in the text.
    pub(crate) fn of(&self, block: Block, feature: &str) -> Vec<Range<usize>> {
        match block {
            Block::Words => self.of_words(|word| word == feature),
            Block::Quoted => self
                .quoted
                .iter()
                .filter(|(word, _)| word == feature)
                .map(|(_, range)| range.clone())
                .collect(),
            Block::Classes if !self.maker.classes.is_empty() => self.of_words(|word| {
                let (coarse, fine, _) = self.maker.classes.of_word(word);
                coarse == feature || fine == Some(feature)
            }),
            Block::Ngrams => {
                let words: Vec<&str> = self.author.iter().map(|(word, _)| word.as_str()).collect();
                self.of_runs(&words, feature, self.maker.max_ngram)
            }
            Block::ClassNgrams if !self.maker.classes.is_empty() => {
                let symbols = self.author.iter().map(|(word, _)| self.maker.classes.of_word(word).2);
                self.of_runs(&symbols.collect::<Vec<_>>(), feature, MAX_NGRAM)
            }
            _ => Vec::new(),
        }
    }

    fn of_words(&self, is_it: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
        self.author.iter().filter(|(word, _)| is_it(word)).filter_map(|(_, range)| range.clone()).collect()
    }

    /// Of runs of up to `longest` words whose `symbols` make `feature`.
    fn of_runs(&self, symbols: &[&str], feature: &str, longest: usize) -> Vec<Range<usize>> {
        let parts: Vec<&str> = feature.split(' ').collect();
        if parts.len() > longest {
            return Vec::new();
        }
        let mut is_part = vec![false; symbols.len()];
        for (start, window) in symbols.windows(parts.len()).enumerate() {
            if window == parts {
                is_part[start..start + parts.len()].fill(true);
            }
        }
        let words = self.author.iter().zip(is_part).filter(|(_, is_part)| *is_part);
        words.filter_map(|((_, range), _)| range.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::features::WordClasses;

    #[track_caller]
    fn check(block: Block, feature: &str, expected: &[&str]) {
        let classes = WordClasses::parse(Path::new("t"), "vote\t1\t2\nballot\t1\t3\n").unwrap();
        let maker = FeatureMaker { max_ngram: 2, classes };
        let text = "We must vote, she said: “We must not.” The ballot must stay. We must.";
        let found = Places::new(&maker, text).of(block, feature);
        assert_eq!(found.iter().map(|range| &text[range.clone()]).collect::<Vec<_>>(), expected, "{feature}");
    }

    #[test]
    fn features_are_found_where_they_stand() {
        check(Block::Words, "we", &["We", "We"]);
        check(Block::Quoted, "we", &["We"]);
        check(Block::Ngrams, "we must", &["We", "must", "We", "must"]);
        check(Block::Ngrams, ": “…”", &[":"]);
        check(Block::Classes, "~vote", &["vote", "ballot"]);
        check(Block::Classes, "≈ballot", &["ballot"]);
        check(Block::ClassNgrams, "must ~vote", &[]);
        check(Block::ClassNgrams, "vote -mixed", &["vote", ","]);
        check(Block::Style, "we", &[]);
        check(Block::NearWords, "we", &[]);
    }

    #[test]
    fn every_word_feature_of_a_paragraph_is_found_in_it() {
        let maker = FeatureMaker { max_ngram: 3, classes: WordClasses::embedded().unwrap() };
        let text = "Officials said on 3 May that “nothing is decided”. We must wait, isn’t it so?";
        let names = maker.names(text, None);
        let places = Places::new(&maker, text);
        for block in [Block::Words, Block::Ngrams, Block::Quoted, Block::Classes, Block::ClassNgrams] {
            for name in &names[block.source()] {
                let found = places.of(block, name);
                let is_quotation_alone = *name == maker.classes.of_word(QUOTATION).0;
                assert!(!found.is_empty() || is_quotation_alone, "{block:?} {name}");
            }
        }
    }
}
