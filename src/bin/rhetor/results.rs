//! Where results go and in what form: lines of text, or a Parquet table.

use std::path::Path;

use rhetor::{Article, DuplicateKey, Duplicates, Outcome, Profile, Report};

use crate::finish::{Finish, Kept};
use crate::output::Sink;

/// What is done about copies.
#[derive(Debug, clap::Args)]
pub(crate) struct DuplicateArgs {
    /// Flag a paragraph `duplicate` when an earlier one of this run, in whatever article, has the
    /// same letters and digits; drops nothing. Paragraphs of five words or more; holds 24 to 48
    /// bytes in memory for each
    #[arg(long)]
    pub(crate) mark_duplicates: bool,
}

/// The keys of an article's paragraphs where copies are looked for; none where they are not.
pub(crate) fn duplicate_keys(article: &Article, args: &DuplicateArgs) -> Vec<DuplicateKey> {
    if args.mark_duplicates { Duplicates::keys(article) } else { Vec::new() }
}

/// What one record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Records {
    Paragraphs,
    Profiles,
}

/// Results on their way out.
pub(crate) enum Results<'a> {
    Text {
        sink: Sink,
        report: &'a Report<'a>,
    },
    #[cfg(feature = "parquet")]
    Parquet(Box<rhetor::ParquetFile>),
}

impl<'a> Results<'a> {
    /// Lines of text in the report's form.
    pub(crate) fn text(output: Option<&Path>, report: &'a Report<'a>, of: Records) -> anyhow::Result<Self> {
        let mut sink = Sink::open(output)?;
        let header = match of {
            Records::Paragraphs => report.paragraph_header(),
            Records::Profiles => report.profile_header(),
        };
        sink.write_report(report, &header)?;
        Ok(Results::Text { sink, report })
    }

    /// Whether what is written appears on a terminal at once.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Results::Text { sink, .. } if sink.is_terminal())
    }

    /// A Parquet table, whose directory is written last: it needs a file.
    #[cfg(feature = "parquet")]
    pub(crate) fn parquet(output: Option<&Path>, labels: &[String], of: Records) -> anyhow::Result<Self> {
        let Some(path) = output else {
            anyhow::bail!("--format parquet: found standard output, expected a file; name one with -o FILE");
        };
        let file = match of {
            Records::Paragraphs => rhetor::ParquetFile::of_paragraphs(path, labels)?,
            Records::Profiles => rhetor::ParquetFile::of_profiles(path, labels)?,
        };
        Ok(Results::Parquet(Box::new(file)))
    }

    /// What is said where Parquet was left out of the build.
    #[cfg(not(feature = "parquet"))]
    pub(crate) fn parquet(output: Option<&Path>, _: &[String], _: Records) -> anyhow::Result<Self> {
        let asked = output.map_or("--format parquet".to_string(), |path| path.display().to_string());
        anyhow::bail!("{asked}: Parquet is not part of this build; build rhetor with `--features parquet`")
    }

    pub(crate) fn article(&mut self, article: &Article, outcomes: &[Outcome]) -> anyhow::Result<()> {
        match self {
            Results::Text { sink, report } => sink.write_report(report, &report.article(article, outcomes)),
            #[cfg(feature = "parquet")]
            Results::Parquet(file) => Ok(file.article(article, outcomes)?),
        }
    }

    pub(crate) fn profile(&mut self, profile: &Profile) -> anyhow::Result<()> {
        match self {
            Results::Text { sink, report } => sink.write_report(report, &report.profile(profile)),
            #[cfg(feature = "parquet")]
            Results::Parquet(file) => Ok(file.profile(profile)?),
        }
    }
}

impl Finish for Results<'_> {
    fn finish(self) -> anyhow::Result<()> {
        match self {
            Results::Text { sink, .. } => sink.finish(),
            #[cfg(feature = "parquet")]
            Results::Parquet(file) => Ok((*file).finish()?),
        }
    }

    fn finish_partial(self) -> anyhow::Result<Kept> {
        match self {
            Results::Text { sink, .. } => sink.finish_partial(),
            #[cfg(feature = "parquet")]
            Results::Parquet(mut file) => {
                let path = file.make_partial();
                file.finish()?;
                Ok(path.map_or(Kept::Written, Kept::InFile))
            }
        }
    }
}
