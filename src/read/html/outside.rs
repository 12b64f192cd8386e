//! The texts of a page that readability did not take into the article.
//!
//! Nothing of a page vanishes. Prose that readability removed from between two paragraphs of the article is put back: it
//! drops linked paragraphs, for example. If the page has much more prose than the article, readability took the wrong part,
//! and the prose becomes the article. All other blocks follow the article, as [`Part::Outside`].

use rustc_hash::{FxHashMap, FxHashSet};

use super::blocks::{Block, Blocks};
use crate::article::{Paragraph, Part};

/// Prose outside the article becomes the article if it has this many times as many letters.
const MUCH_MORE: usize = 3;
/// Prose with more than one link to another article for this many of its blocks is a list of articles.
const MAX_LINKS: usize = 3;
/// The fewest words of a block of prose. Links to other articles are shorter.
const MIN_PROSE_WORDS: usize = 12;

/// The blocks of an article, and those of its page that are outside it.
#[derive(Debug, Default)]
pub struct Found {
    pub article: Vec<Paragraph>,
    pub outside: Vec<Paragraph>,
}

impl Found {
    /// Divides the blocks of `page` into those of `article`, which readability found, and the others. Takes linear time,
    /// apart from a sort.
    pub fn new(article: Blocks, page: Blocks) -> Found {
        let lost = lost(&article, page);
        let article = article.list;
        let n_letters = prose_letters(article.iter().map(|block| &block.paragraph));
        let gaps = prose_gaps(&article, &lost);
        let spread = spread(&lost, n_letters);
        let is_put_back = |block: &Block| {
            let Some(number) = block.number else { return false };
            let is_spread = spread.range.is_some_and(|(first, last)| (first..=last).contains(&number));
            gaps.contains(&number)
                || (is_spread && block.is_noscript == spread.is_noscript && is_body(&block.paragraph))
        };
        let (back, outside): (Vec<Block>, Vec<Block>) = lost.into_iter().partition(is_put_back);
        let outside = outside.into_iter().map(|block| outside_block(block.paragraph)).collect();
        Found { article: merged(article, back).into_iter().map(|block| block.paragraph).collect(), outside }
    }

    /// The blocks of a page of which nothing is known: all that it shows are the article.
    pub fn whole(page: Blocks) -> Found {
        let (hidden, list): (Vec<Block>, Vec<Block>) =
            page.list.into_iter().partition(|block| block.is_noscript);
        let mut n_letters = page.n_letters.clone();
        for number in hidden.iter().filter_map(|block| block.number) {
            n_letters.remove(&number);
        }
        Found::new(Blocks { list, n_letters }, Blocks { list: hidden, n_letters: page.n_letters })
    }

    /// The letters of the article's prose.
    pub fn n_letters(&self) -> usize {
        prose_letters(self.article.iter())
    }

    /// Takes `paragraphs`, which a script of the page has, as the article; the blocks of the page are outside.
    pub fn replace(&mut self, paragraphs: Vec<Paragraph>) {
        let shown: FxHashSet<String> = paragraphs.iter().map(|paragraph| folded(&paragraph.text)).collect();
        let before = std::mem::replace(&mut self.article, paragraphs);
        let others = before.into_iter().filter(|block| !shown.contains(&folded(&block.text)));
        self.outside.splice(..0, others.map(outside_block));
    }
}

/// The numbers of the lost blocks that stand between two paragraphs of the article without anything but prose between
/// these. Questions do not count as prose: headlines of other articles often are questions.
fn prose_gaps(article: &[Block], lost: &[Block]) -> FxHashSet<usize> {
    let mut places: Vec<(usize, bool)> =
        article.iter().filter_map(|block| Some((block.number?, is_body(&block.paragraph)))).collect();
    places.sort_unstable();
    let is_statement = |block: &Block| {
        let is_question = block.paragraph.text.trim_end().ends_with('?');
        is_prose(&block.paragraph) && !block.is_noscript && !block.has_many_links && !is_question
    };
    let numbered: Vec<(usize, bool)> =
        lost.iter().filter_map(|block| Some((block.number?, is_statement(block)))).collect();
    let gap = |number: usize| places.partition_point(|(other, _)| *other <= number);
    let is_inside = |gap: usize| {
        let is_body = |index: Option<usize>| {
            index.and_then(|index| places.get(index)).is_some_and(|(_, is_body)| *is_body)
        };
        is_body(gap.checked_sub(1)) && is_body(Some(gap))
    };
    let gaps = numbered.chunk_by(|(a, _), (b, _)| gap(*a) == gap(*b));
    let prose = gaps
        .filter(|blocks| is_inside(gap(blocks[0].0)) && blocks.iter().all(|(_, is_statement)| *is_statement));
    prose.flatten().map(|(number, _)| *number).collect()
}

fn outside_block(paragraph: Paragraph) -> Paragraph {
    Paragraph { part: Some(Part::Outside), heading: false, ..paragraph }
}

/// The blocks of the page whose text is not in the article.
fn lost(article: &Blocks, page: Blocks) -> Vec<Block> {
    let mut found: FxHashMap<usize, FxHashSet<String>> = FxHashMap::default();
    let count = |blocks: &Blocks, number| blocks.n_letters.get(&number).copied().unwrap_or_default();
    // Readability may keep a part of the texts in an element. Only then are the texts themselves compared.
    let is_partial = |number| (1..count(&page, number)).contains(&count(article, number));
    // Readability makes new elements for some texts, which have no number.
    let mut unnumbered: FxHashSet<String> = FxHashSet::default();
    for block in &article.list {
        match block.number {
            None => {
                unnumbered.insert(folded(&block.paragraph.text));
            }
            Some(number) if is_partial(number) => {
                found.entry(number).or_default().insert(folded(&block.paragraph.text));
            }
            Some(_) => {}
        }
    }
    let is_lost: Vec<bool> = page
        .list
        .iter()
        .map(|block| {
            let is_lost = block.number.is_none_or(|number| match found.get(&number) {
                Some(texts) => !texts.contains(&folded(&block.paragraph.text)),
                None => count(article, number) == 0,
            });
            is_lost && (unnumbered.is_empty() || !unnumbered.contains(&folded(&block.paragraph.text)))
        })
        .collect();
    page.list.into_iter().zip(is_lost).filter_map(|(block, is_lost)| is_lost.then_some(block)).collect()
}

/// The letters and digits of a text.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The part of a page that becomes the article.
#[derive(Default)]
struct Spread {
    /// The numbers of its first and last text.
    range: Option<(usize, usize)>,
    is_noscript: bool,
}

/// Where the prose is that readability did not find, if there is much more of it than of the `n_letters` of prose that
/// it found. Text for browsers without scripts counts if there is no other.
fn spread(lost: &[Block], n_letters: usize) -> Spread {
    for is_noscript in [false, true] {
        let prose =
            || lost.iter().filter(|block| block.is_noscript == is_noscript && is_prose(&block.paragraph));
        let n_lost = prose_letters(prose().map(|block| &block.paragraph));
        if n_lost > MUCH_MORE * n_letters {
            let mut numbers = prose().filter_map(|block| block.number);
            let Some(first) = numbers.next() else { continue };
            let range = (first, numbers.next_back().unwrap_or(first));
            // A page that lists articles has a link for each sentence about one.
            let is_link = |block: &&Block| {
                let is_in = block.number.is_some_and(|number| (range.0..=range.1).contains(&number));
                is_in && block.paragraph.part == Some(Part::Related)
            };
            if MAX_LINKS * lost.iter().filter(is_link).count() <= prose().count() {
                return Spread { range: Some(range), is_noscript };
            }
        }
    }
    Spread::default()
}

/// The letters of the blocks that are prose of an article.
fn prose_letters<'a>(blocks: impl Iterator<Item = &'a Paragraph>) -> usize {
    blocks.filter(|block| is_prose(block)).map(|block| block.text.len()).sum()
}

fn is_body(paragraph: &Paragraph) -> bool {
    paragraph.part == Some(Part::Body)
}

/// Whether a block is a sentence or more of the body.
fn is_prose(paragraph: &Paragraph) -> bool {
    let text = &paragraph.text;
    let closing = |c: char| "\"'”’»)]*_".contains(c) || c.is_whitespace();
    let is_ended = text.trim_end_matches(closing).ends_with(['.', '!', '?', '…']);
    is_body(paragraph) && is_ended && text.split_whitespace().nth(MIN_PROSE_WORDS - 1).is_some()
}

/// The blocks of the article and those that are put back, by their numbers. Blocks without a number stay behind the
/// block before them.
fn merged(article: Vec<Block>, back: Vec<Block>) -> Vec<Block> {
    let mut merged = Vec::with_capacity(article.len() + back.len());
    let mut back = back.into_iter().peekable();
    for block in article {
        while let Some(before) = back.next_if(|before| before.number < block.number) {
            merged.push(before);
        }
        merged.push(block);
    }
    merged.extend(back);
    merged
}
