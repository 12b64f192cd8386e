//! Articles and groups in a table, one in a line.

use super::Report;
use super::table::{fitted, fitted_end, short};
use crate::metrics::Interval;
use crate::summary::Profile;

/// The columns of a share with its interval: `.42 .31-.55`.
pub(super) const INTERVAL_WIDTH: usize = 11;
/// The columns of a share alone.
const SHARE_WIDTH: usize = 3;
/// The columns of the counts between a name and its shares.
const COUNTS_WIDTH: usize = 19;
/// The columns that a name has at the least and at the most.
const NAME_WIDTHS: (usize, usize) = (16, 60);

/// What of the shares fits beside a name.
struct Columns {
    n_labels: usize,
    width: usize,
}

impl Columns {
    /// Intervals where all labels have room for them, else shares alone, of as many labels as fit.
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

    fn share(&self, share: &Interval) -> String {
        let interval = format!("{} {}-{}", short(share.value), short(share.low), short(share.high));
        let text = if self.width == INTERVAL_WIDTH { interval } else { short(share.value) };
        fitted(&text, self.width)
    }

    fn head(&self, label: &str) -> String {
        let short: String = label.chars().take(SHARE_WIDTH).collect();
        fitted(if self.width == INTERVAL_WIDTH { label } else { &short }, self.width)
    }
}

pub(super) fn header(report: &Report<'_>) -> String {
    let columns = Columns::of(report);
    let styles = report.styles;
    let labels = report.labels.iter().take(columns.n_labels).enumerate();
    let labels: Vec<String> =
        labels.map(|(index, label)| styles.label(index, &columns.head(label))).collect();
    let name = styles.heading(&fitted("words by label", columns.name_width(report)));
    let header = format!("{name} kept drop uns ood {}", labels.join(" "));
    let hidden = report.labels.len() - columns.n_labels;
    let more = if hidden > 0 { format!("({hidden} more labels in jsonl and csv)\n") } else { String::new() };
    format!("{}\n{more}", header.trim_end())
}

pub(super) fn line(report: &Report<'_>, profile: &Profile) -> String {
    let columns = Columns::of(report);
    let shares: Vec<String> =
        profile.word_shares.iter().take(columns.n_labels).map(|share| columns.share(share)).collect();
    let tally = &profile.tally;
    let name = fitted_end(&profile_name(profile), columns.name_width(report));
    if tally.n_kept == 0 {
        return format!("{name} {:>4} {:>4} no labelled words\n", tally.n_kept, tally.n_dropped);
    }
    let (unsure, foreign) = (short(tally.unsure_share()), short(tally.out_of_domain_share()));
    let shares = shares.join(" ");
    format!("{name} {:>4} {:>4} {unsure} {foreign} {}\n", tally.n_kept, tally.n_dropped, shares.trim_end())
}

/// What tells an article from its neighbours in the table: its title, row or path.
fn profile_name(profile: &Profile) -> String {
    let known = ["title", "doc", "id"].iter().find_map(|key| profile.metadata.get(*key));
    known.unwrap_or(&profile.name).clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Format;

    #[test]
    fn intervals_go_before_labels_do() {
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
