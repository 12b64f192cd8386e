//! Style features in words for readers.

use super::cue::{Cue, MARKS, SIGNS, STEPS};
use super::lexicon::ParagraphWords;
use super::style::StyleCues;

/// How many cues a line quotes.
const MAX_QUOTED: usize = 3;

/// For each cue group, in their order: what its cues are. Groups of pronouns of the third person, auxiliary verbs and
/// question words have no text, because they tell a reader nothing.
const GROUPS: [&str; super::cues::N_GROUPS] = [
    "verbs of saying",
    "verbs of claiming",
    "attribution to sources",
    "duty words",
    "words of possibility",
    "words about the future",
    "hedges",
    "words of certainty",
    "words of cause",
    "words of contrast",
    "conditions",
    "comparisons",
    "words of explanation",
    "words of praise",
    "words of blame",
    "the first person",
    "“we” and “our”",
    "direct address",
    "",
    "",
    "",
    "the past tense",
    "",
    "words of time",
    "statistics",
    "negations",
    "",
];

/// What a style feature is about. Features of the same topic belong in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// A cue group, wherever its words occur.
    Group(u32),
    /// A count or share: an index of [`STEPS`].
    Step(u32),
    /// A punctuation mark: an index of [`MARKS`].
    Mark(u32),
    /// A string: an index of [`SIGNS`].
    Sign(u32),
    /// How the paragraph begins.
    Beginning,
    /// How it ends.
    Ending,
}

impl Topic {
    /// The topic of a style feature; `None` for a key that no extractor makes.
    pub fn of(key: u64) -> Option<Topic> {
        let (cue, value) = parts(key)?;
        Some(match cue {
            Cue::Group | Cue::GroupTwice | Cue::First | Cue::Last => Topic::Group(value),
            Cue::Step => Topic::Step(value >> 16),
            Cue::Mark | Cue::MarkTwice => Topic::Mark(value),
            Cue::Sign => Topic::Sign(value),
            Cue::Begins | Cue::BeginsWord => Topic::Beginning,
            // A question mark at the end is a question mark.
            Cue::Ends => match MARKS.iter().position(|mark| mark.chars().eq(char::from_u32(value))) {
                Some(mark) => Topic::Mark(mark as u32),
                None => Topic::Ending,
            },
        })
    }
}

/// The kind of a style feature and its value.
fn parts(key: u64) -> Option<(Cue, u32)> {
    let index = ((key >> 32) as usize).checked_sub(1)?;
    Some((*Cue::ALL.get(index)?, key as u32))
}

/// A paragraph whose style is put into words.
pub struct StyleText<'a> {
    pub paragraph: &'a ParagraphWords<'a>,
    /// The indices of the author's tokens.
    pub author: &'a [u32],
    /// The ends of the sentences that they form.
    pub sentence_ends: &'a [u32],
    pub style: &'a StyleCues,
}

impl StyleText<'_> {
    /// What a style feature says; `None` if it says nothing to a reader.
    pub fn of(&self, key: u64) -> Option<String> {
        let (cue, value) = parts(key)?;
        match (cue, Topic::of(key)?) {
            (Cue::First, Topic::Group(group)) => self.uses("first sentence uses ", self.first(), group),
            (Cue::Last, Topic::Group(group)) => self.uses("last sentence uses ", self.last(), group),
            (_, Topic::Group(group)) => self.uses("uses ", self.author, group),
            (_, Topic::Step(index)) => step(index as usize, value as usize & 0xffff),
            (_, Topic::Mark(mark)) => match MARKS[mark as usize] {
                "?" => Some("asks a question".to_string()),
                "!" => Some("uses exclamation marks".to_string()),
                "$" => Some("names sums of money".to_string()),
                "%" => Some("gives percentages".to_string()),
                _ => None,
            },
            (_, Topic::Sign(sign)) => matches!(SIGNS[sign as usize].0, "address" | "twitter")
                .then(|| "links to the web".to_string()),
            (Cue::Begins, _) => {
                let begins = ["the name of a speaker", "a number", "a bullet", "a quotation"];
                Some(format!("begins with {}", begins.get(value as usize)?))
            }
            (Cue::BeginsWord, _) => self.first_word(),
            (_, Topic::Beginning | Topic::Ending) => None,
        }
    }

    fn first(&self) -> &[u32] {
        &self.author[..self.sentence_ends.first().map_or(0, |&end| end as usize)]
    }

    fn last(&self) -> &[u32] {
        match self.sentence_ends {
            [.., before, end] => &self.author[*before as usize..*end as usize],
            _ => self.first(),
        }
    }

    /// `start`, then what the cues of a group are, then the cues in these tokens; `None` if no cue means that here.
    fn uses(&self, start: &str, tokens: &[u32], group: u32) -> Option<String> {
        let what = GROUPS.get(group as usize).filter(|what| !what.is_empty())?;
        let text =
            |place: usize| tokens.get(place).map_or("", |&token| self.paragraph.tokens[token as usize].text);
        let mut cues: Vec<String> = Vec::new();
        for place in self.style.cues_in(self.paragraph, tokens, group) {
            let cue = place.clone().map(text).collect::<Vec<_>>().join(" ");
            let before = place.start.checked_sub(1).map_or("", text);
            let is_known = cues.iter().any(|other| other.to_lowercase() == cue.to_lowercase());
            if !is_known && !misleads(what, before, &cue, [text(place.end), text(place.end + 1)]) {
                cues.push(cue);
            }
        }
        // Cues of several words do not go beyond a sentence, so there are no more here than counted.
        let more = if cues.len() > MAX_QUOTED { ", …" } else { "" };
        let quoted = cues[..cues.len().min(MAX_QUOTED)].join(", ");
        (!cues.is_empty()).then(|| format!("{start}{what}: {quoted}{more}"))
    }

    /// Only a word with a code says something.
    fn first_word(&self) -> Option<String> {
        let (word, token) = (self.paragraph.words.first()?, self.paragraph.tokens.first()?);
        (word.traits.codes != 0).then(|| format!("begins with “{}”", token.text))
    }
}

/// Whether a cue between these words is not what its group is called. The model counts it all the same.
fn misleads(what: &str, before: &str, cue: &str, after: [&str; 2]) -> bool {
    let (before, lower) = (before.to_lowercase(), cue.to_lowercase());
    match lower.as_str() {
        // The country, and `i.e.`
        "us" => cue == "US",
        "i" => cue == "i" && after[0] == ".",
        // A name such as `Let's Encrypt`, and a request for news.
        "let's" | "let’s" => after[0].starts_with(char::is_uppercase),
        "let us" => after[0] == "know",
        // A supposition.
        "must" => after[0] == "have" || after[0] == "be" && after[1].ends_with("ing"),
        // A noun.
        "demand" | "demands" => {
            after[0] == "for"
                || matches!(before.as_str(), "the" | "a" | "their" | "its" | "of" | "in" | "and" | "on")
        }
        "need" | "needs" => matches!(before.as_str(), "the" | "a" | "their" | "its" | "no"),
        "been" | "be" => what == "the past tense",
        "most" => after[0] == "of",
        "wrong" | "bad" => matches!(before.as_str(), "nothing" | "not"),
        _ => false,
    }
}

/// How much of a paragraph is quoted. Other counts and shares have no text: no reader would take them for a reason.
fn step(index: usize, place: usize) -> Option<String> {
    let (_, limits) = STEPS.get(index).filter(|(name, _)| *name == "quoted %")?;
    let least = limits[place.checked_sub(1)?.min(limits.len() - 1)] + 1;
    let range = match limits.get(place) {
        Some(most) => format!("{least} to {most}"),
        None => format!("more than {}", least - 1),
    };
    Some(format!("{range} % of the words are quoted"))
}

#[cfg(test)]
mod tests {
    use super::super::{Buffers, Extractor, FeatureGroup, MAX_NGRAM, Sink, WordCodes, lexicon_of};
    use super::*;
    use std::ops::Range;

    #[derive(Default)]
    struct Keys(Vec<u64>);

    impl Sink for Keys {
        fn feature(&mut self, group: FeatureGroup, key: u64, _: Range<u32>) {
            if group == FeatureGroup::Style {
                self.0.push(key);
            }
        }
    }

    /// What the style features of a text say.
    fn lines_of(text: &str) -> Vec<String> {
        let lexicon = lexicon_of(&[text], 1, &WordCodes::embedded().unwrap()).unwrap();
        let extractor = Extractor::new(&lexicon, MAX_NGRAM, true);
        let (mut words, mut buffers, mut keys) =
            (ParagraphWords::default(), Buffers::default(), Keys::default());
        lexicon.read(text, &mut words);
        extractor.extract(&words, &mut buffers, &mut keys);
        keys.0.iter().filter_map(|&key| extractor.style_in_words(&words, &buffers, key)).collect()
    }

    #[test]
    fn style_is_put_into_words() {
        let lines =
            lines_of("We must act, and they have to pay. Is it 3 % too much? It is time to say so quickly!");
        for expected in [
            "first sentence uses duty words: must, have to",
            "last sentence uses duty words: It is time",
            "uses duty words: must, have to, It is time",
            "asks a question",
            "uses exclamation marks",
            "gives percentages",
            "begins with “We”",
        ] {
            assert!(lines.iter().any(|line| line == expected), "{expected}: {lines:#?}");
        }
        assert!(!lines.iter().any(|line| line.contains("cue:") || line.ends_with(": ")), "{lines:#?}");
    }

    #[test]
    fn words_in_another_sense_are_not_quoted() {
        let lines = lines_of("The US must be looking for us, i.e. the demand for gas has been met.");
        for line in &lines {
            assert!(!["US", "must", "demand", "been"].iter().any(|word| line.contains(word)), "{line}");
            assert!(!line.contains("first person: i"), "{line}");
        }
        assert!(lines.iter().any(|line| line == "uses “we” and “our”: us"), "{lines:#?}");
        let lines = lines_of("You should not go, and you must pay.");
        assert!(lines.contains(&"uses duty words: should not, must".to_string()), "{lines:#?}");
    }

    #[test]
    fn pronouns_commas_and_lengths_say_nothing() {
        let lines = lines_of("It was them; this is it.");
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(lines, ["uses the past tense: was"]);
    }

    #[test]
    fn the_share_of_quoted_words_is_told() {
        let lines = lines_of("“We must act,” said the mayor of the small town.");
        assert!(lines.iter().any(|line| line == "21 to 40 % of the words are quoted"), "{lines:#?}");
    }

    #[test]
    fn every_group_has_a_text_in_its_place() {
        let place = |name: &str| (0..GROUPS.len()).find(|&group| super::super::cues::name_of(group) == name);
        for (name, text) in [("duty", "duty words"), ("bad", "words of blame"), ("it", ""), ("question", "")]
        {
            assert_eq!(GROUPS[place(name).unwrap()], text);
        }
    }
}
