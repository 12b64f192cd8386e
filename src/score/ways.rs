//! The two ways to the features of an article's blocks, which give the same.

use std::borrow::Cow;

use crate::article::Paragraph;
use crate::bayes::centred_sums;
use crate::features::{Block, NWords, Scratch, Seen};
use crate::filter::LearnedFilter;
use crate::model::{Engine, Model};

/// What the model's tables make of one paragraph.
pub(super) struct Heard {
    /// The log-likelihoods of its own features in the table of each block of [`Block::ALL`], block by block,
    /// each with one value a class.
    pub(super) log_likelihoods: Vec<f64>,
    pub(super) n_words: NWords,
    /// Its features by block of [`Block::OWN`], where evidence is asked for.
    pub(super) features: Option<Features>,
}

/// The numbers of a paragraph's features, by block of [`Block::OWN`].
pub(super) type Features = [Vec<u32>; Block::OWN.len()];

/// How the blocks of an article are heard, in their order.
pub(super) trait Hear {
    /// Whether the learned filter takes a block for boilerplate.
    fn is_boilerplate(&mut self, index: usize, filter: &LearnedFilter) -> bool;

    /// What is heard in a paragraph; `goes_on` tells whether the last one that was heard stands before it.
    fn hear(&mut self, index: usize, goes_on: bool) -> Heard;
}

/// By the names of features, the slow and obvious way.
pub(super) struct ByName<'a> {
    model: &'a Model,
    paragraphs: &'a [Paragraph],
    /// The last paragraph that was heard.
    before: Option<usize>,
}

impl<'a> ByName<'a> {
    pub(super) fn new(model: &'a Model, paragraphs: &'a [Paragraph]) -> Self {
        ByName { model, paragraphs, before: None }
    }
}

impl Hear for ByName<'_> {
    fn is_boilerplate(&mut self, index: usize, filter: &LearnedFilter) -> bool {
        filter.is_boilerplate(&filter.features(&self.paragraphs[index].text, &self.model.maker.classes))
    }

    fn hear(&mut self, index: usize, goes_on: bool) -> Heard {
        let before = self.before.filter(|_| goes_on).map(|before| voiced(&self.paragraphs[before]));
        let Model { maker, vocabularies, .. } = self.model;
        let text = voiced(&self.paragraphs[index]);
        let (features, n_words) = maker.indices(vocabularies, &text, before.as_deref());
        self.before = Some(index);
        heard_of(self.model, features, n_words)
    }
}

/// By the numbers of their words.
pub(super) struct ByEngine<'a> {
    model: &'a Model,
    engine: &'a Engine,
    paragraphs: &'a [Paragraph],
    /// Whether the features themselves are wanted.
    with_features: bool,
    /// The block whose words are in `seen`.
    index: Option<usize>,
    seen: Seen<'a>,
    scratch: Scratch,
}

impl<'a> ByEngine<'a> {
    pub(super) fn new(
        model: &'a Model,
        engine: &'a Engine,
        paragraphs: &'a [Paragraph],
        with_features: bool,
    ) -> Self {
        let (seen, scratch) = (Seen::default(), Scratch::default());
        ByEngine { model, engine, paragraphs, with_features, index: None, seen, scratch }
    }

    fn see(&mut self, index: usize) {
        if self.index != Some(index) {
            self.engine.see(&self.paragraphs[index].text, &mut self.seen);
            self.index = Some(index);
        }
    }

    fn heard(model: &Model, engine: &Engine, seen: &Seen<'_>, scratch: &mut Scratch, lists: bool) -> Heard {
        if lists || !engine.has_rows() {
            let (features, n_words) = engine.lists(seen, scratch);
            return heard_of(model, features, n_words);
        }
        let (sums, n_words) = engine.sums(seen, scratch);
        let n_classes = model.labels.len();
        let mut log_likelihoods = Vec::with_capacity(Block::ALL.len() * n_classes);
        for block in Block::ALL {
            let of_block = &sums[block.source()];
            log_likelihoods.extend_from_slice(&of_block.of(block)[..n_classes]);
            let start = log_likelihoods.len() - n_classes;
            centred_sums(&mut log_likelihoods[start..], of_block.n_features);
        }
        Heard { log_likelihoods, n_words, features: None }
    }
}

impl Hear for ByEngine<'_> {
    fn is_boilerplate(&mut self, index: usize, filter: &LearnedFilter) -> bool {
        self.see(index);
        self.engine.is_boilerplate(&self.seen, filter, &mut self.scratch)
    }

    fn hear(&mut self, index: usize, goes_on: bool) -> Heard {
        if !goes_on {
            self.scratch.handed_on.clear();
        }
        let ByEngine { model, engine, with_features, .. } = *self;
        match voiced(&self.paragraphs[index]) {
            Cow::Borrowed(_) => {
                self.see(index);
                Self::heard(model, engine, &self.seen, &mut self.scratch, with_features)
            }
            Cow::Owned(text) => {
                let mut seen = Seen::default();
                engine.see(&text, &mut seen);
                Self::heard(model, engine, &seen, &mut self.scratch, with_features)
            }
        }
    }
}

/// What the tables make of these features.
fn heard_of(model: &Model, features: Features, n_words: NWords) -> Heard {
    let of_block =
        |block: usize| model.blocks[block].table.log_likelihoods(&features[Block::ALL[block].source()]);
    let log_likelihoods = (0..Block::ALL.len()).flat_map(of_block).collect();
    Heard { log_likelihoods, n_words, features: Some(features) }
}

/// The text of a paragraph; a block quote between quotation marks, for its words are not the author's.
pub(super) fn voiced(paragraph: &Paragraph) -> Cow<'_, str> {
    let is_bare = !paragraph.text.starts_with(['"', '“', '‘', '«', '\'']);
    if paragraph.quoted && is_bare {
        Cow::Owned(format!("“{}”", paragraph.text))
    } else {
        Cow::Borrowed(&paragraph.text)
    }
}
