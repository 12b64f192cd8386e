//! The paragraphs, headings and list items of Markdown, without the markup.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use pulldown_cmark::{BrokenLink, BrokenLinkCallback, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};
use regex::{Captures, Regex};

use super::markup::unescaped;
use super::paragraph::normalise;
use crate::article::Paragraph;

/// The paragraphs of the Markdown in `text` from byte `body` on.
///
/// The text of a block is the [`plain_text`] of its slice. A block with only an image keeps its source, so that the
/// filter can recognise it.
pub fn paragraphs(text: &str, body: usize) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    let pieces = blocks(&text[body..]).into_iter().flat_map(|block| html_pieces(&text[body..], block));
    for Block { range, heading, quoted } in pieces {
        let start = body + range.start;
        let slice = text[start..body + range.end].trim_end();
        let end = start + slice.len();
        // A row without the head of its table is not parsed as a row, so its bars are removed here.
        let plain = plain_text(slice).trim_matches(['|', ' ']).replace(" | ", " ");
        let is_image = plain.is_empty() && slice.contains("](");
        let text = if is_image { normalise(slice) } else { plain };
        if !text.is_empty() {
            let paragraph = Paragraph { start, end, text, heading, quoted, ..Paragraph::default() };
            paragraphs.push(Paragraph { follows: true, ..paragraph });
        }
    }
    paragraphs
}

/// The tags in HTML between which there are blocks.
static BLOCK_TAGS: LazyLock<Regex> = LazyLock::new(|| {
    let names =
        "p|div|h[1-6]|li|[uo]l|blockquote|table|tr|section|article|figure|figcaption|br\\s*/?>\\s*<br";
    Regex::new(&format!(r"(?i)</?(?:{names})(?:\s[^<>]*)?/?>")).expect("a test uses the pattern")
});

/// The blocks in a block of HTML; another block is returned as it is.
fn html_pieces(markdown: &str, block: Block) -> Vec<Block> {
    let html = &markdown[block.range.clone()];
    if !html.trim_start().starts_with('<')
        || ["<script", "<style", "<!--"].iter().any(|start| html.contains(start))
    {
        return vec![block];
    }
    let tags = BLOCK_TAGS.find_iter(html).map(|tag| tag.range());
    let mut start = 0;
    let mut pieces = Vec::new();
    for tag in tags.chain(std::iter::once(html.len()..html.len())) {
        let piece = super::text::trimmed(html, start..tag.start);
        let range = block.range.start + piece.start..block.range.start + piece.end;
        pieces.extend((!piece.is_empty()).then_some(Block { range, ..block }));
        start = tag.end;
    }
    pieces
}

#[derive(Debug)]
struct Block {
    range: Range<usize>,
    heading: bool,
    quoted: bool,
}

/// The innermost blocks with text.
fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut quote_depth = 0;
    for (event, range) in parser(markdown).into_offset_iter() {
        let block = |heading| Block { range: range.clone(), heading, quoted: quote_depth > 0 };
        match event {
            Event::Start(Tag::BlockQuote(_)) => quote_depth += 1,
            Event::End(TagEnd::BlockQuote(_)) => quote_depth -= 1,
            // A nested list ends the text of its item.
            Event::Start(Tag::List(_)) => end_item(&mut blocks, range.start),
            Event::Start(Tag::Heading { .. }) => push_block(&mut blocks, block(true)),
            Event::Start(Tag::Paragraph | Tag::CodeBlock(_) | Tag::HtmlBlock)
            | Event::Start(Tag::TableHead | Tag::TableRow | Tag::Item) => {
                push_block(&mut blocks, block(false));
            }
            Event::Text(_) | Event::Code(_) => push_rest(markdown, &mut blocks, block(false)),
            _ => {}
        }
    }
    blocks
}

fn push_block(blocks: &mut Vec<Block>, block: Block) {
    end_item(blocks, block.range.start);
    blocks.push(block);
}

/// Adds the text that follows a nested block in a list item and belongs to no block yet.
fn push_rest(markdown: &str, blocks: &mut Vec<Block>, rest: Block) {
    let Range { start, end } = rest.range;
    match blocks.last_mut() {
        Some(Block { range, .. }) if end <= range.end => {}
        Some(Block { range, heading: false, .. })
            if range.end <= start && !markdown[range.end..start].contains('\n') =>
        {
            range.end = end;
        }
        _ => blocks.push(rest),
    }
}

/// Ends a list item where a nested block begins. An item without any text before it becomes empty.
fn end_item(blocks: &mut [Block], inner_start: usize) {
    if let Some(block) = blocks.last_mut() {
        block.range.end = block.range.end.min(inner_start);
    }
}

/// The visible text of a piece of Markdown, normalised.
pub fn plain_text(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    let mut image_depth = 0;
    for event in parser(markdown) {
        match event {
            Event::Start(Tag::Image { .. }) => image_depth += 1,
            Event::End(TagEnd::Image) => image_depth -= 1,
            Event::Text(text) | Event::Code(text) if image_depth == 0 => plain.push_str(&text),
            Event::Html(tags) => plain.push_str(&unescaped(&TAG.replace_all(&tags, " "))),
            // Inline elements do not separate words, but a line break does.
            Event::InlineHtml(tag) => plain.push_str(if tag.starts_with("<br") { " " } else { "" }),
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            Event::End(TagEnd::TableCell | TagEnd::Paragraph | TagEnd::Item) => plain.push(' '),
            _ => {}
        }
    }
    normalise(&without_notes(&plain))
}

/// A mark of a footnote, but not at the beginning of the note.
static NOTE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\[\^[\w-]{1,40}\](:?)").expect("a test uses the pattern"));

/// A link with its text and its target.
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(!?)\[([^\[\]]*)\]\((?:https?://|/|#|mailto:|www\.)[^()\s]*(?:\s+"[^"]*")?\)"#;
    Regex::new(pattern).expect("a test uses the pattern")
});

/// `text` without the marks of footnotes.
fn without_notes(text: &str) -> Cow<'_, str> {
    if !text.contains("[^") {
        return Cow::Borrowed(text);
    }
    NOTE.replace_all(
        text,
        |found: &Captures<'_>| if found[1].is_empty() { String::new() } else { found[0].to_string() },
    )
}

/// Plain text without the targets of Markdown links and without the marks of footnotes: texts of other forms have some
/// Markdown, too. A block of nothing but images stays, so that the filter can recognise it.
pub fn without_targets(text: &str) -> Cow<'_, str> {
    if !text.contains("](") || text.starts_with(['!', '[']) && text.ends_with(')') {
        return without_notes(text);
    }
    let shown = |found: &Captures<'_>| if found[1].is_empty() { found[2].to_string() } else { String::new() };
    match LINK.replace_all(text, shown) {
        Cow::Borrowed(text) => without_notes(text),
        Cow::Owned(text) => Cow::Owned(normalise(&without_notes(&text))),
    }
}

/// An HTML tag or comment inside Markdown.
static TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)<!--.*?-->|</?[A-Za-z][^>]*>").expect("a test uses the pattern"));

/// Treats every `[text][reference]` as a link, because a slice does not contain the definitions.
struct LinksWithoutDefinition;

impl<'a> BrokenLinkCallback<'a> for LinksWithoutDefinition {
    fn handle_broken_link(&mut self, link: BrokenLink<'a>) -> Option<(CowStr<'a>, CowStr<'a>)> {
        (link.link_type == LinkType::Reference).then(|| ("#".into(), "".into()))
    }
}

fn parser(markdown: &str) -> Parser<'_, LinksWithoutDefinition> {
    Parser::new_with_broken_link_callback(markdown, Options::ENABLE_TABLES, Some(LinksWithoutDefinition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(markdown: &str, expected: &[(&str, bool)]) {
        let found = paragraphs(markdown, 0);
        let seen: Vec<_> = found.iter().map(|p| (p.text.as_str(), p.heading)).collect();
        assert_eq!(seen, expected);
        for p in &found {
            let plain = plain_text(&markdown[p.start..p.end]);
            let row = p.text.len() <= 3;
            assert!(plain == p.text || plain.is_empty() || row, "{plain:?} {:?}", p.text);
        }
    }

    #[test]
    fn markup_is_removed_and_headings_are_marked() {
        check(
            "# A *great* title\n\nThe [council](http://x.y) voted **31** to\n12 on `Tuesday`.\n",
            &[("A great title", true), ("The council voted 31 to 12 on Tuesday.", false)],
        );
    }

    #[test]
    fn list_items_and_quotes_are_blocks() {
        check(
            "- **one** *thing* here\n- two\n  - three\n\n1. four\n\n   five\n\n> Quoted words.\n",
            &[
                ("one thing here", false),
                ("two", false),
                ("three", false),
                ("four", false),
                ("five", false),
                ("Quoted words.", false),
            ],
        );
    }

    #[test]
    fn block_quotes_are_quoted() {
        let found = paragraphs("One.\n\n> Two.\n>\n> Three.\n\nFour.\n", 0);
        let quoted: Vec<bool> = found.iter().map(|p| p.quoted).collect();
        assert_eq!(quoted, [false, true, true, false]);
    }

    #[test]
    fn html_and_tables_lose_only_their_markup() {
        check(
            "<div>\n<p>In <b>HTML</b>.</p>\n</div>\n\nOne<br>two.\n\n| a | b |\n|---|---|\n| c | d |\n",
            &[("In HTML.", false), ("One two.", false), ("a b", false), ("c d", false)],
        );
    }

    #[test]
    fn an_image_alone_keeps_its_source() {
        check("![](a.jpg)\n\nText ![alt](b.jpg) more.", &[("![](a.jpg)", false), ("Text more.", false)]);
    }
}
