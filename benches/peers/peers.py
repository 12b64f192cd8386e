"""The peers: what a user would pick instead of rhetor, and how their settings are chosen."""
import gzip
import itertools
import json
import re
from dataclasses import dataclass

import fasttext
import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import ComplementNB, MultinomialNB

from figures import confusion, macro_f1
from rows import LABELS, Failure

N_FOLDS = 3
SEED = 1
# The first is scikit-learn's own pattern, which leaves out "I", "a" and punctuation.
TOKENS = {"words": r"(?u)\b\w\w+\b", "words and marks": r"(?u)\w+|[^\w\s]"}
VECTOR_DIM = 100


@dataclass
class Paragraphs:
    """Training paragraphs, then test ones; the labels are those of the training paragraphs alone."""

    texts: list
    labels: np.ndarray
    docs: list


@dataclass(frozen=True)
class Split:
    """The paragraphs a fit learns from and those it then judges, by their places in `Paragraphs`."""

    name: str
    learn: np.ndarray
    judge: np.ndarray


@dataclass
class Outcome:
    """What came of a peer: the setting chosen, its macro-F1 in cross-validation, test probabilities."""

    setting: dict
    cross_validated: float
    n_settings: int
    probabilities: np.ndarray


def run(peer, paragraphs):
    """Chooses the peer's setting on the training paragraphs, fits it on all of them, judges the test ones."""
    n_train = len(paragraphs.labels)
    setting, score, n_settings = choose(peer, paragraphs)
    final = Split("all", np.arange(n_train), np.arange(n_train, len(paragraphs.texts)))
    return Outcome(setting, score, n_settings, peer.judge(setting, final))


def choose(peer, paragraphs):
    """The setting with the best macro-F1 over all out-of-fold labels; the first of equals."""
    labels, settings = paragraphs.labels, peer.settings()
    guesses = [np.empty(len(labels), dtype=int) for _ in settings]
    folds = GroupKFold(N_FOLDS).split(labels, groups=paragraphs.docs)
    # Folds outside and settings inside, so that a fold's counts are cut once for several settings.
    for number, (learn, judge) in enumerate(folds):
        split = Split(f"fold {number}", learn, judge)
        for of_setting, setting in zip(guesses, settings):
            of_setting[judge] = peer.judge(setting, split).argmax(axis=1)
    scores = [macro_f1(confusion(labels, of_setting)) for of_setting in guesses]
    best = int(np.argmax(scores))
    return settings[best], scores[best], len(settings)


def grid(**axes):
    """All combinations, the last axis changing fastest."""
    return [dict(zip(axes, values)) for values in itertools.product(*axes.values())]


class Counts:
    """Word counts of all paragraphs, cut for each split to the words of its learning paragraphs.

    That gives what CountVectorizer would give if it were fitted on the learning paragraphs alone, without
    reading every text again for every fold.
    """

    def __init__(self, texts):
        self.texts = texts
        self.counted = {}
        self.last_cut = (None, None)

    def count(self, tokens, ngrams):
        key = (tokens, ngrams)
        if key not in self.counted:
            vectorizer = CountVectorizer(ngram_range=(1, ngrams), token_pattern=TOKENS[tokens])
            self.counted[key] = csr_matrix(vectorizer.fit_transform(self.texts))
        return self.counted[key]

    def cut(self, split, tokens, ngrams, min_df):
        """Counts of the split's learning paragraphs, and of those to judge, over words the former have."""
        key = (split.name, tokens, ngrams, min_df)
        if self.last_cut[0] != key:
            counts = self.count(tokens, ngrams)
            learn = counts[split.learn]
            known = np.flatnonzero(learn.getnnz(axis=0) >= min_df)
            self.last_cut = (key, (learn[:, known], counts[split.judge][:, known]))
        return self.last_cut[1]


class NaiveBayes:
    """scikit-learn's `MultinomialNB` or `ComplementNB` on counts, or on presence (`binary`)."""

    # Complement NB has no use for priors; what it has instead is a second normalisation.
    OWN_AXES = {MultinomialNB: {"fit_prior": [True, False]}, ComplementNB: {"norm": [False, True]}}

    def __init__(self, kind, paragraphs, quick):
        self.name, self.kind, self.quick = kind.__name__, kind, quick
        self.labels, self.counts = paragraphs.labels, Counts(paragraphs.texts)

    def settings(self):
        if self.quick:
            return grid(tokens=["words"], ngrams=[1], min_df=[1], binary=[False], alpha=[0.3, 1.0])
        # What was best, or as good, among all 160 combinations on 17,383 rows, where a full search was cheap.
        axes = dict(tokens=["words and marks"], ngrams=[2], min_df=[2], binary=[False, True], alpha=[0.1, 0.3, 1.0, 3.0])
        return grid(**axes, **self.OWN_AXES[self.kind])

    def judge(self, setting, split):
        learn, judged = self.counts.cut(split, setting["tokens"], setting["ngrams"], setting["min_df"])
        if setting["binary"]:
            learn, judged = learn > 0, judged > 0
        options = {key: setting[key] for key in ("alpha", "fit_prior", "norm") if key in setting}
        return self.kind(**options).fit(learn, self.labels[split.learn]).predict_proba(judged)


class TfidfLogisticRegression:
    """scikit-learn's TF-IDF of words and word pairs, and multinomial logistic regression."""

    name = "TF-IDF + logistic regression"

    def __init__(self, paragraphs, quick):
        self.quick = quick
        self.labels, self.counts = paragraphs.labels, Counts(paragraphs.texts)

    def settings(self):
        if self.quick:
            return grid(tokens=["words"], min_df=[2], sublinear=[True], C=[3.0], class_weight=[None, "balanced"])
        # The tokens and the scaling that were best among 48 combinations on 17,383 rows.
        axes = dict(tokens=["words and marks"], min_df=[2], sublinear=[True])
        return grid(**axes, C=[3.0, 10.0], class_weight=[None, "balanced"])

    def judge(self, setting, split):
        learn, judged = self.counts.cut(split, setting["tokens"], 2, setting["min_df"])
        scaling = TfidfTransformer(sublinear_tf=setting["sublinear"]).fit(learn)
        # Newton's method meets the optimum to within 1e-4 of a probability, in a tenth of the time that
        # L-BFGS, the default, needs to come as near.
        model = LogisticRegression(
            C=setting["C"], class_weight=setting["class_weight"], solver="newton-cg", tol=1e-6, max_iter=1000
        )
        model.fit(scaling.transform(learn), self.labels[split.learn])
        return model.predict_proba(scaling.transform(judged))


class FastText:
    """fastText's supervised mode; with `articles`, it starts from vectors learned from their words.

    `folder` is where its files go.
    """

    def __init__(self, paragraphs, quick, folder, articles=None):
        self.name = "fastText with vectors" if articles else "fastText"
        self.quick, self.folder, self.articles, self.vectors = quick, folder, articles, None
        self.labels = paragraphs.labels
        self.lines = [spaced(text) + "\n" for text in paragraphs.texts]

    def settings(self):
        # Vectors come with a size, and want smaller steps than what starts from nothing.
        rates, dim = ([0.05, 0.1], VECTOR_DIM) if self.articles else ([0.1, 0.5], 20)
        if self.quick:
            return grid(epoch=[5], lr=rates[1:], wordNgrams=[2], dim=[dim], balanced=[False, True])
        # On 17,383 rows, 10 epochs at the lower rate with word pairs were best among 16 combinations.
        ngrams = [2] if self.articles else [1, 2]
        return grid(epoch=[10], lr=rates[:1], wordNgrams=ngrams[-1:], dim=[dim], balanced=[False, True])

    def judge(self, setting, split):
        if self.articles and self.vectors is None:
            self.vectors = skip_gram_vectors(self.articles, self.folder, self.quick)
        learning_file = self.folder / f"{self.name}.txt"
        with open(learning_file, "w", encoding="utf-8") as out:
            for i in self.order(split.learn, setting["balanced"]):
                out.write(f"__label__{LABELS[self.labels[i]]} {self.lines[i]}")
        options = {key: value for key, value in setting.items() if key != "balanced"}
        if self.vectors:
            options["pretrainedVectors"] = str(self.vectors)
        model = fasttext.train_supervised(
            str(learning_file), bucket=1_000_000, thread=1, seed=SEED, verbose=0, **options
        )
        return np.array([fasttext_probabilities(model, self.lines[i]) for i in split.judge])

    def order(self, learn, balanced):
        """The learning rows shuffled, for fastText takes them in the order of the file.

        It has no class weights: `balanced` repeats rows of the rarer labels until all are as frequent.
        """
        random = np.random.default_rng(SEED)
        if balanced:
            by_label = [learn[self.labels[learn] == label] for label in range(len(LABELS))]
            most = max(map(len, by_label))
            learn = np.concatenate([np.resize(random.permutation(rows), most) for rows in by_label])
        return random.permutation(learn)


def spaced(text):
    """Small letters with punctuation set apart, as fastText's tutorial advises."""
    return " ".join(re.sub(r"([^\w\s])", r" \1 ", text.lower()).split())


def fasttext_probabilities(model, line):
    # The inner predict: the outer one makes an array in a way that numpy 2 refuses.
    found = {label.removeprefix("__label__"): p for p, label in model.f.predict(line, len(LABELS), 0.0, "strict")}
    probabilities = np.array([found.get(label, 0.0) for label in LABELS])
    return probabilities / probabilities.sum()


def skip_gram_vectors(articles, folder, quick):
    """Learns vectors of words from the `text` of each article; the path of the file that holds them."""
    plain, vectors = folder / "articles.txt", folder / "vectors.vec"
    try:
        with gzip.open(articles, "rt", encoding="utf-8") as lines, open(plain, "w", encoding="utf-8") as out:
            for line in itertools.islice(lines, 300 if quick else None):
                out.writelines(spaced(text) + "\n" for text in json.loads(line)["text"].split("\n") if text.strip())
    except (OSError, EOFError, KeyError, json.JSONDecodeError) as error:
        raise Failure(f"{articles}: expected gzipped JSON lines with a `text`: {error}") from None
    # This one takes no seed: it is always 0.
    model = fasttext.train_unsupervised(
        str(plain), model="skipgram", dim=VECTOR_DIM, epoch=1 if quick else 5, thread=1, verbose=0
    )
    with open(vectors, "w", encoding="utf-8") as out:
        print(len(model.words), VECTOR_DIM, file=out)
        for word in model.words:
            print(word, *(f"{x:.5f}" for x in model.get_word_vector(word)), file=out)
    return vectors
