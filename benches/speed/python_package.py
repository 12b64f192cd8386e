"""How fast the Python package labels a million paragraphs, compared with the command line and two other libraries.

    python benches/speed/python_package.py target/release/rhetor [--rows N] [--runs N]
    python benches/speed/python_package.py --memory

With --memory it labels 100,000 articles as a worker of Spark does, a batch at a time, and prints its memory (Linux).
Needs a release build of the program and of the package (release/wheel.sh), and, for the other libraries, scikit-learn
and fasttext-wheel; those that are missing are left out. The texts are the paragraphs of the seeds over and over, each
with its number. The other libraries are trained on the seeds: their labels do not matter here.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import pyrhetor

SEEDS = Path(__file__).parents[2] / "seeds"


def labelled():
    """The labels and paragraphs of the seeds."""
    rows = []
    for path in sorted(SEEDS.glob("*/*.txt")):
        blocks = path.read_text(encoding="utf-8").split("---\n", 2)[-1].split("\n\n")
        parts = [block.strip().removeprefix("[").partition("] ") for block in blocks]
        rows += [(label, " ".join(text.split())) for label, _, text in parts if text and label.isalpha()]
    return rows


def median_seconds(runs, work):
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def batches_of_articles(texts):
    """100,000 articles of ten paragraphs in batches of 1,000."""
    for start in range(0, 100_000, 1000):
        numbers = range(start, start + 1000)
        parts = ([f"{texts[(10 * n + k) % len(texts)]} {n}" for k in range(10)] for n in numbers)
        yield pa.record_batch({"text": ["\n\n".join(part) for part in parts]})


def print_memory(texts):
    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() >> 20

    n_rows = 0
    print("| articles | paragraphs | MB |\n|---:|---:|---:|")
    scored = pyrhetor.load().score_batches(batches_of_articles(texts), unit="article", threads=1)
    for number, batch in enumerate(scored, 1):
        n_rows += batch.num_rows
        if number in (1, 10) or number % 20 == 0:
            print(f"| {1000 * number:,} | {n_rows:,} | {resident()} |", flush=True)


def fasttext_work(rows, texts, folder):
    import fasttext

    path = folder / "rows.txt"
    path.write_text("".join(f"__label__{label} {text}\n" for label, text in rows), encoding="utf-8")
    # The inner predict: the outer one makes an array in a way that numpy 2 refuses.
    model = fasttext.train_supervised(str(path), wordNgrams=2, verbose=0).f
    return lambda: model.multilinePredict(texts, 3, 0.0, "strict")


def sklearn_work(rows, texts, _):
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    pipeline = make_pipeline(CountVectorizer(ngram_range=(1, 2)), MultinomialNB())
    pipeline.fit([text for _, text in rows], [label for label, _ in rows])
    return lambda: pipeline.predict_proba(texts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    args = parser.parse_args()
    rows = labelled()
    if args.memory:
        return print_memory([text for _, text in rows])
    if not args.program:
        parser.error("expected the program, or --memory")
    texts = [f"{rows[number % len(rows)][1]} {number}" for number in range(args.rows)]
    table = pa.table({"text": texts})
    model = pyrhetor.load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pq.write_table(table, folder / "rows.parquet")
        with open(folder / "rows.jsonl", "w", encoding="utf-8") as lines:
            lines.writelines(json.dumps({"text": text}) + "\n" for text in texts)
        command = [args.program, "score", "--unit", "paragraph", "--format", "jsonl", folder / "rows.jsonl"]
        work = {
            "command line, JSONL": lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True),
            "pyrhetor, Arrow table": lambda: model.score(table),
            "pyrhetor, list of str": lambda: model.score(texts),
        }
        for label, make in [("fastText", fasttext_work), ("scikit-learn", sklearn_work)]:
            try:
                work[label] = make(rows, texts, folder)
            except ImportError as error:
                print(f"{label} is left out: {error}", file=sys.stderr)
        print("| | seconds | paragraphs per second | times the command line |\n|---|---:|---:|---:|")
        base = None
        for label, run in work.items():
            seconds = median_seconds(args.runs, run)
            base = base or seconds
            print(f"| {label} | {seconds:.2f} | {args.rows / seconds:,.0f} | {base / seconds:.2f} |", flush=True)


if __name__ == "__main__":
    main()
