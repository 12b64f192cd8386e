//! The records of profiles: which fields a row for an article or a group has.

use super::field::Kind::{Bool, Id, Integer, Real, Reals, Shares, Text};
use super::field::Presence::{Always, Nullable, Optional};
use super::field::{Field, Value};
use super::passed::{Passed, slice};
use crate::metrics::Interval;
use crate::summary::Profile;

/// A share or mean over the labelled paragraphs of a profile, unless there are none.
fn known<T>(profile: &Profile, value: T) -> Option<T> {
    (profile.tally.n_kept > 0).then_some(value)
}

fn known_shares(profile: &Profile, intervals: &[Interval]) -> Value<'static> {
    Value::by_label(intervals.iter().map(|interval| known(profile, interval)))
}

/// One article or group, and the id of the model that labelled it.
pub struct ProfileRow<'a> {
    pub model: &'a str,
    /// The names of the keys of a group; empty for an article.
    pub keys: &'a [String],
    pub profile: &'a Profile,
}

/// The fields of an article's profile or, with `keys`, of a group's: a field for each key.
pub fn profile<'r>(keys: &[String]) -> Vec<Field<ProfileRow<'r>>> {
    let names = if keys.is_empty() { names_of_article() } else { names_of_group(keys) };
    let few = Field::new(Always, Bool, "few_articles", |row: &ProfileRow<'r>, _| {
        Value::Bool(row.profile.has_few_articles())
    });
    let own = [
        Field::new(Always, Integer, "kept", |row: &ProfileRow<'r>, _| {
            Value::Integer(row.profile.tally.n_kept)
        }),
        Field::new(Always, Integer, "dropped", |row, _| Value::Integer(row.profile.tally.n_dropped)),
        Field::new(Always, Integer, "words", |row, _| Value::Integer(row.profile.tally.n_words())),
        Field::new(Nullable, Real, "unsure_share", |row, _| {
            known(row.profile, row.profile.tally.unsure_share()).into()
        }),
        Field::new(Nullable, Real, "out_of_domain_share", |row, _| {
            known(row.profile, row.profile.tally.out_of_domain_share()).into()
        }),
        Field::new(Nullable, Shares("word_share"), "word_shares", |row, _| {
            known_shares(row.profile, &row.profile.word_shares)
        }),
        Field::new(Nullable, Shares("paragraph_share"), "paragraph_shares", |row, _| {
            known_shares(row.profile, &row.profile.paragraph_shares)
        }),
        Field::new(Nullable, Reals("labelled_word_share"), "labelled_word_shares", |row, _| {
            let shares = row.profile.tally.labelled_word_shares().into_iter();
            Value::by_label(shares.map(|share| known(row.profile, share)))
        }),
        Field::new(Always, Text, "model", |row, _| row.model.into()),
    ];
    let few = (!keys.is_empty()).then_some(few);
    names.into_iter().chain(few).chain(own).collect()
}

fn names_of_article<'r>() -> Vec<Field<ProfileRow<'r>>> {
    let source =
        Field::new(Always, Text, "source", |row: &ProfileRow<'r>, _| row.profile.name.as_str().into());
    let row = [
        Field::new(Optional, Id, "id", |row: &ProfileRow<'r>, _| {
            let id = row.profile.metadata.get("id").map(String::as_str);
            Value::id(id, row.profile.row.id_is_number)
        }),
        Field::new(Optional, Integer, "row", |row, _| row.profile.row.number.map(Value::Integer).into()),
    ];
    let names = ["doc", "title", "outlet", "date"].map(|key| {
        Field::new(Optional, Text, key, |row: &ProfileRow<'r>, key| {
            row.profile.metadata.get(key).map(String::as_str).into()
        })
    });
    let articles = Field::new(Always, Integer, "articles", |row: &ProfileRow<'r>, _| {
        Value::Integer(row.profile.n_articles)
    });
    [source].into_iter().chain(row).chain(names).chain([articles]).collect()
}

/// A key that has the name of another field is `group_` and its name.
fn names_of_group<'r>(keys: &[String]) -> Vec<Field<ProfileRow<'r>>> {
    const TAKEN: [&str; 6] = ["articles", "few_articles", "kept", "dropped", "words", "model"];
    let of_key = |key: &String| {
        let name = if TAKEN.contains(&key.as_str()) { format!("group_{key}") } else { key.clone() };
        Field::new(Always, Text, name, |row: &ProfileRow<'r>, name| {
            let is_named = |key: &&String| {
                name.strip_prefix("group_").unwrap_or(name) == key.as_str() || name == key.as_str()
            };
            let index = row.keys.iter().position(|key| is_named(&key));
            index.and_then(|index| row.profile.values.get(index)).map(String::as_str).into()
        })
    };
    let articles = Field::new(Always, Integer, "articles", |row: &ProfileRow<'r>, _| {
        Value::Integer(row.profile.n_articles)
    });
    keys.iter().map(of_key).chain([articles]).collect()
}

impl Passed for ProfileRow<'_> {
    fn passed(&self) -> &[(String, serde_json::Value)] {
        slice(&self.profile.row.columns)
    }
}
