//! The page of `rhetor serve`: a form for text and files, and the report on them.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use rhetor::read::ReadOptions;
use rhetor::report::{HtmlPage, HtmlReport, Origin};
use rhetor::summary::DigestOptions;
use rhetor::{Article, Model, ScoreOptions};

use super::Shared;
use crate::scorer::{Scorer, Task};
use crate::server::{Refusal, head, page_reply, whole};

/// The style of the form, after that of all reports.
pub const STYLE: &str = include_str!("page.css");
/// Files that are dropped on the page are put into the form.
pub const SCRIPT: &str = include_str!("page.js");

/// What the form may load: its own style and script. It may be sent only to this server.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";
/// The largest number of articles in one report.
const MAX_ARTICLES: usize = 300;
/// How many features a report lists for and against a label.
const N_REASONS: usize = 6;

/// The empty form.
pub async fn form() -> Response {
    page_reply(form_page(None), POLICY)
}

/// The report on what the form sent; the form with a message if there is nothing to report on.
pub async fn report(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    match report_page(&shared, request).await {
        Ok(page) => {
            let policy = policy_of(&page);
            page_reply(page, &policy)
        }
        Err(refusal) => {
            let page = page_reply(form_page(Some(refusal.message())), POLICY);
            (refusal.status(), page).into_response()
        }
    }
}

async fn report_page(shared: &Arc<Shared>, request: Request) -> Result<String, Refusal> {
    let (parts, body) = request.into_parts();
    let bytes = whole(body, shared.limits).await?;
    let files = files(Request::from_parts(parts, Body::from(bytes))).await?;
    let shared = Arc::clone(shared);
    let work = move || {
        let articles = articles(&shared.model, files)?;
        Ok(render(&shared.model, articles))
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::panicked())?
}

/// The text and the files of the form, with their names.
async fn files(request: Request) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
    let malformed = |_| Refusal::bad("the form is incomplete");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| Refusal::bad("found no form"))?;
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(malformed)? {
        // Only the last part of a name is kept. It is shown and tells the form of the file; no such path is opened.
        let name =
            field.file_name().map(|name| name.rsplit(['/', '\\']).next().unwrap_or_default().to_string());
        let bytes = field.bytes().await.map_err(malformed)?;
        if bytes.iter().any(|byte| !byte.is_ascii_whitespace()) {
            let name = name.filter(|name| !name.is_empty() && name != "-");
            files.push((name.unwrap_or_else(|| "pasted.txt".to_string()), bytes.to_vec()));
        }
    }
    match files.is_empty() {
        true => Err(Refusal::bad("There is no text. Paste one, or choose a file.")),
        false => Ok(files),
    }
}

fn articles(model: &Model, files: Vec<(String, Vec<u8>)>) -> Result<Vec<Article>, Refusal> {
    let (options, read) = (ScoreOptions::default(), ReadOptions::default());
    let scorer = Scorer { model: model.clone(), task: Task::Score, options, read };
    let mut articles = Vec::new();
    for (name, bytes) in files {
        articles.extend(scorer.reading(&name, bytes).map_err(Refusal::bad)?.articles);
    }
    if articles.len() > MAX_ARTICLES {
        let message =
            format!("found {} articles, expected at most {MAX_ARTICLES} for one page", articles.len());
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    match articles.iter().all(|article| article.paragraphs.is_empty()) {
        true => Err(Refusal::bad("There is no text in this.")),
        false => Ok(articles),
    }
}

fn render(model: &Model, articles: Vec<Article>) -> String {
    let labels = model.labels();
    let strongest = labels.iter().position(|label| label == "advocacy").unwrap_or_default();
    let options = DigestOptions { n_labels: labels.len(), strongest, tag_column: None };
    let mut page = HtmlPage::new(&HtmlReport::new(labels, options, Origin::new(model, Vec::new())));
    let explained = ScoreOptions { n_reasons: N_REASONS, ..ScoreOptions::default() };
    for article in articles {
        let outcomes = model.score(&article, explained);
        page.article(article, outcomes);
    }
    page.text(None)
}

/// The content security policy that a report states in its head, for the header.
fn policy_of(report: &str) -> String {
    const MARK: &str = "http-equiv=\"Content-Security-Policy\" content=\"";
    let stated = report.split_once(MARK).and_then(|(_, rest)| rest.split('"').next());
    format!("{}; frame-ancestors 'none'", stated.unwrap_or("default-src 'none'"))
}

fn form_page(message: Option<&str>) -> String {
    let main = html! {
        h1 { "Label an article" }
        p.soft {
            "Paste a text or a page, or choose files. Every paragraph gets a label, its probability and the reasons for it. "
            "The text is not sent anywhere else."
        }
        @if let Some(message) = message { p.message role="alert" { (message) } }
        form method="post" action="/report" enctype="multipart/form-data" {
            label for="text" { "Text" }
            textarea id="text" name="text" rows="12" spellcheck="false" {}
            label for="files" { "Files" }
            input id="files" name="files" type="file" multiple aria-describedby="forms";
            p.soft id="forms" { "Text, Markdown, HTML, CSV, JSON, Word, EPUB, mail and more. You can also drop files on this page." }
            p #chosen role="status" {}
            button type="submit" { "Label" }
        }
        p.soft { "Programs use the API: " a href="/v1/openapi.json" { "its description" } ", " a href="/v1/model" { "the model" } "." }
    };
    whole_page("Label an article", main)
}

fn whole_page(title: &str, main: Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(title, "/page.css"))
            body {
                main id="main" { (main) }
                footer { p { "rhetor " (env!("CARGO_PKG_VERSION")) } }
                script src="/page.js" {}
            }
        }
    };
    page.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_keeps_its_policy() {
        let model = Model::embedded().unwrap();
        let article = rhetor::article_from_text("The council voted 31 to 12 on Tuesday, officials said.");
        let policy = policy_of(&render(&model, vec![article]));
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.ends_with("; frame-ancestors 'none'"), "{policy}");
    }
}
