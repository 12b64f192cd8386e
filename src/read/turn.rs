//! What a turn of a conversation begins with: a name and a colon.

/// What a speaker's name may look like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameForm {
    /// The most words of it.
    pub(crate) n_words: usize,
    /// Whether a word but the first may stand between brackets: `Ann Lee (host)`.
    pub(crate) has_brackets: bool,
    /// Whether it may begin with a capital of any script.
    pub(crate) any_script: bool,
}

/// The name that a text begins with, and what follows behind its colon.
///
/// Each word of the name begins with a capital, and has letters, digits, underscores, full stops, apostrophes and
/// hyphens; one space parts two words, and white space may stand before the colon. A pattern says the same in a
/// line, and a test holds this to it; but an automaton for the letters of all scripts takes longer to make than
/// an article to label.
pub(crate) fn name_and_rest(text: &str, form: NameForm) -> Option<(&str, &str)> {
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
        let mut letters = word.chars();
        letters.next().is_some_and(|first| self.is_capital(first)) && letters.all(is_of_name)
    }

    /// Whether a word is one between brackets, or has one of the two.
    fn is_bracketed(self, word: &str) -> bool {
        let inner = word.strip_suffix(')').unwrap_or(word);
        match inner.strip_prefix('(') {
            Some(inner) => inner.chars().all(is_of_name),
            None => self.is_word(inner),
        }
    }

    fn is_capital(self, letter: char) -> bool {
        letter.is_ascii_uppercase() || (self.any_script && is_capital_letter(letter))
    }
}

/// Whether a character may stand in a name.
fn is_of_name(c: char) -> bool {
    matches!(c, '.' | '\'' | '’' | '-') || regex_syntax::is_word_character(c)
}

/// Whether a character is a capital letter; numerals and letters in circles or squares are none. Nor are letters
/// that are newer than the Unicode of patterns.
fn is_capital_letter(c: char) -> bool {
    let is_sign = matches!(c, 'Ⅰ'..='Ⅿ' | 'Ⓐ'..='Ⓩ' | '\u{1f130}'..='\u{1f189}');
    c.is_uppercase() && !is_sign && regex_syntax::is_word_character(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    #[test]
    fn capitals_and_white_space_are_those_of_patterns() {
        let [capital, space] = [r"^\p{Lu}$", r"^\s$"].map(|pattern| Regex::new(pattern).unwrap());
        for c in '\0'..=char::MAX {
            assert_eq!(is_capital_letter(c), capital.is_match(c.encode_utf8(&mut [0; 4])), "{c:?}");
            assert_eq!(c.is_whitespace(), space.is_match(c.encode_utf8(&mut [0; 4])), "{c:?}");
        }
    }

    /// The pattern of a form, whose first group is the name and whose second is the rest.
    fn pattern(form: NameForm) -> Regex {
        let capital = if form.any_script { r"\p{Lu}" } else { "A-Z" };
        let (open, close) = if form.has_brackets { ("(", r"\)?") } else { ("", "") };
        let others = form.n_words - 1;
        let letters = r"[\w.'’-]*";
        let name = format!("[{capital}]{letters}(?: [{capital}{open}]{letters}{close}){{0,{others}}}");
        Regex::new(&format!(r"(?s)^({name})\s?:(.*)$")).unwrap()
    }

    proptest! {
        #[test]
        fn a_name_is_what_the_pattern_finds(
            text in r"([A-Z(É]?[a-zé_’'().-]{0,3}[ \u{a0}]?){1,8}[ \u{2003}]?(: ?(\PC{0,6}:?)?)?",
            n_words in 2..7usize,
            has_brackets: bool,
            any_script: bool,
        ) {
            let form = NameForm { n_words, has_brackets, any_script };
            let pattern = pattern(form);
            let expected = pattern.captures(&text).map(|found| found.extract::<2>().1.into());
            prop_assert_eq!(name_and_rest(&text, form), expected, "{:?}", text);
        }
    }

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, &str)>) {
        let form = NameForm { n_words: 3, has_brackets: true, any_script: true };
        assert_eq!(name_and_rest(text, form), expected);
    }

    #[test]
    fn names_stand_before_the_first_colon() {
        check("Dr. Ann O’Neill: Yes: no.", Some(("Dr. Ann O’Neill", " Yes: no.")));
        check("Élodie (host) :Yes", Some(("Élodie (host)", "Yes")));
        check("Ann B. C. Lee: Yes", None);
        check("Ann  Lee: Yes", None);
        check("ann: Yes", None);
        check("Ann said it", None);
    }
}
