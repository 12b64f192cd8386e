//! Repairs of JSON that is nearly valid.

use std::borrow::Cow;
use std::path::Path;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Map, Value};

use crate::error::Warning;

/// The repairs so far, by kind: the number of places and the line of the first. Each kind is reported once: Python
/// writes both by default, so a dump may have them in every row.
#[derive(Default)]
pub struct Repaired([(usize, usize); 2]);

/// The kinds of repairs, and the replacement.
const REPAIRS: [(&str, &str); 2] = [("unpaired surrogates", "U+FFFD"), ("NaN or Infinity", "null")];

impl Repaired {
    /// The object in `json`, repaired if necessary.
    pub fn parse(&mut self, line: usize, json: &str) -> serde_json::Result<Map<String, Value>> {
        serde_json::from_str(json).or_else(|error| {
            let (fixed, counts) = repair(json);
            if counts == [0, 0] {
                return Err(error);
            }
            let object = serde_json::from_str(&fixed)?;
            for ((n, first_line), count) in self.0.iter_mut().zip(counts) {
                *first_line = if *n == 0 { line } else { *first_line };
                *n += count;
            }
            Ok(object)
        })
    }

    pub fn take_warnings(&mut self, path: &Path) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for ((n, line), (found, read_as)) in std::mem::take(&mut self.0).into_iter().zip(REPAIRS) {
            let places = if n == 1 { "place" } else { "places" };
            let what = format!("{found} in {n} {places}, read as {read_as}");
            warnings.extend((n > 0).then(|| Warning { path: path.to_path_buf(), line, what }));
        }
        warnings
    }
}

/// A pair of surrogates, an unpaired one, another escape, a quotation mark, or a number that JSON does not have.
static REPAIRABLE: LazyLock<Regex> = LazyLock::new(|| {
    let (high, low) = (r"\\u[dD][89abAB][[:xdigit:]]{2}", r"\\u[dD][c-fC-F][[:xdigit:]]{2}");
    let pattern = format!(r#"(?s){high}{low}|({high}|{low})|\\.|"|(NaN|-?Infinity)"#);
    Regex::new(&pattern).expect("a test uses the pattern")
});

/// `json` with each unpaired surrogate (`\ud83d` alone) as `\ufffd` and each number that JSON does not have as null,
/// and the counts of both.
fn repair(json: &str) -> (Cow<'_, str>, [usize; 2]) {
    let [mut n_surrogates, mut n_numbers] = [0, 0];
    let mut in_string = false;
    let fixed = REPAIRABLE.replace_all(json, |found: &Captures<'_>| {
        in_string ^= &found[0] == "\"";
        if in_string && found.get(1).is_some() {
            n_surrogates += 1;
            return "\\ufffd".to_string();
        }
        if !in_string && found.get(2).is_some() {
            n_numbers += 1;
            return "null".to_string();
        }
        found[0].to_string()
    });
    (fixed, [n_surrogates, n_numbers])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_repair(json: &str, expected: (&str, usize, usize)) {
        let (fixed, [n_surrogates, n_numbers]) = repair(json);
        assert_eq!((fixed.as_ref(), n_surrogates, n_numbers), expected, "{json}");
    }

    #[test]
    fn unpaired_surrogates_and_numbers_outside_json_are_repaired() {
        check_repair(r#"{"a":"\ud83d x"}"#, (r#"{"a":"\ufffd x"}"#, 1, 0));
        check_repair(r#"{"a":"\uDE00\ud83d\ud83d\ude00"}"#, (r#"{"a":"\ufffd\ufffd\ud83d\ude00"}"#, 2, 0));
        check_repair(r#"{"a":[NaN,-Infinity,Infinity]}"#, (r#"{"a":[null,null,null]}"#, 0, 3));
    }

    #[test]
    fn nothing_else_is_changed() {
        for json in [r#"{"a":"NaN \\ud83d \ud83d\ude00"}"#, r#"{"a":"\u12"#, r#"{"é":"\é"#, "\"\\", ""] {
            check_repair(json, (json, 0, 0));
        }
    }
}
