#!/usr/bin/env python3
"""The real training rows without their texts, and back.

    python real_rows.py labels REAL.jsonl ... > real_rows.tsv.xz
    python real_rows.py rows FOLDER real_rows.tsv.xz > ROWS.jsonl

`labels` writes one line for each row: its id, window, place, repository, path, outlet, topic, draw, fingerprint, label
and confidence. `rows` rebuilds the rows from local clones: the repository `owner/name` is expected in FOLDER/owner/name
or FOLDER/name, and the files of Article-Bias-Prediction anywhere below it by the names of their articles. It looks for
the paragraph with each fingerprint among all texts of the file, and reports on stderr which rows it did not find and
why: the repository or the file is missing, or no text of the file has the fingerprint. Rows that cannot be rebuilt are
left out, and the exit code is 1.

The fingerprint is the SHA-1 of the paragraph's letters and digits after NFC and lower-casing.
"""
import collections
import csv
import gzip
import hashlib
import html
import io
import json
import lzma
import pathlib
import re
import sys
import unicodedata
import zipfile

COLUMNS = ["id", "doc", "index", "dataset", "source_id", "outlet", "topic", "draw", "fingerprint", "label", "confidence"]
NUMBERS = ["index", "confidence"]


def is_alphanumeric(character):
    """As Unicode's Alphabetic and Numeric properties, to the accuracy that these texts need."""
    return character.isalnum() or unicodedata.category(character) in ("Nl", "No", "Mc")


def fingerprint(text):
    normalised = unicodedata.normalize("NFC", text).lower()
    return hashlib.sha1("".join(filter(is_alphanumeric, normalised)).encode()).hexdigest()


def labels(paths, out):
    with lzma.open(out, "wt", encoding="utf-8", newline="\n", preset=9 | lzma.PRESET_EXTREME) as lines:
        lines.write("\t".join(COLUMNS) + "\n")
        for path in paths:
            with open(path, encoding="utf-8") as rows:
                for line in rows:
                    row = json.loads(line)
                    row["fingerprint"] = fingerprint(row["text"])
                    cells = (str(row.get(column, "")) for column in COLUMNS)
                    lines.write("\t".join(re.sub(r"[\t\r\n]+", " ", cell) for cell in cells) + "\n")


def strings(value):
    """All strings inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def raw_texts(name, data):
    """The decoded contents of a file: one text, or those of the members of an archive."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from raw_texts(member, archive.read(member))
        return
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    try:
        yield data.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield data.decode("windows-1252", errors="replace")


def texts(name, data):
    """The texts in which paragraphs may stand: the file, its JSON strings and table cells, all without markup."""
    for text in raw_texts(name, data):
        found = [text]
        if name.endswith((".json", ".jsonl", ".ndjson", ".gz")):
            for piece in [text] if name.endswith(".json") else text.splitlines():
                try:
                    found.extend(strings(json.loads(piece)))
                except ValueError:
                    pass
        if name.endswith((".csv", ".tsv")):
            csv.field_size_limit(1 << 30)
            dialect = csv.excel_tab if name.endswith(".tsv") else csv.excel
            found.extend(cell for row in csv.reader(io.StringIO(text), dialect) for cell in row)
        for text in found:
            yield text
            if "<" in text:
                yield html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"(?i)</?(p|div|br|li|h\d|td)\b[^>]*>", "\n\n", text)))
            if "](" in text:
                yield re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)


def paragraphs(name, data):
    """The paragraphs of a file by fingerprint: its lines, and its blocks between blank lines."""
    found = {}
    for text in texts(name, data):
        for block in re.split(r"\n[ \t\r]*\n", text):
            for piece in [block, *block.split("\n")]:
                piece = " ".join(piece.split())
                if piece:
                    found.setdefault(fingerprint(piece), piece)
    return found


def joined(text):
    """A paragraph of Article-Bias-Prediction without the spaces between its tokens. Nine in ten come out as printed."""
    text = text.replace("``", '"').replace("''", '"')
    text = re.sub(r"\s+(n['’]t|['’] ?(?:s|re|ve|ll|d|m|em|S|t))\b", lambda found: found[1].replace(" ", ""), text)
    text = re.sub(r"(\w)\s+'(?=\s|$)", r"\1'", text)
    text = re.sub(r"\s+([,.;:?!%)\]}’”…])", r"\1", text)
    text = re.sub(r"([(\[{$£€#“‘@])\s+", r"\1", text).replace("https: //", "https://").replace("http: //", "http://")
    # Straight marks open and close in turn.
    words, is_open, is_glued = [], False, False
    for word in text.split(" "):
        if word.startswith('"') and is_open and words and not word[1:2].isalnum():
            words[-1] += word
            is_open = False
        elif word == '"':
            is_open = is_glued = True
        else:
            words.append('"' + word if is_glued else word)
            is_glued = False
    return " ".join(words)


class Clones:
    """Local clones of the repositories below one folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.articles = {path.stem: path for path in sorted(self.folder.rglob("*.json"))}

    def file(self, row):
        """The file of a row, or why there is none."""
        dataset, path = row["dataset"], re.split(r"[#!]", row["source_id"])[0]
        if "/" not in dataset:
            return self.articles.get(path) or f"no article {path} of {dataset}"
        for root in [self.folder / dataset, self.folder / dataset.split("/")[1]]:
            if root.is_dir():
                file = root / path
                return file if file.is_file() else f"no file {path} in {dataset}"
        return f"no clone of {dataset}"


def rows(folder, labels_path):
    clones = Clones(folder)
    missing = collections.Counter()
    file, known = None, {}
    with lzma.open(labels_path, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            row = dict(zip(COLUMNS, line.rstrip("\n").split("\t")))
            found = clones.file(row)
            if isinstance(found, str):
                missing[found] += 1
                continue
            if found != file:
                file, known = found, paragraphs(found.name, found.read_bytes())
            text = known.get(row.pop("fingerprint"))
            if text is None:
                missing[f"no text with the fingerprint in {row['source_id']} of {row['dataset']}"] += 1
                continue
            if "/" not in row["dataset"]:
                text = joined(text)
            row.update({column: int(row[column]) for column in NUMBERS}, text=text)
            print(json.dumps(row, ensure_ascii=False))
    for why, count in sorted(missing.items()):
        print(f"not found: {count} rows: {why}", file=sys.stderr)
    if missing:
        sys.exit(f"{sum(missing.values())} rows were not rebuilt")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if len(sys.argv) > 2 and sys.argv[1] == "labels":
        labels(sys.argv[2:], sys.stdout.buffer)
    elif len(sys.argv) == 4 and sys.argv[1] == "rows":
        rows(sys.argv[2], sys.argv[3])
    else:
        sys.exit(__doc__)
