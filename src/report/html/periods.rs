//! Articles by day, month or year: whichever gives a number of points that can be read.

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::digest::has_form;
use crate::profile::Profile;

/// How many points a plot over time may have.
const MOST_POINTS: usize = 120;

/// The share of articles at either end of time that do not say how long it is.
const FEW: f64 = 0.005;
/// How far outside of the time of all others they may lie to be drawn, as a share of it.
const FAR: f64 = 0.1;

/// A length of time, by how much of a date tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Period {
    Day,
    Month,
    Year,
}

impl Period {
    pub(super) fn name(self) -> &'static str {
        match self {
            Period::Day => "day",
            Period::Month => "month",
            Period::Year => "year",
        }
    }

    /// The period of a date; `None` where the date does not tell it.
    fn of(self, date: &str) -> Option<&str> {
        let is_dated = ["0000-00-00", "0000-00", "0000"].iter().any(|form| has_form(date, form));
        let n_signs = match self {
            Period::Day => 10,
            Period::Month => 7,
            Period::Year => 4,
        };
        date.get(..n_signs).filter(|_| is_dated)
    }
}

/// The digests of each period in order, by the shortest period that is not too short to be read, and that
/// leaves out none of the dated ones. `None` where there are less than two periods.
pub(super) fn by_period(digests: &[Digest]) -> Option<(Period, BTreeMap<&str, Vec<&Digest>>)> {
    let n_dated = by(digests, Period::Year).values().map(Vec::len).sum::<usize>();
    [Period::Day, Period::Month, Period::Year]
        .into_iter()
        .map(|period| (period, by(digests, period)))
        .find(|(period, periods)| {
            let n = periods.values().map(Vec::len).sum::<usize>();
            *period == Period::Year || (n == n_dated && periods.len() <= MOST_POINTS)
        })
        .filter(|(_, periods)| periods.len() > 1)
}

fn by(digests: &[Digest], period: Period) -> BTreeMap<&str, Vec<&Digest>> {
    let mut periods: BTreeMap<&str, Vec<&Digest>> = BTreeMap::new();
    for digest in digests {
        let name = digest.date.as_deref().and_then(|date| period.of(date));
        name.into_iter().for_each(|name| periods.entry(name).or_default().push(digest));
    }
    periods
}

/// The periods that a plot shows: without those far before or behind all but a few articles, for one wrong date
/// would press all others together.
pub(super) fn drawn(periods: &[Profile]) -> &[Profile] {
    let n_articles: usize = periods.iter().map(|period| period.n_articles).sum();
    let n_few = (FEW * n_articles as f64) as usize;
    let (Some(first), Some(last)) = (behind(periods.iter(), n_few), behind(periods.iter().rev(), n_few))
    else {
        return periods;
    };
    let reach = FAR * (last - first);
    let is_near = |period: &Profile| (first - reach..=last + reach).contains(&moment(&period.name));
    let from = periods.iter().position(is_near).unwrap_or(0);
    let to = periods.iter().rposition(is_near).map_or(periods.len(), |index| index + 1);
    &periods[from..to]
}

/// When the first article lies behind `n_few` others, going through `periods` in their order.
fn behind<'a>(mut periods: impl Iterator<Item = &'a Profile>, n_few: usize) -> Option<f64> {
    let mut n_before = 0;
    let period = periods.find(|period| {
        n_before += period.n_articles;
        n_before > n_few
    });
    period.map(|period| moment(&period.name))
}

/// Where a period's name lies in time, in days; months have 31 of them and years 12 months, which is even
/// enough for a plot.
pub(super) fn moment(name: &str) -> f64 {
    let mut parts = name.split('-').map(|part| part.parse::<f64>().unwrap_or(1.0));
    let mut next = || parts.next().unwrap_or(1.0);
    let (year, month, day) = (next(), next(), next());
    (year * 12.0 + month) * 31.0 + day
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::DigestOptions;
    use crate::read::article_from_text;

    fn digests(dates: impl Iterator<Item = String>) -> Vec<Digest> {
        let options = DigestOptions { n_labels: 1, strongest: 0, tag_column: None };
        let digest = |date| {
            let mut article = article_from_text("");
            article.metadata.insert("date".into(), date);
            Digest::of(&article, &[], &options)
        };
        dates.map(digest).collect()
    }

    #[track_caller]
    fn check(dates: impl Iterator<Item = String>, expected: Option<(Period, usize)>) {
        let digests = digests(dates);
        assert_eq!(by_period(&digests).map(|(period, periods)| (period, periods.len())), expected);
    }

    #[test]
    fn the_shortest_period_that_can_be_read_is_taken() {
        let days = |n: usize| {
            (0..n).map(|day| format!("20{:02}-{:02}-{:02}", day / 300, day / 25 % 12 + 1, day % 25 + 1))
        };
        check(days(30), Some((Period::Day, 30)));
        check(days(150), Some((Period::Month, 6)));
        check(days(150).chain(["2031".into()]), Some((Period::Year, 2)));
        check(days(30).chain(["2000-02".into()]), Some((Period::Month, 2)));
        check(days(1), None);
        check(["1 May 2024".into(), "".into(), "05/01/2024".into(), "20240501".into()].into_iter(), None);
    }

    #[test]
    fn a_wrong_date_does_not_press_all_others_together() {
        let profile = |(name, n): (String, usize)| Profile::of_group(name, vec![Default::default(); n]);
        let months = |years: std::ops::Range<usize>| {
            years.flat_map(|year| (1..13).map(move |month| (format!("{year}-{month:02}"), 20)))
        };
        let with = |before: &[(&str, usize)], after: &[(&str, usize)]| -> Vec<Profile> {
            let ends = |ends: &[(&str, usize)]| {
                ends.iter().map(|(name, n)| (name.to_string(), *n)).collect::<Vec<_>>()
            };
            ends(before).into_iter().chain(months(2012..2020)).chain(ends(after)).map(profile).collect()
        };
        for (before, after, n_drawn) in [
            (vec![("1970-01", 2)], vec![("2050-09", 1)], 96),
            (vec![("1970-01", 200)], vec![("2050-09", 1)], 97),
            (vec![], vec![("2020-02", 1)], 97),
            (vec![("1900-01", 1), ("1970-01", 1)], vec![], 96),
        ] {
            assert_eq!(drawn(&with(&before, &after)).len(), n_drawn, "{before:?} {after:?}");
        }
        assert_eq!(drawn(&[]).len(), 0);
        assert_eq!(drawn(&with(&[], &[])[..2]).len(), 2);
    }

    #[test]
    fn months_and_days_lie_between_years() {
        assert!(moment("2019-12-31") < moment("2020") && moment("2020-01") < moment("2020-01-02"));
    }
}
