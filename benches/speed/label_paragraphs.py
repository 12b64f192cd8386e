"""One process of a peer: reads paragraphs, labels them, writes a label and a probability a line.

usage: label_paragraphs.py fasttext|sklearn MODEL INPUT

INPUT is a file with a paragraph a line (.txt), JSON lines with a `text`, or a folder of texts. The last two are
read as a user's short script would read them.
"""
import itertools
import json
import pathlib
import sys

# Enough to hide what a call costs, few enough that memory stays flat.
N_AT_ONCE = 10_000


def paragraphs(path):
    if path.is_dir():
        for name in sorted(path.glob("*/*.txt")):
            yield from parted(name.read_text(encoding="utf-8"))
    elif path.suffix == ".jsonl":
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                yield from parted(json.loads(line)["text"])
    else:
        with open(path, encoding="utf-8") as lines:
            yield from (line.rstrip("\n") for line in lines)


def parted(text):
    return (" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def fasttext_labels(model):
    import fasttext

    # The inner predict: the outer one makes an array in a way that numpy 2 refuses.
    model = fasttext.load_model(model).f

    def label(texts):
        labels, probabilities = model.multilinePredict([f"{text}\n" for text in texts], 1, 0.0, "strict")
        # A line without a known word has no label.
        return (named(names, values) for names, values in zip(labels, probabilities))

    return label


def named(names, probabilities):
    return (names[0], float(probabilities[0])) if names else ("none", 0.0)


def sklearn_labels(model):
    import pickle

    with open(model, "rb") as file:
        vectorizer, bayes = pickle.load(file)

    def label(texts):
        probabilities = bayes.predict_proba(vectorizer.transform(texts))
        best = probabilities.argmax(axis=1)
        return zip(bayes.classes_[best], probabilities.max(axis=1))

    return label


def main():
    kind, model, path = sys.argv[1:]
    label = {"fasttext": fasttext_labels, "sklearn": sklearn_labels}[kind](model)
    waiting = paragraphs(pathlib.Path(path))
    for texts in iter(lambda: list(itertools.islice(waiting, N_AT_ONCE)), []):
        sys.stdout.writelines(f"{name} {probability:.6f}\n" for name, probability in label(texts))


if __name__ == "__main__":
    main()
