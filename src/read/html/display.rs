//! Elements that a browser displays otherwise than their names say: frames with a page of their own, inline elements
//! that are displayed as blocks, and divs that are paragraphs inside one another.

use std::sync::LazyLock;

use dom_query::{Document, NodeRef};
use regex::Regex;
use rustc_hash::FxHashSet;

use super::limits::limited;
use super::parts::{has_own_text, is_inline};

/// Frames inside frames are shown up to this depth.
const MAX_FRAMES: usize = 2;
/// Frames that are deeper in the tree are not shown, so that the tree does not become too deep.
const MAX_DEPTH: usize = 64;
/// An inline element with fewer letters is no paragraph, however it is displayed: it may be a drop cap.
const MIN_LETTERS: usize = 20;
/// Inline elements that may be paragraphs.
const INLINE: [&str; 8] = ["span", "font", "small", "label", "em", "strong", "b", "i"];

static IS_BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[;{\s])display\s*:\s*(?:block|flex|grid|table|list-item|flow-root)\b")
        .expect("a test uses the pattern")
});
/// A rule of a style sheet: its selectors and its declarations.
static RULE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"([^{}]*)\{([^{}]*)\}").expect("a test uses the pattern"));
/// A selector that names a class and nothing else.
static CLASS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(?:span)?\.([\w-]+)\s*$").expect("a test uses the pattern"));

/// Puts the page that an `iframe` has in its attribute `srcdoc` in the place of the frame, and makes divs of inline
/// elements that are displayed as blocks.
pub fn show_as_displayed(document: &Document) {
    for _ in 0..MAX_FRAMES {
        show_frames(document);
    }
    rename_blocks(document);
}

fn show_frames(document: &Document) {
    for frame in document.select("iframe[srcdoc]").nodes() {
        let page = frame.attr("srcdoc").filter(|_| frame.ancestors_it(None).count() < MAX_DEPTH);
        let Some(page) = page else { continue };
        let inner = Document::from(limited(&page).as_ref());
        let holder = document.tree.new_element("div");
        holder.set_html(inner.body().map(|body| body.inner_html()).unwrap_or_default());
        frame.replace_with(&holder);
    }
}

fn rename_blocks(document: &Document) {
    let sheets = document.select("style");
    let styles = sheets.nodes().iter().map(|style| style.text().to_string());
    let styles: Vec<String> = styles.filter(|style| IS_BLOCK.is_match(style)).collect();
    let is_block = |style: &str| IS_BLOCK.is_match(style) && !style.contains("float");
    let rules = styles.iter().flat_map(|style| RULE.captures_iter(style)).filter(|rule| is_block(&rule[2]));
    let mut classes: FxHashSet<String> = FxHashSet::default();
    for rule in rules {
        let named = rule[1].split(',').filter_map(|selector| CLASS.captures(selector));
        classes.extend(named.map(|class| class[1].to_string()));
    }
    let Some(body) = document.body() else { return };
    let is_displayed_as_block = |node: &NodeRef<'_>| {
        let has_name = node.node_name().is_some_and(|name| INLINE.contains(&name.as_ref()));
        has_name
            && (node.attr("style").is_some_and(|style| is_block(&style))
                || node
                    .attr("class")
                    .is_some_and(|names| names.split_whitespace().any(|name| classes.contains(name))))
            && node.normalized_char_count() >= MIN_LETTERS
    };
    // A walk borrows the tree, so its results are collected before the tree is changed.
    let displayed: Vec<NodeRef<'_>> = body.descendants_it().filter(is_displayed_as_block).collect();
    displayed.iter().for_each(|node| node.rename("div"));
}

/// Makes paragraphs that follow one another of divs that are inside one another and have text of their own:
/// readability would take only the innermost for the article. Divs with a class stay where they are.
pub fn flatten_divs(document: &Document) {
    let Some(body) = document.body() else { return };
    let has_text = |node: &NodeRef<'_>| node.has_name("div") && has_own_text(node);
    let is_nested = |node: &NodeRef<'_>| {
        let is_plain = !node.has_attr("class") && !node.has_attr("id");
        is_plain && has_text(node) && node.parent().is_some_and(|outer| has_text(&outer))
    };
    let nested: Vec<NodeRef<'_>> = body.descendants_it().filter(is_nested).collect();
    let mut wrapped = FxHashSet::default();
    for inner in &nested {
        for holder in [inner.parent(), Some(*inner)].into_iter().flatten() {
            if wrapped.insert(holder.id) {
                wrap_texts(document, &holder);
            }
        }
    }
    for inner in nested {
        inner.children().into_iter().for_each(|child| inner.insert_before(&child));
        inner.remove_from_parent();
    }
}

/// Puts each run of text between the blocks of an element into a paragraph.
fn wrap_texts(document: &Document, holder: &NodeRef<'_>) {
    let children = holder.children();
    for run in children.chunk_by(|a, b| is_inline(a) && is_inline(b)) {
        let has_text = |node: &NodeRef<'_>| !node.text().trim().is_empty();
        if is_inline(&run[0]) && run.iter().any(has_text) {
            let paragraph = document.tree.new_element("p");
            run[0].insert_before(&paragraph);
            run.iter().for_each(|node| paragraph.append_child(node));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &str, expected: &str) {
        let document = Document::from(page);
        show_as_displayed(&document);
        flatten_divs(&document);
        assert_eq!(document.body().unwrap().inner_html().as_ref(), expected);
    }

    #[test]
    fn frames_are_shown() {
        check(
            "<p>One.</p><iframe srcdoc='&lt;p&gt;Two &amp;amp; three.&lt;/p&gt;'></iframe>",
            "<p>One.</p><div><p>Two &amp; three.</p></div>",
        );
    }

    #[test]
    fn inline_elements_that_are_displayed_as_blocks_are_divs() {
        let text = "The council met on Tuesday.";
        let page = |style: &str| format!("<span style=\"{style}\">{text}</span>");
        check(
            &page("margin:0; display: block"),
            &format!("<div style=\"margin:0; display: block\">{text}</div>"),
        );
        for style in ["color:red", "display:inline-block", "display:block;float:left"] {
            check(&page(style), &page(style));
        }
        check("<b style=\"display:block\">T</b>he", "<b style=\"display:block\">T</b>he");
        // A browser moves the style sheet to the head.
        let sheet = "<style>i{} .a, .b{display:block}</style>";
        let held = |name: &str| format!("<{name} class=\"b\">{text}</{name}>");
        check(&format!("{sheet}{}", held("span")), &held("div"));
    }

    #[test]
    fn divs_inside_one_another_follow_one_another() {
        check(
            "<div>One <b>two</b><div>three<div>four</div>five</div></div>",
            "<div><p>One <b>two</b></p><p>three</p><p>four</p><p>five</p></div>",
        );
        check("<div>One<div class=\"a\">two</div></div>", "<div>One<div class=\"a\">two</div></div>");
    }
}
