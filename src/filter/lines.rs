//! Rules for the form of a short block: rows of tables, lines with a label and a value, and calls to act.
//!
//! The figures in brackets count the blocks that a rule matches among the training rows of the default model, unless
//! said otherwise: boilerplate, then prose.

use std::sync::LazyLock;

use regex::Regex;

use super::prefilter::compiled;

/// The longest row of a table, in words.
const MAX_ROW: usize = 30;
/// The longest line with a label and a value, in words.
const MAX_LABELLED: usize = 10;
/// The longest block, in words, in which calls to act are looked for: the learned table drops no longer ones.
const MAX_CALL: usize = 40;

/// The longest slogan, in words.
const MAX_SLOGAN: usize = 20;

/// Words that occur in most sentences and in hardly any row of a table.
const FUNCTION_WORDS: [&str; 26] = [
    "the", "of", "and", "to", "in", "is", "was", "for", "with", "on", "that", "by", "at", "from", "has",
    "have", "were", "be", "as", "it", "its", "this", "will", "not", "but", "are",
];

/// How the names of months begin: a line with one and some numbers is a date.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Verbs that calls to act begin with.
const CALLS: [&str; 46] = [
    "write", "call", "ring", "phone", "sign", "tell", "ask", "demand", "vote", "join", "march", "stop",
    "act", "boycott", "refuse", "resist", "protest", "spread", "stand", "speak", "fight", "save", "protect",
    "contact", "urge", "petition", "strike", "organise", "organize", "attend", "come", "bring", "hold",
    "make", "show", "let", "do", "don't", "don’t", "never", "rise", "raise", "lobby", "email", "insist",
    "reject",
];

/// A label of up to three words, a colon and a value.
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    // `Q:` and `A:` begin the turns of an interview.
    compiled(r"^[A-Z](\w|[’'-])+( (\w|[’'-])+){0,2}: ?[^\s“‘\x22']")
});

/// What boilerplate that calls to act asks for, or says how to do it.
static OFFER: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)@|https?:|www\.|\b(newsletter|subscri|mailing list|inbox|click|cookie|account|log ?in|sign ?up|sign ?in|download|below|comment|podcast|facebook|twitter|instagram|tickets?|register|here|free)|\b(contact|call|e-?mail|join|write to|visit) us\b|[0-9]{4,}",
    )
});

/// What a page says to its readers with an exclamation mark: thanks, wishes and offers.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)%|\b(thank|welcome|hello|enjoy|cheers|tuned|happy|best wishes|good luck|congratulations|christmas|readers?|app|offers?|discounts?|prizes?|giveaways?|donations?|membership|gift|survey|hiring|journalism|blog|website|webinar)\b|\bthanks\b|^join\b|^win an? |^donate\b|\b(buy|order|book|shop|share|follow|like|get|see|check|try|read|become|grab) (an?|and|it|us|me|this|the|you|your|now|here|out|more|our|inside)\b|\b(let|tell|send|hear from) (us|me)\b|\bmiss (out|it)\b|\bfor (reading|watching|listening|visiting)\b|\bsale (ends|starts|now)\b|\b(our|this) (site|page|team|channel|shop|story|article)\b|\b(tip|questions?)\?|\b(starts?|ends?) soon\b|^more\b",
    )
});

/// Whether a block of `n_words` words is a line with a label and a value (130 to 0).
pub fn is_field(text: &str, n_words: usize) -> bool {
    n_words <= MAX_LABELLED && !ends(text) && LABELLED.is_match(text)
}

/// Whether a line ends like a sentence, a part of one, or an introduction.
fn ends(text: &str) -> bool {
    text.trim_end().ends_with(['.', '!', '?', '…', ';', ':', ',', '"', '”', '’', '»', ')', '—', '–', '-'])
}

/// Whether a block of `n_words` words is a row of a table: at least one in `of` of its words is a number, and at least
/// two are, or half (28 to 1 with `of` 3).
pub fn is_row(text: &str, n_words: usize, of: usize) -> bool {
    // Bars separate the items of a menu.
    if !(2..=MAX_ROW).contains(&n_words) || ends(text) || text.contains('|') {
        return false;
    }
    let is_letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let is_number = |word: &&str| word.contains(|c: char| c.is_ascii_digit()) && !is_letters(word);
    let is_function = |word: &str| FUNCTION_WORDS.iter().any(|other| other.eq_ignore_ascii_case(word));
    let n_numbers = text.split_whitespace().filter(is_number).count();
    let is_month = |word: &str| {
        MONTHS.iter().any(|month| word.get(..3).is_some_and(|head| head.eq_ignore_ascii_case(month)))
    };
    let is_enough = of * n_numbers >= n_words && (n_numbers >= 2 || of > 2 && 2 * n_numbers >= n_words);
    is_enough && !text.split_whitespace().any(|word| is_function(word) || is_month(word))
}

/// Whether a block of `n_words` words calls on its readers to act: at least half of its sentences are calls, and it does
/// not ask for a subscription or the like (9 to 94 with the development rows).
///
/// Without this rule the learned table drops the shortest ones, which look like buttons.
pub fn is_call(text: &str, n_words: usize) -> bool {
    let closing = |c: char| "\"'”’)".contains(c) || c.is_whitespace();
    if !(2..=MAX_CALL).contains(&n_words) || !text.trim_end_matches(closing).ends_with(['.', '!']) {
        return false;
    }
    let is_call = |sentence: &str| {
        let word = sentence.trim_start_matches(|c: char| !c.is_alphabetic()).split_whitespace().next();
        let word = word.unwrap_or_default().trim_end_matches(|c: char| !c.is_alphabetic());
        CALLS.iter().any(|call| call.eq_ignore_ascii_case(word))
    };
    let sentences = text.split_inclusive(['.', '!', '?']).filter(|piece| piece.contains(char::is_alphabetic));
    let (mut n_sentences, mut n_calls) = (0, 0);
    for sentence in sentences {
        n_sentences += 1;
        n_calls += usize::from(is_call(sentence));
    }
    2 * n_calls >= n_sentences && !OFFER.is_match(text)
}

/// Whether a block of `n_words` words is a slogan: it ends with an exclamation mark, and is no offer, thanks or wish of the
/// page (14 to 53).
///
/// The learned table drops most of them, because the short blocks with exclamation marks that it knows are offers.
pub fn is_slogan(text: &str, n_words: usize) -> bool {
    let closing = |c: char| "\"'”’)".contains(c) || c.is_whitespace();
    let is_exclamation = n_words <= MAX_SLOGAN && text.trim_end_matches(closing).ends_with('!');
    // `Free` is an offer, but not as a verb.
    let rest =
        || text.strip_prefix("Free ").filter(|rest| n_words > 2 && !rest.contains("Free")).unwrap_or(text);
    is_exclamation && !ADDRESS.is_match(text) && !OFFER.is_match(rest())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::n_words;

    #[track_caller]
    fn check(text: &str, row: bool, field: bool) {
        assert_eq!((is_row(text, n_words(text), 3), is_field(text, n_words(text))), (row, field), "{text}");
    }

    #[test]
    fn rows_and_labelled_lines_are_not_prose() {
        for text in ["Greens 1,204 21.5%", "2024 £1.1m", "North 4", "Harbour 2 0 1 Quay 1 1 0"] {
            check(text, true, false);
        }
        for text in
            ["Length: 54 words", "Dateline: LONDON", "Word Count: 1,204 words", "Section: News and Comment"]
        {
            check(text, false, true);
        }
    }

    #[test]
    fn sentences_and_headlines_are_prose() {
        for text in [
            "In 2024 the 31 seats went to 3 parties",
            "He won 12 to 3.",
            "The mayor: We will not pay for this.",
            "Mayor: “No”",
            "A: Trip to the harbour",
            "View 37 comments",
            "28.07.2023 09:14 | Views: 3 871",
            "What 12 councillors said",
            "Harbour Post Tuesday, 3 May 2024",
            "AMY GOODMAN: When the helicopters came in to—",
        ] {
            check(text, false, false);
        }
    }

    #[test]
    fn slogans_are_recognised() {
        for text in [
            "Enough is enough: save our maternity unit now!",
            "Hands off our hospital!",
            "“Justice for the harbour workers!”",
            "Free the prisoners!",
            "Our schools are not for sale!",
            "The world is watching, and we will win!",
            "Resign!",
        ] {
            assert!(is_slogan(text, n_words(text)), "{text}");
        }
        for text in [
            "Hands off our hospital.",
            "Sign up for our newsletter!",
            "Thank you for reading!",
            "Stay tuned!",
            "Free shipping!",
            "Let us know in the comments!",
            "Save 50% now!",
            "Read more!",
        ] {
            assert!(!is_slogan(text, n_words(text)), "{text}");
        }
    }

    #[test]
    fn calls_to_act_are_recognised() {
        for text in [
            "Sign the petition. Write to your MP.",
            "Write to the mayor. Sign the petition. Do not let them forget us.",
            "Ring the depot. Ring your councillor. Make them feel the smell of this.",
        ] {
            assert!(is_call(text, n_words(text)), "{text}");
        }
        for text in [
            "Sign up for our newsletter.",
            "Join us on Facebook.",
            "Call us on 020 7946 0000.",
            "The council voted on Tuesday.",
            "Share this article",
            "Write a comment below.",
        ] {
            assert!(!is_call(text, n_words(text)), "{text}");
        }
    }
}
