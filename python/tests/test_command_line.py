"""The package gives the same labels and numbers as the command line."""

import gzip
import itertools
import json
import os
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import PROJECT


def records(program, path, *options):
    command = [program, "score", "--format", "jsonl", *options, str(path)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    return [json.loads(line) for line in lines.splitlines()]


def as_record(row):
    """A row of a table as the command line writes it, without its text and columns."""
    labels = [name.removeprefix("p_") for name in row if name.startswith("p_")]
    record = {name: row[name] for name in ("paragraph", "start", "end", "span_of", "label")}
    if row["dropped"]:
        return {**record, "reason": row["reason"]}
    flags = ["out_of_domain"] if row["out_of_domain"] else []
    scores = {label: row[f"p_{label}"] for label in labels}
    explained = {name: row[name] for name in ("reasons", "evidence") if name in row}
    return {**record, "unsure": row["unsure"], "scores": scores, "flags": flags, **explained}


def check(table, expected):
    rows = [as_record(row) for row in table.to_pylist()]
    assert len(rows) == len(expected)
    for row, record in zip(rows, expected, strict=True):
        assert row == {name: record[name] for name in row}


@pytest.fixture
def table(rows):
    columns = {name: [row[name] for row in rows] for name in ("text", "doc", "index")}
    return pa.table(columns)


def test_paragraphs_are_those_of_the_command_line(model, program, table, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()), encoding="utf-8")
    check(model.score(table, doc="doc", index="index"), records(program, path, "--unit", "paragraph"))


@pytest.mark.parametrize("explain", [3, "features=3"])
def test_reasons_and_evidence_are_those_of_the_command_line(model, program, table, tmp_path, explain):
    path = tmp_path / "rows.jsonl"
    part = table.slice(0, 300)
    path.write_text("".join(json.dumps(row) + "\n" for row in part.to_pylist()), encoding="utf-8")
    scored = model.score(part, doc="doc", index="index", explain=explain)
    check(scored, records(program, path, "--unit", "paragraph", f"--explain={explain}"))


def article_texts(rows):
    """A thousand real articles if RHETOR_REAL_DATA is set, otherwise those of the rows."""
    real = os.environ.get("RHETOR_REAL_DATA")
    if real:
        with gzip.open(Path(real) / "unlabelled" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
            return [json.loads(line)["text"] for line in itertools.islice(lines, 1000)]
    docs: dict[object, list[str]] = {}
    for row in rows:
        docs.setdefault(row["doc"], []).append(row["text"])
    return ["\n\n".join(paragraphs) for paragraphs in docs.values()]


def test_articles_are_those_of_the_command_line(model, program, rows, tmp_path):
    texts = article_texts(rows)
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    check(model.score(pa.table({"text": texts}), unit="article"), records(program, path))


@pytest.mark.filterwarnings("ignore::pyrhetor.ReadWarning")
def test_files_are_those_of_the_command_line(model, program):
    for path in sorted(Path(PROJECT / "seeds" / "samples").iterdir()):
        if path.suffix in (".txt", ".html", ".md"):
            articles = model.read(path)
            check(pa.concat_tables([article.table() for article in articles]), records(program, path))
