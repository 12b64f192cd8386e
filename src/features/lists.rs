//! Many short lists of numbers in one piece of memory.

use super::Block;

/// Lists of numbers, one after the other: a list of its own for each paragraph of a large corpus would
/// cost more memory than what is in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Lists {
    numbers: Vec<u32>,
    /// Where each list ends.
    ends: Vec<usize>,
}

impl Lists {
    /// No lists yet, with room for so many, and for so many numbers in them.
    pub(crate) fn with_capacity(n_lists: usize, n_numbers: usize) -> Lists {
        Lists { numbers: Vec::with_capacity(n_numbers), ends: Vec::with_capacity(n_lists) }
    }

    /// Adds a list.
    pub(crate) fn push(&mut self, list: &[u32]) {
        self.numbers.extend_from_slice(list);
        self.ends.push(self.numbers.len());
    }

    /// Empties the lists that are not needed, and gives their memory back.
    fn forget(&mut self, is_needed: impl Fn(usize) -> bool) {
        let (mut start, mut end) = (0, 0);
        for (index, list_end) in self.ends.iter_mut().enumerate() {
            let list = start..*list_end;
            start = *list_end;
            if is_needed(index) {
                self.numbers.copy_within(list.clone(), end);
                end += list.len();
            }
            *list_end = end;
        }
        self.numbers.truncate(end);
        self.numbers.shrink_to_fit();
    }

    /// How many lists there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The list at `index`.
    ///
    /// # Panics
    ///
    /// When there is no such list.
    pub(crate) fn get(&self, index: usize) -> &[u32] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.numbers[start..self.ends[index]]
    }
}

/// The features of many paragraphs: for each block that has a vocabulary a list a paragraph, in order
/// and without repeats.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FeatureLists {
    by_source: Vec<Lists>,
}

impl FeatureLists {
    /// The lists of the first blocks of [`Block::OWN`].
    pub(crate) fn new(by_source: Vec<Lists>) -> FeatureLists {
        FeatureLists { by_source }
    }

    /// Forgets the features of the paragraphs that are not needed: their lists are empty then.
    pub(crate) fn forget(&mut self, is_needed: impl Fn(usize) -> bool) {
        self.by_source.iter_mut().for_each(|lists| lists.forget(&is_needed));
    }

    /// The features that `block` counts of a paragraph: that paragraph's own, also for a block of
    /// neighbours.
    pub(crate) fn of(&self, paragraph: usize, block: Block) -> &[u32] {
        self.by_source[block.source()].get(paragraph)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_as_they_went_in() {
        let mut lists = Lists::default();
        let all: [&[u32]; 4] = [&[3, 1], &[], &[], &[7]];
        all.iter().for_each(|list| lists.push(list));
        assert_eq!((0..lists.len()).map(|index| lists.get(index)).collect::<Vec<_>>(), all);
        let mut features = FeatureLists::new(vec![lists]);
        assert_eq!(features.of(3, Block::Words), [7]);
        assert_eq!(features.of(0, Block::NearWords), [3, 1]);
        features.forget(|paragraph| paragraph > 1);
        assert_eq!(
            [0, 1, 3].map(|paragraph| features.of(paragraph, Block::Words).to_vec()),
            [vec![], vec![], vec![7]]
        );
    }
}
