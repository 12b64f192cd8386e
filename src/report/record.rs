//! The records of results: which fields a row for a block, a profile or a compared article has.

use super::field::Kind::{Bool, Integer, Real, Reals, Shares, Text};
use super::field::Presence::{Always, InColumns, InJson, Nullable, Optional};
use super::field::{ByLabel, Field, Value, rounded};
use crate::article::{Article, Paragraph};
use crate::filter::Reason;
use crate::metrics::Interval;
use crate::score::{Labelling, Outcome};
use crate::summary::{Comparison, Deviation, Digest, Profile, TagMix};

/// What a block's record says of its article, where it is known.
const METADATA: [&str; 7] = ["doc", "title", "author", "date", "outlet", "url", "language"];

/// One block of an article: labelled, dropped, or only read.
pub struct Block<'a> {
    labels: &'a [String],
    article: &'a Article,
    index: usize,
    reason: Option<Reason>,
    labelling: Option<&'a Labelling>,
}

impl<'a> Block<'a> {
    /// The blocks of a scored article.
    pub fn scored(
        labels: &'a [String],
        article: &'a Article,
        outcomes: &'a [Outcome],
    ) -> impl Iterator<Item = Block<'a>> {
        outcomes.iter().enumerate().map(move |(index, outcome)| match outcome {
            Outcome::Dropped(reason) => {
                Block { labels, article, index, reason: Some(*reason), labelling: None }
            }
            Outcome::Labelled(labelling) => {
                Block { labels, article, index, reason: None, labelling: Some(labelling) }
            }
        })
    }

    /// The blocks of an article that was read and filtered, but not scored.
    pub fn read(article: &'a Article, reasons: &[Option<Reason>]) -> impl Iterator<Item = Block<'a>> {
        let block = move |(index, &reason)| Block { labels: &[], article, index, reason, labelling: None };
        reasons.iter().enumerate().map(block)
    }

    fn paragraph(&self) -> &Paragraph {
        &self.article.paragraphs[self.index]
    }

    fn label(&self) -> &str {
        self.labelling.map_or("other", |labelling| &self.labels[labelling.label])
    }

    fn scores(&self) -> Value<'_> {
        let score = |&score: &f64| Some(score);
        self.labelling.map(|l| reals(self.labels, l.probabilities.iter().map(score))).into()
    }

    fn flags(&self) -> Value<'_> {
        let out_of_domain = self.labelling.is_some_and(|labelling| labelling.out_of_domain);
        let flags = [("out_of_domain", out_of_domain), ("duplicate", self.paragraph().duplicate)];
        Value::Flags(flags.into_iter().filter_map(|(name, is_set)| is_set.then_some(name)).collect())
    }

    /// The flags, or nothing for a block that has neither a label nor flags.
    fn known_flags(&self) -> Value<'_> {
        match self.flags() {
            Value::Flags(flags) if flags.is_empty() && self.labelling.is_none() => Value::Null,
            flags => flags,
        }
    }
}

/// The fields of a scored block.
pub fn scored<'r>() -> Vec<Field<Block<'r>>> {
    let own = [
        Field::new(Always, Text, "label", |block: &Block<'r>, _| block.label().into()),
        Field::new(Optional, Text, "reason", |block, _| block.reason.map(Reason::name).into()),
        Field::new(Optional, Bool, "unsure", |block, _| {
            block.labelling.map(|l| Value::Bool(l.unsure)).into()
        }),
        Field::new(InColumns, Text, "flags", |block: &Block<'r>, _| block.flags()),
        Field::new(Optional, Reals("score"), "scores", |block, _| block.scores()),
        Field::new(InJson, Text, "flags", |block: &Block<'r>, _| block.known_flags()),
        Field::new(Optional, Text, "evidence", |block, _| {
            block.labelling.and_then(|labelling| labelling.evidence.as_ref()).map(Value::Evidence).into()
        }),
    ];
    position().into_iter().chain(own).chain(text()).collect()
}

/// The fields of a block that was read and filtered, but not scored.
pub fn read<'r>() -> Vec<Field<Block<'r>>> {
    let own = [
        Field::new(Always, Bool, "kept", |block: &Block<'r>, _| Value::Bool(block.reason.is_none())),
        Field::new(Nullable, Text, "reason", |block, _| block.reason.map(Reason::name).into()),
        Field::new(InJson, Text, "flags", |block: &Block<'r>, _| block.known_flags()),
    ];
    let flags = Field::new(InColumns, Text, "flags", |block: &Block<'r>, _| block.flags());
    position().into_iter().chain(own).chain(text()).chain([flags]).collect()
}

/// Where a block stands.
fn position<'r>() -> [Field<Block<'r>>; 7] {
    [
        Field::new(Always, Text, "source", |block, _| block.article.source.as_str().into()),
        Field::new(Nullable, Text, "id", |block, _| block.paragraph().id.as_deref().into()),
        Field::new(Optional, Integer, "row", |block, _| block.paragraph().row.map(Value::Integer).into()),
        Field::new(Always, Integer, "paragraph", |block, _| {
            Value::Integer(block.article.first_paragraph + block.index)
        }),
        Field::new(Always, Integer, "start", |block, _| Value::Integer(block.paragraph().characters.start)),
        Field::new(Always, Integer, "end", |block, _| Value::Integer(block.paragraph().characters.end)),
        Field::new(Always, Text, "span_of", |block, _| block.article.span_of.name().into()),
    ]
}

/// A block's text, and what is known of it and its article.
fn text<'r>() -> impl Iterator<Item = Field<Block<'r>>> {
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
    own.into_iter().chain(metadata)
}

/// Numbers by label.
fn reals(labels: &[String], values: impl Iterator<Item = Option<f64>>) -> Value<'_> {
    Value::Reals(ByLabel { labels, values: values.map(|value| value.map(rounded)).collect() })
}

/// Shares by label with their intervals; all missing unless they are known.
fn shares<'a>(labels: &'a [String], intervals: &[Interval], is_known: bool) -> Value<'a> {
    let share = |i: &Interval| is_known.then(|| [i.value, i.low, i.high].map(rounded));
    Value::Shares(ByLabel { labels, values: intervals.iter().map(share).collect() })
}

/// The profile of an article or a group.
pub struct ProfileRow<'a> {
    pub labels: &'a [String],
    pub profile: &'a Profile,
}

impl<'a> ProfileRow<'a> {
    /// A share or mean over the labelled paragraphs, unless there are none.
    fn known(&self, value: f64) -> Option<f64> {
        (self.profile.tally.n_kept > 0).then_some(value)
    }

    fn shares(&self, intervals: &[Interval]) -> Value<'a> {
        shares(self.labels, intervals, self.profile.tally.n_kept > 0)
    }
}

/// The fields of a profile.
pub fn profile<'r>() -> Vec<Field<ProfileRow<'r>>> {
    let source =
        Field::new(Always, Text, "source", |row: &ProfileRow<'r>, _| row.profile.name.as_str().into());
    let names = ["id", "doc", "title", "outlet", "date"].map(|key| {
        Field::new(Optional, Text, key, |row: &ProfileRow<'r>, key| {
            row.profile.metadata.get(key).map(String::as_str).into()
        })
    });
    let own = [
        Field::new(Always, Integer, "articles", |row: &ProfileRow<'r>, _| {
            Value::Integer(row.profile.n_articles)
        }),
        Field::new(Always, Integer, "kept", |row, _| Value::Integer(row.profile.tally.n_kept)),
        Field::new(Always, Integer, "dropped", |row, _| Value::Integer(row.profile.tally.n_dropped)),
        Field::new(Always, Integer, "words", |row, _| Value::Integer(row.profile.tally.n_words())),
        Field::new(Nullable, Real, "unsure_share", |row, _| {
            row.known(row.profile.tally.unsure_share()).into()
        }),
        Field::new(Nullable, Real, "out_of_domain_share", |row, _| {
            row.known(row.profile.tally.out_of_domain_share()).into()
        }),
        Field::new(Nullable, Shares("word_share"), "word_shares", |row, _| {
            row.shares(&row.profile.word_shares)
        }),
        Field::new(Nullable, Shares("paragraph_share"), "paragraph_shares", |row, _| {
            row.shares(&row.profile.paragraph_shares)
        }),
        Field::new(Nullable, Reals("mean_score"), "mean_scores", |row, _| {
            let means = row.profile.tally.mean_scores().into_iter().map(|mean| row.known(mean));
            reals(row.labels, means)
        }),
    ];
    [source].into_iter().chain(names).chain(own).collect()
}

/// One tag of a comparison.
pub struct TagRow<'a> {
    pub labels: &'a [String],
    pub mix: &'a TagMix,
}

/// The fields of a tag.
pub fn tag<'r>() -> [Field<TagRow<'r>>; 4] {
    [
        Field::new(Always, Text, "record", |_, _| "tag".into()),
        Field::new(Always, Text, "tag", |row, _| row.mix.tag.as_str().into()),
        Field::new(Always, Integer, "articles", |row, _| Value::Integer(row.mix.n_articles)),
        Field::new(Always, Shares("mean_word_share"), "mean_word_shares", |row, _| {
            shares(row.labels, &row.mix.shares, true)
        }),
    ]
}

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

    fn shares(&self, shares: &[f64]) -> Value<'a> {
        reals(self.labels, shares.iter().map(|&share| Some(share)))
    }

    fn excerpts(&self) -> Value<'a> {
        let excerpts = self.deviation.paragraphs(self.digest).into_iter();
        Value::Excerpts(excerpts.map(|(label, excerpt)| (self.labels[label].as_str(), excerpt)).collect())
    }
}

/// The fields of an article compared with the others of its tag.
pub fn deviation<'r>() -> [Field<DeviationRow<'r>>; 18] {
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
        Field::new(Always, Reals("word_share"), "word_shares", |row, _| row.shares(&row.deviation.shares)),
        Field::new(Always, Reals("others"), "others", |row, _| row.shares(&row.deviation.others)),
        Field::new(Always, Integer, "n_others", |row, _| {
            Value::Integer(row.comparison.n_others(row.deviation))
        }),
        Field::new(Always, Real, "distance", |row, _| row.deviation.distance.into()),
        Field::new(Always, Bool, "ranked", |row, _| Value::Bool(row.deviation.is_ranked)),
        Field::new(Always, Text, "nearest_tag", |row, _| row.tag(row.deviation.nearest).into()),
        Field::new(Always, Real, "nearest_distance", |row, _| row.deviation.nearest_distance.into()),
        Field::new(Always, Text, "paragraphs", |row, _| row.excerpts()),
    ]
}
