"""Training of models on tables and files."""

from __future__ import annotations

from typing import Any, Literal

from . import _engine
from ._engine import RhetorError
from ._labelled import GroupBy, labelled_columns, paths_of
from ._model import Model
from ._reading import warn


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
    l2_penalty: float | None = 6.0,
    max_ngram: int = 2,
    min_count: int = 3,
    boilerplate_label: str | None = "other",
    seed: int = 0,
    name: str = "custom",
    version: str = "1",
    threads: int | None = None,
) -> Model:
    """Train a model on labelled text.

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
        The number of folds, from 2 to 100. Without folds, `smoothing` must be a number and `l2_penalty` None.
    smoothing : float or "auto"
        Additive smoothing of feature counts, by default chosen by cross-validation.
    l2_penalty : float, optional
        The L2 penalty of refinement; None for naive Bayes tables without refinement.
    max_ngram : int
        The longest word n-gram, from 1 to 3.
    min_count : int
        The minimum number of paragraphs that a feature must occur in.
    boilerplate_label : str, optional
        The label of boilerplate, which the filter is trained on; None if all labels are labels of paragraphs.
    seed : int
        The seed of folds and bootstrap.
    name, version : str
        The name and version of the model.
    threads : int, optional
        The number of threads, by default one per processor.

    Returns
    -------
    Model
        Its `card` has cross-validated measures.

    Raises
    ------
    RhetorError
        If an option is out of range, or the text cannot be used for training.

    Warns
    -----
    ReadWarning
        For each row or file that is skipped or only partly read.

    Notes
    -----
    Training cannot be stopped: after an interrupt it goes on in the background until it is done.
    """
    options: _engine.Options = {
        "smoothing": None if smoothing == "auto" else smoothing,
        "max_ngram": max_ngram,
        "min_count": min_count,
        "l2_penalty": l2_penalty,
        "folds": {"auto": None, "none": 0}[folds] if isinstance(folds, str) else _checked_folds(folds),
        "group_by": group_by,
        "seed": seed,
        "boilerplate_label": boilerplate_label,
        "name": name,
        "version": version,
        "threads": threads or 0,
    }
    paths = paths_of(data)
    if paths is not None:
        engine, notes = _engine.train_paths(paths, options)
    else:
        columns = labelled_columns(data, text, label, doc, outlet, topic)
        engine, notes = _engine.train_columns(columns, options)
    warn(notes)
    return Model(engine)


def _checked_folds(folds: int) -> int:
    if folds < 2:
        raise RhetorError(f"folds: found {folds}, expected `auto`, `none` or a number from 2 to 100")
    return folds
