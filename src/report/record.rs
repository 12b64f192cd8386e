//! The records of results: which fields a row for a block, a profile or a compared article has.

use super::field::Kind::{Bool, Id, Integer, Real, Reals, Shares, Text};
use super::field::Presence::{Always, InColumns, InJson, Nullable, Optional, OptionalInColumns};
use super::field::{Field, Value, rounded};
use super::passed::{Passed, slice};
use super::reasons;
use crate::article::{Article, Paragraph};
use crate::filter::Reason;
use crate::score::{Contribution, Evidence, Labelling, Outcome};
use crate::summary::{Comparison, Deviation, Digest, Excerpt, TagMix};

/// What a block's record says about its article, if known.
const METADATA: [&str; 7] = ["doc", "title", "author", "date", "outlet", "url", "language"];

/// One block of an article: labelled, dropped, or only read.
pub struct Block<'a> {
    /// The id of the model; empty if there is none.
    model: &'a str,
    labels: &'a [String],
    article: &'a Article,
    index: usize,
    reason: Option<Reason>,
    labelling: Option<&'a Labelling>,
}

impl<'a> Block<'a> {
    /// The blocks of a scored article.
    pub fn scored(
        model: &'a str,
        labels: &'a [String],
        article: &'a Article,
        outcomes: &'a [Outcome],
    ) -> impl Iterator<Item = Block<'a>> {
        outcomes.iter().enumerate().map(move |(index, outcome)| {
            let (reason, labelling) = match outcome {
                Outcome::Dropped(reason) => (Some(*reason), None),
                Outcome::Labelled(labelling) => (None, Some(labelling)),
            };
            Block { model, labels, article, index, reason, labelling }
        })
    }

    /// The blocks of an article that was read and filtered, but not scored.
    pub fn read(article: &'a Article, reasons: &[Option<Reason>]) -> impl Iterator<Item = Block<'a>> {
        let block =
            move |(index, &reason)| Block { model: "", labels: &[], article, index, reason, labelling: None };
        reasons.iter().enumerate().map(block)
    }

    fn paragraph(&self) -> &Paragraph {
        &self.article.paragraphs[self.index]
    }

    fn number(&self) -> usize {
        self.article.first_paragraph + self.index
    }

    fn label(&self) -> &str {
        self.labelling.map_or("other", |labelling| &self.labels[labelling.label])
    }

    fn scores(&self) -> Value<'_> {
        self.labelling.map(|labelling| Value::by_label(labelling.probabilities.iter().copied())).into()
    }

    fn evidence(&self) -> Option<&'a Evidence> {
        self.labelling.and_then(|labelling| labelling.evidence.as_ref())
    }

    /// The reasons of its label, if requested.
    fn reasons(&self, is_json: bool) -> Value<'_> {
        let reasons = |labelling: &'a Labelling| {
            let (reasons, first) = (labelling.reasons.as_ref()?, self.article.first_paragraph);
            Some(match is_json {
                true => {
                    reasons::as_json(self.labels, first, &self.article.paragraphs[self.index].text, reasons)
                }
                false => reasons::as_text(self.labels, labelling.label, first, reasons),
            })
        };
        self.labelling.and_then(reasons).into()
    }

    fn flags(&self) -> Vec<&'static str> {
        let out_of_domain = self.labelling.is_some_and(|labelling| labelling.out_of_domain);
        let flags = [("out_of_domain", out_of_domain), ("duplicate", self.paragraph().duplicate)];
        flags.into_iter().filter_map(|(name, is_set)| is_set.then_some(name)).collect()
    }

    /// The flags as a list, or nothing for a block that has neither a label nor flags.
    fn flag_list(&self) -> Value<'_> {
        let flags = self.flags();
        let is_known = self.labelling.is_some() || !flags.is_empty();
        is_known.then(|| Value::List(flags.into_iter().map(Value::from).collect())).into()
    }

    fn flag_text(&self) -> Value<'_> {
        Value::Text(self.flags().join(" ").into())
    }
}

/// The fields of a scored block, with its text or without.
pub fn scored<'r>(no_text: bool) -> Vec<Field<Block<'r>>> {
    let own = [
        Field::new(Always, Text, "label", |block: &Block<'r>, _| block.label().into()),
        Field::new(Optional, Text, "reason", |block, _| block.reason.map(Reason::name).into()),
        Field::new(Optional, Bool, "unsure", |block, _| {
            block.labelling.map(|l| Value::Bool(l.unsure)).into()
        }),
        Field::new(InColumns, Text, "flags", |block, _| block.flag_text()),
        Field::new(Optional, Reals("score"), "scores", |block, _| block.scores()),
        Field::new(InJson, Text, "flags", |block, _| block.flag_list()),
        Field::new(InJson, Text, "evidence", |block, _| block.evidence().map(evidence).into()),
        Field::new(OptionalInColumns, Text, "evidence", |block, _| {
            block.evidence().map(evidence_text).into()
        }),
        Field::new(InJson, Text, "reasons", |block, _| block.reasons(true)),
        Field::new(OptionalInColumns, Text, "reasons", |block, _| block.reasons(false)),
    ];
    let model = Field::new(Always, Text, "model", |block: &Block<'r>, _| block.model.into());
    position().into_iter().chain(own).chain(text(no_text)).chain([model]).collect()
}

/// The fields of a block that was read and filtered, but not scored.
pub fn read<'r>(no_text: bool) -> Vec<Field<Block<'r>>> {
    let own = [
        Field::new(Always, Bool, "kept", |block: &Block<'r>, _| Value::Bool(block.reason.is_none())),
        Field::new(Nullable, Text, "reason", |block, _| block.reason.map(Reason::name).into()),
        Field::new(InJson, Text, "flags", |block, _| block.flag_list()),
    ];
    let flags = Field::new(InColumns, Text, "flags", |block: &Block<'r>, _| block.flag_text());
    position().into_iter().chain(own).chain(text(no_text)).chain([flags]).collect()
}

/// The position of a block.
fn position<'r>() -> [Field<Block<'r>>; 7] {
    [
        Field::new(Always, Text, "source", |block, _| block.article.source.as_str().into()),
        Field::new(Nullable, Id, "id", |block, _| {
            Value::id(block.paragraph().id.as_deref(), block.paragraph().id_is_number)
        }),
        Field::new(Optional, Integer, "row", |block, _| block.paragraph().row.map(Value::Integer).into()),
        Field::new(Always, Integer, "paragraph", |block, _| Value::Integer(block.number())),
        Field::new(Always, Integer, "start", |block, _| Value::Integer(block.paragraph().characters.start)),
        Field::new(Always, Integer, "end", |block, _| Value::Integer(block.paragraph().characters.end)),
        Field::new(Always, Text, "span_of", |block, _| block.article.span_of.name().into()),
    ]
}

/// A block's text, and what is known about it and its article.
fn text<'r>(no_text: bool) -> impl Iterator<Item = Field<Block<'r>>> {
    let own = [
        Field::new(Always, Text, "text", |block: &Block<'r>, _| block.paragraph().text.as_str().into()),
        Field::new(Optional, Text, "voice", |block, _| block.paragraph().quoted.then_some("quoted").into()),
        Field::new(Optional, Text, "speaker", |block, _| block.paragraph().speaker.as_deref().into()),
    ];
    let metadata = METADATA.map(|key| {
        Field::new(Optional, Text, key, |block: &Block<'r>, key| {
            block.article.metadata.get(key).map(String::as_str).filter(|text| !text.is_empty()).into()
        })
    });
    own.into_iter().skip(usize::from(no_text)).chain(metadata)
}

/// The terms of a label's score, which come before its features in columns and after the score in JSON.
fn terms(evidence: &Evidence) -> [(&'static str, f64); 3] {
    [("baseline", evidence.baseline), ("neighbours", evidence.neighbours), ("rest", evidence.rest)]
}

fn evidence<'a>(evidence: &'a Evidence) -> Value<'a> {
    let feature = |c: &'a Contribution| {
        Value::Object(vec![
            ("group", c.group.name().into()),
            ("feature", c.feature.as_str().into()),
            ("weight", c.weight.into()),
        ])
    };
    let features = Value::List(evidence.features.iter().map(feature).collect());
    let terms = terms(evidence).map(|(name, term)| (name, term.into()));
    let score = ("score", evidence.score.into());
    Value::Object([score].into_iter().chain(terms).chain([("features", features)]).collect())
}

/// Evidence in one column: `group:feature=weight; …`, then the other terms of the sum, then the sum.
fn evidence_text(evidence: &Evidence) -> Value<'static> {
    let features = evidence.features.iter().map(|c| (format!("{}:{}", c.group.name(), c.feature), c.weight));
    let terms = terms(evidence).into_iter().chain([("score", evidence.score)]);
    let all = features.chain(terms.map(|(name, term)| (name.to_string(), term)));
    let all: Vec<String> = all.map(|(name, weight)| format!("{name}={}", rounded(weight))).collect();
    Value::Text(all.join("; ").into())
}

/// The fields of a tag of a comparison.
pub fn tag<'r>() -> [Field<&'r TagMix>; 4] {
    [
        Field::new(Always, Text, "record", |_, _| "tag".into()),
        Field::new(Always, Text, "tag", |mix, _| mix.tag.as_str().into()),
        Field::new(Always, Integer, "articles", |mix, _| Value::Integer(mix.n_articles)),
        Field::new(Always, Shares("mean_word_share"), "mean_word_shares", |mix, _| {
            Value::by_label(mix.shares.iter())
        }),
    ]
}

impl Passed for Block<'_> {
    fn passed(&self) -> &[(String, serde_json::Value)] {
        slice(&self.paragraph().columns)
    }
}

impl Passed for &TagMix {}
impl Passed for DeviationRow<'_> {}

/// One article of a comparison.
pub struct DeviationRow<'a> {
    pub labels: &'a [String],
    pub comparison: &'a Comparison,
    pub digest: &'a Digest,
    pub deviation: &'a Deviation,
}

impl<'a> DeviationRow<'a> {
    fn tag(&self, index: usize) -> &'a str {
        &self.comparison.tags[index].tag
    }

    fn excerpts(&self) -> Value<'a> {
        let excerpt = |(label, excerpt): (usize, &'a Excerpt)| {
            Value::Object(vec![
                ("paragraph", Value::Integer(excerpt.paragraph)),
                ("label", self.labels[label].as_str().into()),
                ("score", excerpt.probability.into()),
                ("words", Value::Integer(excerpt.n_words)),
                ("text", excerpt.text.as_str().into()),
            ])
        };
        Value::List(self.deviation.paragraphs(self.digest).into_iter().map(excerpt).collect())
    }

    /// The excerpts in one column: `paragraph label; …`.
    fn excerpt_text(&self) -> Value<'a> {
        let excerpts = self.deviation.paragraphs(self.digest).into_iter();
        let named = excerpts.map(|(label, excerpt)| format!("{} {}", excerpt.paragraph, self.labels[label]));
        Value::Text(named.collect::<Vec<_>>().join("; ").into())
    }
}

/// The fields of an article compared with the others of its tag.
pub fn deviation<'r>() -> [Field<DeviationRow<'r>>; 19] {
    [
        Field::new(InJson, Text, "record", |_, _| "article".into()),
        Field::new(Always, Text, "source", |row, _| row.digest.source.as_str().into()),
        Field::new(Optional, Text, "id", |row, _| row.digest.id.as_deref().into()),
        Field::new(Optional, Text, "doc", |row, _| row.digest.doc.as_deref().into()),
        Field::new(Always, Text, "title", |row, _| row.digest.title.as_str().into()),
        Field::new(Optional, Text, "outlet", |row, _| row.digest.outlet.as_deref().into()),
        Field::new(Optional, Text, "date", |row, _| row.digest.date.as_deref().into()),
        Field::new(Always, Text, "tag", |row, _| row.tag(row.deviation.tag).into()),
        Field::new(Always, Integer, "kept", |row, _| Value::Integer(row.digest.tally.n_kept)),
        Field::new(Always, Integer, "words", |row, _| Value::Integer(row.digest.n_words())),
        Field::new(Always, Reals("word_share"), "word_shares", |row, _| {
            Value::by_label(row.deviation.shares.iter().copied())
        }),
        Field::new(Always, Reals("others"), "others", |row, _| {
            Value::by_label(row.deviation.others.iter().copied())
        }),
        Field::new(Always, Integer, "n_others", |row, _| {
            Value::Integer(row.comparison.n_others(row.deviation))
        }),
        Field::new(Always, Real, "distance", |row, _| row.deviation.distance.into()),
        Field::new(Always, Bool, "ranked", |row, _| Value::Bool(row.deviation.is_ranked)),
        Field::new(Always, Text, "nearest_tag", |row, _| row.tag(row.deviation.nearest).into()),
        Field::new(Always, Real, "nearest_distance", |row, _| row.deviation.nearest_distance.into()),
        Field::new(InJson, Text, "paragraphs", |row, _| row.excerpts()),
        Field::new(InColumns, Text, "paragraphs", |row, _| row.excerpt_text()),
    ]
}
