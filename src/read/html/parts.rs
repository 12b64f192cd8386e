//! Which part of a page an element is, by its name and the words of its class.

use std::sync::LazyLock;

use dom_query::{Document, NodeId, NodeRef};
use regex::{Regex, RegexSet};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::article::Part;
use crate::read::wrap::ends_sentence;

/// An element with more than this share of the article's letters is not boilerplate, regardless of its class: pages
/// wrap whole articles in elements called `share` or `related-content`. The same holds for all elements of one part
/// together: some pages put `ad-free` on every paragraph.
const MAX_SHARE: f64 = 0.3;

/// The depth of nested figures and lists that are searched. Each is read to its end, so a page of nested ones would
/// take quadratic time; no menu is that deep.
const MAX_NESTED: usize = 8;

/// The fewest words of a table cell that counts as a paragraph.
const MIN_PROSE_WORDS: usize = 25;

/// How many elements around a block quote are examined.
const MAX_WRAPPERS: usize = 4;

/// Elements that separate blocks. All others are inline, as unknown elements are in a browser.
static BLOCK: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset \
     figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup html legend li listing main menu nav ol \
     option p pre search section summary table tbody td tfoot th thead tr ul xmp"
        .split(' ')
        .collect()
});

/// The number of parts, the body included.
const N_PARTS: usize = Part::Outside as usize + 1;

/// Parts and the words of classes and ids, between hyphens or the like, that mean them. The first match counts.
const CLASSES: [(Part, &str); 25] = [
    (Part::Caption, r"captions?|credits?|photo(credit|caption|grapher)s?|image(credit|caption)s?|figcaption"),
    (Part::Caption, r"wp-caption(-text|-dd)?|copyright-holder|slideshow|gallery|carousel"),
    (Part::Newsletter, r"newsletters?|subscribe|subscription|notification-bar|sign-?up|mailing-?list"),
    (Part::Newsletter, r"mc-?embed"),
    (Part::Advert, r"ads?|advert(s|isement|ising)?|sponsor(s|ed)?|promo(s|tion|tional|ted)?|affiliate"),
    (Part::Advert, r"disclosure|outbrain|taboola|dfp"),
    (Part::Comment, r"comments?|comment-?(list|form|area)|disqus|respond"),
    (Part::Share, r"shar(e|es|ing)|social|share-?(bar|buttons|tools)|addthis|addtoany|sharedaddy"),
    (Part::Share, r"follow(-us)?"),
    (Part::Biography, r"author-?(bio|info|box|card|description|details)|bio|biography|about-?author"),
    (Part::Biography, r"post-?author|contributor-?(bio|info)"),
    (Part::Byline, r"byline|by-?line|dateline|timestamp|pub-?date|publish(ed)?-?(date|time)"),
    (Part::Byline, r"post-?(meta|date)|(estimated-)?read(ing)?-time|entry-?(meta|date)"),
    (Part::Byline, r"article-?(meta|date|info)|date-?(published|time)|meta-?(info|data)|posted-on"),
    (Part::Byline, r"author-?name|from-?name|sender(-?name)?|user-?name|display-?name"),
    (Part::Related, r"related|recirc(ulation)?|read-?(more|next|also)|recommend(ed|ations?)"),
    (Part::Related, r"most-?(read|popular|viewed)|more-?(from|on|stories|news|links)|see-?also|trending"),
    (Part::Related, r"popular|also-?(on|in|read)|in-?article-?(link|promo)|teasers?|up-?next"),
    (Part::Related, r"jp-relatedposts"),
    (Part::Tags, r"tags?|tag-?(list|cloud|links)|topics|keywords|post-?(tags|categories)|cat-?links"),
    (Part::Navigation, r"breadcrumbs?|pagination|pager|nav|navigation|menu|toolbar|jump-?(to|link)|sr-only"),
    (Part::Navigation, r"visually-?hidden|screen-reader-text|toc|tooltip|off-?screen"),
    (Part::Legal, r"disclaimer|copyright|legal|terms"),
    (Part::Note, r"foot-?notes?|end-?notes?|references|reflist|bibliography"),
    (Part::Note, r"easy-footnotes-wrapper|fn-?list"),
];

static CLASS_SET: LazyLock<RegexSet> = LazyLock::new(|| {
    let whole = |(_, words): &(Part, &str)| format!(r"(?:^|[\s_-])(?:{words})(?:$|[\s_-])");
    RegexSet::new(CLASSES.iter().map(whole)).expect("a test compiles every pattern")
});

/// The boundary of words in `photoCredit`.
static HUMP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"([a-z])([A-Z])").expect("a test compiles every pattern"));

/// Class names that say what an element does not have or is not about: `no-ads`, `overflow-hidden`.
static OTHERWISE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(^|\s)(?:no|non|has|overflow)[_-]\S*").expect("a test compiles every pattern")
});

/// The attribute that carries a part through readability: `1 123`, the number of the part and of the letters of its
/// element, or 0 if its share of the article does not matter.
const ATTRIBUTE: &str = "data-part";

/// Marks the text of every element whose name or class gives its part, before readability reduces the tree to the
/// article.
///
/// Readability removes wrappers with their classes, so the text is marked instead: the content of each element with
/// text, in or below an element with a part, moves into a `span` with the mark. The innermost part counts. Takes linear
/// time.
pub fn mark_parts(document: &Document) {
    let Some(body) = document.body() else { return };
    unwrap_quotations(&body);
    let mut marks = Marks::default();
    marks.visit(&body, None, None);
    for (holder, index) in &marks.holders {
        let (part, n_letters) = marks.found[*index];
        let span = document.tree.new_element("span");
        span.set_attr(ATTRIBUTE, &format!("{} {n_letters}", part as usize));
        document.tree.reparent_children_of(&holder.id, Some(span.id));
        holder.append_child(&span);
    }
}

/// The elements with a part, and the elements with text in or below them.
#[derive(Default)]
struct Marks<'a> {
    /// The parts, and the letters for [`ATTRIBUTE`].
    found: Vec<(Part, usize)>,
    /// An element with text of its own, and its index in `found`.
    holders: Vec<(NodeRef<'a>, usize)>,
    /// The number of open figures and lists.
    n_open: usize,
}

impl<'a> Marks<'a> {
    /// Walks `element`, which has `part` and is inside the one at index `outer`; returns its number of letters.
    fn visit(&mut self, element: &NodeRef<'a>, part: Option<Part>, outer: Option<usize>) -> usize {
        let has_text = has_own_text(element);
        self.found.extend(part.map(|part| (part, 0)));
        let index = part.map(|_| self.found.len() - 1).or(outer);
        if let Some(index) = index.filter(|_| has_text) {
            self.holders.push((*element, index));
        }
        let mut n_letters = 0;
        for child in element.children_it(false) {
            if child.is_text() {
                n_letters += child.normalized_char_count();
            } else {
                // Words inside a paragraph belong to it, regardless of their class.
                let part = if has_text && is_inline(&child) { None } else { self.part_of(&child) };
                let is_searched = is_searched(&child);
                self.n_open += usize::from(is_searched);
                n_letters += self.visit(&child, part, index);
                self.n_open -= usize::from(is_searched);
            }
        }
        // Captions may have any share: a page of pictures consists of them.
        let any_share = ["figcaption", "caption"].iter().any(|name| element.has_name(name));
        if let (Some(_), Some(index), false) = (part, index, any_share) {
            self.found[index].1 = n_letters;
        }
        n_letters
    }

    fn part_of(&self, element: &NodeRef<'_>) -> Option<Part> {
        let is_too_deep = self.n_open >= MAX_NESTED && is_searched(element);
        let name = element.node_name().filter(|_| !is_too_deep);
        name.and_then(|name| by_name(element, &name)).or_else(|| by_class(element))
    }
}

/// Whether [`by_name`] reads an element to its end.
fn is_searched(element: &NodeRef<'_>) -> bool {
    ["figure", "ul", "ol"].iter().any(|name| element.has_name(name))
}

/// The letters of an article in each part of the page, by the marks.
#[derive(Debug, Default)]
pub struct Shares {
    /// The letters of the article.
    n_letters: usize,
    /// The letters whose innermost mark is that of the part.
    by_part: [usize; N_PARTS],
}

impl Shares {
    /// The shares in the article `root`. Recursion is as deep as the tree.
    pub fn of(root: &NodeRef<'_>) -> Shares {
        let mut shares = Shares { n_letters: root.normalized_char_count(), ..Shares::default() };
        shares.count(root, None);
        shares
    }

    fn count(&mut self, node: &NodeRef<'_>, part: Option<Part>) {
        for child in node.children_it(false) {
            if !child.is_text() {
                let marked = mark_of(&child).map(|(part, n_letters)| (n_letters > 0).then_some(part));
                self.count(&child, marked.unwrap_or(part));
            } else if let Some(part) = part {
                self.by_part[part as usize] += child.normalized_char_count();
            }
        }
    }

    /// The part of a marked `span`; `None` if its element, or all text with the same mark, is too much of the article
    /// to be boilerplate.
    pub fn marked(&self, element: &NodeRef<'_>) -> Option<Part> {
        let (part, n_letters) = mark_of(element)?;
        let most = MAX_SHARE * self.n_letters.max(1) as f64;
        let fits = n_letters == 0 || n_letters.max(self.by_part[part as usize]) as f64 <= most;
        fits.then_some(part)
    }
}

/// The mark of a `span`: its part, and the letters for [`ATTRIBUTE`].
fn mark_of(element: &NodeRef<'_>) -> Option<(Part, usize)> {
    let value = element.attr(ATTRIBUTE)?;
    let (number, letters) = value.split_once(' ')?;
    let (part, _) = CLASSES.iter().find(|(part, _)| number.parse() == Ok(*part as usize))?;
    Some((*part, letters.parse().ok()?))
}

/// Removes the class and id of elements that hold a block quote and nothing else: embedded posts have wrappers with
/// classes about social media, which readability would drop.
fn unwrap_quotations(body: &NodeRef<'_>) {
    // A walk borrows the tree, so its results are collected before the tree is changed.
    let quotations: Vec<NodeRef<'_>> =
        body.descendants_it().filter(|node| node.has_name("blockquote")).collect();
    // Many quotations may be in one element, which is examined once.
    let mut has_one: FxHashMap<NodeId, bool> = FxHashMap::default();
    for quotation in quotations {
        let mut is_wrapper = |outer: &NodeRef<'_>| {
            !outer.has_name("body") && *has_one.entry(outer.id).or_insert_with(|| has_one_child(outer))
        };
        let wrappers = quotation.ancestors(Some(MAX_WRAPPERS)).into_iter().take_while(&mut is_wrapper);
        wrappers.for_each(|wrapper| wrapper.remove_attrs(&["class", "id"]));
    }
}

/// Whether an element has exactly one child, not counting scripts, and no text of its own.
fn has_one_child(wrapper: &NodeRef<'_>) -> bool {
    let children = wrapper.children_it(false).filter(|child| child.is_element());
    let n_children = children.filter(|child| !child.has_name("script")).take(2).count();
    n_children == 1 && !has_own_text(wrapper)
}

pub fn is_inline(element: &NodeRef<'_>) -> bool {
    element.node_name().is_none_or(|name| !BLOCK.contains(name.as_ref()))
}

pub fn has_own_text(node: &NodeRef<'_>) -> bool {
    node.children_it(false).any(|child| child.is_text() && !child.text().trim().is_empty())
}

fn by_name(element: &NodeRef<'_>, name: &str) -> Option<Part> {
    let shows = |name| element.descendants_it().any(|node| node.has_name(name));
    match name {
        "figcaption" | "caption" => Some(Part::Caption),
        "figure" if !shows("blockquote") && !shows("table") => Some(Part::Caption),
        "nav" | "button" | "menu" | "dialog" => Some(Part::Navigation),
        "form" | "fieldset" => Some(Part::Newsletter),
        "aside" => Some(Part::Related),
        "address" => Some(Part::Byline),
        "ul" | "ol" if is_link_list(element) => Some(Part::Related),
        _ => None,
    }
}

/// Whether every item of a list has a link, and at least half of its letters are in links.
fn is_link_list(list: &NodeRef<'_>) -> bool {
    let items = list.element_children();
    let linked = |item: &NodeRef<'_>| -> usize {
        let links = item.descendants_it().filter(|node| node.has_name("a"));
        links.map(|link| link.normalized_char_count()).sum()
    };
    let linked: Vec<usize> = items.iter().map(linked).collect();
    let n_linked: usize = linked.iter().sum();
    items.len() >= 2 && linked.iter().all(|&n| n > 0) && n_linked * 2 >= list.normalized_char_count()
}

/// Whether a table cell contains blocks or prose, so that the table is the layout of the page.
pub fn is_layout(cell: &NodeRef<'_>) -> bool {
    let is_block = |node: NodeRef<'_>| {
        ["p", "div", "table", "article", "section"].iter().any(|name| node.has_name(name))
    };
    // Notes on a row of data are not prose: they are shorter.
    let is_prose =
        |text: &str| text.split_whitespace().nth(MIN_PROSE_WORDS - 1).is_some() && ends_sentence(text);
    cell.descendants_it().any(is_block) || is_prose(&cell.text())
}

fn by_class(element: &NodeRef<'_>) -> Option<Part> {
    let class = element.class().unwrap_or_default();
    let id = element.id_attr().unwrap_or_default();
    let property = element.attr("itemprop").unwrap_or_default();
    if class.is_empty() && id.is_empty() && property.is_empty() {
        return None;
    }
    let names = format!("{class} {id}");
    let names = HUMP.replace_all(&names, "$1-$2").to_lowercase();
    let names = OTHERWISE.replace_all(&names, "$1");
    let found = CLASS_SET.matches(&names).iter().next().map(|index| CLASSES[index].0);
    found.or(match property.as_ref() {
        "author" | "datePublished" | "dateModified" => Some(Part::Byline),
        "caption" => Some(Part::Caption),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(CLASS_SET.len(), CLASSES.len());
        assert_eq!(HUMP.replace_all("photoCredit", "$1-$2"), "photo-Credit");
        assert_eq!(OTHERWISE.replace_all("no-ads share overflow-hidden", "$1"), " share ");
    }
}
