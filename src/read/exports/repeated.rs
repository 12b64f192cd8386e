//! Texts that look like many articles, but are no export of a known database.

use super::pattern;

/// How many times a label or a rule occurs in a text of many articles, at least.
const MIN_REPEATS: usize = 3;
pattern!(
    HEAD_LINE,
    r"^(?i:title|headline|byline|author|source|publication|published|date|url|link)\s?:\s*\S"
);
pattern!(LONG_RULE, r"^(?:-{8,}|={5,}|\*{5,}|#{5,}|~{5,}|_{8,}|(?:\* ?){5,})$");

/// What makes a text look like many articles, if something does: a label that begins several blocks, or rules between
/// blocks.
pub fn repeated_sign(head: &str) -> Option<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    let mut n_words = 0;
    for line in head.lines().map(str::trim) {
        n_words += line.split_whitespace().count();
        let sign = match line.split_once(':') {
            Some((label, _)) if label.len() < 12 && HEAD_LINE.is_match(line) => {
                label.trim_end().to_lowercase()
            }
            _ if line.starts_with(['-', '=', '*', '#', '~', '_']) && LONG_RULE.is_match(line) => {
                line.chars().take(5).collect()
            }
            _ => continue,
        };
        // Two signs in a row are one: a rule above and one below a title.
        if n_words < 20 && !counts.is_empty() {
            continue;
        }
        n_words = 0;
        match counts.iter_mut().find(|(known, _)| *known == sign) {
            Some((_, n)) => *n += 1,
            None => counts.push((sign, 1)),
        }
    }
    let (sign, n) = counts.into_iter().max_by_key(|(_, n)| *n)?;
    (n >= MIN_REPEATS).then(|| format!("`{sign}` {n} times"))
}
