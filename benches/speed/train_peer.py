"""One process that trains a peer and saves it.

usage: train_peer.py rows SEEDS TRAIN OUT          the labelled rows of benches/peers as fastText reads them
       train_peer.py fasttext ROWS MODEL DIM BUCKET
       train_peer.py sklearn ROWS MODEL
       train_peer.py versions
"""
import pathlib
import platform
import sys

HERE = pathlib.Path(__file__).absolute().parent


def write_rows(seeds, train, out):
    sys.path.append(str(HERE.parent / "peers"))
    from rows import LABELS, training_rows

    rows, _ = training_rows(pathlib.Path(seeds), pathlib.Path(train))
    with open(out, "w", encoding="utf-8") as file:
        for text, label in zip(rows.texts, rows.labels):
            file.write(f"__label__{LABELS[label]} {' '.join(text.split())}\n")


def train_fasttext(rows, model, dim, bucket):
    import fasttext

    options = {"wordNgrams": 2, "epoch": 5, "lr": 0.5, "dim": int(dim), "bucket": int(bucket)}
    fasttext.train_supervised(rows, thread=1, seed=1, verbose=0, **options).save_model(model)


def train_sklearn(rows, model):
    import pickle

    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB

    with open(rows, encoding="utf-8") as lines:
        labels, texts = zip(*(line.rstrip("\n").split(" ", 1) for line in lines))
    vectorizer = CountVectorizer(ngram_range=(1, 2))
    bayes = MultinomialNB().fit(vectorizer.fit_transform(texts), labels)
    with open(model, "wb") as file:
        pickle.dump((vectorizer, bayes), file)


def versions():
    from importlib.metadata import version

    packages = ("fasttext-wheel", "scikit-learn", "numpy", "scipy")
    print(", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)]))


if __name__ == "__main__":
    commands = {"rows": write_rows, "fasttext": train_fasttext, "sklearn": train_sklearn, "versions": versions}
    commands[sys.argv[1]](*sys.argv[2:])
