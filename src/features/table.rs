//! The tables that scoring reads: from the key of a feature to its row of values.

use std::borrow::Cow;

/// The values of one feature group or of the learned filter, found by key.
///
/// Tables keyed by word id are indexed directly. All others use open addressing with linear probing; the model
/// file holds the slots as they are, so that loading the embedded model copies nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The keys by slot, 0 in an empty one; none where the key is the slot.
    keys: Option<Cow<'static, [u64]>>,
    /// `n_slots` rows of `n_classes` values, each a multiple of 2^-24, so that sums are exact in any order.
    values: Cow<'static, [f32]>,
    n_classes: usize,
    /// By slot: whether a word has a row; empty for tables with keys.
    known: Cow<'static, [u8]>,
}

/// A [`Table`] for many look-ups.
#[derive(Debug, Clone, Copy)]
pub struct TableView<'a> {
    keys: Option<&'a [u64]>,
    known: &'a [u8],
    values: &'a [f32],
    n_classes: usize,
}

impl<'a> TableView<'a> {
    /// The slot of a key.
    #[inline]
    pub fn slot(&self, key: u64) -> Option<u32> {
        let Some(keys) = self.keys else {
            return self.known.get(key as usize).is_some_and(|known| *known != 0).then_some(key as u32);
        };
        if keys.is_empty() {
            return None;
        }
        let mut slot = first_slot(key, keys.len());
        loop {
            match keys[slot] {
                found if found == key => return Some(slot as u32),
                0 => return None,
                _ => slot = if slot + 1 == keys.len() { 0 } else { slot + 1 },
            }
        }
    }

    /// Adds the slots of those of `keys` that the table has to `slots`.
    ///
    /// All first probes are read before the first is judged: loads that do not wait for a branch overlap.
    pub fn slots(&self, keys: &[u64], slots: &mut Vec<u32>, probes: &mut Vec<u64>) {
        let Some(table) = self.keys.filter(|table| !table.is_empty()) else {
            slots.extend(keys.iter().filter_map(|&key| self.slot(key)));
            return;
        };
        probes.clear();
        probes.extend(keys.iter().map(|&key| table[first_slot(key, table.len())]));
        for (&key, &found) in keys.iter().zip(&*probes) {
            if found == key {
                slots.push(first_slot(key, table.len()) as u32);
            } else if found != 0 {
                slots.extend(self.slot(key));
            }
        }
    }

    /// The values of a slot, one for each class.
    #[inline]
    pub fn row(&self, slot: u32) -> &'a [f32] {
        &self.values[slot as usize * self.n_classes..][..self.n_classes]
    }
}

/// How full a table with keys is, in eighths.
const LOAD: usize = 7;

impl Table {
    /// A table in which the row of key `k` is row `k` of `values`, and exists where `known[k]` is not 0.
    ///
    /// `None` where the lengths do not fit.
    pub fn direct(known: Cow<'static, [u8]>, values: Cow<'static, [f32]>, n_classes: usize) -> Option<Table> {
        (known.len() * n_classes == values.len()).then_some(Table { keys: None, values, n_classes, known })
    }

    /// A table of slots that [`Table::of_keys`] has laid out; `None` where the lengths do not fit or no slot is
    /// empty, without which a look-up would not end.
    pub fn hashed(keys: Cow<'static, [u64]>, values: Cow<'static, [f32]>, n_classes: usize) -> Option<Table> {
        let fits = keys.len() * n_classes == values.len() && keys.len() < u32::MAX as usize;
        let is_sound = fits && (keys.is_empty() || keys.contains(&0));
        is_sound.then_some(Table { keys: Some(keys), values, n_classes, known: Cow::Borrowed(&[]) })
    }

    /// Lays out a table of distinct non-zero keys; row `i` of `values` belongs to `keys[i]`.
    pub fn of_keys(keys: &[u64], values: &[f32], n_classes: usize) -> Table {
        let n_slots = if keys.is_empty() { 0 } else { keys.len() * 8 / LOAD + 1 };
        let mut slots = vec![0; n_slots];
        let mut rows = vec![0.0; n_slots * n_classes];
        for (&key, row) in keys.iter().zip(values.chunks_exact(n_classes)) {
            let mut slot = first_slot(key, n_slots);
            while slots[slot] != 0 {
                slot = if slot + 1 == n_slots { 0 } else { slot + 1 };
            }
            slots[slot] = key;
            rows[slot * n_classes..][..n_classes].copy_from_slice(row);
        }
        let known = Cow::Borrowed(&[][..]);
        Table { keys: Some(slots.into()), values: rows.into(), n_classes, known }
    }

    /// Lays out a table of word ids below `n_words`; row `i` of `values` belongs to the word `keys[i]`.
    pub fn of_words(keys: &[u64], values: &[f32], n_classes: usize, n_words: usize) -> Table {
        let mut known = vec![0; n_words];
        let mut rows = vec![0.0; n_words * n_classes];
        for (&key, row) in keys.iter().zip(values.chunks_exact(n_classes)) {
            known[key as usize] = 1;
            rows[key as usize * n_classes..][..n_classes].copy_from_slice(row);
        }
        Table { keys: None, values: rows.into(), n_classes, known: known.into() }
    }

    /// The slot of a key.
    pub fn slot(&self, key: u64) -> Option<u32> {
        self.view().slot(key)
    }

    /// The parts that look-ups read, without the indirection of a table that may be owned or borrowed.
    pub fn view(&self) -> TableView<'_> {
        let Table { keys, values, n_classes, known } = self;
        TableView { keys: keys.as_deref(), known, values, n_classes: *n_classes }
    }

    /// The values of a slot, one for each class.
    pub fn row(&self, slot: u32) -> &[f32] {
        self.view().row(slot)
    }

    /// How many slots there are, empty ones included.
    pub fn n_slots(&self) -> usize {
        self.values.len() / self.n_classes.max(1)
    }

    /// Every feature: its key and its row, in the order of slots.
    pub fn features(&self) -> impl Iterator<Item = (u64, &[f32])> {
        let key_of = |slot: usize| match &self.keys {
            Some(keys) => Some(keys[slot]).filter(|key| *key != 0),
            None => Some(slot as u64).filter(|_| self.known[slot] != 0),
        };
        (0..self.n_slots()).filter_map(move |slot| Some((key_of(slot)?, self.row(slot as u32))))
    }

    /// The keys by slot, `None` for a table keyed by word id.
    pub fn keys(&self) -> Option<&[u64]> {
        self.keys.as_deref()
    }

    /// By word id whether there is a row; empty for a table with keys.
    pub fn known(&self) -> &[u8] {
        &self.known
    }

    /// All values, slot by slot.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// How many classes there are.
    pub fn n_classes(&self) -> usize {
        self.n_classes
    }
}

/// Where the search for a key starts: multiply-shift hashing, then the range reduced by a second multiplication.
#[inline]
fn first_slot(key: u64, n_slots: usize) -> usize {
    let hash = (key ^ (key >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let hash = hash ^ (hash >> 32);
    ((u128::from(hash) * n_slots as u128) >> 64) as usize
}

/// A set of small numbers, cleared in the time that it took to fill.
#[derive(Debug, Clone, Default)]
pub struct Distinct {
    numbers: Vec<u32>,
    bits: Vec<u64>,
}

impl Distinct {
    /// Adds a number; whether it is new. Memory: one bit for each smaller number.
    #[inline]
    pub fn insert(&mut self, number: u32) -> bool {
        let (place, bit) = (number as usize / 64, 1 << (number % 64));
        if place >= self.bits.len() {
            self.bits.resize((place + 1).next_power_of_two(), 0);
        }
        let is_new = self.bits[place] & bit == 0;
        if is_new {
            self.bits[place] |= bit;
            self.numbers.push(number);
        }
        is_new
    }

    /// The distinct numbers in the order of their first insertion.
    pub fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// Empties the set.
    pub fn clear(&mut self) {
        for number in self.numbers.drain(..) {
            self.bits[number as usize / 64] = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(n: usize) -> Vec<f32> {
        (0..2 * n).map(|value| value as f32).collect()
    }

    #[test]
    fn every_key_is_found_and_no_other() {
        for n in [0, 1, 7, 1_000] {
            let keys: Vec<u64> = (1..=n as u64).map(|key| ((key * key) << 11) | key).collect();
            let table = Table::of_keys(&keys, &rows(n), 2);
            for (index, &key) in keys.iter().enumerate() {
                assert_eq!(table.row(table.slot(key).unwrap())[0], 2.0 * index as f32);
            }
            assert_eq!(table.slot(3 << 40), None);
            assert_eq!(table.features().count(), n);
        }
    }

    #[test]
    fn words_are_found_by_their_id() {
        let table = Table::of_words(&[1, 4], &rows(2), 2, 6);
        assert_eq!([0, 1, 4, 5, 6].map(|key| table.slot(key)), [None, Some(1), Some(4), None, None]);
        assert_eq!(table.row(4), [2.0, 3.0]);
    }

    #[test]
    fn a_table_whose_look_ups_would_not_end_is_refused() {
        assert_eq!(Table::hashed(vec![1, 2].into(), rows(2).into(), 2), None);
        assert_eq!(Table::hashed(vec![1, 0].into(), rows(1).into(), 2), None);
    }

    #[test]
    fn each_number_is_kept_once() {
        let mut distinct = Distinct::default();
        for _ in 0..2 {
            let numbers = [5, 900, 5, 0, 900];
            assert_eq!(numbers.map(|number| distinct.insert(number)), [true, true, false, true, false]);
            assert_eq!(distinct.numbers(), [5, 900, 0]);
            distinct.clear();
        }
    }
}
