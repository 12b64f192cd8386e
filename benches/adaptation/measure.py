#!/usr/bin/env python3
"""Measures whether adapting the default model to some rows helps or hurts on other articles.

usage: RHETOR_REAL_DATA=FOLDER measure.py RHETOR [--draws 10] [--only few|few-flipped|1000|2000|2000-flipped]

RHETOR is the program. FOLDER holds labelled/real_dev.jsonl and labelled/world_dev.jsonl. Every draw takes whole articles
at random, adapts the default model to their rows, and scores the rows of other articles with both models. `few` adapts
to about 302 rows of real_dev and tests on its other articles; `1000` and `2000` adapt to that many rows of both files and
test on a quarter of all articles, which no draw of that seed adapts to. `flipped` replaces 30 % of the labels by another
label at random. Macro-F1 and log loss are for the labels with confidence 2 and 3; a paragraph that the filter drops is
wrong, and has no log loss.
"""
import argparse
import json
import math
import os
import random
import resource
import subprocess
import tempfile
from pathlib import Path

LABELS = ["report", "advocacy", "analysis"]
EXPERIMENTS = {
    "few": (["real_dev"], 302, False),
    "few-flipped": (["real_dev"], 302, True),
    "1000": (["real_dev", "world_dev"], 1000, False),
    "2000": (["real_dev", "world_dev"], 2000, False),
    "2000-flipped": (["real_dev", "world_dev"], 2000, True),
}


def read(folder, names):
    """The rows of some files by article."""
    articles = {}
    for name in names:
        for line in (folder / f"labelled/{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            articles.setdefault(row["doc"], []).append(row)
    return articles


def write(path, articles):
    rows = [row for article in articles for row in article]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def scores(rhetor, path, model):
    """The scores of each row by its id."""
    command = [rhetor, "score", path, "--unit", "paragraph", "--format", "jsonl", *model]
    output = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    records = map(json.loads, output.splitlines())
    return {record["id"]: record.get("scores") for record in records}


def measures(rows, found):
    """Macro-F1 and log loss."""
    rows = [row for row in rows if row["label"] in LABELS and row.get("confidence", 3) >= 2]
    pairs, losses = [], []
    for row in rows:
        of = found.get(row["id"])
        pairs.append((row["label"], max(LABELS, key=of.get) if of else "other"))
        if of:
            losses.append(-math.log(max(of[row["label"]] / sum(of.values()), 1e-12)))
    f1 = []
    for label in LABELS:
        hits = sum(a == b == label for a, b in pairs)
        either = sum((a == label) + (b == label) for a, b in pairs)
        f1.append(2 * hits / max(either, 1))
    return sum(f1) / 3, sum(losses) / len(losses)


def draw(rhetor, articles, n_rows, flipped, seed, folder):
    """The measures of the base and of the adapted model for one draw, and the processor time of adapting."""
    generator = random.Random(seed)
    keys = sorted(articles)
    generator.shuffle(keys)
    taken, test = [], keys[: len(keys) // 4] if n_rows > 500 else []
    for key in keys[len(test) :]:
        if sum(len(article) for article in taken) >= n_rows:
            test += [key] if n_rows <= 500 else []
        else:
            taken.append([dict(row) for row in articles[key]])
    for row in (row for article in taken for row in article if flipped):
        if row["label"] in LABELS and generator.random() < 0.3:
            row["label"] = generator.choice([label for label in LABELS if label != row["label"]])
    rows = [row for key in test for row in articles[key]]
    paths = [folder / name for name in ("taken.jsonl", "test.jsonl", "adapted.safetensors")]
    write(paths[0], taken)
    write(paths[1], [rows])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [rhetor, "train", "--base", "default", paths[0], "-o", paths[2], "--force"]
    log = subprocess.run(command, check=True, capture_output=True).stderr.decode()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    base = measures(rows, scores(rhetor, paths[1], []))
    adapted = measures(rows, scores(rhetor, paths[1], ["--model", paths[2]]))
    return base, adapted, sum(map(len, taken)), len(taken), seconds, log.strip().splitlines()[-2]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rhetor")
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--only", choices=EXPERIMENTS)
    args = parser.parse_args()
    data = Path(os.environ["RHETOR_REAL_DATA"])
    for name, (files, n_rows, flipped) in EXPERIMENTS.items():
        if args.only in (None, name):
            articles, gains = read(data, files), []
            for seed in range(args.draws):
                with tempfile.TemporaryDirectory() as folder:
                    found = draw(args.rhetor, articles, n_rows, flipped, seed, Path(folder))
                base, adapted, n, n_articles, seconds, verdict = found
                gains.append((adapted[0] - base[0], adapted[1] - base[1], adapted[0]))
                print(f"{name} {seed}: {n} rows of {n_articles} articles, macro-F1 {base[0]:.3f} {adapted[0]:.3f} "
                      f"({gains[-1][0]:+.3f}), log loss {base[1]:.3f} {adapted[1]:.3f}, {seconds:.1f} s; {verdict}", flush=True)
            for index, measure in enumerate(["macro-F1", "log loss"]):
                of = [gain[index] for gain in gains]
                mean = sum(of) / len(of)
                spread = math.sqrt(sum((gain - mean) ** 2 for gain in of) / max(len(of) - 1, 1))
                half = 1.96 * spread / math.sqrt(len(of))
                print(f"{name}: {measure} {mean:+.4f} (95 % interval of the mean {mean - half:+.4f} to {mean + half:+.4f}; "
                      f"from {min(of):+.4f} to {max(of):+.4f})")
            print(f"{name}: lowest macro-F1 of an adapted model {min(gain[2] for gain in gains):.3f}")


main()
