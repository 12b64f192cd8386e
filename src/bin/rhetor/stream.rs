//! The articles of many files: processed in parallel, returned in input order, in bounded memory.

use std::ops::Range;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rhetor::read::{Articles, Inputs, ReadOptions, Reading};
use rhetor::{Article, Error};

use crate::progress::Progress;
use crate::stop::{self, Stop};
use crate::terminal::{Bar, say_skipped};

/// How many files are read in parallel.
const FILES_AT_ONCE: usize = 64;
/// Their total size, in bytes; a single file may be larger.
const BYTES_AT_ONCE: u64 = 8 << 20;

/// The results of a batch of articles.
struct Batch<T> {
    results: Vec<T>,
    n_paragraphs: usize,
    /// The [`Reading`] without its articles.
    reading: Reading,
}

/// Calls `work` on every article in parallel, and `take` on the results in input order.
///
/// Small files are read in parallel, large ones in batches of articles. Errors and warnings are reported in input
/// order; files found in folders that hold no text are reported at the end. A signal stops the run between two batches,
/// and the position is returned.
pub fn each_article<T: Send>(
    inputs: &Inputs,
    options: &ReadOptions,
    progress: &mut Progress,
    work: impl Fn(Article) -> T + Sync,
    mut take: impl FnMut(T) -> anyhow::Result<()>,
) -> anyhow::Result<Option<Stop>> {
    let batch_of = |mut reading: Reading| {
        let articles = std::mem::take(&mut reading.articles);
        let n_paragraphs = articles.iter().map(|article| article.paragraphs.len()).sum();
        Batch { results: articles.into_par_iter().map(&work).collect(), n_paragraphs, reading }
    };
    let open = |path: &PathBuf| -> rhetor::Result<(Option<Batch<T>>, Articles)> {
        let mut articles = Articles::open(path, options)?;
        Ok((articles.next().map(batch_of), articles))
    };
    let sizes: Vec<Option<u64>> = inputs.files.iter().map(|file| size_of(file)).collect();
    let mut position = Position::start(&sizes, !progress.shows_results);
    let (mut skipped, mut others) = (Vec::new(), Vec::new());
    for range in parallel_ranges(&sizes) {
        if stop::is_requested() {
            return Ok(Some(position.stop));
        }
        let opened: Vec<_> = inputs.files[range.clone()].par_iter().map(open).collect();
        for (index, opened) in range.zip(opened) {
            let path = &inputs.files[index];
            match opened {
                Err(Error::NoArticles { .. }) if !inputs.named.contains(path) => others.push(path.clone()),
                Err(error) => progress.failed(&error),
                Ok((first, articles)) => {
                    let (is_named, is_live) = (inputs.named.contains(path), sizes[index].is_none());
                    let file = File { first, articles, is_named, is_live };
                    match file.take_all(batch_of, &mut take, &mut position, progress)? {
                        End::Done => progress.done(),
                        End::Failed => {}
                        End::NoText => skipped.push(path.clone()),
                        End::Stopped => return Ok(Some(position.stop)),
                    }
                }
            }
            position.end_of_file(sizes[index]);
        }
    }
    say_skipped(&skipped, "JSON without a text");
    say_skipped(&others, "XML without articles");
    Ok(None)
}

/// A file whose first batch has been processed.
struct File<T> {
    first: Option<Batch<T>>,
    articles: Articles,
    is_named: bool,
    /// Whether it is a pipe, whose next part may be long in coming.
    is_live: bool,
}

enum End {
    Done,
    Failed,
    NoText,
    Stopped,
}

impl<T: Send> File<T> {
    fn take_all(
        mut self,
        batch_of: impl Fn(Reading) -> Batch<T> + Sync,
        mut take: impl FnMut(T) -> anyhow::Result<()>,
        position: &mut Position,
        progress: &mut Progress,
    ) -> anyhow::Result<End> {
        let mut next = self.first;
        // The next reading is prepared while the current one is processed, because only one thread reads a file.
        let mut ahead = None;
        let (mut has_articles, mut has_errors) = (false, false);
        while let Some(batch) = next {
            if !self.is_named && holds_no_text(&batch.reading) {
                return Ok(End::NoText);
            }
            has_articles |= !batch.results.is_empty();
            has_errors |= !batch.reading.errors.is_empty();
            position.add(batch.results.len(), batch.n_paragraphs, self.articles.n_bytes_read());
            batch.results.into_iter().try_for_each(&mut take)?;
            progress.report(&batch.reading.warnings, &batch.reading.errors);
            let reading = ahead.take().or_else(|| self.articles.next());
            if reading.is_some() && stop::is_requested() {
                return Ok(End::Stopped);
            }
            next = reading.map(|reading| {
                let (articles, is_live) = (&mut self.articles, self.is_live);
                let read_ahead = || if is_live { None } else { articles.next() };
                let (batch, after) = rayon::join(|| batch_of(reading), read_ahead);
                ahead = after;
                batch
            });
        }
        Ok(if has_articles || !has_errors { End::Done } else { End::Failed })
    }
}

/// How far a run has got.
struct Position {
    bar: Bar,
    stop: Stop,
    /// The size of the files that are done.
    n_bytes: u64,
    n_paragraphs: usize,
}

impl Position {
    fn start(sizes: &[Option<u64>], has_room: bool) -> Position {
        // The length of a pipe is unknown.
        let n_bytes = sizes.iter().copied().sum();
        let bar = Bar::of_files(n_bytes, has_room);
        let stop = Stop { n_files_done: 0, n_files: sizes.len(), n_articles: 0 };
        Position { bar, stop, n_bytes: 0, n_paragraphs: 0 }
    }

    /// Counts a batch that ends `n_read` bytes into its file.
    fn add(&mut self, n_articles: usize, n_paragraphs: usize, n_read: u64) {
        self.stop.n_articles += n_articles;
        self.n_paragraphs += n_paragraphs;
        let Stop { n_files_done, n_files, .. } = self.stop;
        self.bar.update(n_files_done, n_files, self.n_bytes + n_read, self.n_paragraphs);
    }

    fn end_of_file(&mut self, size: Option<u64>) {
        self.stop.n_files_done += 1;
        self.n_bytes += size.unwrap_or(0);
    }
}

/// Whether a file is JSON without any row that has a text.
fn holds_no_text(reading: &Reading) -> bool {
    matches!(reading.errors.as_slice(), [Error::NoTexts { .. }])
}

/// Ranges of files that are read in parallel.
fn parallel_ranges(sizes: &[Option<u64>]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut start, mut n_bytes) = (0, 0);
    for (index, size) in sizes.iter().enumerate() {
        let size = size.unwrap_or(0);
        if index > start && (index - start >= FILES_AT_ONCE || n_bytes + size > BYTES_AT_ONCE) {
            ranges.push(start..index);
            (start, n_bytes) = (index, 0);
        }
        n_bytes += size;
    }
    ranges.push(start..sizes.len());
    ranges
}

/// The size of a file; `None` if it has none, such as a pipe, and 0 if it is missing, because opening it reports that.
fn size_of(path: &Path) -> Option<u64> {
    if path == Path::new("-") {
        return None;
    }
    std::fs::metadata(path).map_or(Some(0), |found| found.is_file().then_some(found.len()))
}
