//! Colours and weights of text in a terminal. They only help the eye: the words say the same without them.

use anstyle::{AnsiColor, Style};

/// The colours of labels; with more labels than these, they come round again. The terminal's own
/// palette, so that they can be read on whatever ground it has.
const LABEL_COLORS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Magenta,
    AnsiColor::Green,
    AnsiColor::Yellow,
    AnsiColor::Blue,
    AnsiColor::Red,
];

/// How tables are styled: not at all, or with the escape sequences of a terminal.
///
/// Whoever fits text to a width does so first: the sequences take no columns, but bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Styles {
    /// Whether there are any colours and weights.
    pub color: bool,
}

impl Styles {
    /// `text` in the colour of the label with this index.
    pub fn label(self, index: usize, text: &str) -> String {
        self.styled(LABEL_COLORS[index % LABEL_COLORS.len()].on_default(), text)
    }

    /// `text` as the head of what follows.
    pub fn heading(self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    /// `text` as what matters less.
    pub fn aside(self, text: &str) -> String {
        self.styled(Style::new().dimmed(), text)
    }

    fn styled(self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_round_again_and_plain_text_stays() {
        let styles = Styles { color: true };
        assert_eq!(styles.label(0, "report"), "\u{1b}[36mreport\u{1b}[0m");
        assert_eq!(styles.label(6, "report"), styles.label(0, "report"));
        assert_ne!(styles.label(1, "report"), styles.label(0, "report"));
        assert_eq!(styles.heading(""), "");
        assert_eq!(Styles::default().label(0, "report"), "report");
    }
}
