#!/usr/bin/env python3
"""Compare how rhetor and its peers take the article out of saved web pages.

FOLDER holds html/ID.html.gz, ground-truth.json (page id -> {"articleBody": text}) and the public
benchmark's score.py. Each peer gives one text a page; for rhetor it is the paragraphs that it keeps and
the headings that it knows. Times are those of one page on one thread, without the start of a process;
rhetor's hold the filter and the writing of records, too.
"""
import argparse
import glob
import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time


# The build of the project that this script stands in, wherever it is called from.
RHETOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "target", "release", "rhetor")
# A page is read once, and then so often more in one run; the difference is what reading it takes.
N_TIMES = 10


def rhetor(binary):
    path = os.path.join(tempfile.mkdtemp(), "page.html")

    def run(n_times):
        command = [binary, "read", *[path] * n_times, "--format", "jsonl", "--threads", "1"]
        started = time.perf_counter()
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return output, time.perf_counter() - started

    def extract(page):
        with open(path, "w", encoding="utf-8") as file:
            file.write(page)
        output, once = run(1)
        extract.seconds = max(0.0, run(1 + N_TIMES)[1] - once) / N_TIMES
        records = [json.loads(line) for line in output.splitlines()]
        return "\n".join(r["text"] for r in records if r["kept"] or r["reason"] == "heading")

    extract.seconds = 0.0
    return extract


def trafilatura():
    import trafilatura as library
    return lambda page: library.extract(page, include_comments=False) or ""


def trafilatura_precision():
    import trafilatura as library
    return lambda page: library.extract(page, include_comments=False, favor_precision=True) or ""


def readability_lxml():
    import lxml.html
    import readability

    def extract(page):
        tree = lxml.html.fromstring(readability.Document(page).summary(html_partial=True))
        blocks = (block.text_content() for block in tree.iter("p", "h1", "h2", "h3", "h4", "li", "pre"))
        return "\n".join(" ".join(block.split()) for block in blocks)
    return extract


def newspaper4k():
    from newspaper import Article

    def extract(page):
        article = Article("http://page.example/")
        article.download(input_html=page)
        article.parse()
        return article.text
    return extract


PEERS = {
    "trafilatura": trafilatura,
    "trafilatura-precision": trafilatura_precision,
    "readability-lxml": readability_lxml,
    "newspaper4k": newspaper4k,
}


def measure(name, extract, pages, folder):
    predictions, seconds, failed = {}, [], 0
    for page_id, page in pages.items():
        started = time.perf_counter()
        try:
            text = extract(page)
        except Exception as error:  # A peer that gives up on a page has found nothing in it.
            print(f"{name}: {page_id[:8]}: {error}".splitlines()[0], file=sys.stderr)
            text, failed = "", failed + 1
        elapsed = time.perf_counter() - started
        seconds.append(getattr(extract, "seconds", elapsed))
        predictions[page_id] = {"articleBody": text}
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(predictions, file)
    score = subprocess.run(
        [sys.executable, os.path.join(folder, "score.py"), file.name,
         os.path.join(folder, "ground-truth.json")],
        capture_output=True, text=True, check=True,
    ).stdout
    os.unlink(file.name)
    figures = dict(re.findall(r"(F1|precision|recall|paragraphs whole) ([\d.]+)", score))
    print(f"| {name} | {figures['F1']} | {figures['precision']} | {figures['recall']} "
          f"| {figures['paragraphs whole']} | {1000 * statistics.median(seconds):.1f} | {failed} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument("--rhetor", metavar="BINARY", default=os.path.normpath(RHETOR))
    parser.add_argument("--only", metavar="NAME,NAME", default="", help="of: rhetor, " + ", ".join(PEERS))
    args = parser.parse_args()
    only = [name for name in args.only.split(",") if name]
    unknown = [name for name in only if name not in ["rhetor", *PEERS]]
    if unknown:
        parser.error(f"--only: found {unknown[0]}, expected some of rhetor, {', '.join(PEERS)}")
    if (not only or "rhetor" in only) and not os.access(args.rhetor, os.X_OK):
        parser.error(f"{args.rhetor}: no program; build it with `cargo build --release`, or name one with --rhetor")
    pages = {}
    for path in sorted(glob.glob(os.path.join(args.folder, "html", "*.html.gz"))):
        with gzip.open(path) as file:
            pages[os.path.basename(path)[: -len(".html.gz")]] = file.read().decode("utf-8", "replace")
    if not pages:
        parser.error(f"{args.folder}: no html/*.html.gz in it")
    print("| extractor | F1 | precision | recall | paragraphs whole | median ms a page | failed |")
    print("|---|---|---|---|---|---|---|")
    if not only or "rhetor" in only:
        measure("rhetor", rhetor(args.rhetor), pages, args.folder)
    for name, make in PEERS.items():
        if not only or name in only:
            measure(name, make(), pages, args.folder)


if __name__ == "__main__":
    main()
