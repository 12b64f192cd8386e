//! `rhetor score`: paragraphs, articles or groups, labelled.

use std::collections::BTreeMap;
use std::process::ExitCode;

use rhetor::{
    Article, DuplicateKey, Duplicates, Model, Outcome, Profile, ReadOptions, Report, ScoreOptions, Tally,
};

use crate::args::{ScoreArgs, Unit};
use crate::output::{self, Progress};
use crate::results::{self, Records, Results, duplicate_keys};
use crate::stream::each_article;

pub(crate) fn run(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    output::set_threads(&args.run.threads)?;
    // On one of the threads that score, for what one thread reads and another frees costs both.
    rayon::scope(|_| score(args))
}

fn score(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    let profiles = args.unit == Some(Unit::Article) || args.group_by.is_some();
    if profiles && args.duplicates.mark_duplicates {
        anyhow::bail!("--mark-duplicates flags paragraphs: it cannot go with --unit article or --group-by");
    }
    let mut progress = Progress::default();
    let inputs = output::inputs(&args.paths, &mut progress)?;
    let model = output::model(args.model.as_deref())?;
    let path = args.run.output.as_deref();
    let report = Report {
        format: output::format(args.format, path)?,
        labels: model.labels(),
        width: output::width(),
        keep_dropped: args.keep_dropped,
    };
    let records = if profiles { Records::Profiles } else { Records::Paragraphs };
    let mut results = match results::is_parquet(args.format, path) {
        true => Results::parquet(path, model.labels(), records)?,
        false => Results::text(path, &report, records)?,
    };
    let scorer = Scorer { args, model: &model };
    let mut groups: BTreeMap<String, Vec<Tally>> = BTreeMap::new();
    let mut duplicates = Duplicates::default();
    let options = ReadOptions {
        rows_are_paragraphs: args.unit == Some(Unit::Paragraph),
        columns: args.columns.names(None),
    };
    let work = |article: Article| scorer.article(article);
    each_article(&inputs, &options, &mut progress, work, |scored| match scored {
        Scored::Paragraphs(mut article, outcomes, keys) => {
            duplicates.mark(&mut article, &keys);
            results.article(&article, &outcomes)
        }
        Scored::Profile(profile) => results.profile(&profile),
        Scored::Grouped(name, tally) => {
            groups.entry(name).or_default().push(tally);
            Ok(())
        }
    })?;
    if let (Some(column), 1) = (&args.group_by, groups.len())
        && groups.contains_key(&unnamed(column))
    {
        output::say(&format!("rhetor: no input has a column or front-matter key `{column}`"));
    }
    for (name, articles) in groups {
        results.profile(&Profile::of_group(name, articles))?;
    }
    if !progress.is_nothing() {
        results.finish()?;
    }
    Ok(progress.exit_code())
}

/// The group of articles that do not name one.
fn unnamed(column: &str) -> String {
    format!("(no {column})")
}

/// The day of a point in time: `2024-05-01T09:30:00Z` is of `2024-05-01`; any other date as it is.
fn day(date: &str) -> &str {
    let date = date.trim();
    let is_day = |day: &str| {
        let mut signs = day.bytes().zip(b"0000-00-00");
        signs.all(|(sign, form)| if *form == b'0' { sign.is_ascii_digit() } else { sign == *form })
    };
    match date.split_at_checked("0000-00-00".len()) {
        Some((day, time)) if is_day(day) && time.starts_with(['T', 't', ' ']) => day,
        _ => date,
    }
}

/// What one article gave.
enum Scored {
    /// Its paragraphs and what became of them; keys where copies are looked for.
    Paragraphs(Article, Vec<Outcome>, Vec<DuplicateKey>),
    Profile(Profile),
    /// Its group and its counts.
    Grouped(String, Tally),
}

struct Scorer<'a> {
    args: &'a ScoreArgs,
    model: &'a Model,
}

impl Scorer<'_> {
    fn article(&self, article: Article) -> Scored {
        let options = ScoreOptions {
            context: !self.args.no_context,
            gate: !self.args.no_gate,
            n_evidence: self.args.explain,
        };
        let outcomes = self.model.score(&article, options);
        match (&self.args.group_by, self.args.unit) {
            (Some(column), _) => self.grouped(column, &article, &outcomes),
            (None, Some(Unit::Article)) => {
                Scored::Profile(Profile::of_article(&article, &outcomes, self.model.labels().len()))
            }
            (None, _) => {
                let keys = duplicate_keys(&article, &self.args.duplicates);
                Scored::Paragraphs(article, outcomes, keys)
            }
        }
    }

    /// The name of an article's group, and its counts.
    fn grouped(&self, column: &str, article: &Article, outcomes: &[Outcome]) -> Scored {
        let value = match column {
            "source" => Some(&article.source),
            _ => article.metadata.get(column).or_else(|| article.metadata.get(&column.to_lowercase())),
        };
        let value = value.map(String::as_str);
        let value = value.map(|value| if column.eq_ignore_ascii_case("date") { day(value) } else { value });
        let name = value.filter(|value| !value.is_empty()).map_or_else(|| unnamed(column), str::to_string);
        Scored::Grouped(name, Tally::of(article, outcomes, self.model.labels().len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_in_time_is_of_its_day_and_other_dates_stay() {
        for (date, expected) in [
            ("2024-05-01T09:30:00Z", "2024-05-01"),
            ("2024-05-01 09:30", "2024-05-01"),
            (" 2024-05-01 ", "2024-05-01"),
            ("1 May 2024", "1 May 2024"),
            ("2024-05", "2024-05"),
            ("2024-05-011T", "2024-05-011T"),
            ("20240501T0930é", "20240501T0930é"),
        ] {
            assert_eq!(day(date), expected);
        }
    }
}
