"""Learns the word classes that models/word_classes.tsv holds, from unlabelled articles.

usage: PYTHONHASHSEED=0 python word_classes.py ARTICLES.jsonl.gz > word_classes.tsv

Each line of ARTICLES is a JSON object with a `text`. Skip-gram vectors (Mikolov et al. 2013) are learned
from words as rhetor cuts them: small letters, straight apostrophes, numbers by their kind. The vectors,
brought to length one, are parted by k-means into 300 and 1,000 classes. One thread and fixed seeds: the
same input gives the same classes with the versions below on one kind of machine.

requirements: gensim==4.4.0 scikit-learn==1.9.1 numpy==2.4.6
"""
import argparse
import gzip
import json
import re
import sys

SIZES = (300, 1000)
DIMENSIONS = 100
WINDOW = 4
MIN_COUNT = 8
EPOCHS = 8
SEED = 1

TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W_]+)*|\d[\d.,]*(?:st|nd|rd|th|s)?|[^\w\s]")


def word(token):
    """A token's name as rhetor has it."""
    if not token[0].isdigit():
        return token.lower().replace("’", "'")
    digits = sum(c.isdigit() for c in token)
    if token[-1].isalpha():
        return "0th"
    if digits == 4 and len(token) == 4 and token[:2] in ("19", "20"):
        return "0year"
    if "." in token.rstrip(".,"):
        return "0.0"
    return {1: "0", 2: "00"}.get(digits, "000")


def paragraphs(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            for paragraph in json.loads(line)["text"].split("\n"):
                tokens = [word(token) for token in TOKEN.findall(paragraph)]
                if len(tokens) > 4:
                    yield tokens


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("articles", metavar="ARTICLES.jsonl.gz")
    args = parser.parse_args()
    # Here and not above: --help answers without them.
    import numpy as np
    from gensim.models import Word2Vec
    from sklearn.cluster import KMeans

    texts = list(paragraphs(args.articles))
    print(f"{len(texts)} paragraphs, {sum(map(len, texts))} tokens", file=sys.stderr)
    model = Word2Vec(
        texts, vector_size=DIMENSIONS, window=WINDOW, min_count=MIN_COUNT, sg=1, negative=5, sample=1e-4,
        epochs=EPOCHS, workers=1, seed=SEED,
    )
    words = model.wv.index_to_key
    vectors = model.wv.vectors / np.linalg.norm(model.wv.vectors, axis=1, keepdims=True)
    columns = []
    for size in SIZES:
        print(f"{len(words)} words into {size} classes", file=sys.stderr)
        columns.append(KMeans(size, n_init=1, max_iter=50, random_state=SEED).fit(vectors).labels_)
    # In order of frequency: the first ones stay words in class n-grams.
    for name, *classes in zip(words, *columns):
        print(name, *classes, sep="\t")


if __name__ == "__main__":
    main()
