//! The line breaks of plain text.

/// The end of a line on mainframes.
const NEXT_LINE: &str = "\u{85}";

/// The ends of the lines of `text` from byte `body` on, and whether a paragraph ends there, too.
///
/// Besides `\n`, lines end with a lone carriage return (old Macs), U+2028, a vertical tab (soft returns), and U+0085
/// where it ends most lines (mainframes). U+2029 ends a paragraph, and so does a form feed that is not beside a line
/// break. `\r\r\n`, which programs leave that replace line breaks twice, is one break.
pub fn line_ends(text: &str, body: usize) -> Box<dyn Iterator<Item = (usize, bool)> + '_> {
    let bytes = text.as_bytes();
    let rest = &bytes[body..];
    let end = std::iter::once((text.len(), false));
    let is_rare = |at: usize| match rest[at] {
        b'\r' => rest.get(at + 1) != Some(&b'\n'),
        _ => true,
    };
    let has_rare = memchr::memchr3_iter(b'\r', 0xb, 0xc, rest).any(is_rare)
        || memchr::memmem::find(rest, "\u{2028}".as_bytes()).is_some()
        || memchr::memmem::find(rest, "\u{2029}".as_bytes()).is_some()
        || memchr::memmem::find(rest, NEXT_LINE.as_bytes()).is_some();
    if !has_rare {
        return Box::new(memchr::memchr_iter(b'\n', rest).map(move |at| (body + at + 1, false)).chain(end));
    }
    let is_break =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|byte| matches!(byte, b'\n' | b'\r'));
    let has_next_lines = ends_with_next_line(&text[body..]);
    let ends = text[body..].char_indices().filter_map(move |(at, c)| {
        let at = body + at;
        let ends_paragraph = match c {
            '\n' | '\u{2028}' | '\u{b}' => false,
            '\r' if !matches!(bytes[at + 1..], [b'\n', ..] | [b'\r', b'\n', ..]) => false,
            '\u{85}' if has_next_lines => false,
            '\u{2029}' => true,
            '\u{c}' if !is_break(at.checked_sub(1)) && !is_break(Some(at + 1)) => true,
            _ => return None,
        };
        Some((at + c.len_utf8(), ends_paragraph))
    });
    Box::new(ends.chain(end))
}

/// Whether most lines end with U+0085. Beside other controls of its kind, or among other line breaks, it is more likely
/// an ellipsis of windows-1252.
fn ends_with_next_line(text: &str) -> bool {
    let count = |mark: &str| memchr::memmem::find_iter(text.as_bytes(), mark).count();
    let is_other = |c: char| ('\u{80}'..='\u{9f}').contains(&c) && c != '\u{85}';
    count(NEXT_LINE) > count("\n") && !text.contains(is_other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, bool)]) {
        let mut start = 0;
        let lines: Vec<(&str, bool)> = line_ends(text, 0)
            .map(|(end, ends_paragraph)| (&text[std::mem::replace(&mut start, end)..end], ends_paragraph))
            .collect();
        assert_eq!(lines, expected, "{text:?}");
    }

    #[test]
    fn old_and_rare_breaks_end_lines() {
        check("a\nb", &[("a\n", false), ("b", false)]);
        check("a\r\nb\r\n", &[("a\r\n", false), ("b\r\n", false), ("", false)]);
        check("a\r\rb", &[("a\r", false), ("\r", false), ("b", false)]);
        check("a\u{b}b\u{2028}c", &[("a\u{b}", false), ("b\u{2028}", false), ("c", false)]);
        check(
            "a\r\r\nb\r\r\n\r\r\nc",
            &[("a\r\r\n", false), ("b\r\r\n", false), ("\r\r\n", false), ("c", false)],
        );
        check("a\u{85}b\u{85}", &[("a\u{85}", false), ("b\u{85}", false), ("", false)]);
        check("a\u{85}b\nc\n", &[("a\u{85}b\n", false), ("c\n", false), ("", false)]);
        check("a\u{85}b\u{92}c\r", &[("a\u{85}b\u{92}c\r", false), ("", false)]);
        check("a\u{2029}b", &[("a\u{2029}", true), ("b", false)]);
        check("a\u{c}b\n\u{c}c", &[("a\u{c}", true), ("b\n", false), ("\u{c}c", false)]);
    }
}
