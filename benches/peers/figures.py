"""Figures of a system's probabilities: F1, accuracy, calibration, and bootstrap intervals over articles."""
import numpy as np

from rows import LABELS

DROPPED = len(LABELS)  # what the filter's losses are predicted as: no label, so wrong under each
N_DRAWS = 2000
N_BINS = 15
SEED = 1


def labels_of(probabilities):
    """The likeliest label of each row; `DROPPED` where the row has no probabilities."""
    return np.where(np.isnan(probabilities[:, 0]), DROPPED, np.nan_to_num(probabilities).argmax(axis=1))


def confusion(truth, guesses):
    counts = np.zeros((len(LABELS), len(LABELS) + 1), dtype=int)
    np.add.at(counts, (truth, guesses), 1)
    return counts


def f1_by_label(confusions):
    """F1 of each label, 0 for one that neither occurs nor is given; for any number of confusions."""
    right = np.einsum("...ii->...i", confusions[..., :DROPPED])
    either = confusions.sum(axis=-1) + confusions[..., :DROPPED].sum(axis=-2)
    return 2 * right / np.maximum(either, 1)


def macro_f1(confusions):
    return f1_by_label(confusions).mean(axis=-1)


def drawn_macro_f1(truth, guesses, docs):
    """Macro-F1 of each bootstrap draw of articles; every system meets the same draws, so they pair."""
    names, places = np.unique(docs, return_inverse=True)
    by_doc = np.zeros((len(names), len(LABELS), len(LABELS) + 1), dtype=int)
    np.add.at(by_doc, (places, truth, guesses), 1)
    draws = np.random.default_rng(SEED).multinomial(len(names), np.full(len(names), 1 / len(names)), N_DRAWS)
    return macro_f1(np.einsum("nd,dij->nij", draws, by_doc))


def interval(draws):
    return np.percentile(draws, [2.5, 97.5])


def accuracy_at(coverage, best, right):
    """Accuracy of the surest rows; rows that tie at the cut count with their mean."""
    n = max(1, int(coverage * len(best)))
    cut = np.sort(best)[-n]
    above, at = best > cut, best == cut
    return (right[above].sum() + (n - above.sum()) * right[at].mean()) / n


def calibration_error(best, right):
    bins = np.minimum((best * N_BINS).astype(int), N_BINS - 1)
    return sum(abs(best[bins == b].sum() - right[bins == b].sum()) for b in range(N_BINS)) / len(best)


def figures(probabilities, truth, docs):
    """All figures of one system.

    Rows that the filter dropped are wrong in F1 and accuracy; they have no probabilities to judge.
    """
    guesses = labels_of(probabilities)
    kept = guesses != DROPPED
    best, right = probabilities[kept].max(axis=1), (guesses == truth)[kept]
    counts = confusion(truth, guesses)
    return {
        "macro_f1": macro_f1(counts),
        "draws": drawn_macro_f1(truth, guesses, docs),
        "accuracy": (guesses == truth).mean(),
        "f1": f1_by_label(counts),
        "calibration_error": calibration_error(best, right),
        "log_loss": -np.log(np.maximum(probabilities[kept, truth[kept]], 1e-12)).mean(),
        "accuracy_at_50": accuracy_at(0.5, best, right),
    }


def difference(system, other):
    """How much `system` is ahead of `other` in macro-F1, and the paired interval."""
    return system["macro_f1"] - other["macro_f1"], interval(system["draws"] - other["draws"])
