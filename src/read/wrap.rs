//! Hard-wrapped text: whether line breaks are due to a column width, and the blocks that such lines make.

use std::ops::Range;

use super::paragraph::quote_marks;

/// The width of hard-wrapped text is at most this, in characters.
const MAX_WRAP_WIDTH: usize = 120;
/// The width of hard-wrapped text is at least this, unless its lines go on in lower case.
const MIN_WRAP_WIDTH: usize = 40;
/// The width of a narrow column is at least this.
const MIN_COLUMN_WIDTH: usize = 20;
/// A double-spaced text has at least this many lines that follow a single blank line.
const MIN_SPACED: usize = 4;

/// A line that is not blank.
#[derive(Debug, Clone)]
pub struct Line {
    /// Without the white space around it.
    pub range: Range<usize>,
    /// Whether it follows a blank line or is the first.
    pub begins_run: bool,
    /// How many blank lines are before it.
    pub n_blank: usize,
}

/// Whether no paragraph but the first begins after a blank line.
pub fn has_one_run(lines: &[Line]) -> bool {
    lines.iter().filter(|line| line.begins_run).count() == 1
}

/// The lines of a double-spaced text, where only several blank lines separate paragraphs; `None` if the text is not one:
/// hardly any line follows another directly, and without their single blank lines they are hard-wrapped.
pub fn without_spacing(text: &str, lines: &[Line]) -> Option<Vec<Line>> {
    let n_single = lines.iter().filter(|line| line.n_blank == 1).count();
    let n_direct = lines.iter().filter(|line| !line.begins_run).count();
    if n_single < MIN_SPACED || 10 * n_direct > lines.len() {
        return None;
    }
    let closed = |(index, line): (usize, &Line)| {
        let begins_run = line.begins_run && (line.n_blank != 1 || index == 0);
        Line { begins_run, ..line.clone() }
    };
    let lines: Vec<Line> = lines.iter().enumerate().map(closed).collect();
    is_hard_wrapped(text, &lines, true).then_some(lines)
}

/// Whether the line breaks inside the runs of lines are due to a column width.
///
/// Looks at the lines that are followed by another line of the same run. There must be at least three. The text's width
/// is the 80th percentile of their widths, because a web address may be longer, and must be from [`MIN_WRAP_WIDTH`] to
/// [`MAX_WRAP_WIDTH`]. At least seven in ten lines must have 0.7 times that width, and at least half must end in
/// mid-sentence. In a narrow column, where words fill lines less evenly, and in a text that `is_spaced`, half of the lines
/// must also go on in lower case, unlike those of most poems and lists; without a blank line or an indented one, three in
/// five.
pub fn is_hard_wrapped(text: &str, lines: &[Line], is_spaced: bool) -> bool {
    let inner = lines.windows(2).filter(|pair| !pair[1].begins_run);
    let inner: Vec<&str> = inner.map(|pair| &text[pair[0].range.clone()]).collect();
    let mut widths: Vec<usize> = inner.iter().map(|line| line.chars().count()).collect();
    widths.sort_unstable();
    let width = widths.get(widths.len().saturating_sub(1) * 4 / 5).copied().unwrap_or_default();
    if inner.len() < 3 || !(MIN_COLUMN_WIDTH..=MAX_WRAP_WIDTH).contains(&width) {
        return false;
    }
    let is_narrow = width < MIN_WRAP_WIDTH;
    if is_narrow || is_spaced {
        let is_indented = |pair: &[Line]| indent(text, &pair[1].range) >= indent(text, &pair[0].range) + 2;
        let has_paragraphs = !has_one_run(lines) || lines.windows(2).any(is_indented);
        let next = lines.iter().filter(|line| !line.begins_run).map(|line| &text[line.range.clone()]);
        let words = next.map(|line| line[quote_marks(line).1..].trim_start());
        let n_lower = words.filter(|words| words.starts_with(char::is_lowercase)).count();
        // Short lines between single blank lines may be a list.
        let is_list = is_narrow && is_spaced && !has_paragraphs;
        if is_list || n_lower * 10 < inner.len() * if has_paragraphs { 5 } else { 6 } {
            return false;
        }
    }
    let share = if is_narrow { 6 } else { 7 };
    let full = widths.iter().filter(|&&other| other * 10 >= width * share).count();
    let broken = inner.iter().filter(|line| !ends_sentence(line)).count();
    full * 10 >= inner.len() * 7 && broken * 2 >= inner.len()
}

/// The paragraphs of one run of hard-wrapped lines. The run is split where [`begins_block`] says and, in a text without
/// blank lines, also after short lines that end a sentence.
pub fn unwrap_run(text: &str, run: &[Line], only_run: bool) -> Vec<Range<usize>> {
    let width = |line: &Line| text[line.range.clone()].chars().count();
    let widest = run.iter().map(width).max().unwrap_or(0);
    let ends =
        |line: &Line| only_run && width(line) * 10 < widest * 7 && ends_sentence(&text[line.range.clone()]);
    let blocks =
        run.chunk_by(|before, line| !ends(before) && !begins_block(text, &before.range, &line.range));
    blocks.map(|lines| lines[0].range.start..lines[lines.len() - 1].range.end).collect()
}

/// Whether a line of hard-wrapped text begins a block: a list item, a page number or the line after one, a line of
/// another quotation depth, or one indented more than the line before it.
fn begins_block(text: &str, before: &Range<usize>, line: &Range<usize>) -> bool {
    let (above, below) = (&text[before.clone()], &text[line.clone()]);
    // In hanging paragraphs, the second line is indented.
    let goes_on = !ends_sentence(above) && below.starts_with(char::is_lowercase);
    let is_indented = indent(text, line) >= indent(text, before) + 2 && !is_list_item(above) && !goes_on;
    is_list_item(below)
        || is_page_number(below)
        || is_page_number(above)
        || quote_marks(above).0 != quote_marks(below).0
        || is_indented
}

/// The columns of white space before a line.
fn indent(text: &str, line: &Range<usize>) -> usize {
    let start = text[..line.start].rfind(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']);
    let start = start.map_or(0, |end| text.ceil_char_boundary(end + 1));
    text[start..line.start].chars().map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// Whether a line is the page number of a printed page: `12`, `- 12 -`, `Page 3 of 10`.
fn is_page_number(line: &str) -> bool {
    let inner = line.trim_matches(|c: char| c.is_whitespace() || "-–—|[]\u{c}".contains(c));
    let word = inner.get(..4).filter(|word| word.eq_ignore_ascii_case("page"));
    let number = word.map_or(inner, |word| inner[word.len()..].trim_start());
    let parts: Vec<&str> =
        number.split(['/', ' ']).filter(|part| !part.is_empty() && *part != "of").collect();
    let is_number = |part: &&str| part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let most = if word.is_some() { 2 } else { 1 };
    (1..=most).contains(&parts.len()) && parts.iter().all(is_number)
}

fn is_list_item(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = (1..=2).contains(&(line.len() - number.len())) && number.starts_with(['.', ')']);
    ["- ", "* ", "• ", "– "].iter().any(|mark| line.starts_with(mark))
        || (is_numbered && number[1..].starts_with(' '))
}

/// Whether the last character of `line`, except for closing quotation marks and brackets, ends a sentence.
pub fn ends_sentence(line: &str) -> bool {
    let closing = |c: char| "\"'”’»)]*_".contains(c) || c.is_whitespace();
    line.trim_end_matches(closing).ends_with(['.', '!', '?', '…', ':', ';', '‽', '。'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_are_recognised() {
        for line in ["12", "- 12 -", "Page 3", "page 3 of 10", "Page 3/10", "[7]"] {
            assert!(is_page_number(line), "{line}");
        }
        for line in ["2024", "Page one", "3 of 10", "12 people", "", "of", "Page"] {
            assert!(!is_page_number(line), "{line}");
        }
    }
}
