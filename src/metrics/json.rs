//! Measures as JSON.

use serde_json::{Map, Value, json};

use super::Evaluation;

impl Evaluation {
    /// All measures as a JSON object; `group_by` is the name of what the groups are.
    pub fn as_json(&self, group_by: &str) -> Value {
        let labels = self.labels.iter().zip(&self.per_label);
        let per_label: Map<String, Value> =
            labels.map(|(label, scores)| (label.clone(), json!(scores))).collect();
        let coverage = self.coverage.iter();
        let coverage: Vec<_> =
            coverage.map(|(share, hit)| json!({"coverage": share, "accuracy": hit})).collect();
        let groups = self.groups.iter();
        let groups: Vec<_> = groups
            .map(|g| json!({"name": g.name, "paragraphs": g.n_paragraphs, "accuracy": g.accuracy}))
            .collect();
        json!({
            "labels": self.labels,
            "paragraphs": self.n_paragraphs,
            "group_by": group_by,
            "macro_f1": self.macro_f1,
            "accuracy": self.accuracy,
            "per_label": per_label,
            "confusion": {"rows": "true", "columns": "predicted, then dropped", "counts": self.confusion},
            "log_loss": self.log_loss,
            "expected_calibration_error": self.expected_calibration_error,
            "accuracy_by_coverage": coverage,
            "reliability": self.reliability,
            "filter": {
                "boilerplate": self.boilerplate_dropped.1,
                "boilerplate_dropped": self.boilerplate_dropped.0,
                "real_lost": self.real_lost,
            },
            "groups": groups,
        })
    }
}
