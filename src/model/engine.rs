//! The fast way from a paragraph to the numbers of its features; features by name are its slow twin.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Model;
use crate::features::Distinct;
use crate::features::Indexer;
use crate::features::Indices;
use crate::features::Lexicon;
use crate::features::Words;
use crate::gate::FormIndex;
use crate::token::Token;
use crate::token::tokens;

/// How many blocks are scored by name before an engine is made: it takes as long to make as some hundred
/// blocks take by name.
const N_BY_NAME: usize = 200;

/// A model's features by the words that they are made of.
#[derive(Debug)]
pub(crate) struct Engine {
    lexicon: Lexicon,
    indexer: Indexer,
    form: Option<FormIndex>,
}

/// A block's tokens and their words.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    words: Words,
}

impl Engine {
    fn new(model: &Model) -> Engine {
        let Model { maker, vocabularies, gate, .. } = model;
        let of_gate = gate.learned.iter().flat_map(|learned| FormIndex::words(&learned.vocabulary));
        let (lexicon, distinct) = Lexicon::new(Indexer::words(maker, vocabularies).chain(of_gate));
        let form = gate
            .learned
            .as_ref()
            .map(|learned| FormIndex::new(&learned.vocabulary, &lexicon, &distinct, &maker.classes));
        Engine { indexer: Indexer::new(maker, vocabularies, &lexicon, &distinct), lexicon, form }
    }

    pub(crate) fn see<'a>(&self, text: &'a str) -> Seen<'a> {
        let tokens = tokens(text);
        Seen { text, words: self.lexicon.words(text, &tokens), tokens }
    }

    /// The features of a paragraph; `previous` are those of the one before it.
    pub(crate) fn indices(
        &self,
        seen: &Seen<'_>,
        previous: Option<&Indices>,
        distinct: &mut Distinct,
    ) -> Indices {
        self.indexer.indices(seen.text, &seen.tokens, &seen.words, previous, distinct)
    }

    /// The features that the learned gate has of a block, where there is such a gate.
    pub(crate) fn form_indices(&self, seen: &Seen<'_>, distinct: &mut Distinct) -> Option<Vec<u32>> {
        Some(self.form.as_ref()?.indices(seen.text, &seen.tokens, &seen.words, distinct))
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
