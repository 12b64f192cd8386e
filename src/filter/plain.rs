//! Patterns for texts of usual characters alone: what a pattern says of others is left out.
//!
//! The letters of all scripts make automata of a pattern that take milliseconds to build, and nearly all blocks have
//! letters of the Latin script and the signs of print, no more.

use std::ops::RangeInclusive;

use regex::Regex;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};

/// The usual characters: ASCII, letters of the Latin script with the signs before them, and dashes, quotation
/// marks, the bullet and the ellipsis. None of these last ones is of a word.
const USUAL: [RangeInclusive<char>; 3] = ['\0'..='\u{7f}', '\u{a0}'..='\u{24f}', '\u{2010}'..='\u{2027}'];

/// Whether a text has usual characters alone.
pub(super) fn is_usual(text: &str) -> bool {
    let is_usual = |c: char| USUAL.iter().any(|range| range.contains(&c));
    text.is_ascii() || text.chars().all(is_usual)
}

/// A pattern that matches the same texts of usual characters as `pattern` does, where its bounds of words are those
/// of ASCII.
pub(super) fn plain(pattern: &Hir) -> Regex {
    Regex::new(&without_others(pattern.clone()).to_string()).expect("a test compiles every pattern")
}

/// The same without the other characters that classes have, and without captures.
fn without_others(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Look(Look::WordUnicode) => Hir::look(Look::WordAscii),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Class(Class::Unicode(mut class)) => {
            class.intersect(&ClassUnicode::new(
                USUAL.map(|range| ClassUnicodeRange::new(*range.start(), *range.end())),
            ));
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(class) => Hir::class(class),
        HirKind::Repetition(Repetition { min, max, greedy, sub }) => {
            let sub = Box::new(without_others(*sub));
            Hir::repetition(Repetition { min, max, greedy, sub })
        }
        HirKind::Capture(capture) => without_others(*capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(without_others).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.into_iter().map(without_others).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_pattern_matches_the_same_usual_texts() {
        let pattern = r"(?i)^[^.’]+ (»|›|\w{2,3}) \bkin(d|g)s?$";
        let all = Regex::new(&pattern.replace(r"\b", r"(?-u:\b)")).unwrap();
        let plain = plain(&regex_syntax::parse(pattern).unwrap());
        for text in [
            "The ab kind",
            "THE AB KINGS",
            "a. ab kind",
            "a abcd kind",
            "a ab kinds x",
            "",
            "a _1 kind",
            "É ab kind",
            "a éÉ kind",
            "a – kind",
            "a’ ab kind",
            "“a” » kind",
        ] {
            assert!(is_usual(text));
            assert_eq!(plain.is_match(text), all.is_match(text), "{text}");
        }
        for text in ["Ж ab kind", "a жж kind", "a ab \u{212a}ind", "\u{85}"] {
            assert!(!is_usual(text), "{text}");
        }
        assert!(all.is_match("Ж ab kind") && !plain.is_match("Ж ab kind"));
    }
}
