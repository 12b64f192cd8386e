//! The distinct ones of some numbers.

/// Numbers in the order in which they first came, each once.
///
/// A table of their places stays in the nearest cache, for a paragraph has a few hundred features.
#[derive(Debug, Clone)]
pub(crate) struct Distinct {
    numbers: Vec<u32>,
    /// Numbers by their hash, in the lower half; in the upper the round in which they came. Twice as many
    /// places as numbers or more.
    table: Vec<u64>,
    /// What stands in the table from earlier rounds is nothing.
    round: u64,
}

/// Places of the table of a new list.
const N_PLACES: usize = 1024;

impl Distinct {
    /// Nothing yet.
    pub(crate) fn new() -> Distinct {
        Distinct { numbers: Vec::with_capacity(N_PLACES / 2), table: vec![0; N_PLACES], round: 1 }
    }

    /// Takes a number; whether it is new.
    pub(crate) fn insert(&mut self, number: u32) -> bool {
        if 2 * self.numbers.len() >= self.table.len() {
            self.grow();
        }
        let entry = self.round << 32 | u64::from(number);
        let mask = self.table.len() - 1;
        let mut place = (number.wrapping_mul(0x9e37_79b9) >> 12) as usize & mask;
        while self.table[place] >> 32 == self.round {
            if self.table[place] == entry {
                return false;
            }
            place = (place + 1) & mask;
        }
        self.table[place] = entry;
        self.numbers.push(number);
        true
    }

    /// The distinct numbers; nothing is left.
    pub(crate) fn take(&mut self) -> Vec<u32> {
        let numbers = self.numbers.as_slice().to_vec();
        self.clear();
        numbers
    }

    /// Forgets all numbers.
    pub(crate) fn clear(&mut self) {
        self.round += 1;
        self.numbers.clear();
        // The table of a long list is no longer near; that of the lists after it is.
        if self.table.len() > N_PLACES || self.round > u64::from(u32::MAX) {
            *self = Distinct::new();
        }
    }

    fn grow(&mut self) {
        let table = vec![0; 4 * self.table.len()];
        let mut larger = Distinct { numbers: Vec::with_capacity(table.len() / 2), table, round: self.round };
        self.numbers.iter().for_each(|&number| {
            larger.insert(number);
        });
        *self = larger;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_comes_once_in_its_order() {
        let mut distinct = Distinct::new();
        for _ in 0..2 {
            let mut expected = Vec::new();
            let all: Vec<u32> = (0..2_000).map(|i| (i * i * 37) % 1_001).collect();
            all.iter().for_each(|&number| {
                assert_eq!(distinct.insert(number), !expected.contains(&number));
                if !expected.contains(&number) {
                    expected.push(number);
                }
            });
            assert_eq!(distinct.take(), expected);
        }
    }
}
