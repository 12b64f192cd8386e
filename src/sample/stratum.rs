//! The paragraphs of one stratum that come first in the order of drawing.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::Drawn;

/// A place in the order of drawing: a number that decides first, and a hash.
pub type Key = (u64, [u8; 32]);

/// The first paragraphs of a stratum. A random order and the first ones in it are a sample without replacement.
#[derive(Debug)]
pub struct Stratum {
    /// How many paragraphs the stratum has.
    pub n_seen: usize,
    capacity: usize,
    held: BTreeMap<Key, Drawn>,
    /// The keys of paragraphs that are held once for each text.
    of_text: HashMap<[u8; 20], Key>,
}

impl Stratum {
    pub fn new(capacity: usize) -> Stratum {
        Stratum { n_seen: 0, capacity, held: BTreeMap::new(), of_text: HashMap::new() }
    }

    pub fn n_held(&self) -> usize {
        self.held.len()
    }

    /// Whether a paragraph with this key would be held.
    pub fn accepts(&self, key: &Key) -> bool {
        let last = self.held.last_key_value().map(|(last, _)| last);
        self.held.len() < self.capacity || last.is_some_and(|last| key < last)
    }

    /// Adds a paragraph and drops the last one if there are too many. Of equal texts with a fingerprint, the first is
    /// kept.
    pub fn insert(&mut self, key: Key, drawn: Drawn) {
        if let Some(text) = drawn.fingerprint {
            match self.of_text.get(&text) {
                Some(other) if *other <= key => return,
                Some(other) => drop(self.held.remove(other)),
                None => {}
            }
            self.of_text.insert(text, key);
        }
        self.held.insert(key, drawn);
        self.shrink(self.capacity);
    }

    /// Lowers the number of paragraphs that are held.
    pub fn shrink(&mut self, capacity: usize) {
        self.capacity = self.capacity.min(capacity);
        while self.held.len() > self.capacity {
            let dropped = self.held.pop_last().and_then(|(_, drawn)| drawn.fingerprint);
            dropped.and_then(|text| self.of_text.remove(&text));
        }
    }

    /// The paragraphs in order.
    pub fn into_drawn(self) -> impl Iterator<Item = (Key, Drawn)> {
        self.held.into_iter()
    }
}

/// How many of `n` paragraphs are drawn of each stratum: the same number, or all if it is smaller. What is left over by
/// division goes to the largest ones.
pub fn allocation(sizes: &[usize], n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&stratum| sizes[stratum]);
    let (mut left, mut shares) = (n, vec![0; sizes.len()]);
    for (place, &stratum) in order.iter().enumerate() {
        shares[stratum] = sizes[stratum].min(left / (sizes.len() - place));
        left -= shares[stratum];
    }
    shares
}

/// Keeps as many strata as paragraphs are drawn, in a random order of their names.
pub fn most_needed(strata: &mut BTreeMap<String, Stratum>, n: usize, seed: u64) {
    if strata.len() > n {
        let hash = |name: &str| <[u8; 32]>::from(Sha256::digest(format!("{seed}\n{name}")));
        let mut hashes: Vec<[u8; 32]> = strata.keys().map(|name| hash(name)).collect();
        hashes.sort_unstable();
        strata.retain(|name, _| hash(name) < hashes[n]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strata_share_what_is_drawn() {
        for (sizes, n, expected) in [
            (vec![100, 100], 10, vec![5, 5]),
            (vec![100, 2, 100], 10, vec![4, 2, 4]),
            (vec![9, 9, 9], 10, vec![3, 3, 4]),
            (vec![3, 4], 10, vec![3, 4]),
            (vec![], 10, vec![]),
        ] {
            assert_eq!(allocation(&sizes, n), expected, "{sizes:?}");
        }
    }

    #[test]
    fn more_strata_than_paragraphs_are_drawn_at_random() {
        let strata = || (0..50).map(|name| (name.to_string(), Stratum::new(1))).collect::<BTreeMap<_, _>>();
        let names = |seed| {
            let mut strata = strata();
            most_needed(&mut strata, 5, seed);
            strata.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(names(1).len(), 5);
        assert_ne!(names(1), names(2));
    }
}
