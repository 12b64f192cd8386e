//! The labelled paragraphs of an article, which can be drawn, and their rows.

use sha2::{Digest, Sha256};

use crate::article::Article;
use crate::corpus::LabelRow;
use crate::score::{Labelling, Outcome};

/// A labelled paragraph of an article.
pub struct Kept<'a> {
    /// Its number among all blocks of the article.
    pub position: usize,
    /// Its number in tables.
    pub index: i64,
    pub labelling: &'a Labelling,
}

/// The labelled paragraphs of an article. Neighbours have consecutive indices, as in tables. Rows keep theirs; in other
/// articles, dropped blocks do not separate neighbours, but a gap in the source does.
pub fn kept<'a>(article: &Article, outcomes: &'a [Outcome]) -> Vec<Kept<'a>> {
    let mut kept = Vec::new();
    let mut next = article.first_paragraph as i64;
    let mut is_interrupted = false;
    for (position, (paragraph, outcome)) in article.paragraphs.iter().zip(outcomes).enumerate() {
        is_interrupted |= !paragraph.follows && !kept.is_empty();
        let Outcome::Labelled(labelling) = outcome else { continue };
        next += i64::from(std::mem::take(&mut is_interrupted));
        let index = paragraph.index.unwrap_or(next);
        kept.push(Kept { position, index, labelling });
        next = index.saturating_add(1);
    }
    kept
}

/// The entropy of a paragraph's probabilities over that of equal probabilities.
pub fn uncertainty(labelling: &Labelling) -> f64 {
    let entropy: f64 = labelling.probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
    (entropy / (labelling.probabilities.len() as f64).ln()).clamp(0.0, 1.0)
}

/// A hash of an article's content; the path of its file does not matter.
pub fn digest(article: &Article) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for key in ["doc", "outlet"] {
        hasher.update(article.metadata.get(key).map_or("", String::as_str));
        hasher.update([0]);
    }
    for paragraph in &article.paragraphs {
        hasher.update(paragraph.id.as_deref().unwrap_or_default());
        hasher.update([0]);
        hasher.update(&paragraph.text);
        hasher.update([0]);
    }
    hasher.finalize().into()
}

/// The row of a paragraph, without a label.
pub fn row_of(article: &Article, kept: &Kept<'_>) -> LabelRow {
    let paragraph = &article.paragraphs[kept.position];
    let doc =
        article.known("doc").map(str::to_string).unwrap_or_else(|| match (&paragraph.id, paragraph.row) {
            (Some(id), _) => id.clone(),
            (None, Some(row)) => format!("{}#{row}", article.source),
            (None, None) => article.source.clone(),
        });
    // The id of an article that is a row of its own is that of all its paragraphs.
    let is_own =
        |id: &&String| article.paragraphs.iter().filter(|other| other.id.as_ref() == Some(id)).count() == 1;
    let id = paragraph.id.as_ref().filter(is_own).cloned().unwrap_or_else(|| format!("{doc}#{}", kept.index));
    LabelRow {
        id: Some(id),
        doc: Some(doc),
        index: Some(kept.index),
        outlet: article.known("outlet").map(str::to_string),
        text: paragraph.text.clone(),
        ..LabelRow::default()
    }
}
