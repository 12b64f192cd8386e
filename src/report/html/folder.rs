//! A report as a folder: an overview, and a page for each article.

use std::path::{Path, PathBuf};

use maud::{Markup, PreEscaped, html};

use super::entry::{Links, page_name};
use super::page::MARK;
use super::{HtmlReport, Sheet, compare, overview};
use crate::digest::Digest;
use crate::error::Result;
use crate::output::OutputFolder;

/// A report on many articles on its way into a folder, which appears when it is finished.
///
/// An article's page is written as soon as the next article is known, which it leads to; of all others, their
/// rows alone are held in memory.
#[derive(Debug)]
pub struct HtmlFolder {
    report: HtmlReport,
    folder: OutputFolder,
    digests: Vec<Digest>,
    /// The body of the last article, which is not yet written.
    last: Option<String>,
}

impl HtmlFolder {
    /// Makes ready to write the folder `path`.
    ///
    /// # Errors
    ///
    /// When the folder holds what is no report of rhetor's, or cannot be written to.
    pub fn create(path: &Path, report: &HtmlReport) -> Result<HtmlFolder> {
        let folder = OutputFolder::create(path, MARK)?;
        Ok(HtmlFolder { report: report.clone(), folder, digests: Vec::new(), last: None })
    }

    /// As [`OutputFolder::temporary_path`].
    pub fn temporary_path(&self) -> &Path {
        self.folder.temporary_path()
    }

    /// Adds an article with a page of its own.
    ///
    /// # Errors
    ///
    /// When the page before it cannot be written.
    pub fn sheet(&mut self, sheet: Sheet) -> Result<()> {
        let body = self.last.replace(sheet.body);
        self.digests.push(sheet.digest);
        body.map_or(Ok(()), |body| self.write_page(self.digests.len() - 1, body))
    }

    /// Adds an article that has no page.
    pub fn row(&mut self, digest: Digest) {
        self.digests.push(digest);
    }

    /// Writes the overview and puts the folder in its place.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn finish(mut self) -> Result<()> {
        self.write_last()?;
        self.folder.finish()
    }

    /// The same for a run that was cut short: the folder is put beside its place, with `.partial` behind its
    /// name, which is given.
    ///
    /// # Errors
    ///
    /// When they cannot be written, or what stands there is no part of an earlier report.
    pub fn finish_partial(mut self) -> Result<PathBuf> {
        self.write_last()?;
        self.folder.finish_partial()
    }

    /// Writes the last article's page and what is of all articles.
    fn write_last(&mut self) -> Result<()> {
        let body = self.last.take();
        let links = if body.is_some() { Links::Pages } else { Links::None };
        body.map_or(Ok(()), |body| self.write_page(self.digests.len(), body))?;
        if let Some(column) = self.report.options.tag_column.as_ref().filter(|_| links == Links::Pages) {
            self.folder.write(compare::PAGE, &compare::page(&self.report, column, &self.digests, links))?;
        }
        let index = overview::page(&self.report, &self.digests, links, html! {});
        self.folder.write(INDEX, &index)
    }

    /// Writes the page of the article with that number, from 1.
    fn write_page(&mut self, number: usize, body: String) -> Result<()> {
        let title = &self.digests[number - 1].title;
        let links = page_links(&self.digests, number);
        let page = self.report.article_page(title, PreEscaped(body), links);
        self.folder.write(&page_name(number, title), &page)
    }
}

/// The overview, from beside the folder of articles.
const INDEX: &str = "index.html";

/// The links from an article's page to the overview and to the articles beside it.
fn page_links(digests: &[Digest], number: usize) -> Markup {
    let neighbour = |number: Option<usize>| {
        let number = number?;
        let title = &digests.get(number.checked_sub(1)?)?.title;
        Some((page_name(number, title).replace("articles/", ""), title))
    };
    html! {
        nav.beside.noprint aria-label="Articles" {
            a href={ "../" (INDEX) } { "All articles" }
            @if let Some((href, title)) = neighbour(number.checked_sub(1)) {
                " " span { "Previous: " a rel="prev" href=(href) { (title) } }
            }
            @if let Some((href, title)) = neighbour(Some(number + 1)) {
                " " span { "Next: " a rel="next" href=(href) { (title) } }
            }
        }
    }
}
