//! How the parts of a model file are kept: borrowed from bytes that last, or copied.

use std::borrow::Cow;
use std::path::Path;

use super::file::is_in_range;
use crate::bayes::FeatureTable;
use crate::error::Result;
use crate::features::{Vocabulary, WordClasses};

/// How the parts of a model file are kept.
pub(super) trait Keep<'a> {
    /// The names of a vocabulary; `None` when they are not in order.
    fn vocabulary(&self, names: &'a str) -> Option<Vocabulary>;

    /// A table of single-precision numbers in little-endian bytes; `None` when they are not whole rows of
    /// numbers in range.
    fn table(&self, n_classes: usize, bytes: &'a [u8]) -> Option<FeatureTable>;

    /// The classes of words.
    ///
    /// # Errors
    ///
    /// When they are no table of word classes; `path` is named there.
    fn classes(&self, path: &Path, table: &'a str) -> Result<WordClasses>;
}

/// Copies, with every part checked: bytes of which nothing is known.
pub(super) struct Copied;

/// Borrows, and takes for granted what a test has checked: the bytes that every build carries.
pub(super) struct Borrowed;

impl Keep<'_> for Copied {
    fn vocabulary(&self, names: &str) -> Option<Vocabulary> {
        Vocabulary::from_lines(Cow::Owned(names.to_string()))
    }

    fn table(&self, n_classes: usize, bytes: &[u8]) -> Option<FeatureTable> {
        let (chunks, rest) = bytes.as_chunks();
        let values: Vec<f32> = chunks.iter().copied().map(f32::from_le_bytes).collect();
        let is_whole = rest.is_empty() && values.iter().all(|value| is_in_range(f64::from(*value)));
        if is_whole { FeatureTable::new(n_classes, values) } else { None }
    }

    fn classes(&self, path: &Path, table: &str) -> Result<WordClasses> {
        WordClasses::parse(path, table)
    }
}

impl Keep<'static> for Borrowed {
    fn vocabulary(&self, names: &'static str) -> Option<Vocabulary> {
        Some(Vocabulary::from_ordered(Cow::Borrowed(names)))
    }

    fn table(&self, n_classes: usize, bytes: &'static [u8]) -> Option<FeatureTable> {
        match bytemuck::try_cast_slice(bytes) {
            Ok(values) if cfg!(target_endian = "little") => {
                FeatureTable::of_rounded(n_classes, Cow::Borrowed(values))
            }
            _ => Copied.table(n_classes, bytes),
        }
    }

    fn classes(&self, path: &Path, table: &'static str) -> Result<WordClasses> {
        WordClasses::of_table(path, Cow::Borrowed(table))
    }
}
