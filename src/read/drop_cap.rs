//! Drop caps: the first letter of an article, set large, which pages and PDFs have as a block of its own.

use super::wrap::ends_sentence;
use crate::article::{Paragraph, Part};

/// How the rest of a word begins after a drop cap `A`. Otherwise the letter is a word: `A man`.
const AFTER_A: &str = "bout bove ccording cross ccused d fter gain gainst ge go head ir lan lbert ll llan lmost lone \
     long longside lready lso lthough lways merica merican mericans mid mong mongst n nalysts nd ngry nimals nna nne \
     nnual nother ny nyone part pparently pril rab re rmed rmy round rrests rt rtificial s sia side sk sked t tlanta \
     ttempts uction ugust ustralia ustralian uthorities verage way wards nybody nything ntitrust ctivists fghan \
     frica frican";
/// How the rest of a word begins after a drop cap `I`.
const AFTER_I: &str = "f llinois magine mmediately mmigration mpeachment n nacross ncreasingly ndeed ndependent ndia \
     ndian nflation nitially nner nquiry nside nspectors nstead nto nvestigators nvestors ran raq reland rish s slam \
     slamic srael sraeli sraelis t talian taly ts t’s t's magination ncome ndonesia ndustry nternational nternet ce";

/// Joins blocks of a single capital letter with the paragraphs that they begin.
pub fn join_drop_caps(paragraphs: &mut Vec<Paragraph>) {
    let is_cap = |block: &Paragraph| block.text.chars().count() <= 2;
    if !paragraphs.iter().any(is_cap) {
        return;
    }
    let is_body = |block: &Paragraph| block.part.is_none_or(|part| part == Part::Body);
    paragraphs.dedup_by(|rest, cap| {
        let fits = is_cap(cap) && rest.follows && is_body(cap) && is_body(rest);
        let joined = if fits { joined(&cap.text, &rest.text) } else { None };
        let Some(text) = joined else { return false };
        (cap.end, cap.characters.end, cap.text) = (rest.end, rest.characters.end, text);
        true
    });
}

/// The paragraph that begins with a drop cap; `None` if `cap` is not one.
pub fn joined(cap: &str, rest: &str) -> Option<String> {
    let (quote, letter) = cap.split_at(cap.len() - cap.trim_start_matches(['“', '"', '‘', '\'']).len());
    let quote_and_cap = || format!("{quote}{letter}");
    let mut letters = letter.chars();
    let letter = letters.next().filter(|letter| letter.is_uppercase() && letters.next().is_none())?;
    let word = rest.split_whitespace().next()?;
    let word = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    // In small capitals, the rest of the word is in capitals.
    let is_capitals =
        word.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !word.contains(char::is_lowercase);
    let goes_on = word.starts_with(|c: char| c.is_lowercase() || "’'".contains(c)) || is_capitals;
    // A numeral may stand above a section whose first words are in capitals.
    let is_numeral = is_capitals && "IVXLCDM".contains(letter);
    if !goes_on || is_numeral || !ends_sentence(rest) {
        return None;
    }
    let lower = word.to_lowercase();
    let is_word = |rests: &str| !rests.split_whitespace().any(|rest| rest == lower);
    let is_alone = match letter {
        'A' => is_word(AFTER_A),
        'I' => is_word(AFTER_I),
        _ => false,
    };
    Some(format!("{}{}{rest}", quote_and_cap(), if is_alone { " " } else { "" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cap: &str, rest: &str, expected: Option<&str>) {
        assert_eq!(joined(cap, rest).as_deref(), expected, "{cap} {rest}");
    }

    #[test]
    fn the_first_letter_is_joined_with_its_word() {
        check("W", "excombe voted on Tuesday.", Some("Wexcombe voted on Tuesday."));
        check("“W", "e lost,” he said.", Some("“We lost,” he said."));
        check("T", "HE COUNCIL voted.", Some("THE COUNCIL voted."));
        check("A", "fter six hours they voted.", Some("After six hours they voted."));
        check("A", "man walked in.", Some("A man walked in."));
        check("I", "t rained.", Some("It rained."));
        check("I", "went home.", Some("I went home."));
    }

    #[test]
    fn other_letters_stay() {
        check("Q", "Why did you vote against it?", None);
        check("A", "The council voted.", None);
        check("WX", "excombe voted.", None);
        check("W", "excombe", None);
        check("1", "excombe voted.", None);
    }
}
