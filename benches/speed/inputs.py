"""The text that all tools are given, in each of the forms that they are timed on."""
import gzip
import itertools
import json
import random
from dataclasses import dataclass

FORMS = ["text", "jsonl", "files"]
LABELS = ["report", "advocacy", "analysis"]


class Failure(Exception):
    """What stops the run, said to the user in one line."""


@dataclass
class Inputs:
    """Where the forms lie, and what is in each of them."""

    paths: dict
    n_bytes: int = 0
    n_paragraphs: int = 0
    n_words: int = 0


def json_lines(path):
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                row = json.loads(line)
                if not isinstance(row.get("text"), str):
                    raise Failure(f"{path}:{number}: a row without a `text`")
                yield row
    except (OSError, EOFError, ValueError) as error:
        raise Failure(f"{path}: expected JSON lines: {error}") from None


def articles(path, n_copies):
    """All articles, then their copies. Every paragraph of a copy has its number as a word in the middle.

    Otherwise rhetor would drop the copies in the one text file as what has been said before, unread. At an end
    of the paragraph the number would make more of them boilerplate: a sentence ends in a full stop.
    """
    for copy in range(n_copies):
        for row in json_lines(path):
            row["id"] = f"{row['id']}-{copy}"
            parts = [part for part in row["text"].split("\n\n") if part.strip()]
            row["text"] = "\n\n".join(numbered(part, copy) for part in parts)
            yield row


def numbered(paragraph, copy):
    """The paragraph with the number of its copy in it; the first of all copies stays as it is."""
    words = paragraph.split(" ")
    middle = (len(words) + 1) // 2
    return " ".join([*words[:middle], str(copy), *words[middle:]]) if copy else paragraph


def write_forms(source, n_copies, folder, forms=FORMS):
    """Writes the wanted forms, and always the lines: one paragraph each, for the tools that read no articles."""
    paths = {"text": folder / "all.txt", "jsonl": folder / "all.jsonl", "files": folder / "files"}
    inputs = Inputs({form: paths[form] for form in forms} | {"lines": folder / "lines.txt"})
    with (
        open(paths["text"], "w", encoding="utf-8") as text,
        open(paths["jsonl"], "w", encoding="utf-8") as jsonl,
        open(inputs.paths["lines"], "w", encoding="utf-8") as lines,
    ):
        for number, row in enumerate(articles(source, n_copies)):
            text.write(row["text"] + "\n\n")
            jsonl.write(json.dumps(row, ensure_ascii=False) + "\n")
            if "files" in forms:
                write_file(paths["files"] / f"{number // 1000:03}", row)
            count(inputs, row["text"], lines)
    return inputs


def write_file(folder, row):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{row['id']}.txt").write_text(row["text"] + "\n", encoding="utf-8")


def count(inputs, text, lines):
    inputs.n_bytes += len(text.encode())
    inputs.n_words += len(text.split())
    for part in text.split("\n\n"):
        lines.write(" ".join(part.split()) + "\n")
        inputs.n_paragraphs += 1


def write_labelled(source, n_paragraphs, folder):
    """Paragraphs to train on, their labels drawn at random: as JSON lines, and as fastText reads them."""
    draw = random.Random(1)
    written = 0
    with (
        open(folder / "labelled.jsonl", "w", encoding="utf-8") as jsonl,
        open(folder / "labelled.txt", "w", encoding="utf-8") as plain,
    ):
        for number, text in enumerate(itertools.islice(endless_paragraphs(source), n_paragraphs)):
            label = draw.choice(LABELS)
            row = {"doc": f"d{number // 10}", "text": text, "label": label}
            written += jsonl.write(json.dumps(row, ensure_ascii=False) + "\n") and len(text.encode())
            plain.write(f"__label__{label} {' '.join(text.split())}\n")
    return written


def endless_paragraphs(source):
    for copy in itertools.count():
        for row in articles(source, 1):
            yield from (numbered(part, copy) for part in row["text"].split("\n\n"))
