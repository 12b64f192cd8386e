//! The features of one block that a model knows.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::Hasher;
use std::sync::OnceLock;
use std::sync::atomic::{self, AtomicUsize};

use rustc_hash::{FxBuildHasher, FxHashMap, FxHasher};

/// How many bytes of the names a piece has. With fewer there are more pieces to count through when a model is
/// loaded, with more there are more names to pass by when one is looked up.
const PIECE: usize = 128;

/// The features of one block that a model knows, in order of their names.
///
/// The names lie in one text, which may be that of a model file. Where each of them lies is not kept: most runs
/// ask for few of the hundred thousands of names that a model has.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// The names in order, with a line break between two.
    lines: Cow<'static, str>,
    /// How many line breaks stand before each piece of the text, and how many in all.
    n_breaks: Vec<u32>,
    /// Names by their hash, made when many are first looked up.
    by_hash: OnceLock<FxHashMap<u64, Place>>,
    /// How many were looked up.
    n_asked: AtomicUsize,
}

/// Where a name lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    index: u32,
    start: usize,
}

impl Clone for Vocabulary {
    fn clone(&self) -> Self {
        Vocabulary { lines: self.lines.clone(), n_breaks: self.n_breaks.clone(), ..Vocabulary::default() }
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
        let pieces = lines.as_bytes().chunks(PIECE);
        let mut n_breaks = Vec::with_capacity(pieces.len() + 1);
        n_breaks.push(0);
        n_breaks.extend(pieces.scan(0, |n_before, piece| {
            *n_before += n_breaks_in(piece);
            Some(*n_before)
        }));
        Vocabulary { lines, n_breaks, ..Vocabulary::default() }
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
        match self.n_breaks.last() {
            Some(&n_breaks) if !self.lines.is_empty() => n_breaks as usize + 1,
            _ => 0,
        }
    }

    /// The name of a feature.
    ///
    /// # Panics
    ///
    /// When there is no such feature.
    pub(crate) fn name(&self, index: u32) -> &str {
        assert!((index as usize) < self.len(), "there are {} features", self.len());
        self.name_at(self.start_of(index))
    }

    /// Where the name of a feature begins.
    fn start_of(&self, index: u32) -> usize {
        // The first name has no line break before it.
        let Some(piece) = self.n_breaks.partition_point(|n| *n < index).checked_sub(1) else { return 0 };
        let nth = (index - self.n_breaks[piece]) as usize;
        let from = piece * PIECE;
        let mut breaks = memchr::memchr_iter(b'\n', &self.lines.as_bytes()[from..]);
        breaks.nth(nth - 1).map_or(self.lines.len(), |place| from + place + 1)
    }

    /// The name that begins at `start`.
    fn name_at(&self, start: usize) -> &str {
        let rest = &self.lines[start..];
        &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())]
    }

    /// The first name that begins in a piece or behind it.
    fn first_of(&self, piece: usize) -> Option<Place> {
        let Some(before) = (piece * PIECE).checked_sub(1) else { return Some(Place { index: 0, start: 0 }) };
        let n_passed = n_bytes_to_break(&self.lines.as_bytes()[before..])?;
        // A break just before the piece is among those that are counted.
        let index = self.n_breaks[piece] + u32::from(n_passed > 0);
        Some(Place { index, start: before + n_passed + 1 })
    }

    /// The names, in the order of their indices.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.places().map(|(_, name)| name)
    }

    /// The names and where they lie.
    fn places(&self) -> impl Iterator<Item = (Place, &str)> {
        let mut next = Some(Place { index: 0, start: 0 }).filter(|_| !self.lines.is_empty());
        std::iter::from_fn(move || {
            let place = next?;
            next = self.next(place, 0);
            let end = next.map_or(self.lines.len(), |next| next.start - 1);
            Some((place, &self.lines[place.start..end]))
        })
    }

    /// All names, one a line.
    pub(crate) fn lines(&self) -> &str {
        &self.lines
    }

    /// The index of a name, where it is known.
    pub(crate) fn index_of(&self, name: &str) -> Option<u32> {
        // The last piece whose first name is not behind this one.
        let (mut low, mut high) = (0, self.n_breaks.len().saturating_sub(1));
        while high - low > 1 {
            let middle = low.midpoint(high);
            match self.first_of(middle) {
                Some(first) if self.order_at(first.start, name).0 != Ordering::Greater => low = middle,
                _ => high = middle,
            }
        }
        let mut place = self.first_of(low).filter(|_| high > 0)?;
        loop {
            match self.order_at(place.start, name) {
                (Ordering::Less, n_same) => place = self.next(place, n_same)?,
                (Ordering::Equal, _) => return Some(place.index),
                (Ordering::Greater, _) => return None,
            }
        }
    }

    /// Where the name that begins at `start` stands beside this one in their order, and with how many bytes
    /// both begin.
    fn order_at(&self, start: usize, name: &str) -> (Ordering, usize) {
        let (rest, name) = (&self.lines.as_bytes()[start..], name.as_bytes());
        let mut n_same = 0;
        while n_same < rest.len().min(name.len()) && rest[n_same] == name[n_same] && rest[n_same] != b'\n' {
            n_same += 1;
        }
        let order = match (rest.get(n_same).filter(|byte| **byte != b'\n'), name.get(n_same)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => a.cmp(b),
        };
        (order, n_same)
    }

    /// The name behind the one at `place`, of which the first `n_passed` bytes need not be looked at.
    fn next(&self, place: Place, n_passed: usize) -> Option<Place> {
        let from = place.start + n_passed;
        let length = n_bytes_to_break(&self.lines.as_bytes()[from..])?;
        Some(Place { index: place.index + 1, start: from + length + 1 })
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
    fn by_hash(&self, n_names: usize) -> Option<&FxHashMap<u64, Place>> {
        let n_before = self.n_asked.fetch_add(n_names, atomic::Ordering::Relaxed);
        (n_before >= self.len() / 4).then(|| self.by_hash.get_or_init(|| self.hashed()))
    }

    fn hashed(&self) -> FxHashMap<u64, Place> {
        let mut by_hash = FxHashMap::with_capacity_and_hasher(self.len(), FxBuildHasher);
        for (place, name) in self.places() {
            by_hash.entry(hash_of(name)).or_insert(place);
        }
        by_hash
    }

    fn index_by_hash(&self, by_hash: &FxHashMap<u64, Place>, name: &str) -> Option<u32> {
        let place = by_hash.get(&hash_of(name))?;
        // Two names of one hash: nearly never.
        if self.name_at(place.start) == name { Some(place.index) } else { self.index_of(name) }
    }
}

/// How many bytes stand before the first line break. Names are so short that a search for many bytes at once
/// takes longer.
fn n_bytes_to_break(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n')
}

/// How many line breaks there are; up to [`PIECE`] bytes, so that their number fits a byte, which the compiler
/// makes many steps at once of.
fn n_breaks_in(piece: &[u8]) -> u32 {
    let n_breaks: u8 = piece.iter().map(|byte| u8::from(*byte == b'\n')).sum();
    u32::from(n_breaks)
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
    fn every_name_is_found_by_its_index_and_its_index_by_its_name() {
        // Names longer than a piece among short ones, and one that ends just before a piece.
        let long = |n: usize| "m".repeat(n);
        let lengths = [3 * PIECE, PIECE - 1, PIECE, PIECE + 1, 2].map(long);
        let short: Vec<String> =
            (0..400).map(|n| format!("{}{n}", if n % 2 == 0 { "a" } else { "z" })).collect();
        for n in [0, 1, 2, 30, 400] {
            let names = short[..n].iter().chain(&lengths).map(String::as_str);
            let vocabulary = Vocabulary::new(names.collect());
            assert_eq!(vocabulary.names().count(), vocabulary.len());
            let by_hash = vocabulary.hashed();
            for (index, name) in (0..).zip(vocabulary.names()) {
                assert_eq!(vocabulary.name(index), name);
                assert_eq!(vocabulary.index_of(name), Some(index), "{name}");
                assert_eq!(vocabulary.index_by_hash(&by_hash, name), Some(index), "{name}");
                assert_eq!(vocabulary.index_of(&format!("{name}!")), None);
                assert_eq!(vocabulary.index_of(&format!("{name}\n")), None);
            }
        }
    }

    #[test]
    fn lines_out_of_order_are_no_vocabulary() {
        assert_eq!(Vocabulary::from_lines("a\nb".into()).map(|vocabulary| vocabulary.len()), Some(2));
        assert_eq!(Vocabulary::from_lines("b\na".into()), None);
        assert_eq!(Vocabulary::from_lines("a\na".into()), None);
        assert_eq!(Vocabulary::from_lines("".into()).map(|vocabulary| vocabulary.len()), Some(0));
    }
}
