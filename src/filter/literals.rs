//! What a pattern cannot match without: the letters by which most patterns are passed over unread.
//!
//! A block of prose has to be held against every pattern, and matches none. One pass of a sieve for the
//! letters that each pattern needs leaves a few patterns, or no pattern, to try. To find those letters takes longer
//! than to label an article; so they are kept in a file, and are found here only to check it.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::letters::Required;

/// The most letters or words that stand for one pattern.
const MAX_LITERALS: usize = 96;

/// The most that a text may begin with to match one pattern: of beginnings few are looked at in a text.
const MAX_STARTS: usize = 512;

/// What a text must have to match a pattern.
pub(super) fn required(pattern: &Hir) -> Required {
    match (at_start(pattern), anywhere(pattern)) {
        (Some(literals), _) => Required::Start(literals),
        (None, Some(literals)) => Required::Anywhere(literals),
        (None, None) => Required::Nothing,
    }
}

/// What a text begins with that matches a pattern which is tied to the start.
fn at_start(hir: &Hir) -> Option<Vec<String>> {
    let HirKind::Concat(parts) = hir.kind() else { return None };
    let [first, parts @ ..] = parts.as_slice() else { return None };
    if !matches!(first.kind(), HirKind::Look(Look::Start)) {
        return None;
    }
    let mut run = vec![String::new()];
    for part in parts {
        match needs(part) {
            Needs::Exactly(literals) if run.len() * literals.len() <= MAX_STARTS => {
                run = joined(run, &literals);
            }
            _ => break,
        }
    }
    run.iter().all(|literal| !is_common(literal)).then_some(run)
}

fn anywhere(hir: &Hir) -> Option<Vec<String>> {
    // A letter alone stands in every block.
    needs(hir).literals().filter(|literals| literals.iter().all(|literal| !is_common(literal)))
}

/// Whether a literal stands in every block: one letter, or none.
fn is_common(literal: &str) -> bool {
    literal.chars().all(char::is_alphanumeric) && literal.len() < 2
}

/// What a part of a pattern asks of the text.
enum Needs {
    /// It matches these and nothing else.
    Exactly(Vec<String>),
    /// What it matches holds one of these.
    OneOf(Vec<String>),
    Nothing,
}

impl Needs {
    fn literals(self) -> Option<Vec<String>> {
        match self {
            Needs::Exactly(literals) | Needs::OneOf(literals) => Some(literals),
            Needs::Nothing => None,
        }
    }
}

fn needs(hir: &Hir) -> Needs {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Needs::Exactly(vec![String::new()]),
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(literal) => Needs::Exactly(vec![literal.to_lowercase()]),
            Err(_) => Needs::Nothing,
        },
        HirKind::Class(class) => one_of_class(class),
        HirKind::Capture(capture) => needs(&capture.sub),
        HirKind::Repetition(repetition) => match (repetition.min, repetition.max, needs(&repetition.sub)) {
            (0, Some(1), Needs::Exactly(mut literals)) => {
                literals.push(String::new());
                Needs::Exactly(literals)
            }
            (1, Some(1), needs) => needs,
            (0, ..) => Needs::Nothing,
            (_, _, needs) => needs.literals().map_or(Needs::Nothing, Needs::OneOf),
        },
        HirKind::Concat(parts) => of_sequence(parts),
        HirKind::Alternation(parts) => of_choice(parts),
    }
}

/// The letters of a class, without regard to case, where they are few.
fn one_of_class(class: &Class) -> Needs {
    let Class::Unicode(class) = class else { return Needs::Nothing };
    let n_letters: usize = class.ranges().iter().map(|range| range.len()).sum();
    if n_letters > MAX_LITERALS {
        return Needs::Nothing;
    }
    let letters = class.ranges().iter().flat_map(|range| range.start()..=range.end());
    let mut letters: Vec<String> = letters.map(|letter| small(letter).to_string()).collect();
    letters.sort_unstable();
    letters.dedup();
    Needs::Exactly(letters)
}

/// A letter without its case, nor the cases that only Unicode gives it.
fn small(letter: char) -> char {
    match letter {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => letter.to_lowercase().next().unwrap_or(letter),
    }
}

/// Of all that the parts of a sequence need what is most seldom: the set whose literals all have long words.
fn of_sequence(parts: &[Hir]) -> Needs {
    let mut best: Option<Vec<String>> = None;
    let mut offer = |literals: Vec<String>| {
        if best.as_ref().is_none_or(|best| rarity(best) < rarity(&literals)) {
            best = Some(literals);
        }
    };
    // What the exact parts that follow one another match together.
    let mut run = vec![String::new()];
    let mut is_exact = true;
    for part in parts {
        match needs(part) {
            Needs::Exactly(literals) if run.len() * literals.len() <= MAX_LITERALS => {
                run = joined(run, &literals);
            }
            needs => {
                is_exact = false;
                offer(std::mem::replace(&mut run, vec![String::new()]));
                needs.literals().into_iter().for_each(&mut offer);
            }
        }
    }
    if is_exact {
        return Needs::Exactly(run);
    }
    offer(run);
    best.map_or(Needs::Nothing, Needs::OneOf)
}

/// Each head with each tail.
fn joined(mut heads: Vec<String>, tails: &[String]) -> Vec<String> {
    // Most tails are one letter, whatever its case.
    if let [tail] = tails {
        heads.iter_mut().for_each(|head| head.push_str(tail));
        return heads;
    }
    heads.iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}"))).collect()
}

/// The length of the longest word, and of the whole, in the literal where they are shortest.
fn rarity(literals: &[String]) -> (Option<usize>, usize) {
    let words = |literal: &str| literal.split(|c: char| !c.is_alphabetic()).map(str::len).max().unwrap_or(0);
    // Words of one or two letters stand everywhere.
    let of_literal = |literal: &String| (Some(words(literal)).filter(|n| *n > 2), literal.len());
    literals.iter().map(of_literal).min().unwrap_or_default()
}

fn of_choice(parts: &[Hir]) -> Needs {
    let (mut all, mut is_exact) = (Vec::new(), true);
    for part in parts {
        let needs = needs(part);
        is_exact &= matches!(needs, Needs::Exactly(_));
        match needs.literals() {
            Some(literals) => all.extend(literals),
            None => return Needs::Nothing,
        }
    }
    all.sort_unstable();
    all.dedup();
    if is_exact { Needs::Exactly(all) } else { Needs::OneOf(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(literals: &[&str]) -> Vec<String> {
        literals.iter().map(|literal| literal.to_string()).collect()
    }

    #[test]
    fn what_a_pattern_needs_is_found() {
        let of = |pattern: &str| required(&regex_syntax::parse(pattern).unwrap());
        let start = |literals: &[&str]| Required::Start(owned(literals));
        let anywhere = |literals: &[&str]| Required::Anywhere(owned(literals));
        assert_eq!(of("(?i)^share (this|us)"), start(&["share this", "share us"]));
        assert_eq!(of("(?i)^ad( by .*)?$"), start(&["ad"]));
        assert_eq!(of(r"(?i)\d+ (likes?|views?)\b"), anywhere(&[" like", " likes", " view", " views"]));
        assert_eq!(of(r"(?i)(uses cookies|all .* reserved)"), anywhere(&[" reserved", "uses cookies"]));
        assert_eq!(of(r"[»›] \w+"), anywhere(&["» ", "› "]));
        assert_eq!(of(r"^[A-Z]+, \d"), anywhere(&[", "]));
        assert_eq!(of(r"^\d+$"), Required::Nothing);
        assert_eq!(of("a?"), Required::Nothing);
    }
}
