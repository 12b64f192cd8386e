//! The features of one block that a model knows.

use std::borrow::Cow;
use std::hash::Hasher;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustc_hash::FxHashMap;
use rustc_hash::FxHasher;

/// The features of one block that a model knows, in order of their names.
///
/// The names lie in one text, which may be that of a model file.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// The names in order, with a line break between two.
    lines: Cow<'static, str>,
    /// Where each name ends.
    ends: Vec<u32>,
    /// Names by their hash, made when many are first looked up.
    by_hash: OnceLock<FxHashMap<u64, u32>>,
    /// How many were looked up.
    n_asked: AtomicUsize,
}

impl Clone for Vocabulary {
    fn clone(&self) -> Self {
        Vocabulary { lines: self.lines.clone(), ends: self.ends.clone(), ..Vocabulary::default() }
    }
}

impl PartialEq for Vocabulary {
    fn eq(&self, other: &Self) -> bool {
        self.lines == other.lines
    }
}

impl Vocabulary {
    /// A vocabulary of `names`, sorted and without repeats. None may hold a line break.
    pub(crate) fn new(mut names: Vec<&str>) -> Self {
        names.sort_unstable();
        names.dedup();
        Vocabulary::from_ordered(names.join("\n").into())
    }

    /// A vocabulary of the names on the lines of a text; `None` when they are not in order, or more than
    /// 4 GB.
    pub(crate) fn from_lines(lines: Cow<'static, str>) -> Option<Self> {
        u32::try_from(lines.len()).ok()?;
        let vocabulary = Vocabulary::from_ordered(lines);
        let in_order = vocabulary.names().zip(vocabulary.names().skip(1)).all(|(name, next)| name < next);
        in_order.then_some(vocabulary)
    }

    /// The same for lines that are known to be in order.
    pub(crate) fn from_ordered(lines: Cow<'static, str>) -> Self {
        let last = if lines.is_empty() { None } else { Some(lines.len()) };
        let breaks = memchr::memchr_iter(b'\n', lines.as_bytes());
        let ends = breaks.chain(last).map(|end| end as u32).collect();
        Vocabulary { lines, ends, ..Vocabulary::default() }
    }

    /// The names that occur in at least `min_count` of the texts.
    pub(crate) fn from_texts<'a>(texts: impl Iterator<Item = &'a Vec<String>>, min_count: u32) -> Self {
        let mut counts: FxHashMap<&str, u32> = FxHashMap::default();
        for name in texts.flatten() {
            *counts.entry(name).or_default() += 1;
        }
        // The order of the map does not matter: `new` sorts.
        let kept = counts.into_iter().filter_map(|(name, count)| (count >= min_count).then_some(name));
        Vocabulary::new(kept.collect())
    }

    /// How many features it has.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The name of a feature.
    ///
    /// # Panics
    ///
    /// When there is no such feature.
    pub(crate) fn name(&self, index: u32) -> &str {
        let index = index as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize + 1);
        &self.lines[start..self.ends[index] as usize]
    }

    /// The names, in the order of their indices.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|index| self.name(index))
    }

    /// All names, one a line.
    pub(crate) fn lines(&self) -> &str {
        &self.lines
    }

    /// The index of a name, where it is known.
    pub(crate) fn index_of(&self, name: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.len() as u32);
        while low < high {
            let middle = low.midpoint(high);
            match self.name(middle).cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// The indices of those of `names` that are known, in order.
    pub(crate) fn indices_of(&self, names: &[String]) -> Vec<u32> {
        let mut indices: Vec<u32> = match self.by_hash(names.len()) {
            Some(by_hash) => names.iter().filter_map(|name| self.index_by_hash(by_hash, name)).collect(),
            None => names.iter().filter_map(|name| self.index_of(name)).collect(),
        };
        indices.sort_unstable();
        indices
    }

    /// The names by their hash, once so many are looked up that they are worth the making.
    fn by_hash(&self, n_names: usize) -> Option<&FxHashMap<u64, u32>> {
        let n_before = self.n_asked.fetch_add(n_names, Ordering::Relaxed);
        let all = || (0..self.len() as u32).rev().map(|index| (hash_of(self.name(index)), index)).collect();
        (n_before >= self.len() / 4).then(|| self.by_hash.get_or_init(all))
    }

    fn index_by_hash(&self, by_hash: &FxHashMap<u64, u32>, name: &str) -> Option<u32> {
        let index = *by_hash.get(&hash_of(name))?;
        // Two names of one hash: nearly never.
        if self.name(index) == name { Some(index) } else { self.index_of(name) }
    }
}

fn hash_of(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_have_no_index() {
        let vocabulary = Vocabulary::new(vec!["b", "a", "b", "cd"]);
        assert_eq!(vocabulary.names().collect::<Vec<_>>(), ["a", "b", "cd"]);
        assert_eq!(vocabulary.indices_of(&["b".into(), "c".into(), "a".into()]), [0, 1]);
        assert_eq!(vocabulary.index_of("cd"), Some(2));
        assert_eq!(["", "0", "c", "d"].map(|name| vocabulary.index_of(name)), [None; 4]);
        assert_eq!(Vocabulary::new(Vec::new()).len(), 0);
    }

    #[test]
    fn lines_out_of_order_are_no_vocabulary() {
        assert_eq!(Vocabulary::from_lines("a\nb".into()).map(|vocabulary| vocabulary.len()), Some(2));
        assert_eq!(Vocabulary::from_lines("b\na".into()), None);
        assert_eq!(Vocabulary::from_lines("a\na".into()), None);
        assert_eq!(Vocabulary::from_lines("".into()).map(|vocabulary| vocabulary.len()), Some(0));
    }
}
