//! The labels of several coders as JSON.

use serde_json::{Map, Value, json};

use super::{CodedParagraph, Coding};
use crate::metrics::{Agreement, PairAgreement};

impl Coding {
    /// How well the coders agree and where they do not, as a JSON object; `agreement` is that of [`Coding::ratings`].
    pub fn as_json(&self, agreement: &Agreement) -> Value {
        let per_label: Map<String, Value> = self
            .labels
            .iter()
            .zip(&agreement.per_label)
            .map(|(label, alpha)| (label.clone(), json!(alpha)))
            .collect();
        let unmatched: Map<String, Value> =
            self.coders.iter().zip(&self.n_unmatched).map(|(coder, n)| (coder.clone(), json!(n))).collect();
        json!({
            "coders": self.coders,
            "labels": self.labels,
            "paragraphs": agreement.n_paragraphs,
            "articles": agreement.n_groups,
            "alpha": agreement.alpha,
            "alpha_per_label": per_label,
            "pairs": agreement.pairs.iter().map(|pair| self.pair(pair)).collect::<Vec<_>>(),
            "unmatched": unmatched,
            "disagreements": self.disagreements().map(|of| self.disagreement(of)).collect::<Vec<_>>(),
        })
    }

    fn pair(&self, pair: &PairAgreement) -> Value {
        json!({
            "coders": [self.coders[pair.coders.0], self.coders[pair.coders.1]],
            "paragraphs": pair.n_paragraphs,
            "agreement": pair.agreement,
            "kappa": pair.kappa,
            "confusion": {"rows": "first coder", "columns": "second coder", "counts": pair.confusion},
        })
    }

    fn disagreement(&self, paragraph: &CodedParagraph) -> Value {
        let labels: Map<String, Value> = self
            .coders
            .iter()
            .zip(&paragraph.labels)
            .map(|(coder, label)| (coder.clone(), json!(label.map(|label| &self.labels[label]))))
            .collect();
        let row = &paragraph.row;
        json!({"id": row.id, "doc": row.doc, "index": row.index, "labels": labels, "text": row.text})
    }
}
