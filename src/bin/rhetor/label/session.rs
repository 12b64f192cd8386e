//! A session: which paragraph is next, and what a choice changes. Each choice is in the log before the state has it.

use std::collections::{BTreeMap, VecDeque};

use serde::Deserialize;
use serde_json::{Value, json};

use super::codebook::Codebook;
use super::items::Item;
use super::log::{Action, Log, Record, now};

/// How many paragraphs before and after are shown.
const N_BESIDE: usize = 2;
/// The longest note, in bytes.
const MAX_NOTE: usize = 10_000;

/// What a coder sees and has done.
pub struct Session {
    items: Vec<Item>,
    codebook: Codebook,
    coder: String,
    shows_model: bool,
    log: Log,
    /// The coder's labels, by place in `items`.
    labels: BTreeMap<usize, String>,
    /// Paragraphs that are left for later, in the order in which they will be shown.
    skipped: VecDeque<usize>,
    /// Labelled and skipped paragraphs, the last one last.
    history: Vec<usize>,
}

/// A request of the page.
#[derive(Debug, Deserialize)]
pub struct Choice {
    action: Action,
    /// The paragraph that was on the page.
    #[serde(default)]
    key: String,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    confidence: Option<u8>,
    #[serde(default)]
    note: Option<String>,
}

/// Why a choice was not recorded.
#[derive(Debug)]
pub enum Unrecorded {
    /// The page shows something else than the session has, or asks for something impossible.
    Refused(&'static str),
    /// It could not be written.
    Failed(anyhow::Error),
}

impl Session {
    /// A session that goes on where `records`, the log so far, end.
    pub fn new(
        items: Vec<Item>,
        codebook: Codebook,
        coder: &str,
        shows_model: bool,
        log: Log,
        records: &[Record],
    ) -> Session {
        let (labels, skipped, history) = Default::default();
        let mut session =
            Session { items, codebook, coder: coder.to_string(), shows_model, log, labels, skipped, history };
        let places: BTreeMap<String, usize> =
            session.items.iter().enumerate().map(|(place, item)| (item.key.clone(), place)).collect();
        for record in records.iter().filter(|record| record.coder == coder) {
            if let Some(&place) = places.get(&record.unit.key()) {
                session.apply(place, record.action, record.label.clone());
            }
        }
        session
    }

    /// How many paragraphs are to be labelled.
    pub fn n_items(&self) -> usize {
        self.items.iter().filter(|item| !item.is_context).count()
    }

    pub fn n_labelled(&self) -> usize {
        self.labels.len()
    }

    /// The paragraph that is shown: the first that is neither labelled nor skipped, then those that were skipped.
    fn current(&self) -> Option<usize> {
        let is_open = |&place: &usize| {
            !self.items[place].is_context
                && !self.labels.contains_key(&place)
                && !self.skipped.contains(&place)
        };
        (0..self.items.len()).find(is_open).or_else(|| self.skipped.front().copied())
    }

    /// Records a choice.
    pub fn choose(&mut self, choice: Choice) -> Result<(), Unrecorded> {
        let place = match choice.action {
            Action::Undo => {
                self.history.last().copied().ok_or(Unrecorded::Refused("there is nothing to undo"))?
            }
            Action::Label | Action::Skip => {
                let current = self.current().ok_or(Unrecorded::Refused("all paragraphs are labelled"))?;
                if self.items[current].key != choice.key {
                    return Err(Unrecorded::Refused("this paragraph has been labelled already"));
                }
                current
            }
        };
        let label = match (choice.action, choice.label) {
            (Action::Label, Some(label)) if self.codebook.label(&label).is_some() => Some(label),
            (Action::Label, _) => return Err(Unrecorded::Refused("the codebook does not have this label")),
            _ => None,
        };
        let note = choice.note.filter(|note| !note.trim().is_empty());
        if note.as_ref().is_some_and(|note| note.len() > MAX_NOTE)
            || choice.confidence.is_some_and(|c| !(1..=3).contains(&c))
        {
            return Err(Unrecorded::Refused("the note is too long, or the confidence is not 1, 2 or 3"));
        }
        let record = Record {
            unit: self.items[place].unit.clone(),
            label: label.clone(),
            confidence: choice.confidence.filter(|_| label.is_some()),
            note,
            coder: self.coder.clone(),
            action: choice.action,
            time: now(),
        };
        self.log.append(&record).map_err(Unrecorded::Failed)?;
        self.apply(place, choice.action, label);
        Ok(())
    }

    fn apply(&mut self, place: usize, action: Action, label: Option<String>) {
        self.skipped.retain(|&skipped| skipped != place);
        match (action, label) {
            (Action::Label, Some(label)) => drop(self.labels.insert(place, label)),
            (Action::Skip, _) => self.skipped.push_back(place),
            _ => drop(self.labels.remove(&place)),
        }
        match action {
            Action::Undo => drop(self.history.pop()),
            Action::Label | Action::Skip => self.history.push(place),
        }
    }

    /// What the page shows.
    pub fn state(&self) -> Value {
        let last = self.history.last().filter(|place| self.labels.contains_key(place));
        json!({
            "done": self.labels.len(),
            "skipped": self.skipped.len(),
            "total": self.n_items(),
            "can_undo": !self.history.is_empty(),
            "item": self.current().map(|place| self.shown(place)),
            "last": last.map(|&place| json!({"label": self.labels[&place], "model": self.guess(place)})),
        })
    }

    fn shown(&self, place: usize) -> Value {
        let item = &self.items[place];
        let opinion = |record: &Record| json!({"coder": record.coder, "label": record.label, "confidence": record.confidence, "note": record.note});
        json!({
            "key": item.key,
            "doc": item.unit.doc,
            "outlet": item.unit.outlet,
            "before": self.texts(self.beside(place, true)),
            "text": item.unit.text,
            "after": self.texts(self.beside(place, false)),
            "model": self.guess(place).filter(|_| self.shows_model),
            "opinions": item.opinions.iter().map(opinion).collect::<Vec<_>>(),
        })
    }

    /// The places of the paragraphs before or after, in the order of the article.
    fn beside(&self, place: usize, before: bool) -> Vec<usize> {
        let mut places = Vec::new();
        let mut at = place;
        while places.len() < N_BESIDE {
            let next =
                if before { at.checked_sub(1) } else { Some(at + 1).filter(|&next| next < self.items.len()) };
            let Some(next) = next else { break };
            if !self.items[at.min(next)].is_before(&self.items[at.max(next)]) {
                break;
            }
            places.push(next);
            at = next;
        }
        if before {
            places.reverse();
        }
        places
    }

    fn texts(&self, places: Vec<usize>) -> Vec<&str> {
        places.into_iter().map(|place| self.items[place].unit.text.as_str()).collect()
    }

    fn guess(&self, place: usize) -> Option<Value> {
        self.items[place]
            .guess
            .as_ref()
            .map(|(label, probability)| json!({"label": label, "probability": probability}))
    }
}
