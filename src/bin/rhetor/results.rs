//! Where results go and in what form: lines of text.

use std::path::Path;

use rhetor::{Article, Duplicates, Fingerprint, Outcome, Profile, Report};

use crate::args::DuplicateArgs;
use crate::output::Sink;

/// The fingerprints of an article where copies are looked for; none where they are not.
pub(crate) fn fingerprints(article: &Article, args: &DuplicateArgs) -> Vec<Fingerprint> {
    if args.mark_duplicates { Duplicates::fingerprints(article) } else { Vec::new() }
}

/// What one record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Records {
    Paragraphs,
    Profiles,
}

/// Results on their way out.
pub(crate) enum Results<'a> {
    Text { sink: Sink, report: &'a Report<'a> },
}

impl<'a> Results<'a> {
    /// Lines of text in the report's form.
    pub(crate) fn text(output: Option<&Path>, report: &'a Report<'a>, of: Records) -> anyhow::Result<Self> {
        let mut sink = Sink::open(output)?;
        sink.write(&match of {
            Records::Paragraphs => report.paragraph_header(),
            Records::Profiles => report.profile_header(),
        })?;
        Ok(Results::Text { sink, report })
    }

    pub(crate) fn article(&mut self, article: &Article, outcomes: &[Outcome]) -> anyhow::Result<()> {
        match self {
            Results::Text { sink, report } => sink.write(&report.article(article, outcomes)),
        }
    }

    pub(crate) fn profile(&mut self, profile: &Profile) -> anyhow::Result<()> {
        match self {
            Results::Text { sink, report } => sink.write(&report.profile(profile)),
        }
    }

    /// Makes the results visible.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        match self {
            Results::Text { sink, .. } => sink.finish(),
        }
    }
}
