//! JSON that is nearly right: what no parser takes is read as the nearest that one does, and told.

use std::path::Path;

use serde_json::{Map, Value};

use crate::error::Warning;

/// What was mended in the JSON of a table: each kind is told once, for a dump may have it in every row.
#[derive(Default)]
pub(super) struct Mended {
    surrogates: Places,
    numbers: Places,
}

/// In how many places something stands, and the line of the first.
#[derive(Default)]
struct Places {
    n: usize,
    first_line: usize,
}

impl Places {
    fn add(&mut self, n: usize, line: usize) {
        if self.n == 0 {
            self.first_line = line;
        }
        self.n += n;
    }
}

impl Mended {
    /// The object in `json`, which begins on `line`, mended where it is none as it stands.
    ///
    /// # Errors
    ///
    /// When it is no object even so.
    pub(super) fn parse(&mut self, line: usize, json: &str) -> serde_json::Result<Map<String, Value>> {
        serde_json::from_str(json).or_else(|error| {
            let (fixed, repairs) = repaired(json).ok_or(error)?;
            let object = serde_json::from_str(&fixed)?;
            self.surrogates.add(repairs.n_surrogates, line);
            self.numbers.add(repairs.n_numbers, line);
            Ok(object)
        })
    }

    /// What was mended since this was last asked.
    pub(super) fn take_warnings(&mut self, path: &Path) -> Vec<Warning> {
        let kinds = [
            (&mut self.surrogates, "a half of a surrogate pair", "U+FFFD"),
            (&mut self.numbers, "NaN or Infinity", "null"),
        ];
        let warning = |(places, found, read_as): (&mut Places, &str, &str)| {
            let Places { n, first_line: line } = std::mem::take(places);
            let noun = if n == 1 { "place" } else { "places" };
            let what = format!("{found} in {n} {noun}, read as {read_as}");
            (n > 0).then(|| Warning { path: path.to_path_buf(), line, what })
        };
        kinds.into_iter().filter_map(warning).collect()
    }
}

/// What was made of values that JSON does not have.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Repairs {
    /// Halves of surrogate pairs (`\ud83d` alone), read as U+FFFD.
    n_surrogates: usize,
    /// `NaN`, `Infinity` and `-Infinity`, read as null.
    n_numbers: usize,
}

/// `json` with each lone surrogate as `\ufffd` and each number that JSON does not have as null, and how
/// many there were; `None` when there are none.
///
/// Python writes both by default, so real dumps have them.
pub(super) fn repaired(json: &str) -> Option<(String, Repairs)> {
    let mut repairs = Repairs::default();
    let mut fixed = String::with_capacity(json.len());
    let mut rest = json;
    let mut in_string = false;
    while let Some(sign) = rest.chars().next() {
        let n_bytes = match sign {
            '\\' if in_string => escape(rest, &mut fixed, &mut repairs.n_surrogates),
            _ => {
                in_string ^= sign == '"';
                let number = NO_NUMBERS.iter().find(|name| !in_string && rest.starts_with(**name));
                repairs.n_numbers += usize::from(number.is_some());
                let n_bytes = number.map_or(sign.len_utf8(), |name| name.len());
                fixed.push_str(number.map_or(&rest[..n_bytes], |_| "null"));
                n_bytes
            }
        };
        rest = &rest[n_bytes..];
    }
    (repairs != Repairs::default()).then_some((fixed, repairs))
}

/// What is no number in JSON.
const NO_NUMBERS: [&str; 3] = ["NaN", "Infinity", "-Infinity"];

/// Copies the escape that `rest` begins with, a whole surrogate pair as one; says how long it is.
fn escape(rest: &str, fixed: &mut String, n_surrogates: &mut usize) -> usize {
    let unit = |at: usize| {
        let digits = rest.get(at..).and_then(|rest| rest.strip_prefix("\\u"))?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let n_bytes = match (unit(0), unit(6)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
        (Some(0xd800..=0xdfff), _) => {
            *n_surrogates += 1;
            fixed.push_str("\\ufffd");
            return 6;
        }
        (Some(_), _) => 6,
        (None, _) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
    };
    fixed.push_str(&rest[..n_bytes]);
    n_bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_repaired(json: &str, expected: Option<(&str, usize, usize)>) {
        let found = repaired(json);
        let found = found.as_ref().map(|(json, r)| (json.as_str(), r.n_surrogates, r.n_numbers));
        assert_eq!(found, expected, "{json}");
    }

    #[test]
    fn lone_surrogates_and_numbers_that_are_none_are_mended() {
        check_repaired(r#"{"a":"\ud83d x"}"#, Some((r#"{"a":"\ufffd x"}"#, 1, 0)));
        check_repaired(
            r#"{"a":"\uDE00\ud83d\ud83d\ude00"}"#,
            Some((r#"{"a":"\ufffd\ufffd\ud83d\ude00"}"#, 2, 0)),
        );
        check_repaired(r#"{"a":[NaN,-Infinity,Infinity]}"#, Some((r#"{"a":[null,null,null]}"#, 0, 3)));
    }

    #[test]
    fn nothing_else_is_touched() {
        for json in [r#"{"a":"NaN \\ud83d \ud83d\ude00"}"#, r#"{"a":"\u12"#, r#"{"é":"\é"#, "\"\\", ""] {
            check_repaired(json, None);
        }
    }
}
