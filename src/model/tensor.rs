//! Arrays of numbers in a model file.

use std::borrow::Cow;

use bytemuck::Pod;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// A value, or what is wrong with the file.
pub type Checked<T> = std::result::Result<T, String>;

/// The numbers of a tensor: borrowed if they are in the program's own bytes, otherwise copied.
pub fn numbers<'a, T: Pod>(
    tensors: &SafeTensors<'a>,
    name: &str,
    dtype: Dtype,
    keep: impl Fn(&'a [u8]) -> Option<&'static [u8]>,
) -> Checked<Cow<'static, [T]>> {
    let view = tensors.tensor(name).map_err(|err| format!("{name}: {err}"))?;
    if view.dtype() != dtype {
        return Err(format!("{name} has the wrong type"));
    }
    let in_place = keep(view.data()).and_then(|data| bytemuck::try_cast_slice(data).ok());
    Ok(in_place
        .map_or_else(|| Cow::Owned(bytemuck::allocation::pod_collect_to_vec(view.data())), Cow::Borrowed))
}

/// A tensor's bytes before they are written.
pub struct Tensor {
    pub dtype: Dtype,
    pub shape: Vec<usize>,
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
    pub fn view(&self) -> Checked<TensorView<'_>> {
        TensorView::new(self.dtype, self.shape.clone(), &self.bytes).map_err(|err| err.to_string())
    }
}
