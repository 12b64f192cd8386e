//! Runs of words, or of classes, by their numbers.

/// The feature of what has none.
pub(crate) const NONE: u32 = u32::MAX;

/// The n-grams of a vocabulary as a tree: each step goes from a beginning and the part after it to a longer
/// beginning.
///
/// The steps lie in one table with open addressing; the place of a step is the number of the beginning that it
/// leads to. Most pairs of words that stand together in a text are no step: a bit for each hash, in a table
/// that fits the cache, says so for most of them.
#[derive(Debug, Clone)]
pub(crate) struct NgramTree {
    /// The beginning and the part; [`EMPTY`] where there is no step. A power of two, a quarter of them empty.
    keys: Vec<u64>,
    /// By place: the feature that a step completes.
    features: Vec<u32>,
    /// Bits of hashes of steps, eight for each place.
    maybe: Vec<u8>,
    /// Parts have smaller numbers; a beginning of two parts or more has this one or a larger one.
    n_parts: u32,
}

const EMPTY: u64 = u64::MAX;

impl NgramTree {
    /// A tree of n-grams over parts with numbers under `n_parts`: each as its parts, two or more, and its
    /// feature.
    pub(crate) fn new(n_parts: usize, ngrams: &[(Vec<u32>, u32)]) -> NgramTree {
        let n_steps: usize = ngrams.iter().map(|(parts, _)| parts.len().saturating_sub(1)).sum();
        let n_places = (n_steps * 4 / 3 + 4).next_power_of_two();
        let mut tree = NgramTree {
            keys: vec![EMPTY; n_places],
            features: vec![NONE; n_places],
            maybe: vec![0; n_places],
            n_parts: n_parts as u32,
        };
        ngrams.iter().for_each(|(parts, feature)| tree.insert(parts, *feature));
        tree
    }

    fn insert(&mut self, parts: &[u32], feature: u32) {
        let [first, rest @ .., last] = parts else { return };
        let mut node = *first;
        for &part in rest {
            node = self.n_parts + self.place_or_insert(key_of(node, part)) as u32;
        }
        let place = self.place_or_insert(key_of(node, *last));
        self.features[place] = feature;
    }

    fn place_or_insert(&mut self, key: u64) -> usize {
        let hash = hash_of(key);
        let (byte, bit) = self.bit(hash);
        self.maybe[byte] |= bit;
        let mut place = self.first_place(hash);
        while self.keys[place] != EMPTY && self.keys[place] != key {
            place = (place + 1) & (self.keys.len() - 1);
        }
        self.keys[place] = key;
        place
    }

    /// Calls `take` on the feature of every n-gram of `parts` of up to `max` parts.
    ///
    /// All pairs are looked up before what begins with them: look-ups that do not wait for one another hide
    /// the time that memory takes.
    pub(crate) fn each(&self, parts: &[u32], max: usize, mut take: impl FnMut(u32)) {
        // Beginnings, each with the place of the part after it.
        let mut open: Vec<(u32, usize)> = Vec::with_capacity(parts.len());
        open.extend(
            parts.iter().zip(1..).filter(|(part, _)| **part != NONE).map(|(part, next)| (*part, next)),
        );
        let mut steps: Vec<(u64, u64, usize)> = Vec::with_capacity(parts.len());
        for _ in 1..max {
            steps.clear();
            for &(node, next) in &open {
                let Some(&part) = parts.get(next) else { break };
                let key = key_of(node, part);
                let hash = hash_of(key);
                let (byte, bit) = self.bit(hash);
                if self.maybe[byte] & bit != 0 {
                    steps.push((key, hash, next + 1));
                }
            }
            open.clear();
            for &(key, hash, next) in &steps {
                if let Some(place) = self.place(key, hash) {
                    open.push((self.n_parts + place as u32, next));
                }
            }
            for &(node, _) in &open {
                let feature = self.features[(node - self.n_parts) as usize];
                if feature != NONE {
                    take(feature);
                }
            }
        }
    }

    /// The place of a step, where there is one.
    fn place(&self, key: u64, hash: u64) -> Option<usize> {
        let mut place = self.first_place(hash);
        loop {
            match self.keys[place] {
                found if found == key => return Some(place),
                EMPTY => return None,
                _ => place = (place + 1) & (self.keys.len() - 1),
            }
        }
    }

    /// The byte of `maybe` and the bit in it for a hash, by its upper bits.
    fn bit(&self, hash: u64) -> (usize, u8) {
        let byte = (hash >> 32) as usize & (self.maybe.len() - 1);
        (byte, 1 << (hash >> 61))
    }

    /// By the lower bits of a hash.
    fn first_place(&self, hash: u64) -> usize {
        (hash >> 8) as usize & (self.keys.len() - 1)
    }
}

fn key_of(node: u32, part: u32) -> u64 {
    u64::from(node) << 32 | u64::from(part)
}

fn hash_of(key: u64) -> u64 {
    let mixed = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 32)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(tree: &NgramTree, parts: &[u32], max: usize) -> Vec<u32> {
        let mut found = Vec::new();
        tree.each(parts, max, |feature| found.push(feature));
        found
    }

    #[test]
    fn many_ngrams_are_told_from_those_that_are_none() {
        let pair = |i: u32| vec![i * 7 % 1_000, i / 10];
        let ngrams: Vec<(Vec<u32>, u32)> = (0..9_000).map(|i| (pair(i), i)).collect();
        let tree = NgramTree::new(1_000, &ngrams);
        for (parts, feature) in ngrams {
            assert_eq!(found(&tree, &parts, 2), [feature]);
            assert!(found(&tree, &[parts[0], 950], 2).is_empty());
        }
    }

    #[test]
    fn ngrams_are_found_with_those_that_begin_them() {
        let ngrams = [(vec![1, 2], 10), (vec![1, 2, 3], 11), (vec![2, 3, 4], 12), (vec![4], 13)];
        let tree = NgramTree::new(5, &ngrams);
        assert_eq!(found(&tree, &[1, 2, 3, 4], 3), [10, 11, 12]);
        assert_eq!(found(&tree, &[1, 2, 3, 4], 2), [10]);
        assert!(found(&tree, &[4, 1, 3], 3).is_empty());
        assert!(found(&tree, &[NONE, 2, NONE], 3).is_empty());
    }
}
