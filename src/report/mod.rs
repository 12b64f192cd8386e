//! Results as text: one file a form.

mod columns;
mod comparison;
mod html;
mod jsonl;
mod object;
#[cfg(feature = "parquet")]
mod parquet;
mod profile_table;
mod styles;
mod table;

use std::convert::Infallible;

use crate::article::{Article, Paragraph};
use crate::filter::Reason;
use crate::score::Outcome;
use crate::summary::Comparison;
use crate::summary::Digest;
use crate::summary::Profile;

pub use html::{HtmlFolder, HtmlPage, HtmlReport, Sheet, model_page};
#[cfg(feature = "parquet")]
pub use parquet::ParquetFile;
pub use styles::Styles;

/// The form in which results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines to read in a terminal.
    Table,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header line.
    Csv,
}

/// How results become text. All functions return whole lines.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// The form.
    pub format: Format,
    /// The model's labels.
    pub labels: &'a [String],
    /// Columns that the table may take.
    pub width: usize,
    /// Whether the table shows dropped blocks; the other forms always do.
    pub keep_dropped: bool,
    /// The colours of the table; the other forms have none.
    pub styles: Styles,
}

impl Report<'_> {
    /// The line before all paragraphs; empty for JSONL and tables.
    pub fn paragraph_header(&self) -> String {
        match self.format {
            Format::Csv => columns::paragraph_header(self),
            _ => String::new(),
        }
    }

    /// All paragraphs of one article.
    pub fn article(&self, article: &Article, outcomes: &[Outcome]) -> String {
        match self.format {
            Format::Table => table::article(self, article, outcomes),
            Format::Csv => columns::article(self, article, outcomes),
            Format::Jsonl => {
                let mut lines = String::new();
                let Ok(()) = jsonl::each_piece(self, article, outcomes, |piece| {
                    lines.push_str(piece);
                    Ok::<(), Infallible>(())
                });
                lines
            }
        }
    }

    /// Gives all paragraphs of one article to `take`, as [`Report::article`] has them, some lines at a time: the
    /// lines of a large article need not be in memory at once.
    ///
    /// # Errors
    ///
    /// When `take` has one, which ends it.
    pub fn each_piece<E>(
        &self,
        article: &Article,
        outcomes: &[Outcome],
        mut take: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.format {
            Format::Jsonl => jsonl::each_piece(self, article, outcomes, take),
            Format::Table | Format::Csv => take(&self.article(article, outcomes)),
        }
    }

    /// The line before all profiles; empty for JSONL.
    pub fn profile_header(&self) -> String {
        match self.format {
            Format::Table => profile_table::header(self),
            Format::Jsonl => String::new(),
            Format::Csv => columns::profile_header(self),
        }
    }

    /// One article or group in one line.
    pub fn profile(&self, profile: &Profile) -> String {
        match self.format {
            Format::Table => profile_table::line(self, profile),
            Format::Jsonl => jsonl::profile(self, profile),
            Format::Csv => columns::profile(self, profile),
        }
    }

    /// Articles against their publisher's own tag, which is called `column`; all lines, with their header.
    pub fn comparison(&self, column: &str, comparison: &Comparison, digests: &[Digest]) -> String {
        match self.format {
            Format::Table => comparison::table(self, column, comparison, digests),
            Format::Jsonl => comparison::jsonl(self, comparison, digests),
            Format::Csv => comparison::csv(self, comparison, digests),
        }
    }

    /// The line before all blocks as they were read; empty for JSONL and tables.
    pub fn block_header(&self) -> String {
        match self.format {
            Format::Csv => columns::block_header(),
            _ => String::new(),
        }
    }

    /// The blocks of one article as they were read and filtered, without labels.
    pub fn blocks(&self, article: &Article, reasons: &[Option<Reason>]) -> String {
        match self.format {
            Format::Table => table::blocks(self, article, reasons),
            Format::Jsonl => jsonl::blocks(article, reasons),
            Format::Csv => columns::blocks(article, reasons),
        }
    }
}

#[cfg(test)]
impl Report<'_> {
    /// A report of usual width without colours, dropped blocks shown.
    fn plain(format: Format, labels: &[String]) -> Report<'_> {
        Report { format, labels, width: 80, keep_dropped: true, styles: Styles::default() }
    }
}

/// What records tell of the article that a block stands in, where it is known.
const METADATA: [&str; 7] = ["doc", "title", "author", "date", "outlet", "url", "language"];

/// Whose voice a block is in as a whole, where it is not the author's.
fn voice(paragraph: &Paragraph) -> Option<&'static str> {
    paragraph.quoted.then_some("quoted")
}

/// Nine digits: probabilities still add up to 1 to a hundred-millionth, and lines stay short.
fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

/// The names of the flags that are set.
fn flags(paragraph: &Paragraph, out_of_domain: bool) -> Vec<&'static str> {
    let flags = [("out_of_domain", out_of_domain), ("duplicate", paragraph.duplicate)];
    flags.into_iter().filter_map(|(name, is_set)| is_set.then_some(name)).collect()
}
