"""The real paragraphs behind the default model: whose words they are, without the words.

usage: python real_rows.py labels ROWS.jsonl > real_labels.tsv
       python real_rows.py rows DATASET_FOLDER real_labels.tsv > ROWS.jsonl

`labels` writes one line for each labelled row: its id, window, place, dataset, article, outlet, topic,
fingerprint, label and confidence. `rows` goes the other way for whoever has the dataset: it looks through
the articles' JSON files (DATASET_FOLDER/**/<article id>.json with a text in `content` or `content_original`)
for the paragraph with each fingerprint, and says on stderr which were not found.

The fingerprint is the SHA-1 of the paragraph's letters and digits after NFC and lower-casing.
"""
import hashlib
import json
import pathlib
import sys
import unicodedata

COLUMNS = ["id", "doc", "index", "dataset", "source_id", "outlet", "topic", "draw", "fingerprint", "label", "confidence"]


def is_alphanumeric(character):
    """As Unicode's Alphabetic and Numeric properties have it, to the accuracy that these texts need."""
    return character.isalnum() or unicodedata.category(character) in ("Nl", "No", "Mc")


def fingerprint(text):
    normalised = unicodedata.normalize("NFC", text).lower()
    return hashlib.sha1("".join(filter(is_alphanumeric, normalised)).encode()).hexdigest()


def labels(path):
    print("\t".join(COLUMNS))
    with open(path, encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            row["fingerprint"] = fingerprint(row["text"])
            print("\t".join(str(row.get(column, "")) for column in COLUMNS))


def article_paragraphs(path):
    """The paragraphs of one article by fingerprint."""
    article = json.loads(path.read_text(encoding="utf-8"))
    texts = [article.get(field) or "" for field in ("content", "content_original")]
    paragraphs = [paragraph.strip() for text in texts for paragraph in text.split("\n") if paragraph.strip()]
    return {fingerprint(paragraph): paragraph for paragraph in reversed(paragraphs)}


def rows(folder, labels_path):
    files = {path.stem: path for path in sorted(pathlib.Path(folder).rglob("*.json"))}
    known = {}
    missing = 0
    with open(labels_path, encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            row = dict(zip(COLUMNS, line.rstrip("\n").split("\t")))
            article = row["source_id"]
            if article not in known:
                known = {article: article_paragraphs(files[article]) if article in files else {}}
            text = known[article].get(row.pop("fingerprint"))
            if text is None:
                missing += 1
                print(f"not found: {row['id']} of article {article}", file=sys.stderr)
                continue
            row.update(text=text, index=int(row["index"]), confidence=int(row["confidence"]))
            print(json.dumps(row, ensure_ascii=False))
    if missing:
        sys.exit(f"{missing} paragraphs were not found")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if len(sys.argv) == 3 and sys.argv[1] == "labels":
        labels(sys.argv[2])
    elif len(sys.argv) == 4 and sys.argv[1] == "rows":
        rows(sys.argv[2], sys.argv[3])
    else:
        sys.exit(__doc__)
