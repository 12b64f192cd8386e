//! Whose turn a block of an interview or a transcript is.

use rustc_hash::FxHashMap;

use super::turn::{NameForm, name_and_rest};
use crate::article::Paragraph;

/// A name of up to five words, with or without capitals throughout: `Dr. Ann Lee: `.
const NAME: NameForm = NameForm { n_words: 5, has_brackets: true, any_script: true };

/// How many turns a speaker must have: `Note:` and `Update:` stand once in an article.
const MIN_TURNS: usize = 2;

/// Sets the speaker of each turn, where the article is a conversation: at least two names with
/// [`MIN_TURNS`] turns each, and the next turn more often another's than the same one's.
///
/// The name stays in the text. Blocks that begin without a name are nobody's turn: an article goes
/// back to its author between two answers.
pub(super) fn mark_turns(paragraphs: &mut [Paragraph]) {
    let names: Vec<Option<String>> = paragraphs.iter().map(|paragraph| name_of(&paragraph.text)).collect();
    if names.iter().all(Option::is_none) {
        return;
    }
    let mut n_turns: FxHashMap<&str, usize> = FxHashMap::default();
    names.iter().flatten().for_each(|name| *n_turns.entry(name).or_default() += 1);
    let speaks = |name: &String| n_turns.get(name.as_str()).is_some_and(|n| *n >= MIN_TURNS);
    let turns: Vec<&String> = names.iter().flatten().filter(|name| speaks(name)).collect();
    let n_changes = turns.windows(2).filter(|pair| pair[0] != pair[1]).count();
    // Two names and at least as many changes as repeats.
    if n_changes == 0 || n_changes * 2 < turns.len() - 1 {
        return;
    }
    for (paragraph, name) in paragraphs.iter_mut().zip(&names) {
        paragraph.speaker = name.clone().filter(|name| speaks(name));
    }
}

fn name_of(text: &str) -> Option<String> {
    let (name, rest) = name_and_rest(text, NAME)?;
    let said = rest.trim_start();
    (said.len() < rest.len() && !said.is_empty()).then(|| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(texts: &[&str], expected: &[&str]) {
        let mut paragraphs: Vec<Paragraph> =
            texts.iter().map(|text| Paragraph { text: text.to_string(), ..Paragraph::default() }).collect();
        mark_turns(&mut paragraphs);
        let speakers: Vec<&str> =
            paragraphs.iter().map(|paragraph| paragraph.speaker.as_deref().unwrap_or("-")).collect();
        assert_eq!(speakers, expected);
    }

    #[test]
    fn turns_that_alternate_have_speakers() {
        check(
            &[
                "On ports.",
                "HOST: Why now?",
                "Dr. Ann Lee: Money.",
                "She laughed.",
                "HOST: More?",
                "Dr. Ann Lee: No.",
            ],
            &["-", "HOST", "Dr. Ann Lee", "-", "HOST", "Dr. Ann Lee"],
        );
        check(&["Q: One?", "A: Two.", "Q: Three?", "A: Four."], &["Q", "A", "Q", "A"]);
    }

    #[test]
    fn words_with_a_colon_are_no_turns() {
        check(&["Note: the port closed.", "Update: it opened."], &["-", "-"]);
        check(&["Rule: one.", "Rule: two.", "Rule: three."], &["-", "-", "-"]);
        check(&["The mayor said: no.", "The mayor said: yes."], &["-", "-"]);
    }
}
