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
    let mut tokens = Vec::with_capacity(text.len() / 5 + 8);
    let mut speaker = Speaker::new(text);
    let mut position = 0;
    while let Some(&byte) = text.as_bytes().get(position) {
        let character = match byte {
            b' ' => {
                position += 1;
                continue;
            }
            _ if byte.is_ascii() => char::from(byte),
            _ => text[position..].chars().next().unwrap_or(char::REPLACEMENT_CHARACTER),
        };
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
            let mark = if is_plain(byte) { Mark::None } else { speaker.hear(character, position) };
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

/// Whether a byte is a sign of ASCII that quotes nothing.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, b'"' | b'\'' | b'`')
}

/// Length in bytes of the word or number at the start of `rest`, which begins with one.
fn word_len(rest: &str) -> usize {
    let number = rest.starts_with(char::is_numeric);
    let bytes = rest.as_bytes();
    // Nearly all words are letters of ASCII to their end.
    let n_plain = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(bytes.len());
    match bytes.get(n_plain) {
        Some(b'\'') => {}
        Some(b'.' | b',') if number => {}
        Some(byte) if !byte.is_ascii() => {}
        _ => return n_plain,
    }
    let mut end = n_plain;
    let mut characters = rest[n_plain..].chars().peekable();
    while let Some(character) = characters.next() {
        let followed = characters.peek().is_some_and(|next| next.is_alphanumeric());
        let inner = match character {
            '\'' | '’' => !number && followed,
            '.' | ',' => number && characters.peek().is_some_and(|next| next.is_numeric()),
            // Combining marks stay with their letter.
            _ => character.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&character),
        };
        if !inner {
            break;
        }
        end += character.len_utf8();
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
    /// Where single marks stand that open or close by their shape, and whether they open. Looked up
    /// instead of searched for, so that a text full of apostrophes takes linear time.
    singles: Vec<(usize, bool)>,
    /// The last place of each of [`CLOSING`].
    last: [Option<usize>; 4],
}

/// How deep quotations nest at most.
const MAX_DEPTH: usize = 8;

/// The marks whose last place is known.
const CLOSING: [char; 4] = ['’', '\'', '”', '"'];

impl<'a> Speaker<'a> {
    fn new(text: &'a str) -> Self {
        let mut singles = Vec::new();
        // The bytes that single marks begin with.
        for at in memchr::memchr2_iter(b'\'', 0xe2, text.as_bytes()) {
            let mark = match &text.as_bytes()[at..] {
                [b'\'', ..] => '\'',
                [0xe2, 0x80, 0x98, ..] => '‘',
                [0xe2, 0x80, 0x99, ..] => '’',
                _ => continue,
            };
            let before = text[..at].chars().next_back();
            let after = text[at + mark.len_utf8()..].chars().next();
            if mark != '’' && opens_by_shape(before, after) {
                singles.push((at, true));
            } else if mark != '‘' && closes_by_shape(before, after) {
                singles.push((at, false));
            }
        }
        let last = CLOSING.map(|mark| {
            let closes = |at: &usize| {
                let after = text[at + mark.len_utf8()..].chars().next();
                matches!(mark, '”' | '"') || closes_by_shape(text[..*at].chars().next_back(), after)
            };
            text.rmatch_indices(mark).map(|(at, _)| at).find(closes)
        });
        Speaker { text, open: Vec::new(), heard_any: false, singles, last }
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
            // Turned the wrong way: “We must,“ he said.
            '“' if self.open.contains(&'”') && ends_by_shape(before, after) => self.close('”'),
            // English does not nest double marks: a quotation that goes on opens again.
            '“' if self.open.contains(&'”') => Mark::Opens,
            '“' => self.start('”'),
            '„' => self.start('“'),
            '‟' => self.start('”'),
            '”' => self.close_or_open(before, position, '”'),
            '«' if self.open.contains(&'«') => self.close('«'),
            '«' => self.start('»'),
            '»' if !self.open.contains(&'»') && opens_by_shape(before, after) => self.start('«'),
            '»' => self.close('»'),
            '‹' => self.start('›'),
            '›' if self.open.contains(&'›') => self.close('›'),
            '"' => self.straight(before, after, position),
            '`' if after == Some('`') => self.start('"'),
            '\'' if after == Some('\'') && self.open.contains(&'"') => self.close('"'),
            '‘' if opens_by_shape(before, after) && self.opens_single(position, '‘') => self.start('’'),
            '’' if self.open.contains(&'’') && self.closes_single(position, '’') => self.close('’'),
            '\'' => self.straight_single(before, after, position),
            _ => Mark::None,
        };
        self.heard_any |= mark != Mark::None;
        mark
    }

    fn start(&mut self, closing: char) -> Mark {
        // Nobody nests deeper; a text that is all marks must not grow the list.
        if self.open.len() < MAX_DEPTH {
            self.open.push(closing);
        }
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

    /// Closes; where nothing is open, a mark behind a clause ends an earlier paragraph's quotation,
    /// and one behind a mere word was turned the wrong way when another follows.
    fn close_or_open(&mut self, before: Option<char>, position: usize, mark: char) -> Mark {
        let is_open = self.open.iter().any(|&closing| closing == mark || (mark == '”' && closing == '“'));
        if is_open || before.is_none_or(|c| !c.is_alphanumeric()) {
            return self.close(mark);
        }
        if self.closing_after(position, mark) { self.start(mark) } else { Mark::None }
    }

    /// Whether the same mark stands, closing by its shape if it is single, after `position`.
    fn closing_after(&self, position: usize, mark: char) -> bool {
        let known = CLOSING.iter().position(|closing| *closing == mark);
        known.and_then(|index| self.last[index]).is_some_and(|at| at > position)
    }

    /// `"` opens or closes by the white space around it; where that tells nothing, in turn.
    fn straight(&mut self, before: Option<char>, after: Option<char>, position: usize) -> Mark {
        let is_open = self.open.contains(&'"');
        if opens_by_shape(before, after) {
            // Turned the wrong way: "We must, "he said.
            let behind_comma = self.text[..position].trim_end().ends_with(',');
            return match is_open {
                true if behind_comma => self.close('"'),
                true => Mark::Opens,
                false => self.start('"'),
            };
        }
        let closes = closes_by_shape(before, after);
        // 5'11" and 27" screens: a measure closes nothing.
        if closes && !is_open && before.is_some_and(char::is_numeric) {
            return Mark::None;
        }
        if closes || is_open { self.close_or_open(before, position, '"') } else { self.start('"') }
    }

    fn straight_single(&mut self, before: Option<char>, after: Option<char>, position: usize) -> Mark {
        if self.open.contains(&'\'') {
            let closes = closes_by_shape(before, after) && self.closes_single(position, '\'');
            return if closes { self.close('\'') } else { Mark::None };
        }
        let opens = opens_by_shape(before, after) && self.opens_single(position, '\'');
        if opens { self.start('\'') } else { Mark::None }
    }

    /// Whether a single mark opens a quotation rather than a clipped word: something closes it, or
    /// it stands at the head of a paragraph that goes on quoting.
    fn opens_single(&self, position: usize, mark: char) -> bool {
        let closed = self.closing_after(position, if mark == '‘' { '’' } else { mark });
        let head = mark == '‘' && self.text[..position].trim().is_empty();
        (closed || head) && !is_clipped(self.text, position + mark.len_utf8())
    }

    /// Whether a single mark closes a quotation rather than a plural possessive (`readers’ trust`):
    /// after a possessive the next mark closes, too.
    fn closes_single(&self, position: usize, mark: char) -> bool {
        let before = self.text[..position].chars().next_back();
        let rest = &self.text[position + mark.len_utf8()..];
        if rest.starts_with(char::is_alphanumeric) {
            return false;
        }
        let next = self.singles.partition_point(|(at, _)| *at <= position);
        let next_closes = self.singles.get(next).is_some_and(|(_, opens)| !opens);
        !(before == Some('s') && rest.starts_with(' ') && next_closes)
    }
}

/// Something quoted before, white space after.
fn ends_by_shape(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(|c| !c.is_whitespace()) && after.is_none_or(char::is_whitespace)
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
    const CLIPPED: [&str; 15] =
        ["em", "im", "tis", "twas", "til", "cause", "round", "n", "t", "s", "re", "ve", "ll", "d", "m"];
    decade || CLIPPED.contains(&word.to_lowercase().as_str())
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
    fn quoted_words_that_end_in_s_are_closed() {
        check("The ‘elites’ and the ‘people’ are at war.", "The and the are at war");
        check("The 'experts' and the 'elites' are at war.", "The and the are at war");
    }

    #[test]
    fn marks_turned_the_wrong_way_do_little_harm() {
        check("I don ‘t know what China Daily ‘s men want.", "I don t know what China Daily s men want");
        check("She ordered a” strong, sustained series” of steps.", "She ordered a of steps");
        check("\"We must fight, \"he said on Monday. We agree.", "he said on Monday We agree");
        check("“We must fight,“ he said. We agree.", "he said We agree");
        check("“We must fight. “We must win,” he added. We agree.", "he added We agree");
        check("He said ``we must fight'' on Monday.", "He said on Monday");
    }

    #[test]
    fn many_apostrophes_take_linear_time() {
        let text = "'a ".repeat(200_000);
        assert_eq!(tokens(&text).iter().filter(|token| token.kind == Kind::Word).count(), 200_000);
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
