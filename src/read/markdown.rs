//! The paragraphs, headings and list items of Markdown, without the markup.

use std::ops::Range;
use std::sync::LazyLock;

use pulldown_cmark::{BrokenLink, BrokenLinkCallback, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};
use regex::Regex;

use super::fold::normalise;
use crate::article::Paragraph;

/// The paragraphs of the Markdown in `text` from byte `body` on.
///
/// The text of a block is the [`plain_text`] of its slice. A block with only an image keeps its source, so that the
/// filter can recognise it.
pub fn paragraphs(text: &str, body: usize) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    let quotations = quotations(&text[body..]);
    for (range, heading) in blocks(&text[body..]) {
        let before = quotations.partition_point(|quotation| quotation.start <= range.start);
        let quoted = before > 0 && range.start < quotations[before - 1].end;
        let (start, end) = (body + range.start, body + range.end);
        let slice = text[start..end].trim_end();
        // Without the head of its table a row is not parsed as one, so its bars are removed here.
        let plain = plain_text(slice).trim_matches(['|', ' ']).replace(" | ", " ");
        let is_image = plain.is_empty() && slice.contains("](");
        let text = if is_image { normalise(slice) } else { plain };
        if !text.is_empty() {
            let end = start + slice.len();
            let paragraph = Paragraph { start, end, text, heading, quoted, ..Paragraph::default() };
            paragraphs.push(Paragraph { follows: true, ..paragraph });
        }
    }
    paragraphs
}

/// The outermost block quotes, in order.
fn quotations(markdown: &str) -> Vec<Range<usize>> {
    let mut quotations: Vec<Range<usize>> = Vec::new();
    for (event, range) in parser(markdown).into_offset_iter() {
        let is_inner = quotations.last().is_some_and(|outer| range.start < outer.end);
        if matches!(event, Event::Start(Tag::BlockQuote(_))) && !is_inner {
            quotations.push(range);
        }
    }
    quotations
}

/// The innermost blocks with text, and whether each is a heading.
fn blocks(markdown: &str) -> Vec<(Range<usize>, bool)> {
    let mut blocks: Vec<(Range<usize>, bool)> = Vec::new();
    for (event, range) in parser(markdown).into_offset_iter() {
        if let Event::Text(_) | Event::Code(_) = event {
            push_rest(markdown, &mut blocks, range);
            continue;
        }
        let Event::Start(tag) = event else { continue };
        match tag {
            Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::CodeBlock(_)
            | Tag::HtmlBlock
            | Tag::TableHead
            | Tag::TableRow
            | Tag::Item => {
                end_item(&mut blocks, range.start);
                blocks.push((range, matches!(tag, Tag::Heading { .. })));
            }
            // A nested list ends the text of its item.
            Tag::List(_) => end_item(&mut blocks, range.start),
            _ => {}
        }
    }
    blocks
}

/// Adds the text of a list item after a nested block, which belongs to no block yet.
fn push_rest(markdown: &str, blocks: &mut Vec<(Range<usize>, bool)>, range: Range<usize>) {
    match blocks.last_mut() {
        Some((block, _)) if range.end <= block.end => {}
        Some((block, false))
            if block.end <= range.start && !markdown[block.end..range.start].contains('\n') =>
        {
            block.end = range.end;
        }
        _ => blocks.push((range, false)),
    }
}

/// Ends a list item where a nested block begins. An item without text before that becomes empty.
fn end_item(blocks: &mut [(Range<usize>, bool)], inner_start: usize) {
    if let Some((block, _)) = blocks.last_mut()
        && block.end > inner_start
    {
        block.end = inner_start;
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
            Event::Html(tags) | Event::InlineHtml(tags) => plain.push_str(&TAG.replace_all(&tags, " ")),
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            Event::End(TagEnd::TableCell | TagEnd::Paragraph | TagEnd::Item) => plain.push(' '),
            _ => {}
        }
    }
    normalise(&plain)
}

/// An HTML tag or comment inside Markdown.
static TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)<!--.*?-->|</?[A-Za-z][^>]*>").expect("a test uses the pattern"));

/// Takes every `[text][reference]` for a link: a slice does not contain the definitions.
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
            &[("In HTML .", false), ("One two.", false), ("a b", false), ("c d", false)],
        );
    }

    #[test]
    fn an_image_alone_keeps_its_source() {
        check("![](a.jpg)\n\nText ![alt](b.jpg) more.", &[("![](a.jpg)", false), ("Text more.", false)]);
    }
}
