//! Many short lists of numbers in one piece of memory.

/// Lists of numbers, one after the other: an allocation for each paragraph of a large corpus would cost more
/// memory than the numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lists {
    numbers: Vec<u32>,
    /// Where each list ends.
    ends: Vec<usize>,
}

impl Lists {
    /// Adds a list.
    pub fn push(&mut self, list: &[u32]) {
        self.numbers.extend_from_slice(list);
        self.ends.push(self.numbers.len());
    }

    /// The list at `index`.
    ///
    /// # Panics
    ///
    /// When there is no such list.
    pub fn get(&self, index: usize) -> &[u32] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.numbers[start..self.ends[index]]
    }
}

/// The features of many paragraphs: a list of distinct feature numbers for each group and paragraph.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeatureLists {
    by_group: Vec<Lists>,
}

impl FeatureLists {
    /// The lists of each group.
    pub fn new(by_group: Vec<Lists>) -> FeatureLists {
        FeatureLists { by_group }
    }

    /// The features of a paragraph in the group at an index.
    pub fn get(&self, paragraph: usize, group: usize) -> &[u32] {
        self.by_group[group].get(paragraph)
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
        assert_eq!((0..4).map(|index| lists.get(index)).collect::<Vec<_>>(), all);
        assert_eq!(FeatureLists::new(vec![lists]).get(3, 0), [7]);
    }
}
