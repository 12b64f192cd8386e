//! The lines of a label's reasons, in the same words in every format.

use super::field::{Value, rounded};
use crate::score::{Around, Phrase, Reasons};

/// The kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A phrase that counts for the label.
    For,
    /// A phrase that counts against it.
    Against,
    Style,
    Neighbours,
    Baseline,
    Rest,
}

impl Kind {
    /// Its name in columns.
    fn name(self) -> &'static str {
        match self {
            Kind::For | Kind::Against => "phrase",
            Kind::Style => "style",
            Kind::Neighbours => "neighbours",
            Kind::Baseline => "baseline",
            Kind::Rest => "rest",
        }
    }
}

/// One term of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub kind: Kind,
    pub text: String,
    pub weight: f64,
}

/// The terms of a score in words; they add up to it.
pub fn lines(labels: &[String], label: usize, first_paragraph: usize, reasons: &Reasons) -> Vec<Line> {
    let phrase = |phrase: &Phrase| {
        let kind = if phrase.weight > 0.0 { Kind::For } else { Kind::Against };
        Line { kind, text: format!("“{}”", phrase.text), weight: phrase.weight }
    };
    let line = |kind, text: String, weight| Line { kind, text, weight };
    let around = |around: &Around| {
        line(Kind::Neighbours, around_text(labels, label, first_paragraph, around), around.weight)
    };
    let phrases = reasons.phrases.iter().map(phrase);
    let style = reasons.style.iter().map(|style| line(Kind::Style, style.text.clone(), style.weight));
    let around = reasons.neighbours.as_ref().map(around);
    let baseline = line(Kind::Baseline, "before any word is read".to_string(), reasons.baseline);
    let rest = line(Kind::Rest, "everything else".to_string(), reasons.rest);
    phrases.chain(style).chain(around).chain([baseline, rest]).collect()
}

fn around_text(labels: &[String], label: usize, first_paragraph: usize, around: &Around) -> String {
    // As in tables and pages, the first paragraph is number 1.
    let number = first_paragraph + around.strongest + 1;
    let (is_for, is_like) = (around.weight >= 0.0, around.label == label);
    let what = match is_for == is_like {
        true => format!("read like {}", labels[around.label]),
        false => format!("count {} {}", if is_for { "for" } else { "against" }, labels[label]),
    };
    format!("the paragraphs around it {what}, most of all paragraph {number}")
}

/// The lines with weights of two decimals, as people read them, and the score. What rounding adds or takes is part of
/// the rest, so that the weights shown add up to the score shown.
pub fn shown(mut lines: Vec<Line>, score: f64) -> (Vec<Line>, f64) {
    let hundredths = |value: f64| (value * 100.0).round();
    let others = lines.iter().filter(|line| line.kind != Kind::Rest);
    let sum: f64 = others.map(|line| hundredths(line.weight)).sum();
    for line in &mut lines {
        let shown = if line.kind == Kind::Rest { hundredths(score) - sum } else { hundredths(line.weight) };
        // Adding 0.0 turns −0.0 into 0.0.
        line.weight = shown / 100.0 + 0.0;
    }
    (lines, hundredths(score) / 100.0 + 0.0)
}

/// Reasons as one JSON object. `start` and `end` of a phrase count the characters of the paragraph's text.
pub fn as_json<'a>(
    labels: &'a [String],
    first_paragraph: usize,
    text: &'a str,
    reasons: &'a Reasons,
) -> Value<'a> {
    let characters = |byte: usize| Value::Integer(text[..byte].chars().count());
    let phrase = |phrase: &'a Phrase| {
        Value::Object(vec![
            ("text", phrase.text.as_str().into()),
            ("start", characters(phrase.place.start)),
            ("end", characters(phrase.place.end)),
            ("weight", phrase.weight.into()),
        ])
    };
    let style = reasons.style.iter().map(|style| {
        Value::Object(vec![("text", style.text.as_str().into()), ("weight", style.weight.into())])
    });
    let around = |around: &Around| {
        Value::Object(vec![
            ("label", labels[around.label].as_str().into()),
            ("paragraph", Value::Integer(first_paragraph + around.strongest)),
            ("weight", around.weight.into()),
        ])
    };
    Value::Object(vec![
        ("score", reasons.score.into()),
        ("phrases", Value::List(reasons.phrases.iter().map(phrase).collect())),
        ("style", Value::List(style.collect())),
        ("neighbours", reasons.neighbours.as_ref().map(around).into()),
        ("baseline", reasons.baseline.into()),
        ("rest", reasons.rest.into()),
    ])
}

/// Reasons in one column: `kind: text=weight; …`, then `score=…`.
pub fn as_text(labels: &[String], label: usize, first_paragraph: usize, reasons: &Reasons) -> Value<'static> {
    let lines = lines(labels, label, first_paragraph, reasons).into_iter();
    let mut all: Vec<String> =
        lines.map(|line| format!("{}: {}={}", line.kind.name(), line.text, rounded(line.weight))).collect();
    all.push(format!("score={}", rounded(reasons.score)));
    Value::Text(all.join("; ").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::Style;

    fn reasons() -> Reasons {
        let phrase = |text: &str, weight| Phrase { text: text.into(), place: 0..text.len(), weight };
        Reasons {
            score: 1.2345,
            phrases: vec![phrase("shameful waste", 0.8149), phrase("on Monday", -0.1049)],
            style: vec![Style { text: "uses duty words: must".into(), weight: 0.2149 }],
            neighbours: Some(Around { weight: 0.3149, label: 1, strongest: 2 }),
            baseline: -0.0049,
            rest: -0.0004,
        }
    }

    #[test]
    fn weights_shown_add_up_to_the_score_shown() {
        let labels = ["report", "advocacy"].map(str::to_string);
        let (lines, score) = shown(lines(&labels, 1, 1, &reasons()), 1.2345);
        let sum: f64 = lines.iter().map(|line| line.weight).sum();
        assert!((sum - score).abs() < 1e-9 && score == 1.23, "{sum} {score}");
        assert_eq!(lines[0], Line { kind: Kind::For, text: "“shameful waste”".into(), weight: 0.81 });
        assert_eq!(lines[3].text, "the paragraphs around it read like advocacy, most of all paragraph 4");
    }

    #[test]
    fn the_sentence_about_neighbours_agrees_with_their_weight() {
        let labels = ["report", "advocacy"].map(str::to_string);
        for (weight, label, expected) in [
            (0.2, 1, "read like advocacy"),
            (-0.2, 0, "read like report"),
            (0.2, 0, "count for advocacy"),
            (-0.2, 1, "count against advocacy"),
        ] {
            let text = around_text(&labels, 1, 0, &Around { weight, label, strongest: 4 });
            assert_eq!(text, format!("the paragraphs around it {expected}, most of all paragraph 5"));
        }
    }
}
