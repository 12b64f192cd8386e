//! The delimiter of a table.

/// The possible delimiters, in the order in which ties are broken.
const DELIMITERS: [u8; 4] = *b",\t;|";
/// The delimiter is detected from this many records.
const N_SNIFFED: usize = 50;

/// The delimiter that the first line of a table names for Excel: `sep=;`.
pub fn named_delimiter(head: &str) -> Option<u8> {
    let first = head.lines().next()?.trim_matches(['"', '\r', ' ']);
    let value =
        first.get(..4).filter(|key| key.eq_ignore_ascii_case("sep=")).map(|key| &first[key.len()..])?;
    match value.as_bytes() {
        b"" if head.starts_with("sep=\t") => Some(b'\t'),
        [delimiter] if delimiter.is_ascii() => Some(*delimiter),
        _ => None,
    }
}

/// The delimiter of the table that begins with `head`: the one with which the header has a wanted column, then the
/// one with which most rows are as wide as the header, then the one with the widest header.
pub fn delimiter_of(head: &str, is_wanted: impl Fn(&str) -> bool) -> u8 {
    let whole_lines = head.rfind('\n').map_or(head, |end| &head[..end]);
    let fit = |delimiter: &u8| {
        let mut builder = csv::ReaderBuilder::new();
        builder.delimiter(*delimiter).flexible(true).has_headers(false);
        let mut reader = builder.from_reader(whole_lines.as_bytes());
        let mut records = reader.records().take(N_SNIFFED).flatten();
        let header = records.next().unwrap_or_default();
        let widths: Vec<usize> = records.map(|record| record.len()).collect();
        let n_same = widths.iter().filter(|width| **width == header.len()).count();
        let is_table = header.len() > 1;
        let has_text = header.iter().any(|name| is_wanted(name.trim()));
        (is_table && has_text, if is_table { n_same * 100 / widths.len().max(1) } else { 0 }, header.len())
    };
    // `max_by_key` returns the last of equals.
    DELIMITERS.into_iter().rev().max_by_key(fit).unwrap_or(DELIMITERS[0])
}
