"""Compares rhetor's model with what a user would pick instead: the same rows to learn from, the same to judge.

usage: python benches/peers/compare.py [--rhetor BINARY] [--model MODEL] [--check] [--quick] ...

Prints Markdown on standard output and its progress on standard error. README.md beside this file says
what is compared and how.
"""
import argparse
import hashlib
import json
import os
import pathlib
import platform
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context

# One thread each, so that sums are made in one order. It must be said before numpy is loaded.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
from sklearn.naive_bayes import ComplementNB, MultinomialNB

import peers
from figures import N_DRAWS, difference, figures, interval
from rows import LABELS, Failure, n_shared, test_rows, training_rows

ROOT = pathlib.Path(__file__).absolute().parents[2]
PACKAGES = ["scikit-learn", "numpy", "scipy", "fasttext-wheel"]


def rhetor_output(command):
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{command[0]}: {error.strerror}; `cargo build --release` makes it") from None
    if done.returncode != 0:
        raise Failure(f"`{' '.join(map(str, command[:2]))}` failed: {done.stderr.strip()}")
    return done.stdout


def rhetor_probabilities(args, rows, *options):
    """One line of probabilities for each row, NaN where the filter dropped it."""
    command = [args.rhetor.absolute(), "score", "--model", args.model, "--unit", "paragraph", "--format", "jsonl"]
    scores = {}
    # Parted by \n alone: texts may hold other characters that Python takes for line ends.
    for line in rhetor_output([*command, *options, *args.test]).rstrip("\n").split("\n"):
        record = json.loads(line)
        if str(record["id"]) in scores:
            raise Failure(f"{args.rhetor}: two records for the row {record['id']}")
        scores[str(record["id"])] = record.get("scores")
    probabilities = np.full((len(rows.ids), len(LABELS)), np.nan)
    for i, row_id in enumerate(rows.ids):
        if row_id not in scores:
            raise Failure(f"{args.rhetor}: no record for the row {row_id}")
        if scores[row_id]:
            probabilities[i] = [scores[row_id][label] for label in LABELS]
    return probabilities / probabilities.sum(axis=1, keepdims=True)


def learned_from(model):
    """How many paragraphs of each label the model's card says it learned from."""
    try:
        with open(model, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > 100_000_000:
                raise ValueError("its header is too long")
            (metadata,) = json.loads(file.read(length))["__metadata__"].values()
        counts = json.loads(metadata)["card"]["label_counts"]
    except (KeyError, ValueError, struct.error) as error:
        raise Failure(f"{model}: not a rhetor model with `label_counts` in its card: {error}") from None
    return [counts.get(label, 0) for label in LABELS]


def run_timed(peer, paragraphs):
    """What one process of the pool does for one peer."""
    started = time.monotonic()
    outcome = peers.run(peer, paragraphs)
    progress(f"{peer.name}: {outcome.n_settings} settings in {time.monotonic() - started:.0f} s")
    return outcome


def run_peers(args, paragraphs):
    """Each peer's name and outcome. The slowest go first, so that no process idles at the end."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        slowest_first = [
            peers.FastText(paragraphs, args.quick, folder, args.unlabelled),
            peers.TfidfLogisticRegression(paragraphs, args.quick),
            peers.FastText(paragraphs, args.quick, folder),
            peers.NaiveBayes(ComplementNB, paragraphs, args.quick),
            peers.NaiveBayes(MultinomialNB, paragraphs, args.quick),
        ]
        # Fresh processes, not forked ones: those would inherit the threads of libraries loaded here.
        with ProcessPoolExecutor(args.jobs, mp_context=get_context("spawn")) as pool:
            outcomes = pool.map(run_timed, slowest_first, [paragraphs] * len(slowest_first))
            named = [(peer.name, outcome) for peer, outcome in zip(slowest_first, outcomes)]
    return named[::-1]


def compare(args):
    """Everything that the output tells, but for its form."""
    train, n_seeds = training_rows(args.seeds, args.train)
    test, file_of = test_rows(args.test)
    progress(f"{len(train.texts)} rows to learn from, {len(test.texts)} to judge")
    rhetor, alone = rhetor_probabilities(args, test), rhetor_probabilities(args, test, "--no-context")
    paragraphs = peers.Paragraphs(train.texts + test.texts, np.array(train.labels), train.docs)
    outcomes = run_peers(args, paragraphs)
    dropped = np.isnan(rhetor[:, 0])
    for _, outcome in outcomes:
        outcome.probabilities[dropped] = np.nan  # the same filter for all
    systems = {"rhetor": rhetor, "rhetor, each paragraph alone": alone}
    systems |= {name: outcome.probabilities for name, outcome in outcomes}
    new = ~np.isin(test.outlets, [outlet for outlet in train.outlets if outlet])
    parts = {path.stem: np.array(file_of) == place for place, path in enumerate(args.test)}
    parts |= {f"{path.stem}, outlets not in the training rows": part & new for path, part in zip(args.test, [*parts.values()])}
    return {
        "train": train,
        "n_seeds": n_seeds,
        "n_shared": n_shared(train, test),
        "n_dropped": int(dropped.sum()),
        "outcomes": outcomes,
        # A part that is the whole file again is left out.
        "parts": {
            name: part_figures(systems, test, part)
            for name, part in parts.items()
            if part.any() and not (", " in name and (part == parts[name.split(", ")[0]]).all())
        },
    }


def part_figures(systems, rows, part):
    """The figures of all systems on the rows of `part`, and how many rows and articles it has."""
    truth, docs = np.array(rows.labels)[part], np.array(rows.docs)[part]
    of_systems = {name: figures(probabilities[part], truth, docs) for name, probabilities in systems.items()}
    return of_systems, int(part.sum()), len(set(docs))


def is_ahead(systems, name):
    """Whether the whole interval of what rhetor is ahead by is above 0."""
    return difference(systems["rhetor"], systems[name])[1][0] > 0


def notes(result, args):
    """What a reader should know about this run's rows."""
    train = result["train"]
    yield f"rhetor's filter drops {result['n_dropped']} test rows, which count as wrong for all."
    yield (
        f"All learn from {len(train.texts)} paragraphs ({named_counts(train.label_counts())}), {result['n_seeds']} of"
        " them seeds."
    )
    learned = learned_from(args.model)
    if learned != train.label_counts():
        yield f"**Not the same rows**: the model's card says that rhetor learned from {named_counts(learned)}."
    if result["n_shared"]:
        yield f"**{result['n_shared']} test paragraphs occur in the training rows**, letter for letter."
    if args.quick:
        yield "**Quick run**: a tiny grid and 300 unlabelled articles; its figures are not for quoting."


def named_counts(counts):
    return ", ".join(f"{n} {label}" for n, label in zip(counts, LABELS))


def with_interval(value, bounds, sign=""):
    return f"{value:{sign}.3f} ({bounds[0]:{sign}.3f} to {bounds[1]:{sign}.3f})"


def table(header, lines):
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, rule, *lines])


def lead_table(title, systems):
    """Macro-F1 of each system, and how much rhetor, with and without neighbours, is ahead of it."""
    header = [title, "macro-F1 (95 %)", "rhetor minus it (95 %)", "above 0", "rhetor alone minus it (95 %)"]
    rhetor, alone, *_ = systems
    lines = []
    for name, told in systems.items():
        cells = [name, with_interval(told["macro_f1"], interval(told["draws"])), "", "", ""]
        if name != rhetor:
            cells[2] = with_interval(*difference(systems[rhetor], told), "+")
            cells[3] = "yes" if is_ahead(systems, name) else "**no**"
        if name not in (rhetor, alone):
            cells[4] = with_interval(*difference(systems[alone], told), "+")
        lines.append(cells)
    return table(header, lines)


def figure_table(systems):
    """The other figures, the best of each column in bold."""
    header = ["", *(f"F1 {label}" for label in LABELS), "accuracy", "accuracy of the surest half", "ECE", "log loss"]
    figures_of = {
        name: [*told["f1"], told["accuracy"], told["accuracy_at_50"], told["calibration_error"], told["log_loss"]]
        for name, told in systems.items()
    }
    # Of calibration error and log loss, the last two, less is better.
    columns = list(zip(*figures_of.values()))
    best = [max(column) for column in columns[:-2]] + [min(column) for column in columns[-2:]]
    lines = []
    for name, numbers in figures_of.items():
        cells = [f"**{x:.3f}**" if x == of_column else f"{x:.3f}" for x, of_column in zip(numbers, best)]
        lines.append([name, *cells])
    return table(header, lines)


def setting_table(outcomes):
    header = ["chosen by cross-validation", "macro-F1 there", "of how many", "setting"]
    lines = []
    for name, outcome in outcomes:
        setting = ", ".join(f"{key} {value}" for key, value in outcome.setting.items())
        lines.append([name, f"{outcome.cross_validated:.3f}", str(outcome.n_settings), setting])
    return table(header, lines)


def versions(args):
    rhetor = rhetor_output([args.rhetor.absolute(), "--version"]).strip()
    told = [rhetor, f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
    for path in (args.model, *args.train, *args.test):
        told.append(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}")
    return "Versions and SHA-256: " + ", ".join(told) + "."


def markdown(result, args):
    yield " ".join(notes(result, args))
    for name, (systems, n_rows, n_articles) in result["parts"].items():
        yield lead_table(f"{name} ({n_rows} paragraphs, {n_articles} articles)", systems)
        yield figure_table(systems)
    yield setting_table(result["outcomes"])
    yield versions(args)


def arguments():
    real = pathlib.Path(os.environ.get("RHETOR_REAL_DATA", ROOT.parent / "shared"))
    parser = argparse.ArgumentParser(
        description=f"Compares rhetor with its peers; intervals are from {N_DRAWS} bootstrap draws of articles."
    )
    inputs = {
        "rhetor": (ROOT / "target/release/rhetor", "the built binary"),
        "model": (ROOT / "models/default.safetensors", "its model"),
        "seeds": (ROOT / "seeds", "folder with articles/ and contrasts/"),
        "unlabelled": (real / "unlabelled/articles.jsonl.gz", "articles for fastText's vectors"),
    }
    files = {
        "train": ([real / "labelled" / f"{name}_train.jsonl" for name in ("real", "world")], "labelled rows to learn from"),
        "test": ([real / "labelled" / f"{name}_dev.jsonl" for name in ("real", "world")], "labelled rows to judge"),
    }
    for name, (default, text) in files.items():
        help_text = f"{text} (default: {', '.join(map(str, default))})"
        parser.add_argument(f"--{name}", type=pathlib.Path, nargs="+", default=default, help=help_text)
    for name, (default, text) in inputs.items():
        parser.add_argument(f"--{name}", type=pathlib.Path, default=default, help=f"{text} (default: {default})")
    parser.add_argument("--jobs", type=int, default=2, help="peers to run at once (default: 2)")
    parser.add_argument("--check", action="store_true", help="exit code 1 where rhetor is not ahead of every peer")
    parser.add_argument("--quick", action="store_true", help="tiny grids, to see that it runs")
    args = parser.parse_args()
    for name in [*inputs, *files]:
        value = getattr(args, name)
        for path in value if isinstance(value, list) else [value]:
            if not path.exists():
                raise Failure(f"--{name} {path}: no such file or folder")
    return args


def progress(text):
    print(text, file=sys.stderr, flush=True)


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        args = arguments()
        result = compare(args)
        print("\n\n".join(markdown(result, args)))
    except Failure as failure:
        print(f"compare.py: {failure}", file=sys.stderr)
        return 2
    whole = [result["parts"][path.stem][0] for path in args.test]
    behind = [name for name, _ in result["outcomes"] if not all(is_ahead(systems, name) for systems in whole)]
    if args.check and behind:
        print(f"compare.py: rhetor is not surely ahead of {', '.join(behind)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
