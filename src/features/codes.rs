//! Word codes: what a word does in news prose, regardless of topic, as one or more of 24 named kinds.

/// A set of codes, one bit each, in the order of [`CODES`].
pub type CodeSet = u32;

/// The letter and the name of each code. The first code of a word in this order stands for it in pairs.
pub const CODES: [(char, &str); 24] = [
    ('B', "blame"),
    ('G', "praise"),
    ('L', "loaded name"),
    ('I', "intensifier"),
    ('R', "moral appeal"),
    ('D', "duty"),
    ('W', "address"),
    ('H', "hedge"),
    ('C', "cause"),
    ('X', "contrast"),
    ('K', "comparison"),
    ('N', "concept"),
    ('E', "explanation"),
    ('F', "future"),
    ('A', "attribution"),
    ('V', "event verb"),
    ('P', "person"),
    ('O', "organisation"),
    ('Y', "thing"),
    ('T', "time"),
    ('Z', "quantity"),
    ('J', "law"),
    ('M', "mind"),
    ('Q', "question"),
];

/// The endings that stand for words without a code in openings and pairs; the last stands for all other words.
pub const ENDINGS: [&str; 17] = [
    "-ing", "-ed", "-ly", "-tion", "-ness", "-ment", "-ity", "-ism", "-ist", "-ous", "-al", "-ive", "-able",
    "-er", "-est", "-s", "<other>",
];

/// The index in [`ENDINGS`] of a word without a code: the first ending with more than two bytes before it.
pub fn ending_of(word: &str) -> usize {
    let other = ENDINGS.len() - 1;
    let ends = |ending: &&str| word.len() > ending.len() + 1 && word.ends_with(&ending[1..]);
    ENDINGS[..other].iter().position(ends).unwrap_or(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_without_a_code_are_told_apart_by_their_ending() {
        let endings = ["purring", "zzz", "sing", "smallest", "nation"].map(|word| ENDINGS[ending_of(word)]);
        assert_eq!(endings, ["-ing", "<other>", "<other>", "-est", "<other>"]);
    }
}
