//! Which part of a page an element is, by its name, its role and the words of its class.

use std::sync::LazyLock;

use dom_query::{Document, NodeId, NodeRef};
use regex::{Regex, RegexSet};
use rustc_hash::FxHashMap;

use super::blocks::BLOCK;
use crate::article::Part;
use crate::read::text::ends_sentence;

/// An element with more than this share of the article's letters is no boilerplate, whatever its class:
/// pages wrap whole articles in elements called `share` or `related-content`. Nor are the elements of
/// one part that have more than this together: some pages put `ad-free` on every paragraph.
const MAX_SHARE: f64 = 0.3;

/// How many figures and lists inside one another are looked through. Each is read to its end, so a page of
/// nothing but nested ones would take time with the square of its size; no menu is that deep.
const MAX_NESTED: usize = 8;

/// The fewest words of a cell that is a paragraph.
const MIN_PROSE_WORDS: usize = 25;

/// How many elements round a block quote are looked at.
const MAX_WRAPPERS: usize = 4;

/// Words of classes and identifiers, each between hyphens or the like, and the part they tell.
/// The first that matches counts.
const CLASSES: &[(Part, &str)] = &[
    (
        Part::Caption,
        r"captions?|credits?|photo(credit|caption|grapher)s?|image(credit|caption)s?|figcaption|wp-caption(-text|-dd)?|copyright-holder|slideshow|gallery|carousel",
    ),
    (
        Part::Newsletter,
        r"newsletters?|subscribe|subscription|notification-bar|sign-?up|mailing-?list|mc-?embed",
    ),
    (
        Part::Advert,
        r"ads?|advert(s|isement|ising)?|sponsor(s|ed)?|promo(s|tion|tional|ted)?|affiliate|disclosure|outbrain|taboola|dfp",
    ),
    (Part::Comment, r"comments?|comment-?(list|form|area)|disqus|respond"),
    (
        Part::Share,
        r"shar(e|es|ing)|social|share-?(bar|buttons|tools)|addthis|addtoany|sharedaddy|follow(-us)?",
    ),
    (
        Part::Biography,
        r"author-?(bio|info|box|card|description|details)|bio|biography|about-?author|post-?author|contributor-?(bio|info)",
    ),
    (
        Part::Byline,
        r"byline|by-?line|dateline|timestamp|pub-?date|publish(ed)?-?(date|time)|post-?(meta|date)|(estimated-)?read(ing)?-time|entry-?(meta|date)|article-?(meta|date|info)|date-?(published|time)|meta-?(info|data)|posted-on|author-?name",
    ),
    (
        Part::Related,
        r"related|recirc(ulation)?|read-?(more|next|also)|recommend(ed|ations?)|most-?(read|popular|viewed)|more-?(from|on|stories|news|links)|see-?also|trending|popular|also-?(on|in|read)|in-?article-?(link|promo)|teasers?|up-?next|jp-relatedposts",
    ),
    (Part::Tags, r"tags?|tag-?(list|cloud|links)|topics|keywords|post-?(tags|categories)|cat-?links"),
    (
        Part::Navigation,
        r"breadcrumbs?|pagination|pager|nav|navigation|menu|toolbar|jump-?(to|link)|sr-only|visually-?hidden|screen-reader-text|toc|tooltip|off-?screen",
    ),
    (Part::Legal, r"disclaimer|copyright|legal|terms"),
];

/// All parts that a mark can name.
const PARTS: [Part; 11] = [
    Part::Caption,
    Part::Byline,
    Part::Biography,
    Part::Related,
    Part::Share,
    Part::Newsletter,
    Part::Advert,
    Part::Comment,
    Part::Tags,
    Part::Navigation,
    Part::Legal,
];

static CLASS_SET: LazyLock<RegexSet> = LazyLock::new(|| {
    let whole = |(_, words): &(Part, &str)| format!(r"(?:^|[\s_-])(?:{words})(?:$|[\s_-])");
    RegexSet::new(CLASSES.iter().map(whole)).expect("a test compiles every pattern")
});

/// A small letter with a capital behind it: `photoCredit`.
static HUMP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"([a-z])([A-Z])").expect("a test compiles every pattern"));

/// Names that say what an element has not, or has among other things: `no-ads`, `overflow-hidden`.
static OTHERWISE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(^|\s)(?:no|non|has|overflow)[_-]\S*").expect("a test compiles every pattern")
});

/// The attribute that carries a part through the choice of the article: `1 123`, the part's number
/// and the letters of the element that it was read from.
const ATTRIBUTE: &str = "data-part";

/// Stands in place of the letters where a part holds whatever its share.
const ANY_SHARE: &str = "any";

/// Marks the text of every element that tells its part, before the tree is cut down to the article.
///
/// The cut takes wrappers away, and their classes with them; so the mark goes to the text: what
/// stands directly in a marked element, or in one below it, is put into a `span` that has the mark.
/// The innermost element that tells a part counts. Linear in the tree.
pub(super) fn mark(document: &Document) {
    let Some(body) = document.body() else { return };
    free_quotations(&body);
    let mut marks = Marks::default();
    marks.visit(&body, None, None);
    for (holder, index) in &marks.holders {
        let Found { part, n_letters, any_share } = marks.found[*index];
        let span = document.tree.new_element("span");
        let letters = if any_share { ANY_SHARE.to_string() } else { n_letters.to_string() };
        span.set_attr(ATTRIBUTE, &format!("{} {letters}", part as usize));
        document.tree.reparent_children_of(&holder.id, Some(span.id));
        holder.append_child(&span);
    }
}

/// An element that tells a part.
struct Found {
    part: Part,
    /// The letters of the element.
    n_letters: usize,
    /// Whether it is that part however much of the article it is.
    any_share: bool,
}

/// The elements that tell a part, and those that hold text of such an element.
#[derive(Default)]
struct Marks<'a> {
    found: Vec<Found>,
    /// An element with text of its own, and the place in `found` of what it belongs to.
    holders: Vec<(NodeRef<'a>, usize)>,
    /// The figures and lists that are open.
    n_open: usize,
}

impl<'a> Marks<'a> {
    /// Goes through `element`, which tells `part` and lies in the part at `outer`; returns its letters.
    fn visit(&mut self, element: &NodeRef<'a>, part: Option<Part>, outer: Option<usize>) -> usize {
        let has_text = has_own_text(element);
        let index = match part {
            Some(part) => {
                // A page of pictures is made of captions, and says so in its elements.
                let any_share = ["figcaption", "caption"].iter().any(|name| element.has_name(name));
                self.found.push(Found { part, n_letters: 0, any_share });
                Some(self.found.len() - 1)
            }
            None => outer,
        };
        if let Some(index) = index.filter(|_| has_text) {
            self.holders.push((*element, index));
        }
        let mut n_letters = 0;
        for child in element.children_it(false) {
            if child.is_text() {
                n_letters += child.normalized_char_count();
            } else {
                // A few words inside a paragraph are of it, whatever their class says of them.
                let part = if has_text && is_inline(&child) { None } else { self.part_of(&child) };
                let is_looked_through = is_looked_through(&child);
                self.n_open += usize::from(is_looked_through);
                n_letters += self.visit(&child, part, index);
                self.n_open -= usize::from(is_looked_through);
            }
        }
        if let (Some(_), Some(index)) = (part, index) {
            self.found[index].n_letters = n_letters;
        }
        n_letters
    }

    fn part_of(&self, element: &NodeRef<'_>) -> Option<Part> {
        let is_too_deep = self.n_open >= MAX_NESTED && is_looked_through(element);
        let by_name = || by_name(element, element.node_name()?.as_ref());
        if is_too_deep { None } else { by_name() }.or_else(|| by_class(element))
    }
}

/// Whether [`by_name`] reads an element to its end.
fn is_looked_through(element: &NodeRef<'_>) -> bool {
    ["figure", "ul", "ol"].iter().any(|name| element.has_name(name))
}

/// How much of an article stands in which part of a page, by its marks.
#[derive(Debug, Default)]
pub(super) struct Shares {
    /// The letters of the whole article.
    n_letters: usize,
    /// Those whose innermost mark is that of the part, in the order of [`PARTS`].
    by_part: [usize; PARTS.len()],
}

impl Shares {
    /// The shares of the article `root`. Linear in the tree, and as deep in calls.
    pub(super) fn of(root: &NodeRef<'_>) -> Shares {
        let mut shares = Shares { n_letters: root.normalized_char_count(), ..Shares::default() };
        shares.count(root, None);
        shares
    }

    fn count(&mut self, node: &NodeRef<'_>, place: Option<usize>) {
        for child in node.children_it(false) {
            if child.is_text() {
                self.by_part[place.unwrap_or_default()] += place.map_or(0, |_| child.normalized_char_count());
            } else {
                let marked = mark_of(&child).map(|(place, letters)| letters.map(|_| place));
                self.count(&child, marked.unwrap_or(place));
            }
        }
    }

    /// The part that a marked `span` carries, or `None` when the element it came from, or all that is
    /// marked so, is too much of the article to be boilerplate.
    pub(super) fn marked(&self, element: &NodeRef<'_>) -> Option<Part> {
        let (place, letters) = mark_of(element)?;
        let most = MAX_SHARE * self.n_letters.max(1) as f64;
        let fits = |n_letters: usize| n_letters as f64 <= most && self.by_part[place] as f64 <= most;
        letters.is_none_or(fits).then_some(PARTS[place])
    }
}

/// What a marked `span` says: the place in [`PARTS`], and the letters of the element that it was read from
/// where its share counts.
fn mark_of(element: &NodeRef<'_>) -> Option<(usize, Option<usize>)> {
    let value = element.attr(ATTRIBUTE)?;
    let (part, letters) = value.split_once(' ')?;
    let place = PARTS.iter().position(|known| part.parse() == Ok(*known as usize))?;
    if letters == ANY_SHARE { Some((place, None)) } else { Some((place, Some(letters.parse().ok()?))) }
}

/// Takes the names off elements that hold a block quote and nothing else: posts are embedded in
/// wrappers whose class speaks of social media, and the choice of the article would drop them.
fn free_quotations(body: &NodeRef<'_>) {
    // A walk holds the tree: what it finds is collected before anything is changed.
    let quotations: Vec<NodeRef<'_>> =
        body.descendants_it().filter(|node| node.has_name("blockquote")).collect();
    // Many quotations may stand in one element, which is looked through once.
    let mut has_one: FxHashMap<NodeId, bool> = FxHashMap::default();
    for quotation in quotations {
        let wrappers = quotation.ancestors(Some(MAX_WRAPPERS)).into_iter();
        let wrappers = wrappers.take_while(|wrapper| !wrapper.has_name("body"));
        for wrapper in wrappers {
            if !*has_one.entry(wrapper.id).or_insert_with(|| has_one_child(&wrapper)) {
                break;
            }
            wrapper.remove_attrs(&["class", "id"]);
        }
    }
}

/// Whether an element has one element inside it, scripts aside, and no text of its own.
fn has_one_child(wrapper: &NodeRef<'_>) -> bool {
    let children = wrapper.children_it(false).filter(|child| child.is_element());
    let n_children = children.filter(|child| !child.has_name("script")).take(2).count();
    n_children == 1 && !has_own_text(wrapper)
}

fn is_inline(element: &NodeRef<'_>) -> bool {
    element.node_name().is_some_and(|name| !BLOCK.contains(&name.as_ref()))
}

fn has_own_text(node: &NodeRef<'_>) -> bool {
    node.children_it(false).any(|child| child.is_text() && !child.text().trim().is_empty())
}

fn by_name(element: &NodeRef<'_>, name: &str) -> Option<Part> {
    match name {
        "figcaption" | "caption" => Some(Part::Caption),
        "figure"
            if !element
                .descendants_it()
                .any(|node| node.has_name("blockquote") || node.has_name("table")) =>
        {
            Some(Part::Caption)
        }
        "nav" | "button" | "menu" | "dialog" => Some(Part::Navigation),
        "form" | "fieldset" => Some(Part::Newsletter),
        "aside" => Some(Part::Related),
        "address" => Some(Part::Byline),
        "ul" | "ol" if is_link_list(element) => Some(Part::Related),
        _ => None,
    }
}

/// Whether every item of a list has a link, and links make up at least half of its letters.
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

/// Whether a cell holds blocks of its own, or prose: then the table gives the page its columns.
pub(super) fn is_layout(cell: &NodeRef<'_>) -> bool {
    let is_block = |node: NodeRef<'_>| {
        ["p", "div", "table", "article", "section"].iter().any(|name| node.has_name(name))
    };
    cell.descendants_it().any(is_block) || is_prose(&cell.text())
}

/// Whether the text of a cell is a paragraph and no value: notes on a row of data are shorter.
fn is_prose(text: &str) -> bool {
    text.split_whitespace().nth(MIN_PROSE_WORDS - 1).is_some() && ends_sentence(text)
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
