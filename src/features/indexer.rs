//! A paragraph's features by their numbers, without a name made for any: what
//! [`FeatureMaker::names`](super::FeatureMaker::names) and a vocabulary give, many times faster.

use rustc_hash::FxHashMap;

use super::classes::UNKNOWN_CLASSES;
use super::distinct::Distinct;
use super::lexicon::{Lexicon, WordId, parts};
use super::ngrams::{NONE, Ngram, NgramTree, Search};
use super::records::{Known, Seen, WordCues, WordFeatures, WordForm};
use super::rows::{Row, Sums, Tables};
use super::style_index::StyleIndex;
use super::{Block, FeatureMaker, QUOTATION, Vocabulary, classes, style_index};
use crate::article::Voice;
use crate::token::Kind;

/// The numbers of all features of a model's vocabularies by the words that they are made of, and what its
/// tables hold of each.
#[derive(Debug)]
pub(crate) struct Indexer {
    /// By word, until the records of words have it.
    known: Vec<(WordFeatures, WordCues)>,
    ngrams: NgramTree<Row>,
    class_ngrams: NgramTree<Row>,
    style: StyleIndex,
    /// By block of [`Block::OWN`]; none for n-grams, which have their rows beside them.
    rows: [Vec<[Row; 2]>; Block::OWN.len()],
    max_ngram: usize,
    quotation: (WordId, WordFeatures),
}

/// What a paragraph needs while its features are found, kept from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// The author's words in order, with one for each run of quoted ones.
    author: Vec<WordId>,
    /// What stands for them in class n-grams.
    symbols: Vec<u32>,
    unseen: Vec<u64>,
    /// The features of each block of [`Block::OWN`] but n-grams.
    lists: [Vec<u32>; Block::OWN.len()],
    /// Empty between two blocks.
    pub(crate) distinct: Distinct,
    pub(crate) search: Search,
    /// Features of style that the next paragraph has by this one.
    pub(crate) handed_on: Vec<u32>,
}

const NGRAMS: usize = Block::Ngrams.source();
const STYLE: usize = Block::Style.source();
const CLASS_NGRAMS: usize = Block::ClassNgrams.source();

impl Indexer {
    /// The words that an indexer of these vocabularies looks at.
    pub(crate) fn words<'a>(
        maker: &'a FeatureMaker,
        vocabularies: &'a [Vocabulary],
    ) -> impl Iterator<Item = &'a str> {
        let ngrams = names_of(vocabularies, Block::Ngrams).flat_map(parts);
        let begins = names_of(vocabularies, Block::Style).filter_map(|name| name.strip_prefix("begins:"));
        // The table of classes has its most frequent words first, which are to be found first.
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
    pub(crate) fn new<'a>(
        maker: &FeatureMaker,
        vocabularies: &'a [Vocabulary],
        tables: &Tables<'_>,
        lexicon: &Lexicon,
        distinct: &[(&str, WordId)],
    ) -> Indexer {
        let [words, ngrams, quoted, style, class_words, class_ngrams] =
            Block::OWN.map(|block| &vocabularies[block.source()]);
        let has_classes = !maker.classes.is_empty();
        let by_name: FxHashMap<&str, u32> = class_words.names().zip(0..).filter(|_| has_classes).collect();
        let class = |name: &str| by_name.get(name).copied().unwrap_or(NONE);
        let (symbols, _) = Lexicon::new(class_ngrams.names().flat_map(parts));
        let symbol = |name: &str| symbols.id(name).filter(|_| has_classes).unwrap_or(NONE);
        let unknown = WordFeatures { word: NONE, quoted: NONE, coarse: NONE, fine: NONE, symbol: NONE };
        let mut of_word = vec![unknown; lexicon.len()];
        for (entry, ending) in of_word.iter_mut().zip(UNKNOWN_CLASSES) {
            *entry = WordFeatures { coarse: class(ending), symbol: symbol(ending), ..unknown };
        }
        for &(name, id) in distinct {
            let (coarse, fine, stand_in) = maker.classes.of_word(name);
            of_word[id as usize] = WordFeatures {
                coarse: class(coarse),
                fine: fine.map_or(NONE, class),
                symbol: symbol(stand_in),
                ..unknown
            };
        }
        let ids = |vocabulary: &'a Vocabulary| vocabulary.names().map(|name| lexicon.id(name)).zip(0..);
        let known = |(id, feature): (Option<WordId>, u32)| Some((id? as usize, feature));
        ids(words).filter_map(known).for_each(|(id, feature)| of_word[id].word = feature);
        ids(quoted).filter_map(known).for_each(|(id, feature)| of_word[id].quoted = feature);
        let quotation = lexicon.id(QUOTATION).unwrap_or(NONE);
        let (style, cues) = StyleIndex::new(style, lexicon);
        let rows = Block::OWN.map(|block| match block {
            Block::Ngrams | Block::ClassNgrams => Vec::new(),
            _ => tables.pairs(block, vocabularies[block.source()].len()),
        });
        Indexer {
            quotation: (quotation, of_word.get(quotation as usize).copied().unwrap_or(unknown)),
            known: of_word.into_iter().zip(cues).collect(),
            ngrams: tree(ngrams, lexicon, |feature| tables.row(Block::Ngrams, feature)),
            class_ngrams: tree(class_ngrams, &symbols, |feature| tables.row(Block::ClassNgrams, feature)),
            style,
            rows,
            max_ngram: maker.max_ngram,
        }
    }

    /// What is known of a word, given once for all: `form` is what the learned filter knows.
    pub(crate) fn known(&self, id: WordId, form: WordForm) -> Known {
        let (features, cues) = self.known[id as usize];
        Known { features, cues, form }
    }

    /// Forgets what the records of words have now.
    pub(crate) fn known_is_recorded(&mut self) {
        self.known = Vec::new();
    }

    /// The features of a paragraph by block of [`Block::OWN`], distinct, in no order; `scratch` holds what the
    /// paragraph before it, if any, handed on.
    pub(crate) fn lists(
        &self,
        seen: &Seen<'_>,
        scratch: &mut Scratch,
    ) -> ([Vec<u32>; Block::OWN.len()], NWords) {
        let n_words = self.find(seen, scratch);
        let mut lists = scratch.lists.clone();
        self.each_ngram(scratch, |feature, _| lists[NGRAMS].push(feature));
        self.each_class_ngram(scratch, |feature, _| lists[CLASS_NGRAMS].push(feature));
        (lists, n_words)
    }

    /// The sums of their rows.
    pub(crate) fn sums(&self, seen: &Seen<'_>, scratch: &mut Scratch) -> ([Sums; Block::OWN.len()], NWords) {
        let n_words = self.find(seen, scratch);
        let mut sums = std::array::from_fn(|block| Sums::of_pairs(&self.rows[block], &scratch.lists[block]));
        // Sums in places of their own stay in registers while they are added to.
        let (mut ngrams, mut class_ngrams) = (Sums::default(), Sums::default());
        self.each_ngram(scratch, |_, row| ngrams.add(row));
        self.each_class_ngram(scratch, |_, row| class_ngrams.add(row));
        (sums[NGRAMS], sums[CLASS_NGRAMS]) = (ngrams, class_ngrams);
        (sums, n_words)
    }

    /// Finds all features but n-grams, and leaves them in `scratch` with the words that n-grams are made of. Says
    /// how many distinct words the author has and how many of them are features.
    fn find(&self, seen: &Seen<'_>, scratch: &mut Scratch) -> NWords {
        scratch.lists.iter_mut().for_each(Vec::clear);
        let n_words = self.words_and_classes(seen, scratch);
        let Scratch { lists, distinct, handed_on, .. } = scratch;
        let mut cue = |cue: u32| {
            if distinct.insert(cue) {
                lists[STYLE].push(cue);
            }
        };
        handed_on.drain(..).for_each(&mut cue);
        self.style.cues(seen, cue, handed_on);
        distinct.clear();
        n_words
    }

    fn each_ngram(&self, scratch: &mut Scratch, mut take: impl FnMut(u32, &Row)) {
        let Scratch { author, distinct, search, .. } = scratch;
        self.ngrams.each(author, self.max_ngram, search, |feature, row| {
            if distinct.insert(feature) {
                take(feature, row);
            }
        });
        distinct.clear();
    }

    fn each_class_ngram(&self, scratch: &mut Scratch, mut take: impl FnMut(u32, &Row)) {
        let Scratch { symbols, distinct, search, .. } = scratch;
        self.class_ngrams.each(symbols, classes::MAX_NGRAM, search, |feature, row| {
            if distinct.insert(feature) {
                take(feature, row);
            }
        });
        distinct.clear();
    }

    /// The features of single words; the author's words and what stands for them are left in `scratch`.
    fn words_and_classes(&self, seen: &Seen<'_>, scratch: &mut Scratch) -> NWords {
        let Scratch { author, symbols, unseen, lists, distinct, .. } = scratch;
        let [words, _, quoted, _, classes, _] = lists;
        author.clear();
        symbols.clear();
        unseen.clear();
        let mut n_words = NWords { known: 0, all: 0 };
        let mut class = |class: u32| {
            if class != NONE && distinct.insert(class) {
                classes.push(class);
            }
        };
        let mut in_quotation = false;
        for ((token, record), first) in seen.tokens.iter().zip(&seen.records).zip(&seen.firsts) {
            let known = &record.known.features;
            let is_quoted = token.voice == Voice::Quoted;
            if is_quoted && !in_quotation {
                let (id, quotation) = &self.quotation;
                author.push(*id);
                symbols.push(quotation.symbol);
                class(quotation.coarse);
                class(quotation.fine);
            }
            in_quotation = is_quoted;
            if is_quoted {
                if first.in_voice && token.kind == Kind::Word && known.quoted != NONE {
                    quoted.push(known.quoted);
                }
                continue;
            }
            author.push(record.id);
            symbols.push(known.symbol);
            if !first.in_voice {
                continue;
            }
            if known.word != NONE {
                n_words.known += 1;
                words.push(known.word);
            } else if !Lexicon::is_unknown(record.id) {
                // Known to the lexicon, by a class or an n-gram, but no feature itself.
                n_words.all += 1;
            }
            class(known.coarse);
            class(known.fine);
        }
        distinct.clear();
        let unknown = seen.unknown.iter().filter(|(place, _)| seen.tokens[*place].voice == Voice::Author);
        unseen.extend(unknown.map(|(_, hash)| *hash));
        unseen.sort_unstable();
        unseen.dedup();
        n_words.all += n_words.known + unseen.len();
        n_words
    }
}

/// The distinct words of the author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NWords {
    /// Those that are features.
    pub(crate) known: usize,
    pub(crate) all: usize,
}

fn names_of(vocabularies: &[Vocabulary], block: Block) -> impl Iterator<Item = &str> {
    vocabularies[block.source()].names()
}

/// The n-grams of a vocabulary over the numbers of their parts.
fn tree(vocabulary: &Vocabulary, lexicon: &Lexicon, row: impl Fn(u32) -> Row) -> NgramTree<Row> {
    let ids = |name| parts(name).map(|part| lexicon.id(part));
    let ngrams = vocabulary.names().zip(0..).filter_map(|(name, feature)| Ngram::new(ids(name), feature));
    let ngrams: Vec<Ngram> = ngrams.collect();
    NgramTree::new(lexicon.len(), &ngrams, row)
}
