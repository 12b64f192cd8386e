//! A paragraph's features by their numbers, without a name made for any: what
//! [`FeatureMaker::names`](super::FeatureMaker::names) and a vocabulary give, many times faster.

use super::Block;
use super::FeatureMaker;
use super::QUOTATION;
use super::Vocabulary;
use super::classes;
use super::classes::UNKNOWN_CLASSES;
use super::distinct::Distinct;
use super::lexicon::Lexicon;
use super::lexicon::WordId;
use super::lexicon::Words;
use super::ngrams::NONE;
use super::ngrams::NgramTree;
use super::style_index;
use super::style_index::StyleIndex;
use crate::article::Voice;
use crate::token::Kind;
use crate::token::Token;

/// The numbers of all features of a model's vocabularies by the words that they are made of.
#[derive(Debug, Clone)]
pub(crate) struct Indexer {
    words: Vec<WordFeatures>,
    ngrams: NgramTree,
    class_ngrams: NgramTree,
    style: StyleIndex,
    max_ngram: usize,
    quotation: WordId,
}

/// What one word is a feature of.
#[derive(Debug, Clone, Copy)]
struct WordFeatures {
    word: u32,
    quoted: u32,
    coarse: u32,
    fine: u32,
    /// What stands for it in class n-grams.
    symbol: u32,
}

/// The features of a paragraph by their numbers, distinct, in no order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Indices {
    /// By block of [`Block::OWN`].
    pub(crate) features: [Vec<u32>; Block::OWN.len()],
    /// How many distinct words of the author there are, known or not.
    pub(crate) n_words: usize,
    /// Features of style that the next paragraph has by this one.
    handed_on: Vec<u32>,
}

impl Indices {
    /// The features of a paragraph as [`FeatureMaker::names`] and the vocabularies have them, the slow and
    /// obvious way.
    pub(crate) fn by_name(
        maker: &FeatureMaker,
        vocabularies: &[Vocabulary],
        text: &str,
        previous: Option<&str>,
    ) -> Indices {
        let names = maker.names(text, previous);
        let features = std::array::from_fn(|block| vocabularies[block].indices_of(&names[block]));
        Indices { features, n_words: names[Block::Words.source()].len(), handed_on: Vec::new() }
    }
}

impl Indexer {
    /// The words that an indexer of these vocabularies looks at.
    pub(crate) fn words<'a>(
        maker: &'a FeatureMaker,
        vocabularies: &'a [Vocabulary],
    ) -> impl Iterator<Item = &'a str> {
        let ngrams = names_of(vocabularies, Block::Ngrams).flat_map(|name| name.split(' '));
        let begins = names_of(vocabularies, Block::Style).filter_map(|name| name.strip_prefix("begins:"));
        // The table of classes has its most frequent words first: with neighbouring numbers, what is known of
        // them lies together in the cache.
        let classed = maker.classes.words();
        classed
            .chain(names_of(vocabularies, Block::Words))
            .chain(names_of(vocabularies, Block::Quoted))
            .chain(ngrams)
            .chain(begins)
            .chain(style_index::words().chain([QUOTATION]).map(|word| -> &'a str { word }))
    }

    /// An indexer of the vocabularies of [`Block::OWN`], whose words `lexicon` holds; `distinct` has each of
    /// those.
    pub(crate) fn new(
        maker: &FeatureMaker,
        vocabularies: &[Vocabulary],
        lexicon: &Lexicon,
        distinct: &[(&str, WordId)],
    ) -> Indexer {
        let [words, ngrams, quoted, style, class_words, class_ngrams] =
            Block::OWN.map(|block| &vocabularies[block.source()]);
        let has_classes = !maker.classes.is_empty();
        let feature = |vocabulary: &Vocabulary, name: &str| vocabulary.index_of(name).unwrap_or(NONE);
        let class = |name: &str| if has_classes { feature(class_words, name) } else { NONE };
        let (symbols, _) = Lexicon::new(class_ngrams.names().flat_map(|name| name.split(' ')));
        let symbol = |name: &str| symbols.id(name).filter(|_| has_classes).unwrap_or(NONE);
        let unknown = WordFeatures { word: NONE, quoted: NONE, coarse: NONE, fine: NONE, symbol: NONE };
        let mut of_word = vec![unknown; lexicon.len()];
        for (entry, ending) in of_word.iter_mut().zip(UNKNOWN_CLASSES) {
            *entry = WordFeatures { coarse: class(ending), symbol: symbol(ending), ..unknown };
        }
        for &(name, id) in distinct {
            let (coarse, fine, stand_in) = maker.classes.of_word(name);
            of_word[id as usize] = WordFeatures {
                word: feature(words, name),
                quoted: feature(quoted, name),
                coarse: class(coarse),
                fine: fine.map_or(NONE, class),
                symbol: symbol(stand_in),
            };
        }
        Indexer {
            words: of_word,
            ngrams: tree(ngrams, lexicon),
            class_ngrams: tree(class_ngrams, &symbols),
            style: StyleIndex::new(style, lexicon),
            max_ngram: maker.max_ngram,
            quotation: lexicon.id(QUOTATION).unwrap_or(NONE),
        }
    }

    /// The features of a paragraph; `previous` is the one before it, and `distinct` empty.
    pub(crate) fn indices(
        &self,
        text: &str,
        tokens: &[Token<'_>],
        words: &Words,
        previous: Option<&Indices>,
        distinct: &mut Distinct,
    ) -> Indices {
        let author = self.author_sequence(tokens, words);
        let entries: Vec<&WordFeatures> = author.iter().map(|&id| &self.words[id as usize]).collect();
        for (entry, id) in entries.iter().zip(&author) {
            if entry.word != NONE && *id != self.quotation {
                distinct.insert(entry.word);
            }
        }
        let own_words = distinct.take();
        let n_words = own_words.len() + self.n_unseen(tokens, words);
        self.ngrams.each(&author, self.max_ngram, |feature| distinct.insert(feature));
        let ngrams = distinct.take();
        for (token, &id) in tokens.iter().zip(&words.ids) {
            let quoted = self.words[id as usize].quoted;
            if token.voice == Voice::Quoted && token.kind == Kind::Word && quoted != NONE {
                distinct.insert(quoted);
            }
        }
        let quoted = distinct.take();
        let handed_on = self.style.cues(text, tokens, words, distinct);
        previous.iter().flat_map(|previous| &previous.handed_on).for_each(|&cue| distinct.insert(cue));
        let style = distinct.take();
        let classes = entries.iter().flat_map(|entry| [entry.coarse, entry.fine]);
        classes.filter(|class| *class != NONE).for_each(|class| distinct.insert(class));
        let classes = distinct.take();
        let symbols: Vec<u32> = entries.iter().map(|entry| entry.symbol).collect();
        self.class_ngrams.each(&symbols, classes::MAX_NGRAM, |feature| distinct.insert(feature));
        let class_ngrams = distinct.take();
        let features = [own_words, ngrams, quoted, style, classes, class_ngrams];
        Indices { features, n_words, handed_on }
    }

    /// The author's words in order, with one for each run of quoted ones.
    fn author_sequence(&self, tokens: &[Token<'_>], words: &Words) -> Vec<WordId> {
        let mut sequence = Vec::with_capacity(tokens.len());
        let mut in_quotation = false;
        for (token, &id) in tokens.iter().zip(&words.ids) {
            let is_quoted = token.voice == Voice::Quoted;
            if !is_quoted {
                sequence.push(id);
            } else if !in_quotation {
                sequence.push(self.quotation);
            }
            in_quotation = is_quoted;
        }
        sequence
    }

    /// How many distinct words of the author are not in the vocabulary of words.
    fn n_unseen(&self, tokens: &[Token<'_>], words: &Words) -> usize {
        let is_author = |place: usize| tokens[place].voice == Voice::Author;
        let unknown = words.unknown.iter().filter(|(place, _)| is_author(*place)).map(|(_, hash)| *hash);
        // Known to the lexicon, by a class or an n-gram, but no feature itself.
        let unseen = |(place, id): (usize, &WordId)| {
            let is_unseen = !Lexicon::is_unknown(*id) && self.words[*id as usize].word == NONE;
            (is_unseen && is_author(place)).then_some(u64::from(*id))
        };
        let mut hashes: Vec<u64> = words.ids.iter().enumerate().filter_map(unseen).chain(unknown).collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes.len()
    }
}

fn names_of(vocabularies: &[Vocabulary], block: Block) -> impl Iterator<Item = &str> {
    vocabularies[block.source()].names()
}

/// The n-grams of a vocabulary over the numbers of their parts.
fn tree(vocabulary: &Vocabulary, parts: &Lexicon) -> NgramTree {
    let ids = |name: &str| name.split(' ').map(|part| parts.id(part)).collect::<Option<Vec<u32>>>();
    let ngrams = vocabulary.names().enumerate();
    let ngrams: Vec<(Vec<u32>, u32)> =
        ngrams.filter_map(|(feature, name)| Some((ids(name)?, feature as u32))).collect();
    NgramTree::new(parts.len(), &ngrams)
}
