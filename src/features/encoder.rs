//! All features of a corpus by number, and the vocabularies that name them: what
//! [`FeatureMaker::names`](super::FeatureMaker::names) gives, without a name made for any that is not kept.

use std::fmt::Write;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::gram_counter::{GramCounter, RowCount};
use super::lexicon::WordId;
use super::lists::Lists;
use super::ngrams::NONE;
use super::sequences::{Sequences, Source};
use super::{Block, FeatureLists, FeatureMaker, Vocabulary, classes};
use crate::error::{Error, Result};

/// The vocabularies of [`Block::OWN`], of the features that occur in at least `min_count` of `sources`, and
/// the features of each source.
///
/// Linear in the text; holds the words of all texts as numbers, and every distinct n-gram, while it counts.
///
/// # Errors
///
/// When the names of a vocabulary are more than 4 GB.
pub(crate) fn encode(
    maker: &FeatureMaker,
    sources: &[Source<'_>],
    min_count: u32,
) -> Result<(Vec<Vocabulary>, FeatureLists)> {
    let corpus = Sequences::of(sources);
    let classes = ClassNumbers::new(maker, &corpus);
    let blocks: Vec<(Vocabulary, Lists)> = Block::OWN
        .into_par_iter()
        .map(|block| encode_block(block, maker, &corpus, &classes, min_count))
        .collect::<Result<_>>()?;
    let (vocabularies, lists) = blocks.into_iter().unzip();
    Ok((vocabularies, FeatureLists::new(lists)))
}

fn encode_block(
    block: Block,
    maker: &FeatureMaker,
    corpus: &Sequences,
    classes: &ClassNumbers<'_>,
    min_count: u32,
) -> Result<(Vocabulary, Lists)> {
    let Sequences { author, quoted, style, .. } = corpus;
    let words: Vec<&str> = corpus.words.names().iter().map(|name| &**name).collect();
    match block {
        Block::Words | Block::NearWords => {
            let of = |row: usize| author.get(row).iter().copied().filter(|&id| id != corpus.quotation);
            encode_single(block, &words, author.len(), of, min_count)
        }
        Block::Quoted => {
            encode_single(block, &words, quoted.len(), |row| quoted.get(row).iter().copied(), min_count)
        }
        Block::Style | Block::NearStyle => {
            let names: Vec<&str> = corpus.style_names.iter().map(String::as_str).collect();
            encode_single(block, &names, style.len(), |row| style.get(row).iter().copied(), min_count)
        }
        Block::Classes | Block::NearClasses => {
            let of_word = |&id: &WordId| classes.of_word[id as usize].into_iter().filter(|id| *id != NONE);
            let of = |row: usize| author.get(row).iter().flat_map(of_word);
            encode_single(block, &classes.names, author.len(), of, min_count)
        }
        Block::Ngrams => {
            let of = |row: usize, parts: &mut Vec<u32>| parts.extend_from_slice(author.get(row));
            encode_ngrams(block, &words, maker.max_ngram, author.len(), of, min_count)
        }
        Block::ClassNgrams => {
            let max = if maker.classes.is_empty() { 1 } else { classes::MAX_NGRAM };
            let symbol = |&id: &WordId| classes.symbols[id as usize];
            let of = |row: usize, parts: &mut Vec<u32>| parts.extend(author.get(row).iter().map(symbol));
            encode_ngrams(block, &classes.symbol_names, max, author.len(), of, min_count)
        }
    }
}

/// The classes of a corpus's words by number.
#[derive(Default)]
struct ClassNumbers<'a> {
    /// By word: its coarse and its fine class, where it has them.
    of_word: Vec<[u32; 2]>,
    names: Vec<&'a str>,
    /// By word: what stands for it in class n-grams.
    symbols: Vec<u32>,
    symbol_names: Vec<&'a str>,
}

impl<'a> ClassNumbers<'a> {
    fn new(maker: &'a FeatureMaker, corpus: &'a Sequences) -> ClassNumbers<'a> {
        let mut numbers =
            ClassNumbers { of_word: vec![[NONE; 2]; corpus.words.len()], ..ClassNumbers::default() };
        if maker.classes.is_empty() {
            return numbers;
        }
        let (mut classes, mut symbols) = (FxHashMap::default(), FxHashMap::default());
        for (id, word) in corpus.words.names().iter().enumerate() {
            let (coarse, fine, symbol) = maker.classes.of_word(word);
            let coarse = number(coarse, &mut classes, &mut numbers.names);
            let fine = fine.map_or(NONE, |fine| number(fine, &mut classes, &mut numbers.names));
            numbers.of_word[id] = [coarse, fine];
            numbers.symbols.push(number(symbol, &mut symbols, &mut numbers.symbol_names));
        }
        numbers
    }
}

/// The number of a name; a new one gets the next.
fn number<'a>(name: &'a str, by_name: &mut FxHashMap<&'a str, u32>, names: &mut Vec<&'a str>) -> u32 {
    *by_name.entry(name).or_insert_with(|| {
        names.push(name);
        names.len() as u32 - 1
    })
}

/// A block of features that have their numbers already: the vocabulary, and the lists.
fn encode_single<I: Iterator<Item = u32>>(
    block: Block,
    names: &[&str],
    n_rows: usize,
    of_row: impl Fn(usize) -> I,
    min_count: u32,
) -> Result<(Vocabulary, Lists)> {
    let mut counts = vec![RowCount::default(); names.len()];
    for row in 0..n_rows {
        of_row(row).for_each(|id| counts[id as usize].see(row));
    }
    let mut kept: Vec<u32> =
        (0..names.len() as u32).filter(|&id| counts[id as usize].n_rows >= min_count).collect();
    kept.sort_unstable_by_key(|&id| names[id as usize]);
    let lines = kept.iter().map(|&id| names[id as usize]).collect::<Vec<_>>().join("\n");
    let features = places(&kept, names.len());
    let n_numbers: usize = kept.iter().map(|&id| counts[id as usize].n_rows as usize).sum();
    let mut lists = Lists::with_capacity(n_rows, n_numbers);
    let mut list = Vec::new();
    for row in 0..n_rows {
        list.extend(of_row(row).map(|id| features[id as usize]).filter(|feature| *feature != NONE));
        push_distinct(&mut lists, &mut list);
    }
    Ok((vocabulary(block, lines)?, lists))
}

/// A block of n-grams of up to `max` parts, which `of_row` gives: the vocabulary, and the lists.
fn encode_ngrams(
    block: Block,
    parts: &[&str],
    max: usize,
    n_rows: usize,
    of_row: impl Fn(usize, &mut Vec<u32>),
    min_count: u32,
) -> Result<(Vocabulary, Lists)> {
    let mut counter = GramCounter::new(parts.len());
    let mut sequence = Vec::new();
    if max > 1 {
        for row in 0..n_rows {
            sequence.clear();
            of_row(row, &mut sequence);
            counter.count(row, &sequence, max);
        }
    }
    let grams = counter.kept(min_count, &ranks(parts));
    let mut lines = String::new();
    for (place, gram) in grams.order.iter().enumerate() {
        let separator = if place > 0 { "\n" } else { "" };
        for (place, &part) in grams.parts(*gram).iter().enumerate() {
            let before = if place > 0 { " " } else { separator };
            write!(lines, "{before}{}", parts[part as usize]).expect("a string takes all");
        }
    }
    let mut lists = Lists::with_capacity(n_rows, grams.n_occurrences);
    let mut list = Vec::new();
    for row in 0..n_rows {
        if max > 1 {
            sequence.clear();
            of_row(row, &mut sequence);
            grams.each(&sequence, max, |feature| list.push(feature));
        }
        push_distinct(&mut lists, &mut list);
    }
    Ok((vocabulary(block, lines)?, lists))
}

/// Where each of some names stands in their order.
fn ranks(names: &[&str]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..names.len() as u32).collect();
    order.sort_unstable_by_key(|&id| names[id as usize]);
    places(&order, names.len())
}

/// Where each number under `n` stands in `numbers`; [`NONE`] where it does not.
fn places(numbers: &[u32], n: usize) -> Vec<u32> {
    let mut places = vec![NONE; n];
    numbers.iter().zip(0..).for_each(|(&number, place)| places[number as usize] = place);
    places
}

/// Moves a paragraph's features to the lists, in order and each once.
fn push_distinct(lists: &mut Lists, list: &mut Vec<u32>) {
    list.sort_unstable();
    list.dedup();
    lists.push(list);
    list.clear();
}

/// The vocabulary of sorted lines.
///
/// N-grams sorted by the ranks of their parts are sorted as lines, too: what goes on behind a part sorts
/// behind the space: no part has white space or control characters after its first character.
fn vocabulary(block: Block, lines: String) -> Result<Vocabulary> {
    let why = || format!("the names of the block `{}` are more than 4 GB", block.name());
    Vocabulary::from_lines(lines.into()).ok_or_else(|| Error::Fit { what: "the vocabulary", why: why() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::features::{Names, WordClasses};

    /// Checks that features are those by name, the slow and obvious way.
    #[track_caller]
    fn check(maker: &FeatureMaker, sources: &[Source<'_>], min_count: u32) {
        let names: Vec<Names> = (0..sources.len())
            .map(|row| {
                let previous = row.checked_sub(1).filter(|_| sources[row].follows);
                maker.names(sources[row].text, previous.map(|previous| sources[previous].text))
            })
            .collect();
        let (vocabularies, lists) = encode(maker, sources, min_count).unwrap();
        for block in Block::OWN {
            let expected =
                Vocabulary::from_texts(names.iter().map(|names| &names[block.source()]), min_count);
            assert_eq!(vocabularies[block.source()], expected, "{}", block.name());
            for (row, names) in names.iter().enumerate() {
                let expected = expected.indices_of(&names[block.source()]);
                assert_eq!(lists.of(row, block), expected, "{} of {}", block.name(), sources[row].text);
            }
        }
    }

    #[test]
    fn features_of_the_seeds_are_those_by_name() {
        let corpus = crate::corpus::Corpus::read(&["seeds/articles".into()], &Default::default());
        let mut sources = Vec::new();
        for document in corpus.documents.iter().take(60) {
            for (place, paragraph) in document.paragraphs.iter().enumerate() {
                sources.push(Source { text: &paragraph.text, follows: place > 0 });
            }
        }
        let classes = WordClasses::embedded().unwrap();
        check(&FeatureMaker { max_ngram: 2, classes: classes.clone() }, &sources, 3);
        check(&FeatureMaker { max_ngram: 4, classes }, &sources[..200], 2);
        check(&FeatureMaker { max_ngram: 1, classes: WordClasses::default() }, &sources[..200], 1);
    }

    #[test]
    fn words_that_name_other_cues_are_one_with_them() {
        let texts =
            ["Speaker A: yes.", "Mr. Smith: no", "", "Quotation here", "“Go on", "number 1\u{1}\u{1}é?"];
        let sources: Vec<Source<'_>> = texts.iter().map(|text| Source { text, follows: true }).collect();
        let maker = FeatureMaker { max_ngram: 3, classes: WordClasses::embedded().unwrap() };
        check(&maker, &sources[1..], 1);
        check(&maker, &[Source { follows: false, ..sources[0] }], 1);
        check(&maker, &[], 1);
    }

    proptest! {
        #[test]
        fn features_of_any_text_are_those_by_name(
            texts in proptest::collection::vec("([a-dA-D’'0-9é\u{1}-\u{8}]{1,4}[ .,“”:?\\PC]?){0,12}", 1..6),
            min_count in 1..3u32,
        ) {
            let mut sources = Vec::new();
            for (place, text) in texts.iter().enumerate() {
                sources.push(Source { text, follows: place % 3 > 0 });
            }
            let maker = FeatureMaker { max_ngram: 3, classes: WordClasses::default() };
            check(&maker, &sources, min_count);
        }
    }
}
