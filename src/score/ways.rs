//! The two ways to the features of an article's blocks, which give the same.

use std::borrow::Cow;
use std::cell::RefCell;

use crate::article::Paragraph;
use crate::features::Distinct;
use crate::features::Indices;
use crate::gate::LearnedGate;
use crate::model::Engine;
use crate::model::Model;
use crate::model::Seen;

/// How the features of an article's blocks are found.
pub(super) trait FindFeatures {
    /// Those that the learned gate has of a block.
    fn of_gate(&self, index: usize, gate: &LearnedGate) -> Vec<u32>;

    /// Those of paragraphs that follow one another.
    fn of_run(&self, run: &[usize]) -> Vec<Indices>;
}

/// By their names, the slow and obvious way.
pub(super) struct ByName<'a> {
    pub(super) model: &'a Model,
    pub(super) paragraphs: &'a [Paragraph],
}

impl FindFeatures for ByName<'_> {
    fn of_gate(&self, index: usize, gate: &LearnedGate) -> Vec<u32> {
        gate.features(&self.paragraphs[index].text, &self.model.maker.classes)
    }

    fn of_run(&self, run: &[usize]) -> Vec<Indices> {
        let texts: Vec<Cow<'_, str>> = run.iter().map(|&index| voiced(&self.paragraphs[index])).collect();
        let previous = std::iter::once(None).chain(texts.iter().map(|text| Some(text.as_ref())));
        let Model { maker, vocabularies, .. } = self.model;
        let pairs = texts.iter().zip(previous);
        pairs.map(|(text, previous)| Indices::by_name(maker, vocabularies, text, previous)).collect()
    }
}

/// By the numbers of their words.
pub(super) struct ByEngine<'a> {
    engine: &'a Engine,
    paragraphs: &'a [Paragraph],
    seen: Vec<Seen<'a>>,
    /// Empty between two uses.
    distinct: RefCell<Distinct>,
}

impl<'a> ByEngine<'a> {
    pub(super) fn new(engine: &'a Engine, paragraphs: &'a [Paragraph]) -> Self {
        let seen = paragraphs.iter().map(|paragraph| engine.see(&paragraph.text)).collect();
        ByEngine { engine, paragraphs, seen, distinct: RefCell::new(Distinct::new()) }
    }
}

impl FindFeatures for ByEngine<'_> {
    fn of_gate(&self, index: usize, _: &LearnedGate) -> Vec<u32> {
        self.engine.form_indices(&self.seen[index], &mut self.distinct.borrow_mut()).unwrap_or_default()
    }

    fn of_run(&self, run: &[usize]) -> Vec<Indices> {
        let mut found: Vec<Indices> = Vec::with_capacity(run.len());
        let distinct = &mut self.distinct.borrow_mut();
        for &index in run {
            let indices = match voiced(&self.paragraphs[index]) {
                Cow::Borrowed(_) => self.engine.indices(&self.seen[index], found.last(), distinct),
                Cow::Owned(text) => self.engine.indices(&self.engine.see(&text), found.last(), distinct),
            };
            found.push(indices);
        }
        found
    }
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
