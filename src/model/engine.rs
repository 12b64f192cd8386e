//! The fast way from a paragraph to the numbers of its features; features by name are its slow twin.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Model;
use crate::features::{
    Block, Indexer, Lexicon, N_LANES, NWords, Records, Scratch, Seen, Sums, Tables, WordForm,
};
use crate::filter::{FormBound, FormIndex, LearnedFilter};

/// How many blocks are scored by name before an engine is made: it takes as long to make as some hundred
/// blocks take by name.
const N_BY_NAME: usize = 200;

/// A model's features by the words that they are made of.
#[derive(Debug)]
pub(crate) struct Engine {
    records: Records,
    indexer: Indexer,
    form: Option<(FormIndex, FormBound)>,
    /// Whether the values of all classes fit a row.
    has_rows: bool,
}

impl Engine {
    fn new(model: &Model) -> Engine {
        let Model { maker, vocabularies, filter, blocks, .. } = model;
        let of_filter = filter.learned.iter().flat_map(|learned| FormIndex::words(&learned.vocabulary));
        let (lexicon, distinct) = Lexicon::new(Indexer::words(maker, vocabularies).chain(of_filter));
        let n_classes = model.labels.len();
        let values = std::array::from_fn(|block| blocks[block].table.values());
        let tables = Tables { n_classes, values };
        let mut indexer = Indexer::new(maker, vocabularies, &tables, &lexicon, &distinct);
        let form = filter.learned.as_ref().map(|learned| {
            let (index, pairs) = FormIndex::new(&learned.vocabulary, &lexicon, &distinct, &maker.classes);
            let (bound, forms) = FormBound::new(learned, &index, &pairs);
            ((index, bound), forms)
        });
        let (form, forms) = form.unzip();
        let form_of = |id: u32| forms.as_ref().map_or(WordForm::default(), |forms| forms[id as usize]);
        let records = Records::new(&distinct, |id| indexer.known(id, form_of(id)));
        indexer.known_is_recorded();
        Engine { records, indexer, form, has_rows: n_classes <= N_LANES }
    }

    /// Whether sums over features can be had without their numbers.
    pub(crate) fn has_rows(&self) -> bool {
        self.has_rows
    }

    /// Reads the words of a text.
    pub(crate) fn see<'a>(&'a self, text: &'a str, seen: &mut Seen<'a>) {
        self.records.see(text, seen);
        seen.tell_firsts();
    }

    /// The features of a paragraph by block, distinct, in no order.
    pub(crate) fn lists(
        &self,
        seen: &Seen<'_>,
        scratch: &mut Scratch,
    ) -> ([Vec<u32>; Block::OWN.len()], NWords) {
        self.indexer.lists(seen, scratch)
    }

    /// The sums of their rows, where there are rows.
    pub(crate) fn sums(&self, seen: &Seen<'_>, scratch: &mut Scratch) -> ([Sums; Block::OWN.len()], NWords) {
        self.indexer.sums(seen, scratch)
    }

    /// Whether the learned filter takes a block for boilerplate.
    pub(crate) fn is_boilerplate(
        &self,
        seen: &Seen<'_>,
        filter: &LearnedFilter,
        scratch: &mut Scratch,
    ) -> bool {
        self.form.as_ref().is_some_and(|(index, bound)| {
            !bound.is_surely_prose(seen, index)
                && filter.is_boilerplate(&index.indices(seen, &mut scratch.distinct, &mut scratch.search))
        })
    }
}

/// An engine that is made when there is work for it.
#[derive(Debug, Default)]
pub(crate) struct LazyEngine {
    engine: OnceLock<Engine>,
    n_blocks: AtomicUsize,
}

impl Model {
    /// The engine, when `n_blocks` more to score are reason to have one. Which of the two ways a block
    /// goes changes nothing but the time.
    pub(crate) fn engine_for(&self, n_blocks: usize) -> Option<&Engine> {
        let before = self.engine.n_blocks.fetch_add(n_blocks, Ordering::Relaxed);
        let is_worth = before.saturating_add(n_blocks) > N_BY_NAME;
        is_worth.then(|| self.engine.engine.get_or_init(|| Engine::new(self)))
    }
}

impl Clone for LazyEngine {
    fn clone(&self) -> Self {
        LazyEngine::default()
    }
}

/// An engine is made of the rest of its model, and so says nothing of its own.
impl PartialEq for LazyEngine {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
