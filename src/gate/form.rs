//! What the learned gate looks at: the words of a block, and its form in coarse steps.

use crate::features::WordClasses;
use crate::token::Kind;
use crate::token::tokens;

/// The sentences of 3 to 20 words of a paragraph that has several.
pub(super) fn short_sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, mark) in text.match_indices(". ") {
        let end = at + mark.len();
        if text[end..].starts_with(|c: char| c.is_uppercase() || "\"“‘".contains(c)) {
            sentences.push(text[start..end].trim());
            start = end;
        }
    }
    if start == 0 {
        return Vec::new();
    }
    sentences.push(text[start..].trim());
    sentences.retain(|sentence| (3..=20).contains(&super::rules::n_words(sentence)));
    sentences
}

/// The names of a block's features, sorted and without repeats.
pub(super) fn names(text: &str, classes: &WordClasses) -> Vec<String> {
    let tokens = tokens(text);
    let words: Vec<String> = tokens
        .iter()
        .map(|token| match token.kind {
            Kind::Number => "0".to_string(),
            _ => token.text.to_lowercase().replace('’', "'"),
        })
        .collect();
    let mut names: Vec<String> = words.windows(2).map(|pair| pair.join(" ")).collect();
    let n_words = tokens.iter().filter(|token| token.kind == Kind::Word).count();
    let capitals =
        tokens.iter().filter(|token| token.kind == Kind::Word && token.text.starts_with(char::is_uppercase));
    let capital_share = capitals.count() * 10 / n_words.max(1);
    let length = [3, 6, 10, 15, 25, 40, 60].iter().position(|&limit| n_words <= limit).unwrap_or(7);
    let ending = match text.chars().next_back() {
        Some(c) if c.is_alphanumeric() => 'a',
        Some(c) => c,
        None => ' ',
    };
    // Each of these counts twice over, alone and with the length, for form tells more than words.
    let form = [
        format!("length {length}"),
        format!("ends {ending}"),
        format!("capitals {capital_share}"),
        format!("begins {}", words.first().map_or("", String::as_str)),
        format!("address {}", text.contains("http") || text.contains("www.") || text.contains(".com")),
        format!("at {}", text.contains('@')),
        format!("bar {}", text.contains('|')),
        format!("commas {}", text.matches(',').count().min(4)),
        format!("stops {}", text.matches(". ").count().min(4)),
    ];
    names.extend(form.iter().map(|name| format!("form {name}")));
    names.extend(form.iter().skip(1).map(|name| format!("form {length} {name}")));
    names.extend(words.iter().filter_map(|word| classes.coarse(word)).map(str::to_string));
    names.extend(words);
    names.sort_unstable();
    names.dedup();
    names
}
