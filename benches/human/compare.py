"""Compares classifiers with people: how well does 1 - P(report) tell apart what people told apart?

Prints the area under the ROC curve (AUC) for each set in FOLDER (from `rebuild.py`), with 95 % intervals from bootstrap
draws of documents. The peers learn from the same labelled rows as rhetor; their settings are those that `benches/peers`
chose. For BABE the last line has the AUC of single experts.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benches/peers"))
N_DRAWS = 1000
# For each set, the classes that should get the higher and the lower score.
PAIRS = {
    "babe": [("opinion", "factual"), ("mixed", "factual")],
    "editorials": [("assumption", "evidence")],
    "newssd": [("SUBJ", "OBJ")],
}


def auc(points):
    """The area under the ROC curve of (score, is positive) pairs; ties count half. Not a number without both classes."""
    points = sorted(points)
    rank_sum, n_positive, at = 0.0, 0, 0
    while at < len(points):
        end = at
        while end < len(points) and points[end][0] == points[at][0]:
            end += 1
        positives = sum(positive for _, positive in points[at:end])
        rank_sum += positives * (at + end + 1) / 2
        n_positive, at = n_positive + positives, end
    n_negative = len(points) - n_positive
    if not n_positive or not n_negative:
        return float("nan")
    return (rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative)


def with_interval(points_of_docs):
    """The area, and the middle 95 % of the areas in draws of whole documents."""
    whole = auc([point for points in points_of_docs for point in points])
    source, draws = random.Random(0), []
    for _ in range(N_DRAWS):
        drawn = source.choices(points_of_docs, k=len(points_of_docs))
        draws.append(auc([point for points in drawn for point in points]))
    draws = sorted(draw for draw in draws if draw == draw)
    return f"{whole:.3f} ({draws[len(draws) // 40]:.3f} to {draws[-len(draws) // 40]:.3f})"


def line(rows, scores, positive, negative):
    of_docs = collections.defaultdict(list)
    for row, score in zip(rows, scores):
        if row["human"] in (positive, negative) and score is not None:
            of_docs[row["doc"]].append((score, row["human"] == positive))
    return with_interval(list(of_docs.values()))


def rhetor_scores(rhetor, path, *options):
    """1 - P(report) of each row, in order; None for a row that has no probabilities, such as one without words."""
    command = [rhetor, "score", "--unit", "paragraph", "--no-filter", "--format", "jsonl", *options, path]
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True, encoding="utf-8")
    records = map(json.loads, done.stdout.splitlines())
    return [1 - record["scores"]["report"] if "scores" in record else None for record in records]


def peers(training_rows):
    """The peers of `benches/peers` that need no tuning here, fitted on the training rows, as functions of texts."""
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    # The tokens that `benches/peers` chose: every word and punctuation mark.
    words = dict(token_pattern=r"(?u)\w+|[^\w\s]", ngram_range=(1, 2), min_df=2)
    models = {
        "TF-IDF + logistic regression": make_pipeline(
            TfidfVectorizer(sublinear_tf=True, **words), LogisticRegression(C=10.0, solver="newton-cg", max_iter=1000)
        ),
        "MultinomialNB": make_pipeline(CountVectorizer(binary=True, **words), MultinomialNB(fit_prior=False)),
    }
    for name, model in models.items():
        print(f"fitting {name}", file=sys.stderr, flush=True)
        model.fit(training_rows.texts, training_rows.labels)
        yield name, lambda texts, model=model: 1 - model.predict_proba(texts)[:, 0]


def single_experts(rows, positive, negative):
    """The AUC of each expert's own vote against the most frequent vote of the others, averaged over experts."""
    opinions = ["factual", "mixed", "opinion"]
    points = collections.defaultdict(list)
    for row in rows:
        for expert, vote in (row.get("votes") or {}).items():
            others = collections.Counter(v for e, v in row["votes"].items() if e != expert).most_common(2)
            if others and (len(others) == 1 or others[0][1] > others[1][1]):
                of_others = opinions[others[0][0]]
                if of_others in (positive, negative):
                    points[expert].append((vote, of_others == positive))
    areas = [auc(of_expert) for of_expert in points.values() if len(of_expert) >= 50]
    areas = [area for area in areas if area == area]
    return f"{sum(areas) / len(areas):.3f} (mean of {len(areas)}, {min(areas):.3f} to {max(areas):.3f})" if areas else None


def main():
    real = pathlib.Path(os.environ.get("RHETOR_REAL_DATA", ROOT.parent / "shared"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path, metavar="FOLDER", help="with the sets that rebuild.py wrote")
    parser.add_argument("--rhetor", type=pathlib.Path, default=ROOT / "target/release/rhetor")
    parser.add_argument("--train", type=pathlib.Path, nargs="+", help="labelled rows for the peers",
                        default=[real / "labelled" / f"{name}_train.jsonl" for name in ("real", "world")])
    parser.add_argument("--peers", action="store_true", help="fit peers, too, which needs scikit-learn")
    args = parser.parse_args()
    sets = {}
    for name in PAIRS:
        path = args.folder / f"{name}.jsonl"
        if path.exists():
            sets[name] = (path, [json.loads(text) for text in path.open(encoding="utf-8")])
    if not sets:
        parser.error(f"{args.folder}: found none of {', '.join(f'{name}.jsonl' for name in PAIRS)}")
    scorers = {
        "rhetor": lambda path, rows: rhetor_scores(args.rhetor, path),
        "rhetor, each paragraph alone": lambda path, rows: rhetor_scores(args.rhetor, path, "--no-context"),
    }
    if args.peers:
        from rows import training_rows
        rows, _ = training_rows(ROOT / "seeds", args.train)
        for name, scores in peers(rows):
            scorers[name] = lambda path, rows, scores=scores: scores([row["text"] for row in rows])
    pairs = [(name, *pair) for name in sets for pair in PAIRS[name]]
    print("| AUC (95 %) | " + " | ".join(f"{name}: {a} or {b}" for name, a, b in pairs) + " |")
    print("| --- |" + " ---: |" * len(pairs))
    for scorer, scores_of in scorers.items():
        scores = {name: scores_of(path, rows) for name, (path, rows) in sets.items()}
        print(f"| {scorer} | " + " | ".join(line(sets[name][1], scores[name], a, b) for name, a, b in pairs) + " |", flush=True)
    experts = [single_experts(sets[name][1], a, b) if name == "babe" else None for name, a, b in pairs]
    if any(experts):
        print("| one expert | " + " | ".join(text or "" for text in experts) + " |")


if __name__ == "__main__":
    main()
