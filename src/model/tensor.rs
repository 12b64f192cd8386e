//! The tensors of a model file: little-endian arrays, read in place where the bytes are part of the program.

use std::borrow::Cow;

use bytemuck::Pod;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use sha2::{Digest, Sha256};

/// The numbers of a tensor: those in the program's own bytes where they are, others as a copy.
pub fn numbers<'a, T: Pod>(
    tensors: &SafeTensors<'a>,
    name: &str,
    dtype: Dtype,
    keep: impl Fn(&'a [u8]) -> Option<&'static [u8]>,
) -> Result<Cow<'static, [T]>, String> {
    let data = data(tensors, name, dtype)?;
    let in_place = keep(data).and_then(|data| bytemuck::try_cast_slice(data).ok());
    Ok(in_place.map_or_else(|| Cow::Owned(bytemuck::allocation::pod_collect_to_vec(data)), Cow::Borrowed))
}

fn data<'a>(tensors: &SafeTensors<'a>, name: &str, dtype: Dtype) -> Result<&'a [u8], String> {
    let view = tensors.tensor(name).map_err(|err| format!("{name}: {err}"))?;
    if view.dtype() == dtype { Ok(view.data()) } else { Err(format!("{name} has another type")) }
}

/// A tensor's bytes before they are written.
pub struct Tensor {
    dtype: Dtype,
    shape: Vec<usize>,
    /// In little-endian order.
    pub bytes: Vec<u8>,
}

impl Tensor {
    /// A tensor of one row for each `width` numbers.
    pub fn of<T: Pod>(dtype: Dtype, numbers: &[T], width: usize) -> Tensor {
        let shape = if width == 1 { vec![numbers.len()] } else { vec![numbers.len() / width, width] };
        Tensor { dtype, shape, bytes: bytemuck::cast_slice(numbers).to_vec() }
    }

    /// What safetensors writes.
    pub fn view(&self) -> Result<TensorView<'_>, String> {
        TensorView::new(self.dtype, self.shape.clone(), &self.bytes).map_err(|err| err.to_string())
    }
}

/// Hex SHA-256 over the metadata entry and over names and bytes in the order given.
pub fn checksum<'a>(entry: &str, tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hasher = Sha256::new();
    hasher.update(entry.as_bytes());
    for (name, bytes) in tensors {
        hasher.update(name.as_bytes());
        hasher.update([0]);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(target_endian = "big")]
compile_error!("model files hold little-endian numbers, which this build would read in its own order");
