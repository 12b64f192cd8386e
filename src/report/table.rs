//! Lines to read in a terminal, fitted to its width.

use std::borrow::Cow;
use std::collections::BTreeMap;

use unicode_truncate::UnicodeTruncateStr;
use unicode_width::UnicodeWidthStr;

use super::Report;
use crate::article::{Article, Paragraph};
use crate::filter::Reason;
use crate::score::{Contribution, Evidence, Labelling, Outcome};
use crate::summary::Tally;

/// Up to this many labels have a score column each; with more, only the best score is shown.
const MAX_SCORE_COLUMNS: usize = 4;

/// `text` without control characters, which could move the cursor or colour the screen.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `text` in exactly `width` columns, the last of them an ellipsis where it was cut.
pub(super) fn fitted(text: &str, width: usize) -> String {
    let clean = clean(text);
    if clean.width() <= width {
        return clean.unicode_pad(width, unicode_truncate::Alignment::Left, false).into_owned();
    }
    let (cut, used) = clean.unicode_truncate(width.saturating_sub(1));
    format!("{cut}…{}", " ".repeat(width.saturating_sub(used + 1)))
}

/// `text` in at most `width` columns.
pub(super) fn cut(text: &str, width: usize) -> String {
    fitted(text, width).trim_end().to_string()
}

/// As [`fitted`], but cut at the front, for paths differ at their ends.
pub(super) fn fitted_end(text: &str, width: usize) -> String {
    let clean = clean(text);
    if clean.width() <= width || !clean.contains('/') {
        return fitted(text, width);
    }
    let (cut, used) = clean.unicode_truncate_start(width.saturating_sub(1));
    format!("…{cut}{}", " ".repeat(width.saturating_sub(used + 1)))
}

/// A share or probability in two digits: `.07`, `1.0`.
pub(super) fn short(value: f64) -> String {
    let hundredths = (value * 100.0).round() as u32;
    if hundredths >= 100 { "1.0".to_string() } else { format!(".{hundredths:02}") }
}

fn label_width(report: &Report<'_>) -> usize {
    // One more for the question mark of `unsure`.
    report.labels.iter().map(|label| label.width()).max().unwrap_or(0).clamp(5, 20) + 1
}

pub(super) fn article(report: &Report<'_>, article: &Article, outcomes: &[Outcome]) -> String {
    let mut lines = heading(report, article);
    let n_scores = if report.labels.len() <= MAX_SCORE_COLUMNS { report.labels.len() } else { 1 };
    let left = 4 + 1 + label_width(report) + 1 + 4 * n_scores + 1;
    lines += &column_heads(report, n_scores);
    for (index, outcome) in outcomes.iter().enumerate() {
        let paragraph = &article.paragraphs[index];
        match outcome {
            Outcome::Labelled(labelling) => {
                push_paragraph(report, &mut lines, index, paragraph, labelling, left)
            }
            Outcome::Dropped(reason) if report.keep_dropped => {
                let label = fitted("–", label_width(report));
                let reason = fitted(reason.name(), 4 * n_scores.max(3));
                let text = cut(
                    &marked(paragraph),
                    report.width.saturating_sub(4 + 1 + label.width() + 1 + reason.width() + 1),
                );
                lines += &report.styles.aside(&format!("{index:>4} {label} {reason} {text}"));
                lines.push('\n');
            }
            Outcome::Dropped(_) => {}
        }
    }
    lines.push_str(&summary(report, article, outcomes));
    lines.push('\n');
    lines
}

/// The line above the paragraphs of an article; scores stand under their labels' first letters.
fn column_heads(report: &Report<'_>, n_scores: usize) -> String {
    let styles = report.styles;
    let mut heads = vec!["   #".to_string(), styles.heading(&fitted("label", label_width(report)))];
    match n_scores {
        1 => heads.push("best".to_string()),
        _ => heads.extend(report.labels.iter().enumerate().map(|(index, label)| {
            let short: String = label.chars().take(3).collect();
            styles.label(index, &fitted(&short, 3))
        })),
    }
    format!("{}\n", heads.join(" ").trim_end())
}

/// A paragraph's text, with a mark before it when it occurred before.
fn marked(paragraph: &Paragraph) -> Cow<'_, str> {
    match paragraph.duplicate {
        true => Cow::Owned(format!("[duplicate] {}", paragraph.text)),
        false => Cow::Borrowed(&paragraph.text),
    }
}

/// The article's path and title.
fn heading(report: &Report<'_>, article: &Article) -> String {
    let title = article.metadata.get("title").map(|title| format!(": {title}")).unwrap_or_default();
    let doc = article.metadata.get("doc").map(|doc| format!(" {doc}")).unwrap_or_default();
    let heading = cut(&format!("{}{doc}{title}", article.source), report.width);
    format!("{}\n", report.styles.heading(&heading))
}

fn push_paragraph(
    report: &Report<'_>,
    lines: &mut String,
    index: usize,
    paragraph: &Paragraph,
    labelling: &Labelling,
    left: usize,
) {
    let mark = if labelling.unsure { "?" } else { "" };
    let label = fitted(&format!("{}{mark}", report.labels[labelling.label]), label_width(report));
    let scores: Vec<String> = if report.labels.len() <= MAX_SCORE_COLUMNS {
        labelling.probabilities.iter().map(|&p| format!("{:<3}", short(p))).collect()
    } else {
        vec![format!("{:<3}", short(labelling.probabilities[labelling.label]))]
    };
    let foreign = if labelling.out_of_domain { "[out of domain] " } else { "" };
    let text = cut(&format!("{foreign}{}", marked(paragraph)), report.width.saturating_sub(left));
    let label = report.styles.label(labelling.label, &label);
    *lines += &format!("{index:>4} {label} {} {text}\n", scores.join(" "));
    if let Some(evidence) = &labelling.evidence {
        push_evidence(report, lines, evidence);
    }
}

/// The features for and against, each with its addend, wrapped under the paragraph.
fn push_evidence(report: &Report<'_>, lines: &mut String, evidence: &Evidence) {
    let (pro, contra): (Vec<&Contribution>, Vec<&Contribution>) =
        evidence.features.iter().partition(|c| c.weight > 0.0);
    let words = |side: &[&Contribution]| {
        side.iter().map(|c| format!("{} {:+.2}", shown(c), c.weight)).collect::<Vec<_>>()
    };
    push_wrapped(report, lines, "for", &words(&pro));
    push_wrapped(report, lines, "against", &words(&contra));
    let sums = [
        ("context", evidence.context),
        ("offset", evidence.offset),
        ("all other words", evidence.rest),
        ("score", evidence.score),
    ];
    let sums: Vec<String> = sums.iter().map(|(name, value)| format!("{name} {value:+.2}")).collect();
    push_wrapped(report, lines, "sums", &sums);
}

/// A feature as a reader knows it: n-grams in quotes, cues by name, quoted words and those of neighbours marked.
fn shown(contribution: &Contribution) -> String {
    match contribution.block {
        "ngrams" | "class ngrams" => format!("\"{}\"", contribution.feature),
        "quoted" => format!("“{}”", contribution.feature),
        block if block.starts_with("near ") => format!("near {}", contribution.feature),
        _ => contribution.feature.clone(),
    }
}

fn push_wrapped(report: &Report<'_>, lines: &mut String, name: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    let indent = " ".repeat(15);
    let mut line = format!("     {name:>9} ");
    for (index, item) in items.iter().map(|item| clean(item)).enumerate() {
        let comma = if index + 1 < items.len() { ", " } else { "" };
        if line.width() + item.width() + 1 > report.width && line.trim() != name {
            *lines += line.trim_end();
            lines.push('\n');
            line.clone_from(&indent);
        }
        line.push_str(&item);
        line.push_str(comma);
    }
    *lines += &format!("{}\n", cut(&line, report.width));
}

/// Shares of words by label, and what is unsure or dropped and why.
fn summary(report: &Report<'_>, article: &Article, outcomes: &[Outcome]) -> String {
    let tally = Tally::of(article, outcomes, report.labels.len());
    let shares = report.labels.iter().zip(tally.word_shares());
    let items: Vec<String> = match tally.n_words() {
        0 => vec!["none has a label".to_string()],
        _ => shares.map(|(label, share)| format!("{label} {:.0} %", 100.0 * share)).collect(),
    };
    let counts = [format!("{} labelled", tally.n_kept), format!("{} unsure", tally.n_unsure)];
    let mut lines = String::new();
    push_wrapped(report, &mut lines, "words", &items);
    push_wrapped(report, &mut lines, "blocks", &counts);
    let dropped = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Dropped(reason) => Some(*reason),
        Outcome::Labelled(_) => None,
    });
    push_wrapped(report, &mut lines, "dropped", &counted(dropped));
    lines
}

/// How many blocks each reason dropped.
fn counted(reasons: impl Iterator<Item = Reason>) -> Vec<String> {
    let mut counts: BTreeMap<Reason, usize> = BTreeMap::new();
    reasons.for_each(|reason| *counts.entry(reason).or_default() += 1);
    counts.iter().map(|(reason, count)| format!("{count} {}", reason.name())).collect()
}

pub(super) fn blocks(report: &Report<'_>, article: &Article, reasons: &[Option<Reason>]) -> String {
    let mut lines = heading(report, article);
    for (index, (paragraph, reason)) in article.paragraphs.iter().zip(reasons).enumerate() {
        let kept = fitted(reason.map_or("kept", Reason::name), 10);
        let span = format!("{}..{}", paragraph.start, paragraph.end);
        let text = cut(&marked(paragraph), report.width.saturating_sub(4 + 1 + 10 + 1 + 13 + 1));
        let line = format!("{index:>4} {kept} {span:<13} {text}");
        lines += &if reason.is_some() { report.styles.aside(&line) } else { line };
        lines.push('\n');
    }
    let n_dropped = reasons.iter().flatten().count();
    push_wrapped(report, &mut lines, "kept", &[(reasons.len() - n_dropped).to_string()]);
    push_wrapped(report, &mut lines, "dropped", &counted(reasons.iter().flatten().copied()));
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::article_from_text;
    use crate::report::{Format, Styles};
    use crate::summary::Profile;

    fn check_width(lines: &str, width: usize) {
        for line in lines.lines() {
            assert!(line.width() <= width, "{} columns: {line}", line.width());
        }
    }

    #[test]
    fn lines_fit_the_width_and_wide_characters_count_twice() {
        let labels = ["report", "advocacy", "analysis"].map(str::to_string);
        let text = "A 日本語の長い文章がここにあります and so on for quite a while, until the line is full.\n\nShare";
        let source = article_from_text(text);
        let contribution = Contribution { block: "ngrams", feature: "so on".into(), weight: 0.5 };
        let evidence = Evidence {
            score: 1.0,
            offset: 0.1,
            context: 0.2,
            rest: 0.2,
            features: vec![contribution; 12],
            words: Vec::new(),
        };
        let labelling = Labelling {
            label: 1,
            probabilities: vec![0.05, 0.9, 0.05],
            unsure: true,
            out_of_domain: true,
            evidence: Some(evidence),
        };
        let outcomes = [Outcome::Labelled(labelling), Outcome::Dropped(Reason::Share)];
        for width in [60, 80, 120] {
            let report = Report { width, ..Report::plain(Format::Table, &labels) };
            check_width(&report.article(&source, &outcomes), width);
            check_width(&report.blocks(&source, &[None, Some(Reason::Share)]), width);
        }
        let report = Report::plain(Format::Table, &labels);
        let profile = Profile::of_article(&source, &outcomes, 3);
        check_width(&(report.profile_header() + &report.profile(&profile)), 80);
        assert!(report.article(&source, &outcomes).contains("   0 advocacy? .05 .90 .05 [out of domain] A"));
        assert!(report.article(&source, &outcomes).contains("dropped 1 share"));
    }

    #[test]
    fn features_say_what_they_are_of() {
        for (block, expected) in [
            ("words", "so"),
            ("ngrams", "\"so\""),
            ("quoted", "“so”"),
            ("near words", "near so"),
            ("style", "so"),
        ] {
            assert_eq!(shown(&Contribution { block, feature: "so".into(), weight: 0.5 }), expected);
        }
    }

    #[test]
    fn colours_take_no_columns_and_no_words() {
        let labels = ["report", "advocacy", "analysis"].map(str::to_string);
        let source = article_from_text("The council voted.\n\nShare");
        let labelling = Labelling {
            label: 1,
            probabilities: vec![0.05, 0.9, 0.05],
            unsure: false,
            out_of_domain: false,
            evidence: None,
        };
        let outcomes = [Outcome::Labelled(labelling), Outcome::Dropped(Reason::Share)];
        let reasons = [None, Some(Reason::Share)];
        let profile = Profile::of_article(&source, &outcomes, 3);
        let lines = |styles| {
            let report = Report { width: 60, styles, ..Report::plain(Format::Table, &labels) };
            let profiles = report.profile_header() + &report.profile(&profile);
            report.article(&source, &outcomes) + &report.blocks(&source, &reasons) + &profiles
        };
        let (plain, styled) = (lines(Styles::default()), lines(Styles { color: true }));
        assert!(
            styled.contains("   0 \u{1b}[35madvocacy \u{1b}[0m .05 .90 .05 The council voted."),
            "{styled}"
        );
        let bare = regex::Regex::new("\u{1b}\\[[0-9]*m").unwrap().replace_all(&styled, "").into_owned();
        let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        assert_eq!(trimmed(&bare), trimmed(&plain));
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        assert_eq!(cut("a\u{1b}[31mb", 20), "a [31mb");
        assert_eq!(fitted_end("in\u{9b}2J/a\u{7}b.txt", 8), "…a b.txt");
        let labels = ["re\u{1b}port".to_string()];
        let report = Report { width: 40, ..Report::plain(Format::Table, &labels) };
        let mut source = article_from_text("The \u{9b}31mvote\0 was \u{1b}]0;lost\u{7}.");
        source.source = "in/\u{1b}[2J.txt".to_string();
        source.metadata.insert("title".to_string(), "\u{9b}A\u{8}".to_string());
        let contribution = Contribution { block: "ngrams", feature: "\u{1b}c".into(), weight: 0.5 };
        let features = vec![contribution; 9];
        let evidence =
            Evidence { score: 1.0, offset: 0.1, context: 0.2, rest: 0.2, features, words: Vec::new() };
        let probabilities = vec![1.0];
        let labelled = Labelling {
            label: 0,
            probabilities,
            unsure: false,
            out_of_domain: false,
            evidence: Some(evidence),
        };
        let outcomes = [Outcome::Labelled(labelled)];
        let profile = Profile::of_article(&source, &outcomes, 1);
        let lines = [
            report.article(&source, &outcomes),
            report.blocks(&source, &[None]),
            report.profile_header(),
            report.profile(&profile),
        ];
        for line in lines.iter().flat_map(|lines| lines.lines()) {
            assert!(!line.contains(char::is_control), "{line:?}");
        }
    }
}
