//! The tables that scoring reads, which map the key of a feature to its row of values.

use std::borrow::Cow;

/// The values of one feature group or of the learned filter, found by key.
///
/// Tables of words and code pairs are indexed by their keys. All others use open addressing with linear probing; the
/// model file stores the slots unchanged, so that loading the embedded model copies none of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The keys by slot, with 0 for an empty slot. No keys are stored if the key is the slot.
    keys: Option<Cow<'static, [u64]>>,
    /// `n_slots` rows of `n_classes` values, each a multiple of 2^-24, so that sums are exact in any order.
    values: Cow<'static, [f32]>,
    n_classes: usize,
    /// By slot: whether it has a row; empty for tables with keys.
    known: Cow<'static, [u8]>,
    /// A bit for each hash of a key; empty for tables without keys. Most look-ups are for keys that a table does not
    /// have, and these bits stay in the cache, unlike the keys.
    possible: Vec<u64>,
}

/// Adds up the rows of the distinct keys of a paragraph, in buffers that are reused.
///
/// Each loop does one thing and has few branches, so that reads from a large table overlap.
#[derive(Debug, Clone, Default)]
pub struct RowSums {
    candidates: Vec<Candidate>,
    distinct: Distinct,
}

/// A key that a table may have.
#[derive(Debug, Clone, Copy, Default)]
struct Candidate {
    key: u64,
    /// Where its search starts, and the key there.
    slot: usize,
    found: u64,
}

impl RowSums {
    /// Replaces `sums` by the sum of the rows of the `keys` that are in the table, each counted once. Returns the
    /// number of these keys. Linear in the number of keys.
    pub fn add_up(&mut self, table: &Table, keys: &[u64], sums: &mut [f64]) -> usize {
        self.distinct.clear();
        self.distinct.reserve(keys.len(), table.n_slots());
        match &table.keys {
            None => {
                let known: &[u8] = &table.known;
                for &key in keys {
                    let is_known = known.get(key as usize).is_some_and(|known| *known != 0);
                    self.distinct.insert_if(is_known, key as u32);
                }
            }
            Some(slots) => {
                for candidate in candidates(&mut self.candidates, table, slots, keys) {
                    match candidate.found {
                        0 => {}
                        found if found == candidate.key => {
                            self.distinct.insert_if(true, candidate.slot as u32)
                        }
                        _ => {
                            let slot = table.probe(candidate.key, candidate.slot);
                            self.distinct.insert_if(slot.is_some(), slot.unwrap_or(0));
                        }
                    }
                }
            }
        }
        let slots = self.distinct.numbers();
        match sums.len() {
            2 => add_rows::<2>(&table.values, slots, sums),
            3 => add_rows::<3>(&table.values, slots, sums),
            _ => {
                sums.fill(0.0);
                for &slot in slots {
                    sums.iter_mut().zip(table.row(slot)).for_each(|(sum, value)| *sum += f64::from(*value));
                }
            }
        }
        slots.len()
    }
}

/// Those of `keys` that a table with these slots may have.
fn candidates<'c>(
    buffer: &'c mut Vec<Candidate>,
    table: &Table,
    slots: &[u64],
    keys: &[u64],
) -> &'c [Candidate] {
    buffer.resize(buffer.len().max(keys.len()), Candidate::default());
    let mut n = 0;
    for &key in keys {
        let hash = mix(key);
        buffer[n] = Candidate { key, slot: first_slot(hash, slots.len()), found: 0 };
        n += usize::from(table.is_possible(hash));
    }
    for candidate in &mut buffer[..n] {
        candidate.found = slots[candidate.slot];
    }
    &buffer[..n]
}

/// Replaces `sums` by the sum of some rows, which is kept in registers meanwhile.
fn add_rows<const N: usize>(values: &[f32], slots: &[u32], sums: &mut [f64]) {
    let (rows, _) = values.as_chunks::<N>();
    let mut all = [0.0; N];
    for &slot in slots {
        let row = rows[slot as usize];
        (0..N).for_each(|class| all[class] += f64::from(row[class]));
    }
    sums.copy_from_slice(&all);
}

/// How full a table with keys is, in quarters.
const LOAD: usize = 3;

impl Table {
    /// A table in which the row of key `k` is row `k` of `values`, and exists where `known[k]` is not 0.
    ///
    /// `None` if the lengths are inconsistent.
    pub fn direct(known: Cow<'static, [u8]>, values: Cow<'static, [f32]>, n_classes: usize) -> Option<Table> {
        let fits = known.len() * n_classes == values.len();
        fits.then_some(Table { keys: None, values, n_classes, known, possible: Vec::new() })
    }

    /// A table of slots that [`Table::of_keys`] has laid out; `None` if the lengths are inconsistent or if no slot is
    /// empty, because a look-up would then not end.
    pub fn hashed(keys: Cow<'static, [u64]>, values: Cow<'static, [f32]>, n_classes: usize) -> Option<Table> {
        let fits = keys.len() * n_classes == values.len() && keys.len() < u32::MAX as usize;
        let is_sound = fits && (keys.is_empty() || keys.contains(&0));
        let possible = possible(&keys);
        is_sound.then_some(Table { keys: Some(keys), values, n_classes, known: Cow::Borrowed(&[]), possible })
    }

    /// Lays out a table of distinct non-zero keys; row `i` of `values` belongs to `keys[i]`.
    pub fn of_keys(keys: &[u64], values: &[f32], n_classes: usize) -> Table {
        let n_slots = if keys.is_empty() { 0 } else { keys.len() * 4 / LOAD + 1 };
        let mut slots = vec![0; n_slots];
        let mut rows = vec![0.0; n_slots * n_classes];
        for (&key, row) in keys.iter().zip(values.chunks_exact(n_classes)) {
            let mut slot = first_slot(mix(key), n_slots);
            while slots[slot] != 0 {
                slot = if slot + 1 == n_slots { 0 } else { slot + 1 };
            }
            slots[slot] = key;
            rows[slot * n_classes..][..n_classes].copy_from_slice(row);
        }
        let (known, possible) = (Cow::Borrowed(&[][..]), possible(&slots));
        Table { keys: Some(slots.into()), values: rows.into(), n_classes, known, possible }
    }

    /// Lays out a table that is indexed by keys below `n_slots`; row `i` of `values` belongs to `keys[i]`.
    pub fn indexed(keys: &[u64], values: &[f32], n_classes: usize, n_slots: usize) -> Table {
        let mut known = vec![0; n_slots];
        let mut rows = vec![0.0; n_slots * n_classes];
        for (&key, row) in keys.iter().zip(values.chunks_exact(n_classes)) {
            known[key as usize] = 1;
            rows[key as usize * n_classes..][..n_classes].copy_from_slice(row);
        }
        Table { keys: None, values: rows.into(), n_classes, known: known.into(), possible: Vec::new() }
    }

    /// The slot of a key.
    pub fn slot(&self, key: u64) -> Option<u32> {
        match &self.keys {
            Some(slots) if self.is_possible(mix(key)) => self.probe(key, first_slot(mix(key), slots.len())),
            Some(_) => None,
            None => self.known.get(key as usize).is_some_and(|known| *known != 0).then_some(key as u32),
        }
    }

    /// Whether a key with this hash can be in the table; true for about one in ten that are not.
    #[inline]
    fn is_possible(&self, hash: u64) -> bool {
        let bit = hash as usize & (64 * self.possible.len()).wrapping_sub(1);
        self.possible.get(bit / 64).is_some_and(|bits| bits >> (bit % 64) & 1 != 0)
    }

    /// The slot of a key whose search starts at `slot`.
    fn probe(&self, key: u64, mut slot: usize) -> Option<u32> {
        let keys = self.keys.as_deref()?;
        loop {
            match keys[slot] {
                0 => return None,
                found if found == key => return Some(slot as u32),
                _ => slot = if slot + 1 == keys.len() { 0 } else { slot + 1 },
            }
        }
    }

    /// The values of a slot, one for each class.
    #[inline]
    pub fn row(&self, slot: u32) -> &[f32] {
        &self.values[slot as usize * self.n_classes..][..self.n_classes]
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

    /// The keys by slot, `None` for a table that is indexed by them.
    pub fn keys(&self) -> Option<&[u64]> {
        self.keys.as_deref()
    }

    /// By slot, whether there is a row; empty for a table with keys.
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

/// The bits of a hash filter for the non-zero keys, four to eight for each slot.
fn possible(keys: &[u64]) -> Vec<u64> {
    let mut bits = vec![0; (keys.len() / 16 + 1).next_power_of_two()];
    let mask = 64 * bits.len() - 1;
    for &key in keys.iter().filter(|key| **key != 0) {
        let bit = mix(key) as usize & mask;
        bits[bit / 64] |= 1 << (bit % 64);
    }
    bits
}

/// A hash of a key, by multiplication; all of its bits are well mixed.
#[inline]
fn mix(key: u64) -> u64 {
    let hash = (key ^ (key >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 32)
}

/// Where the search for a key starts: its hash scaled to the range of slots.
#[inline]
fn first_slot(hash: u64, n_slots: usize) -> usize {
    ((u128::from(hash) * n_slots as u128) >> 64) as usize
}

/// A set of small numbers. Clearing it takes no longer than filling it.
#[derive(Debug, Clone, Default)]
struct Distinct {
    /// The first `n` are in the set.
    numbers: Vec<u32>,
    n: usize,
    bits: Vec<u64>,
}

impl Distinct {
    /// Makes room for `n_more` numbers below `limit`, at one bit for each number below it.
    fn reserve(&mut self, n_more: usize, limit: usize) {
        self.numbers.resize(self.numbers.len().max(self.n + n_more), 0);
        self.bits.resize(self.bits.len().max(limit.div_ceil(64)).max(1), 0);
    }

    /// Adds a number for which there is room, if `condition` holds. Has no branch, because none could be predicted.
    #[inline]
    fn insert_if(&mut self, condition: bool, number: u32) {
        let place = if condition { number as usize / 64 } else { 0 };
        let bit = u64::from(condition) << (number % 64);
        let is_new = self.bits[place] & bit != bit;
        self.bits[place] |= bit;
        self.numbers[self.n] = number;
        self.n += usize::from(is_new);
    }

    /// The distinct numbers in the order of their first insertion.
    fn numbers(&self) -> &[u32] {
        &self.numbers[..self.n]
    }

    /// Empties the set.
    fn clear(&mut self) {
        for number in &self.numbers[..self.n] {
            self.bits[*number as usize / 64] = 0;
        }
        self.n = 0;
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
        let table = Table::indexed(&[1, 4], &rows(2), 2, 6);
        assert_eq!([0, 1, 4, 5, 6].map(|key| table.slot(key)), [None, Some(1), Some(4), None, None]);
        assert_eq!(table.row(4), [2.0, 3.0]);
    }

    #[test]
    fn a_table_whose_look_ups_would_not_end_is_refused() {
        assert_eq!(Table::hashed(vec![1, 2].into(), rows(2).into(), 2), None);
        assert_eq!(Table::hashed(vec![1, 0].into(), rows(1).into(), 2), None);
    }

    #[test]
    fn each_row_is_added_once() {
        let keys: Vec<u64> = (1..=900).map(|key| key << 30 | key).collect();
        let table = Table::of_keys(&keys, &rows(900), 2);
        let indexed = Table::indexed(&[2, 5], &rows(2), 2, 6);
        let (mut row_sums, mut sums) = (RowSums::default(), [9.0; 2]);
        for _ in 0..2 {
            let found = [keys[5], 7, keys[899], keys[5], keys[0], 1 << 60];
            assert_eq!(row_sums.add_up(&table, &found, &mut sums), 3);
            assert_eq!(sums, [1808.0, 1811.0]);
            assert_eq!(row_sums.add_up(&indexed, &[5, 0, 5, 99, 2], &mut sums), 2);
            assert_eq!(sums, [2.0, 4.0]);
            assert_eq!(row_sums.add_up(&table, &[], &mut sums), 0);
            assert_eq!(sums, [0.0, 0.0]);
        }
    }
}
