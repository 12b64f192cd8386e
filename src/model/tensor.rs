//! The tensors of a model file: texts and tables, and the checksum over them.

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use sha2::{Digest, Sha256};

use super::file::Keep;
use super::file::is_in_range;
use crate::bayes::FeatureTable;
use crate::features::Vocabulary;

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
    keep: Keep<'a>,
) -> std::result::Result<Vocabulary, String> {
    let names = tensor_of(tensors, &format!("{name}.names"), Dtype::U8)?;
    let names = std::str::from_utf8(names.data()).map_err(|err| format!("{name}.names: {err}"))?;
    keep(names).ok_or_else(|| format!("{name}.names is not in order"))
}

/// A block's table over `vocabulary`, with its length checked.
pub(super) fn read_table(
    tensors: &SafeTensors<'_>,
    name: &str,
    vocabulary: &Vocabulary,
    n_classes: usize,
) -> std::result::Result<FeatureTable, String> {
    let table = tensor_of(tensors, &format!("{name}.table"), Dtype::F32)?;
    let chunks = table.data().chunks_exact(4);
    let values: Vec<f32> =
        chunks.map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect();
    let (n_names, n_values) = (vocabulary.len(), values.len());
    if n_values != n_names * n_classes || !values.iter().all(|value| is_in_range(f64::from(*value))) {
        return Err(format!("{name} has {n_names} names, {n_values} values, {n_classes} classes"));
    }
    FeatureTable::new(n_classes, values).ok_or_else(|| format!("{name} has no whole rows"))
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
