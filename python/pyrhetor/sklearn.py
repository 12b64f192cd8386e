"""A classifier of paragraphs for scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from ._model import Model
from ._scoring import settings_of
from ._tables import texts
from ._training import train


class FramingClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Naive Bayes tables over words, cues and their codes, refined, combined and calibrated.

    Every text is classified alone, without its neighbours and without the boilerplate filter.

    Parameters
    ----------
    smoothing : float or "auto"
        Additive smoothing of feature counts, by default chosen by cross-validation.
    l2_penalty : float, optional
        The L2 penalty of refinement; None for naive Bayes tables without refinement.
    max_ngram : int
        The longest word n-gram, from 1 to 3.
    min_count : int
        The minimum number of texts that a feature must occur in.
    folds : int, "auto" or "none"
        The number of folds of the cross-validation inside `fit`.
    random_state : int
        The seed of the folds.
    n_jobs : int, optional
        The number of threads, by default one per processor.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    model_ : pyrhetor.Model
        The fitted model.

    Examples
    --------
    >>> texts = ["We must act now.", "Officials said on Monday.", "Stop this!", "The mayor said so."] * 5
    >>> classifier = FramingClassifier(min_count=1).fit(texts, ["advocacy", "report"] * 10)
    >>> classifier.predict(["They must stop."])
    array(['advocacy'], dtype='<U8')
    """

    def __init__(
        self,
        *,
        smoothing: float | str = "auto",
        l2_penalty: float | None = 6.0,
        max_ngram: int = 2,
        min_count: int = 3,
        folds: int | str = "auto",
        random_state: int = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.smoothing = smoothing
        self.l2_penalty = l2_penalty
        self.max_ngram = max_ngram
        self.min_count = min_count
        self.folds = folds
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any, groups: Any = None) -> FramingClassifier:
        """Fit the classifier.

        Parameters
        ----------
        X : iterable of str of shape (n_samples,)
            The texts.
        y : array-like of shape (n_samples,)
            Their classes.
        groups : array-like of shape (n_samples,), optional
            What is held out together in the cross-validation inside `fit`, such as articles or outlets.

        Returns
        -------
        FramingClassifier
            The classifier itself.
        """
        column = _texts(X)
        if y is None:
            raise ValueError("requires y to be passed, but the target y is None")
        classes, codes = np.unique(np.asarray(y), return_inverse=True)
        if len(codes) != len(column):
            raise ValueError(f"found {len(column)} texts and {len(codes)} classes, expected as many")
        if len(classes) < 2:
            raise ValueError(f"found {len(classes)} class, expected at least 2 classes")
        names = [str(name) for name in classes]
        labelled: dict[str, Any] = {"text": column, "label": [names[code] for code in codes.tolist()]}
        if groups is not None:
            labelled["outlet"] = [str(group) for group in np.asarray(groups).tolist()]
        model = train(
            pa.table(labelled),
            outlet=None if groups is None else "outlet",
            group_by="article" if groups is None else "outlet",
            folds=self.folds,  # type: ignore[arg-type]
            smoothing=self.smoothing,  # type: ignore[arg-type]
            l2_penalty=self.l2_penalty,
            max_ngram=self.max_ngram,
            min_count=self.min_count,
            boilerplate_label=None,
            seed=self.random_state,
            threads=self.n_jobs,
        )
        if sorted(model.labels) != sorted(names):
            raise ValueError(f"found classes {names}, of which training can tell apart only {model.labels}")
        self.model_: Model = model
        self.classes_ = classes
        self._columns = [model.labels.index(name) for name in names]
        return self

    def predict_proba(self, X: Any) -> Any:
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : iterable of str of shape (n_samples,)
            The texts. Of a text of more than 64 KB, only the beginning counts.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            In the order of `classes_`. A text without words has the same probability in all classes.
        """
        check_is_fitted(self)
        column = _texts(X)
        if len(column) == 0:
            return np.empty((0, len(self.classes_)))
        columns: Any = {"text": column, "doc": None, "index": None}
        settings = settings_of(0, context=False, filter=False, threads=self.n_jobs)
        results = pa.Table.from_batches(self.model_._engine.score(columns, False, settings, None))
        _, firsts = np.unique(results.column("row").to_numpy(), return_index=True)
        names = [f"p_{label}" for label in self.model_.labels]
        found = [results.column(name).to_numpy()[firsts] for name in names]
        probabilities = np.stack([found[index] for index in self._columns], axis=1)
        probabilities[np.isnan(probabilities).any(axis=1)] = 1 / len(self.classes_)
        return probabilities / probabilities.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> Any:
        """Return the most probable classes.

        Parameters
        ----------
        X : iterable of str of shape (n_samples,)
            The texts.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        probabilities = self.predict_proba(X)
        return self.classes_[np.argmax(probabilities, axis=1)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags


def _texts(X: Any) -> Any:
    """Return texts as a column; a table with one column is its column."""
    if isinstance(X, (str, bytes)):
        raise ValueError("found a single string, expected an iterable of strings")
    if getattr(X, "ndim", 1) == 2:
        if X.shape[1] != 1:
            raise ValueError(f"found {X.shape[1]} columns, expected 1 column of texts")
        X = X.iloc[:, 0] if hasattr(X, "iloc") else np.asarray(X)[:, 0]
    values = X if isinstance(X, (pa.Array, pa.ChunkedArray)) else texts(np.asarray(X, dtype=object).tolist())
    return values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
