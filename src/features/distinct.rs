//! The distinct ones of some numbers.

/// Small numbers in the order in which they first came, each once.
///
/// A bit tells whether a number came: those of a whole vocabulary stay in the nearest cache.
#[derive(Debug, Clone, Default)]
pub(crate) struct Distinct {
    numbers: Vec<u32>,
    /// Bits for the largest number so far asked for, and more.
    came: Vec<u64>,
}

impl Distinct {
    /// Takes a number; whether it is new. Needs memory of a bit for each smaller one.
    #[inline]
    pub(crate) fn insert(&mut self, number: u32) -> bool {
        let (place, bit) = (number as usize / 64, 1 << (number % 64));
        if place >= self.came.len() {
            self.grow(place);
        }
        let is_new = self.came[place] & bit == 0;
        if is_new {
            self.came[place] |= bit;
            self.numbers.push(number);
        }
        is_new
    }

    /// The distinct numbers; nothing is left.
    pub(crate) fn take(&mut self) -> Vec<u32> {
        let numbers = self.numbers.as_slice().to_vec();
        self.clear();
        numbers
    }

    /// Forgets all numbers, in the time that they took.
    pub(crate) fn clear(&mut self) {
        for number in self.numbers.drain(..) {
            self.came[number as usize / 64] = 0;
        }
    }

    #[cold]
    fn grow(&mut self, place: usize) {
        self.came.resize((place + 1).next_power_of_two(), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_comes_once_in_its_order() {
        let mut distinct = Distinct::default();
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
