//! The kinds of style cues and their keys.

/// What a style cue is about; with a value below 2^32 it makes the key of a feature.
///
/// Numbers are part of the model format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Cue {
    /// A word of a group occurs.
    Group = 1,
    /// Two or more do.
    GroupTwice,
    /// One occurs in the first of several sentences.
    First,
    /// One occurs in the last of several sentences.
    Last,
    /// A step of [`STEPS`], whose index is the upper half of the value.
    Step,
    /// A punctuation mark of [`MARKS`] occurs in the author's voice.
    Mark,
    /// It occurs twice or more.
    MarkTwice,
    /// A string of [`SIGNS`] occurs.
    Sign,
    /// The paragraph begins with one of [`BEGINNINGS`].
    Begins,
    /// It begins with a word.
    BeginsWord,
    /// It ends with a character; 0 for a letter or digit.
    Ends,
}

impl Cue {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Cue; 11] = [
        Cue::Group,
        Cue::GroupTwice,
        Cue::First,
        Cue::Last,
        Cue::Step,
        Cue::Mark,
        Cue::MarkTwice,
        Cue::Sign,
        Cue::Begins,
        Cue::BeginsWord,
        Cue::Ends,
    ];

    /// The key of a feature.
    pub fn key(self, value: u32) -> u64 {
        (self as u64) << 32 | u64::from(value)
    }
}

/// A count or a share in coarse steps: its name and the largest value of each step but the last.
pub type Steps = (&'static str, &'static [usize]);

/// The steps, in the order of their indices.
pub const STEPS: [Steps; 8] = [
    ("words", &[10, 20, 35, 50, 75, 100, 150]),
    ("sentences", &[1, 2, 3, 5, 8]),
    ("sentence length", &[8, 13, 18, 24, 32, 45]),
    ("quoted %", &[0, 5, 20, 40, 70]),
    ("numbers", &[0, 1, 2, 4, 8]),
    ("capitals %", &[4, 8, 13, 20, 30, 45]),
    ("past %", &[0, 3, 6, 10]),
    ("-ly", &[0, 1, 3]),
];

/// Punctuation whose presence and repetition are cues.
pub const MARKS: [&str; 10] = ["?", "!", ";", ":", "(", "$", "%", "…", "—", "–"];

/// Strings that are cues wherever they occur, each with its name.
pub const SIGNS: [(&str, &str); 5] =
    [("address", "http"), ("at", "@"), ("twitter", "pic.twitter"), ("ellipsis", "..."), ("bracket", "[")];

/// How a paragraph can begin. The articles keep these names distinct from those of first words.
pub const BEGINNINGS: [&str; 4] = ["a speaker", "a number", "a bullet", "a quotation"];

/// Calls `take` with the index of every bit that is set.
pub fn each(mut bits: u32, mut take: impl FnMut(u32)) {
    while bits != 0 {
        take(bits.trailing_zeros());
        bits &= bits - 1;
    }
}
