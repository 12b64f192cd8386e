//! Words, numbers and punctuation, and who is speaking them.
//!
//! What stands inside quotation marks belongs to the speaker who is quoted. Counting such words as
//! the author's own makes every report of a fierce speech look like advocacy.

use crate::article::Voice;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, with inner apostrophes.
    Word,
    /// Digits, with inner points and commas.
    Number,
    /// One character that is neither, white space excepted.
    Punctuation,
    /// A mark that opens or closes a quotation.
    QuoteMark,
}

/// One token of a text, borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Token<'a> {
    /// The characters of the token.
    pub(crate) text: &'a str,
    /// Its first byte in the text.
    pub(crate) start: usize,
    /// What it is made of.
    pub(crate) kind: Kind,
    /// Who says it.
    pub(crate) voice: Voice,
}

/// The tokens of `text` in order, each with its voice; white space is left out.
///
/// Quotations may be straight, curly, guillemets or low-high marks, may nest, and last to the end
/// of the paragraph when nothing closes them. A closing mark with no opening one before it ends a
/// quotation that began in an earlier paragraph. Linear time.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut speaker = Speaker::new(text);
    let mut position = 0;
    while let Some(character) = text[position..].chars().next() {
        let width = character.len_utf8();
        if character.is_whitespace() {
            position += width;
        } else if character.is_alphanumeric() {
            let end = position + word_len(&text[position..]);
            let kind = if character.is_numeric() { Kind::Number } else { Kind::Word };
            let token = &text[position..end];
            tokens.push(Token { text: token, start: position, kind, voice: speaker.voice() });
            position = end;
        } else {
            let end = position + width;
            let mark = speaker.hear(character, position);
            if mark == Mark::ClosesEarlier {
                tokens.iter_mut().for_each(|token: &mut Token| token.voice = Voice::Quoted);
            }
            let (kind, voice) = match mark {
                Mark::None => (Kind::Punctuation, speaker.voice()),
                _ => (Kind::QuoteMark, Voice::Quoted),
            };
            tokens.push(Token { text: &text[position..end], start: position, kind, voice });
            position = end;
        }
    }
    tokens
}

/// Length in bytes of the word or number at the start of `rest`, which begins with one.
fn word_len(rest: &str) -> usize {
    let number = rest.starts_with(char::is_numeric);
    let mut end = 0;
    let mut characters = rest.char_indices().peekable();
    while let Some((offset, character)) = characters.next() {
        let followed = characters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        let inner = match character {
            '\'' | '’' => !number && followed,
            '.' | ',' => number && characters.peek().is_some_and(|(_, next)| next.is_numeric()),
            // Combining marks stay with their letter.
            _ => character.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&character),
        };
        if !inner {
            break;
        }
        end = offset + character.len_utf8();
    }
    end
}

/// What a character did to the quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// It is no quotation mark.
    None,
    Opens,
    Closes,
    /// It closes a quotation that an earlier paragraph opened.
    ClosesEarlier,
}

/// The quotations that are open at one place of a paragraph, outermost first.
struct Speaker<'a> {
    text: &'a str,
    /// The characters that will close the open quotations.
    open: Vec<char>,
    heard_any: bool,
}

impl<'a> Speaker<'a> {
    fn new(text: &'a str) -> Self {
        Speaker { text, open: Vec::new(), heard_any: false }
    }

    fn voice(&self) -> Voice {
        if self.open.is_empty() { Voice::Author } else { Voice::Quoted }
    }

    /// Opens or closes quotations for the character at `position`.
    fn hear(&mut self, character: char, position: usize) -> Mark {
        let before = self.text[..position].chars().next_back();
        let after = self.text[position + character.len_utf8()..].chars().next();
        let mark = match character {
            '“' if self.open.last() == Some(&'“') => self.close('“'),
            '“' => self.start('”'),
            '„' => self.start('“'),
            '‟' => self.start('”'),
            '”' => self.close('”'),
            '«' if self.open.contains(&'«') => self.close('«'),
            '«' => self.start('»'),
            '»' if !self.open.contains(&'»') && opens_by_shape(before, after) => self.start('«'),
            '»' => self.close('»'),
            '"' => self.straight(before, after),
            '‘' if opens_by_shape(before, after) && !is_clipped(self.text, position + 3) => self.start('’'),
            '’' if self.open.contains(&'’') && self.closes_single(position, '’') => self.close('’'),
            '\'' => self.straight_single(before, after, position),
            _ => Mark::None,
        };
        self.heard_any |= mark != Mark::None;
        mark
    }

    fn start(&mut self, closing: char) -> Mark {
        self.open.push(closing);
        Mark::Opens
    }

    /// Closes the innermost quotation that `mark` can close, and those left open inside it.
    fn close(&mut self, mark: char) -> Mark {
        match self.open.iter().rposition(|&closing| closing == mark || (mark == '”' && closing == '“')) {
            Some(depth) => {
                self.open.truncate(depth);
                Mark::Closes
            }
            None if self.heard_any => Mark::Closes,
            None => Mark::ClosesEarlier,
        }
    }

    /// `"` opens or closes by the white space around it; where that tells nothing, in turn.
    fn straight(&mut self, before: Option<char>, after: Option<char>) -> Mark {
        let is_open = self.open.contains(&'"');
        if opens_by_shape(before, after) {
            return if is_open { Mark::Opens } else { self.start('"') };
        }
        let closes = closes_by_shape(before, after);
        // 5'11" and 27" screens: a measure closes nothing.
        if closes && !is_open && before.is_some_and(char::is_numeric) {
            return Mark::None;
        }
        if closes || is_open { self.close('"') } else { self.start('"') }
    }

    fn straight_single(&mut self, before: Option<char>, after: Option<char>, position: usize) -> Mark {
        if self.open.contains(&'\'') {
            let closes = closes_by_shape(before, after) && self.closes_single(position, '\'');
            return if closes { self.close('\'') } else { Mark::None };
        }
        let opens = opens_by_shape(before, after)
            && !is_clipped(self.text, position + 1)
            && has_closing_single(&self.text[position + 1..], '\'');
        if opens { self.start('\'') } else { Mark::None }
    }

    /// Whether a single mark closes a quotation rather than a plural possessive (`readers’ trust`).
    fn closes_single(&self, position: usize, mark: char) -> bool {
        let before = self.text[..position].chars().next_back();
        let rest = &self.text[position + mark.len_utf8()..];
        if rest.starts_with(char::is_alphanumeric) {
            return false;
        }
        let possessive = before == Some('s') && rest.starts_with(' ');
        !(possessive && has_closing_single(rest, mark))
    }
}

/// White space or an opening bracket before, something to quote after.
fn opens_by_shape(before: Option<char>, after: Option<char>) -> bool {
    let free = before.is_none_or(|c| c.is_whitespace() || "([{—–-/“‘\"'«„".contains(c));
    free && after.is_some_and(|c| !c.is_whitespace() && !",.;:!?)".contains(c))
}

/// Something quoted before, white space or punctuation after.
fn closes_by_shape(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(|c| !c.is_whitespace())
        && after.is_none_or(|c| c.is_whitespace() || !c.is_alphanumeric())
}

/// Words that begin with an apostrophe: ’90s, ’em, ’tis.
fn is_clipped(text: &str, after_mark: usize) -> bool {
    let rest = &text[after_mark..];
    let word = &rest[..rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())];
    let decade = word.len() <= 3 && word.starts_with(|c: char| c.is_ascii_digit());
    decade || ["em", "tis", "twas", "til", "cause", "round", "n"].contains(&word.to_lowercase().as_str())
}

/// Whether `rest` holds a single mark that has something before it and no letter after it.
fn has_closing_single(rest: &str, mark: char) -> bool {
    let mut found = rest.match_indices(mark).filter(|(at, _)| {
        closes_by_shape(rest[..*at].chars().next_back(), rest[at + mark.len_utf8()..].chars().next())
    });
    found.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks which words of `text` are in the author's voice.
    #[track_caller]
    fn check(text: &str, author: &str) {
        let words: Vec<&str> = tokens(text)
            .into_iter()
            .filter(|token| token.voice == Voice::Author && token.kind == Kind::Word)
            .map(|token| token.text)
            .collect();
        assert_eq!(words.join(" "), author, "{text}");
    }

    #[test]
    fn words_outside_quotation_marks_are_the_authors() {
        check("She said \"we must fight\" on Monday.", "She said on Monday");
        check("She said “we must fight” on Monday.", "She said on Monday");
        check("Er sagte „wir kämpfen“ am Montag.", "Er sagte am Montag");
        check("Il dit « battons-nous » lundi.", "Il dit lundi");
        check("Han sagde »kæmp« i går.", "Han sagde i går");
        check("He called it 'a joke' and left.", "He called it and left");
        check("He called it ‘a joke’ and left.", "He called it and left");
    }

    #[test]
    fn quotations_nest() {
        check("He said “she told me ‘go home’ twice” then.", "He said then");
        check("He said \"she told me 'go home' twice\" then.", "He said then");
        check("‘He said “no” to us,’ she wrote.", "she wrote");
    }

    #[test]
    fn a_quotation_left_open_lasts_to_the_end() {
        check("She went on: “We will not rest. We will not", "She went on");
        check("She went on: \"We will not rest.", "She went on");
    }

    #[test]
    fn a_mark_that_only_closes_ends_an_earlier_paragraphs_quotation() {
        check("We will not rest,” she said.", "she said");
        check("We will not rest,\" she said.", "she said");
    }

    #[test]
    fn apostrophes_quote_nothing() {
        check("The readers’ trust isn’t won ’til dawn.", "The readers trust isn’t won til dawn");
        check("It's the '90s and rock 'n' roll.", "It's the s and rock n roll".replace(" s ", " ").as_str());
        check("‘The readers’ trust is gone,’ he said.", "he said");
    }

    #[test]
    fn inches_quote_nothing() {
        check("He is 5'11\" tall and sold a 27\" screen.", "He is tall and sold a screen");
    }

    #[test]
    fn two_quotations_leave_what_is_between() {
        check("“Go,” he said, “or stay.” Nobody moved.", "he said Nobody moved");
        check("\"Go,\" he said, \"or stay.\" Nobody moved.", "he said Nobody moved");
    }

    #[test]
    fn tokens_are_slices_of_the_text() {
        let text = "On 3.5 million “voters’ cards”, e-mail: naïve café!";
        for token in tokens(text) {
            assert_eq!(&text[token.start..token.start + token.text.len()], token.text);
        }
        let words: Vec<_> = tokens(text).iter().map(|token| token.text).collect();
        assert_eq!(words[..3], ["On", "3.5", "million"]);
    }
}
