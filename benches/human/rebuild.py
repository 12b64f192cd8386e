"""Rebuilds sets of paragraphs that people labelled, from clones of the public repositories that hold them.

Writes FOLDER/babe.jsonl, editorials.jsonl and newssd.jsonl. Each row has `id`, `doc`, `index`, `text` and `human`; `human`
is null for paragraphs without a label of their own, which are there as neighbours. Rows of babe.jsonl also have `votes`,
the opinion of each expert.
"""
import argparse
import collections
import csv
import json
import pathlib
import re
import sys
import warnings

# BABE: the share of a paragraph's characters that its labelled sentence must have to speak for the paragraph.
MIN_SHARE_OF_PARAGRAPH = 0.5
# Editorials: the share of the characters of labelled units that must (or must not) be assumptions.
MIN_ASSUMPTION, MAX_EVIDENCE = 0.8, 0.2
# Shorter paragraphs of editorials are mostly headings.
MIN_WORDS = 12
OPINIONS = ["factual", "mixed", "opinion"]
ANNOTATED = {"anecdote", "assumption", "common-ground", "other", "statistics", "testimony"}


def sheet(path):
    """The rows of the first sheet of a workbook as dictionaries."""
    import openpyxl

    if not path.exists():
        raise SystemExit(f"rebuild.py: {path}: no such file; expected a complete clone of the BABE repository")
    warnings.simplefilter("ignore")
    rows = openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True)
    header = next(rows)
    return [dict(zip(header, row)) for row in rows]


def opinion(answer):
    """0 for "entirely factual", 1 for "somewhat factual but also opinionated", 2 for "expresses writer's opinion".

    The answers are spelled in several ways, some by a faulty search and replace, so that only their beginnings count.
    """
    for place, start in enumerate(("Entirely", "Somewhat", "Expresses")):
        if answer and answer.startswith(start):
            return place
    return None


def squeezed(text):
    return re.sub(r"\W+", "", text).lower()


def expert_votes(folder):
    """The votes on each sentence, by its letters and digits: those of SG1, or else of SG2."""
    votes = {}
    for group in ("SG2", "SG1"):
        of_group = collections.defaultdict(dict)
        for row in sheet(folder / f"raw_labels_{group}.xlsx"):
            vote = opinion(row["label_opinion"])
            if vote is not None and row["text"]:
                of_group[squeezed(row["text"])][f"{group}:{row['annotator_id']}"] = vote
        votes.update(of_group)
    return votes


def plurality(votes):
    """The most frequent vote; None if there is a tie."""
    counts = collections.Counter(votes).most_common(2)
    return None if len(counts) == 2 and counts[0][1] == counts[1][1] else counts[0][0]


def babe(clone):
    """Paragraphs of the articles of MBIC; a paragraph has the experts' opinion of the sentence that fills most of it."""
    folder = clone / "data"
    votes = expert_votes(folder)
    sentences = collections.defaultdict(list)
    for row in sheet(folder / "final_labels_MBIC.xlsx"):
        if row["article"] and row["text"]:
            sentences[row["article"]].append(row)
    for n_article, (article, labelled) in enumerate(sentences.items()):
        paragraphs = [" ".join(line.split()) for line in article.split("\n") if line.strip()]
        for index, text in enumerate(paragraphs):
            row = {"id": f"{n_article}-{index}", "doc": f"babe-{n_article}", "index": index, "text": text, "human": None}
            for sentence in labelled:
                of_sentence = squeezed(sentence["text"])
                share = len(of_sentence) / max(1, len(squeezed(text)))
                if of_sentence in squeezed(text) and share >= MIN_SHARE_OF_PARAGRAPH and of_sentence in votes:
                    chosen = plurality(votes[of_sentence].values())
                    row["human"] = "no agreement" if chosen is None else OPINIONS[chosen]
                    row["votes"], row["outlet"] = votes[of_sentence], sentence["outlet"]
                    break
            yield row


def joined(units):
    """The text of a paragraph, from its argumentative units and the punctuation between them."""
    text = ""
    for unit in (unit["text"].strip() for unit in units):
        closes = re.match(r"""[.,;:!?)\]…%'’”]|"(?![\w'(\[$£€])""", unit)
        text += unit if not text or closes or text[-1] in "([“" else f" {unit}"
    return re.sub(r" +(?=[.,;:!?)…])", "", " ".join(text.split()))


def editorials(clone):
    """Paragraphs of news editorials, by the share of their labelled text that is an assumption of the author."""
    for path in sorted((clone / "data-source").glob("*/*.json")):
        paragraphs = json.loads(path.read_text(encoding="utf-8"))["paragraphs"]
        for index, units in enumerate(paragraphs):
            lengths = collections.Counter()
            for unit in units:
                lengths[unit["label"]] += len(unit["text"]) if unit["label"] in ANNOTATED else 0
            text, human = joined(units), None
            if sum(lengths.values()) and len(text.split()) >= MIN_WORDS:
                share = lengths["assumption"] / sum(lengths.values())
                human = "assumption" if share >= MIN_ASSUMPTION else "evidence" if share <= MAX_EVIDENCE else "mixed"
            doc = f"{path.parent.name}-{path.stem}"
            yield {"id": f"{doc}-{index}", "doc": doc, "index": index, "text": text, "human": human, "outlet": path.parent.name}


def newssd(clone):
    """Single sentences, subjective or objective."""
    n = 0
    for part in ("train", "val", "test"):
        with open(clone / f"data/english/{part}.csv", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                name = f"{part}-{n}"
                yield {"id": name, "doc": name, "index": 0, "text": row["Sentence"].strip(), "human": row["Label"]}
                n += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name, what in (("babe", "BABE"), ("editorials", "the editorials"), ("newssd", "NewsSD-ENG")):
        parser.add_argument(f"--{name}", type=pathlib.Path, metavar="CLONE", help=f"a clone of the repository with {what}")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True, metavar="FOLDER")
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    for rows_of in (babe, editorials, newssd):
        clone = getattr(args, rows_of.__name__)
        if clone:
            rows = list(rows_of(clone))
            path = args.output / f"{rows_of.__name__}.jsonl"
            path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
            counts = collections.Counter(row["human"] for row in rows if row["human"])
            print(f"{path}: {len(rows)} rows; " + ", ".join(f"{n} {label}" for label, n in sorted(counts.items())), file=sys.stderr)


if __name__ == "__main__":
    main()
