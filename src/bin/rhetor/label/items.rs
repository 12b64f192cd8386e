//! The paragraphs to label, with the paragraphs beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rhetor::read::{ReadOptions, read_path};
use rhetor::{Article, Error, Model, Outcome, Paragraph, ScoreOptions};
use serde::Deserialize;

use super::log::{Record, Unit, last_choices};
use crate::progress::Progress;
use crate::terminal::note;

/// One paragraph.
#[derive(Debug, Clone)]
pub struct Item {
    pub unit: Unit,
    pub key: String,
    /// Whether it is only shown beside others.
    pub is_context: bool,
    /// What the model says: the label and its probability.
    pub guess: Option<(String, f64)>,
    /// What other coders said.
    pub opinions: Vec<Record>,
}

impl Item {
    fn new(unit: Unit, is_context: bool) -> Item {
        Item { key: unit.key(), unit, is_context, guess: None, opinions: Vec::new() }
    }

    /// Whether `next` directly follows it in the same article.
    pub fn is_before(&self, next: &Item) -> bool {
        let (Some(index), Some(after)) = (self.unit.index, next.unit.index) else { return false };
        self.unit.doc.is_some() && self.unit.doc == next.unit.doc && index.checked_add(1) == Some(after)
    }
}

#[derive(Deserialize)]
struct Row {
    #[serde(flatten)]
    unit: Unit,
    #[serde(default)]
    context: bool,
}

/// The paragraphs of all inputs, each once. Reports rows that cannot be read.
pub fn read(paths: &[PathBuf], model: &Model, progress: &mut Progress) -> anyhow::Result<Vec<Item>> {
    let mut items = Vec::new();
    for path in progress.inputs(paths)?.files {
        let result = match path.extension().is_some_and(|suffix| suffix == "jsonl") {
            true => read_rows(&path, &mut items, progress),
            false => read_articles(&path, model, &mut items, progress),
        };
        match result {
            Ok(()) => progress.done(),
            Err(error) => progress.failed(&error),
        }
    }
    Ok(unique(items))
}

fn read_rows(path: &Path, items: &mut Vec<Item>, progress: &mut Progress) -> rhetor::Result<()> {
    let text = std::fs::read(path).map_err(Error::io(path, "read"))?;
    for (line, number) in text.split(|&c| c == b'\n').zip(1..) {
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii();
        if line.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Row>(line) {
            Ok(row) if !row.unit.text.trim().is_empty() => items.push(Item::new(row.unit, row.context)),
            Ok(_) => progress.failed(&bad_row(path, number, "an empty text".to_string())),
            Err(error) => progress.failed(&bad_row(path, number, crate::scorer::reason(&error))),
        }
    }
    Ok(())
}

fn bad_row(path: &Path, line: usize, found: String) -> Error {
    let expected = "a JSON object with `text` and, if known, `id`, `doc` and `index`".to_string();
    Error::Row { path: path.to_path_buf(), line, found, expected }
}

/// Adds the paragraphs of articles that the filter keeps.
fn read_articles(
    path: &Path,
    model: &Model,
    items: &mut Vec<Item>,
    progress: &mut Progress,
) -> rhetor::Result<()> {
    let reading = read_path(path, &ReadOptions { rows_are_paragraphs: true, ..ReadOptions::default() })?;
    progress.report(&reading.warnings, &reading.errors);
    let mut n_dropped = 0;
    for (number, article) in reading.articles.iter().enumerate() {
        let doc = article.known("doc").map_or_else(
            || {
                if reading.articles.len() > 1 {
                    format!("{}#{}", article.source, number + 1)
                } else {
                    article.source.clone()
                }
            },
            str::to_string,
        );
        let mut index = article.first_paragraph as i64;
        for (paragraph, reason) in article.paragraphs.iter().zip(model.filter(article)) {
            if reason.is_some() {
                n_dropped += 1;
                continue;
            }
            index += 1;
            let id = paragraph.id.clone().into();
            let outlet = article.known("outlet").map(str::to_string);
            let unit =
                Unit { id, doc: Some(doc.clone()), index: Some(index), outlet, text: paragraph.text.clone() };
            items.push(Item::new(unit, false));
        }
    }
    if n_dropped > 0 {
        note(&format!("rhetor: {}: the filter dropped {n_dropped} blocks", path.display()));
    }
    Ok(())
}

/// The items without repeated ones; says how many there were.
fn unique(items: Vec<Item>) -> Vec<Item> {
    let n_items = items.len();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<Item> = Vec::new();
    for item in items {
        match places.get(&item.key) {
            // A row can be the context of one paragraph and be labelled itself.
            Some(&place) => kept[place].is_context &= item.is_context,
            None => {
                places.insert(item.key.clone(), kept.len());
                kept.push(item);
            }
        }
    }
    if kept.len() < n_items {
        note(&format!("rhetor: {} rows were repetitions of others and are shown once", n_items - kept.len()));
    }
    kept
}

/// Only the paragraphs on which the coders of `records` differ are to be labelled; paragraphs that are not among `items`
/// are added. `coder` adjudicates, so that an earlier decision is not an opinion.
pub fn disagreements(items: &mut Vec<Item>, records: &[Record], coder: &str) {
    let mut opinions: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    let mut order = Vec::new();
    for record in last_choices(records).into_iter().filter(|record| record.coder != coder) {
        let key = record.unit.key();
        let of_key = opinions.entry(key.clone()).or_insert_with(|| {
            order.push(key);
            Vec::new()
        });
        of_key.push(record.clone());
    }
    opinions.retain(|_, records| records.iter().any(|record| record.label != records[0].label));
    for item in items.iter_mut() {
        let of_item = opinions.remove(&item.key);
        item.is_context = of_item.is_none();
        item.opinions = of_item.unwrap_or_default();
    }
    for key in order {
        if let Some(records) = opinions.remove(&key) {
            items.push(Item { opinions: records.clone(), ..Item::new(records[0].unit.clone(), false) });
        }
    }
}

/// Adds what the model says, with neighbours where they are known.
pub fn guess(items: &mut [Item], model: &Model) {
    let options = ScoreOptions { filter: false, ..ScoreOptions::default() };
    for run in items.chunk_by_mut(|item, next| item.is_before(next)) {
        let paragraphs = run.iter().enumerate().map(|(place, item)| Paragraph {
            text: item.unit.text.clone(),
            follows: place > 0,
            ..Paragraph::default()
        });
        let article = Article {
            source: String::new(),
            metadata: BTreeMap::new(),
            span_of: rhetor::article::SpanOf::Field,
            first_paragraph: 0,
            paragraphs: paragraphs.collect(),
        };
        for (item, outcome) in run.iter_mut().zip(model.score(&article, options)) {
            if let Outcome::Labelled(labelling) = outcome {
                let probability = labelling.probabilities[labelling.label];
                item.guess = Some((model.labels()[labelling.label].clone(), probability));
            }
        }
    }
}
