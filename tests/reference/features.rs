//! The features of a paragraph from their description alone: by strings and sets, one step at a time, slowly.
//!
//! It shares nothing with the extractor except the tokens and the lists of words. The library's unit tests compare
//! its names with the keys that the extractor reports, and compute scores from them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::codes::CODES;
use super::cues::{cues, name_of};
use super::word_codes::WordCodes;
use crate::article::Voice;
use crate::read::{NameForm, name_and_rest};
use crate::token::{Kind, Token, tokens};

/// Distinct names.
pub type Names = BTreeSet<String>;

/// What a corpus decides about features: which words are known, and which stand for themselves beside codes.
pub struct Reference {
    known: Names,
    plain: Names,
    codes: WordCodes,
    max_ngram: usize,
}

/// One element of the author's sequence: a word, or a whole quotation.
struct Element {
    word: String,
    sentence: usize,
}

const QUOTATION: &str = "“…”";

impl Reference {
    /// Known are the words of at least `min_count` texts, words with codes and words of style cues. The 100 most
    /// frequent words of the author stand for themselves, and so do a quotation and the 30 most frequent of the tokens
    /// that do not begin with a letter.
    pub fn new(texts: &[&str], min_count: usize, codes: &WordCodes, max_ngram: usize) -> Reference {
        let (mut n_texts, mut n_author): (BTreeMap<String, usize>, BTreeMap<String, usize>) =
            Default::default();
        for text in texts {
            let tokens = tokens(text);
            let words: Names = tokens.iter().map(word).collect();
            words.into_iter().for_each(|word| *n_texts.entry(word).or_default() += 1);
            author(&tokens).into_iter().for_each(|token| *n_author.entry(word(token)).or_default() += 1);
        }
        n_texts.retain(|_, n| *n >= min_count);
        let mut known: Names = n_texts.into_keys().collect();
        let mut by_frequency: Vec<String> = known.iter().cloned().collect();
        by_frequency.sort_by_key(|word| (Reverse(n_author.get(word).copied()), word.clone()));
        let (words, marks): (Vec<String>, Vec<String>) =
            by_frequency.into_iter().partition(|word| word.starts_with(char::is_alphabetic));
        let mut plain: Names = words.into_iter().take(100).chain(marks.into_iter().take(30)).collect();
        plain.insert(QUOTATION.to_string());
        known.extend(codes.words().map(str::to_string));
        known.extend(cues().flat_map(|(_, cue)| cue.split(' ')).map(str::to_string));
        known.insert(QUOTATION.to_string());
        Reference { known, plain, codes: codes.clone(), max_ngram }
    }

    /// The names of a paragraph's features in the order of the groups.
    pub fn names(&self, text: &str) -> [Names; 6] {
        let tokens = tokens(text);
        let author = author(&tokens);
        let words = author.iter().map(|token| word(token)).filter(|word| self.known.contains(word)).collect();
        let mut style = style(text, &tokens);
        let first = tokens.first().filter(|first| first.kind != Kind::QuoteMark).map(word);
        style.extend(first.filter(|word| self.known.contains(word)).map(|word| format!("begins:{word}")));
        let sequence = sequence(&tokens);
        let ngrams = self.ngrams(&sequence);
        if self.codes.n_words() == 0 {
            return [words, ngrams, style, Names::new(), Names::new(), Names::new()];
        }
        [words, ngrams, style, self.codes(&sequence), self.openings(&sequence), self.code_pairs(&sequence)]
    }

    /// Sequences of two to `max_ngram` known words.
    fn ngrams(&self, sequence: &[Element]) -> Names {
        let mut ngrams = Names::new();
        for n in 2..=self.max_ngram {
            for window in sequence.windows(n) {
                let words: Vec<&str> = window.iter().map(|element| element.word.as_str()).collect();
                if words.iter().all(|word| self.known.contains(*word)) {
                    ngrams.insert(words.join(" "));
                }
            }
        }
        ngrams
    }

    /// How many words, and which share of the sentences, have each code, and which codes share a sentence.
    fn codes(&self, sequence: &[Element]) -> Names {
        let mut names = Names::new();
        let sentences: Vec<&[Element]> = sequence.chunk_by(|a, b| a.sentence == b.sentence).collect();
        for (code, (_, name)) in CODES.iter().enumerate() {
            let has_code = |element: &&Element| self.codes.of(&element.word) & 1 << code != 0;
            let n_words = sequence.iter().filter(has_code).count();
            for least in [1, 2, 3, 4, 6].into_iter().filter(|least| n_words >= *least) {
                names.insert(format!("{name} words: {least}+"));
            }
            let n_with =
                sentences.iter().filter(|sentence| sentence.iter().any(|word| has_code(&word))).count();
            for (quarters, share) in [(1, "a quarter"), (2, "half"), (3, "three quarters"), (4, "all")] {
                if n_words > 0 && 4 * n_with >= quarters * sentences.len() {
                    names.insert(format!("{name} words in {share} of the sentences"));
                }
            }
            for (later, (_, other)) in CODES.iter().enumerate().skip(code + 1) {
                let has_other = |element: &Element| self.codes.of(&element.word) & 1 << later != 0;
                let is_together = |sentence: &&[Element]| {
                    sentence.iter().any(|word| has_code(&word)) && sentence.iter().any(has_other)
                };
                if sentences.iter().any(is_together) {
                    names.insert(format!("{name} and {other} words in one sentence"));
                }
            }
        }
        names
    }

    /// The first symbol and the first two symbols of each sentence.
    fn openings(&self, sequence: &[Element]) -> Names {
        let mut names = Names::new();
        for (index, element) in sequence.iter().enumerate() {
            if index == 0 || sequence[index - 1].sentence != element.sentence {
                let first = self.symbol(&element.word);
                names.insert(format!("opening: {first}"));
                let second = sequence.get(index + 1).map(|next| self.symbol(&next.word));
                names.extend(second.map(|second| format!("opening: {first} {second}")));
            }
        }
        names
    }

    /// Pairs of symbols that are next to each other.
    fn code_pairs(&self, sequence: &[Element]) -> Names {
        let symbols: Vec<String> = sequence.iter().map(|element| self.symbol(&element.word)).collect();
        symbols.windows(2).map(|pair| format!("{} {}", pair[0], pair[1])).collect()
    }

    /// What stands for a word in openings and pairs: itself, its first code or its ending.
    fn symbol(&self, word: &str) -> String {
        if self.plain.contains(word) {
            return word.to_string();
        }
        let code = CODES.iter().enumerate().find(|(code, _)| self.codes.of(word) & 1 << code != 0);
        code.map_or_else(|| ending(word).to_string(), |(_, (_, name))| format!("<{name}>"))
    }
}

/// The first ending with at least three bytes before it.
fn ending(word: &str) -> &'static str {
    const ENDINGS: [&str; 16] = [
        "-ing", "-ed", "-ly", "-tion", "-ness", "-ment", "-ity", "-ism", "-ist", "-ous", "-al", "-ive",
        "-able", "-er", "-est", "-s",
    ];
    let has = |ending: &&str| word.strip_suffix(&ending[1..]).is_some_and(|stem| stem.len() >= 3);
    ENDINGS.into_iter().find(has).unwrap_or("<other>")
}

/// A token in lower case with straight apostrophes; a number by its kind.
fn word(token: &Token<'_>) -> String {
    let text = token.text;
    if token.kind != Kind::Number {
        return text.to_lowercase().replace('’', "'");
    }
    let n_digits = text.chars().filter(|c| c.is_numeric()).count();
    let is_year = text.len() == 4 && n_digits == 4 && (text.starts_with("19") || text.starts_with("20"));
    let kind = if !text.starts_with(|c: char| c.is_ascii_digit()) || text.ends_with(char::is_alphabetic) {
        "0th"
    } else if is_year {
        "0year"
    } else if text.contains('.') {
        "0.0"
    } else {
        ["0", "00", "000"][n_digits.clamp(1, 3) - 1]
    };
    kind.to_string()
}

/// The author's tokens.
fn author<'a, 't>(tokens: &'t [Token<'a>]) -> Vec<&'t Token<'a>> {
    tokens.iter().filter(|token| token.voice == Voice::Author).collect()
}

/// The author's words in order, with one element for each quotation, which belongs to the sentence before it.
fn sequence(tokens: &[Token<'_>]) -> Vec<Element> {
    let author = author(tokens);
    let sentences = sentences(&author);
    let ends = sentences.iter().scan(0, |end, sentence| {
        *end += sentence.len();
        Some(*end)
    });
    let ends: Vec<usize> = ends.collect();
    let last = ends.len().saturating_sub(1);
    let mut sequence: Vec<Element> = Vec::new();
    let mut n_author = 0;
    for token in tokens {
        if token.voice == Voice::Author {
            let sentence = ends.iter().filter(|end| **end <= n_author).count().min(last);
            sequence.push(Element { word: word(token), sentence });
            n_author += 1;
        } else if sequence.last().is_none_or(|before| before.word != QUOTATION) {
            let sentence = sequence.last().map_or(0, |before| before.sentence);
            sequence.push(Element { word: QUOTATION.to_string(), sentence });
        }
    }
    sequence
}

/// The author's tokens by sentence; what is left over after the last one is a sentence if it has a word.
fn sentences<'a, 't>(author: &'t [&'t Token<'a>]) -> Vec<&'t [&'t Token<'a>]> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (index, token) in author.iter().enumerate() {
        let before = if index == 0 { "" } else { author[index - 1].text };
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

/// A mark ends a sentence unless the sentence goes on in lower case or with another mark, or a full stop belongs to a
/// title or an initial.
fn ends_sentence(token: &str, before: &str, after: &str) -> bool {
    const TITLES: &str = "Mr Mrs Ms Dr St Gov Sen Rep Gen Lt Col Sgt Prof Rev Jr Sr No vs Inc Co Corp Ltd";
    let goes_on = after.starts_with(char::is_lowercase) || [",", ".", "?", "!", ";"].contains(&after);
    let is_initial = before != "I" && before.chars().count() == 1 && before.chars().all(char::is_uppercase);
    let is_abbreviation = token == "." && (is_initial || TITLES.split(' ').any(|title| title == before));
    [".", "?", "!", "…"].contains(&token) && !goes_on && !is_abbreviation
}

/// The groups that each cue belongs to.
static CUE_GROUPS: LazyLock<BTreeMap<&str, BTreeSet<usize>>> = LazyLock::new(|| {
    let mut groups: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    cues().for_each(|(group, cue)| _ = groups.entry(cue).or_default().insert(group));
    groups
});

/// How many cues of each group a sentence has.
fn cue_counts(sentence: &[&Token<'_>]) -> BTreeMap<usize, usize> {
    let words: Vec<String> = sentence.iter().map(|token| word(token)).collect();
    let mut counts = BTreeMap::new();
    for n in 1..=3 {
        for window in words.windows(n) {
            let groups = CUE_GROUPS.get(window.join(" ").as_str());
            groups.into_iter().flatten().for_each(|group| *counts.entry(*group).or_default() += 1);
        }
    }
    counts
}

/// The style cues of a paragraph, except its first word.
fn style(text: &str, tokens: &[Token<'_>]) -> Names {
    let author = author(tokens);
    let sentences = sentences(&author);
    let mut names = form(text, tokens, &author, sentences.len());
    let counts: Vec<BTreeMap<usize, usize>> = sentences.iter().map(|sentence| cue_counts(sentence)).collect();
    let mut totals: BTreeMap<usize, usize> = BTreeMap::new();
    for (group, n) in counts.iter().flatten() {
        *totals.entry(*group).or_default() += n;
    }
    names.extend(totals.keys().map(|group| format!("cue:{}", name_of(*group))));
    names
        .extend(totals.iter().filter(|(_, n)| **n > 1).map(|(group, _)| format!("cue:{}+", name_of(*group))));
    if let [first, .., last] = counts.as_slice() {
        names.extend(first.keys().map(|group| format!("first:{}", name_of(*group))));
        names.extend(last.keys().map(|group| format!("last:{}", name_of(*group))));
    }
    names
}

/// Lengths, shares, marks, and how a paragraph begins and ends.
fn form(text: &str, tokens: &[Token<'_>], author: &[&Token<'_>], n_sentences: usize) -> Names {
    let n_words = n_words(tokens);
    let words: Vec<&str> =
        author.iter().filter(|token| token.kind == Kind::Word).map(|token| token.text).collect();
    let n_of = |is: &dyn Fn(&str) -> bool| words.iter().filter(|word| is(word)).count();
    let share_of = |is: &dyn Fn(&str) -> bool| 100 * n_of(is) / words.len().max(1);
    let n_numbers = author.iter().filter(|token| token.kind == Kind::Number).count();
    let mut names = Names::from([
        step("words", &[10, 20, 35, 50, 75, 100, 150], n_words),
        step("sentences", &[1, 2, 3, 5, 8], n_sentences),
        step("sentence length", &[8, 13, 18, 24, 32, 45], n_words / n_sentences.max(1)),
        step("quoted %", &[0, 5, 20, 40, 70], quoted_share(tokens)),
        step("numbers", &[0, 1, 2, 4, 8], n_numbers),
        step("capitals %", &[4, 8, 13, 20, 30, 45], share_of(&|word| word.starts_with(char::is_uppercase))),
        step("past %", &[0, 3, 6, 10], share_of(&|word| word.len() > 3 && word.ends_with("ed"))),
        step("-ly", &[0, 1, 3], n_of(&|word| word.len() > 4 && word.ends_with("ly"))),
        format!("ends:{}", last_character(text).map_or("nothing".to_string(), String::from)),
    ]);
    for mark in ["?", "!", ";", ":", "(", "$", "%", "…", "—", "–"] {
        let n = author.iter().filter(|token| token.text == mark).count();
        names.extend((n > 0).then(|| format!("mark:{mark}")));
        names.extend((n > 1).then(|| format!("mark:{mark}+")));
    }
    for (name, sign) in
        [("address", "http"), ("at", "@"), ("twitter", "pic.twitter"), ("ellipsis", "..."), ("bracket", "[")]
    {
        names.extend(text.contains(sign).then(|| format!("has:{name}")));
    }
    for (name, begins) in [
        ("speaker", is_turn(text)),
        ("number", text.starts_with(|c: char| c.is_ascii_digit())),
        ("bullet", text.starts_with(['•', '-', '*', '—', '–', '>'])),
        ("quotation", tokens.first().is_some_and(|token| token.kind == Kind::QuoteMark)),
    ] {
        names.extend(begins.then(|| format!("begins:a {name}")));
    }
    names
}

fn n_words(tokens: &[Token<'_>]) -> usize {
    tokens.iter().filter(|token| token.kind == Kind::Word).count()
}

/// The percentage of words that are quoted, rounded down.
fn quoted_share(tokens: &[Token<'_>]) -> usize {
    let is_quoted = |token: &&Token<'_>| token.kind == Kind::Word && token.voice == Voice::Quoted;
    100 * tokens.iter().filter(is_quoted).count() / n_words(tokens).max(1)
}

/// The name of the step of a scale: `name<=limit` for the first limit that is not below `value`.
fn step(name: &str, limits: &[usize], value: usize) -> String {
    match limits.iter().find(|limit| value <= **limit) {
        Some(limit) => format!("{name}<={limit}"),
        None => format!("{name}>{}", limits[limits.len() - 1]),
    }
}

/// The last character except white space, `None` for a letter or digit.
fn last_character(text: &str) -> Option<char> {
    Some(text.trim_end().chars().next_back().unwrap_or(' ')).filter(|last| !last.is_alphanumeric())
}

/// Whether a text begins with a name of up to five words, a colon and white space.
fn is_turn(text: &str) -> bool {
    let form = NameForm { n_words: 5, has_brackets: false, any_script: false };
    name_and_rest(text, form).is_some_and(|(_, rest)| rest.starts_with(char::is_whitespace))
}
