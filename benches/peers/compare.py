"""Compares rhetor's model with what a user would pick instead: the same rows to learn from, the same to judge.

usage: python benches/peers/compare.py --rhetor target/release/rhetor --model models/default.safetensors
           --seeds seeds --train REAL_TRAIN.jsonl --test REAL_DEV.jsonl
           [--unlabelled ARTICLES.jsonl.gz] [--output FIGURES.json] [--quick]

Prints Markdown on standard output and its progress on standard error. README.md beside this file says
what is compared and how.
"""
import argparse
import gzip
import hashlib
import itertools
import json
import os
import pathlib
import platform
import re
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version

# One thread, so that sums are made in one order. It must be said before numpy is loaded.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import fasttext
import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import ComplementNB, MultinomialNB

LABELS = ["report", "advocacy", "analysis"]
DROPPED = len(LABELS)  # what the gate's losses are predicted as: no label, so wrong under each
PACKAGES = ["scikit-learn", "numpy", "scipy", "fasttext-wheel"]
N_FOLDS = 5
N_DRAWS = 1000
N_BINS = 15
SEED = 1
MIN_CONFIDENCE = 2  # of test rows: those below could well have another label
VECTOR_DIM = 100


class Failure(Exception):
    """What stops the run, said to the user in one line."""


# Rows


@dataclass
class Rows:
    """Labelled paragraphs; `docs` names the article of each, `outlets` its outlet."""

    texts: list = field(default_factory=list)
    labels: list = field(default_factory=list)
    docs: list = field(default_factory=list)
    outlets: list = field(default_factory=list)
    ids: list = field(default_factory=list)

    def add(self, text, label, doc, outlet=None, id=None):
        self.texts.append(text)
        self.labels.append(LABELS.index(label))
        self.docs.append(doc)
        self.outlets.append(outlet)
        self.ids.append(id)


def json_lines(path):
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except json.JSONDecodeError as error:
                    raise Failure(f"{path}:{number}: not a JSON object: {error}") from None


def add_json_rows(rows, path, min_confidence=0):
    """Adds the rows of a JSONL file that have one of the three labels."""
    for number, row in json_lines(path):
        missing = [key for key in ("id", "doc", "text", "label", "outlet") if key not in row]
        if missing:
            raise Failure(f"{path}:{number}: a row without {', '.join(missing)}")
        if row["label"] in LABELS and row.get("confidence", 3) >= min_confidence:
            rows.add(row["text"], row["label"], f"row {row['doc']}", row["outlet"], str(row["id"]))


def add_article(rows, path):
    """Adds the paragraphs of a labelled article: front matter, then `[label] paragraph` blocks."""
    text = path.read_text(encoding="utf-8-sig")
    body = re.sub(r"\A---[ \t]*\n.*?\n---[ \t]*(\n|\Z)", "", text, count=1, flags=re.DOTALL)
    for block in re.split(r"\n[ \t]*\n", body):
        block = " ".join(block.split())
        if not block:
            continue
        labelled = re.match(r"\[([\w-]+)\]\s+(.*)", block)
        if not labelled:
            raise Failure(f"{path}: a block without a label: {block[:40]} …")
        if labelled[1] in LABELS:
            rows.add(labelled[2], labelled[1], f"seed {path.parent.name}/{path.name}")


def training_rows(seeds, train):
    rows = Rows()
    for folder in ("articles", "contrasts"):
        files = sorted((seeds / folder).glob("*.txt"))
        if not files:
            raise Failure(f"{seeds / folder}: no labelled articles (*.txt)")
        for path in files:
            add_article(rows, path)
    n_seeds = len(rows.texts)
    add_json_rows(rows, train)
    return rows, n_seeds


def test_rows(path):
    rows = Rows()
    add_json_rows(rows, path, MIN_CONFIDENCE)
    if not rows.texts:
        raise Failure(f"{path}: no row has one of the labels {', '.join(LABELS)}")
    if len(set(rows.ids)) < len(rows.ids):
        raise Failure(f"{path}: some ids occur twice")
    return rows


def letters(text):
    return "".join(filter(str.isalnum, text.lower()))


# rhetor


def run(command):
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{command[0]}: {error.strerror}") from None
    if done.returncode != 0:
        raise Failure(f"`{' '.join(map(str, command[:2]))}` failed: {done.stderr.strip()}")
    return done.stdout


def rhetor_probabilities(binary, model, test, rows, *options):
    """One line of probabilities for each row, NaN where the gate dropped it."""
    command = [binary.absolute(), "score", "--model", model, "--unit", "paragraph", "--format", "jsonl", "--threads", 1]
    scores = {}
    for line in run([*command, *options, test]).splitlines():
        record = json.loads(line)
        if str(record["id"]) in scores:
            raise Failure(f"{binary} gave two records for the row {record['id']}")
        scores[str(record["id"])] = record.get("scores")
    probabilities = np.full((len(rows.ids), len(LABELS)), np.nan)
    for i, id in enumerate(rows.ids):
        if id not in scores:
            raise Failure(f"{binary} gave no record for the row {id}")
        if scores[id]:
            probabilities[i] = [scores[id][label] for label in LABELS]
    return probabilities / probabilities.sum(axis=1, keepdims=True)


def learned_from(model):
    """How many paragraphs of each label the model's card says it learned from."""
    with open(model, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > 100_000_000:
            raise Failure(f"{model}: not a safetensors file")
        metadata = json.loads(file.read(length))["__metadata__"]
    (card,) = (json.loads(entry)["card"] for entry in metadata.values())
    return [card["label_counts"].get(label, 0) for label in LABELS]


# Peers


@dataclass(frozen=True)
class Split:
    """Which of all rows (training rows, then test rows) a fit learns from, and which it then judges."""

    name: str
    learn: np.ndarray
    judge: np.ndarray


@dataclass
class Peer:
    """A way of labelling; `judge` takes a setting of the grid and a split and gives probabilities."""

    name: str
    grid: list
    judge: Callable


def grid(**axes):
    return [dict(zip(axes, values)) for values in itertools.product(*axes.values())]


class Counts:
    """Word counts of all rows, cut for each split to the words that its learning rows have.

    Counting once and leaving out columns gives what CountVectorizer would give if it were fitted on the
    learning rows alone, without reading every text again for every fold.
    """

    TOKENS = {"words": r"(?u)\b\w\w+\b", "words and marks": r"(?u)\w+|[^\w\s]"}  # the first is scikit-learn's own

    def __init__(self, texts):
        self.texts = texts
        self.counted = {}
        self.last_cut = (None, None)

    def count(self, tokens, longest):
        key = (tokens, longest)
        if key not in self.counted:
            vectorizer = CountVectorizer(ngram_range=(1, longest), token_pattern=self.TOKENS[tokens])
            self.counted[key] = vectorizer.fit_transform(self.texts).tocsr()
        return self.counted[key]

    def cut(self, split, tokens, longest, min_df):
        """Counts of the split's learning rows, and of the rows to judge, over the words known to the former."""
        key = (split.name, tokens, longest, min_df)
        if self.last_cut[0] != key:
            counts = self.count(tokens, longest)
            learn = counts[split.learn]
            known = np.flatnonzero(learn.getnnz(axis=0) >= min_df)
            self.last_cut = (key, (learn[:, known], counts[split.judge][:, known]))
        return self.last_cut[1]


def naive_bayes_peer(name, kind, counts, labels, quick):
    def judge(setting, split):
        learn, rows = counts.cut(split, setting["tokens"], setting["ngrams"], setting["min_df"])
        if setting["binary"]:
            learn, rows = learn > 0, rows > 0
        options = {key: setting[key] for key in ("alpha", "fit_prior") if key in setting}
        return kind(**options).fit(learn, labels[split.learn]).predict_proba(rows)

    # Complement NB uses its prior only where there is a single class.
    priors = {"fit_prior": [True, False]} if kind is MultinomialNB else {}
    settings = grid(
        tokens=["words", "words and marks"],
        ngrams=[1, 2],
        min_df=[2] if quick else [1, 2],
        binary=[True] if quick else [False, True],
        alpha=[1.0] if quick else [0.03, 0.1, 0.3, 1.0, 3.0],
        **({} if quick else priors),
    )
    return Peer(name, settings, judge)


def logistic_regression_peer(counts, labels, quick):
    def judge(setting, split):
        learn, rows = counts.cut(split, setting["tokens"], 2, 2)
        scaling = TfidfTransformer(sublinear_tf=True).fit(learn)
        model = LogisticRegression(C=setting["C"], class_weight=setting["class_weight"], max_iter=1000)
        model.fit(scaling.transform(learn), labels[split.learn])
        return model.predict_proba(scaling.transform(rows))

    settings = grid(
        tokens=["words and marks"] if quick else ["words", "words and marks"],
        C=[3.0] if quick else [1.0, 3.0, 10.0],
        class_weight=["balanced"] if quick else [None, "balanced"],
    )
    return Peer("TF-IDF + logistic regression", settings, judge)


def spaced(text):
    """Small letters with spaces around punctuation, as fastText's tutorial prepares text."""
    return " ".join(re.sub(r"([^\w\s])", r" \1 ", text.lower()).split())


def skip_gram_vectors(articles, folder, quick):
    """Learns vectors of words from the `text` of each article; gives the path of the file that holds them."""
    plain, vectors = folder / "articles.txt", folder / "vectors.vec"
    try:
        with gzip.open(articles, "rt", encoding="utf-8") as lines, open(plain, "w", encoding="utf-8") as out:
            for line in itertools.islice(lines, 300 if quick else None):
                out.writelines(spaced(text) + "\n" for text in json.loads(line)["text"].split("\n") if text.strip())
    except (OSError, EOFError, KeyError, json.JSONDecodeError) as error:
        raise Failure(f"{articles}: not gzipped JSON lines with a `text`: {error}") from None
    # This one takes no seed: it is always 0.
    model = fasttext.train_unsupervised(
        str(plain), model="skipgram", dim=VECTOR_DIM, epoch=1 if quick else 5, thread=1, verbose=0
    )
    with open(vectors, "w", encoding="utf-8") as out:
        print(len(model.words), VECTOR_DIM, file=out)
        for word in model.words:
            print(word, *(f"{x:.5f}" for x in model.get_word_vector(word)), file=out)
    return vectors


def fasttext_peer(name, texts, labels, folder, quick, vectors=None):
    lines = [spaced(text) + "\n" for text in texts]
    learning_file = folder / "learn.txt"

    def judge(setting, split):
        # fastText learns from rows in the order of the file, so rows of one article must not stand together.
        order = np.random.default_rng(SEED).permutation(split.learn)
        with open(learning_file, "w", encoding="utf-8") as out:
            out.writelines(f"__label__{LABELS[labels[i]]} {lines[i]}" for i in order)
        given = {"pretrainedVectors": str(vectors)} if vectors else {}
        model = fasttext.train_supervised(
            str(learning_file), bucket=1_000_000, thread=1, seed=SEED, verbose=0, **setting, **given
        )
        return np.array([fasttext_probabilities(model, lines[i]) for i in split.judge])

    settings = grid(
        epoch=[5] if quick else [10, 25],
        lr=[0.5] if quick else [0.1, 0.5],
        wordNgrams=[1, 2] if quick else [1, 2],
        dim=[VECTOR_DIM] if vectors or quick else [20, VECTOR_DIM],
    )
    return Peer(name, settings, judge)


def fasttext_probabilities(model, line):
    # The inner predict: the outer one makes an array in a way that numpy 2 refuses.
    found = {label.removeprefix("__label__"): p for p, label in model.f.predict(line, len(LABELS), 0.0, "strict")}
    probabilities = np.array([found.get(label, 0.0) for label in LABELS])
    return probabilities / probabilities.sum()


# Figures


def confusion(truth, guesses):
    counts = np.zeros((len(LABELS), len(LABELS) + 1), dtype=int)
    np.add.at(counts, (truth, guesses), 1)
    return counts


def f1_by_label(confusions):
    """F1 of each label; 0 for a label that neither occurs nor is given. Takes any number of confusions."""
    right = np.einsum("...ii->...i", confusions[..., :DROPPED])
    either = confusions.sum(axis=-1) + confusions[..., :DROPPED].sum(axis=-2)
    return 2 * right / np.maximum(either, 1)


def macro_f1(confusions):
    return f1_by_label(confusions).mean(axis=-1)


def drawn_macro_f1(truth, guesses, docs):
    """Macro-F1 of each bootstrap draw of articles; the same draws for all systems, so that they pair."""
    names, places = np.unique(docs, return_inverse=True)
    by_doc = np.zeros((len(names), len(LABELS), len(LABELS) + 1), dtype=int)
    np.add.at(by_doc, (places, truth, guesses), 1)
    draws = np.random.default_rng(SEED).multinomial(len(names), np.full(len(names), 1 / len(names)), N_DRAWS)
    return macro_f1(np.einsum("nd,dij->nij", draws, by_doc))


def interval(draws):
    return [float(x) for x in np.percentile(draws, [2.5, 97.5])]


def accuracy_at(coverage, best, right):
    """Accuracy of the surest rows; rows that tie at the cut count with their mean."""
    n = max(1, int(coverage * len(best)))
    cut = np.sort(best)[-n]
    above, at = best > cut, best == cut
    return float((right[above].sum() + (n - above.sum()) * right[at].mean()) / n)


def calibration_error(best, right):
    bins = np.minimum((best * N_BINS).astype(int), N_BINS - 1)
    gaps = [abs(best[bins == b].sum() - right[bins == b].sum()) for b in range(N_BINS)]
    return float(sum(gaps) / len(best))


def guessed(probabilities):
    return np.where(np.isnan(probabilities[:, 0]), DROPPED, np.nan_to_num(probabilities).argmax(axis=1))


def figures(probabilities, truth, docs):
    """All figures of one system on some rows, and its macro-F1 draw by draw.

    Rows that the gate dropped are wrong in F1 and accuracy; they have no probabilities to judge.
    """
    guesses = guessed(probabilities)
    draws = drawn_macro_f1(truth, guesses, docs)
    kept = guesses != DROPPED
    best, right = probabilities[kept].max(axis=1), (guesses == truth)[kept]
    counts = confusion(truth, guesses)
    told = {
        "macro_f1": float(macro_f1(counts)),
        "macro_f1_interval": interval(draws),
        "accuracy": float((guesses == truth).mean()),
        "f1": dict(zip(LABELS, map(float, f1_by_label(counts)))),
        "expected_calibration_error": calibration_error(best, right),
        "log_loss": float(-np.log(np.maximum(probabilities[kept, truth[kept]], 1e-12)).mean()),
        "accuracy_at_80": accuracy_at(0.8, best, right),
        "accuracy_at_50": accuracy_at(0.5, best, right),
    }
    return told, draws


def compare(systems, rows, part):
    """The figures of all systems on the rows of `part`, with what the first two are ahead of each by."""
    truth, docs = np.array(rows.labels)[part], np.array(rows.docs)[part]
    all_figures, all_draws = zip(*(figures(system[part], truth, docs) for system in systems))
    for i, told in enumerate(all_figures):
        for first, key in ((0, "rhetor_minus_it"), (1, "alone_minus_it")):
            if i > first:
                difference = all_figures[first]["macro_f1"] - told["macro_f1"]
                told[key] = {"difference": difference, "interval": interval(all_draws[first] - all_draws[i])}
    return {"paragraphs": int(part.sum()), "articles": len(set(docs)), "systems": list(all_figures)}


# The run


def choose(peer, labels, folds):
    """The setting with the best macro-F1 over out-of-fold labels, and that figure; the first one of equals."""
    guesses = [np.empty(len(labels), dtype=int) for _ in peer.grid]
    # Folds outside and settings inside, so that a fold's counts are cut once for several settings.
    for split in folds:
        for of_setting, setting in zip(guesses, peer.grid):
            of_setting[split.judge] = peer.judge(setting, split).argmax(axis=1)
    scores = [float(macro_f1(confusion(labels, of_setting))) for of_setting in guesses]
    best = int(np.argmax(scores))
    return peer.grid[best], scores[best]


def progress(started, text):
    print(f"{time.monotonic() - started:6.0f} s  {text}", file=sys.stderr, flush=True)


def run_peers(peers, n_train, n_test, labels, docs, started):
    """For each peer its chosen setting, that setting's cross-validated macro-F1, and test probabilities."""
    folds = GroupKFold(N_FOLDS).split(docs, groups=docs)
    folds = [Split(f"fold {i}", learn, judge) for i, (learn, judge) in enumerate(folds)]
    final = Split("test", np.arange(n_train), np.arange(n_train, n_train + n_test))
    for peer in peers:
        progress(started, f"{peer.name}: {len(peer.grid)} settings in {N_FOLDS} folds")
        setting, score = choose(peer, labels[:n_train], folds)
        yield setting, score, peer.judge(setting, final)


def notes(train, n_seeds, test, model, args):
    """What a reader should know about this run's rows."""
    counts = [train.labels.count(label) for label in range(len(LABELS))]
    named = ", ".join(f"{n} {label}" for n, label in zip(counts, LABELS))
    yield f"Peers learn from {len(train.texts)} paragraphs ({named}), {n_seeds} of them written for the project."
    learned = learned_from(model)
    if learned != counts:
        other = ", ".join(f"{n} {label}" for n, label in zip(learned, LABELS))
        yield f"**Not the same rows**: the model's card says that it learned from {other}."
    known = set(map(letters, train.texts))
    shared = sum(letters(text) in known for text in test.texts)
    if shared:
        yield f"**{shared} test paragraphs occur in the training rows**, letter for letter."
    if not args.unlabelled:
        yield "fastText with vectors is left out: no --unlabelled articles."
    if args.quick:
        yield "**Quick run**: a tiny grid and 300 unlabelled articles; its figures are not for quoting."


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def versions(rhetor):
    told = {"rhetor": run([rhetor.absolute(), "--version"]).split()[-1], "python": platform.python_version()}
    return told | {package: version(package) for package in PACKAGES}


def compare_all(args, folder):
    started = time.monotonic()
    train, n_seeds = training_rows(args.seeds, args.train)
    test = test_rows(args.test)
    told_notes = list(notes(train, n_seeds, test, args.model, args))
    told_versions = versions(args.rhetor)
    progress(started, f"rhetor: {len(test.texts)} rows")
    rhetor = rhetor_probabilities(args.rhetor, args.model, args.test, test)
    alone = rhetor_probabilities(args.rhetor, args.model, args.test, test, "--no-context")

    texts, labels = train.texts + test.texts, np.array(train.labels + test.labels)
    counts = Counts(texts)
    peers = [
        naive_bayes_peer("MultinomialNB", MultinomialNB, counts, labels, args.quick),
        naive_bayes_peer("ComplementNB", ComplementNB, counts, labels, args.quick),
        logistic_regression_peer(counts, labels, args.quick),
        fasttext_peer("fastText", texts, labels, folder, args.quick),
    ]
    if args.unlabelled:
        progress(started, "skip-gram vectors of the unlabelled articles")
        vectors = skip_gram_vectors(args.unlabelled, folder, args.quick)
        peers.append(fasttext_peer("fastText + vectors", texts, labels, folder, args.quick, vectors))
    settings, scores, probabilities = zip(
        *run_peers(peers, len(train.texts), len(test.texts), labels, train.docs, started)
    )
    for of_peer in probabilities:
        of_peer[np.isnan(rhetor[:, 0])] = np.nan  # the same gate for all
    progress(started, "done")

    systems = [rhetor, alone, *probabilities]
    known = np.isin(test.outlets, [outlet for outlet in train.outlets if outlet])
    parts = {"all": np.full(len(known), True), "known outlets": known, "new outlets": ~known}
    return {
        "names": ["rhetor", "rhetor without context", *(peer.name for peer in peers)],
        "parts": {name: compare(systems, test, part) for name, part in parts.items() if part.any()},
        "settings": {
            peer.name: {"chosen": setting, "cross_validated_macro_f1": score, "settings_tried": len(peer.grid)}
            for peer, setting, score in zip(peers, settings, scores)
        },
        "dropped_by_gate": int(np.isnan(rhetor[:, 0]).sum()),
        "notes": told_notes,
        "versions": told_versions,
        "sha256": {name: sha256(getattr(args, name)) for name in ("model", "train", "test")},
    }


# Output


def with_interval(value, bounds, sign=""):
    return f"{value:{sign}.3f} ({bounds[0]:{sign}.3f} to {bounds[1]:{sign}.3f})"


def ahead(told, key):
    return with_interval(told[key]["difference"], told[key]["interval"], "+") if key in told else ""


def table(header, lines):
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, rule, *lines])


def main_table(result):
    header = ["all", "macro-F1 (95 %)", "rhetor minus it", "rhetor without context minus it", "accuracy"]
    header += [f"F1 {label}" for label in LABELS] + ["ECE", "log loss", "accuracy at 80 %", "at 50 %"]
    lines = []
    for name, told in zip(result["names"], result["parts"]["all"]["systems"]):
        numbers = [told["accuracy"], *told["f1"].values(), told["expected_calibration_error"], told["log_loss"]]
        numbers += [told["accuracy_at_80"], told["accuracy_at_50"]]
        of_f1 = [with_interval(told["macro_f1"], told["macro_f1_interval"])]
        of_f1 += [ahead(told, "rhetor_minus_it"), ahead(told, "alone_minus_it")]
        lines.append([name, *of_f1, *(f"{number:.3f}" for number in numbers)])
    return table(header, lines)


def outlet_table(result):
    parts = [part for part in result["parts"] if part != "all"]
    header, lines = ["by outlet"], [[name] for name in result["names"]]
    for part in parts:
        header += [f"{part}: macro-F1 (95 %)", "rhetor minus it", "accuracy"]
        for line, told in zip(lines, result["parts"][part]["systems"]):
            line += [with_interval(told["macro_f1"], told["macro_f1_interval"]), ahead(told, "rhetor_minus_it")]
            line.append(f"{told['accuracy']:.3f}")
    return table(header, lines)


def markdown(result):
    sizes = [f"{part['paragraphs']} paragraphs of {part['articles']} articles ({name})" for name, part in result["parts"].items()]
    yield f"Test rows: {'; '.join(sizes)}. rhetor's gate drops {result['dropped_by_gate']}, which count as wrong for all."
    yield from result["notes"]
    yield main_table(result)
    yield outlet_table(result)
    lines = []
    for name, told in result["settings"].items():
        setting = ", ".join(f"{key} {value}" for key, value in told["chosen"].items())
        lines.append([name, f"{told['cross_validated_macro_f1']:.3f}", str(told["settings_tried"]), setting])
    yield table(["chosen by cross-validation", "macro-F1 there", "settings tried", "setting"], lines)
    yield "Versions: " + ", ".join(f"{name} {number}" for name, number in result["versions"].items()) + "."


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rhetor", type=pathlib.Path, required=True, help="the built binary")
    parser.add_argument("--model", type=pathlib.Path, required=True, help="its model (safetensors)")
    parser.add_argument("--seeds", type=pathlib.Path, required=True, help="folder with articles/ and contrasts/")
    parser.add_argument("--train", type=pathlib.Path, required=True, help="labelled rows to learn from (JSONL)")
    parser.add_argument("--test", type=pathlib.Path, required=True, help="labelled rows to judge (JSONL)")
    parser.add_argument("--unlabelled", type=pathlib.Path, help="articles for fastText's vectors (JSONL, gzipped)")
    parser.add_argument("--output", type=pathlib.Path, help="write the figures here, too, as JSON")
    parser.add_argument("--quick", action="store_true", help="a tiny grid, to see that it runs")
    args = parser.parse_args()
    for name in ("rhetor", "model", "seeds", "train", "test", "unlabelled"):
        path = getattr(args, name)
        if path and not path.exists():
            raise Failure(f"--{name} {path}: no such file or folder")
    if args.output and not args.output.absolute().parent.is_dir():
        raise Failure(f"--output {args.output}: its folder does not exist")
    return args


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        args = arguments()
        with tempfile.TemporaryDirectory() as folder:
            result = compare_all(args, pathlib.Path(folder))
    except Failure as failure:
        sys.exit(f"compare.py: {failure}")
    print("\n\n".join(markdown(result)))
    if args.output:
        args.output.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
