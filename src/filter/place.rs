//! Rules by the place of a block in its article: headings, lines around the article, repeats.

use super::reason::Reason;
use super::rules::{capital_share, is_line, is_prose};
use crate::article::{Paragraph, Part};

/// The fewest words of a block that is dropped as a repeat.
const MIN_REPEATED: usize = 5;

/// The longest name of a sender, in words.
const MAX_NAME: usize = 4;
/// On a page, a line of up to this many words is a title, whatever its markup.
const MAX_TITLE: usize = 3;

/// Adds a reason by place to blocks that have no reason by their text. `n_words` has the number of words of each block.
pub fn by_place(paragraphs: &[Paragraph], n_words: &[usize], reasons: &mut [Option<Reason>]) {
    let texts: Vec<&str> = paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
    let prose: Vec<bool> =
        texts.iter().zip(n_words).map(|(text, n_words)| is_prose(text, *n_words)).collect();
    let last_prose = prose.iter().rposition(|is_prose| *is_prose);
    let repeats = repeats(&texts);
    let (mut after_prose, mut after_related) = (false, false);
    for (index, text) in texts.iter().enumerate() {
        if reasons[index].is_none() {
            let is_repeat = repeats[index].before > 0 && n_words[index] >= MIN_REPEATED;
            let is_line = is_line(text, n_words[index]);
            let is_name = is_line && is_name(text, n_words[index]);
            let is_body = paragraphs[index].part == Some(Part::Body);
            let by_line = match last_prose {
                _ if is_name && repeats[index].all > 1 => Some(Reason::Byline),
                _ if is_line && is_body && n_words[index] <= MAX_TITLE => Some(Reason::Heading),
                // Markup identifies headings and the end of the article better than place does.
                _ if !is_line || paragraphs[index].part.is_some() => None,
                None => title(text, n_words[index]),
                Some(last) if index > last => Some(after_article(text, after_related)),
                Some(last) if index < last => heading(text, n_words[index], !after_prose, prose[index + 1]),
                Some(_) => None,
            };
            // A text that occurs three times on a page belongs to the article, such as a question put to many people.
            let is_duplicate = is_repeat && (paragraphs[index].part.is_none() || repeats[index].all == 2);
            reasons[index] = by_line.or(is_duplicate.then_some(Reason::Duplicate));
        }
        after_related |= reasons[index] == Some(Reason::Related);
        after_prose |= prose[index];
    }
}

/// Whether a line of `n_words` words may be the name of a person or an outlet: if it occurs several times, it says who
/// wrote the messages of a chat.
fn is_name(text: &str, n_words: usize) -> bool {
    let begins_upper = |word: &str| word.starts_with(char::is_uppercase);
    n_words <= MAX_NAME && text.split_whitespace().all(begins_upper)
}

/// How often the text of a block occurs in its article.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Repeats {
    before: usize,
    all: usize,
}

/// How often each text occurs, ignoring ASCII case.
fn repeats(texts: &[&str]) -> Vec<Repeats> {
    let lower = |index: usize| texts[index].bytes().map(|byte| byte.to_ascii_lowercase());
    let mut sorted: Vec<usize> = (0..texts.len()).collect();
    // Most texts differ in length. The sort is stable, so that equal texts stay in the order of the article.
    sorted.sort_by(|&a, &b| texts[a].len().cmp(&texts[b].len()).then_with(|| lower(a).cmp(lower(b))));
    let mut repeats = vec![Repeats { before: 0, all: 1 }; texts.len()];
    for equal in sorted.chunk_by(|&a, &b| texts[a].eq_ignore_ascii_case(texts[b])) {
        for (before, &index) in equal.iter().enumerate() {
            repeats[index] = Repeats { before, all: equal.len() };
        }
    }
    repeats
}

/// The reason of a line in an article without prose: a heading if it looks like a title.
fn title(text: &str, n_words: usize) -> Option<Reason> {
    (n_words >= 4 && capital_share(text) >= 0.7).then_some(Reason::Heading)
}

/// The reason of a line after the last block of prose.
fn after_article(text: &str, after_related: bool) -> Reason {
    const OFFICES: [&str; 12] = [
        "Institute",
        "Center",
        "Centre",
        "Foundation",
        "University",
        "Agency",
        "Press",
        "Bureau",
        "Staff",
        "Editor",
        "Correspondent",
        "Reporter",
    ];
    let is_office = || OFFICES.iter().any(|office| text.contains(office)) && capital_share(text) >= 0.6;
    match () {
        _ if after_related => Reason::Related,
        _ if is_office() => Reason::Byline,
        _ => Reason::Navigation,
    }
}

/// The reason of a line before the last block of prose: a heading if it is the first, in capitals, or short and followed
/// by prose. A line that begins in lower case continues a poem or a list.
fn heading(text: &str, n_words: usize, is_first: bool, is_before_prose: bool) -> Option<Reason> {
    let begins_lower = text.chars().find(|c| c.is_alphanumeric()).is_none_or(char::is_lowercase);
    let is_clear = || is_first || (is_before_prose && n_words <= 12) || capital_share(text) >= 0.6;
    (n_words >= 2 && !begins_lower && is_clear()).then_some(Reason::Heading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::rules::by_text;

    fn block(text: &str) -> Paragraph {
        Paragraph { end: text.len(), text: text.to_string(), follows: true, ..Paragraph::default() }
    }

    #[test]
    fn repeats_are_counted_without_regard_to_case() {
        let texts = ["One two.", "one TWO.", "One two!", "ONE TWO."];
        let expected = [(0, 3), (1, 3), (0, 1), (2, 3)].map(|(before, all)| Repeats { before, all });
        assert_eq!(repeats(&texts), expected);
    }

    #[test]
    fn headings_and_lines_after_the_article_are_recognised_by_place() {
        let prose = "The council met on Tuesday night and voted for the tram line after six hours of talk.";
        let texts = [
            "Council votes for the tram",
            prose,
            "What Happens Next",
            prose,
            "On Key",
            "Related Posts",
            "Harbour world",
        ];
        let paragraphs: Vec<Paragraph> = texts.iter().map(|text| block(text)).collect();
        let n_words: Vec<usize> = texts.iter().map(|text| text.split_whitespace().count()).collect();
        let by_text = paragraphs.iter().zip(&n_words).map(|(block, &n)| by_text(block, n));
        let mut reasons: Vec<_> = by_text.collect();
        by_place(&paragraphs, &n_words, &mut reasons);
        assert_eq!(
            reasons,
            [
                Some(Reason::Heading),
                None,
                Some(Reason::Heading),
                Some(Reason::Duplicate),
                Some(Reason::Navigation),
                Some(Reason::Related),
                Some(Reason::Related),
            ]
        );
    }
}
