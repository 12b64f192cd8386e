//! The articles of many files, worked on by all threads and given in order, in bounded memory.

use std::ops::Range;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rhetor::{Article, Articles, Error, Inputs, ReadOptions, Reading};

use crate::bar::Bar;
use crate::interrupt::{self, Stop};
use crate::output::{Progress, say_skipped};

/// How many files are read before their results are given.
const FILES_AT_ONCE: usize = 64;
/// How many bytes of files are read before their results are given, unless one alone has more.
const BYTES_AT_ONCE: u64 = 8 << 20;

/// What a batch of articles gave.
struct Batch<T> {
    results: Vec<T>,
    n_paragraphs: usize,
    /// The reading without its articles.
    reading: Reading,
}

/// Calls `work` on every article of the files, from many threads, and `take` on what that gives, in
/// the order of the files and their articles.
///
/// Small files are read side by side, and each large one by the batch. What fails is said where it
/// stands in that order; files that nobody named and that hold no text are said at the end. An interrupt
/// ends it between two batches, and where is given.
pub(crate) fn each_article<T: Send>(
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
    let first_of = |path: &PathBuf| -> rhetor::Result<(Option<Batch<T>>, Articles)> {
        let mut articles = Articles::open(path, options)?;
        Ok((articles.next().map(batch_of), articles))
    };
    let sizes: Vec<Option<u64>> = inputs.files.iter().map(|file| size_of(file)).collect();
    let mut reached = Reached::nothing(&sizes, !progress.shows_results);
    let mut passed_over = Vec::new();
    for some in side_by_side(&sizes) {
        if interrupt::is_asked() {
            return Ok(Some(reached.stop));
        }
        let firsts: Vec<_> = inputs.files[some.clone()].par_iter().map(first_of).collect();
        for (index, first) in some.zip(firsts) {
            let path = &inputs.files[index];
            let (mut next, mut rest) = match first {
                Ok(opened) => opened,
                Err(error) => {
                    progress.failed(&error);
                    reached.end_of_file(sizes[index]);
                    continue;
                }
            };
            let (mut n_articles, mut n_errors) = (0, 0);
            while let Some(batch) = next {
                n_errors += batch.reading.errors.len();
                if !inputs.named.contains(path) && holds_no_text(&batch.reading) {
                    passed_over.push(path.clone());
                } else {
                    n_articles += batch.results.len();
                    reached.batch(batch.results.len(), batch.n_paragraphs, rest.n_bytes_read());
                    batch.results.into_iter().try_for_each(&mut take)?;
                    progress.told(&batch.reading);
                }
                let more = rest.next();
                if more.is_some() && interrupt::is_asked() {
                    return Ok(Some(reached.stop));
                }
                next = more.map(batch_of);
            }
            if n_articles > 0 || n_errors == 0 {
                progress.done();
            }
            reached.end_of_file(sizes[index]);
        }
    }
    say_skipped(&passed_over, "JSON without a text");
    Ok(None)
}

/// How far the files came.
struct Reached {
    bar: Bar,
    stop: Stop,
    /// Of the files that are done.
    n_bytes: u64,
    n_paragraphs: usize,
}

impl Reached {
    fn nothing(sizes: &[Option<u64>], has_room: bool) -> Reached {
        // Of a pipe nobody knows how long it is.
        let n_bytes = sizes.iter().copied().sum();
        let bar = Bar::begin(sizes.len(), n_bytes, has_room);
        let stop = Stop { n_files_done: 0, n_files: sizes.len(), n_articles: 0 };
        Reached { bar, stop, n_bytes: 0, n_paragraphs: 0 }
    }

    /// Counts a batch, `n_read` bytes into its file.
    fn batch(&mut self, n_articles: usize, n_paragraphs: usize, n_read: u64) {
        self.stop.n_articles += n_articles;
        self.n_paragraphs += n_paragraphs;
        self.bar.at(self.stop.n_files_done, self.n_bytes + n_read, self.n_paragraphs);
    }

    fn end_of_file(&mut self, size: Option<u64>) {
        self.stop.n_files_done += 1;
        self.n_bytes += size.unwrap_or(0);
    }
}

/// Whether a file turned out to be JSON without a row that has a text; nothing else was read of it.
fn holds_no_text(reading: &Reading) -> bool {
    matches!(reading.errors.as_slice(), [Error::NoTexts { .. }])
}

/// The files, by their places, in groups that are read at once.
fn side_by_side(sizes: &[Option<u64>]) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let (mut start, mut n_bytes) = (0, 0);
    for (index, size) in sizes.iter().enumerate() {
        let size = size.unwrap_or(0);
        if index > start && (index - start >= FILES_AT_ONCE || n_bytes + size > BYTES_AT_ONCE) {
            groups.push(start..index);
            (start, n_bytes) = (index, 0);
        }
        n_bytes += size;
    }
    groups.push(start..sizes.len());
    groups
}

/// A file's size: none for what has none, such as a pipe, and 0 for what cannot be found, which is told
/// when it is opened.
fn size_of(path: &Path) -> Option<u64> {
    if path == Path::new("-") {
        return None;
    }
    std::fs::metadata(path).map_or(Some(0), |found| found.is_file().then_some(found.len()))
}
