//! Who is speaking at each place of a paragraph, by its quotation marks.

use crate::article::Voice;

/// What a character did to the quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// It is no quotation mark.
    None,
    Opens,
    Closes,
    /// It closes a quotation that an earlier paragraph opened.
    ClosesEarlier,
}

/// The quotations that are open at one place of a paragraph, outermost first.
pub(super) struct Speaker<'a> {
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
    pub(super) fn new(text: &'a str) -> Self {
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
        // Most paragraphs have none of them: each is looked for by its first byte.
        let begins = |mark: char| if mark.is_ascii() { mark as u8 } else { 0xe2 };
        let last = CLOSING.map(|mark| {
            memchr::memchr(begins(mark), text.as_bytes())?;
            let closes = |at: &usize| {
                let after = text[at + mark.len_utf8()..].chars().next();
                matches!(mark, '”' | '"') || closes_by_shape(text[..*at].chars().next_back(), after)
            };
            text.rmatch_indices(mark).map(|(at, _)| at).find(closes)
        });
        Speaker { text, open: Vec::new(), heard_any: false, singles, last }
    }

    pub(super) fn voice(&self) -> Voice {
        if self.open.is_empty() { Voice::Author } else { Voice::Quoted }
    }

    /// Opens or closes quotations for the character at `position`.
    pub(super) fn hear(&mut self, character: char, position: usize) -> Mark {
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
