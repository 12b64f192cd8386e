"""Labelled paragraphs as rhetor reads them: `seeds/` articles and JSONL rows."""
import json
import re
from dataclasses import dataclass, field

LABELS = ["report", "advocacy", "analysis"]
MIN_TEST_CONFIDENCE = 2  # below it a row could well have another label


class Failure(Exception):
    """What stops the run, said to the user in one line."""


@dataclass
class Rows:
    """One entry a paragraph in every list; `docs` names its article, `outlets` is None for seeds."""

    texts: list = field(default_factory=list)
    labels: list = field(default_factory=list)
    docs: list = field(default_factory=list)
    outlets: list = field(default_factory=list)
    ids: list = field(default_factory=list)

    def add(self, text, label, doc, outlet=None, row_id=None):
        self.texts.append(text)
        self.labels.append(LABELS.index(label))
        self.docs.append(doc)
        self.outlets.append(outlet)
        self.ids.append(row_id)

    def label_counts(self):
        return [self.labels.count(label) for label in range(len(LABELS))]


def training_rows(seeds, real):
    """What the default model learns from, web boilerplate left out; and how many of the rows are seeds."""
    rows = Rows()
    for folder in ("articles", "contrasts"):
        files = sorted((seeds / folder).glob("*.txt"))
        if not files:
            raise Failure(f"{seeds / folder}: found no labelled articles (*.txt)")
        for path in files:
            add_article(rows, path)
    n_seeds = len(rows.texts)
    for path in real:
        add_json_rows(rows, path)
    return rows, n_seeds


def test_rows(paths):
    """The rows of all test files, and for each row the place of its file in `paths`."""
    rows, file_of = Rows(), []
    for place, path in enumerate(paths):
        add_json_rows(rows, path, MIN_TEST_CONFIDENCE)
        if len(rows.texts) == len(file_of):
            raise Failure(f"{path}: no row has one of the labels {', '.join(LABELS)}")
        file_of += [place] * (len(rows.texts) - len(file_of))
    if len(set(rows.ids)) < len(rows.ids):
        raise Failure(f"{', '.join(map(str, paths))}: some ids occur twice")
    return rows, file_of


def add_article(rows, path):
    """Adds the paragraphs of a labelled article: front matter, then blocks that begin with `[label]`."""
    text = path.read_text(encoding="utf-8-sig")
    body = re.sub(r"\A---[ \t]*\n.*?\n---[ \t]*(\n|\Z)", "", text, count=1, flags=re.DOTALL)
    for block in re.split(r"\n[ \t]*\n", body):
        block = " ".join(block.split())
        if not block:
            continue
        labelled = re.match(r"\[([\w-]+)\]\s+(.*)", block)
        if not labelled:
            raise Failure(f"{path}: a block without a label: {block[:40]} …")
        if labelled[1] in LABELS:
            rows.add(labelled[2], labelled[1], f"seed {path.parent.name}/{path.name}")


def add_json_rows(rows, path, min_confidence=0):
    """Adds the rows of a JSONL file that have one of the three labels."""
    for number, row in json_lines(path):
        missing = [key for key in ("id", "doc", "text", "label", "outlet") if key not in row]
        if missing:
            raise Failure(f"{path}:{number}: a row without {', '.join(missing)}")
        if row["label"] in LABELS and row.get("confidence", 3) >= min_confidence:
            rows.add(row["text"], row["label"], f"row {row['doc']}", row["outlet"], str(row["id"]))


def json_lines(path):
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise Failure(f"{path}:{number}: not JSON: {error}") from None
            if not isinstance(row, dict):
                raise Failure(f"{path}:{number}: expected a JSON object")
            yield number, row


def n_shared(train, test):
    """How many test paragraphs occur in the training rows, letter for letter."""
    known = set(map(letters, train.texts))
    return sum(letters(text) in known for text in test.texts)


def letters(text):
    return "".join(filter(str.isalnum, text.lower()))
