//! The letters that each pattern needs, as the table `letters.tsv` has them.

/// For each pattern in order a line: `start` or `anywhere` and the letters of which a text must begin with one or
/// hold one, parted by tabs; or `nothing`.
const TABLE: &str = include_str!("letters.tsv");

/// What a text must have to match a pattern, in small letters, though the text's may have any case.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Required {
    /// It begins with one of these.
    Start(Vec<String>),
    /// It holds one of these.
    Anywhere(Vec<String>),
    /// Nothing that is seldom enough to look for.
    Nothing,
}

/// What a text must have to match each of the patterns.
pub(super) fn required_letters() -> impl Iterator<Item = Required> {
    TABLE.lines().map(|line| {
        let mut columns = line.split('\t');
        let place = columns.next();
        let letters = columns.map(str::to_string).collect();
        match place {
            Some("start") => Required::Start(letters),
            Some("anywhere") => Required::Anywhere(letters),
            _ => Required::Nothing,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::literals::required;
    use crate::filter::patterns::PATTERNS;

    /// The line of a pattern.
    fn line(pattern: &str) -> String {
        let (place, letters) = match required(&regex_syntax::parse(pattern).unwrap()) {
            Required::Start(letters) => ("start", letters),
            Required::Anywhere(letters) => ("anywhere", letters),
            Required::Nothing => ("nothing", Vec::new()),
        };
        [place].into_iter().chain(letters.iter().map(String::as_str)).collect::<Vec<_>>().join("\t")
    }

    // The table is written anew with RHETOR_BLESS=1, after a change of the patterns.
    #[test]
    fn the_table_has_the_letters_of_every_pattern() {
        let expected: String = PATTERNS.iter().map(|(_, _, pattern)| line(pattern) + "\n").collect();
        if std::env::var_os("RHETOR_BLESS").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/filter/letters.tsv");
            std::fs::write(path, &expected).unwrap();
            return;
        }
        assert_eq!(TABLE, expected, "RHETOR_BLESS=1 cargo test --lib the_table_has_the_letters");
        let read: Vec<Required> = required_letters().collect();
        let found = PATTERNS.iter().map(|(_, _, pattern)| required(&regex_syntax::parse(pattern).unwrap()));
        assert_eq!(read, found.collect::<Vec<_>>());
    }
}
