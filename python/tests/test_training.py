"""Training and evaluation on tables and files."""

import pickle
import subprocess

import pandas as pd
import pytest
from conftest import PROJECT, REPORT, seed_rows

import pyrhetor

FAST = {"folds": 2, "smoothing": 0.3, "l2_penalty": None}


@pytest.fixture(scope="module")
def contrasts():
    return pd.DataFrame(seed_rows("contrasts"))


@pytest.fixture(scope="module")
def trained(contrasts):
    return pyrhetor.train(contrasts, doc="doc", name="mine", **FAST)


def test_a_model_is_trained_on_a_frame(trained):
    assert trained.labels == ["report", "advocacy", "analysis"]
    assert trained.card["name"] == "mine"
    assert 0.5 < trained.card["cross_validated"]["macro_f1"] <= 1
    assert trained.score([REPORT]).column("model")[0].as_py() == trained.id


def test_training_is_deterministic_and_its_model_can_be_pickled(trained, contrasts):
    again = pyrhetor.train(contrasts, doc="doc", name="mine", threads=1, **FAST)
    assert again == trained and pickle.loads(pickle.dumps(trained)) == trained
    assert trained != pyrhetor.load()


def test_files_give_the_model_of_the_command_line(program, tmp_path):
    folder, path = PROJECT / "seeds" / "contrasts", tmp_path / "m.safetensors"
    options = ["--folds", "2", "--smoothing", "0.3", "--l2-penalty", "none"]
    subprocess.run([program, "train", folder, "-o", path, *options], check=True, capture_output=True)
    assert pyrhetor.train(folder, **FAST) == pyrhetor.load(path)


def test_a_model_is_measured_on_a_frame(trained, contrasts):
    measures = trained.evaluate(contrasts, doc="doc")
    assert measures["paragraphs"] == (contrasts["label"] != "other").sum()
    assert measures["macro_f1"]["low"] <= measures["macro_f1"]["value"] <= measures["macro_f1"]["high"]


def test_rows_without_a_label_are_skipped_with_a_warning(contrasts):
    frame = pd.concat([contrasts, pd.DataFrame({"text": ["One."], "label": [None]})])
    with pytest.warns(pyrhetor.ReadWarning):
        pyrhetor.train(frame, doc="doc", **FAST)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_ngram": 9}, "n-gram length: found 9, expected a number from 1 to 3"),
        ({"folds": 1}, "folds: found 1"),
        ({"folds": "none", "smoothing": "auto"}, "smoothing: found `auto` without folds"),
        ({"group_by": "day"}, "group_by: found `day`"),
        ({"label": "class"}, "no column `class`; columns are: "),
    ],
)
def test_bad_options_are_errors(contrasts, options, message):
    with pytest.raises(pyrhetor.RhetorError) as raised:
        pyrhetor.train(contrasts, **{**FAST, **options})
    assert str(raised.value).startswith(message)


def test_a_corpus_with_one_label_is_an_error():
    with pytest.raises(pyrhetor.RhetorError, match="the corpus has"):
        pyrhetor.train(pd.DataFrame({"text": ["One."] * 9, "label": ["a"] * 9}))


def test_labels_that_the_model_does_not_have_are_an_error(model):
    with pytest.raises(pyrhetor.RhetorError, match="rows:1: found label `x`"):
        model.evaluate(pd.DataFrame({"text": ["One."], "label": ["x"]}))
