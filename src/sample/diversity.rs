//! The choice of uncertain paragraphs that differ from one another.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::Drawn;
use crate::corpus::{NEAR, Shingles, words};

/// A text as the weights of its words; the squares of the weights add up to 1.
type Weights = Vec<(usize, f64)>;

/// Up to `n` of the paragraphs in `pool`, each with the highest product of its uncertainty and its distance from those
/// before it. See [`SampleBy::Uncertain`](super::SampleBy::Uncertain).
pub fn most_useful(pool: Vec<Drawn>, n: usize) -> Vec<Drawn> {
    let texts: Vec<&str> = pool.iter().map(|drawn| drawn.target().text.as_str()).collect();
    let (weights, n_words) = weights_of(&texts);
    let mut shingles: Vec<Shingles> = Vec::new();
    // The similarity to the most similar paragraph chosen so far; `None` for those that are chosen or excluded.
    let mut nearest: Vec<Option<f64>> = vec![Some(0.0); pool.len()];
    let (mut chosen, mut dense) = (Vec::new(), vec![0.0; n_words]);
    while chosen.len() < n {
        let value =
            |index: usize| nearest[index].map(|nearest| (index, pool[index].uncertainty * (1.0 - nearest)));
        let best = (0..pool.len()).filter_map(value).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let Some((best, _)) = best else { break };
        nearest[best] = None;
        let own = Shingles::of(texts[best]);
        if shingles.iter().any(|other| own.similarity(other) >= NEAR) {
            continue;
        }
        shingles.push(own);
        chosen.push(best);
        weights[best].iter().for_each(|&(word, weight)| dense[word] = weight);
        nearest.par_iter_mut().zip(&weights).for_each(|(nearest, weights)| {
            let similarity = weights.iter().map(|&(word, weight)| weight * dense[word]).sum::<f64>();
            *nearest = nearest.map(|nearest| nearest.max(similarity));
        });
        weights[best].iter().for_each(|&(word, _)| dense[word] = 0.0);
    }
    let mut pool: Vec<Option<Drawn>> = pool.into_iter().map(Some).collect();
    chosen.into_iter().filter_map(|index| pool[index].take()).collect()
}

/// The weights of the words of each text, and how many words there are. A word weighs the logarithm of the number of
/// texts over the number of those that have it.
fn weights_of(texts: &[&str]) -> (Vec<Weights>, usize) {
    let sets: Vec<BTreeSet<String>> =
        texts.par_iter().map(|text| words(text).into_iter().collect()).collect();
    let mut vocabulary: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    for word in sets.iter().flatten() {
        let number = vocabulary.len();
        vocabulary.entry(word).or_insert((number, 0.0)).1 += 1.0;
    }
    let n_texts = texts.len() as f64;
    let weights = sets.iter().map(|set| {
        let known = set.iter().filter_map(|word| vocabulary.get(word.as_str()));
        let weights: Weights = known.map(|&(number, n)| (number, (n_texts / n).ln())).collect();
        let norm = weights.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
        weights
            .into_iter()
            .map(|(number, weight)| (number, if norm > 0.0 { weight / norm } else { 0.0 }))
            .collect()
    });
    (weights.collect(), vocabulary.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::LabelRow;

    #[test]
    fn similar_paragraphs_come_later_and_copies_never() {
        let ferry = "The ferry company raised its fares again and the harbour board approved the new prices.";
        let drawn = |(text, uncertainty): (&str, f64)| Drawn {
            article: [0; 32],
            first: 0,
            rows: vec![LabelRow { text: text.to_string(), ..LabelRow::default() }],
            uncertainty,
            fingerprint: None,
        };
        let pool = [
            (ferry, 0.9),
            ("The ferry company raised its fares and the harbour board was told of prices.", 0.89),
            (&ferry.to_uppercase(), 0.88),
            ("Doctors want more money for clinics in small towns.", 0.7),
        ];
        let chosen = most_useful(pool.map(drawn).into(), 10);
        let values: Vec<f64> = chosen.iter().map(|drawn| drawn.uncertainty).collect();
        assert_eq!(values, [0.9, 0.7, 0.89]);
    }
}
