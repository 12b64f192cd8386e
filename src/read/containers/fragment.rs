//! Pieces of HTML as whole pages.

/// A fragment as a page. Text without tags for its paragraphs has blank lines instead: blogs store posts so.
pub fn whole_page(html: &str) -> String {
    const BLOCKS: &str = "<p <p> <div <h1 <h2 <h3 <h4 <h5 <h6 <ul <ol <li <blockquote <pre <table <figure <section \
                          <article <!-- </ <hr <aside <dl";
    let starts_block = |chunk: &str| {
        let lower: String = chunk.chars().take(12).collect::<String>().to_ascii_lowercase();
        BLOCKS.split(' ').any(|tag| lower.starts_with(tag))
    };
    let chunks = html.replace("\r\n", "\n");
    let chunks = chunks.split("\n\n").filter(|chunk| !chunk.trim().is_empty());
    let chunk = |chunk: &str| match starts_block(chunk.trim_start()) {
        true => format!("{chunk}\n\n"),
        false => format!("<p>{}</p>\n\n", chunk.trim()),
    };
    let lower = html.to_ascii_lowercase();
    let has_paragraphs = lower.contains("<p>") || lower.contains("<p ");
    let body: String = if has_paragraphs { html.to_string() } else { chunks.map(chunk).collect() };
    format!("<html><body><article>{body}</article></body></html>")
}
