"""The tools that label text, or count its words: their commands, and whether they did all of the work."""
import pathlib
import shutil
import sys
from dataclasses import dataclass
from typing import Callable

from inputs import Failure

HERE = pathlib.Path(__file__).absolute().parent
# A reader may part or join a few blocks otherwise than blank lines do.
MAX_DIFFERENCE = 0.005
# The peers' vectors: fastText's own defaults, and those that benches/peers chose by cross-validation.
FASTTEXT_SIZES = {100: 2_000_000, 20: 1_000_000}
PLAIN = ["--smoothing", "1", "--l2-penalty", "none", "--word-codes", "none", "--ngrams", "2", "--folds", "none"]
PLAIN_NAME = "rhetor, plain naive Bayes"


@dataclass
class Tool:
    """A command that writes its result to standard output, or to a file that it is told.

    `expected` is what `counted` of the result must come to; None where that is not known.
    """

    name: str
    command: list
    result: pathlib.Path
    expected: int | None
    counted: Callable
    writes_itself: bool = False

    @property
    def stdout(self):
        return self.result.with_suffix(".stdout") if self.writes_itself else self.result

    def clear(self):
        """Removes the result of an earlier run, which could pass the check and would cost time to replace."""
        if self.result.is_dir():
            shutil.rmtree(self.result)
        else:
            self.result.unlink(missing_ok=True)

    def check(self):
        found = self.counted(self.result)
        if found == 0:
            raise Failure(f"{self.name}: wrote nothing to {self.result}")
        if self.expected and abs(found - self.expected) > MAX_DIFFERENCE * self.expected:
            raise Failure(f"{self.name}: {found} paragraphs or words in its result, expected {self.expected}")


def n_lines(path):
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def n_words_told(path):
    """The number that ends wc's output; its runs over many files may be several."""
    totals = [line.split() for line in path.read_text().splitlines()]
    return int(totals[-1][0]) if totals else 0


def n_labelled(path):
    """How many of rhetor's records hold scores; the others are boilerplate by its filter."""
    with open(path, "rb") as file:
        return sum(b'"scores":{' in line for line in file)


def rhetor(args, models, inputs, form, work):
    command = [args.rhetor, "score", "--threads", args.threads, "--format", "jsonl"]

    def tool(name, result, *options):
        written = [*command, *options, "-o", work / result, inputs.paths[form]]
        return Tool(name, written, work / result, inputs.n_paragraphs, n_lines, writes_itself=True)

    yield tool("rhetor", "rhetor.jsonl")
    yield tool(PLAIN_NAME, "plain.jsonl", "--model", models["rhetor"], "--no-context")


def peers(args, models, inputs, form, work):
    def worker(name, kind, model):
        path = inputs.paths["lines" if form == "text" else form]
        command = [sys.executable, HERE / "label_paragraphs.py", kind, model, path]
        return Tool(name, command, work / f"{kind}.out", inputs.n_paragraphs, n_lines)

    for dim in FASTTEXT_SIZES:
        yield worker(f"fastText, {dim} dimensions, from Python", "fasttext", models[f"fasttext {dim}"])
        if args.fasttext and form == "text":
            command = [args.fasttext, "predict-prob", models[f"fasttext {dim}"], inputs.paths["lines"], 1]
            name = f"fastText, {dim} dimensions, command line"
            yield Tool(name, command, work / "fasttext-cli.out", inputs.n_paragraphs, n_lines)
    yield worker("scikit-learn", "sklearn", models["sklearn"])


def word_count(inputs, form, work):
    path = inputs.paths[form]
    files = [f"--files0-from={names_of(path, work)}"] if form == "files" else [path]
    # Inside JSON strings the line breaks are two letters each, which join words.
    expected = None if form == "jsonl" else inputs.n_words
    return Tool("wc -w", ["wc", "-w", *files], work / "wc.out", expected, n_words_told)


def names_of(folder, work):
    names = work / "names"
    names.write_bytes(b"".join(bytes(path) + b"\0" for path in sorted(folder.glob("*/*.txt"))))
    return names


def all_tools(args, models, inputs, form, work):
    return [
        *rhetor(args, models, inputs, form, work),
        *peers(args, models, inputs, form, work),
        word_count(inputs, form, work),
    ]
