//! The articles of many files, worked on by all threads and given in order, in bounded memory.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rhetor::{Article, Articles, Error, Inputs, ReadOptions, Reading};

use crate::output::{Progress, say_skipped};

/// How many files are read before their results are given.
const FILES_AT_ONCE: usize = 64;
/// How many bytes of files are read before their results are given, unless one alone has more.
const BYTES_AT_ONCE: u64 = 8 << 20;

/// What a batch of articles gave.
struct Batch<T> {
    results: Vec<T>,
    /// The reading without its articles.
    reading: Reading,
}

/// Calls `work` on every article of the files, from many threads, and `take` on what that gives, in
/// the order of the files and their articles.
///
/// Small files are read side by side, and each large one by the batch. What fails is said where it
/// stands in that order; files that nobody named and that hold no text are said at the end.
pub(crate) fn each_article<T: Send>(
    inputs: &Inputs,
    options: &ReadOptions,
    progress: &mut Progress,
    work: impl Fn(Article) -> T + Sync,
    mut take: impl FnMut(T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let batch_of = |mut reading: Reading| {
        let articles = std::mem::take(&mut reading.articles);
        Batch { results: articles.into_par_iter().map(&work).collect(), reading }
    };
    let first_of = |path: &PathBuf| -> rhetor::Result<(Option<Batch<T>>, Articles)> {
        let mut articles = Articles::open(path, options)?;
        Ok((articles.next().map(batch_of), articles))
    };
    let mut passed_over = Vec::new();
    for some in side_by_side(&inputs.files) {
        let firsts: Vec<_> = some.par_iter().map(first_of).collect();
        for (path, first) in some.iter().zip(firsts) {
            let (first, rest) = match first {
                Ok(opened) => opened,
                Err(error) => {
                    progress.failed(&error);
                    continue;
                }
            };
            let (mut n_articles, mut n_errors) = (0, 0);
            for batch in first.into_iter().chain(rest.map(batch_of)) {
                n_errors += batch.reading.errors.len();
                if !inputs.named.contains(path) && holds_no_text(&batch.reading) {
                    passed_over.push(path.clone());
                    continue;
                }
                n_articles += batch.results.len();
                batch.results.into_iter().try_for_each(&mut take)?;
                progress.told(&batch.reading);
            }
            if n_articles > 0 || n_errors == 0 {
                progress.done();
            }
        }
    }
    say_skipped(&passed_over, "JSON without a text");
    Ok(())
}

/// Whether a file turned out to be JSON without a row that has a text; nothing else was read of it.
fn holds_no_text(reading: &Reading) -> bool {
    matches!(reading.errors.as_slice(), [Error::NoTexts { .. }])
}

/// The files in groups that are read at once.
fn side_by_side(files: &[PathBuf]) -> Vec<&[PathBuf]> {
    let mut groups = Vec::new();
    let (mut start, mut n_bytes) = (0, 0);
    for (index, file) in files.iter().enumerate() {
        let size = size_of(file);
        if index > start && (index - start >= FILES_AT_ONCE || n_bytes + size > BYTES_AT_ONCE) {
            groups.push(&files[start..index]);
            (start, n_bytes) = (index, 0);
        }
        n_bytes += size;
    }
    groups.push(&files[start..]);
    groups
}

/// A file's size; 0 for what has none, such as a pipe, and what cannot be found, which is told when
/// it is opened.
fn size_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |found| found.len())
}
