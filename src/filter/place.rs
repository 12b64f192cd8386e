//! What a block's place in the article tells: headings, tails, repeats.

use rustc_hash::FxHashMap;

use super::Reason;
use super::rules::{capital_share, is_line, is_prose};
use crate::article::Paragraph;

/// Adds what a block's place tells, where its own text told nothing: headings between paragraphs,
/// lines before and after the article, and blocks that stand twice. `n_words` has a number for each block.
pub(super) fn by_place(paragraphs: &[Paragraph], n_words: &[usize], reasons: &mut [Option<Reason>]) {
    let texts: Vec<&str> = paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
    let is_prose = |index: usize| is_prose(texts[index], n_words[index]);
    let last_prose = (0..texts.len()).rfind(|&index| is_prose(index));
    let mut related = false;
    let mut seen_prose = false;
    let repeats = repeats(&texts);
    for (index, text) in texts.iter().enumerate() {
        let (nth, n_times) = repeats[index];
        let n = n_words[index];
        let repeated = nth > 0 && n >= 5;
        // The markup of a page tells headings and what stands after the article better than place does.
        if reasons[index].is_none() && paragraphs[index].part.is_some() {
            // What comes a third time is the article's form: a question that many are asked.
            reasons[index] = (repeated && n_times == 2).then_some(Reason::Duplicate);
        } else if reasons[index].is_none() {
            reasons[index] = match last_prose {
                Some(last) if index > last && is_line(text, n) => Some(after_article(text, related)),
                Some(last) if index < last && is_line(text, n) => {
                    let before_prose = index + 1 < texts.len() && is_prose(index + 1);
                    heading(text, n, !seen_prose, before_prose).or(repeated.then_some(Reason::Duplicate))
                }
                None if is_line(text, n) && capital_share(text) >= 0.7 && n >= 4 => Some(Reason::Heading),
                _ if repeated => Some(Reason::Duplicate),
                _ => None,
            };
        }
        related |= reasons[index] == Some(Reason::Related);
        seen_prose = seen_prose || is_prose(index);
    }
}

/// For each text how many before it have the same letters, whatever their case, and how many in all.
fn repeats(texts: &[&str]) -> Vec<(usize, usize)> {
    let head = |text: &str| {
        let mut head = [0; 24];
        head.iter_mut().zip(text.bytes()).for_each(|(head, byte)| *head = byte.to_ascii_lowercase());
        (text.len(), head)
    };
    // Few texts begin alike and are of one length: only those are held against one another.
    let mut n_alike: FxHashMap<(usize, [u8; 24]), usize> = FxHashMap::default();
    texts.iter().for_each(|text| *n_alike.entry(head(text)).or_default() += 1);
    let mut n_times: FxHashMap<String, usize> = FxHashMap::default();
    let mut repeats = vec![(0, 1); texts.len()];
    let alike: Vec<(usize, String)> = texts
        .iter()
        .enumerate()
        .filter(|(_, text)| n_alike[&head(text)] > 1)
        .map(|(index, text)| (index, text.to_ascii_lowercase()))
        .collect();
    for (index, text) in &alike {
        let n = n_times.entry(text.clone()).or_default();
        repeats[*index].0 = *n;
        *n += 1;
    }
    alike.iter().for_each(|(index, text)| repeats[*index].1 = n_times[text]);
    repeats
}

/// A line after the last paragraph of prose.
fn after_article(text: &str, related: bool) -> Reason {
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
    match () {
        _ if related => Reason::Related,
        _ if OFFICES.iter().any(|office| text.contains(office)) && capital_share(text) >= 0.6 => {
            Reason::Byline
        }
        _ => Reason::Navigation,
    }
}

/// A line before the last paragraph of prose: a heading when it stands first, or in capitals, or is
/// short; a line of a poem or a list that goes on in small letters is none.
fn heading(text: &str, n_words: usize, first: bool, before_prose: bool) -> Option<Reason> {
    let starts_high = text.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| !c.is_lowercase());
    let clear = || first || capital_share(text) >= 0.6 || (before_prose && n_words <= 12);
    (starts_high && n_words >= 2 && clear()).then_some(Reason::Heading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::rules::by_text;
    use crate::filter::space::n_words;

    fn block(text: &str) -> Paragraph {
        Paragraph { end: text.len(), text: text.to_string(), follows: true, ..Paragraph::default() }
    }

    #[test]
    fn repeats_are_counted_whatever_their_case() {
        let texts = ["One two.", "one TWO.", "One two!", "ONE TWO."];
        assert_eq!(repeats(&texts), [(0, 3), (1, 3), (0, 1), (2, 3)]);
    }

    #[test]
    fn place_tells_headings_and_tails() {
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
        let n_words: Vec<usize> = texts.iter().map(|text| n_words(text)).collect();
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
