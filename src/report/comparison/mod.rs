//! Articles against their publisher's own tag, as text: one file a form.

mod columns;
mod jsonl;
mod table;

pub(super) use columns::csv;
pub(super) use jsonl::jsonl;
pub(super) use table::table;

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use crate::report::{Format, Report};
    use crate::summary::Comparison;
    use crate::summary::Tally;
    use crate::summary::{Digest, Excerpt};

    /// An article of five paragraphs with so many words of two labels.
    fn digest(number: usize, tag: &str, words: [usize; 2]) -> Digest {
        let excerpt = |paragraph| {
            Excerpt {
            paragraph,
            probability: 0.75,
            n_words: 40,
            text: "A long paragraph, \"quoted\" and with \u{1b}[31m signs that are too many for a line of a table.".into(),
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
            tally: Tally { n_kept: 5, words: words.to_vec(), ..Tally::default() },
            strongest: None,
            heaviest: vec![vec![excerpt(0)], vec![excerpt(3)]],
        }
    }

    /// Six articles of one tag, the last unlike the others, and two of another.
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
    fn a_terminal_gets_lines_that_fit_and_no_commands() {
        let text = written(Format::Table);
        for line in text.lines() {
            assert!(line.width() <= 80 && !line.contains(char::is_control), "{line:?}");
        }
        assert!(text.contains("news           6 .72 "), "{text}");
        assert!(text.contains(".50 news         news         The title of 5"), "{text}");
        assert!(text.contains("           3 advocacy .75   40 words  A long"), "{text}");
        assert!(text.contains("1 with fewer than 5 articles"), "{text}");
    }

    #[test]
    fn jsonl_has_a_record_for_each_tag_and_each_article() {
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
    fn csv_has_a_row_for_each_article_that_fits_the_header() {
        let text = written(Format::Csv);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let n_columns = reader.headers().unwrap().len();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 8);
        assert!(rows.iter().all(|row| row.len() == n_columns));
    }
}
