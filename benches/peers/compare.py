"""Compares rhetor's model with what a user would pick instead: the same rows to learn from, the same to judge.

usage: python benches/peers/compare.py --rhetor target/release/rhetor --model models/default.safetensors
           --seeds seeds --train REAL_TRAIN.jsonl --test REAL_DEV.jsonl
           [--unlabelled ARTICLES.jsonl.gz] [--output FIGURES.json] [--quick]

Prints Markdown on standard output and its progress on standard error. README.md beside this file says
what is compared and how.
"""
import argparse
import functools
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
MIN_CONFIDENCE = 2


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
    command = [binary, "score", "--model", model, "--unit", "paragraph", "--format", "jsonl", "--threads", 1]
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


# Peers. Each has a grid of settings and a function from a setting and a split to probabilities.


@dataclass(frozen=True)
class Split:
    """Which rows of all (training rows, then test rows) a fit learns from and which it judges."""

    name: str
    learn: np.ndarray
    judge: np.ndarray


@dataclass
class Peer:
    name: str
    grid: list
    judge: object  # (setting, split) -> probabilities


def grid(**axes):
    return [dict(zip(axes, values)) for values in itertools.product(*axes.values())]


class Counts:
    """Word counts of all rows, cut for each split to the words that its learning rows have.

    Counting once and leaving out columns gives what CountVectorizer would give if it were fitted on the
    learning rows alone, without reading every text again for every fold.
    """

    def __init__(self, texts, labels):
        self.texts = texts
        self.labels = np.array(labels)

    @functools.cache
    def all(self, longest):
        return CountVectorizer(ngram_range=(1, longest)).fit_transform(self.texts).tocsr()

    @functools.lru_cache(maxsize=2)
    def cut(self, longest, split_name, learn, judge):
        counts = self.all(longest)
        learned = counts[list(learn)]
        known = np.flatnonzero(learned.getnnz(axis=0))
        return learned[:, known], counts[list(judge)][:, known]

    def of(self, split, longest):
        return self.cut(longest, split.name, tuple(split.learn), tuple(split.judge))


print("draft")
