//! How much a block can look like boilerplate at most: enough to tell most prose from it at a glance.
//!
//! The learned filter has a table of pairs of words that no cache holds, and asks it of every block, though
//! nine in ten are plainly prose. What its words, their classes and its form say is soon summed up; what its
//! pairs can add to that is bounded by a small table in which several pairs share a place.

use super::LearnedFilter;
use super::form::{Form, WordCounts};
use super::form_index::FormIndex;
use crate::features::{NONE, Ngram, Seen, WordForm, WordId};
use crate::token::Kind;

/// Upper bounds of what a block says for boilerplate rather than for prose.
#[derive(Debug)]
pub(crate) struct FormBound {
    /// What a block needs to be boilerplate, for each root of the number of its features; more than all where
    /// nothing can be told.
    cutoff: f64,
    /// By feature, for boilerplate less for prose.
    scores: Vec<f32>,
    /// The same by class of words, from 1.
    classes: Vec<f32>,
    /// What all numbers say.
    number: WordForm,
    /// By a hash of a pair of words: the most that such a pair says for boilerplate, in steps, rounded up.
    pairs: Vec<u8>,
    /// What one step is.
    step: f64,
}

/// What sums of rounded values may be off by, a thousand times over.
const MARGIN: f64 = 1e-3;

impl FormBound {
    /// The bounds of a filter's table, whose pairs of words are `pairs`, and what it knows of each word, by number.
    pub(crate) fn new(
        learned: &LearnedFilter,
        index: &FormIndex,
        pairs: &[Ngram],
    ) -> (FormBound, Vec<WordForm>) {
        let score = |feature: u32| learned.for_boilerplate(feature);
        let scores: Vec<f32> = (0..learned.vocabulary.len() as u32).map(score).collect();
        let score = |feature: u32| scores.get(feature as usize).copied().unwrap_or(0.0);
        // Each class once, whatever words it has in a block.
        let mut of_classes: Vec<u32> = index.words.iter().map(|[_, class]| *class).collect();
        of_classes.sort_unstable();
        of_classes.dedup();
        of_classes.retain(|class| *class != NONE);
        let class_of = |class: u32| of_classes.binary_search(&class).map_or(0, |place| place as u32 + 1);
        let form = |&[word, class]: &[u32; 2]| WordForm { score: score(word), class: class_of(class) };
        let forms: Vec<WordForm> = index.words.iter().map(form).collect();
        let pairs = || {
            let scored = pairs.iter().map(|pair| (pair.parts(), score(pair.feature())));
            scored.filter(|(_, score)| *score > 0.0)
        };
        let most = pairs().map(|(_, score)| score).fold(f32::MIN_POSITIVE, f32::max);
        let step = f64::from(most) / f64::from(u8::MAX);
        let mut bounds = vec![0u8; pairs().count().next_power_of_two()];
        for (pair, score) in pairs() {
            let place = place_of(pair[0], pair[1], bounds.len());
            let n_steps = (f64::from(score) / step).ceil() as u8;
            bounds[place] = n_steps.max(bounds[place]);
        }
        let classes = [0.0].into_iter().chain(of_classes.iter().map(|class| score(*class))).collect();
        let number = forms.get(index.number as usize).copied().unwrap_or_default();
        let cutoff = learned.cutoff();
        (FormBound { cutoff, scores, classes, number, pairs: bounds, step }, forms)
    }

    /// Whether a block is prose to the learned filter whatever its pairs of words are. Where this cannot be
    /// told, the filter has to be asked.
    pub(crate) fn is_surely_prose(&self, seen: &Seen<'_>, index: &FormIndex) -> bool {
        let (words, counts) = self.words(seen);
        let mut sum = words + self.step * self.pairs(index.ids(seen)) as f64;
        let mut n_features = 0u32;
        index.each_of_form(seen, &Form::new(seen.text, counts), |feature| {
            if feature != NONE {
                sum += f64::from(self.scores[feature as usize]);
                n_features += 1;
            }
        });
        // Those of its form alone: with more a block would need more to be boilerplate.
        self.cutoff >= 0.0 && sum + MARGIN < self.cutoff * f64::from(n_features).sqrt()
    }

    /// How many steps the pairs of words that stand together say at most. A loop of its own, so short that many
    /// of its looks into a table which no near cache holds are under way at once.
    fn pairs(&self, mut words: impl Iterator<Item = WordId>) -> u64 {
        let first = words.next().unwrap_or(NONE);
        let add = |(n_steps, before), word| {
            let n_more = self.pairs[place_of(before, word, self.pairs.len())];
            (n_steps + u64::from(n_more), word)
        };
        words.fold((0, first), add).0
    }

    /// What the distinct words and their classes say; and how many words there are.
    fn words(&self, seen: &Seen<'_>) -> (f64, WordCounts) {
        let mut counts = WordCounts::default();
        let (mut of_words, mut of_classes) = (0.0, 0.0);
        let mut heard = [0u64; N_BITS];
        let mut had_number = false;
        for ((token, record), first) in seen.tokens.iter().zip(&seen.records).zip(&seen.firsts) {
            counts.add(token);
            let (form, is_new) = match token.kind {
                Kind::Number => (&self.number, !std::mem::replace(&mut had_number, true)),
                _ => (&record.known.form, first.of_all),
            };
            // Whether a word is new nobody can foresee: a sum is cheaper than a way around it.
            of_words += if is_new { f64::from(form.score) } else { 0.0 };
            let class = form.class as usize;
            let score = f64::from(self.classes[class]);
            let Some(heard) = heard.get_mut(class / 64) else {
                // More classes than there are bits: those that say nothing for boilerplate count for nothing.
                of_classes += if is_new { score.max(0.0) } else { 0.0 };
                continue;
            };
            let is_unheard = is_new & (*heard >> (class % 64) & 1 == 0);
            *heard |= u64::from(is_new) << (class % 64);
            of_classes += if is_unheard { score } else { 0.0 };
        }
        (of_words + of_classes, counts)
    }
}

/// Bits for the classes that a block has, 64 in each; the table of the project has 300 classes.
const N_BITS: usize = 8;

/// Where the bound of a pair lies among `n`, a power of two.
fn place_of(first: WordId, second: WordId, n: usize) -> usize {
    let key = u64::from(first) << 32 | u64::from(second);
    let mixed = (key ^ (key >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize & (n - 1)
}
