//! Near-duplicates: texts that share most of their runs of three words.

use std::collections::HashMap;
use std::hash::Hasher;

use rustc_hash::{FxHashSet, FxHasher};

/// The length of a run, in words.
const RUN: usize = 3;
/// Texts that share at least this much of their runs are near-duplicates: one sentence in five or six may differ.
pub const NEAR: f64 = 0.7;
/// The signature of a text has this many bands of [`PER_BAND`] minima. Two texts that share 0.7 of their runs have a
/// band in common with a probability of .99, two that share 0.3 with one of .12.
const N_BANDS: u64 = 16;
const PER_BAND: u64 = 4;

/// The runs of three words of a text, as sorted hashes (shingles; Broder 1997). Case and punctuation do not count.
#[derive(Debug, Clone, PartialEq)]
pub struct Shingles(Vec<u64>);

impl Shingles {
    /// The shingles of a text; a text of fewer than three words is one shingle.
    pub fn of(text: &str) -> Shingles {
        let words = words(text);
        let hash = |run: &[String]| {
            let mut hasher = FxHasher::default();
            run.iter().for_each(|word| hasher.write(format!("{word} ").as_bytes()));
            mixed(hasher.finish())
        };
        let mut hashes: Vec<u64> = match words.len() {
            0 => Vec::new(),
            n => words.windows(RUN.min(n)).map(hash).collect(),
        };
        hashes.sort_unstable();
        hashes.dedup();
        Shingles(hashes)
    }

    /// The share of their shingles that two texts have in common (Jaccard), from 0 to 1.
    pub fn similarity(&self, other: &Shingles) -> f64 {
        let n_common = self.0.iter().filter(|hash| other.0.binary_search(hash).is_ok()).count();
        let n_all = self.0.len() + other.0.len() - n_common;
        if n_all == 0 { 0.0 } else { n_common as f64 / n_all as f64 }
    }

    /// The minima of the shingles under different orders (MinHash), joined in bands.
    fn bands(&self) -> impl Iterator<Item = u64> + '_ {
        (0..N_BANDS).map(|band| {
            let minimum = |n: u64| self.0.iter().map(|hash| mixed(hash ^ mixed(n + 1))).min().unwrap_or(0);
            (band * PER_BAND..(band + 1) * PER_BAND).fold(band, |joined, n| mixed(joined ^ minimum(n)))
        })
    }
}

/// For each text that nearly equals an earlier one: its index, that of the most similar earlier text, and their
/// similarity. Each text is compared with the first text of each band that they share, so time is linear.
pub fn near_duplicates(texts: &[Shingles]) -> Vec<(usize, usize, f64)> {
    let mut first_of: HashMap<u64, usize> = HashMap::new();
    let mut found = Vec::new();
    for (index, text) in texts.iter().enumerate().filter(|(_, text)| !text.0.is_empty()) {
        let earlier: FxHashSet<usize> = text
            .bands()
            .map(|band| *first_of.entry(band).or_insert(index))
            .filter(|&first| first < index)
            .collect();
        let mut earlier: Vec<usize> = earlier.into_iter().collect();
        earlier.sort_unstable();
        let near = earlier.into_iter().map(|first| (first, text.similarity(&texts[first])));
        let best = near
            .filter(|(_, similarity)| *similarity >= NEAR)
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        found.extend(best.map(|(first, similarity)| (index, first, similarity)));
    }
    found
}

/// The words of a text in lower case.
pub fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// A hash of a number whose bits all depend on all bits of it (SplitMix64).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "The council voted on Tuesday night to build the tram line that its members had discussed for \
        eleven years, and officials said that work would begin in the spring if the money was found in time.";

    #[test]
    fn texts_with_small_changes_are_near_duplicates() {
        let changed = TEXT.replace("Tuesday", "Monday").to_uppercase();
        let other = "A ferry left the harbour at noon with forty people and three cars on board, and came back at two.";
        let texts: Vec<Shingles> = [TEXT, other, &changed, TEXT, "", "Two words"].map(Shingles::of).into();
        let found = near_duplicates(&texts);
        assert_eq!(
            found.iter().map(|(index, first, _)| (*index, *first)).collect::<Vec<_>>(),
            [(2, 0), (3, 0)]
        );
        assert!(found[0].2 > NEAR && found[0].2 < 1.0);
        assert_eq!(found[1].2, 1.0);
        assert_eq!(texts[0].similarity(&texts[1]), 0.0);
    }
}
