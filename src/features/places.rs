//! Which words of a paragraph make each of its features.

use std::collections::BTreeMap;
use std::ops::Range;

use super::classes::MAX_NGRAM;
use super::{Block, FeatureMaker, QUOTATION, word_of};
use crate::article::Voice;
use crate::token::{Kind, tokens};

/// The features of one block by name, each with the numbers of the words that make it; several times where a
/// word makes it in several ways.
pub(crate) type Makers = BTreeMap<String, Vec<usize>>;

/// The words of a paragraph and the features that they make.
pub(crate) struct Places {
    /// The byte range of every word, number and sign, in order.
    pub(crate) words: Vec<Range<usize>>,
    /// By block; cues of style are not among them: no single word makes one.
    pub(crate) features: Vec<(Block, Makers)>,
}

impl Places {
    /// Of `text` and the features that `maker` makes of it. Linear in the text but for the order of names.
    pub(crate) fn new(maker: &FeatureMaker, text: &str) -> Places {
        let tokens = tokens(text);
        // As `author_sequence` has it: a quotation is one token, and no word.
        let mut author: Vec<(String, Option<usize>)> = Vec::with_capacity(tokens.len());
        let mut quoted = Makers::new();
        for (number, token) in tokens.iter().enumerate() {
            match token.voice {
                Voice::Author => author.push((word_of(token), Some(number))),
                Voice::Quoted => {
                    if author.last().is_none_or(|(_, number)| number.is_some()) {
                        author.push((QUOTATION.to_string(), None));
                    }
                    if token.kind == Kind::Word {
                        quoted.entry(word_of(token)).or_default().push(number);
                    }
                }
            }
        }
        let numbers: Vec<Option<usize>> = author.iter().map(|(_, number)| *number).collect();
        let names: Vec<&str> = author.iter().map(|(name, _)| name.as_str()).collect();
        let spoken = names.iter().zip(&numbers).filter(|(_, number)| number.is_some());
        let words = runs_of(1, &spoken.map(|(name, _)| *name).collect::<Vec<_>>(), &some_of(&numbers));
        let mut features = vec![
            (Block::Words, words),
            (Block::Ngrams, runs(2..=maker.max_ngram, &names, &numbers)),
            (Block::Quoted, quoted),
        ];
        features.extend(of_classes(maker, &names, &numbers));
        let words = tokens.iter().map(|token| token.start..token.start + token.text.len()).collect();
        Places { words, features }
    }
}

/// The class blocks; none where words have no classes.
fn of_classes(maker: &FeatureMaker, names: &[&str], numbers: &[Option<usize>]) -> Vec<(Block, Makers)> {
    if maker.classes.is_empty() {
        return Vec::new();
    }
    let mut unigrams = Makers::new();
    let mut symbols = Vec::with_capacity(names.len());
    for (name, number) in names.iter().zip(numbers) {
        let (coarse, fine, symbol) = maker.classes.of_word(name);
        for class in [Some(coarse), fine].into_iter().flatten() {
            unigrams.entry(class.to_string()).or_default().extend(number);
        }
        symbols.push(symbol);
    }
    vec![(Block::Classes, unigrams), (Block::ClassNgrams, runs(2..=MAX_NGRAM, &symbols, numbers))]
}

fn some_of(numbers: &[Option<usize>]) -> Vec<Option<usize>> {
    numbers.iter().filter(|number| number.is_some()).copied().collect()
}

/// All runs of as many names as `lengths` say.
fn runs(lengths: std::ops::RangeInclusive<usize>, names: &[&str], numbers: &[Option<usize>]) -> Makers {
    let mut all = Makers::new();
    for length in lengths {
        all.append(&mut runs_of(length, names, numbers));
    }
    all
}

fn runs_of(length: usize, names: &[&str], numbers: &[Option<usize>]) -> Makers {
    let mut found = Makers::new();
    for (window, numbers) in names.windows(length).zip(numbers.windows(length)) {
        found.entry(window.join(" ")).or_default().extend(numbers.iter().flatten());
    }
    found
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
        let places = Places::new(&maker, text);
        let makers = &places.features.iter().find(|(of, _)| *of == block).unwrap().1;
        let found: Vec<&str> =
            makers[feature].iter().map(|&number| &text[places.words[number].clone()]).collect();
        assert_eq!(found, expected, "{feature}");
    }

    #[test]
    fn features_are_made_by_their_words() {
        check(Block::Words, "we", &["We", "We"]);
        check(Block::Quoted, "we", &["We"]);
        check(Block::Ngrams, "we must", &["We", "must", "We", "must"]);
        check(Block::Ngrams, ": “…”", &[":"]);
        check(Block::Classes, "~vote", &["vote", "ballot"]);
        check(Block::Classes, "≈ballot", &["ballot"]);
        check(Block::ClassNgrams, "vote -mixed", &["vote", ","]);
    }

    #[test]
    fn they_are_all_the_features_that_words_make() {
        let maker = FeatureMaker { max_ngram: 3, classes: WordClasses::embedded().unwrap() };
        let text = "Officials said on 3 May that “nothing is “decided”” yet. We must wait, isn’t it so?";
        let names = maker.names(text, None);
        for (block, makers) in Places::new(&maker, text).features {
            assert!(makers.keys().eq(&names[block.source()]), "{block:?}");
        }
    }
}
