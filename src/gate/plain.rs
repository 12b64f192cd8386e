//! Patterns for texts of ASCII alone: what a pattern says of other characters is left out.
//!
//! The letters of all scripts make automata of a pattern that take milliseconds to build, and most blocks have no
//! letter outside ASCII.

use regex::Regex;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};

/// A pattern that matches the same texts of ASCII as `pattern` does.
pub(super) fn plain(pattern: &Hir) -> Regex {
    Regex::new(&without_others(pattern.clone()).to_string()).expect("a test compiles every pattern")
}

/// The same without the characters outside ASCII that classes have, and without captures.
fn without_others(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Look(Look::WordUnicode) => Hir::look(Look::WordAscii),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Class(Class::Unicode(mut class)) => {
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\u{7f}')]));
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
    fn a_plain_pattern_matches_the_same_plain_texts() {
        let pattern = r"(?i)^[^.’]+ (»|›|\w{2,3}) \bkin(d|g)s?$";
        let (all, plain) = (Regex::new(pattern).unwrap(), plain(&regex_syntax::parse(pattern).unwrap()));
        for text in
            ["The ab kind", "THE AB KINGS", "a. ab kind", "a abcd kind", "a ab kinds x", "", "a _1 kind"]
        {
            assert_eq!(plain.is_match(text), all.is_match(text), "{text}");
        }
        assert!(all.is_match("É ab kind") && !plain.is_match("É ab \u{212a}ind"));
    }
}
