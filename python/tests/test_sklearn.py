"""The classifier works with the tools of scikit-learn."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from conftest import seed_rows
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks

from pyrhetor.sklearn import FramingClassifier

FAST = {"folds": 2, "smoothing": 0.3, "l2_penalty": None, "min_count": 2}


@pytest.fixture(scope="module")
def data():
    frame = pd.DataFrame([row for row in seed_rows("contrasts") if row["label"] != "other"])
    return frame["text"].to_numpy(), frame["label"].to_numpy(), frame["doc"].to_numpy()


@pytest.fixture(scope="module")
def fitted(data):
    texts, labels, groups = data
    return FramingClassifier(**FAST).fit(texts, labels, groups=groups)


def test_probabilities_are_in_the_order_of_the_sorted_classes(fitted, data):
    texts, labels, _ = data
    probabilities = fitted.predict_proba(texts)
    assert list(fitted.classes_) == ["advocacy", "analysis", "report"]
    assert probabilities.shape == (len(texts), 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert list(fitted.predict(texts)) == list(fitted.classes_[probabilities.argmax(axis=1)])
    assert fitted.score(texts, labels) > 0.8


def test_every_text_is_classified_alone_and_has_a_class(fitted, data):
    texts = [*data[0][:5], "", "Share on Facebook", "…", "word " * 30_000]
    together = fitted.predict_proba(texts)
    alone = np.concatenate([fitted.predict_proba([text]) for text in texts])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_allclose(together[5], 1 / 3)
    assert fitted.predict_proba([]).shape == (0, 3)


@pytest.mark.parametrize("kind", [list, tuple, np.array, pd.Series, lambda texts: pd.DataFrame({"text": texts})])
def test_texts_come_in_many_kinds(fitted, data, kind):
    assert list(fitted.predict(kind(list(data[0][:4])))) == list(fitted.predict(data[0][:4]))


def test_copies_predict_the_same(fitted, data):
    texts, labels, _ = data
    copied = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copied.predict_proba(texts[:50]), fitted.predict_proba(texts[:50]))
    assert clone(fitted).get_params() == fitted.get_params() and not hasattr(clone(fitted), "model_")


def test_classes_can_be_numbers(data):
    texts, labels, _ = data
    numbers = np.where(labels == "report", 7, -1)
    fitted = FramingClassifier(**FAST).fit(texts, numbers)
    assert list(fitted.classes_) == [-1, 7] and set(fitted.predict(texts[:20])) <= {-1, 7}


def test_grid_search_in_processes(data):
    texts, labels, groups = data
    search = GridSearchCV(FramingClassifier(**FAST), {"max_ngram": [1, 2]}, cv=GroupKFold(2), n_jobs=2, error_score="raise")
    search.fit(texts, labels, groups=groups)
    assert search.best_score_ > 0.5 and search.predict(texts[:1]).shape == (1,)


def test_cross_validation_by_group_in_a_pipeline(data):
    texts, labels, groups = data
    lower = FunctionTransformer(lambda texts: [text.lower() for text in texts])
    pipeline = make_pipeline(lower, FramingClassifier(**FAST))
    scores = cross_val_score(pipeline, texts, labels, groups=groups, cv=GroupKFold(3), error_score="raise")
    assert len(scores) == 3 and min(scores) > 0.5


def test_errors_of_fit_are_value_errors(data):
    texts, labels, _ = data
    for bad in ([1, 2], "one string", np.array([["a", "b"]])):
        with pytest.raises(ValueError):
            FramingClassifier().fit(bad, ["a", "b"])
    with pytest.raises(ValueError, match="2 classes"):
        FramingClassifier().fit(texts[:10], ["a"] * 10)
    with pytest.raises(sklearn.exceptions.NotFittedError):
        FramingClassifier().predict(["a"])


# The other checks pass tables of numbers, which an estimator of texts does not take.
CHECKS = [
    "check_estimator_cloneable",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_estimator_repr",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
    "check_do_not_raise_errors_in_init_or_set_param",
    "check_mixin_order",
    "check_classifiers_one_label_sample_weights",
]


@pytest.mark.parametrize("name", CHECKS[:-1])
def test_the_checks_of_scikit_learn_that_apply_to_texts(name):
    check = getattr(estimator_checks, name, None)
    if check is None:
        pytest.skip(f"scikit-learn {sklearn.__version__} has no {name}")
    check("FramingClassifier", FramingClassifier())


def test_check_estimator_runs_what_it_can():
    with pytest.warns(Warning, match="(?i)can't test|requires input|skip"):
        estimator_checks.check_estimator(FramingClassifier())
