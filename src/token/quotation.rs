//! Follows the quotation marks of a paragraph: whose voice each word is in.

use crate::article::Voice;

/// The effect of a character on the open quotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is not a quotation mark.
    None,
    /// It opens a quotation.
    Opens,
    /// It closes a quotation.
    Closes,
    /// It closes a quotation from an earlier paragraph.
    ClosesEarlier,
}

/// The open quotations at one position in a paragraph.
pub struct Quotations<'a> {
    text: &'a str,
    /// The characters that close the open quotations, outermost first.
    open: Vec<char>,
    has_marks: bool,
    /// The positions of single marks that open or close by their context, and whether they open. Looking them up
    /// instead of searching keeps the time linear for a text full of apostrophes.
    singles: Vec<(usize, bool)>,
    /// The last position of each of [`CLOSING`].
    last: [Option<usize>; 4],
}

/// The deepest nesting. Deeper quotations are not tracked, so that a text of nothing but marks takes little memory.
const MAX_DEPTH: usize = 8;

/// The closing marks whose last position is recorded.
const CLOSING: [char; 4] = ['’', '\'', '”', '"'];

impl<'a> Quotations<'a> {
    /// The state before the first character of a paragraph.
    pub fn new(text: &'a str) -> Self {
        let mut singles = Vec::new();
        // Single marks begin with one of these bytes.
        for at in memchr::memchr2_iter(b'\'', 0xe2, text.as_bytes()) {
            let mark = match &text.as_bytes()[at..] {
                [b'\'', ..] => '\'',
                [0xe2, 0x80, 0x98, ..] => '‘',
                [0xe2, 0x80, 0x99, ..] => '’',
                _ => continue,
            };
            let before = text[..at].chars().next_back();
            let after = text[at + mark.len_utf8()..].chars().next();
            if mark != '’' && opens_by_context(before, after) {
                singles.push((at, true));
            } else if mark != '‘' && closes_by_context(before, after) {
                singles.push((at, false));
            }
        }
        // Most paragraphs have none of these marks, and the search for the first byte is fast.
        let first_byte = |mark: char| if mark.is_ascii() { mark as u8 } else { 0xe2 };
        let last = CLOSING.map(|mark| {
            memchr::memchr(first_byte(mark), text.as_bytes())?;
            let closes = |at: &usize| {
                let after = text[at + mark.len_utf8()..].chars().next();
                matches!(mark, '”' | '"') || closes_by_context(text[..*at].chars().next_back(), after)
            };
            text.rmatch_indices(mark).map(|(at, _)| at).find(closes)
        });
        Quotations { text, open: Vec::new(), has_marks: false, singles, last }
    }

    /// Whose voice the next word is in.
    pub fn voice(&self) -> Voice {
        if self.open.is_empty() { Voice::Author } else { Voice::Quoted }
    }

    /// Opens or closes quotations for the character at `position`.
    pub fn update(&mut self, character: char, position: usize) -> Mark {
        let before = self.text[..position].chars().next_back();
        let after = self.text[position + character.len_utf8()..].chars().next();
        let mark = match character {
            '“' if self.open.last() == Some(&'“') => self.close('“'),
            // It faces the wrong way: “We must,“ he said.
            '“' if self.open.contains(&'”') && ends_by_context(before, after) => self.close('”'),
            // English does not nest double marks: a quotation that continues is opened again.
            '“' if self.open.contains(&'”') => Mark::Opens,
            '“' => self.start('”'),
            '„' => self.start('“'),
            '‟' => self.start('”'),
            '”' => self.close_or_open(before, position, '”'),
            '«' if self.open.contains(&'«') => self.close('«'),
            '«' => self.start('»'),
            '»' if !self.open.contains(&'»') && opens_by_context(before, after) => self.start('«'),
            '»' => self.close('»'),
            '‹' => self.start('›'),
            '›' if self.open.contains(&'›') => self.close('›'),
            '"' => self.straight(before, after, position),
            '`' if after == Some('`') => self.start('"'),
            '\'' if after == Some('\'') && self.open.contains(&'"') => self.close('"'),
            '‘' if opens_by_context(before, after) && self.opens_single(position, '‘') => self.start('’'),
            '’' if self.open.contains(&'’') && self.closes_single(position, '’') => self.close('’'),
            '\'' => self.straight_single(before, after, position),
            _ => Mark::None,
        };
        self.has_marks |= mark != Mark::None;
        mark
    }

    fn start(&mut self, closing: char) -> Mark {
        if self.open.len() < MAX_DEPTH {
            self.open.push(closing);
        }
        Mark::Opens
    }

    /// Closes the innermost quotation that `mark` can close, and those that are still open inside it.
    fn close(&mut self, mark: char) -> Mark {
        match self.open.iter().rposition(|&closing| closing == mark || (mark == '”' && closing == '“')) {
            Some(depth) => {
                self.open.truncate(depth);
                Mark::Closes
            }
            None if self.has_marks => Mark::Closes,
            None => Mark::ClosesEarlier,
        }
    }

    /// Closes a quotation. Where none is open, a mark after punctuation closes one from an earlier paragraph, and a
    /// mark after a word opens one if another mark follows: it faces the wrong way.
    fn close_or_open(&mut self, before: Option<char>, position: usize, mark: char) -> Mark {
        let is_open = self.open.iter().any(|&closing| closing == mark || (mark == '”' && closing == '“'));
        if is_open || before.is_none_or(|c| !c.is_alphanumeric()) {
            return self.close(mark);
        }
        if self.closing_after(position, mark) { self.start(mark) } else { Mark::None }
    }

    /// Whether the same mark occurs after `position`; a single one must close by its context.
    fn closing_after(&self, position: usize, mark: char) -> bool {
        let known = CLOSING.iter().position(|closing| *closing == mark);
        known.and_then(|index| self.last[index]).is_some_and(|at| at > position)
    }

    /// `"` opens or closes depending on the characters around it, or alternates if they do not decide.
    fn straight(&mut self, before: Option<char>, after: Option<char>, position: usize) -> Mark {
        let is_open = self.open.contains(&'"');
        if opens_by_context(before, after) {
            // It faces the wrong way: "We must, "he said.
            let after_comma = self.text[..position].trim_end().ends_with(',');
            return match is_open {
                true if after_comma => self.close('"'),
                true => Mark::Opens,
                false => self.start('"'),
            };
        }
        let closes = closes_by_context(before, after);
        // The inch mark of 5'11" and of a 27" screen.
        if closes && !is_open && before.is_some_and(char::is_numeric) {
            return Mark::None;
        }
        if closes || is_open { self.close_or_open(before, position, '"') } else { self.start('"') }
    }

    fn straight_single(&mut self, before: Option<char>, after: Option<char>, position: usize) -> Mark {
        if self.open.contains(&'\'') {
            let closes = closes_by_context(before, after) && self.closes_single(position, '\'');
            return if closes { self.close('\'') } else { Mark::None };
        }
        let opens = opens_by_context(before, after) && self.opens_single(position, '\'');
        if opens { self.start('\'') } else { Mark::None }
    }

    /// Whether a single mark opens a quotation and not a clipped word: a later mark closes it, or the paragraph begins
    /// with it and continues a quotation.
    fn opens_single(&self, position: usize, mark: char) -> bool {
        let closed = self.closing_after(position, if mark == '‘' { '’' } else { mark });
        let is_first = mark == '‘' && self.text[..position].trim().is_empty();
        (closed || is_first) && !is_clipped(self.text, position + mark.len_utf8())
    }

    /// Whether a single mark closes a quotation and is not a plural possessive (`readers’ trust`): after a possessive,
    /// the next mark also closes.
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

/// Whether a mark ends a quotation by its context: no white space before it, and white space after it.
fn ends_by_context(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(|c| !c.is_whitespace()) && after.is_none_or(char::is_whitespace)
}

/// Whether a mark opens a quotation by its context: white space or an opening character before it, and something to
/// quote after it.
fn opens_by_context(before: Option<char>, after: Option<char>) -> bool {
    let free = before.is_none_or(|c| c.is_whitespace() || "([{—–-/“‘\"'«„".contains(c));
    free && after.is_some_and(|c| !c.is_whitespace() && !",.;:!?)".contains(c))
}

/// Whether a mark closes a quotation by its context: no white space before it, and white space or punctuation after
/// it.
fn closes_by_context(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(|c| !c.is_whitespace())
        && after.is_none_or(|c| c.is_whitespace() || !c.is_alphanumeric())
}

/// Whether the word after a mark is a word that begins with an apostrophe: ’90s, ’em, ’tis.
fn is_clipped(text: &str, after_mark: usize) -> bool {
    let rest = &text[after_mark..];
    let word = &rest[..rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())];
    let decade = word.len() <= 3 && word.starts_with(|c: char| c.is_ascii_digit());
    const CLIPPED: [&str; 15] =
        ["em", "im", "tis", "twas", "til", "cause", "round", "n", "t", "s", "re", "ve", "ll", "d", "m"];
    decade || CLIPPED.contains(&word.to_lowercase().as_str())
}
