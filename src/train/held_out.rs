//! Which paragraphs are held out from which tables.

use std::ops::Range;

use super::rows::Row;
use super::{Folds, TrainOptions};
use crate::corpus::Corpus;
use crate::error::{Error, Result};

/// The largest corpus, in paragraphs, of which [`Folds::Auto`] tests every paragraph.
const MAX_FOLDED: usize = 50_000;
/// The size of the part that is held out from a larger one: what five folds of [`MAX_FOLDED`] have each.
const PART: usize = 10_000;
/// How many such parts of a larger corpus tables are refined on.
const N_REFINED: usize = 5;

/// Which rows are held out, and from what.
pub(super) struct Plan {
    fold_of_document: Vec<usize>,
    /// By row.
    pub(super) fold_of: Vec<usize>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Each of so many folds is held out from tables of the others; the model's tables see all of them.
    Folds(usize),
    /// The first of many parts is held out from all tables.
    Part,
    Nothing,
}

impl Plan {
    /// `rows` are those of the corpus; the rows of a run are in one fold.
    pub(super) fn new(corpus: &Corpus, options: &TrainOptions, rows: &[Row]) -> Plan {
        let is_large = rows.len() > MAX_FOLDED;
        let n_parts = match options.folds {
            Folds::Auto if is_large => rows.len() / PART,
            folds => folds.count(),
        };
        let fold_of_document = corpus.folds(n_parts, options.group_by, options.seed);
        let n_folds = fold_of_document.iter().max().map_or(0, |last| last + 1);
        let kind = match options.folds {
            Folds::None => Kind::Nothing,
            Folds::Auto if is_large => Kind::Part,
            Folds::Auto | Folds::Count(_) => Kind::Folds(n_folds),
        };
        let fold_of = rows.iter().map(|row| fold_of_document[row.document]).collect();
        Plan { fold_of_document, fold_of, kind }
    }

    /// # Errors
    ///
    /// When no row of some label is held out: nothing could be said of how it is to be pooled.
    pub(super) fn check(&self, labels: &[String], rows: &[Row]) -> Result<()> {
        let mut is_tested = vec![self.kind == Kind::Nothing; labels.len()];
        for (row, fold) in rows.iter().zip(&self.fold_of) {
            is_tested[row.class] |= self.tested().contains(fold);
        }
        let Some(rare) = is_tested.iter().position(|is_tested| !is_tested) else { return Ok(()) };
        Err(Error::Corpus {
            found: format!("label `{}` so rarely that no paragraph of it is held out", labels[rare]),
            expected: "more of them, or `--folds` with a number, which tests on all".to_string(),
        })
    }

    /// The name that cards use.
    pub(super) fn name(&self, options: &TrainOptions) -> String {
        match self.kind {
            Kind::Folds(_) => options.folds.count().to_string(),
            Kind::Part => "1 part".to_string(),
            Kind::Nothing => "none".to_string(),
        }
    }

    /// The folds that are held out, one after the other.
    pub(super) fn tested(&self) -> Range<usize> {
        match self.kind {
            Kind::Folds(n) => 0..n,
            Kind::Part => 0..1,
            Kind::Nothing => 0..0,
        }
    }

    /// The fold that the model's own tables have not seen, where there is one.
    pub(super) fn never_seen(&self) -> Option<usize> {
        (self.kind == Kind::Part).then_some(0)
    }

    /// Whether all tables are fitted to the same rows.
    pub(super) fn fits_once(&self) -> bool {
        !matches!(self.kind, Kind::Folds(_))
    }

    /// Whether a row has other uses than to be counted in such tables.
    pub(super) fn is_used_alone(&self, row: usize) -> bool {
        let fold = self.fold_of[row];
        self.kind != Kind::Nothing && (fold == 0 || self.is_refined_on(fold))
    }

    /// Whether a fold's rows are among those that are refined on, where they are not held out.
    pub(super) fn is_refined_on(&self, fold: usize) -> bool {
        self.kind != Kind::Part || (1..=N_REFINED).contains(&fold)
    }

    /// The same runs, by the places of their rows among those that are held out.
    pub(super) fn tested_places(&self, runs: &[Range<usize>]) -> Vec<Range<usize>> {
        let mut start = 0;
        let place = |run: &Range<usize>| {
            start += run.len();
            start - run.len()..start
        };
        self.tested_runs(runs).map(place).collect()
    }

    /// The folds of the documents that a filter is learned from; `None` for the others.
    pub(super) fn filter_folds(&self) -> impl Iterator<Item = Option<usize>> {
        self.fold_of_document.iter().map(|&fold| (fold == 0 || self.is_refined_on(fold)).then_some(fold))
    }

    /// The runs whose rows are held out from some table.
    pub(super) fn tested_runs<'a>(
        &'a self,
        runs: &'a [Range<usize>],
    ) -> impl Iterator<Item = &'a Range<usize>> {
        runs.iter().filter(|run| self.tested().contains(&self.fold_of[run.start]))
    }
}
