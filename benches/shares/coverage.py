#!/usr/bin/env python3
"""How often the 95 % intervals of `rhetor score --group-by` hold the annotated share.

    benches/shares/coverage.py RHETOR LABELLED.jsonl [REPEATS]

Each outlet with at least five articles is a population. Samples of its articles, drawn with replacement, are outlets of
their own in a file that rhetor labels; an interval is right if it holds the share of the words of the whole population
that have the annotated label. Then the outlets themselves are tried with all the articles that they have. Only
paragraphs that rhetor labels and that have a label other than `other` count as annotated.
"""

import collections
import json
import random
import subprocess
import sys
import tempfile

SIZES = (3, 5, 10, 20, 40)


def run(rhetor, rows, *options):
    """The records of rhetor on these rows."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
        file.flush()
        command = [rhetor, "score", file.name, "--format", "jsonl", "-q", *options]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def annotated(articles, labels):
    """The share of words by annotated label, over the paragraphs that rhetor labels."""
    words = collections.Counter()
    for article in articles:
        for row in article:
            if row["kept"] and row["label"] in labels:
                words[row["label"]] += len(row["text"].split())
    total = sum(words.values())
    return {label: words[label] / total for label in labels} if total else None


def report(name, cases):
    """Prints how many intervals hold the annotated share, and their mean width."""
    right = sum(low - 1e-9 <= share <= high + 1e-9 for share, low, high in cases)
    width = sum(high - low for _, low, high in cases) / len(cases)
    print(f"{name:<28} {len(cases):>5} {right / len(cases):.3f} {width:.2f}")


def main():
    rhetor, path, *rest = sys.argv[1:]
    n_repeats = int(rest[0]) if rest else 10
    rows = [json.loads(line) for line in open(path, encoding="utf-8")]
    scored = {record["id"]: record for record in run(rhetor, rows, "--unit", "paragraph")}
    labels = next(list(record["scores"]) for record in scored.values() if "scores" in record)
    outlets = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        # Rows that are boilerplate or that rhetor drops have no annotated share to compare with.
        row["kept"] = "scores" in scored[row["id"]]
        if row["kept"] and row["label"] in labels:
            outlets[row["outlet"]][row["doc"]].append(row)
    populations = {name: list(articles.values()) for name, articles in outlets.items()}
    draw = random.Random(1)
    truth, written = {}, []

    def add(name, population, sample):
        truth[name] = annotated(population, labels)
        for number, article in enumerate(sample):
            for row in article:
                written.append({"text": row["text"], "doc": f"{name} {number}", "index": row["index"],
                                "outlet": name, "id": str(len(written))})

    for name, articles in populations.items():
        add(f"{name}|all|{len(articles)}", articles, articles)
        if len(articles) >= 5:
            for size in SIZES:
                for repeat in range(n_repeats):
                    add(f"{name}|{size}|{repeat}", articles, draw.choices(articles, k=size))
    cases = collections.defaultdict(list)
    for record in run(rhetor, written, "--group-by", "outlet", "--no-filter"):
        _, size, number = record["outlet"].rsplit("|", 2)
        kind = f"samples of {size} articles"
        if size == "all":
            few = "fewer than 5" if int(number) < 5 else "5 or more"
            kind = f"outlets as they are, {few}"
        for label, share in truth[record["outlet"]].items():
            interval = record["word_shares"][label]
            cases[kind].append((share, interval["low"], interval["high"]))
    print(f"{'':<28} {'n':>5} held width")
    for kind in sorted(cases, key=lambda kind: (kind.startswith("samples"), len(kind), kind)):
        report(kind, cases[kind])


if __name__ == "__main__":
    main()
