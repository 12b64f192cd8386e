//! Shares of words for the terminal: a line for each article, group or tag, fitted to the width.

use unicode_width::UnicodeWidthStr;

use super::terminal::{Report, cut, fitted, fitted_end, short, wrapped};
use crate::metrics::Interval;
use crate::summary::{Comparison, Deviation, Digest, MIN_ARTICLES, MIN_PARAGRAPHS, Profile, TagMix};

/// The width of a share with its interval: `.42 .31-.55`.
const INTERVAL_WIDTH: usize = 11;
/// The width of a share alone.
const SHARE_WIDTH: usize = 3;
/// The width of the counts between a name and its shares.
const COUNTS_WIDTH: usize = 19;
/// The smallest and the largest width of a name.
const NAME_WIDTHS: (usize, usize) = (16, 60);
/// The width of a tag.
const TAG_WIDTH: usize = 12;
/// With more tags, those with few articles are only counted.
const MOST_TAGS: usize = 20;
/// How many articles of a comparison are shown.
const MOST_ARTICLES: usize = 20;
/// How many paragraphs of each are shown.
const MOST_PARAGRAPHS: usize = 2;

/// Which shares fit beside a name, and in which form.
struct Columns {
    n_labels: usize,
    width: usize,
}

impl Columns {
    /// Shares with intervals if those of all labels fit; otherwise shares alone, for as many labels as fit.
    fn of(report: &Report<'_>) -> Columns {
        let room = report.width.saturating_sub(NAME_WIDTHS.0 + COUNTS_WIDTH);
        let fit = |width: usize| (room / (width + 1)).max(1);
        let n_labels = report.labels.len();
        let width = if n_labels <= fit(INTERVAL_WIDTH) { INTERVAL_WIDTH } else { SHARE_WIDTH };
        Columns { n_labels: n_labels.min(fit(width)), width }
    }

    fn name_width(&self, report: &Report<'_>) -> usize {
        let (least, most) = NAME_WIDTHS;
        report.width.saturating_sub(COUNTS_WIDTH + self.n_labels * (self.width + 1)).clamp(least, most)
    }

    fn head(&self, label: &str) -> String {
        let short: String = label.chars().take(SHARE_WIDTH).collect();
        fitted(if self.width == INTERVAL_WIDTH { label } else { &short }, self.width)
    }

    /// Of a sample of few articles, only the intervals are shown.
    fn shares(&self, shares: &[Interval], is_few: bool) -> String {
        let share = |share: &Interval| match self.width {
            INTERVAL_WIDTH => interval(share, is_few),
            _ if is_few => fitted("few", self.width),
            _ => fitted(&short(share.value), self.width),
        };
        let shares: Vec<String> = shares.iter().take(self.n_labels).map(share).collect();
        shares.join(" ").trim_end().to_string()
    }
}

fn interval(share: &Interval, is_few: bool) -> String {
    let value = if is_few { "few".to_string() } else { short(share.value) };
    fitted(&format!("{value} {}-{}", short(share.low), short(share.high)), INTERVAL_WIDTH)
}

/// The line above all profiles.
pub fn profile_header(report: &Report<'_>) -> String {
    let columns = Columns::of(report);
    let styles = report.styles;
    let labels = report.labels.iter().take(columns.n_labels).enumerate();
    let labels: Vec<String> =
        labels.map(|(index, label)| styles.label(index, &columns.head(label))).collect();
    let width = columns.name_width(report);
    let (name, counts) = match report.keys {
        [] => (fitted("words by label", width), "kept drop uns ood"),
        keys => (in_columns(keys, width), "arts kept uns ood"),
    };
    let header = format!("{} {counts} {}", styles.heading(&name), labels.join(" "));
    let n_hidden = report.labels.len() - columns.n_labels;
    let more =
        if n_hidden > 0 { format!("({n_hidden} more labels in jsonl and csv)\n") } else { String::new() };
    format!("{}\n{more}", header.trim_end())
}

/// The line of a profile.
pub fn profile(report: &Report<'_>, profile: &Profile) -> String {
    let columns = Columns::of(report);
    let tally = &profile.tally;
    let is_group = !report.keys.is_empty();
    let width = columns.name_width(report);
    let name = ["title", "doc", "id"].iter().find_map(|key| profile.metadata.get(*key));
    let counts = match is_group {
        true => {
            format!("{} {:>4} {:>4}", in_columns(&profile.values, width), profile.n_articles, tally.n_kept)
        }
        false => {
            let name = fitted_end(name.unwrap_or(&profile.name), width);
            format!("{name} {:>4} {:>4}", tally.n_kept, tally.n_dropped)
        }
    };
    if tally.n_kept == 0 {
        return format!("{counts} no labelled words\n");
    }
    let (unsure, out_of_domain) = (short(tally.unsure_share()), short(tally.out_of_domain_share()));
    let is_few = is_group && profile.has_few_articles();
    format!("{counts} {unsure} {out_of_domain} {}\n", columns.shares(&profile.word_shares, is_few))
}

/// Values side by side in `width` columns.
fn in_columns(values: &[String], width: usize) -> String {
    let each = ((width + 1) / values.len().max(1)).saturating_sub(1).max(1);
    let values: Vec<String> = values.iter().map(|value| fitted_end(value, each)).collect();
    fitted(&values.join(" "), width)
}

/// The mean shares of each tag, and the articles that differ most from the others with the same tag.
pub fn comparison(report: &Report<'_>, column: &str, comparison: &Comparison, digests: &[Digest]) -> String {
    let mut lines = mixes(report, column, comparison) + &notes(report, column, comparison);
    let n_ranked = comparison.ranked().count();
    if n_ranked == 0 {
        let needs = format!(
            "No article can be ranked: that takes {MIN_ARTICLES} articles with the same {column}, and \
             {MIN_PARAGRAPHS} labelled paragraphs in an article."
        );
        return lines + &note(report, &needs);
    }
    lines += &note(
        report,
        &format!(
            "The {} of {n_ranked} articles that differ most from the others with the same {column}. diff is the share \
             of an article's words whose label would have to change to give it the mean shares of the others.",
            n_ranked.min(MOST_ARTICLES)
        ),
    );
    lines += &format!("\ndiff {} nearest to   article\n", fitted(column, TAG_WIDTH));
    for deviation in comparison.ranked().take(MOST_ARTICLES) {
        lines += &ranked(report, comparison, &digests[deviation.article], deviation);
    }
    lines
}

fn mixes(report: &Report<'_>, column: &str, comparison: &Comparison) -> String {
    let n_fit = report.width.saturating_sub(TAG_WIDTH + 5) / (INTERVAL_WIDTH + 1);
    let columns = Columns { n_labels: report.labels.len().min(n_fit.max(1)), width: INTERVAL_WIDTH };
    let labels: Vec<String> =
        report.labels[..columns.n_labels].iter().map(|label| columns.head(label)).collect();
    let head = format!("{} {:>4} {}", fitted(column, TAG_WIDTH - 1), "n", labels.join(" "));
    let is_shown = |mix: &&TagMix| mix.is_known() || comparison.tags.len() <= MOST_TAGS;
    let line = |mix: &TagMix| {
        let tag = fitted(&mix.tag, TAG_WIDTH - 1);
        format!("{tag} {:>4} {}\n", mix.n_articles, columns.shares(&mix.shares, !mix.is_known()))
    };
    let lines = comparison.tags.iter().filter(is_shown).map(line);
    format!("{}\n{}", head.trim_end(), lines.collect::<String>())
}

fn notes(report: &Report<'_>, column: &str, comparison: &Comparison) -> String {
    let n_few = comparison.tags.iter().filter(|mix| !mix.is_known()).count();
    let notes = [
        (
            1,
            "Mean share of words by label, with 95 % intervals over the articles. Each article counts once."
                .into(),
        ),
        (n_few, format!("{n_few} with fewer than {MIN_ARTICLES} articles: too few to rank.")),
        (comparison.n_untagged, format!("Not compared: {} without {column}.", comparison.n_untagged)),
        (comparison.n_empty, format!("Not compared: {} without labelled words.", comparison.n_empty)),
    ];
    notes.iter().filter(|(n, _)| *n > 0).map(|(_, text): &(usize, String)| note(report, text)).collect()
}

/// A ranked article, and the paragraphs that make it differ.
fn ranked(report: &Report<'_>, comparison: &Comparison, digest: &Digest, deviation: &Deviation) -> String {
    let tag = |index: usize| fitted(&comparison.tags[index].tag, TAG_WIDTH);
    let head = format!("{:>4} {} {}", short(deviation.distance), tag(deviation.tag), tag(deviation.nearest));
    let mut lines = cut(&format!("{head} {}", digest.title), report.width) + "\n";
    let label_width = report.labels.iter().map(|label| label.width()).max().unwrap_or(0).min(TAG_WIDTH);
    for (label, excerpt) in deviation.paragraphs(digest).into_iter().take(MOST_PARAGRAPHS) {
        let label = fitted(&report.labels[label], label_width);
        let (paragraph, probability) = (excerpt.paragraph + 1, short(excerpt.probability));
        let line =
            format!("{paragraph:>12} {label} {probability} {:>4} words  {}", excerpt.n_words, excerpt.text);
        lines += &format!("{}\n", cut(&line, report.width));
    }
    lines
}

/// A sentence or two below an empty line.
fn note(report: &Report<'_>, text: &str) -> String {
    format!("\n{}", wrapped("", "", text.split_whitespace().map(str::to_string), report.width))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Format;
    use crate::summary::{Excerpt, Tally};

    /// An article of five paragraphs with these numbers of words for two labels.
    fn digest(number: usize, tag: &str, words: [usize; 2]) -> Digest {
        let excerpt = |paragraph| {
            Excerpt {
            paragraph,
            probability: 0.75,
            n_words: 40,
            text: "A long paragraph, \"quoted\" and with \u{1b}[31m signs that are too many for one line of a table.".into(),
        }
        };
        Digest {
            source: format!("{number}.txt"),
            id: None,
            doc: None,
            title: format!(
                "The title of {number}, which goes on for longer than any line of a terminal has columns"
            ),
            outlet: Some("Gazette".into()),
            date: None,
            tag: Some(tag.to_string()),
            tally: Tally::certain(5, &words),
            strongest: None,
            heaviest: vec![vec![excerpt(0)], vec![excerpt(3)]],
        }
    }

    /// Six articles with one tag, the last unlike the others, and two with another.
    fn digests() -> Vec<Digest> {
        let words = [[80, 20], [80, 20], [80, 20], [80, 20], [80, 20], [30, 70]];
        let news = words.into_iter().enumerate().map(|(number, words)| digest(number, "news", words));
        news.chain([digest(6, "view", [0, 10]), digest(7, "view", [10, 90])]).collect()
    }

    fn written(format: Format) -> String {
        let labels = ["report".to_string(), "advocacy".to_string()];
        let report = Report::plain(format, &labels);
        let digests = digests();
        report.comparison("section", &Comparison::of(&digests, 2), &digests)
    }

    #[test]
    fn comparison_lines_fit_the_terminal_and_hold_no_control_characters() {
        let text = written(Format::Table);
        for line in text.lines() {
            assert!(line.width() <= 80 && !line.contains(char::is_control), "{line:?}");
        }
        assert!(text.contains("news           6 .72 "), "{text}");
        assert!(text.contains(".50 news         news         The title of 5"), "{text}");
        assert!(text.contains("           4 advocacy .75   40 words  A long"), "{text}");
        assert!(text.contains("1 with fewer than 5 articles"), "{text}");
    }

    #[test]
    fn jsonl_compares_tags_and_then_articles() {
        let text = written(Format::Jsonl);
        let records: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(
            records.iter().map(|record| record["record"].as_str().unwrap()).collect::<Vec<_>>(),
            [
                "tag", "tag", "article", "article", "article", "article", "article", "article", "article",
                "article"
            ]
        );
        assert_eq!((&records[0]["tag"], &records[0]["articles"]), (&"news".into(), &6.into()));
        let first = &records[2];
        assert_eq!((&first["source"], &first["ranked"]), (&"5.txt".into(), &true.into()));
        assert_eq!((&first["distance"], &first["others"]["report"]), (&0.5.into(), &0.8.into()));
        assert_eq!(first["paragraphs"].as_array().unwrap().len(), 1);
        assert_eq!(first["paragraphs"][0]["label"], "advocacy");
        assert_eq!(records[9]["ranked"], false);
    }

    #[test]
    fn csv_rows_of_articles_fit_the_header() {
        let text = written(Format::Csv);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let n_columns = reader.headers().unwrap().len();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 8);
        assert!(rows.iter().all(|row| row.len() == n_columns));
    }

    #[test]
    fn intervals_are_dropped_before_labels() {
        for (n_labels, width, expected) in [
            (3, 80, (3, INTERVAL_WIDTH)),
            (3, 60, (3, SHARE_WIDTH)),
            (2, 60, (2, INTERVAL_WIDTH)),
            (20, 60, (6, SHARE_WIDTH)),
            (3, 30, (1, SHARE_WIDTH)),
        ] {
            let labels = vec!["analysis".to_string(); n_labels];
            let report = Report { width, ..Report::plain(Format::Table, &labels) };
            let columns = Columns::of(&report);
            assert_eq!((columns.n_labels, columns.width), expected, "{n_labels} labels, {width} columns");
        }
    }
}
