//! The settings of reports, and text for a terminal: fitted to a width in columns, and coloured if requested.

use anstyle::{AnsiColor, Style};
use unicode_truncate::{Alignment, UnicodeTruncateStr};
use unicode_width::UnicodeWidthStr;

use super::passed::PassedColumns;

/// The colours of labels, from the terminal's own palette so that they suit its background. Further labels start again
/// from the first.
const LABEL_COLORS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Magenta,
    AnsiColor::Green,
    AnsiColor::Yellow,
    AnsiColor::Blue,
    AnsiColor::Red,
];

/// The format of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines for a terminal.
    Table,
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values with a header line.
    Csv,
}

/// Writes results as text. All methods return whole lines.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// The form.
    pub format: Format,
    /// The model's labels.
    pub labels: &'a [String],
    /// The model's id.
    pub model: &'a str,
    /// The names of the keys of groups; empty for articles.
    pub keys: &'a [String],
    /// The width of tables, in terminal columns.
    pub width: usize,
    /// Whether tables show dropped blocks; the other formats always do.
    pub keep_dropped: bool,
    /// The colours of tables; the other formats have none.
    pub styles: Styles,
    /// Whether records have no text.
    pub no_text: bool,
    /// The columns of the input that CSV passes through; JSONL passes all that were read.
    pub passed: PassedColumns,
}

/// How tables are styled: plain, or with the escape sequences of a terminal.
///
/// Fit text to its width before you style it: escape sequences take bytes but no columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Styles {
    /// Whether to use colours and bold or dim text.
    pub color: bool,
}

impl Styles {
    /// `text` in the colour of the label with this index.
    pub fn label(self, index: usize, text: &str) -> String {
        self.styled(LABEL_COLORS[index % LABEL_COLORS.len()].on_default(), text)
    }

    /// `text` in bold, for headings.
    pub fn heading(self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    /// `text` dimmed, for what matters less.
    pub fn aside(self, text: &str) -> String {
        self.styled(Style::new().dimmed(), text)
    }

    fn styled(self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}

/// `text` without control characters, which could move the cursor or colour the screen.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `text` in exactly `width` columns; an ellipsis replaces its end if it is longer.
pub fn fitted(text: &str, width: usize) -> String {
    let clean = clean(text);
    if clean.width() <= width {
        return clean.unicode_pad(width, Alignment::Left, false).into_owned();
    }
    let (cut, used) = clean.unicode_truncate(width.saturating_sub(1));
    format!("{cut}…{}", " ".repeat(width.saturating_sub(used + 1)))
}

/// `text` in at most `width` columns.
pub fn cut(text: &str, width: usize) -> String {
    fitted(text, width).trim_end().to_string()
}

/// As [`fitted`], but for paths, which are cut at their beginning because they differ at their ends.
pub fn fitted_end(text: &str, width: usize) -> String {
    let clean = clean(text);
    if clean.width() <= width || !clean.contains('/') {
        return fitted(text, width);
    }
    let (cut, used) = clean.unicode_truncate_start(width.saturating_sub(1));
    format!("…{cut}{}", " ".repeat(width.saturating_sub(used + 1)))
}

/// Items on as many lines as they need, each at most `width` columns wide; `first` opens the first line, `indent`
/// the others. An item that is wider than a line is cut.
pub fn wrapped(first: &str, indent: &str, items: impl Iterator<Item = String>, width: usize) -> String {
    let mut lines = String::new();
    let mut line = first.to_string();
    for item in items.map(|item| clean(&item)) {
        if line.width() + item.width() > width && line.trim() != first.trim() {
            lines += &format!("{}\n", line.trim_end());
            line = indent.to_string();
        }
        line += &format!("{item} ");
    }
    lines + &format!("{}\n", cut(&line, width))
}

/// A share or probability with two digits: `.07`, `1.0`.
pub fn short(value: f64) -> String {
    let hundredths = (value * 100.0).round() as u32;
    if hundredths >= 100 { "1.0".to_string() } else { format!(".{hundredths:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Report<'_> {
        /// A report 80 columns wide, without colours, that shows dropped blocks.
        pub(in crate::report) fn plain(format: Format, labels: &[String]) -> Report<'_> {
            Report {
                format,
                labels,
                model: "0123456789ab",
                keys: &[],
                width: 80,
                keep_dropped: true,
                styles: Styles::default(),
                no_text: false,
                passed: PassedColumns::default(),
            }
        }
    }

    #[test]
    fn label_colours_repeat_and_plain_text_is_unchanged() {
        let styles = Styles { color: true };
        assert_eq!(styles.label(0, "report"), "\u{1b}[36mreport\u{1b}[0m");
        assert_eq!(styles.label(6, "report"), styles.label(0, "report"));
        assert_ne!(styles.label(1, "report"), styles.label(0, "report"));
        assert_eq!(styles.heading(""), "");
        assert_eq!(Styles::default().label(0, "report"), "report");
    }

    #[test]
    fn control_characters_become_spaces() {
        assert_eq!(cut("a\u{1b}[31mb", 20), "a [31mb");
        assert_eq!(fitted_end("in\u{9b}2J/a\u{7}b.txt", 8), "…a b.txt");
    }
}
