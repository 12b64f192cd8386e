//! A report on articles: one page for one or a few, a folder of pages for many.

use std::path::{Path, PathBuf};

use maud::{Markup, PreEscaped, html};

use super::article;
use super::packed::Sections;
use super::page::{ARTICLE_SCRIPT, ARTICLE_STYLE, MARK, Page, Place};
use super::tables::{Links, page_name};
use super::{compare, overview};
use crate::article::Article;
use crate::error::Result;
#[cfg(feature = "forms")]
use crate::output::OutputArchive;
use crate::output::OutputFolder;
use crate::report::origin::{ArticlesHash, Origin};
use crate::score::Outcome;
use crate::summary::{Digest, DigestOptions, Profile, title};

/// The overview of a folder.
const INDEX: &str = "index.html";
/// How many phrases for and against each label a page of many articles shows by default.
const MAX_NAMED_OF_MANY: usize = 2;

/// Makes the pages of a report for a browser.
#[derive(Debug, Clone)]
pub struct HtmlReport {
    labels: Vec<String>,
    options: DigestOptions,
    origin: Origin,
    n_named: Option<usize>,
}

/// An article that is ready for a folder of pages.
#[derive(Debug)]
pub struct Sheet {
    digest: Digest,
    /// The body of its page, without links to other pages.
    body: String,
}

impl Sheet {
    /// What the overview shows of it.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }
}

impl HtmlReport {
    /// A report with these labels, which states its `origin`; `options` determine what overviews show.
    pub fn new(labels: &[String], options: DigestOptions, origin: Origin) -> HtmlReport {
        HtmlReport { labels: labels.to_vec(), options, origin, n_named: None }
    }

    /// The same report, which states the articles that it is on, now that all are read.
    pub fn on(self, articles: Option<ArticlesHash>) -> HtmlReport {
        HtmlReport { origin: Origin { articles, ..self.origin }, ..self }
    }

    /// Names `n_named` phrases or features of each paragraph for its label, and as many against it. By default the number
    /// is chosen to keep pages small, and is at most five.
    pub fn naming(self, n_named: usize) -> HtmlReport {
        HtmlReport { n_named: Some(n_named), ..self }
    }

    /// The page of one article.
    pub fn article(&self, article: &Article, outcomes: &[Outcome]) -> String {
        self.article_page(title(article), self.body(article, outcomes, "", 1, true), html! {})
    }

    /// What a folder of pages needs from an article. This does nearly all the work of making its page.
    pub fn sheet(&self, article: &Article, outcomes: &[Outcome]) -> Sheet {
        Sheet {
            digest: self.digest(article, outcomes),
            body: self.body(article, outcomes, "", 1, true).into_string(),
        }
    }

    /// What an overview shows of an article.
    pub fn digest(&self, article: &Article, outcomes: &[Outcome]) -> Digest {
        Digest::of(article, outcomes, &self.options)
    }

    /// An overview with a row for each article, without the articles.
    pub fn rows(&self, digests: &[Digest]) -> String {
        self.overview(digests, Links::None, Sections::default())
    }

    /// A page with a row for each group of articles by `keys`.
    pub fn groups(&self, keys: &[String], groups: &[Profile]) -> String {
        overview::groups_page(&self.labels, keys, groups, &self.origin)
    }

    fn overview(&self, digests: &[Digest], links: Links, articles: Sections) -> String {
        overview::page(&self.labels, &self.options, digests, links, articles, &self.origin)
    }

    /// In a page of many articles, reasons are short: two phrases for each label and two against it are marked in the
    /// text, and the page's script lists them.
    fn body(
        &self,
        article: &Article,
        outcomes: &[Outcome],
        anchor: &str,
        level: u8,
        lists_phrases: bool,
    ) -> Markup {
        let most = if lists_phrases { usize::MAX } else { MAX_NAMED_OF_MANY };
        let n_named = self.n_named.unwrap_or_else(|| article::n_named(article, outcomes).min(most));
        let model = &self.origin.model_id;
        article::article(
            &self.labels,
            article,
            outcomes,
            &Place { anchor, level, n_named, lists_phrases, model },
        )
    }

    /// The page of an article, with `links` to other pages.
    fn article_page(&self, title: &str, body: Markup, links: Markup) -> String {
        let body = html! { (links) main id="main" { (body) } };
        Page { title, style: ARTICLE_STYLE, script: ARTICLE_SCRIPT, origin: &self.origin, body }.text()
    }
}

/// Collects a few articles into one page: the article if there is only one, otherwise an overview with all articles
/// below it, which are compressed if they are many.
#[derive(Debug)]
pub struct HtmlPage {
    report: HtmlReport,
    digests: Vec<Digest>,
    /// The first article, as long as it is the only one.
    first: Option<(Article, Vec<Outcome>)>,
    sections: Sections,
}

impl HtmlPage {
    /// An empty page.
    pub fn new(report: &HtmlReport) -> HtmlPage {
        HtmlPage { report: report.clone(), digests: Vec::new(), first: None, sections: Sections::default() }
    }

    /// Adds an article.
    pub fn article(&mut self, article: Article, outcomes: Vec<Outcome>) {
        // A comparison needs an overview, even of one article.
        if self.digests.is_empty() && self.first.is_none() && self.report.options.tag_column.is_none() {
            self.first = Some((article, outcomes));
            return;
        }
        if let Some((article, outcomes)) = self.first.take() {
            self.section(&article, &outcomes);
        }
        self.section(&article, &outcomes);
    }

    fn section(&mut self, article: &Article, outcomes: &[Outcome]) {
        self.digests.push(self.report.digest(article, outcomes));
        let number = self.digests.len();
        let report = &self.report;
        self.sections.push(|is_short| {
            html! {
                section.piece id={ "a" (number) } {
                    (report.body(article, outcomes, &format!("a{number}-"), 2, !is_short))
                    p.noprint { a href="#articles" { "Back to all articles" } }
                }
            }
        });
    }

    /// The page as HTML; it states the articles that it is on.
    pub fn text(self, articles: Option<ArticlesHash>) -> String {
        let report = self.report.on(articles);
        match self.first {
            Some((article, outcomes)) => report.article(&article, &outcomes),
            None => report.overview(&self.digests, Links::Anchors, self.sections),
        }
    }
}

/// Writes many articles into a folder, which appears under its name when it is finished: an overview, and a page for
/// each article.
///
/// An article's page links to the next article, so it is written once that is known. Only the rows of the other
/// articles are held in memory.
#[derive(Debug)]
pub struct HtmlFolder {
    report: HtmlReport,
    pages: Pages,
    digests: Vec<Digest>,
    /// The body of the last article, whose page is not yet written.
    last: Option<String>,
}

impl HtmlFolder {
    /// Prepares to write the folder `path`.
    ///
    /// # Errors
    ///
    /// When the folder holds something other than a report, or is not writable.
    pub fn create(path: &Path, report: &HtmlReport) -> Result<HtmlFolder> {
        Ok(HtmlFolder::of(report, Pages::Folder(OutputFolder::create(path, MARK)?)))
    }

    /// Prepares to write the same folder as the ZIP archive `path`.
    ///
    /// # Errors
    ///
    /// When the archive is not writable.
    #[cfg(feature = "forms")]
    pub fn create_archive(path: &Path, report: &HtmlReport) -> Result<HtmlFolder> {
        Ok(HtmlFolder::of(report, Pages::Archive(Box::new(OutputArchive::create(path)?))))
    }

    fn of(report: &HtmlReport, pages: Pages) -> HtmlFolder {
        HtmlFolder { report: report.clone(), pages, digests: Vec::new(), last: None }
    }

    /// States in the overview the articles that the report is on.
    pub fn note(&mut self, articles: Option<ArticlesHash>) {
        self.report.origin.articles = articles;
    }

    /// The temporary folder or file. A process that ends without dropping this value must remove it.
    pub fn temporary_path(&self) -> Option<&Path> {
        match &self.pages {
            Pages::Folder(folder) => Some(folder.temporary_path()),
            #[cfg(feature = "forms")]
            Pages::Archive(archive) => archive.temporary_path(),
        }
    }

    /// Adds an article with a page of its own.
    ///
    /// # Errors
    ///
    /// When the page before it cannot be written.
    pub fn sheet(&mut self, sheet: Sheet) -> Result<()> {
        let before = self.last.replace(sheet.body);
        self.digests.push(sheet.digest);
        before.map_or(Ok(()), |body| self.write_page(self.digests.len() - 1, body))
    }

    /// Adds an article without a page.
    pub fn row(&mut self, digest: Digest) {
        self.digests.push(digest);
    }

    /// Writes the overview and renames the folder to its path.
    ///
    /// # Errors
    ///
    /// When a page cannot be written or the folder cannot be renamed.
    pub fn finish(mut self) -> Result<()> {
        self.write_last()?;
        match self.pages {
            Pages::Folder(folder) => folder.finish(),
            #[cfg(feature = "forms")]
            Pages::Archive(archive) => archive.finish(),
        }
    }

    /// Finishes a run that was interrupted: adds `.partial` to the folder's name, and returns the new path.
    ///
    /// # Errors
    ///
    /// When a page cannot be written, or the `.partial` folder exists and is not an earlier report.
    pub fn finish_partial(mut self) -> Result<PathBuf> {
        self.write_last()?;
        match self.pages {
            Pages::Folder(folder) => folder.finish_partial(),
            #[cfg(feature = "forms")]
            Pages::Archive(archive) => archive.finish_partial(),
        }
    }

    /// Writes the last article's page, the comparison and the overview.
    fn write_last(&mut self) -> Result<()> {
        let body = self.last.take();
        let links = if body.is_some() { Links::Pages } else { Links::None };
        body.map_or(Ok(()), |body| self.write_page(self.digests.len(), body))?;
        if let Some(column) = self.report.options.tag_column.as_ref().filter(|_| links == Links::Pages) {
            let page = compare::page(&self.report.labels, column, &self.digests, links, &self.report.origin);
            self.pages.write(compare::PAGE, &page)?;
        }
        self.pages.write(INDEX, &self.report.overview(&self.digests, links, Sections::default()))
    }

    /// Writes the page of the article with this number, from 1.
    fn write_page(&mut self, number: usize, body: String) -> Result<()> {
        let title = &self.digests[number - 1].title;
        let links = page_links(&self.digests, number);
        let page = self.report.article_page(title, PreEscaped(body), links);
        self.pages.write(&page_name(number, title), &page)
    }
}

/// Where the pages of a folder go.
#[derive(Debug)]
enum Pages {
    Folder(OutputFolder),
    #[cfg(feature = "forms")]
    Archive(Box<OutputArchive>),
}

impl Pages {
    fn write(&mut self, name: &str, page: &str) -> Result<()> {
        match self {
            Pages::Folder(folder) => folder.write(name, page),
            #[cfg(feature = "forms")]
            Pages::Archive(archive) => archive.write(name, page),
        }
    }
}

/// Links from an article's page to the overview, the previous article and the next.
fn page_links(digests: &[Digest], number: usize) -> Markup {
    let neighbour = |number: usize| {
        let title = &digests.get(number.checked_sub(1)?)?.title;
        Some((page_name(number, title).replace("articles/", ""), title))
    };
    html! {
        nav.beside.noprint aria-label="Articles" {
            a href={ "../" (INDEX) } { "All articles" }
            @if let Some((href, title)) = neighbour(number - 1) {
                " " span { "Previous: " a rel="prev" href=(href) { (title) } }
            }
            @if let Some((href, title)) = neighbour(number + 1) {
                " " span { "Next: " a rel="next" href=(href) { (title) } }
            }
        }
    }
}
