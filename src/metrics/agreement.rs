//! Agreement between coders: Krippendorff's alpha, Cohen's kappa and confusion, with bootstrap intervals over articles.

use std::collections::BTreeMap;

use super::{Interval, bootstrap};

/// The labels that several coders gave to one paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ratings {
    /// The index of each coder's label, or `None` if the coder did not label the paragraph.
    pub labels: Vec<Option<usize>>,
    /// The article that the paragraph belongs to; paragraphs of one article have the same number.
    pub group: usize,
}

/// How well coders agree, corrected for chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// How many paragraphs have the labels of two coders or more; only these count.
    pub n_paragraphs: usize,
    /// How many articles they belong to; intervals resample these.
    pub n_groups: usize,
    /// Krippendorff's alpha for nominal data: 1 for perfect agreement, 0 for chance. `None` if it is undefined, because
    /// all coders gave the same label everywhere.
    pub alpha: Option<Interval>,
    /// For each label, alpha of this label against all others together.
    pub per_label: Vec<Option<Interval>>,
    /// Every pair of coders, in the order of the coders.
    pub pairs: Vec<PairAgreement>,
}

/// How well two coders agree.
#[derive(Debug, Clone, PartialEq)]
pub struct PairAgreement {
    /// The indices of the coders.
    pub coders: (usize, usize),
    /// How many paragraphs both labelled.
    pub n_paragraphs: usize,
    /// The share of these paragraphs with the same label, from 0 to 1. `None` if there are none.
    pub agreement: Option<Interval>,
    /// Cohen's kappa. `None` if it is undefined.
    pub kappa: Option<Interval>,
    /// Counts: a row for each label of the first coder, a column for each label of the second.
    pub confusion: Vec<Vec<usize>>,
}

impl Agreement {
    /// The agreement of `n_coders` coders on `ratings`, with `n_labels` labels.
    ///
    /// Alpha is computed from the matrix of coincidences (Krippendorff 2019, *Content Analysis*, chapter 12), so
    /// coders may have labelled different paragraphs. Intervals are percentile bootstrap intervals over articles, from
    /// samples drawn with `seed`; samples in which a figure is undefined count as the figure itself.
    ///
    /// # Panics
    ///
    /// If a paragraph has another number of ratings than `n_coders`, or a label that is not below `n_labels`.
    ///
    /// # Examples
    ///
    /// ```
    /// use rhetor::metrics::{Agreement, Ratings};
    ///
    /// let rating = |group, first, second| Ratings { labels: vec![Some(first), Some(second)], group };
    /// let agreement = Agreement::of(2, 2, &[rating(0, 0, 0), rating(0, 1, 1), rating(1, 0, 1), rating(1, 1, 1)], 0);
    /// assert_eq!(agreement.pairs[0].agreement.unwrap().value, 0.75);
    /// assert_eq!(agreement.pairs[0].kappa.unwrap().value, 0.5);
    /// ```
    pub fn of(n_labels: usize, n_coders: usize, ratings: &[Ratings], seed: u64) -> Agreement {
        let mut groups: BTreeMap<usize, GroupCounts> = BTreeMap::new();
        let pairable: Vec<&Ratings> =
            ratings.iter().filter(|r| r.labels.iter().flatten().count() > 1).collect();
        for ratings in &pairable {
            assert_eq!(ratings.labels.len(), n_coders, "a label or `None` for each coder");
            groups.entry(ratings.group).or_default().add(&ratings.labels, n_labels);
        }
        let groups: Vec<GroupCells> = groups.into_values().map(GroupCells::of).collect();
        let mut total = Counts::zeros(n_labels, n_coders);
        groups.iter().for_each(|group| total.merge(group));
        let values = total.figures();
        let mut drawn = Counts::zeros(n_labels, n_coders);
        let intervals = bootstrap(&values, groups.len(), seed, |sample, figures| {
            drawn.clear();
            sample.iter().for_each(|&group| drawn.merge(&groups[group]));
            for ((figure, drawn), value) in figures.iter_mut().zip(drawn.figures()).zip(&values) {
                *figure = if drawn.is_nan() { *value } else { drawn };
            }
        });
        let mut intervals =
            intervals.into_iter().map(|interval| Some(interval).filter(|i| !i.value.is_nan()));
        let mut next = || intervals.next().flatten();
        Agreement {
            n_paragraphs: pairable.len(),
            n_groups: groups.len(),
            alpha: next(),
            per_label: (0..n_labels).map(|_| next()).collect(),
            pairs: pairs(n_coders)
                .zip(&total.pairs)
                .map(|(coders, counts)| PairAgreement {
                    coders,
                    n_paragraphs: counts.iter().sum(),
                    agreement: next(),
                    kappa: next(),
                    confusion: counts.chunks(n_labels.max(1)).map(<[usize]>::to_vec).collect(),
                })
                .collect(),
        }
    }
}

/// All pairs of coders, each in the order of the coders.
fn pairs(n_coders: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n_coders).flat_map(move |first| (first + 1..n_coders).map(move |second| (first, second)))
}

/// The counts of one group, as those in [`Counts`], by cell; an article has few of all cells.
#[derive(Default)]
struct GroupCounts {
    coincidences: BTreeMap<usize, f64>,
    /// By pair of coders and cell.
    pairs: BTreeMap<(usize, usize), usize>,
}

impl GroupCounts {
    fn add(&mut self, labels: &[Option<usize>], n_labels: usize) {
        let weight = 1.0 / (labels.iter().flatten().count() as f64 - 1.0);
        for (pair, (first, second)) in pairs(labels.len()).enumerate() {
            let (Some(a), Some(b)) = (labels[first], labels[second]) else { continue };
            *self.pairs.entry((pair, a * n_labels + b)).or_default() += 1;
            *self.coincidences.entry(a * n_labels + b).or_default() += weight;
            *self.coincidences.entry(b * n_labels + a).or_default() += weight;
        }
    }
}

/// The same as lists, which are read once for each sample.
struct GroupCells {
    coincidences: Vec<(usize, f64)>,
    pairs: Vec<((usize, usize), usize)>,
}

impl GroupCells {
    fn of(counts: GroupCounts) -> GroupCells {
        GroupCells {
            coincidences: counts.coincidences.into_iter().collect(),
            pairs: counts.pairs.into_iter().collect(),
        }
    }
}

/// What all figures are computed from; the counts of two sets of paragraphs add up.
struct Counts {
    n_labels: usize,
    /// The matrix of coincidences, row by row: each pair of labels of a paragraph counts in both orders, and weighs one
    /// over the number of its labels less one.
    coincidences: Vec<f64>,
    /// For each pair of coders, the matrix of their labels, row by row.
    pairs: Vec<Vec<usize>>,
}

impl Counts {
    fn zeros(n_labels: usize, n_coders: usize) -> Counts {
        let size = n_labels * n_labels;
        Counts {
            n_labels,
            coincidences: vec![0.0; size],
            pairs: pairs(n_coders).map(|_| vec![0; size]).collect(),
        }
    }

    fn clear(&mut self) {
        self.coincidences.fill(0.0);
        self.pairs.iter_mut().for_each(|counts| counts.fill(0));
    }

    fn merge(&mut self, group: &GroupCells) {
        group.coincidences.iter().for_each(|(cell, weight)| self.coincidences[*cell] += weight);
        group.pairs.iter().for_each(|((pair, cell), count)| self.pairs[*pair][*cell] += count);
    }

    /// Alpha, alpha of each label, then agreement and kappa of each pair; an undefined figure is NaN.
    fn figures(&self) -> Vec<f64> {
        let n = self.n_labels;
        let rows: Vec<f64> = self.coincidences.chunks(n.max(1)).map(|row| row.iter().sum()).collect();
        let equal: Vec<f64> = (0..n).map(|label| self.coincidences[label * n + label]).collect();
        let total: f64 = rows.iter().sum();
        let one_against_rest = |label: usize| {
            let rest = total - rows[label];
            let disagreeing = 2.0 * (rows[label] - equal[label]);
            alpha(disagreeing, &[rows[label], rest])
        };
        let overall = alpha(total - equal.iter().sum::<f64>(), &rows);
        let of_pairs = self.pairs.iter().flat_map(|counts| agreement_and_kappa(counts, n));
        std::iter::once(overall).chain((0..n).map(one_against_rest)).chain(of_pairs).collect()
    }
}

/// Alpha of coincidences that add up to `totals` by label, of which `disagreeing` are between different labels.
fn alpha(disagreeing: f64, totals: &[f64]) -> f64 {
    let n: f64 = totals.iter().sum();
    let by_chance = n * n - totals.iter().map(|total| total * total).sum::<f64>();
    // Sums of weights such as a half or a third leave a rest where the exact value is zero.
    if by_chance > 1e-9 { 1.0 - (n - 1.0) * disagreeing / by_chance } else { f64::NAN }
}

/// The share of equal labels, and Cohen's kappa (1960).
fn agreement_and_kappa(counts: &[usize], n_labels: usize) -> [f64; 2] {
    let total = counts.iter().sum::<usize>() as f64;
    let sum_of = |places: &mut dyn Iterator<Item = usize>| places.map(|at| counts[at]).sum::<usize>() as f64;
    let (mut equal, mut by_chance) = (0.0, 0.0);
    for label in 0..n_labels {
        equal += counts[label * n_labels + label] as f64;
        let row = sum_of(&mut (0..n_labels).map(|other| label * n_labels + other));
        let column = sum_of(&mut (0..n_labels).map(|other| other * n_labels + label));
        by_chance += row * column / total;
    }
    // A division of zero by zero is NaN, which stands for an undefined figure.
    [equal / total, (equal - by_chance) / (total - by_chance)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twelve paragraphs in four articles and three coders; `-` is no label.
    const CODED: [&str; 3] = ["001212012--0", "0112120102-0", "-012220-0211"];

    fn ratings() -> Vec<Ratings> {
        let coders: Vec<Vec<Option<usize>>> = CODED
            .iter()
            .map(|line| line.chars().map(|c| c.to_digit(10).map(|digit| digit as usize)).collect())
            .collect();
        (0..12)
            .map(|at| Ratings { labels: coders.iter().map(|coder| coder[at]).collect(), group: at / 3 })
            .collect()
    }

    #[track_caller]
    fn check(found: Option<Interval>, expected: f64) {
        let found = found.unwrap();
        assert!((found.value - expected).abs() < 1e-12, "{found:?} is not {expected}");
        assert!(found.low <= found.value && found.value <= found.high, "{found:?}");
    }

    #[test]
    fn figures_are_those_of_other_packages() {
        // From krippendorff 0.9.0 (`alpha`, nominal; one label against the others for `per_label`) and scikit-learn
        // 1.9.1 (`cohen_kappa_score`), for the same labels.
        let found = Agreement::of(3, 3, &ratings(), 0);
        check(found.alpha, 0.6120401337792643);
        for (alpha, expected) in found.per_label.iter().zip([0.5837320574162679, 0.5396825396825398, 0.71]) {
            check(*alpha, expected);
        }
        let expected = [(10, 0.8, 0.696969696969697), (8, 0.625, 0.4285714285714286), (9, 2.0 / 3.0, 0.5)];
        for (pair, (n, agreement, kappa)) in found.pairs.iter().zip(expected) {
            assert_eq!(pair.n_paragraphs, n);
            check(pair.agreement, agreement);
            check(pair.kappa, kappa);
        }
        assert_eq!((found.n_paragraphs, found.n_groups), (11, 4));
        assert_eq!(found, Agreement::of(3, 3, &ratings(), 0));
    }

    #[test]
    fn one_label_everywhere_leaves_agreement_undefined() {
        let same = |group| Ratings { labels: vec![Some(0), Some(0)], group };
        let found = Agreement::of(2, 2, &[same(0), same(1)], 0);
        assert_eq!((found.alpha, found.pairs[0].kappa), (None, None));
        assert_eq!(found.pairs[0].agreement.unwrap().value, 1.0);
        let none = Agreement::of(0, 2, &[], 0);
        assert_eq!((none.alpha, none.pairs[0].agreement), (None, None));
    }
}
