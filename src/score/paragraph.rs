//! One paragraph at a time: its words, whether the filter drops it, and its scores without its neighbours.

use std::cell::RefCell;
use std::ops::Range;

use crate::article::Paragraph;
use crate::combination::{Combination, log_likelihoods};
use crate::features::{Buffers, FeatureGroup, N_GROUPS, ParagraphWords, RowSums, Sink, Table, UNKNOWN};
use crate::filter::{Reason, Verdict};
use crate::model::Model;
use crate::token::Kind;

/// The scores of a paragraph without its neighbours.
pub struct Alone {
    /// Unnormalised log-probabilities.
    pub scores: Vec<f64>,
    /// The share of its words that the model knows, from 0 to 1.
    pub known_share: f64,
}

/// Reads the paragraphs of an article in order, with buffers that are reused.
pub struct Reader<'a> {
    model: &'a Model,
    words: ParagraphWords<'a>,
    buffers: Buffers,
    sums: Sums<'a>,
}

impl<'a> Reader<'a> {
    pub fn new(model: &'a Model) -> Reader<'a> {
        let sums = Sums::new(&model.parts().tables, model.parts().label_map.n_classes());
        Reader { model, words: ParagraphWords::default(), buffers: Buffers::default(), sums }
    }

    /// Why a block is dropped, by the rules or, if they do not decide, by the learned table.
    pub fn reason(&mut self, paragraph: &'a Paragraph, verdict: Verdict) -> Option<Reason> {
        match (verdict, &self.model.parts().filter.learned) {
            (Verdict::Ask, Some(learned)) => {
                self.read(paragraph);
                let is_boilerplate =
                    ROW_SUMS.with_borrow_mut(|rows| learned.is_boilerplate(&self.words, rows));
                is_boilerplate.then_some(Reason::Boilerplate)
            }
            _ => verdict.reason(),
        }
    }

    /// The scores of a paragraph alone.
    pub fn alone(&mut self, paragraph: &'a Paragraph) -> Alone {
        match in_quotation_marks(paragraph) {
            None => {
                self.read(paragraph);
                alone(self.model, &self.words, &mut self.buffers, &mut self.sums)
            }
            Some(text) => {
                let mut words = ParagraphWords::default();
                self.model.parts().lexicon.read(&text, &mut words);
                alone(self.model, &words, &mut self.buffers, &mut self.sums)
            }
        }
    }

    fn read(&mut self, paragraph: &'a Paragraph) {
        // The filter may have read it already.
        if !std::ptr::eq(self.words.text, paragraph.text.as_str()) {
            self.model.parts().lexicon.read(&paragraph.text, &mut self.words);
        }
    }
}

fn alone(model: &Model, words: &ParagraphWords<'_>, buffers: &mut Buffers, sums: &mut Sums<'_>) -> Alone {
    let parts = model.parts();
    parts.extractor.extract(words, buffers, sums);
    Alone { scores: sums.scores(&parts.combination), known_share: known_share(words) }
}

/// The share of a paragraph's words that are in the lexicon; 1 for one of two words or fewer.
fn known_share(paragraph: &ParagraphWords<'_>) -> f64 {
    let (mut n_words, mut n_known) = (0u32, 0u32);
    for (token, word) in paragraph.tokens.iter().zip(&paragraph.words) {
        n_words += u32::from(token.kind == Kind::Word);
        n_known += u32::from(token.kind == Kind::Word && word.id != UNKNOWN);
    }
    if n_words > 2 { f64::from(n_known) / f64::from(n_words) } else { 1.0 }
}

/// The text of a block quote in quotation marks, because its words are not the author's; `None` for any other
/// paragraph.
pub fn in_quotation_marks(paragraph: &Paragraph) -> Option<String> {
    let is_bare = !paragraph.text.starts_with(['"', '“', '‘', '«', '\'']);
    (paragraph.quoted && is_bare).then(|| format!("“{}”", paragraph.text))
}

/// Adds up the rows of a paragraph's distinct features by group.
struct Sums<'a> {
    tables: &'a [Table],
    n_classes: usize,
    /// By group: the keys of the paragraph's features, which are looked up together.
    keys: [Vec<u64>; N_GROUPS],
    /// Group by group, one value for each class.
    sums: Vec<f64>,
}

thread_local! {
    /// Kept from one article to the next, because its bits for large tables take as long to clear as a short article
    /// takes to score. Nothing in it outlasts a paragraph.
    static ROW_SUMS: RefCell<RowSums> = RefCell::default();
}

impl<'a> Sums<'a> {
    fn new(tables: &'a [Table], n_classes: usize) -> Sums<'a> {
        Sums {
            tables,
            n_classes,
            keys: std::array::from_fn(|_| Vec::new()),
            sums: vec![0.0; N_GROUPS * n_classes],
        }
    }

    /// The scores of the paragraph, from the log-likelihoods of all groups; the next one starts from zero.
    fn scores(&mut self, combination: &Combination) -> Vec<f64> {
        let groups = self.sums.chunks_exact_mut(self.n_classes).zip(self.tables).zip(&mut self.keys);
        for ((sums, table), keys) in groups {
            let n_features = ROW_SUMS.with_borrow_mut(|rows| rows.add_up(table, keys, sums));
            log_likelihoods(sums, n_features);
            keys.clear();
        }
        combination.scores(&self.sums)
    }
}

impl Sink for Sums<'_> {
    #[inline]
    fn feature(&mut self, group: FeatureGroup, key: u64, _: Range<u32>) {
        self.keys[group as usize].push(key);
    }
}
