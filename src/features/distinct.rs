//! The distinct ones of some numbers.

/// Numbers in the order in which they first came, each once.
///
/// A table of their places stays in the nearest cache, for a paragraph has a few hundred features.
#[derive(Debug, Clone)]
pub(crate) struct Distinct {
    numbers: Vec<u32>,
    /// Numbers plus one by their hash; 0 where none is. Twice as many as numbers or more.
    table: Vec<u32>,
}

/// Places of the table of a new list.
const N_PLACES: usize = 256;

impl Distinct {
    /// Nothing yet.
    pub(crate) fn new() -> Distinct {
        Distinct { numbers: Vec::with_capacity(N_PLACES / 2), table: vec![0; N_PLACES] }
    }

    /// Takes a number, which must not be the largest there is.
    pub(crate) fn insert(&mut self, number: u32) {
        if 2 * self.numbers.len() >= self.table.len() {
            self.grow();
        }
        let entry = number + 1;
        let mut place = self.place(number);
        loop {
            match self.table[place] {
                0 => break,
                found if found == entry => return,
                _ => place = (place + 1) & (self.table.len() - 1),
            }
        }
        self.table[place] = entry;
        self.numbers.push(number);
    }

    /// The distinct numbers; nothing is left.
    pub(crate) fn take(&mut self) -> Vec<u32> {
        self.table.fill(0);
        let numbers = self.numbers.as_slice().to_vec();
        self.numbers.clear();
        numbers
    }

    fn place(&self, number: u32) -> usize {
        let mixed = number.wrapping_mul(0x9e37_79b9);
        (mixed >> (32 - self.table.len().trailing_zeros())) as usize
    }

    fn grow(&mut self) {
        let mut larger = Distinct { numbers: Vec::new(), table: vec![0; 4 * self.table.len()] };
        larger.numbers.reserve(larger.table.len() / 2);
        self.numbers.iter().for_each(|&number| larger.insert(number));
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
            let all: Vec<u32> = (0..2_000).map(|i| (i * i * 37) % 1_001).collect();
            all.iter().for_each(|&number| distinct.insert(number));
            let mut expected = Vec::new();
            all.iter().for_each(|number| {
                if !expected.contains(number) {
                    expected.push(*number);
                }
            });
            assert_eq!(distinct.take(), expected);
        }
    }
}
