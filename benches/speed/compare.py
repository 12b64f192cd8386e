"""Compares the speed and memory of rhetor with its peers': whole processes, from files to written results.

usage: python benches/speed/compare.py [--repeat K] [--runs N] [--train] [--growth] [--check] ...

Prints Markdown on standard output and its progress on standard error. README.md beside this file says
what is compared and how.
"""
import argparse
import hashlib
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

from growth import picture, size_growth, size_lines, vocabulary_growth, vocabulary_lines
from inputs import FORMS, Failure, write_forms
from measure import ENVIRONMENT, alternate, paired_ratio, peak, processor_seconds, progress, run_once, seconds
from tools import FASTTEXT_SIZES, HERE, PLAIN, all_tools, n_labelled
from training import training_table

ROOT = HERE.parents[1]
# The folder of the articles and labelled rows.
REAL = pathlib.Path(os.environ.get("RHETOR_REAL_DATA", ROOT.parent / "shared"))
# What is aimed at: a peer's time as a multiple of rhetor's, and rhetor's as one of wc's.
GOALS = {"fastText": 2.0, "scikit-learn": 20.0}
MOST_OF_WC = 4.0


def trained_models(args, work):
    """The models that are timed but for the default one, all of the same labelled rows; training is not timed."""
    worker = [sys.executable, HERE / "train_peer.py"]
    rows, said = work / "rows.txt", work / "training.out"
    models = {"rhetor": work / "plain.safetensors", "sklearn": work / "sklearn.pickle"}
    corpora = [args.seeds / "articles", args.seeds / "contrasts", args.train_rows]
    run_once("rhetor train", [args.rhetor, "train", *corpora, "-o", models["rhetor"], *PLAIN], said)
    run_once("labelled rows", [*worker, "rows", args.seeds, args.train_rows, rows], said)
    run_once("scikit-learn", [*worker, "sklearn", rows, models["sklearn"]], said)
    for dim, bucket in FASTTEXT_SIZES.items():
        models[f"fasttext {dim}"] = work / f"fasttext-{dim}.bin"
        run_once("fastText", [*worker, "fasttext", rows, models[f"fasttext {dim}"], dim, bucket], said)
    return models


def throughput(args, models, work):
    """For each form the lines of its table, and {tool: its time as a multiple of rhetor's}."""
    inputs = write_forms(args.unlabelled, args.repeat, work)
    progress(f"{inputs.n_paragraphs} paragraphs, {inputs.n_bytes / 1e6:.1f} MB of text")
    for form in args.forms:
        tools = all_tools(args, models, inputs, form, work)
        runs = alternate(tools, args.runs)
        ratios = {name: paired_ratio(of, runs["rhetor"]) for name, of in runs.items()}
        lines = [line(tool, runs[tool.name], ratios[tool.name], inputs) for tool in tools]
        labelled = n_labelled(work / "rhetor.jsonl")
        share = f"rhetor labels {labelled} of {inputs.n_paragraphs} paragraphs; the rest is boilerplate by its filter"
        yield form, f"{inputs.n_bytes / 1e6:.1f} MB as {form}", lines, ratios, share


def line(tool, runs, ratio, inputs):
    worked = processor_seconds(runs)
    speed = inputs.n_bytes / 1e6 / worked
    times = [f"{speed:.1f}", f"{worked:.2f}", f"{seconds(runs):.2f}"]
    return [tool.name, *times, peak(runs), f"{ratio:.2f}", str(tool.counted(tool.result))]


def missed(form, ratios):
    """The goals that this form's figures miss."""
    for name, ratio in ratios.items():
        peer = next((goal for goal in GOALS if name.startswith(goal)), None)
        if peer and ratio < GOALS[peer]:
            yield f"{form}: {name} takes {ratio:.2f} times rhetor's time, the goal is {GOALS[peer]:g}"
    over_wc = 1 / ratios["wc -w"]
    if over_wc > MOST_OF_WC:
        yield f"{form}: rhetor takes {over_wc:.2f} times wc's time, the goal is at most {MOST_OF_WC:g}"


def table(header, lines):
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, rule, *lines])


def first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
    return (done.stdout or done.stderr).splitlines()[0]


def build_name(binary):
    """The version of a build of rhetor and the beginning of its checksum: two builds may have the same version."""
    return f"{first_line(binary, '--version')} ({hashlib.sha256(binary.read_bytes()).hexdigest()[:12]})"


def versions(args, work):
    run_once("versions", [sys.executable, HERE / "train_peer.py", "versions"], work / "versions")
    python = (work / "versions").read_text().strip()
    told = [build_name(args.rhetor), python, first_line("wc", "--version")]
    machine = f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    command_line = f", fastText's command line {args.fasttext}" if args.fasttext else ""
    return f"Versions: {', '.join(told)}{command_line}. {machine}. Medians of {args.runs} alternating runs."


def processor():
    """The processor's name as Linux tells it; elsewhere what Python knows."""
    told = pathlib.Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def arguments():
    parser = argparse.ArgumentParser(description="Compares the speed and memory of rhetor with its peers'.")
    inputs = {
        "rhetor": (ROOT / "target/release/rhetor", "the built binary"),
        "seeds": (ROOT / "seeds", "folder with articles/ and contrasts/"),
        "train-rows": (REAL / "labelled/real_train.jsonl", "labelled rows to learn from"),
        "unlabelled": (REAL / "unlabelled/articles.jsonl.gz", "the articles to label"),
        "fasttext": (None, "fastText's command line, timed too where given"),
    }
    for name, (default, text) in inputs.items():
        parser.add_argument(f"--{name}", type=pathlib.Path, default=default, help=f"{text} (default: {default})")
    numbers = {
        "runs": (5, "runs of each tool"),
        "repeat": (1, "copies of the articles; 10 make 400 MB"),
        "threads": (1, "threads of rhetor; its peers have one"),
        "train-paragraphs": (500_000, "labelled paragraphs for --train"),
        "growth-steps": (4, "sizes for --growth, each twice the one before"),
    }
    for name, (default, text) in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{text} (default: {default})")
    parser.add_argument("--forms", nargs="*", choices=FORMS, default=FORMS, help="forms to time; none with `--forms`")
    parser.add_argument("--train", action="store_true", help="time training, too")
    parser.add_argument("--train-default", action="store_true", help="the same with rhetor's default recipe")
    parser.add_argument("--growth", action="store_true", help="time against size and vocabulary; writes growth.svg, vocabulary.svg")
    parser.add_argument("--check", action="store_true", help="exit code 1 where a goal is missed")
    args = parser.parse_args()
    for name in inputs:
        path = getattr(args, name.replace("-", "_"))
        if path and not path.exists():
            raise Failure(f"--{name} {path}: no such file or folder")
    return args


def compare(args, work):
    """Prints each table as soon as it is made; the goals missed."""
    # A copy: a build in the middle of the run would otherwise mix the figures of two binaries.
    args.rhetor = pathlib.Path(shutil.copy(args.rhetor, work / "rhetor"))
    misses = []
    models = trained_models(args, work) if args.forms or args.growth else {}
    header = ["MB/s", "of the processor", "seconds", "peak MB", "time / rhetor's", "paragraphs (wc: words)"]
    if args.forms:
        for form, title, lines, ratios, share in throughput(args, models, work):
            print(table([title, *header], lines), f"\n{share}.\n", sep="\n", flush=True)
            misses += missed(form, ratios)
    if args.train or args.train_default:
        title, lines = training_table(args, work)
        header = ["seconds", "of the processor", "time / plain naive Bayes'", "peak MB"]
        print(table([title, *header], lines), "", sep="\n", flush=True)
    if args.growth:
        grown(args, models, work)
    print(versions(args, work))
    return misses


def grown(args, models, work):
    """Prints both tables of growth and draws their pictures."""
    sizes = size_growth(args, models, work)
    header = ["rhetor on", "MB", "of the processor", "MB/s", "peak MB"]
    print(table(header, size_lines(sizes)), "", sep="\n", flush=True)
    vocabularies = vocabulary_growth(args, work)
    header = ["plain naive Bayes of", "training", "scoring", "peak MB"]
    print(table(header, vocabulary_lines(vocabularies)), "", sep="\n", flush=True)
    by_size = {form: [(mb, worked) for mb, worked, _ in of_form] for form, of_form in sizes.items()}
    by_vocabulary = {"scoring": [(n / 1e3, scored) for n, _, scored, _ in vocabularies]}
    (HERE / "growth.svg").write_text(picture(by_size, "MB of text"), encoding="utf-8")
    (HERE / "vocabulary.svg").write_text(picture(by_vocabulary, "thousands of features"), encoding="utf-8")


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        args = arguments()
        with tempfile.TemporaryDirectory() as work:
            misses = compare(args, pathlib.Path(work))
    except Failure as failure:
        print(f"compare.py: {failure}", file=sys.stderr)
        return 2
    for miss in misses:
        print(f"compare.py: {miss}", file=sys.stderr)
    return 1 if args.check and misses else 0


if __name__ == "__main__":
    sys.exit(main())
