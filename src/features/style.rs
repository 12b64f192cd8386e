//! Cues of style: groups of words that do one thing, and the paragraph's form in coarse steps.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use rustc_hash::FxHashMap;

use super::cues;
use super::cues::{N_GROUPS, name_of};
use crate::article::Voice;
use crate::read::{NameForm, name_and_rest};
use crate::token::{Kind, Token};

pub(super) const WORDS: Steps = Steps { name: "words", limits: &[10, 20, 35, 50, 75, 100, 150] };
pub(super) const SENTENCES: Steps = Steps { name: "sentences", limits: &[1, 2, 3, 5, 8] };
pub(super) const SENTENCE_LENGTH: Steps = Steps { name: "sentence length", limits: &[8, 13, 18, 24, 32, 45] };
pub(super) const QUOTED: Steps = Steps { name: "quoted %", limits: &[0, 5, 20, 40, 70] };
pub(super) const NUMBERS: Steps = Steps { name: "numbers", limits: &[0, 1, 2, 4, 8] };
pub(super) const CAPITALS: Steps = Steps { name: "capitals %", limits: &[4, 8, 13, 20, 30, 45] };
pub(super) const PAST: Steps = Steps { name: "past %", limits: &[0, 3, 6, 10] };
pub(super) const ADVERBS: Steps = Steps { name: "-ly", limits: &[0, 1, 3] };
pub(super) const BEFORE_QUOTED: Steps = Steps { name: "before:quoted %", limits: &[0, 20, 60] };
pub(super) const BEFORE_WORDS: Steps = Steps { name: "before:words", limits: &[10, 20, 40, 80] };

/// Punctuation whose presence and repetition are cues.
pub(super) const MARKS: [&str; 10] = ["?", "!", ";", ":", "(", "$", "%", "…", "—", "–"];

/// What stands anywhere in a text, and the name of its cue.
pub(super) const SIGNS: [(&str, &str); 5] =
    [("address", "http"), ("at", "@"), ("twitter", "pic.twitter"), ("ellipsis", "..."), ("bracket", "[")];

/// The signs of [`SIGNS`], each in a form that is fast to search for.
pub(super) static SIGN_FINDERS: LazyLock<[Finder<'static>; SIGNS.len()]> =
    LazyLock::new(|| SIGNS.map(|(_, sign)| Finder::new(sign)));

/// What a list item or a reply begins with.
pub(super) const BULLETS: [char; 6] = ['•', '-', '*', '—', '–', '>'];

/// The groups that a paragraph's last sentence hands on to the next paragraph.
pub(super) fn is_handed_on(group: usize) -> bool {
    group < 3 || name_of(group) == "question"
}

/// The names of all cues in a paragraph; repeats are possible.
///
/// `cue:X` says that a word of group X stands in the author's voice, `cue:X+` that two or more do,
/// `first:X` and `last:X` that one stands in the first or last of several sentences. A paragraph's
/// act is often the one that it ends on.
pub(super) fn cues_of(text: &str, tokens: &[Token<'_>]) -> Vec<String> {
    let mut cues = Vec::new();
    let author: Vec<&Token<'_>> = tokens.iter().filter(|token| token.voice == Voice::Author).collect();
    let sentences = sentences(&author);
    let mut totals = vec![0usize; N_GROUPS];
    for (place, sentence) in sentences.iter().enumerate() {
        let counts = group_counts(sentence);
        for (group, &count) in counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
            totals[group] += count;
            if sentences.len() > 1 && place == 0 {
                cues.push(format!("first:{}", name_of(group)));
            }
            if sentences.len() > 1 && place == sentences.len() - 1 {
                cues.push(format!("last:{}", name_of(group)));
            }
        }
    }
    for (group, &count) in totals.iter().enumerate() {
        match count {
            0 => {}
            1 => cues.push(format!("cue:{}", name_of(group))),
            _ => cues.extend([format!("cue:{}", name_of(group)), format!("cue:{}+", name_of(group))]),
        }
    }
    push_form(text, tokens, &author, sentences.len(), &mut cues);
    cues
}

/// What the paragraph before tells about who is speaking in this one.
pub(super) fn cues_before(previous: &str) -> Vec<String> {
    let ends = previous.trim_end().chars().next_back().unwrap_or(' ');
    let mut cues = vec![format!("before:ends {}", if ends.is_alphanumeric() { 'a' } else { ends })];
    let tokens = crate::token::tokens(previous);
    let n_words = tokens.iter().filter(|token| token.kind == Kind::Word).count();
    let n_quoted = tokens.iter().filter(|t| t.kind == Kind::Word && t.voice == Voice::Quoted).count();
    cues.push(BEFORE_QUOTED.name_of(100 * n_quoted / n_words.max(1)));
    cues.push(BEFORE_WORDS.name_of(n_words));
    if tokens.last().is_some_and(|token| token.voice == Voice::Quoted && token.kind != Kind::QuoteMark) {
        cues.push("before:quotation open".to_string());
    }
    if is_turn(previous) {
        cues.push("before:speaker".to_string());
    }
    let author: Vec<&Token<'_>> = tokens.iter().filter(|token| token.voice == Voice::Author).collect();
    if let Some(last) = sentences(&author).last() {
        for (group, count) in group_counts(last).into_iter().enumerate() {
            if count > 0 && is_handed_on(group) {
                cues.push(format!("before:{}", name_of(group)));
            }
        }
    }
    cues
}

/// The name that a turn begins with.
const SPEAKER: NameForm = NameForm { n_words: 5, has_brackets: false, any_script: false };

/// Whether a text begins with `NAME: `.
pub(super) fn is_turn(text: &str) -> bool {
    name_and_rest(text, SPEAKER).is_some_and(|(_, rest)| rest.starts_with(char::is_whitespace))
}

/// The author's tokens by sentence.
fn sentences<'a, 'b>(author: &'b [&'a Token<'a>]) -> Vec<&'b [&'a Token<'a>]> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (index, token) in author.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |previous| author[previous].text);
        let after = author.get(index + 1).map_or("", |next| next.text);
        if ends_sentence(token.text, before, after) {
            sentences.push(&author[start..=index]);
            start = index + 1;
        }
    }
    if author[start..].iter().any(|token| token.kind == Kind::Word) {
        sentences.push(&author[start..]);
    }
    sentences
}

/// Whether a token ends a sentence: a full stop, question or exclamation mark does when a capital, a
/// digit or nothing follows and no title (`Mr.`) or initial goes before.
pub(super) fn ends_sentence(token: &str, before: &str, after: &str) -> bool {
    let ends = matches!(token, "." | "?" | "!" | "…");
    let goes_on = || after.starts_with(char::is_lowercase) || matches!(after, "," | "." | "?" | "!" | ";");
    ends && !goes_on() && !(token == "." && is_abbreviation(before))
}

fn is_abbreviation(word: &str) -> bool {
    // No title is longer, and no initial; nearly all other words are.
    if word.len() > 4 {
        return false;
    }
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase) && word != "I";
    let titles = [
        "Mr", "Mrs", "Ms", "Dr", "St", "Gov", "Sen", "Rep", "Gen", "Lt", "Col", "Sgt", "Prof", "Rev", "Jr",
        "Sr", "No", "vs", "Inc", "Co", "Corp", "Ltd",
    ];
    initial || titles.contains(&word)
}

/// How many cues of each group stand in a sentence.
fn group_counts(sentence: &[&Token<'_>]) -> Vec<usize> {
    let words: Vec<String> = sentence.iter().map(|token| super::word_of(token)).collect();
    let mut counts = vec![0; N_GROUPS];
    for start in 0..words.len() {
        for n in 1..=3.min(words.len() - start) {
            if let Some(groups) = GROUP_OF.get(words[start..start + n].join(" ").as_str()) {
                groups.iter().for_each(|&group| counts[group] += 1);
            }
        }
    }
    counts
}

/// The groups of each cue.
static GROUP_OF: LazyLock<FxHashMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut groups: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    cues::cues().for_each(|(group, cue)| groups.entry(cue).or_default().push(group));
    groups
});

/// Length, share of quotation, numbers, names, marks, and how the paragraph begins and ends.
fn push_form(
    text: &str,
    tokens: &[Token<'_>],
    author: &[&Token<'_>],
    n_sentences: usize,
    cues: &mut Vec<String>,
) {
    let n_words = tokens.iter().filter(|token| token.kind == Kind::Word).count();
    let author_words: Vec<&&Token<'_>> = author.iter().filter(|token| token.kind == Kind::Word).collect();
    let n_quoted = n_words - author_words.len();
    let n_numbers = author.iter().filter(|token| token.kind == Kind::Number).count();
    let capital = |token: &&&&Token<'_>| token.text.starts_with(char::is_uppercase);
    let n_capitals = author_words.iter().filter(capital).count();
    let past = |token: &&&&Token<'_>| token.text.ends_with("ed") && token.text.len() > 3;
    let n_past = author_words.iter().filter(past).count();
    let adverb = |token: &&&&Token<'_>| token.text.ends_with("ly") && token.text.len() > 4;
    let n_adverbs = author_words.iter().filter(adverb).count();

    cues.push(WORDS.name_of(n_words));
    cues.push(SENTENCES.name_of(n_sentences));
    cues.push(SENTENCE_LENGTH.name_of(n_words / n_sentences.max(1)));
    cues.push(QUOTED.name_of(100 * n_quoted / n_words.max(1)));
    cues.push(NUMBERS.name_of(n_numbers));
    cues.push(CAPITALS.name_of(100 * n_capitals / author_words.len().max(1)));
    cues.push(PAST.name_of(100 * n_past / author_words.len().max(1)));
    cues.push(ADVERBS.name_of(n_adverbs));
    for mark in MARKS {
        let n_marks = author.iter().filter(|token| token.text == mark).count();
        if n_marks > 0 {
            cues.push(format!("mark:{mark}"));
        }
        if n_marks > 1 {
            cues.push(format!("mark:{mark}+"));
        }
    }
    if is_turn(text) {
        cues.push("begins:speaker".to_string());
    }
    for (name, sign) in SIGNS {
        if text.contains(sign) {
            cues.push(format!("has:{name}"));
        }
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        cues.push("begins:number".to_string());
    }
    if text.starts_with(BULLETS) {
        cues.push("begins:bullet".to_string());
    }
    if let Some(first) = tokens.first() {
        let word = super::word_of(first);
        cues.push(if first.kind == Kind::QuoteMark {
            "begins:quotation".into()
        } else {
            format!("begins:{word}")
        });
    }
    let last = text.trim_end().chars().next_back().unwrap_or(' ');
    let ends = if last.is_alphanumeric() { "nothing".to_string() } else { last.to_string() };
    cues.push(format!("ends:{ends}"));
}

/// A count or a share in coarse steps.
pub(super) struct Steps {
    name: &'static str,
    limits: &'static [usize],
}

impl Steps {
    /// The number of the step that `value` is on: that of the first limit that it keeps.
    pub(super) fn place(&self, value: usize) -> usize {
        self.limits.iter().position(|&limit| value <= limit).unwrap_or(self.limits.len())
    }

    /// The names of all steps: `name<=limit`, and `name>limit` for the last.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        let last = self.limits.last().copied().unwrap_or(0);
        let steps = self.limits.iter().map(|limit| format!("{}<={limit}", self.name));
        steps.chain([format!("{}>{last}", self.name)])
    }

    /// The name of the step that `value` is on.
    fn name_of(&self, value: usize) -> String {
        self.names().nth(self.place(value)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::tokens;

    #[track_caller]
    fn check(text: &str, present: &[&str], absent: &[&str]) {
        let cues = cues_of(text, &tokens(text));
        present.iter().for_each(|cue| assert!(cues.iter().any(|c| c == cue), "no {cue} in {cues:?}"));
        absent.iter().for_each(|cue| assert!(!cues.iter().any(|c| c == cue), "{cue} in {cues:?}"));
    }

    #[test]
    fn cues_are_the_authors_alone() {
        check("She said “we must act, it is time”.", &["cue:says"], &["cue:duty", "cue:we"]);
        check("We must act. It is time.", &["cue:duty+", "first:we", "last:duty"], &["cue:says"]);
    }

    #[test]
    fn titles_and_initials_end_no_sentence() {
        check("Mr. Smith met J. R. Jones in Rome.", &["sentences<=1"], &[]);
        check("He came. He saw. He won.", &["sentences<=3"], &[]);
    }

    #[test]
    fn form_goes_in_steps() {
        check(
            "Prices rose 4.5 % to $300 (a record)!",
            &["mark:%", "mark:$", "mark:(", "numbers<=2", "ends:!"],
            &["mark:?"],
        );
        check("“Go,” he said.", &["begins:quotation", "quoted %<=40"], &[]);
    }
}
