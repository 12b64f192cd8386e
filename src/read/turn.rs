//! Turns of an interview or a transcript: a name, a colon, and what that speaker says.

use rustc_hash::FxHashMap;

use crate::article::Paragraph;

/// What a speaker's name may look like.
#[derive(Debug, Clone, Copy)]
pub struct NameForm {
    /// The most words.
    pub n_words: usize,
    /// Whether words after the first may be in brackets: `Ann Lee (host)`.
    pub has_brackets: bool,
    /// Whether its capitals may be from any script.
    pub any_script: bool,
}

/// Names of up to five words, in mixed case or all capitals: `Dr. Ann Lee: `.
const NAME: NameForm = NameForm { n_words: 5, has_brackets: true, any_script: true };

/// The fewest turns of a speaker: `Note:` and `Update:` occur once in an article.
const MIN_TURNS: usize = 2;

/// The name that begins a turn, and the text after its colon; `None` if `text` is not a turn.
///
/// A name consists of capitalised words separated by single spaces; white space may follow it. A regex for the letters
/// of all scripts would do the same, but compiling it takes as long as labelling a small article.
pub fn name_and_rest(text: &str, form: NameForm) -> Option<(&str, &str)> {
    let colon = memchr::memchr(b':', text.as_bytes())?;
    let (head, rest) = (&text[..colon], &text[colon + 1..]);
    let name = head.strip_suffix(char::is_whitespace).unwrap_or(head);
    let mut words = name.split(' ');
    let is_name = words.next().is_some_and(|first| form.is_word(first))
        && words.clone().count() < form.n_words
        && words.all(|word| form.is_word(word) || (form.has_brackets && form.is_bracketed(word)));
    is_name.then_some((name, rest))
}

impl NameForm {
    fn is_word(self, word: &str) -> bool {
        let is_capital = |c: char| if self.any_script { c.is_uppercase() } else { c.is_ascii_uppercase() };
        word.starts_with(is_capital) && word.chars().all(is_name_character)
    }

    /// Whether a word has an opening bracket, a closing bracket, or both.
    fn is_bracketed(self, word: &str) -> bool {
        let inner = word.strip_suffix(')').unwrap_or(word);
        match inner.strip_prefix('(') {
            Some(inner) => inner.chars().all(is_name_character),
            None => self.is_word(inner),
        }
    }
}

fn is_name_character(c: char) -> bool {
    matches!(c, '.' | '\'' | '’' | '-') || regex_syntax::is_word_character(c)
}

/// Sets the speaker of each turn if the article is a conversation: at least two names have [`MIN_TURNS`] turns
/// each, and the speaker changes after at least half of the turns.
///
/// Blocks without a name have no speaker: an author may comment between two answers.
pub fn mark_turns(paragraphs: &mut [Paragraph]) {
    let names: Vec<Option<String>> = paragraphs.iter().map(|paragraph| speaker(&paragraph.text)).collect();
    let mut n_turns: FxHashMap<&str, usize> = FxHashMap::default();
    names.iter().flatten().for_each(|name| *n_turns.entry(name).or_default() += 1);
    let speaks = |name: &String| n_turns.get(name.as_str()).is_some_and(|n| *n >= MIN_TURNS);
    let turns: Vec<&String> = names.iter().flatten().filter(|name| speaks(name)).collect();
    let n_changes = turns.windows(2).filter(|pair| pair[0] != pair[1]).count();
    if n_changes == 0 || n_changes * 2 < turns.len() - 1 {
        return;
    }
    for (paragraph, name) in paragraphs.iter_mut().zip(&names) {
        paragraph.speaker = name.clone().filter(|name| speaks(name));
    }
}

fn speaker(text: &str) -> Option<String> {
    let (name, rest) = name_and_rest(text, NAME)?;
    let said = rest.trim_start();
    (said.len() < rest.len() && !said.is_empty()).then(|| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_name(text: &str, form: NameForm, expected: Option<(&str, &str)>) {
        assert_eq!(name_and_rest(text, form), expected, "{text}");
    }

    #[test]
    fn a_name_stands_before_the_first_colon() {
        let form = NameForm { n_words: 3, has_brackets: true, any_script: true };
        check_name("Dr. Ann O’Neill: Yes: no.", form, Some(("Dr. Ann O’Neill", " Yes: no.")));
        check_name("Élodie (host) :Yes", form, Some(("Élodie (host)", "Yes")));
        check_name("Ann_1 B)\u{a0}:: Yes", form, Some(("Ann_1 B)", ": Yes")));
        for text in
            ["Ann B. C. Lee: Yes", "Ann  Lee: Yes", "ann: Yes", "Ann lee: Yes", "Ann said it", "(Ann): Yes"]
        {
            check_name(text, form, None);
        }
    }

    #[test]
    fn brackets_and_other_scripts_are_optional() {
        let plain = NameForm { n_words: 3, has_brackets: false, any_script: false };
        check_name("Ann Lee: Yes", plain, Some(("Ann Lee", " Yes")));
        for text in ["Ann (host): Yes", "Ann Lee): Yes", "Élodie: Yes", "Ann Élodie: Yes"] {
            check_name(text, plain, None);
        }
        check_name("Ann (host): Yes", NameForm { has_brackets: true, ..plain }, Some(("Ann (host)", " Yes")));
        check_name("Ann Élodie: Yes", NameForm { any_script: true, ..plain }, Some(("Ann Élodie", " Yes")));
    }

    #[track_caller]
    fn check_speakers(texts: &[&str], expected: &[&str]) {
        let mut paragraphs: Vec<Paragraph> =
            texts.iter().map(|text| Paragraph { text: text.to_string(), ..Paragraph::default() }).collect();
        mark_turns(&mut paragraphs);
        let speakers: Vec<&str> =
            paragraphs.iter().map(|paragraph| paragraph.speaker.as_deref().unwrap_or("-")).collect();
        assert_eq!(speakers, expected);
    }

    #[test]
    fn alternating_turns_have_speakers() {
        check_speakers(
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
        check_speakers(&["Q: One?", "A: Two.", "Q: Three?", "A: Four."], &["Q", "A", "Q", "A"]);
    }

    #[test]
    fn words_with_a_colon_are_not_turns() {
        check_speakers(&["Note: the port closed.", "Update: it opened."], &["-", "-"]);
        check_speakers(&["Rule: one.", "Rule: two.", "Rule: three."], &["-", "-", "-"]);
        check_speakers(&["The mayor said: no.", "The mayor said: yes."], &["-", "-"]);
    }
}
