//! Articles for the terminal: a line for each block, fitted to the width.

use std::borrow::Cow;
use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use super::reasons::{self, Kind};
use super::terminal::{Report, cut, fitted, short, wrapped};
use crate::article::{Article, Paragraph};
use crate::features::FeatureGroup;
use crate::filter::Reason;
use crate::score::{Contribution, Evidence, Labelling, Outcome, Reasons};
use crate::summary::Tally;

/// Up to this many labels have a score column each; with more, only the best score is shown.
const MAX_SCORE_COLUMNS: usize = 4;

/// An article and what became of its blocks.
pub fn article(report: &Report<'_>, article: &Article, outcomes: &[Outcome]) -> String {
    let mut lines = heading(report, article) + &column_heads(report);
    for (index, outcome) in outcomes.iter().enumerate() {
        let paragraph = &article.paragraphs[index];
        match outcome {
            Outcome::Labelled(labelling) => {
                lines += &labelled(report, index, paragraph, labelling);
                let reasons = labelling.reasons.as_ref();
                let first = article.first_paragraph;
                lines +=
                    &reasons.map(|r| reason_lines(report, labelling.label, first, r)).unwrap_or_default();
            }
            Outcome::Dropped(reason) if report.keep_dropped => {
                lines += &dropped(report, index, paragraph, *reason);
            }
            Outcome::Dropped(_) => {}
        }
    }
    lines + &summary(report, article, outcomes) + "\n"
}

/// An article as it was read and filtered.
pub fn blocks(report: &Report<'_>, article: &Article, reasons: &[Option<Reason>]) -> String {
    let mut lines = heading(report, article);
    for (index, (paragraph, reason)) in article.paragraphs.iter().zip(reasons).enumerate() {
        let kept = fitted(reason.map_or("kept", Reason::name), 10);
        let span = format!("{}..{}", paragraph.characters.start, paragraph.characters.end);
        let line = line(report, format!("{index:>4} {kept} {span:<13} "), &marked(paragraph));
        lines += &if reason.is_some() { report.styles.aside(&line) } else { line };
        lines.push('\n');
    }
    let n_dropped = reasons.iter().flatten().count();
    lines += &listed(report, "kept", vec![(reasons.len() - n_dropped).to_string()]);
    lines + &listed(report, "dropped", counted(reasons.iter().flatten().copied())) + "\n"
}

/// `start` and as much of `text` as fits on its line.
fn line(report: &Report<'_>, start: String, text: &str) -> String {
    let room = report.width.saturating_sub(start.width());
    start + &cut(text, room)
}

fn label_width(report: &Report<'_>) -> usize {
    // One more for the question mark of an unsure label.
    report.labels.iter().map(|label| label.width()).max().unwrap_or(0).clamp(5, 20) + 1
}

fn n_score_columns(report: &Report<'_>) -> usize {
    if report.labels.len() <= MAX_SCORE_COLUMNS { report.labels.len() } else { 1 }
}

/// The article's path and title.
fn heading(report: &Report<'_>, article: &Article) -> String {
    let known = |before: &str, key: &str| {
        article.metadata.get(key).map(|value| format!("{before}{value}")).unwrap_or_default()
    };
    let heading = format!("{}{}{}", article.source, known(" ", "doc"), known(": ", "title"));
    format!("{}\n", report.styles.heading(&cut(&heading, report.width)))
}

/// The line above the paragraphs; each column of scores is headed by the first letters of its label.
fn column_heads(report: &Report<'_>) -> String {
    let styles = report.styles;
    let mut heads = vec!["   #".to_string(), styles.heading(&fitted("label", label_width(report)))];
    match n_score_columns(report) {
        1 => heads.push("best".to_string()),
        _ => heads.extend(report.labels.iter().enumerate().map(|(index, label)| {
            let short: String = label.chars().take(3).collect();
            styles.label(index, &fitted(&short, 3))
        })),
    }
    format!("{}\n", heads.join(" ").trim_end())
}

fn labelled(report: &Report<'_>, index: usize, paragraph: &Paragraph, labelling: &Labelling) -> String {
    let mark = if labelling.unsure { "?" } else { "" };
    let label = fitted(&format!("{}{mark}", report.labels[labelling.label]), label_width(report));
    let scores: String = match n_score_columns(report) {
        1 => format!("{:<4}", short(labelling.probabilities[labelling.label])),
        _ => labelling.probabilities.iter().map(|&p| format!("{:<4}", short(p))).collect(),
    };
    let out_of_domain = if labelling.out_of_domain { "[out of domain] " } else { "" };
    let text = format!("{scores}{out_of_domain}{}", marked(paragraph));
    // Fitted before it is styled: escape sequences take no columns.
    let text = cut(&text, report.width.saturating_sub(6 + label.width()));
    let line = format!("{:>4} {} {text}\n", index + 1, report.styles.label(labelling.label, &label));
    line + &labelling.evidence.as_ref().map(|evidence| evidence_lines(report, evidence)).unwrap_or_default()
}

fn dropped(report: &Report<'_>, index: usize, paragraph: &Paragraph, reason: Reason) -> String {
    let label = fitted("–", label_width(report));
    let reason = fitted(reason.name(), 4 * n_score_columns(report).max(3));
    let line = line(report, format!("{:>4} {label} {reason} ", index + 1), &marked(paragraph));
    format!("{}\n", report.styles.aside(&line))
}

/// A paragraph's text, marked if it is a duplicate.
fn marked(paragraph: &Paragraph) -> Cow<'_, str> {
    match paragraph.duplicate {
        true => Cow::Owned(format!("[duplicate] {}", paragraph.text)),
        false => Cow::Borrowed(&paragraph.text),
    }
}

/// The features for and against a label with their contributions, and the terms that make up its score.
fn evidence_lines(report: &Report<'_>, evidence: &Evidence) -> String {
    let (pro, contra): (Vec<&Contribution>, Vec<&Contribution>) =
        evidence.features.iter().partition(|c| c.weight > 0.0);
    let contributions =
        |side: Vec<&Contribution>| side.iter().map(|c| format!("{} {:+.2}", shown(c), c.weight)).collect();
    let sums = [
        ("neighbours", evidence.neighbours),
        ("baseline", evidence.baseline),
        ("other features", evidence.rest),
        ("score", evidence.score),
    ];
    let sums = sums.iter().map(|(name, value)| format!("{name} {value:+.2}")).collect();
    listed(report, "for", contributions(pro))
        + &listed(report, "against", contributions(contra))
        + &listed(report, "sums", sums)
}

/// What counts for and against a label, in words, with weights that add up to its score.
fn reason_lines(report: &Report<'_>, label: usize, first_paragraph: usize, reasons: &Reasons) -> String {
    let all = reasons::lines(report.labels, label, first_paragraph, reasons);
    let (all, score) = reasons::shown(all, reasons.score);
    let names = [
        (Kind::For, "for"),
        (Kind::Against, "against"),
        (Kind::Style, "style"),
        (Kind::Neighbours, "around"),
        (Kind::Baseline, "baseline"),
        (Kind::Rest, "rest"),
    ];
    // Broken between words, because a reason can be longer than a line.
    let line = |&(kind, name): &(Kind, &str)| {
        let lines = all.iter().filter(|line| line.kind == kind);
        let items: Vec<String> = lines.map(|line| format!("{:+.2} {}", line.weight, line.text)).collect();
        let words = items.join(", ");
        let words = words.split_whitespace().map(str::to_string);
        let first = format!("     {name:>9} ");
        if items.is_empty() { String::new() } else { wrapped(&first, &" ".repeat(15), words, report.width) }
    };
    let lines: String = names.iter().map(line).collect();
    lines + &listed(report, "score", vec![format!("{score:+.2}")])
}

/// The name of a feature for readers: sequences of words or codes are in quotation marks.
fn shown(contribution: &Contribution) -> String {
    match contribution.group {
        FeatureGroup::Ngrams | FeatureGroup::CodePairs => format!("\"{}\"", contribution.feature),
        _ => contribution.feature.clone(),
    }
}

/// A name and its items, separated by commas and wrapped to as many lines as needed; empty if there are no items.
fn listed(report: &Report<'_>, name: &str, items: Vec<String>) -> String {
    let Some(last) = items.len().checked_sub(1) else { return String::new() };
    let comma = |index| if index < last { "," } else { "" };
    let items = items.iter().enumerate().map(|(index, item)| format!("{item}{}", comma(index)));
    wrapped(&format!("     {name:>9} "), &" ".repeat(15), items, report.width)
}

/// The share of words with each label, how many blocks are labelled and unsure, and how many were dropped and why.
fn summary(report: &Report<'_>, article: &Article, outcomes: &[Outcome]) -> String {
    let tally = Tally::of(article, outcomes, report.labels.len());
    let shares = report.labels.iter().zip(tally.word_shares());
    let items: Vec<String> = match tally.n_words() {
        0 => vec!["none is labelled".to_string()],
        _ => shares.map(|(label, share)| format!("{label} {:.0} %", 100.0 * share)).collect(),
    };
    let counts = vec![format!("{} labelled", tally.n_kept), format!("{} unsure", tally.n_unsure)];
    let reasons = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Dropped(reason) => Some(*reason),
        Outcome::Labelled(_) => None,
    });
    listed(report, "words", items)
        + &listed(report, "blocks", counts)
        + &listed(report, "dropped", counted(reasons))
}

/// How many blocks were dropped for each reason.
fn counted(reasons: impl Iterator<Item = Reason>) -> Vec<String> {
    let mut counts: BTreeMap<Reason, usize> = BTreeMap::new();
    reasons.for_each(|reason| *counts.entry(reason).or_default() += 1);
    counts.iter().map(|(reason, count)| format!("{count} {}", reason.name())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::article_from_text;
    use crate::report::{Format, Styles};
    use crate::score::{Around, Phrase, Style};
    use crate::summary::Profile;

    fn reasons_of(text: &str) -> Reasons {
        let phrase = Phrase { text: text.into(), place: 0..0, weight: 0.1 };
        let style = Style { text: format!("uses words of explanation: {text}"), weight: -0.2 };
        Reasons {
            score: 1.0,
            phrases: vec![phrase; 9],
            style: vec![style; 3],
            neighbours: Some(Around { weight: 0.1, label: 0, strongest: 7 }),
            baseline: 0.3,
            rest: 0.3,
        }
    }

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
        let contribution = Contribution { group: FeatureGroup::Ngrams, feature: "so on".into(), weight: 0.5 };
        let evidence = Evidence {
            score: 1.0,
            baseline: 0.1,
            neighbours: 0.2,
            rest: 0.2,
            features: vec![contribution; 12],
        };
        let labelling = Labelling {
            label: 1,
            probabilities: vec![0.05, 0.9, 0.05],
            unsure: true,
            out_of_domain: true,
            evidence: Some(evidence),
            reasons: Some(reasons_of("so on and so on")),
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
        assert!(report.article(&source, &outcomes).contains("   1 advocacy? .05 .90 .05 [out of domain] A"));
        assert!(report.article(&source, &outcomes).contains("dropped 1 share"));
    }

    #[test]
    fn features_show_their_group() {
        for (group, expected) in [
            (FeatureGroup::Words, "so"),
            (FeatureGroup::Ngrams, "\"so\""),
            (FeatureGroup::CodePairs, "\"so\""),
            (FeatureGroup::Style, "so"),
        ] {
            assert_eq!(shown(&Contribution { group, feature: "so".into(), weight: 0.5 }), expected);
        }
    }

    #[test]
    fn colours_change_neither_widths_nor_words() {
        let labels = ["report", "advocacy", "analysis"].map(str::to_string);
        let source = article_from_text("The council voted.\n\nShare");
        let labelling = Labelling {
            label: 1,
            probabilities: vec![0.05, 0.9, 0.05],
            unsure: false,
            out_of_domain: false,
            evidence: None,
            reasons: None,
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
            styled.contains("   1 \u{1b}[35madvocacy \u{1b}[0m .05 .90 .05 The council voted."),
            "{styled}"
        );
        let bare = regex::Regex::new("\u{1b}\\[[0-9]*m").unwrap().replace_all(&styled, "").into_owned();
        let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        assert_eq!(trimmed(&bare), trimmed(&plain));
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        let labels = ["re\u{1b}port".to_string()];
        let report = Report { width: 40, ..Report::plain(Format::Table, &labels) };
        let mut source = article_from_text("The \u{9b}31mvote\0 was \u{1b}]0;lost\u{7}.");
        source.source = "in/\u{1b}[2J.txt".to_string();
        source.metadata.insert("title".to_string(), "\u{9b}A\u{8}".to_string());
        let contribution =
            Contribution { group: FeatureGroup::Ngrams, feature: "\u{1b}c".into(), weight: 0.5 };
        let features = vec![contribution; 9];
        let evidence = Evidence { score: 1.0, baseline: 0.1, neighbours: 0.2, rest: 0.2, features };
        let probabilities = vec![1.0];
        let labelled = Labelling {
            label: 0,
            probabilities,
            unsure: false,
            out_of_domain: false,
            evidence: Some(evidence),
            reasons: Some(reasons_of("\u{1b}c")),
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
