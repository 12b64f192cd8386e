//! The values of a model's tables as scoring adds them up: row by row, four numbers at once.

use super::Block;

/// The most classes whose values are one row.
pub(crate) const N_LANES: usize = 4;

/// The values of one feature by class, 0 for classes that there are not.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[repr(align(16))]
pub(crate) struct Row(pub(crate) [f32; N_LANES]);

/// The values of a model's tables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tables<'a> {
    pub(crate) n_classes: usize,
    /// By block of [`Block::ALL`], feature by feature.
    pub(crate) values: [&'a [f32]; Block::ALL.len()],
}

impl Tables<'_> {
    /// The row of a feature in the table of a block; nothing where it does not fit.
    pub(super) fn row(&self, block: Block, feature: u32) -> Row {
        let mut row = Row::default();
        let place = Block::ALL.iter().position(|other| *other == block).unwrap_or_default();
        let start = feature as usize * self.n_classes;
        if self.n_classes <= N_LANES {
            row.0[..self.n_classes].copy_from_slice(&self.values[place][start..start + self.n_classes]);
        }
        row
    }

    /// The rows of the first `n` features of a block and of the block of neighbours that has the same ones.
    pub(super) fn pairs(&self, block: Block, n: usize) -> Vec<[Row; 2]> {
        let near = Block::ALL.into_iter().find(|near| near.is_near() && near.source() == block.source());
        let near = |feature| near.map_or(Row::default(), |near| self.row(near, feature));
        (0..n as u32).map(|feature| [self.row(block, feature), near(feature)]).collect()
    }
}

/// The sums of the rows of a paragraph's features.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sums {
    /// In a block itself and in that of its neighbours.
    own: [f64; N_LANES],
    near: [f64; N_LANES],
    /// How many features were added.
    pub(crate) n_features: usize,
}

impl Sums {
    #[inline]
    pub(super) fn add(&mut self, own: &Row) {
        self.own.iter_mut().zip(own.0).for_each(|(sum, value)| *sum += f64::from(value));
        self.n_features += 1;
    }

    /// Those of these features in `rows`, where each lies beside its neighbours' row.
    pub(super) fn of_pairs(rows: &[[Row; 2]], features: &[u32]) -> Sums {
        let (mut own, mut near) = (Sums::default(), Sums::default());
        for &feature in features {
            let [row, near_row] = &rows[feature as usize];
            own.add(row);
            near.add(near_row);
        }
        Sums { near: near.own, ..own }
    }

    /// The sums of a block with these features.
    pub(crate) fn of(&self, block: Block) -> &[f64; N_LANES] {
        if block.is_near() { &self.near } else { &self.own }
    }
}
