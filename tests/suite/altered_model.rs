//! Models that no training makes: a small one whose numbers and bytes are changed and signed again.
//!
//! The checksum of a model detects accidents, not intent: whoever changes a file can sign it. So the checks behind
//! the checksum are tested with files that pass it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use rhetor::corpus::Corpus;
use rhetor::read::ColumnNames;
use rhetor::train::{TrainOptions, WordCodes, train};
use rhetor::{Model, article_from_text};
use safetensors::{SafeTensors, tensor::TensorView};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::invariants::check_scores;

const ENTRY: &str = "rhetor";
const TEXT: &str =
    "The rain and the wind came before the stew of day 3.\n\n“We must act now,” she said on Monday.";

/// The bytes of a model of two labels and a filter.
static SMALL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("rows.jsonl");
    std::fs::write(&rows, labelled_rows()).unwrap();
    let word_codes = WordCodes::parse(Path::new("t"), "rain\tY\nstew\tYG\n").unwrap();
    let options = TrainOptions {
        word_codes: Some(word_codes),
        folds: rhetor::train::Folds::Count(2),
        min_count: 1,
        ..TrainOptions::default()
    };
    let trained = train(&Corpus::read(&[rows], &ColumnNames::default()), &options).unwrap();
    let path = folder.path().join("model");
    trained.model.save(&path).unwrap();
    std::fs::read(path).unwrap()
});

fn labelled_rows() -> String {
    let texts = [
        ("weather", "The rain and the wind came before the storm of day"),
        ("cooking", "The stew and the onion came out of the oven on day"),
        ("other", "Share this on Facebook"),
    ];
    let row = |index: usize| {
        let (label, text) = texts[index % texts.len()];
        format!(
            "{}\n",
            json!({"text": format!("{text} {index}."), "label": label, "doc": (index / 3).to_string()})
        )
    };
    (0..24).map(row).collect()
}

/// The bytes as a model, and as changes to a small one: what loads must score.
pub(crate) fn model(bytes: &[u8]) {
    for bytes in [bytes, &altered(bytes)] {
        if let Ok(model) = Model::from_bytes(bytes, Path::new("m")) {
            check_scores(&model, &article_from_text(TEXT), 1e-6);
            (0..model.labels().len()).for_each(|label| drop(model.strongest(label, 5)));
            drop(rhetor::report::model_page(&model, "m", 5));
        }
    }
}

/// The bytes of the small model with its entry changed, and signed again.
pub(crate) fn with_entry(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (mut entry, tensors, contents) = parts();
    change(&mut entry);
    signed(&mut entry, &tensors, &contents)
}

/// The entry of the small model, its tensors and their bytes by name.
fn parts() -> (Value, SafeTensors<'static>, BTreeMap<String, Vec<u8>>) {
    let (_, header) = SafeTensors::read_metadata(&SMALL).unwrap();
    let entry = serde_json::from_str(&header.metadata().as_ref().unwrap()[ENTRY]).unwrap();
    let tensors = SafeTensors::deserialize(&SMALL).unwrap();
    let contents = tensors.iter().map(|(name, view)| (name.to_string(), view.data().to_vec())).collect();
    (entry, tensors, contents)
}

/// The small model with changes: four bytes each, of which the first says what is changed.
fn altered(changes: &[u8]) -> Vec<u8> {
    let (mut entry, tensors, mut contents) = parts();
    let (changes, _) = changes.as_chunks::<4>();
    for &[kind, which, place, value] in changes.iter().take(16) {
        if kind % 2 == 0 {
            let index = which as usize % contents.len();
            alter_tensor(contents.values_mut().nth(index).unwrap(), kind, place, value);
        } else {
            alter_entry(&mut entry, which, place, value);
        }
    }
    signed(&mut entry, &tensors, &contents)
}

fn alter_tensor(content: &mut Vec<u8>, kind: u8, place: u8, value: u8) {
    const FLOATS: [f32; 8] =
        [0.0, -1.0, 1e30, f32::MAX, f32::MIN, f32::MIN_POSITIVE, f32::NAN, f32::INFINITY];
    let at = place as usize * content.len() / 256;
    match kind / 2 % 4 {
        0 if at < content.len() => content[at] = value,
        1 => content.truncate(at / 4 * 4),
        2 => content.extend_from_slice(&[value; 4]),
        3 if at / 4 * 4 + 4 <= content.len() => {
            let bytes = FLOATS[value as usize % FLOATS.len()].to_le_bytes();
            content[at / 4 * 4..at / 4 * 4 + 4].copy_from_slice(&bytes);
        }
        _ => {}
    }
}

/// Puts an odd value to some place of the entry.
fn alter_entry(entry: &mut Value, which: u8, place: u8, value: u8) {
    let odd = [
        json!(0),
        json!(-1),
        json!(1e308),
        json!(-1e308),
        json!(5e-324),
        json!(u64::MAX),
        json!(2),
        json!(0.5),
        json!(""),
        json!("words"),
        json!([]),
        json!({}),
        Value::Null,
        json!(true),
        json!([1.0, 1.0]),
        json!([0.5]),
    ];
    let field = entry.as_object_mut().unwrap().values_mut().nth(which as usize % 13);
    let mut place = place as usize;
    let mut target = field.unwrap();
    loop {
        // The lowest bits say where to go down, and 0 to stay.
        let n_inside =
            target.as_array().map_or(0, Vec::len) + target.as_object().map_or(0, |object| object.len());
        if n_inside == 0 || place % 8 == 7 {
            break;
        }
        let index = place % n_inside;
        place = place / n_inside.max(2) + 1;
        target = match target {
            Value::Array(items) => &mut items[index],
            Value::Object(fields) => fields.values_mut().nth(index).unwrap(),
            _ => break,
        };
    }
    *target = odd[value as usize % odd.len()].clone();
}

/// The bytes of a model file whose checksum agrees with its content.
fn signed(entry: &mut Value, tensors: &SafeTensors<'_>, contents: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    entry["sha256"] = json!("");
    let mut hasher = Sha256::new();
    hasher.update(entry.to_string());
    for (name, content) in contents {
        hasher.update(name);
        hasher.update([0]);
        hasher.update((content.len() as u64).to_le_bytes());
        hasher.update(content);
    }
    let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    entry["sha256"] = json!(digest);
    let views = contents.iter().filter_map(|(name, content)| {
        let dtype = tensors.tensor(name).unwrap().dtype();
        let size = dtype.bitsize() / 8;
        let view = TensorView::new(dtype, vec![content.len() / size], content).ok()?;
        Some((name.clone(), view))
    });
    let metadata = [(ENTRY.to_string(), entry.to_string())].into_iter().collect();
    safetensors::serialize(views.collect::<Vec<_>>(), Some(metadata)).unwrap()
}

#[test]
fn a_model_that_is_signed_again_loads_and_one_with_a_huge_number_does_not() {
    let load = |bytes: &[u8]| Model::from_bytes(bytes, Path::new("m"));
    let saved = load(&SMALL).unwrap();
    assert_eq!(load(&altered(&[])).unwrap(), saved);
    // The first class offset becomes 1e308.
    let error = load(&altered(&[1, 8, 0, 2])).unwrap_err().to_string();
    assert_eq!(error, format!("m: not a complete rhetor model: it has the number {}, out of range", 1e308));
}
