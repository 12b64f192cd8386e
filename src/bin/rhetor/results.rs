//! Records of results, as text or as a Parquet table.

use std::path::{Path, PathBuf};

use rhetor::article::Columns;
use rhetor::report::{Format, Origin, PassedColumns, Report};
use rhetor::summary::Profile;
use rhetor::{Article, Model, Outcome};

use crate::args::Unit;
use crate::output::Sink;
use crate::stop::Finish;
use crate::terminal::say;

/// How many articles are held until the columns of CSV and Parquet are decided, and how much text.
const MOST_HELD: usize = 1000;
const MOST_TEXT_HELD: usize = 8 << 20;

/// The layout of a Parquet table.
#[cfg(feature = "parquet")]
pub type Layout = rhetor::report::ParquetLayout;
/// Builds without Parquet refuse to write a table.
#[cfg(not(feature = "parquet"))]
pub struct Layout;

/// The layout of a table with the labels of `model`, grouped by `keys`.
#[cfg(feature = "parquet")]
pub fn layout(model: &Model, keys: &[String], no_text: bool) -> Layout {
    Layout { no_text, model: model.id().to_string(), keys: keys.to_vec(), ..Layout::default() }
}

#[cfg(not(feature = "parquet"))]
pub fn layout(_: &Model, _: &[String], _: bool) -> Layout {
    Layout
}

/// Records as text or as a Parquet table.
pub struct Results<'a> {
    form: Form<'a>,
    records: Unit,
    /// The columns that pass through, for formats with a header.
    columns: Option<PassedColumns>,
    /// The first records, until the columns are decided.
    held: Option<Vec<Record>>,
    n_bytes_held: usize,
}

enum Form<'a> {
    Text {
        sink: Sink,
        report: Box<Report<'a>>,
    },
    #[cfg(feature = "parquet")]
    Parquet(Table<'a>),
}

/// A Parquet table, which is created when its columns are decided.
#[cfg(feature = "parquet")]
struct Table<'a> {
    path: &'a Path,
    labels: &'a [String],
    layout: rhetor::report::ParquetLayout,
    file: Option<Box<rhetor::report::ParquetFile>>,
}

enum Record {
    Article(Article, Vec<Outcome>),
    Profile(Box<Profile>),
}

impl Record {
    /// What each of its rows passes through, and the id, if there is one: whether it is an integer.
    fn rows(&self) -> Vec<(&Columns, Option<bool>)> {
        let is_integer = |id: &String, is_number: bool| is_number && id.parse::<i64>().is_ok();
        match self {
            Record::Article(article, _) => {
                let paragraphs = article.paragraphs.iter();
                paragraphs
                    .map(|p| (&p.columns, p.id.as_ref().map(|id| is_integer(id, p.id_is_number))))
                    .collect()
            }
            Record::Profile(profile) => {
                let Profile { row, metadata, .. } = &**profile;
                vec![(&row.columns, metadata.get("id").map(|id| is_integer(id, row.id_is_number)))]
            }
        }
    }

    fn n_bytes(&self) -> usize {
        match self {
            Record::Article(article, _) => article.paragraphs.iter().map(|p| p.text.len()).sum(),
            Record::Profile(_) => 0,
        }
    }
}

impl<'a> Results<'a> {
    /// Text; a header with the columns of the input has `columns`, which may be decided by the first records.
    pub fn text(
        path: Option<&Path>,
        report: Report<'a>,
        records: Unit,
        columns: PassedColumns,
    ) -> anyhow::Result<Self> {
        let columns = Some(columns).filter(|_| report.format == Format::Csv);
        let form = Form::Text { sink: Sink::open(path)?, report: Box::new(report) };
        let mut results = Results { form, records, columns, held: Some(Vec::new()), n_bytes_held: 0 };
        if results.columns.as_ref().is_none_or(PassedColumns::is_complete) {
            results.release()?;
        }
        Ok(results)
    }

    /// A Parquet table.
    #[cfg(feature = "parquet")]
    pub fn parquet(
        path: Option<&'a Path>,
        labels: &'a [String],
        records: Unit,
        columns: PassedColumns,
        layout: Layout,
    ) -> anyhow::Result<Self> {
        let Some(path) = path else {
            anyhow::bail!("--format parquet: found standard output, expected a file (-o FILE)");
        };
        // Fails early if the file cannot be written.
        rhetor::output::OutputFile::create(path)?;
        let form = Form::Parquet(Table { path, labels, layout, file: None });
        Ok(Results { form, records, columns: Some(columns), held: Some(Vec::new()), n_bytes_held: 0 })
    }

    #[cfg(not(feature = "parquet"))]
    pub fn parquet(
        path: Option<&Path>,
        _: &[String],
        _: Unit,
        _: PassedColumns,
        _: Layout,
    ) -> anyhow::Result<Self> {
        let subject = path.map_or("--format parquet".to_string(), |path| path.display().to_string());
        anyhow::bail!("{subject}: this build has no Parquet support; build rhetor with `--features parquet`")
    }

    /// Whether results appear on a terminal at once.
    pub fn is_terminal(&self) -> bool {
        matches!(&self.form, Form::Text { sink, .. } if sink.is_terminal())
    }

    pub fn article(&mut self, article: Article, outcomes: Vec<Outcome>) -> anyhow::Result<()> {
        self.add(Record::Article(article, outcomes))
    }

    pub fn profile(&mut self, profile: Profile) -> anyhow::Result<()> {
        self.add(Record::Profile(Box::new(profile)))
    }

    /// Notes what made the results. Text has the model's id in every record instead, and so can be split and joined.
    #[cfg_attr(not(feature = "parquet"), expect(unused_variables))]
    pub fn note(&mut self, origin: &Origin) -> anyhow::Result<()> {
        self.release()?;
        match &mut self.form {
            Form::Text { .. } => {}
            #[cfg(feature = "parquet")]
            Form::Parquet(table) => table.file.iter_mut().for_each(|file| file.note(origin)),
        }
        Ok(())
    }

    fn add(&mut self, record: Record) -> anyhow::Result<()> {
        if let Some(columns) = &mut self.columns {
            for name in columns.add(record.rows().into_iter().map(|(columns, _)| columns)) {
                say(&format!(
                    "rhetor: column `{name}` first occurs after article {MOST_HELD} and is not in the output; \
                     --keep-columns {name} keeps it"
                ));
            }
        }
        let Some(held) = &mut self.held else { return self.write(&record) };
        self.n_bytes_held += record.n_bytes();
        held.push(record);
        if held.len() < MOST_HELD && self.n_bytes_held < MOST_TEXT_HELD { Ok(()) } else { self.release() }
    }

    /// Decides the columns, and writes the header and what was held.
    fn release(&mut self) -> anyhow::Result<()> {
        let Some(held) = self.held.take() else { return Ok(()) };
        self.columns.iter_mut().for_each(PassedColumns::complete);
        let passed = self.columns.clone().unwrap_or_default();
        match &mut self.form {
            Form::Text { sink, report } => {
                report.passed = passed;
                let header = match self.records {
                    Unit::Paragraph => report.paragraph_header(),
                    Unit::Article => report.profile_header(),
                };
                sink.write_report(report, &header)?;
            }
            #[cfg(feature = "parquet")]
            Form::Parquet(table) => {
                let mut ids = held.iter().flat_map(Record::rows).filter_map(|(_, id)| id).peekable();
                table.layout.integer_ids = ids.peek().is_some() && ids.all(|is_integer| is_integer);
                table.layout.passed = passed.names().to_vec();
                table.create(self.records)?;
            }
        }
        held.iter().try_for_each(|record| self.write(record))
    }

    fn write(&mut self, record: &Record) -> anyhow::Result<()> {
        match &mut self.form {
            Form::Text { sink, report } => {
                let lines = match record {
                    Record::Article(article, outcomes) => report.article(article, outcomes),
                    Record::Profile(profile) => report.profile(profile),
                };
                sink.write_report(report, &lines)
            }
            #[cfg(feature = "parquet")]
            Form::Parquet(table) => {
                let Some(file) = &mut table.file else { return Ok(()) };
                match record {
                    Record::Article(article, outcomes) => file.article(article, outcomes)?,
                    Record::Profile(profile) => file.profile(profile)?,
                }
                crate::stop::set_temporary(file.temporary_path());
                Ok(())
            }
        }
    }
}

#[cfg(feature = "parquet")]
impl Table<'_> {
    fn create(&mut self, records: Unit) -> anyhow::Result<()> {
        use rhetor::report::ParquetFile;
        let layout = self.layout.clone();
        let file = match records {
            Unit::Paragraph => ParquetFile::of_paragraphs(self.path, self.labels, layout)?,
            Unit::Article => ParquetFile::of_profiles(self.path, self.labels, layout)?,
        };
        crate::stop::set_temporary(file.temporary_path());
        self.file = Some(Box::new(file));
        Ok(())
    }
}

impl Finish for Results<'_> {
    fn finish(mut self, is_partial: bool) -> anyhow::Result<Option<PathBuf>> {
        self.release()?;
        match self.form {
            Form::Text { sink, .. } => sink.finish(is_partial),
            #[cfg(feature = "parquet")]
            Form::Parquet(table) => {
                let Some(mut file) = table.file else { return Ok(None) };
                let path = if is_partial { file.make_partial() } else { None };
                file.finish()?;
                Ok(path)
            }
        }
    }
}
