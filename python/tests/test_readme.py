"""Every block of Python in the README runs, and the first one prints what the README shows."""

import doctest
import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ADVOCACY, REPORT

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SECTIONS = {section.split("\n", 1)[0]: section for section in README.split("\n## ")}
BLOCK = re.compile(r"^```python(?: recipe=(\w+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(rows, tmp_path, monkeypatch):
    part = rows[:300]
    paragraphs = {name: [row[name] for row in part] for name in ("doc", "index", "text")}
    pq.write_table(pa.table(paragraphs), tmp_path / "paragraphs.parquet")
    pq.write_table(pa.table({"text": [f"{REPORT}\n\n{ADVOCACY}"] * 3}), tmp_path / "articles.parquet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_first_lines_print_what_the_readme_shows(capsys):
    first = SECTIONS[README.split("\n", 1)[0]]
    block = BLOCK.search(first)
    exec(block[2], {})
    shown = re.search(r"^```\n(.*?)^```$", first[block.end() + 1 :], re.DOTALL | re.MULTILINE)[1]
    assert capsys.readouterr().out.split() == shown.split()


def test_the_sections_run_one_after_another(folder):
    names: dict[str, object] = {}
    for title, section in SECTIONS.items():
        for recipe, code in BLOCK.findall(section):
            if recipe or title in ("Spark", README.split("\n", 1)[0]):
                continue
            if title == "scikit-learn":
                pytest.importorskip("sklearn")
            exec(code, names)
    assert (folder / "own.safetensors").exists()


def test_the_spark_section_runs(folder):
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Java is missing: Spark needs Java 17 or later")
    # In a process of its own: the virtual machine that another test has started has another folder.
    subprocess.run([sys.executable, "-c", BLOCK.search(SECTIONS["Spark"])[2]], check=True)
    assert pq.read_table("labelled.parquet").num_rows == 300


@pytest.mark.parametrize(("library", "code"), BLOCK.findall(SECTIONS["Recipes"]))
@pytest.mark.filterwarnings("ignore")
def test_the_recipes_run(folder, library, code):
    pytest.importorskip(library)
    # Ray sends classes by the module that they are in; a class of no module is sent itself.
    exec(code, {"__name__": "__main__"})


@pytest.mark.parametrize("name", ["pyrhetor", "pyrhetor._agreement", "pyrhetor._model", "pyrhetor.sklearn"])
def test_the_examples_in_docstrings_are_right(name):
    if name == "pyrhetor.sklearn":
        pytest.importorskip("sklearn")
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted > 0 and results.failed == 0
