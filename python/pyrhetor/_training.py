"""Training of models on tables and files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal

from . import _engine
from ._engine import RhetorError
from ._labelled import GroupBy, labelled
from ._model import Model, load
from ._reading import warn

L2_PENALTY = 6.0
"""That of the default model."""


def train(
    data: Any,
    *,
    text: str = "text",
    label: str = "label",
    doc: str | None = None,
    outlet: str | None = None,
    topic: str | None = None,
    group_by: GroupBy = "article",
    folds: int | Literal["auto", "none"] = "auto",
    smoothing: float | Literal["auto"] = "auto",
    l2_penalty: float | Literal["auto"] | None = "auto",
    max_ngram: int = 2,
    min_count: int = 3,
    boilerplate_label: str | None = "other",
    seed: int = 0,
    name: str = "custom",
    version: str = "1",
    threads: int | None = None,
    base: Model | str | os.PathLike[str] | None = None,
    map: Mapping[str, str] | None = None,
    force: bool = False,
) -> Model:
    """Train a model on labelled text, or adapt one to it.

    The same text and options give the same model with any number of threads.

    Parameters
    ----------
    data : str, path, list of paths, or table
        Files or folders of labelled text, or a table (any kind that `Model.score` takes) with one paragraph per row.
    text, label : str
        The columns of a table with the text and its label.
    doc, outlet, topic : str, optional
        The columns with the article, its outlet and its topic. Consecutive rows of one article are neighbours.
    group_by : {"article", "outlet", "topic"}
        What is held out together in cross-validation.
    folds : int, "auto" or "none"
        The number of folds, from 2 to 100; `auto` is five. Without folds, `smoothing` must be a number and
        `l2_penalty` None.
    smoothing : float or "auto"
        Additive smoothing of feature counts, by default chosen by cross-validation.
    l2_penalty : float, "auto" or None
        The L2 penalty of refinement on the distance from naive Bayes tables, or from those of the base. None gives
        naive Bayes tables without refinement. `auto` is 6, and with a base chosen by cross-validation.
    max_ngram : int
        The longest word n-gram, from 1 to 3.
    min_count : int
        The minimum number of paragraphs that a feature must occur in.
    boilerplate_label : str, optional
        The label of boilerplate, which the filter is trained on; None if all labels are labels of paragraphs. With
        a base, such rows are skipped.
    seed : int
        The seed of folds and bootstrap.
    name, version : str
        The name and version of the model.
    threads : int, optional
        The number of threads, by default one per processor.
    base : Model, str or path, optional
        The model to adapt, its file, or `default`. Its features, labels and filter stay; its weights move as far as
        the rows show that this helps. `smoothing`, `max_ngram` and `min_count` are the base's.
    map : dict, optional
        With a base: its labels that have other names in the rows, and these names. Several can have the same.
    force : bool
        With a base: return the adapted model even if it is worse than its base.

    Returns
    -------
    Model
        Its `card` has cross-validated measures. With a base, ``card["base"]["held_out"]`` compares the base (`first`)
        with the adapted model (`second`) on held-out rows: `macro_f1`, `accuracy` and `log_loss`, each with the
        `difference` and its 95 % interval. It is None if the rows are too few; then the weights are the base's.

    Raises
    ------
    RhetorError
        If an option is out of range, the text cannot be used for training, or the adapted model is worse than its
        base on held-out rows.

    Warns
    -----
    ReadWarning
        For each row or file that is skipped or only partly read.

    Notes
    -----
    Training cannot be stopped: after an interrupt it goes on in the background until it is done.
    """
    vocabulary: _engine.Vocabulary = {
        "smoothing": None if smoothing == "auto" else smoothing,
        "max_ngram": max_ngram,
        "min_count": min_count,
    }
    options: _engine.Options = {
        "l2_penalty": _l2_penalty(l2_penalty, base is not None),
        "folds": {"auto": None, "none": 0}[folds] if isinstance(folds, str) else _checked_folds(folds),
        "group_by": group_by,
        "seed": seed,
        "boilerplate_label": boilerplate_label,
        "name": name,
        "version": version,
        "threads": threads or 0,
    }
    rows = labelled(data, text, label, doc, outlet, topic)
    if base is None:
        if map is not None or force:
            raise RhetorError("found `map` or `force` without a base, expected them with one")
        engine, notes = _engine.train(rows, vocabulary, options)
    else:
        if vocabulary != {"smoothing": None, "max_ngram": 2, "min_count": 3}:
            raise RhetorError("found `smoothing`, `max_ngram` or `min_count` with a base, which has its own")
        model = base if isinstance(base, Model) else load(None if base == "default" else base)
        engine, notes = _engine.adapt(model._engine, rows, _renamed(map or {}), force, options)
    warn(notes)
    return Model(engine)


def _l2_penalty(l2_penalty: float | Literal["auto"] | None, has_base: bool) -> float | None:
    if l2_penalty == "auto":
        return None if has_base else L2_PENALTY
    if l2_penalty is None and has_base:
        raise RhetorError("l2_penalty: found None with a base, expected `auto` or a number")
    return l2_penalty


def _renamed(labels: Mapping[str, str]) -> dict[str, str]:
    """Return new names of labels, which the library finds in any case, so that none may be there twice."""
    renamed = {old.lower(): new for old, new in labels.items()}
    if len(renamed) < len(labels):
        raise RhetorError(f"map: found a label twice in {list(labels)}, expected each label of the base once")
    return renamed


def _checked_folds(folds: int) -> int:
    if folds < 2:
        raise RhetorError(f"folds: found {folds}, expected `auto`, `none` or a number from 2 to 100")
    return folds
