//! Figures of predictions in lines.

use rhetor::{LabelScores, ReliabilityBin};

/// How wide labels are written at least.
const MIN_WIDTH: usize = 8;

/// Precision, recall, F1 and support of each label.
pub(crate) fn label_scores(labels: &[String], scores: &[LabelScores]) -> String {
    let width = longest(labels);
    let mut lines = format!("{:width$} precision recall    F1 support\n", "label");
    for (label, scores) in labels.iter().zip(scores) {
        lines += &format!(
            "{label:width$} {:>9.3} {:>6.3} {:>5.3} {:>7}\n",
            scores.precision, scores.recall, scores.f1, scores.support
        );
    }
    lines
}

/// Counts by true and predicted label, and `dropped` in a last column where counts have one.
///
/// Lines no wider than `width`, if the columns can be made narrow enough: labels over them are cut where they must
/// be, but never under three characters.
pub(crate) fn confusion(labels: &[String], counts: &[Vec<usize>], width: usize) -> String {
    let has_dropped = counts.first().is_some_and(|row| row.len() > labels.len());
    let columns: Vec<&str> =
        labels.iter().map(String::as_str).chain(has_dropped.then_some("dropped")).collect();
    let row_width = longest(labels);
    let wanted = columns.iter().map(|label| label.chars().count()).max().unwrap_or(0).max(MIN_WIDTH);
    let digits = counts.iter().flatten().map(|count| count.to_string().len()).max().unwrap_or(0);
    let fitting = (width.saturating_sub(row_width) / columns.len().max(1)).saturating_sub(1);
    let column_width = wanted.min(fitting.max(digits).max(3));
    let header: Vec<String> =
        columns.iter().map(|label| format!("{:>column_width$}", cut(label, column_width))).collect();
    let note = "   (columns: predicted)";
    let header = format!("{:row_width$} {}", "true", header.join(" "));
    let mut lines = match header.chars().count() + note.len() <= width {
        true => format!("{header}{note}\n"),
        false => format!("rows: the true label; columns: predicted, in the same order\n{header}\n"),
    };
    for (label, row) in labels.iter().zip(counts) {
        let row: Vec<String> = row.iter().map(|count| format!("{count:>column_width$}")).collect();
        lines += &format!("{label:row_width$} {}\n", row.join(" "));
    }
    lines
}

/// How often the surest share of paragraphs is right.
pub(crate) fn coverage(coverage: &[(f64, f64)]) -> String {
    let shares: Vec<String> = coverage.iter().map(|(share, _)| format!("{:>4.0}%", 100.0 * share)).collect();
    let hits: Vec<String> = coverage.iter().map(|(_, hit)| format!("{hit:>5.3}")).collect();
    format!("surest   {}\naccuracy {}\n", shares.join(" "), hits.join(" "))
}

/// Whether probabilities hold: a line for each bin of the best probability.
pub(crate) fn reliability(bins: &[ReliabilityBin]) -> String {
    let mut lines = String::from("probability  mean accuracy      n\n");
    for bin in bins {
        lines += &format!(
            "{:.3}-{:.3} {:>5.3} {:>8.3} {:>6}\n",
            bin.low, bin.high, bin.mean_probability, bin.accuracy, bin.n_paragraphs
        );
    }
    lines
}

fn longest(labels: &[String]) -> usize {
    labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).max(MIN_WIDTH)
}

/// The first characters of a text that is longer than `width`, and a mark for the rest.
fn cut(text: &str, width: usize) -> String {
    match text.chars().count() > width {
        true => text.chars().take(width - 1).chain(['…']).collect(),
        false => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(labels: &[&str], width: usize, expected: &str) {
        let labels: Vec<String> = labels.iter().map(|label| label.to_string()).collect();
        let counts = vec![vec![7; labels.len()]; labels.len()];
        let found = confusion(&labels, &counts, width);
        assert_eq!(found, expected);
        assert!(found.lines().all(|line| line.chars().count() <= width.max(60)), "{found}");
    }

    #[test]
    fn few_labels_stand_in_full() {
        check(
            &["a", "b"],
            80,
            "true            a        b   (columns: predicted)\na               7        7\nb               7        7\n",
        );
    }

    #[test]
    fn many_labels_are_cut() {
        check(
            &["northern", "southern", "eastern"],
            22,
            "rows: the true label; columns: predicted, in the same order\n\
             true     no… so… ea…\nnorthern   7   7   7\nsouthern   7   7   7\neastern    7   7   7\n",
        );
    }
}
