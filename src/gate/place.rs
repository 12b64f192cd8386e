//! What a block's place in the article tells: headings, tails, repeats.

use rustc_hash::FxHashMap;

use super::Reason;
use super::rules::capital_share;
use super::rules::is_line;
use super::rules::is_prose;
use super::rules::n_words;
use crate::article::Paragraph;

/// Adds what a block's place tells, where its own text told nothing: headings between paragraphs,
/// lines before and after the article, and blocks that stand twice.
pub(super) fn by_place(paragraphs: &[Paragraph], reasons: &mut [Option<Reason>]) {
    let texts: Vec<&str> = paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
    let last_prose = texts.iter().rposition(|text| is_prose(text));
    let mut related = false;
    let mut seen_prose = false;
    let repeats = repeats(&texts);
    for (index, text) in texts.iter().enumerate() {
        let (nth, n_times) = repeats[index];
        let repeated = nth > 0 && n_words(text) >= 5;
        // The markup of a page tells headings and what stands after the article better than place does.
        if reasons[index].is_none() && paragraphs[index].part.is_some() {
            // What comes a third time is the article's form: a question that many are asked.
            reasons[index] = (repeated && n_times == 2).then_some(Reason::Duplicate);
        } else if reasons[index].is_none() {
            reasons[index] = match last_prose {
                Some(last) if index > last && is_line(text) => Some(after_article(text, related)),
                Some(last) if index < last && is_line(text) => {
                    let next = texts.get(index + 1).copied();
                    heading(text, !seen_prose, next).or(repeated.then_some(Reason::Duplicate))
                }
                None if is_line(text) && capital_share(text) >= 0.7 && n_words(text) >= 4 => {
                    Some(Reason::Heading)
                }
                _ if repeated => Some(Reason::Duplicate),
                _ => None,
            };
        }
        related |= reasons[index] == Some(Reason::Related);
        seen_prose = seen_prose || is_prose(text);
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
fn heading(text: &str, first: bool, next: Option<&str>) -> Option<Reason> {
    let starts_high = text.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| !c.is_lowercase());
    let before_prose = next.is_some_and(is_prose);
    let clear = first || capital_share(text) >= 0.6 || (before_prose && n_words(text) <= 12);
    (starts_high && clear && n_words(text) >= 2).then_some(Reason::Heading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::rules::by_text;

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
        let mut reasons: Vec<_> =
            paragraphs.iter().map(|block| by_text(block, n_words(&block.text))).collect();
        by_place(&paragraphs, &mut reasons);
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
