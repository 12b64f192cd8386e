//! Numbers on the texts of a page, which show what readability did not take into the article.

use dom_query::{Document, NodeRef};

use super::parts::{has_own_text, is_inline};

/// The attribute that carries the number of a text through readability.
const ATTRIBUTE: &str = "data-rhetor-text";

/// Elements that a visitor uses rather than reads: a hidden element with one is a menu or a dialog.
const CONTROLS: [&str; 6] = ["form", "input", "button", "select", "dialog", "nav"];

/// The fewest letters of a hidden element that has text: icons and the like have fewer.
const MIN_HIDDEN: usize = 40;

/// Numbers every element that has text of its own, in the order of the page. Words inside a paragraph have the number
/// of the paragraph.
pub fn number_texts(document: &Document) {
    let Some(body) = document.body() else { return };
    // A walk borrows the tree, so its results are collected before the tree is changed.
    let mut holders = Vec::new();
    find_holders(&body, &mut holders);
    for (number, holder) in holders.iter().enumerate() {
        holder.set_attr(ATTRIBUTE, &number.to_string());
    }
}

fn find_holders<'a>(element: &NodeRef<'a>, holders: &mut Vec<NodeRef<'a>>) {
    let has_text = has_own_text(element);
    holders.extend(has_text.then_some(*element));
    for child in element.children_it(false).filter(|child| child.is_element()) {
        if !(has_text && is_inline(&child)) {
            find_holders(&child, holders);
        }
    }
}

/// The number of an element that has one.
pub fn number_of(element: &NodeRef<'_>) -> Option<usize> {
    element.attr(ATTRIBUTE)?.parse().ok()
}

/// Removes `aria-hidden` from elements with text: it hides them from screen readers, not from view, and pages have it
/// on paragraphs behind a paywall. Readability would drop them.
pub fn show_hidden_texts(document: &Document) {
    let Some(body) = document.body() else { return };
    let mut hidden = Vec::new();
    find_hidden(&body, &mut hidden);
    hidden.iter().for_each(|element| element.remove_attr("aria-hidden"));
}

fn find_hidden<'a>(element: &NodeRef<'a>, hidden: &mut Vec<NodeRef<'a>>) {
    for child in element.children_it(false).filter(|child| child.is_element()) {
        let is_hidden = child.attr("aria-hidden").is_some_and(|value| value.as_ref() == "true");
        if !is_hidden {
            find_hidden(&child, hidden);
        } else if is_text(&child) {
            // Elements inside it are shown with it, so that each is read once.
            hidden.push(child);
            hidden.extend(child.descendants_it().filter(|node| node.is_element()));
        }
    }
}

/// Whether an element is text, not links, controls or a dialog.
fn is_text(element: &NodeRef<'_>) -> bool {
    let n_letters = element.normalized_char_count();
    let is_dialog = element.attr("role").is_some_and(|role| role.contains("dialog"));
    let is_control =
        |node: &NodeRef<'_>| node.node_name().is_some_and(|name| CONTROLS.contains(&name.as_ref()));
    let links = element.descendants_it().filter(|node| node.has_name("a"));
    let n_linked: usize = links.map(|link| link.normalized_char_count()).sum();
    n_letters >= MIN_HIDDEN
        && !is_dialog
        && 2 * n_linked < n_letters
        && !element.descendants_it().any(|node| is_control(&node))
}
