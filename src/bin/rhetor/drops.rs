//! How many blocks of an input were dropped for which reason, by file type.

use std::collections::BTreeMap;
use std::path::Path;

use rhetor::{Article, Reason};

/// The counts of a run.
#[derive(Default)]
pub struct Drops {
    /// By file type and reason; no reason means that a block was kept.
    counts: BTreeMap<(String, Option<&'static str>), usize>,
}

impl Drops {
    /// Counts the blocks of an article.
    pub fn add(&mut self, article: &Article, reasons: &[Option<Reason>]) {
        for reason in reasons {
            let key = (file_type(&article.source), reason.map(Reason::name));
            *self.counts.entry(key).or_default() += 1;
        }
    }

    /// The counts as a table, the most frequent reason of each file type first.
    pub fn table(&self) -> String {
        let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
        self.counts.iter().for_each(|((kind, _), n)| *totals.entry(kind).or_default() += n);
        let mut rows: Vec<_> = self.counts.iter().collect();
        rows.sort_by(|((kind, reason), n), ((other, other_reason), m)| {
            (kind, reason.is_some(), m, reason).cmp(&(other, other_reason.is_some(), n, other_reason))
        });
        let mut lines = format!("{:<8} {:<16} {:>8} {:>6}\n", "type", "reason", "blocks", "share");
        for ((kind, reason), n) in rows {
            let share = 100.0 * *n as f64 / totals[kind.as_str()] as f64;
            lines += &format!("{kind:<8} {:<16} {n:>8} {share:>5.1}%\n", reason.unwrap_or("(kept)"));
        }
        lines
    }
}

/// The extension of a file, without that of its compression.
fn file_type(source: &str) -> String {
    let path = Path::new(source);
    let extension =
        |path: &Path| path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let outer = extension(path);
    let inner = match outer.as_deref() {
        Some("gz" | "gzip" | "zst" | "zstd") => extension(&path.with_extension("")),
        _ => outer,
    };
    inner.unwrap_or_else(|| "(none)".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_type_of_what_they_hold() {
        for (source, expected) in [
            ("a/b.HTML", "html"),
            ("b.jsonl.gz", "jsonl"),
            ("-", "(none)"),
            ("a.b/c", "(none)"),
            ("c.gz", "(none)"),
        ] {
            assert_eq!(file_type(source), expected, "{source}");
        }
    }

    #[test]
    fn reasons_are_listed_by_their_frequency() {
        let article = rhetor::article_from_text("One.\n\nTwo.\n\nThree.\n\nFour.");
        let mut drops = Drops::default();
        drops.add(&article, &[None, Some(Reason::Share), Some(Reason::Legal), Some(Reason::Share)]);
        let table = drops.table();
        let reasons: Vec<&str> =
            table.lines().skip(1).map(|line| line.split_whitespace().nth(1).unwrap()).collect();
        assert_eq!(reasons, ["(kept)", "share", "legal"]);
    }
}
