//! The log of choices: a file of JSON lines to which each choice is appended and synced before it is confirmed.
//!
//! Nothing is ever overwritten. An undo is a further record, and the last record of a coder for a paragraph counts.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use rhetor::Error;
use rhetor::output::OutputFile;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::terminal::say;

/// The paragraph that a record is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    #[serde(default)]
    pub id: Value,
    #[serde(default)]
    pub doc: Option<String>,
    #[serde(default)]
    pub index: Option<i64>,
    #[serde(default)]
    pub outlet: Option<String>,
    pub text: String,
}

impl Unit {
    /// Identifies the paragraph. A row whose text was changed is another paragraph.
    pub fn key(&self) -> String {
        let parts = serde_json::json!([self.id, self.doc, self.index, self.text]).to_string();
        Sha256::digest(parts)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What a coder did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Label,
    Skip,
    Undo,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    #[serde(flatten)]
    pub unit: Unit,
    /// `null` after a skip or an undo.
    pub label: Option<String>,
    /// From 1 (unsure) to 3 (sure).
    #[serde(default)]
    pub confidence: Option<u8>,
    #[serde(default)]
    pub note: Option<String>,
    pub coder: String,
    pub action: Action,
    /// In UTC.
    #[serde(default)]
    pub time: String,
}

/// An open log, which no other process can write to.
pub struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Opens or creates a log, and returns its records.
    ///
    /// # Errors
    ///
    /// If another run has it open, or it holds anything but choices. An incomplete last line, left by a crash, was never
    /// confirmed; it is removed with a message.
    pub fn open(path: &Path) -> anyhow::Result<(Log, Vec<Record>)> {
        let io = |error| Error::io(path, "write")(error);
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                anyhow::bail!("{}: another run of `rhetor label` is writing to this file", path.display())
            }
            Err(TryLockError::Error(error)) => return Err(io(error).into()),
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(io)?;
        let complete = text.iter().rposition(|&c| c == b'\n').map_or(0, |end| end + 1);
        let rest = &text[complete..];
        let records = if rest.is_empty() {
            parse(path, &text)?
        } else if serde_json::from_slice::<Record>(rest).is_ok() {
            file.write_all(b"\n").map_err(io)?;
            parse(path, &text)?
        } else {
            let records = parse(path, &text[..complete])?;
            anyhow::ensure!(complete > 0 || rest.starts_with(b"{\"id\":"), not_a_log(path, 1));
            let line = text.iter().filter(|&&c| c == b'\n').count() + 1;
            say(&format!(
                "rhetor: {}:{line}: removed an incomplete line, which a crash left",
                path.display()
            ));
            file.set_len(complete as u64).map_err(io)?;
            records
        };
        // The name of a new file has to survive a crash, too.
        #[cfg(unix)]
        if let Ok(folder) = File::open(
            path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")),
        ) {
            folder.sync_all().map_err(io)?;
        }
        file.sync_all().map_err(io)?;
        Ok((Log { path: path.to_path_buf(), file }, records))
    }

    /// Appends a record, which is on the disk when this returns. After an error it is not in the log.
    pub fn append(&mut self, record: &Record) -> anyhow::Result<()> {
        let line = serde_json::to_string(record).context("cannot write the choice")? + "\n";
        let before = self.file.seek(SeekFrom::End(0)).map_err(Error::io(&self.path, "write"))?;
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|error| {
            // A part of a line would spoil the next record.
            let _ = self.file.set_len(before);
            Error::io(&self.path, "write")(error).into()
        })
    }
}

/// The records of a log that others may be writing to.
pub fn read(path: &Path) -> anyhow::Result<Vec<Record>> {
    let text = std::fs::read(path).map_err(Error::io(path, "read"))?;
    let complete = text.iter().rposition(|&c| c == b'\n').map_or(0, |end| end + 1);
    parse(path, &text[..complete])
}

fn parse(path: &Path, text: &[u8]) -> anyhow::Result<Vec<Record>> {
    let lines = text.split(|&c| c == b'\n').zip(1..).filter(|(line, _)| !line.trim_ascii().is_empty());
    lines
        .map(|(line, number)| {
            serde_json::from_slice(line).map_err(|_| anyhow::anyhow!(not_a_log(path, number)))
        })
        .collect()
}

fn not_a_log(path: &Path, line: usize) -> String {
    format!(
        "{}:{line}: found no choice that `rhetor label` wrote, expected a file of choices or a new file",
        path.display()
    )
}

/// The choices that count, in the order in which their paragraphs were first labelled: of each coder the last record for
/// each paragraph, unless it has no label.
pub fn last_choices(records: &[Record]) -> Vec<&Record> {
    let mut places: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let mut last: Vec<&Record> = Vec::new();
    for record in records {
        match places.entry((record.unit.key(), record.coder.as_str())) {
            std::collections::btree_map::Entry::Occupied(place) => last[*place.get()] = record,
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(last.len());
                last.push(record);
            }
        }
    }
    last.retain(|record| record.label.is_some());
    last
}

/// Writes the choices that count as rows, and returns their number.
pub fn export(log: &Path, path: &Path) -> anyhow::Result<usize> {
    anyhow::ensure!(
        log.canonicalize().ok() != path.canonicalize().ok() || !path.exists(),
        "--export {}: found the file of -o, expected another file",
        path.display()
    );
    let records = read(log)?;
    let choices = last_choices(&records);
    let mut file = OutputFile::create(path)?;
    for choice in &choices {
        serde_json::to_writer(&mut file, choice).context("cannot write rows")?;
        file.write(b"\n")?;
    }
    file.finish()?;
    Ok(choices.len())
}

/// The time now in UTC, as in `2026-01-31T09:30:00Z`.
pub fn now() -> String {
    // A clock before 1970 is wrong in any case.
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    date_time(seconds)
}

/// The date by the algorithm of Howard Hinnant's `civil_from_days`, for seconds since 1970.
fn date_time(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = era * 400 + year_of_era + carry;
    format!("{year}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str, coder: &str, label: Option<&str>) -> Record {
        let unit = Unit {
            id: Value::Null,
            doc: Some("d".to_string()),
            index: Some(1),
            outlet: None,
            text: text.to_string(),
        };
        let action = if label.is_some() { Action::Label } else { Action::Undo };
        let label = label.map(str::to_string);
        Record { unit, label, confidence: Some(2), note: None, coder: coder.to_string(), action, time: now() }
    }

    fn labels<'a>(records: &[&'a Record]) -> Vec<(&'a str, &'a str, &'a str)> {
        let parts = |record: &&'a Record| {
            (record.unit.text.as_str(), record.coder.as_str(), record.label.as_deref().unwrap())
        };
        records.iter().map(parts).collect()
    }

    #[test]
    fn the_last_record_of_a_coder_counts() {
        let records = [
            record("one", "a", Some("x")),
            record("one", "b", Some("y")),
            record("two", "a", Some("x")),
            record("one", "a", None),
            record("two", "a", None),
            record("one", "a", Some("z")),
        ];
        assert_eq!(labels(&last_choices(&records)), [("one", "a", "z"), ("one", "b", "y")]);
    }

    #[test]
    fn what_is_appended_is_read_again_and_a_torn_line_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.jsonl");
        let (mut log, records) = Log::open(&path).unwrap();
        assert!(records.is_empty());
        let one = record("one\n\u{2028}", "a", Some("x"));
        log.append(&one).unwrap();
        log.append(&record("two", "a", None)).unwrap();
        assert!(Log::open(&path).err().unwrap().to_string().contains("another run"));
        drop(log);
        let whole = std::fs::read(&path).unwrap();
        for torn in [0, 1, 10, whole.len() / 2] {
            let mut text = whole.clone();
            text.extend_from_slice(&whole[..torn]);
            std::fs::write(&path, text).unwrap();
            let (_, records) = Log::open(&path).unwrap();
            assert_eq!(records[0], one);
            assert_eq!(std::fs::read(&path).unwrap()[..whole.len()], whole[..]);
        }
    }

    #[test]
    fn other_files_are_refused_and_stay_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        for text in ["{\"text\":\"a row\"}\n", "a text without a line break", "[report] A text.\n\n"] {
            std::fs::write(&path, text).unwrap();
            let error = Log::open(&path).err().unwrap().to_string();
            assert!(error.contains("rows.jsonl:1: found no choice"), "{error}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
        ] {
            assert_eq!(date_time(seconds), expected);
        }
    }
}
