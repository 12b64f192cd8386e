"""What several tests share."""

import json
import os
import sys
from pathlib import Path

import pytest

import pyrhetor

# Workers of Spark run this Python, not the first one that the system finds.
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)

PROJECT = Path(__file__).parents[2]
REPORT = "The council voted 31 to 12 on Tuesday to build the tram line, officials said."
ADVOCACY = "We must stop this shameful waste now. It is time to act!"
SHARE = "Share on Facebook"


@pytest.fixture(scope="session")
def model() -> pyrhetor.Model:
    return pyrhetor.load()


@pytest.fixture(scope="session")
def program() -> str:
    """The command line, which `cargo build` at the root of the project builds."""
    candidates = [PROJECT / "target" / profile / "rhetor" for profile in ("release", "fast", "debug")]
    found = [os.environ.get("RHETOR_PROGRAM"), *(str(path) for path in candidates if path.exists())]
    program = next((path for path in found if path), None)
    if program is None:
        pytest.skip("the command line is not built: run `cargo build` first, or set RHETOR_PROGRAM")
    return program


@pytest.fixture(scope="session")
def rows() -> list[dict[str, object]]:
    """Labelled paragraphs of many articles: real ones if RHETOR_REAL_DATA is set, otherwise those of the seeds."""
    real = os.environ.get("RHETOR_REAL_DATA")
    if real:
        with open(Path(real) / "labelled" / "real_dev.jsonl", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    return seed_rows("articles")


def seed_rows(folder: str) -> list[dict[str, object]]:
    """The labelled paragraphs in a folder of the seeds."""
    found: list[dict[str, object]] = []
    for path in sorted((PROJECT / "seeds" / folder).rglob("*.txt")):
        body = path.read_text(encoding="utf-8").split("---\n", 2)[-1]
        blocks = [" ".join(block.split()) for block in body.split("\n\n") if block.strip()]
        for index, block in enumerate(blocks):
            label, _, text = block.removeprefix("[").partition("] ")
            found.append({"doc": path.stem, "index": index, "label": label, "text": text})
    return found
