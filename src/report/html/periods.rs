//! Shares over time: articles by day, month or year, whichever gives a readable number of points.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::page::{look, percent, short, tag};
use crate::summary::{Digest, Profile, by_key, exists, has_form};

/// The most points in a plot over time.
const MOST_POINTS: usize = 120;
/// The share of articles at either end that do not extend the plot.
const FEW: f64 = 0.005;
/// How far such articles may be beyond the others and still be drawn, as a share of the others' range.
const FAR: f64 = 0.1;
/// The width of a plot over time, in units that stretch with the page.
const STRETCHED: f64 = 100.0;
/// The height of a plot over time, in pixels.
const TIME_HEIGHT: f64 = 120.0;
/// The possible ends of its scale.
const SCALES: [f64; 6] = [0.1, 0.2, 0.4, 0.6, 0.8, 1.0];
/// How many standard deviations of the smoothed line fit into the whole time.
const SMOOTHED: f64 = 12.0;
/// Periods, each with the forms of the dates that are exact enough for it.
const PERIODS: [(&str, &str); 3] = [("day", "0000-00-00"), ("month", "0000-00"), ("year", "0000")];

/// The articles of each period, and the numbers of articles without one.
#[derive(Debug)]
pub struct Times<'a> {
    /// Its name.
    pub period: &'static str,
    /// In the order of time.
    pub periods: BTreeMap<&'a str, Vec<&'a Digest>>,
    /// Without a date in one of the recognised forms.
    pub n_undated: usize,
    /// With a date that does not exist.
    pub n_impossible: usize,
    /// With a date, but without labelled words.
    pub n_empty: usize,
}

/// The digests by the shortest period that gives a readable number of points and that all dates specify, otherwise by
/// year. `None` if there are fewer than two periods.
pub fn by_period(digests: &[Digest]) -> Option<Times<'_>> {
    let is_dated = |digest: &&Digest| PERIODS.iter().any(|(_, form)| has_form(date(digest), form));
    let (dated, undated): (Vec<&Digest>, Vec<&Digest>) = digests.iter().partition(is_dated);
    let (possible, impossible): (Vec<&Digest>, Vec<&Digest>) =
        dated.into_iter().partition(|digest| exists(date(digest)));
    let (shown, empty): (Vec<&Digest>, Vec<&Digest>) =
        possible.into_iter().partition(|digest| digest.n_words() > 0);
    let by = |(period, form): (&'static str, &str)| {
        (period, by_key(shown.iter().copied(), |digest| date(digest).get(..form.len())))
    };
    let (period, periods) = PERIODS
        .into_iter()
        .map(by)
        .find(|(period, periods)| {
            let n = periods.values().map(Vec::len).sum::<usize>();
            *period == "year" || (n == shown.len() && periods.len() <= MOST_POINTS)
        })
        .filter(|(_, periods)| periods.len() > 1)?;
    let (n_undated, n_impossible, n_empty) = (undated.len(), impossible.len(), empty.len());
    Some(Times { period, periods, n_undated, n_impossible, n_empty })
}

fn date(digest: &Digest) -> &str {
    digest.date.as_deref().unwrap_or_default()
}

/// The periods that a plot shows: without outliers, because one wrong date would squeeze all others together.
pub fn drawn(periods: &[Profile]) -> &[Profile] {
    let n_articles: usize = periods.iter().map(|period| period.n_articles).sum();
    let n_few = (FEW * n_articles as f64) as usize;
    let (Some(first), Some(last)) =
        (moment_after(periods.iter(), n_few), moment_after(periods.iter().rev(), n_few))
    else {
        return periods;
    };
    let reach = FAR * (last - first);
    let is_near = |period: &Profile| (first - reach..=last + reach).contains(&moment(&period.name));
    let from = periods.iter().position(is_near).unwrap_or(0);
    let to = periods.iter().rposition(is_near).map_or(periods.len(), |index| index + 1);
    &periods[from..to]
}

/// The moment of the first article after `n_few` others, in the order of `periods`.
fn moment_after<'a>(mut periods: impl Iterator<Item = &'a Profile>, n_few: usize) -> Option<f64> {
    let mut n_before = 0;
    let period = periods.find(|period| {
        n_before += period.n_articles;
        n_before > n_few
    });
    period.map(|period| moment(&period.name))
}

/// The position in time of a period's name, in days. All months have 31 days here, which is exact enough for a plot.
fn moment(name: &str) -> f64 {
    let mut parts = name.split('-').map(|part| part.parse::<f64>().unwrap_or(1.0));
    let mut next = || parts.next().unwrap_or(1.0);
    let (year, month, day) = (next(), next(), next());
    (year * 12.0 + month) * 31.0 + day
}

/// One label's share over time, from the profiles of periods in order: a smooth line, and a point with its interval for
/// each period with enough articles.
pub fn over_time(labels: &[String], label: usize, times: &[Profile]) -> Markup {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return html! {} };
    let (start, end) = (moment(&first.name), moment(&last.name));
    let top = scale(label, times);
    let x = |time: &Profile| {
        short(1.0 + (moment(&time.name) - start) / (end - start).max(1.0) * (STRETCHED - 2.0))
    };
    let y = |share: f64| short(TIME_HEIGHT * (1.0 - (share / top).min(1.0)));
    let share = |time: &Profile| time.word_shares[label];
    let dots: String = known(times).map(|time| format!("M{} {}h0", x(time), y(share(time).value))).collect();
    let bars: String = known(times)
        .map(|time| format!("M{} {}V{}", x(time), y(share(time).low), y(share(time).high)))
        .collect();
    let smooth: Vec<String> = smoothed(label, times)
        .into_iter()
        .zip(times)
        .map(|(share, time)| format!("{} {}", x(time), y(share)))
        .collect();
    let line = format!("M{}", smooth.join("L"));
    html! {
        figure.time {
            figcaption { (tag(labels, label)) }
            div.axis.num aria-hidden="true" { span { (percent(top)) } span { (percent(top / 2.0)) } span { (percent(0.0)) } }
            svg viewBox={ "0 0 " (STRETCHED) " " (TIME_HEIGHT) } preserveAspectRatio="none" aria-hidden="true" {
                path.track d={ "M0 0H100M0 " (TIME_HEIGHT / 2.0) "H100M0 " (TIME_HEIGHT) "H100" } {}
                path class={ "bars s" (look(label)) } d=(bars) {}
                path class={ "line s" (look(label)) } d=(line) {}
                path class={ "dot s" (look(label)) } d=(dots) {}
            }
            div.ends.num aria-hidden="true" { span { (first.name) } span { (last.name) } }
        }
    }
}

/// The periods with enough articles for a point of their own.
fn known(times: &[Profile]) -> impl Iterator<Item = &Profile> {
    times.iter().filter(|time| !time.has_few_articles())
}

/// For each period, the mean share of the periods around it. Each counts by its words, and by its distance in a normal
/// distribution that has a standard deviation of a twelfth of the whole time, so that no single article bends the line.
fn smoothed(label: usize, times: &[Profile]) -> Vec<f64> {
    let moments: Vec<f64> = times.iter().map(|time| moment(&time.name)).collect();
    let (first, last) = (moments.first().copied().unwrap_or(0.0), moments.last().copied().unwrap_or(0.0));
    let width = ((last - first) / SMOOTHED).max(1.0);
    let at = |moment: f64| {
        let weighted = moments.iter().zip(times).map(|(other, time)| {
            let weight = time.tally.n_words() as f64 * (-((other - moment) / width).powi(2) / 2.0).exp();
            (weight, weight * time.word_shares[label].value)
        });
        let (weights, shares) = weighted.fold((0.0, 0.0), |sums, part| (sums.0 + part.0, sums.1 + part.1));
        shares / weights
    };
    moments.iter().map(|&moment| at(moment)).collect()
}

/// The end of the scale: the first that covers the line and all intervals that are drawn.
fn scale(label: usize, times: &[Profile]) -> f64 {
    let intervals = known(times).map(|time| time.word_shares[label].high);
    let most = intervals.chain(smoothed(label, times)).fold(0.0, f64::max);
    SCALES.into_iter().find(|end| most <= *end).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::article_from_text;
    use crate::summary::{DigestOptions, Tally};

    fn digests(dates: impl Iterator<Item = String>) -> Vec<Digest> {
        let options = DigestOptions { n_labels: 1, strongest: 0, tag_column: None };
        let digest = |date| {
            let mut article = article_from_text("");
            article.metadata.insert("date".into(), date);
            let mut digest = Digest::of(&article, &[], &options);
            digest.tally = Tally::certain(1, &[1]);
            digest
        };
        dates.map(digest).collect()
    }

    #[track_caller]
    fn check(dates: impl Iterator<Item = String>, expected: Option<(&str, usize)>) {
        let digests = digests(dates);
        assert_eq!(by_period(&digests).map(|times| (times.period, times.periods.len())), expected);
    }

    #[test]
    fn the_shortest_readable_period_is_chosen() {
        let days = |n: usize| {
            (0..n).map(|day| format!("20{:02}-{:02}-{:02}", day / 300, day / 25 % 12 + 1, day % 25 + 1))
        };
        check(days(30), Some(("day", 30)));
        check(days(150), Some(("month", 6)));
        check(days(150).chain(["2031".into()]), Some(("year", 2)));
        check(days(30).chain(["2000-02".into()]), Some(("month", 2)));
        check(days(1), None);
        check(["1 May 2024".into(), "".into(), "05/01/2024".into(), "20240501".into()].into_iter(), None);
    }

    #[test]
    fn articles_without_a_period_are_counted() {
        let impossible =
            ["2023-02-29", "1900-02-29", "2023-04-31", "2023-13-01", "2023-13", "2023-00", "2023-01-00"];
        let possible = ["2024-02-29", "2000-02-29", "2023-12-31", "2023-01-01", "2023-10-31"];
        let undated = ["", "May 2023", "2023-1-1"];
        let dates = [&impossible[..], &possible, &undated].concat();
        let mut digests = digests(dates.into_iter().map(str::to_string));
        digests[7].tally.words = vec![0];
        let times = by_period(&digests).unwrap();
        assert_eq!((times.n_undated, times.n_impossible, times.n_empty), (3, 7, 1));
        assert_eq!(
            times.periods.keys().copied().collect::<Vec<_>>(),
            ["2000-02-29", "2023-01-01", "2023-10-31", "2023-12-31"]
        );
    }

    #[test]
    fn a_wrong_date_does_not_squeeze_the_others_together() {
        let profile =
            |(name, n): (String, usize)| Profile::of_group(vec![name], vec![Tally::certain(1, &[1]); n]);
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
    fn months_and_days_are_between_years() {
        assert!(moment("2019-12-31") < moment("2020") && moment("2020-01") < moment("2020-01-02"));
    }
}
