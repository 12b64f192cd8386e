//! The tensors of a model file: texts and tables, and the checksum over them.

use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use sha2::{Digest, Sha256};

use super::keep::Keep;
use crate::bayes::FeatureTable;
use crate::features::{Vocabulary, WordClasses};

/// A tensor of the type that its part has.
fn tensor_of<'a>(
    tensors: &SafeTensors<'a>,
    name: &str,
    dtype: Dtype,
) -> std::result::Result<TensorView<'a>, String> {
    let view = tensors.tensor(name).map_err(|err| format!("{name}: {err}"))?;
    if view.dtype() == dtype { Ok(view) } else { Err(format!("{name} has another type")) }
}

/// A block's names, in order.
pub(super) fn read_vocabulary<'a>(
    tensors: &SafeTensors<'a>,
    name: &str,
    keep: &impl Keep<'a>,
) -> std::result::Result<Vocabulary, String> {
    let names = tensor_of(tensors, &format!("{name}.names"), Dtype::U8)?;
    let names = std::str::from_utf8(names.data()).map_err(|err| format!("{name}.names: {err}"))?;
    keep.vocabulary(names).ok_or_else(|| format!("{name}.names is not in order"))
}

/// A block's table over `vocabulary`, with its length checked.
pub(super) fn read_table<'a>(
    tensors: &SafeTensors<'a>,
    name: &str,
    keep: &impl Keep<'a>,
    vocabulary: &Vocabulary,
    n_classes: usize,
) -> std::result::Result<FeatureTable, String> {
    let bytes = tensor_of(tensors, &format!("{name}.table"), Dtype::F32)?.data();
    let (n_names, n_values) = (vocabulary.len(), bytes.len() / 4);
    let table = Some(bytes).filter(|_| n_values == n_names * n_classes);
    table
        .and_then(|bytes| keep.table(n_classes, bytes))
        .ok_or_else(|| format!("{name} has {n_names} names, {n_values} values, {n_classes} classes"))
}

/// The classes of words; no lines where the model has none.
pub(super) fn read_classes<'a>(
    tensors: &SafeTensors<'a>,
    name: &str,
    keep: &impl Keep<'a>,
) -> std::result::Result<WordClasses, String> {
    let classes = tensors.tensor(name).map_err(|err| format!("{name}: {err}"))?;
    let classes = std::str::from_utf8(classes.data()).map_err(|err| format!("{name}: {err}"))?;
    keep.classes(Path::new(name), classes).map_err(|err| err.to_string())
}

/// Hex SHA-256 over the entry and over names and bytes in the order given.
pub(super) fn checksum<'a>(entry: &str, tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hasher = Sha256::new();
    hasher.update(entry.as_bytes());
    for (name, bytes) in tensors {
        hasher.update(name.as_bytes());
        hasher.update([0]);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    crate::corpus::hex(&hasher.finalize())
}

/// A tensor's bytes before they are written.
pub(super) struct Tensor {
    dtype: Dtype,
    shape: Vec<usize>,
    pub(super) bytes: Vec<u8>,
}

impl Tensor {
    /// Lines of text.
    pub(super) fn text(text: &str) -> Tensor {
        Tensor { dtype: Dtype::U8, shape: vec![text.len()], bytes: text.as_bytes().to_vec() }
    }

    pub(super) fn table(table: &FeatureTable) -> Tensor {
        let values = table.values();
        let shape = vec![values.len() / table.n_classes(), table.n_classes()];
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Tensor { dtype: Dtype::F32, shape, bytes }
    }

    pub(super) fn view(&self) -> std::result::Result<TensorView<'_>, String> {
        TensorView::new(self.dtype, self.shape.clone(), &self.bytes).map_err(|err| err.to_string())
    }
}
