//! Rules for a block by itself: the part of the page it is in, patterns of boilerplate, greetings.

use std::sync::LazyLock;

use regex::Regex;

use super::lines::is_row;
use super::prefilter::{compiled, first_match};
use super::reason::Reason;
use crate::article::{Paragraph, Part};
use crate::read::{NameForm, name_and_rest};

/// The longest block, in words, that patterns are tried on: no pattern is meant for longer blocks.
const MAX_WORDS: usize = 80;

/// Why the markup or the text of a block of `n_words` words makes it boilerplate, or `None`.
pub fn by_text(paragraph: &Paragraph, n_words: usize) -> Option<Reason> {
    if let Some(reason) = paragraph.part.and_then(by_part) {
        return Some(reason);
    }
    let text = paragraph.text.as_str();
    if paragraph.part == Some(Part::Outside) {
        let is_of_articles = |reason: &Reason| matches!(reason, Reason::Heading | Reason::Note);
        return by_pattern(text, n_words)
            .filter(|reason| !is_of_articles(reason))
            .or(Some(Reason::OutsideArticle));
    }
    let is_heading = paragraph.heading && !is_prose(text, n_words);
    match by_pattern(text, n_words) {
        // On a page, a heading that matches a pattern belongs to a list of links.
        Some(reason) if !is_heading || paragraph.part.is_some() => Some(reason),
        _ if is_heading => Some(Reason::Heading),
        // The markup of a page says which blocks are rows, so text alone has to be clearer there.
        _ => is_row(text, n_words, if paragraph.part.is_some() { 2 } else { 3 }).then_some(Reason::Table),
    }
}

/// Why the part of the page that a block is in makes it boilerplate, or `None`.
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
        Part::Table => Reason::Table,
        Part::Note => Reason::Note,
        Part::Body | Part::Outside => return None,
    })
}

fn by_pattern(text: &str, n_words: usize) -> Option<Reason> {
    if !text.contains(char::is_alphabetic) {
        return Some(Reason::Fragment);
    }
    if n_words > MAX_WORDS {
        return None;
    }
    first_match(text, n_words).or_else(|| is_greeting(text, n_words).then_some(Reason::Greeting))
}

/// The form of the name that a turn of an interview begins with.
const SPEAKER: NameForm = NameForm { n_words: 6, has_brackets: true, any_script: false };

static WELCOME: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)^(and )?((hello|hi)\b[,.! ]|good (morning|afternoon|evening|day)\b|welcome (to|back|everyone|everybody|all)\b)",
    )
});

static THANKS: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)^(and )?((it(['’]s| is| was) )?(my|a) (great |real )?pleasure|(many )?thanks|thank you|you['’]re welcome|glad to be here|(it(['’]s| is) )?(great|good|nice) to be (here|with you))\b",
    )
});

/// Whether a block is a salutation of a letter, or a turn of an interview or a short block that only greets or thanks.
fn is_greeting(text: &str, n_words: usize) -> bool {
    let turn = name_and_rest(text, SPEAKER).map(|(_, rest)| rest);
    let turn = turn.filter(|rest| rest.starts_with(char::is_whitespace)).map(str::trim_start);
    let said = turn.unwrap_or(text);
    let is_turn = turn.is_some();
    // A longer turn with a question is about that question.
    let asks = || n_words > 12 && said.contains('?');
    let is_salutation = n_words <= 8 && text.starts_with("Dear ");
    let is_welcome = n_words <= if is_turn { 70 } else { 14 } && WELCOME.is_match(said) && !asks();
    let is_thanks =
        || is_turn && n_words <= 45 && THANKS.is_match(said) && !asks() && only_thanks(said, n_words);
    is_salutation || is_welcome || is_thanks()
}

/// Whether a turn that begins with thanks does nothing but thank, or thanks the audience.
fn only_thanks(said: &str, n_words: usize) -> bool {
    if ["audience", "listeners", "viewers", "listening"].iter().any(|word| said.contains(word)) {
        return true;
    }
    let mut sentences = said.split_inclusive(['.', '!']).map(str::trim);
    n_words <= 22 && sentences.all(|sentence| sentence.is_empty() || is_courtesy(sentence))
}

/// Whether a sentence of an opening or closing turn is one of thanks or goodbye.
fn is_courtesy(sentence: &str) -> bool {
    const COURTESIES: [&str; 9] = [
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
    let lower = sentence.to_lowercase();
    COURTESIES.iter().any(|words| lower.contains(words)) && sentence.split_whitespace().count() <= 14
}

/// Whether a block of `n_words` words looks like running prose: it is long enough and ends like a sentence.
pub fn is_prose(text: &str, n_words: usize) -> bool {
    let closing = |c: char| "\"'”’»)]*".contains(c);
    n_words >= 12 && text.trim_end_matches(closing).ends_with(['.', '!', '?', '…', ':', ';'])
}

/// Whether a block of `n_words` words is a short line that does not end like a sentence.
pub fn is_line(text: &str, n_words: usize) -> bool {
    n_words <= 16 && !text.trim_end().ends_with(['.', '!', '?', '…', ';', ':', ',', '"', '”', '»', ')'])
}

/// The share of words with at least four letters that begin with a capital, from 0 to 1.
pub fn capital_share(text: &str) -> f64 {
    let (mut n_words, mut n_capitals) = (0, 0);
    for word in text.split_whitespace() {
        let mut letters = word.chars().filter(|c| c.is_alphabetic());
        let is_capital = letters.next().is_some_and(char::is_uppercase);
        if letters.count() >= 3 {
            n_words += 1;
            n_capitals += u32::from(is_capital);
        }
    }
    f64::from(n_capitals) / f64::from(n_words.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Paragraph {
        Paragraph { end: text.len(), text: text.to_string(), follows: true, ..Paragraph::default() }
    }

    #[track_caller]
    fn check(text: &str, expected: Option<Reason>) {
        assert_eq!(by_text(&block(text), text.split_whitespace().count()), expected, "{text}");
    }

    #[test]
    fn the_patterns_of_greetings_compile() {
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
            "Cookies were sold at the gate.",
            "Subscribers left the paper in thousands after the scandal broke last year.",
            "Home sales rose.",
            "WASHINGTON (AP) — The Senate voted on Tuesday.",
            "Related costs rose, too.",
            "From Rome the convoy moved north.",
            "A prisoner deal can be reached on Friday if both sides agree.",
            "Stray dogs follow them home and wait at the gate for scraps.",
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
