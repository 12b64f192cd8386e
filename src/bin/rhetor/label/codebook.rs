//! A codebook: the labels, their keys and their rules, from a small Markdown file.

use std::path::Path;

use anyhow::Context;

/// The codebook of the built-in model.
const DEFAULT: &str = include_str!("codebook.md");
/// The label of what is not part of the article; its key is 0.
const BOILERPLATE: &str = "other";
/// How many labels have a key of their own, besides that of boilerplate.
const MAX_LABELS: usize = 9;

/// The labels that a coder can choose, and when to choose them.
#[derive(Debug, Clone, PartialEq)]
pub struct Codebook {
    pub title: String,
    /// What holds for all labels.
    pub rules: Vec<Block>,
    pub labels: Vec<Label>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    pub name: String,
    pub key: char,
    pub rules: Vec<Block>,
}

/// A piece of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    Paragraph(String),
    Item(String),
}

impl Codebook {
    /// The codebook in this file, or the one of the built-in model.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Codebook> {
        let Some(path) = path else { return Codebook::parse(DEFAULT) };
        let text = std::fs::read_to_string(path).map_err(rhetor::Error::io(path, "read"))?;
        Codebook::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> anyhow::Result<Codebook> {
        let mut codebook = Codebook { title: "Codebook".to_string(), rules: Vec::new(), labels: Vec::new() };
        let mut is_new = true;
        for line in text.lines().map(str::trim) {
            let rules = codebook.labels.last_mut().map_or(&mut codebook.rules, |label| &mut label.rules);
            if let Some(name) = line.strip_prefix("## ") {
                codebook.add_label(&plain(name))?;
                is_new = true;
            } else if let Some(title) = line.strip_prefix("# ") {
                codebook.title = plain(title);
            } else if line.is_empty() {
                is_new = true;
            } else if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
                rules.push(Block::Item(plain(item)));
                is_new = false;
            } else if is_new {
                rules.push(Block::Paragraph(plain(line.trim_start_matches('#'))));
                is_new = false;
            } else if let Some(Block::Paragraph(text) | Block::Item(text)) = rules.last_mut() {
                *text += " ";
                *text += &plain(line);
            }
        }
        let n_labels = codebook.labels.len();
        anyhow::ensure!(n_labels > 1, "found {n_labels} headings `## LABEL`, expected two or more");
        Ok(codebook)
    }

    fn add_label(&mut self, name: &str) -> anyhow::Result<()> {
        anyhow::ensure!(!name.is_empty(), "found a heading without a label");
        anyhow::ensure!(self.label(name).is_none(), "found two headings for the label `{name}`");
        let n_others = self.labels.iter().filter(|label| label.name != BOILERPLATE).count();
        let key = match name {
            BOILERPLATE => '0',
            _ => char::from_digit(n_others as u32 + 1, 10)
                .with_context(|| format!("found more than {MAX_LABELS} labels besides `{BOILERPLATE}`"))?,
        };
        self.labels.push(Label { name: name.to_string(), key, rules: Vec::new() });
        Ok(())
    }

    /// The label with this name.
    pub fn label(&self, name: &str) -> Option<&Label> {
        self.labels.iter().find(|label| label.name == name)
    }
}

impl Label {
    /// The first sentence of its rules, which is shown beside the label.
    pub fn hint(&self) -> &str {
        match self.rules.first() {
            Some(Block::Paragraph(text) | Block::Item(text)) => text,
            None => "",
        }
    }
}

/// Text without marks of emphasis and code.
fn plain(text: &str) -> String {
    text.replace("**", "").replace('`', "").trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_codebook_has_the_labels_of_the_default_model() {
        let codebook = Codebook::load(None).unwrap();
        let labels: Vec<(&str, char)> =
            codebook.labels.iter().map(|label| (label.name.as_str(), label.key)).collect();
        assert_eq!(labels, [("report", '1'), ("advocacy", '2'), ("analysis", '3'), ("other", '0')]);
        assert!(codebook.labels.iter().all(|label| !label.hint().is_empty() && label.rules.len() > 1));
        assert_eq!(codebook.rules.len(), 4);
    }

    #[test]
    fn headings_are_labels_and_lines_are_joined() {
        let codebook =
            Codebook::parse("# My **set**\nall\n\n## `yes`\nfirst\nline\n- an item\n  goes on\n## no\n")
                .unwrap();
        assert_eq!(codebook.title, "My set");
        let rules = [Block::Paragraph("first line".to_string()), Block::Item("an item goes on".to_string())];
        assert_eq!(codebook.label("yes").unwrap().rules, rules);
        assert_eq!(codebook.label("no").unwrap().key, '2');
    }

    #[test]
    fn codebooks_without_two_different_labels_are_refused() {
        let ten: String = (0..10).map(|number| format!("## l{number}\n")).collect();
        for (text, expected) in [
            ("## one", "found 1 headings"),
            ("## a\n## a", "two headings for the label `a`"),
            (ten.as_str(), "more than 9 labels"),
        ] {
            let error = Codebook::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
