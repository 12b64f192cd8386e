//! What refinement needs of its examples: which features move, and where each example has them.

use super::{Example, start_of_row};
use crate::bayes::{FeatureTable, scale};
use crate::calibration::Pool;
use crate::features::{Block, FeatureLists, Lists, NONE};

/// The features of a block that refinement moves: those that enough examples have.
pub(super) struct Moving {
    /// By feature: its place among them, or [`NONE`].
    pub(super) places: Vec<u32>,
    pub(super) n: usize,
}

impl Moving {
    pub(super) fn new<'a>(
        rows: impl Iterator<Item = &'a [u32]>,
        n_features: usize,
        min_examples: u32,
    ) -> Moving {
        let mut counts = vec![0u32; n_features];
        rows.flatten().for_each(|&feature| counts[feature as usize] += 1);
        let mut n = 0;
        let mut places = counts;
        for place in &mut places {
            let moves = *place >= min_examples;
            *place = if moves { n } else { NONE };
            n += u32::from(moves);
        }
        Moving { places, n: n as usize }
    }
}

/// What refinement needs of its examples.
pub(super) struct Examples {
    /// Their rows are now their places among all examples.
    pub(super) runs: Vec<Vec<Example>>,
    /// By block: for each example the places of those of its features that move.
    pub(super) lists: Vec<Lists>,
    /// By block: for each example the scale of its features.
    pub(super) scales: Vec<Vec<f64>>,
    /// What the features that do not move give each example, class by class: those of its own blocks, and
    /// those of the near ones.
    pub(super) fixed: [Vec<f64>; 2],
    /// Their weights, added up.
    pub(super) total: f64,
}

impl Examples {
    pub(super) fn new(
        blocks: &[Block],
        tables: &[FeatureTable],
        pool: &Pool,
        moving: &[Moving],
        lists: &FeatureLists,
        runs: &[Vec<Example>],
    ) -> Examples {
        let all = || runs.iter().flatten();
        let (n, n_examples) = (pool.class_offsets.len(), all().count());
        let mut row = 0;
        let mut placed = |example: &Example| {
            row += 1;
            Example { row: row - 1, ..*example }
        };
        let mut examples = Examples {
            runs: runs.iter().map(|run| run.iter().map(&mut placed).collect()).collect(),
            lists: Vec::with_capacity(blocks.len()),
            scales: Vec::with_capacity(blocks.len()),
            fixed: [vec![0.0; n * n_examples], vec![0.0; n * n_examples]],
            total: all().map(|example| example.weight).sum(),
        };
        for (number, (&block, moving)) in blocks.iter().zip(moving).enumerate() {
            let fixed = examples.fixed[usize::from(block.is_near())].chunks_exact_mut(n);
            let rows = all().map(|example| lists.of(example.row, block));
            let (mut of_block, mut scales) = (Lists::default(), Vec::with_capacity(n_examples));
            let mut list = Vec::new();
            for (row, fixed) in rows.zip(fixed) {
                let scale = scale(row.len());
                for &feature in row {
                    match moving.places[feature as usize] {
                        NONE => {
                            let start = start_of_row(tables[number].row(feature), pool.block_weights[number]);
                            fixed.iter_mut().zip(start).for_each(|(sum, value)| *sum += scale * value);
                        }
                        place => list.push(place),
                    }
                }
                of_block.push(&list);
                list.clear();
                scales.push(scale);
            }
            examples.lists.push(of_block);
            examples.scales.push(scales);
        }
        examples
    }
}
