//! Results as text, tables and pages for a browser. Each format has a file here; all write the same records.

mod field;
#[cfg(feature = "train")]
mod findings;
mod origin;
mod html;
#[cfg(feature = "train")]
mod label_rows;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;
mod passed;
mod reasons;
mod profile_record;
mod record;
mod shares_table;
mod table;
mod terminal;
#[cfg(all(feature = "train", feature = "forms"))]
mod workbook;

use crate::article::Article;
use crate::filter::Reason;
use crate::score::Outcome;
use crate::summary::{Comparison, Digest, Profile};

use field::Field;
pub use field::rounded;
use lines::{csv_header, csv_lines, json_lines};
use passed::Passed;
use profile_record::ProfileRow;
use record::{Block, DeviationRow};

pub use html::{HtmlFolder, HtmlPage, HtmlReport, STYLE, Sheet, model_page};
#[cfg(feature = "train")]
pub use label_rows::{LabelForm, label_rows};
pub use origin::{ArticleHasher, ArticlesHash, Origin};
#[cfg(feature = "parquet")]
pub use parquet::{ParquetFile, ParquetLayout};
pub use passed::PassedColumns;
pub use terminal::{Format, Report, Styles};

impl Report<'_> {
    /// The header line of paragraphs; empty for JSONL and tables.
    pub fn paragraph_header(&self) -> String {
        self.csv_header(&record::scored(self.no_text))
    }

    /// All paragraphs of one article.
    pub fn article(&self, article: &Article, outcomes: &[Outcome]) -> String {
        match self.format {
            Format::Table => table::article(self, article, outcomes),
            _ => self.lines(
                &record::scored(self.no_text),
                Block::scored(self.model, self.labels, article, outcomes),
            ),
        }
    }

    /// The header line of profiles; empty for JSONL.
    pub fn profile_header(&self) -> String {
        match self.format {
            Format::Table => shares_table::profile_header(self),
            _ => self.csv_header(&profile_record::profile(self.keys)),
        }
    }

    /// One article or group, on one line.
    pub fn profile(&self, profile: &Profile) -> String {
        match self.format {
            Format::Table => shares_table::profile(self, profile),
            _ => {
                let row = ProfileRow { model: self.model, keys: self.keys, profile };
                self.lines(&profile_record::profile(self.keys), std::iter::once(row))
            }
        }
    }

    /// Articles compared by the publisher's tag in `column`, header included. JSONL and tables also have the mean
    /// shares of each tag.
    pub fn comparison(&self, column: &str, comparison: &Comparison, digests: &[Digest]) -> String {
        let labels = self.labels;
        let articles = comparison.deviations.iter().map(|deviation| DeviationRow {
            labels,
            comparison,
            digest: &digests[deviation.article],
            deviation,
        });
        match self.format {
            Format::Table => shares_table::comparison(self, column, comparison, digests),
            Format::Jsonl => {
                self.lines(&record::tag(), comparison.tags.iter())
                    + &self.lines(&record::deviation(), articles)
            }
            Format::Csv => {
                self.csv_header(&record::deviation()) + &self.lines(&record::deviation(), articles)
            }
        }
    }

    /// The header line of blocks that were only read; empty for JSONL and tables.
    pub fn block_header(&self) -> String {
        self.csv_header(&record::read(self.no_text))
    }

    /// The blocks of one article as they were read and filtered, without labels.
    pub fn blocks(&self, article: &Article, reasons: &[Option<Reason>]) -> String {
        match self.format {
            Format::Table => table::blocks(self, article, reasons),
            _ => self.lines(&record::read(self.no_text), Block::read(article, reasons)),
        }
    }

    fn csv_header<R>(&self, fields: &[Field<R>]) -> String {
        if self.format == Format::Csv {
            csv_header(fields, self.labels, self.passed.names())
        } else {
            String::new()
        }
    }

    fn lines<R: Passed>(&self, fields: &[Field<R>], rows: impl Iterator<Item = R>) -> String {
        match self.format {
            Format::Csv => csv_lines(fields, self.labels, self.passed.names(), rows),
            _ => json_lines(fields, self.labels, rows),
        }
    }
}
