//! The rules of the filter: patterns of boilerplate, and what a block's place in the article tells.

use std::sync::LazyLock;

use regex::Regex;

use super::Reason;
use super::language::{is_english, is_foreign};
use super::matching::first_match;
use super::space::n_words;
use crate::article::{Paragraph, Part};
use crate::read::{NameForm, name_and_rest};

/// Why a block is boilerplate by the part of the page that its markup names, or `None`.
fn by_part(part: Part) -> Option<Reason> {
    Some(match part {
        Part::Caption => Reason::Caption,
        Part::Byline => Reason::Byline,
        Part::Biography => Reason::Biography,
        Part::Related => Reason::Related,
        Part::Share => Reason::Share,
        Part::Newsletter => Reason::Newsletter,
        Part::Advert => Reason::Advert,
        Part::Comment => Reason::Comment,
        Part::Tags => Reason::Tags,
        Part::Navigation => Reason::Navigation,
        Part::Legal => Reason::Legal,
        Part::Body => return None,
    })
}

/// Why a block is boilerplate by its markup or its own text, or `None`.
pub(super) fn by_text(paragraph: &Paragraph, n_words: usize) -> Option<Reason> {
    let text = paragraph.text.as_str();
    if let Some(reason) = paragraph.part.and_then(by_part) {
        return Some(reason);
    }
    let heading = (paragraph.heading && !is_prose(text, n_words)).then_some(Reason::Heading);
    // A heading of a page may be that of its list of links.
    by_pattern(text, n_words).filter(|_| heading.is_none() || paragraph.part.is_some()).or(heading)
}

fn by_pattern(text: &str, n_words: usize) -> Option<Reason> {
    if !text.contains(char::is_alphabetic) {
        return Some(Reason::Fragment);
    }
    if n_words > 80 {
        return None;
    }
    first_match(text, n_words).or_else(|| greeting(text, n_words))
}

/// The name that an interview turn begins with.
const SPEAKER: NameForm = NameForm { n_words: 6, has_brackets: true, any_script: false };

static WELCOME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(and )?((hello|hi)\b[,.! ]|good (morning|afternoon|evening|day)\b|welcome (to|back|everyone|everybody|all)\b)")
        .expect("a test uses it")
});

static THANKS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(and )?((it(['’]s| is| was) )?(my|a) (great |real )?pleasure|(many )?thanks|thank you|you['’]re welcome|glad to be here|(it(['’]s| is) )?(great|good|nice) to be (here|with you))\b")
        .expect("a test uses it")
});

/// Greetings and thanks of an interview or a letter, with nothing else of substance.
fn greeting(text: &str, n_words: usize) -> Option<Reason> {
    let turn = name_and_rest(text, SPEAKER).map(|(_, rest)| rest);
    let turn = turn.filter(|rest| rest.starts_with(char::is_whitespace)).map(str::trim_start);
    let said = turn.unwrap_or(text);
    let is_turn = turn.is_some();
    // A question, or a second sentence after thanks, is what the turn is about.
    let asks = || said.contains('?') && n_words > 12;
    let welcomes = || said.starts_with(WELCOME_LETTERS) && WELCOME.is_match(said);
    let welcome = n_words <= if is_turn { 70 } else { 14 } && welcomes() && !asks();
    let salutation = text.starts_with("Dear ") && n_words <= 8;
    let thanks = is_turn && n_words <= 45 && THANKS.is_match(said) && !asks() && is_all_thanks(said, n_words);
    (welcome || thanks || salutation).then_some(Reason::Greeting)
}

/// The letters that [`WELCOME`] can begin with.
const WELCOME_LETTERS: [char; 8] = ['a', 'A', 'h', 'H', 'g', 'G', 'w', 'W'];

/// Whether a turn of thanks does nothing else, or thanks the audience.
fn is_all_thanks(said: &str, n_words: usize) -> bool {
    if ["audience", "listeners", "viewers", "listening"].iter().any(|word| said.contains(word)) {
        return true;
    }
    let mut parts = said.split_inclusive(['.', '!']).map(str::trim);
    n_words <= 22 && parts.all(|part| part.is_empty() || is_thanks(part))
}

/// Whether a sentence of an opening or closing turn does nothing but thank or part.
fn is_thanks(sentence: &str) -> bool {
    const PARTING: [&str; 9] = [
        "pleasure",
        "thank",
        "having me",
        "to be here",
        "welcome",
        "goodbye",
        "take care",
        "until next time",
        "glad",
    ];
    let small = sentence.to_lowercase();
    PARTING.iter().any(|words| small.contains(words)) && n_words(sentence) <= 14
}

/// Whether a block of `n_words` reads like running prose: a sentence with an end.
pub(super) fn is_prose(text: &str, n_words: usize) -> bool {
    let ends = || {
        let last = text.trim_end_matches(|c: char| "\"'”’»)]*".contains(c)).chars().next_back();
        last.is_some_and(|c| ".!?…:;".contains(c))
    };
    n_words >= 12 && ends()
}

/// A short line of `n_words` without an end.
pub(super) fn is_line(text: &str, n_words: usize) -> bool {
    n_words <= 16 && !text.trim_end().ends_with(['.', '!', '?', '…', ';', ':', ',', '"', '”', '»', ')'])
}

/// The share of words of four letters or more that begin with a capital.
pub(super) fn capital_share(text: &str) -> f64 {
    let long =
        || text.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 4);
    let capitals = long()
        .filter(|word| word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase))
        .count();
    capitals as f64 / long().count().max(1) as f64
}

/// Adds which blocks are foreign in an article that is English: one with [`MIN_ENGLISH`] times as many
/// English blocks as foreign ones. The paragraphs of another article are out of the model's domain rather
/// than boilerplate.
pub(super) fn by_language(paragraphs: &[Paragraph], n_words: &[usize], reasons: &mut [Option<Reason>]) {
    let kept = || (0..paragraphs.len()).filter(|&index| reasons[index].is_none());
    let text = |index: usize| paragraphs[index].text.as_str();
    let foreign: Vec<usize> = kept().filter(|&index| is_foreign(text(index), n_words[index])).collect();
    if foreign.is_empty() {
        return;
    }
    let n_english = kept().filter(|&index| is_english(text(index), n_words[index])).count();
    if n_english >= MIN_ENGLISH * foreign.len() {
        foreign.into_iter().for_each(|index| reasons[index] = Some(Reason::OtherLanguage));
    }
}

/// A quotation in another language is one block among many English ones.
const MIN_ENGLISH: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Paragraph {
        Paragraph { end: text.len(), text: text.to_string(), follows: true, ..Paragraph::default() }
    }

    #[track_caller]
    fn check(text: &str, expected: Option<Reason>) {
        assert_eq!(by_text(&block(text), n_words(text)), expected, "{text}");
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(WELCOME.is_match("Hello, all") && THANKS.is_match("Thanks"));
    }

    #[test]
    fn boilerplate_has_its_reason() {
        check("![](https://a.b/c.jpg?x=y)", Some(Reason::Image));
        check("https://a.b/c", Some(Reason::Image));
        check("#One #Two #Three", Some(Reason::Tags));
        check("Title: A Closer Look at the Harbour", Some(Reason::Heading));
        check("Home » World » A Harbour Story", Some(Reason::Navigation));
        check("Loading…", Some(Reason::Navigation));
        check("Leave a Comment", Some(Reason::Comment));
        check("This site uses Akismet to reduce spam.", Some(Reason::Legal));
        check("We use cookies to make this page work.", Some(Reason::Legal));
        check("ADVERTISEMENT", Some(Reason::Advert));
        check(">> SPONSORED: Harbour Credit Union car loans.", Some(Reason::Advert));
        check("Previous episode: Who owns the quay?", Some(Reason::Related));
        check("Loading comments...", Some(Reason::Navigation));
        check("Sign up for our morning newsletter", Some(Reason::Newsletter));
        check("Share on facebook", Some(Reason::Share));
        check("Our YouTube channel:", Some(Reason::Share));
        check("Facebook Twitter Email", Some(Reason::Share));
        check("Related Posts", Some(Reason::Related));
        check("READ MORE: What the harbour costs", Some(Reason::Related));
        check("Read the full article here", Some(Reason::Related));
        check("A crane at dawn. (Ann Lee/AP Photo)", Some(Reason::Caption));
        check("Photo: Ann Lee", Some(Reason::Caption));
        check("By Ann Lee", Some(Reason::Byline));
        check("By Ann Lee and Bo Ek, Harbour Correspondent", Some(Reason::Byline));
        check("Translation: ES", Some(Reason::Byline));
        check("MOSCOW, 26 Oct 2021, RUSSTRAT Institute.", Some(Reason::Byline));
        check("3 May 2024 | 10:15", Some(Reason::Byline));
        check("5 min read", Some(Reason::Byline));
        check("Ann Lee writes on ports. Follow her on Twitter @annlee.", Some(Reason::Biography));
        check("***", Some(Reason::Fragment));
        check("Host: Good evening and welcome to the harbour hour.", Some(Reason::Greeting));
        check("Dr. Ann Lee: Thank you for having me.", Some(Reason::Greeting));
    }

    #[test]
    fn short_sentences_of_the_article_are_kept() {
        for text in [
            "He did not return.",
            "By Tuesday the water had gone.",
            "Share prices fell 4 % on Monday.",
            "Photos of the crane were shown to the jury.",
            "More than 40 people were hurt.",
            "Follow the money, he says, and you find the harbour.",
            "Thank you, the mayor told them, and left.",
            "Read that again.",
            "Comments like these cost votes.",
            "Watch what they do next.",
            "Cookies were sold at the filter.",
            "Subscribers left the paper in thousands after the scandal broke last year.",
            "Home sales rose.",
            "WASHINGTON (AP) — The Senate voted on Tuesday.",
            "Related costs rose, too.",
            "From Rome the convoy moved north.",
            "A prisoner deal can be reached on Friday if both sides agree.",
            "Stray dogs follow them home and wait at the filter for scraps.",
            "The names of the minors may not be published under the law.",
            "The court fined the firm 2 million euros over its cookie policy.",
            "The club changed its public image: a club of bankers and landlords.",
            "She bought a picture by an unknown painter.",
            "The levy hits (a) banks, (b) insurers and (c) pension funds",
            "Published in 1984, the novel sold badly.",
            "Updated figures from 2023 show that exports fell by 4 percent.",
            "Donate now or lose the library, the mayor told the town.",
            "Like it or not, Facebook is here to stay and parliament must regulate it now.",
            "Hi-tech firms fell sharply.",
            "Welcome rain fell on the northern plain.",
            "Copyright law must change, and it must change now.",
            "See: nobody was ever charged.",
            "Also in the dock was his brother.",
            "WASHINGTON, Jan. 5, 2024 — The Senate voted on Tuesday.",
            "Research by the Climate Impact Lab puts the average at 29 degrees.",
            "Whoever can register a domain in minutes can read the e-mails of a whole ministry.",
            "Farmers get more money when the milk is delivered to the door.",
            "Reporter: Good morning, Minister. Why did you raise the tax on fuel when you promised not to?",
            "Dr. Lee: Thank you. The vaccine cuts deaths by half, our trial shows.",
        ] {
            check(text, None);
        }
    }
}
