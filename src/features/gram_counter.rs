//! The n-grams of a corpus, counted by the numbers of their parts.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use super::ngrams::NONE;

/// The longest n-gram that there is.
const MAX_PARTS: usize = 5;

/// Counts in how many rows each n-gram occurs.
pub(super) struct GramCounter {
    /// The numbers of grams by their steps, which lie in `steps`: most of the memory of training is what
    /// finds a gram.
    by_step: HashTable<u32>,
    /// By gram: its beginning and the part after it. Parts are the smallest numbers of beginnings; a gram
    /// that begins a longer one has the number after all parts, and its own.
    steps: Vec<(u32, u32)>,
    counts: Vec<RowCount>,
    n_parts: u32,
}

/// The n-grams that are kept.
pub(super) struct Grams {
    counter: GramCounter,
    /// In the order of their names.
    pub(super) order: Vec<u32>,
    /// By gram: its place in that order, or [`NONE`].
    features: Vec<u32>,
    /// In how many rows they occur, added up.
    pub(super) n_occurrences: usize,
}

impl GramCounter {
    /// Nothing counted yet, of `n_parts` parts.
    pub(super) fn new(n_parts: usize) -> GramCounter {
        let (by_step, n_parts) = (HashTable::new(), n_parts as u32);
        GramCounter { by_step, steps: Vec::new(), counts: Vec::new(), n_parts }
    }

    /// Counts the n-grams of two to `max` of a row's parts; rows come in order.
    pub(super) fn count(&mut self, row: usize, parts: &[u32], max: usize) {
        for start in 0..parts.len() {
            let mut beginning = parts[start];
            for &part in parts.iter().skip(start + 1).take(max - 1) {
                let next = self.steps.len() as u32;
                let step = (beginning, part);
                let is_step = |gram: &u32| self.steps[*gram as usize] == step;
                let hash = |gram: &u32| hash_of(self.steps[*gram as usize]);
                let gram = *self.by_step.entry(hash_of(step), is_step, hash).or_insert(next).get();
                if gram == next {
                    self.steps.push(step);
                    self.counts.push(RowCount::default());
                }
                self.counts[gram as usize].see(row);
                beginning = self.n_parts + gram;
            }
        }
    }

    /// Those that occur in at least `min_count` rows; `ranks` has the place of each part in the order of
    /// names.
    pub(super) fn kept(mut self, min_count: u32, ranks: &[u32]) -> Grams {
        let kept = |gram: &u32| self.counts[*gram as usize].n_rows >= min_count;
        let grams = 0..self.steps.len() as u32;
        let mut order: Vec<([u32; MAX_PARTS], u32)> = Vec::with_capacity(grams.clone().filter(kept).count());
        for gram in grams.filter(kept) {
            let mut by_rank = [0; MAX_PARTS];
            for (rank, part) in by_rank.iter_mut().zip(self.parts(gram)) {
                *rank = ranks[part as usize] + 1;
            }
            order.push((by_rank, gram));
        }
        order.sort_unstable();
        let order: Vec<u32> = order.into_iter().map(|(_, gram)| gram).collect();
        let mut features = vec![NONE; self.steps.len()];
        order.iter().zip(0..).for_each(|(&gram, place)| features[gram as usize] = place);
        let n_occurrences = order.iter().map(|&gram| self.counts[gram as usize].n_rows as usize).sum();
        // What is not kept is not looked for again.
        self.counts = Vec::new();
        self.by_step.retain(|gram| features[*gram as usize] != NONE);
        self.by_step.shrink_to_fit(|gram| hash_of(self.steps[*gram as usize]));
        Grams { counter: self, order, features, n_occurrences }
    }

    /// The gram with this step.
    fn gram(&self, step: (u32, u32)) -> Option<u32> {
        self.by_step.find(hash_of(step), |gram| self.steps[*gram as usize] == step).copied()
    }

    /// The parts of a gram.
    fn parts(&self, gram: u32) -> Vec<u32> {
        let (mut beginning, part) = self.steps[gram as usize];
        let mut parts = vec![part];
        while beginning >= self.n_parts {
            let (before, part) = self.steps[(beginning - self.n_parts) as usize];
            parts.push(part);
            beginning = before;
        }
        parts.push(beginning);
        parts.reverse();
        parts
    }
}

impl Grams {
    /// The parts of a gram.
    pub(super) fn parts(&self, gram: u32) -> Vec<u32> {
        self.counter.parts(gram)
    }

    /// Calls `take` on the place of every kept n-gram of two to `max` of `parts`.
    pub(super) fn each(&self, parts: &[u32], max: usize, mut take: impl FnMut(u32)) {
        for start in 0..parts.len() {
            let mut beginning = parts[start];
            for &part in parts.iter().skip(start + 1).take(max - 1) {
                let Some(gram) = self.counter.gram((beginning, part)) else {
                    // What begins with a rare gram is no less rare.
                    break;
                };
                take(self.features[gram as usize]);
                beginning = self.counter.n_parts + gram;
            }
        }
    }
}

fn hash_of((beginning, part): (u32, u32)) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u64(u64::from(beginning) << 32 | u64::from(part));
    hasher.finish()
}

/// In how many rows something occurs; rows are seen in order.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowCount {
    pub(super) n_rows: u32,
    /// One more than the last row that it was seen in.
    after_last: u32,
}

impl RowCount {
    pub(super) fn see(&mut self, row: usize) {
        let after = row as u32 + 1;
        self.n_rows += u32::from(self.after_last != after);
        self.after_last = after;
    }
}
