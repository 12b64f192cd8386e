//! Results as text and tables: the same records in one file per form, and pages for a browser.

mod csv;
mod field;
mod html;
mod jsonl;
#[cfg(feature = "parquet")]
mod parquet;
mod record;
mod shares_table;
mod table;
mod terminal;

use crate::article::Article;
use crate::filter::Reason;
use crate::score::Outcome;
use crate::summary::{Comparison, Digest, Profile};

use field::Field;
use record::{Block, DeviationRow, ProfileRow, TagRow};
use terminal::Layout;

pub use html::{HtmlFolder, HtmlPage, HtmlReport, Sheet, model_page};
#[cfg(feature = "parquet")]
pub use parquet::ParquetFile;
pub use terminal::Styles;

/// The form in which results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines for a reader at a terminal.
    Table,
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values with a header line.
    Csv,
}

/// Writes results as text. All methods return whole lines.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// The form.
    pub format: Format,
    /// The model's labels.
    pub labels: &'a [String],
    /// The width of tables, in terminal columns.
    pub width: usize,
    /// Whether tables show dropped blocks; the other forms always do.
    pub keep_dropped: bool,
    /// The colours of tables; the other forms have none.
    pub styles: Styles,
}

impl Report<'_> {
    /// The line above all paragraphs; empty for JSONL and tables.
    pub fn paragraph_header(&self) -> String {
        self.csv_header(&record::scored())
    }

    /// All paragraphs of one article.
    pub fn article(&self, article: &Article, outcomes: &[Outcome]) -> String {
        match self.format {
            Format::Table => table::article(&self.layout(), article, outcomes),
            _ => self.lines(&record::scored(), Block::scored(self.labels, article, outcomes)),
        }
    }

    /// The line above all profiles; empty for JSONL.
    pub fn profile_header(&self) -> String {
        match self.format {
            Format::Table => shares_table::profile_header(&self.layout()),
            _ => self.csv_header(&record::profile()),
        }
    }

    /// One article or group, on one line.
    pub fn profile(&self, profile: &Profile) -> String {
        match self.format {
            Format::Table => shares_table::profile(&self.layout(), profile),
            _ => self.lines(&record::profile(), [ProfileRow { labels: self.labels, profile }].into_iter()),
        }
    }

    /// Articles compared by the publisher's tag in `column`, header included. JSONL and tables also have the mean
    /// shares of each tag.
    pub fn comparison(&self, column: &str, comparison: &Comparison, digests: &[Digest]) -> String {
        let labels = self.labels;
        let tags = comparison.tags.iter().map(|mix| TagRow { labels, mix });
        let articles = comparison.deviations.iter().map(|deviation| DeviationRow {
            labels,
            comparison,
            digest: &digests[deviation.article],
            deviation,
        });
        match self.format {
            Format::Table => shares_table::comparison(&self.layout(), column, comparison, digests),
            Format::Jsonl => {
                jsonl::lines(&record::tag(), tags) + &jsonl::lines(&record::deviation(), articles)
            }
            Format::Csv => {
                csv::header(&record::deviation(), labels)
                    + &csv::lines(&record::deviation(), labels, articles)
            }
        }
    }

    /// The line above all blocks that were only read; empty for JSONL and tables.
    pub fn block_header(&self) -> String {
        self.csv_header(&record::read())
    }

    /// The blocks of one article as they were read and filtered, without labels.
    pub fn blocks(&self, article: &Article, reasons: &[Option<Reason>]) -> String {
        match self.format {
            Format::Table => table::blocks(&self.layout(), article, reasons),
            _ => self.lines(&record::read(), Block::read(article, reasons)),
        }
    }

    fn layout(&self) -> Layout<'_> {
        let &Report { labels, width, keep_dropped, styles, .. } = self;
        Layout { labels, width, keep_dropped, styles }
    }

    fn csv_header<R>(&self, fields: &[Field<R>]) -> String {
        if self.format == Format::Csv { csv::header(fields, self.labels) } else { String::new() }
    }

    fn lines<R>(&self, fields: &[Field<R>], rows: impl Iterator<Item = R>) -> String {
        match self.format {
            Format::Csv => csv::lines(fields, self.labels, rows),
            _ => jsonl::lines(fields, rows),
        }
    }
}

#[cfg(test)]
impl Report<'_> {
    /// A report 80 columns wide, without colours, that shows dropped blocks.
    fn plain(format: Format, labels: &[String]) -> Report<'_> {
        Report { format, labels, width: 80, keep_dropped: true, styles: Styles::default() }
    }
}
