//! Runs of words, or of classes, by their numbers.

/// The feature of what has none.
pub(crate) const NONE: u32 = u32::MAX;

/// The n-grams of a vocabulary as a tree: each step goes from a beginning and the part after it to a longer
/// beginning.
///
/// The steps lie in one table with open addressing; the place of a step is the number of the beginning that it
/// leads to. Most pairs of words that stand together in a text are no step: a bit for each hash, in a table
/// that fits the cache, says so for most of them.
///
/// Beside each key lies what is kept of its n-gram: a second look elsewhere would be a second wait for memory.
#[derive(Debug, Clone)]
pub(crate) struct NgramTree<R> {
    /// A power of two, a quarter of them empty or more.
    steps: Vec<Step<R>>,
    /// Bits of hashes of steps, four for each place.
    maybe: Vec<u8>,
    /// Parts have smaller numbers; a beginning of two parts or more has this one or a larger one.
    n_parts: u32,
}

/// One step, with all that is known of it in one line of the cache.
#[derive(Debug, Clone, Copy)]
struct Step<R> {
    /// The beginning and the part; [`EMPTY`] where there is no step.
    key: u64,
    /// The feature that it completes.
    feature: u32,
    /// What is kept of that feature.
    row: R,
}

/// The most parts of an n-gram.
const MAX_PARTS: usize = 5;

/// An n-gram of a vocabulary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ngram {
    parts: [u32; MAX_PARTS],
    n_parts: usize,
    feature: u32,
}

impl Ngram {
    /// One of these parts; `None` where a part is unknown, or there are more than an n-gram has.
    pub(crate) fn new(parts: impl Iterator<Item = Option<u32>>, feature: u32) -> Option<Ngram> {
        let mut ngram = Ngram { parts: [NONE; MAX_PARTS], n_parts: 0, feature };
        for part in parts {
            *ngram.parts.get_mut(ngram.n_parts)? = part?;
            ngram.n_parts += 1;
        }
        Some(ngram)
    }

    /// The feature that it is.
    pub(crate) fn feature(&self) -> u32 {
        self.feature
    }

    pub(crate) fn parts(&self) -> &[u32] {
        &self.parts[..self.n_parts]
    }
}

/// What a search through a tree has at hand, kept from one text to the next.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// Beginnings, each with the place of the part after it.
    open: Vec<(u32, u32)>,
    /// Steps that there may be, each with the place of the part after it.
    steps: Vec<(u64, u32)>,
}

const EMPTY: u64 = u64::MAX;

impl<R: Copy + Default> NgramTree<R> {
    /// A tree of n-grams of two parts or more, whose numbers are under `n_parts`; of the feature of each it keeps
    /// `row`.
    pub(crate) fn new(n_parts: usize, ngrams: &[Ngram], row: impl Fn(u32) -> R) -> NgramTree<R> {
        // At most as full as this, a table is small and still quick to search.
        let fits = |n_steps: usize, n_places: usize| 4 * n_steps <= 3 * n_places;
        let mut n_places = 16;
        while !fits(ngrams.len(), n_places) {
            n_places *= 2;
        }
        loop {
            let mut tree = NgramTree {
                steps: vec![Step { key: EMPTY, feature: NONE, row: R::default() }; n_places],
                maybe: vec![0; n_places / 2],
                n_parts: n_parts as u32,
            };
            let mut n_steps = 0;
            let fit = ngrams.iter().all(|ngram| {
                let fits = fits(n_steps + ngram.n_parts, n_places);
                if fits {
                    tree.insert(ngram.parts(), (ngram.feature, row(ngram.feature)), &mut n_steps);
                }
                fits
            });
            if fit {
                return tree;
            }
            // There are beginnings that are no n-grams themselves.
            n_places *= 2;
        }
    }

    fn insert(&mut self, parts: &[u32], (feature, row): (u32, R), n_steps: &mut usize) {
        let [first, rest @ .., last] = parts else { return };
        let mut node = *first;
        for &part in rest {
            node = self.n_parts + self.place_or_insert(key_of(node, part), n_steps) as u32;
        }
        let place = self.place_or_insert(key_of(node, *last), n_steps);
        let step = &mut self.steps[place];
        (step.feature, step.row) = (feature, row);
    }

    fn place_or_insert(&mut self, key: u64, n_steps: &mut usize) -> usize {
        let hash = hash_of(key);
        let (byte, bit) = self.bit(hash);
        self.maybe[byte] |= bit;
        let mut place = self.first_place(hash);
        while self.steps[place].key != EMPTY && self.steps[place].key != key {
            place = (place + 1) & (self.steps.len() - 1);
        }
        *n_steps += usize::from(self.steps[place].key == EMPTY);
        self.steps[place].key = key;
        place
    }

    /// Calls `take` on the feature of every n-gram of `parts` of up to `max` parts, and on its row. A text has
    /// fewer parts than a `u32` counts.
    ///
    /// All pairs are looked up before what begins with them: look-ups that do not wait for one another hide
    /// the time that memory takes.
    #[inline]
    pub(crate) fn each(&self, parts: &[u32], max: usize, search: &mut Search, mut take: impl FnMut(u32, &R)) {
        let Search { open, steps } = search;
        steps.clear();
        if max > 1 {
            for (pair, next) in parts.windows(2).zip(2..) {
                let key = key_of(pair[0], pair[1]);
                if self.may_have(key) && pair[0] != NONE {
                    steps.push((key, next));
                }
            }
        }
        for n in 2..=max {
            open.clear();
            self.warm(steps);
            for &(key, next) in &*steps {
                let Some(place) = self.place(key) else { continue };
                let step = &self.steps[place];
                if n < max {
                    open.push((self.n_parts + place as u32, next));
                }
                if step.feature != NONE {
                    take(step.feature, &step.row);
                }
            }
            steps.clear();
            for &(node, next) in &*open {
                let Some(&part) = parts.get(next as usize) else { break };
                let key = key_of(node, part);
                if self.may_have(key) {
                    steps.push((key, next + 1));
                }
            }
        }
    }

    /// Has memory bring the places of all steps at once: a search that asks for one, judges it and then asks for
    /// the next waits for each.
    fn warm(&self, steps: &[(u64, u32)]) {
        let keys = steps.iter().map(|&(key, _)| self.steps[self.first_place(hash_of(key))].key);
        std::hint::black_box(keys.fold(0, |all, key| all ^ key));
    }

    /// The place of a step, where there is one.
    #[inline]
    fn place(&self, key: u64) -> Option<usize> {
        let mut place = self.first_place(hash_of(key));
        loop {
            match self.steps[place].key {
                found if found == key => return Some(place),
                EMPTY => return None,
                _ => place = (place + 1) & (self.steps.len() - 1),
            }
        }
    }

    /// Whether there may be such a step.
    #[inline]
    fn may_have(&self, key: u64) -> bool {
        let (byte, bit) = self.bit(hash_of(key));
        self.maybe[byte] & bit != 0
    }

    /// The byte of `maybe` and the bit in it for a hash, by its upper bits.
    #[inline]
    fn bit(&self, hash: u64) -> (usize, u8) {
        let byte = (hash >> 32) as usize & (self.maybe.len() - 1);
        (byte, 1 << (hash >> 61))
    }

    /// By middle bits of a hash.
    #[inline]
    fn first_place(&self, hash: u64) -> usize {
        (hash >> 28) as usize & (self.steps.len() - 1)
    }
}

fn key_of(node: u32, part: u32) -> u64 {
    u64::from(node) << 32 | u64::from(part)
}

/// One multiplication: the upper half of a product depends on all of the key's lower bits, and on those of its
/// upper half once they are folded in.
#[inline]
fn hash_of(key: u64) -> u64 {
    (key ^ key >> 29).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The features that are found, each of which has itself for its row.
    fn found(tree: &NgramTree<u32>, parts: &[u32], max: usize) -> Vec<u32> {
        let mut found = Vec::new();
        tree.each(parts, max, &mut Search::default(), |feature, row| {
            assert_eq!(feature, *row);
            found.push(feature);
        });
        found
    }

    fn ngram(parts: &[u32], feature: u32) -> Ngram {
        Ngram::new(parts.iter().copied().map(Some), feature).unwrap()
    }

    #[test]
    fn ngrams_of_unknown_or_too_many_parts_are_none() {
        assert_eq!(Ngram::new([Some(1), None].into_iter(), 0), None);
        assert_eq!(Ngram::new([Some(1); MAX_PARTS + 1].into_iter(), 0), None);
    }

    #[test]
    fn many_ngrams_are_told_from_those_that_are_none() {
        let pair = |i: u32| [i * 7 % 1_000, i / 10];
        let ngrams: Vec<Ngram> = (0..9_000).map(|i| ngram(&pair(i), i)).collect();
        let tree = NgramTree::new(1_000, &ngrams, |feature| feature);
        for ngram in ngrams {
            assert_eq!(found(&tree, ngram.parts(), 2), [ngram.feature]);
            assert!(found(&tree, &[ngram.parts[0], 950], 2).is_empty());
        }
    }

    #[test]
    fn ngrams_are_found_with_those_that_begin_them() {
        let ngrams = [ngram(&[1, 2], 10), ngram(&[1, 2, 3], 11), ngram(&[2, 3, 4], 12), ngram(&[4], 13)];
        let tree = NgramTree::new(5, &ngrams, |feature| feature);
        assert_eq!(found(&tree, &[1, 2, 3, 4], 3), [10, 11, 12]);
        assert_eq!(found(&tree, &[1, 2, 3, 4], 2), [10]);
        assert!(found(&tree, &[4, 1, 3], 3).is_empty());
        assert!(found(&tree, &[NONE, 2, NONE], 3).is_empty());
    }
}
