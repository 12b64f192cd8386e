//! What made a result: the model, this version of rhetor, the options and the articles.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::article::Article;
use crate::model::Model;

/// What made a result, without the time: the same articles and options give the same bytes.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Origin {
    /// The version of rhetor.
    pub rhetor: String,
    /// The model's name.
    pub model: String,
    /// The model's version.
    pub model_version: String,
    /// The model's id.
    pub model_id: String,
    /// Who gave the labels that the model was trained on, if its card says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labelled_by: Option<String>,
    /// The model's cross-validated accuracy, from 0 to 1, if its card has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<f64>,
    /// The options that change the labels or shares.
    pub options: Vec<String>,
    /// The articles, once all are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub articles: Option<ArticlesHash>,
}

/// How many articles were labelled, and a hash of their paragraphs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArticlesHash {
    /// The number of articles.
    pub n_articles: usize,
    /// Hex SHA-256 over the hashes of all articles, in order; names of files do not matter.
    pub sha256: String,
}

impl Origin {
    /// The origin of results of `model` with these options.
    pub fn new(model: &Model, options: Vec<String>) -> Origin {
        let card = model.card();
        Origin {
            rhetor: env!("CARGO_PKG_VERSION").to_string(),
            model: model.name().to_string(),
            model_version: model.version().to_string(),
            model_id: model.id().to_string(),
            labelled_by: card.about.as_ref().map(|about| about.labelled_by.clone()),
            accuracy: card.cross_validated.get("accuracy").copied(),
            options,
            articles: None,
        }
    }

    /// As one line of JSON.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("text and finite numbers can always be written as JSON")
    }

    /// How many of 100 labels are wrong, by the model's cross-validated accuracy.
    pub fn wrong_of_100(&self) -> Option<usize> {
        let wrong = 100.0 * (1.0 - self.accuracy?);
        (0.0..=100.0).contains(&wrong).then(|| wrong.round() as usize)
    }
}

/// A hash of articles that are added in order.
#[derive(Debug, Clone, Default)]
pub struct ArticleHasher {
    n_articles: usize,
    hasher: Sha256,
}

impl ArticleHasher {
    /// The hash of one article: of its paragraphs, each with its length.
    pub fn of(article: &Article) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for paragraph in &article.paragraphs {
            hasher.update((paragraph.text.len() as u64).to_le_bytes());
            hasher.update(&paragraph.text);
        }
        hasher.finalize().into()
    }

    /// Adds the next article.
    pub fn add(&mut self, article: [u8; 32]) {
        self.n_articles += 1;
        self.hasher.update(article);
    }

    /// The hash of all articles.
    pub fn finish(self) -> ArticlesHash {
        let digest = self.hasher.finalize();
        let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        ArticlesHash { n_articles: self.n_articles, sha256 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_wrong_labels_is_that_of_the_card() {
        for (accuracy, expected) in
            [(Some(0.776), Some(22)), (Some(1.0), Some(0)), (Some(f64::NAN), None), (None, None)]
        {
            let origin = Origin { accuracy, ..Origin::default() };
            assert_eq!(origin.wrong_of_100(), expected, "{accuracy:?}");
        }
    }

    #[test]
    fn the_hash_depends_on_the_division_into_paragraphs_and_articles() {
        let article = crate::read::article_from_text;
        let hash = |texts: &[&str]| {
            let mut hasher = ArticleHasher::default();
            texts.iter().for_each(|text| hasher.add(ArticleHasher::of(&article(text))));
            hasher.finish().sha256
        };
        let hashes = [hash(&["a\n\nb"]), hash(&["a", "b"]), hash(&["ab"]), hash(&["b", "a"]), hash(&[])];
        let distinct: std::collections::BTreeSet<_> = hashes.iter().collect();
        assert_eq!((distinct.len(), hashes[0].len()), (5, 64));
    }
}
