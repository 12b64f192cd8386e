//! Paragraphs and articles beyond any real size, in pieces: what is scored at once is bounded.

use std::ops::Range;

use crate::article::{Article, Paragraph};

/// The longest paragraph, in bytes: ten thousand words. A longer one is cut at white space.
pub(super) const MAX_PARAGRAPH: usize = 64 << 10;
/// The longest article, in bytes: a very long novel. A longer one is read in parts.
pub(super) const MAX_ARTICLE: usize = 4 << 20;

/// The paragraphs with those beyond [`MAX_PARAGRAPH`] cut, and where in `source` those begin.
///
/// `plain` makes the text of a piece of the source.
pub(super) fn cut_paragraphs(
    source: &str,
    paragraphs: Vec<Paragraph>,
    plain: impl Fn(&str) -> String,
) -> (Vec<Paragraph>, Vec<usize>) {
    let is_long = |paragraph: &Paragraph| paragraph.end - paragraph.start > MAX_PARAGRAPH;
    if !paragraphs.iter().any(is_long) {
        return (paragraphs, Vec::new());
    }
    let mut pieces = Vec::with_capacity(paragraphs.len());
    let mut cut = Vec::new();
    for paragraph in paragraphs {
        if !is_long(&paragraph) {
            pieces.push(paragraph);
            continue;
        }
        cut.push(paragraph.start);
        let ranges = pieces_of(source, paragraph.start..paragraph.end);
        let bare = Paragraph { text: String::new(), ..paragraph };
        for (index, Range { start, end }) in ranges.into_iter().enumerate() {
            let text = plain(&source[start..end]);
            pieces.push(Paragraph { start, end, text, follows: bare.follows || index > 0, ..bare.clone() });
        }
    }
    (pieces, cut)
}

/// Pieces of at most [`MAX_PARAGRAPH`] bytes, cut at white space where the second half of a piece
/// has some.
pub(super) fn pieces_of(source: &str, whole: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut rest = whole;
    while rest.len() > MAX_PARAGRAPH {
        let most = source.floor_char_boundary(rest.start + MAX_PARAGRAPH);
        let half = source.floor_char_boundary(rest.start + MAX_PARAGRAPH / 2);
        let end = source[half..most].rfind(char::is_whitespace).map_or(most, |end| half + end);
        let piece = source[rest.start..end].trim_end();
        pieces.push(rest.start..rest.start + piece.len());
        let after = &source[end..rest.end];
        rest.start = end + (after.len() - after.trim_start().len());
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// The article in parts of at most [`MAX_ARTICLE`] bytes; as it is when it is no longer.
pub(super) fn articles_of(article: Article) -> Vec<Article> {
    let size = |paragraph: &Paragraph| paragraph.end - paragraph.start;
    if article.paragraphs.iter().map(size).sum::<usize>() <= MAX_ARTICLE {
        return vec![article];
    }
    let Article { paragraphs, .. } = &article;
    let mut bounds = vec![0];
    let mut n_bytes = 0;
    for (index, paragraph) in paragraphs.iter().enumerate() {
        n_bytes += size(paragraph);
        if n_bytes > MAX_ARTICLE && index > 0 {
            bounds.push(index);
            n_bytes = size(paragraph);
        }
    }
    bounds.push(paragraphs.len());
    let part = |bounds: &[usize]| Article {
        first_paragraph: article.first_paragraph + bounds[0],
        paragraphs: paragraphs[bounds[0]..bounds[1]].to_vec(),
        source: article.source.clone(),
        metadata: article.metadata.clone(),
        span_of: article.span_of,
    };
    bounds.windows(2).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::SpanOf;
    use crate::read::normalise;

    #[test]
    fn a_long_paragraph_is_cut_at_white_space_and_nothing_is_lost() {
        for source in ["word ".repeat(50_000), "é".repeat(100_000), "short".to_string()] {
            let paragraph = super::super::paragraph(&source, 0, source.len());
            let (pieces, cut) = cut_paragraphs(&source, vec![paragraph], normalise);
            assert_eq!(cut.len(), usize::from(source.len() > MAX_PARAGRAPH));
            for piece in &pieces {
                assert!(piece.end - piece.start <= MAX_PARAGRAPH);
                assert_eq!(normalise(&source[piece.start..piece.end]), piece.text);
            }
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            let n_letters: usize = pieces.iter().map(|piece| letters(&piece.text)).sum();
            assert_eq!(n_letters, letters(&source));
        }
    }

    #[test]
    fn a_long_article_is_read_in_parts_that_go_on_counting() {
        let source = "word ".repeat(1_000_000);
        let paragraph = super::super::paragraph(&source, 0, source.len());
        let (paragraphs, _) = cut_paragraphs(&source, vec![paragraph], normalise);
        let n_all = paragraphs.len();
        let metadata = Default::default();
        let article =
            Article { source: "a".into(), metadata, span_of: SpanOf::Source, first_paragraph: 0, paragraphs };
        let parts = articles_of(article);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1].first_paragraph, parts[0].paragraphs.len());
        assert_eq!(parts.iter().map(|part| part.paragraphs.len()).sum::<usize>(), n_all);
    }
}
