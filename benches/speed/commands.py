"""Times the commands that users run most, of one build of rhetor or of two in turn.

usage: python benches/speed/commands.py [--beside OTHER_RHETOR] [--articles FILE] [--runs N] ...

Prints Markdown on standard output and its progress on standard error. README.md beside this file explains the columns.
"""
import argparse
import pathlib
import shutil
import sys
import tempfile
from dataclasses import dataclass
from typing import Callable

from compare import REAL, ROOT, build_name, processor, table
from inputs import Failure, write_forms
from measure import alternate, paired_ratio, peak, processor_seconds
from tools import Tool, n_lines

# The sizes of the single texts, in bytes. A text of more than 4 MB would be read in parts.
TEXTS = {"60 KB": 60_000, "400 KB": 400_000, "2 MB": 2_000_000}
SMALL_ARTICLE = ROOT / "seeds/samples/harbour-ferry-subsidy.txt"


@dataclass
class Case:
    """A command, and the number of results that it must give: None if that is not known."""

    name: str
    options: list
    path: pathlib.Path
    megabytes: float
    counted: Callable = n_lines
    expected: int | None = None

    def tool(self, build, args, work):
        result = work / f"result-{build}"
        output = f"{result}/" if self.counted is n_pages else result
        model = ["--model", args.model] if args.model and build == "this" else []
        binary = args.rhetor if build == "this" else args.beside
        command = [binary, *self.options, *model, "--threads", args.threads, "-o", output, self.path]
        return Tool(f"{self.name}, {build} build", command, result, self.expected, self.counted, writes_itself=True)


def n_pages(folder):
    return sum(1 for _ in (folder / "articles").iterdir())


def cases(inputs, work):
    """All cases; the first is the one that the others are compared with."""
    jsonl = ["--format", "jsonl"]
    on_articles = inputs.paths["jsonl"], inputs.n_bytes / 1e6
    for command in [["score"], ["read"], ["score", "--explain", 5]]:
        name = f"`{' '.join(map(str, command + jsonl))}`"
        yield Case(name, command + jsonl, *on_articles, n_lines, inputs.n_paragraphs)
    yield Case("`score -o FOLDER/`", ["score", "--format", "html"], *on_articles, n_pages, n_lines(on_articles[0]))
    texts = {f"one text of {size}": path for size, path in write_texts(inputs.paths["text"], work).items()}
    for name, path in (texts | {"one small article": SMALL_ARTICLE}).items():
        yield Case(name, ["score", *jsonl], path, path.stat().st_size / 1e6)


def write_texts(whole, work):
    """{size: path} of the beginning of the articles as one text, cut between two paragraphs."""
    content = whole.read_bytes()
    paths = {name: work / f"{size}.txt" for name, size in TEXTS.items()}
    for path, size in zip(paths.values(), TEXTS.values()):
        if len(content) < size:
            raise Failure(f"found {len(content)} bytes of text in the articles, expected at least {size}")
        path.write_bytes(content[: content.rfind(b"\n\n", 0, size) + 1])
    return paths


def timed(args, work):
    """The header and the lines of the table."""
    inputs = write_forms(args.articles, args.repeat, work, ["text", "jsonl"])
    builds = ["this", "other"] if args.beside else ["this"]
    compared = list(cases(inputs, work))
    runs = {}
    # Builds alternate within a case, so the two runs that are compared are next to each other in time.
    for case in compared:
        runs |= alternate([case.tool(build, args, work) for build in builds], args.runs)
    header = [f"{args.runs} runs, medians", "MB"]
    for build in builds:
        header += [f"{build} build, seconds", "per MB / first line's", "peak MB"]
    header += ["time / other build's"] if args.beside else []
    return header, [line(case, compared[0], builds, runs) for case in compared]


def line(case, first, builds, runs):
    of_case, of_first = ([runs[f"{one.name}, {build} build"] for build in builds] for one in (case, first))
    cells = [case.name, f"{case.megabytes:.3g}"]
    for of, reference in zip(of_case, of_first):
        worked = processor_seconds(of)
        ratio = worked / case.megabytes / (processor_seconds(reference) / first.megabytes)
        cells += [f"{worked:.3f}", f"{ratio:.2f}", peak(of)]
    return cells + ([f"{paired_ratio(*of_case):.2f}"] if len(of_case) == 2 else [])


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--rhetor", type=pathlib.Path, default=ROOT / "target/release/rhetor", help="the build to time")
    add("--model", type=pathlib.Path, help="model of that build (default: its built-in model)")
    add("--beside", type=pathlib.Path, help="another build, which uses its built-in model")
    add("--articles", type=pathlib.Path, default=REAL / "unlabelled/articles.jsonl.gz", help="JSON lines, also gzipped")
    add("--repeat", type=int, default=1, help="copies of the articles (default: 1)")
    add("--runs", type=int, default=5, help="runs of each command and build (default: 5)")
    add("--threads", type=int, default=1, help="threads of rhetor (default: 1)")
    return parser.parse_args()


def main():
    args = arguments()
    try:
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            for build in ["rhetor", "beside"] if args.beside else ["rhetor"]:
                # A copy, so that a rebuild during the run changes nothing.
                setattr(args, build, pathlib.Path(shutil.copy(getattr(args, build), work / build)))
            print(table(*timed(args, work)), "", sep="\n")
            names = [build_name(path) for path in (args.rhetor, args.beside) if path]
    except (Failure, OSError) as failure:
        sys.exit(f"commands.py: {failure}")
    print(f"Builds: {', '.join(names)}. {processor()}.")


if __name__ == "__main__":
    main()
