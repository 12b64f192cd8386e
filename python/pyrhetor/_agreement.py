"""The agreement of coders."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from typing import Any

from . import _engine
from ._engine import RhetorError
from ._reading import ReadWarning
from ._tables import column, column_of, open_table, values


def agreement(
    data: Any,
    *others: Any,
    coder: str = "coder",
    unit: str = "unit",
    label: str = "label",
    doc: Any = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Measure how well coders agree, corrected for chance.

    Parameters
    ----------
    data : table, dict, or array-like of shape (n_units,)
        A table with a row for each label that a coder gave to a unit, such as a paragraph; or the labels of each coder
        for the same units, as a dict by the names of the coders, or one after another as in
        ``agreement(frame["ann"], frame["bob"])``. A missing or empty label means that the coder gave none; unlike
        in files, words such as ``TODO`` are labels.
    *others : array-like of shape (n_units,)
        The labels of the other coders.
    coder, unit, label : str
        The columns of a table with the coder, the unit and the label. If a coder labelled a unit several times, the
        last label counts.
    doc : str or array-like of shape (n_units,), optional
        The article of each unit; for a table, its column. Intervals resample articles. By default each unit is an
        article by itself.
    seed : int
        The seed of the bootstrap.

    Returns
    -------
    dict
        What ``rhetor agree --format json`` writes. `alpha` is Krippendorff's alpha, `alpha_per_label` that of each
        label against all others. `pairs` has for each pair of coders the share of equal labels (`agreement`), Cohen's
        `kappa` and the `confusion`. Each of these figures is a dict of its `value` and its 95 % interval, `low` and
        `high`, or None if it is undefined. `disagreements` lists the units with different labels; `unmatched` is how
        many units each coder alone labelled.

    Raises
    ------
    RhetorError
        If there are fewer than two coders, or no unit that two of them labelled.

    Warns
    -----
    ReadWarning
        If a later label of the same coder replaced another one.

    Examples
    --------
    >>> found = agreement(["report", "report", "advocacy", None], ["report", "advocacy", "advocacy", "report"])
    >>> found["pairs"][0]["agreement"]["value"], found["disagreements"]
    (0.6666666666666666, [{'unit': 1, 'doc': None, 'labels': {'1': 'report', '2': 'advocacy'}}])
    """
    import pyarrow.compute as pc

    if others or isinstance(data, Mapping):
        columns = _of_sequences(data if isinstance(data, Mapping) else _named([data, *others]), doc)
    else:
        columns = _of_table(data, coder, unit, label, doc)
    units = pc.unique(columns["unit"])
    # Units are matched by their numbers, so that they can be of any type.
    columns["unit"] = pc.index_in(columns["unit"], value_set=units)
    text, n_replaced = _engine.agreement(columns, seed)
    if n_replaced:
        what = f"labels replaced by later ones of the same coder for the same unit: {n_replaced}"
        warnings.warn(what, ReadWarning, stacklevel=2)
    found: dict[str, Any] = json.loads(text)
    found["disagreements"] = [
        {"unit": units[int(of["id"])].as_py(), "doc": of["doc"], "labels": of["labels"]}
        for of in found["disagreements"]
    ]
    return found


def _named(coders: list[Any]) -> dict[str, Any]:
    """Return the labels of coders by their names: those of their series if they differ, otherwise numbers from 1."""
    names = {labels.name: labels for labels in coders if getattr(labels, "name", None)}
    if len(names) == len(coders):
        return names
    return {str(number): labels for number, labels in enumerate(coders, 1)}


def _of_sequences(coders: Mapping[str, Any], doc: Any) -> _engine.CodedColumns:
    """Return a row for each label of each coder."""
    import pyarrow as pa

    labels = {name: values(labels) for name, labels in coders.items()}
    docs = None if doc is None else values(doc)
    lengths = [len(column) for column in (*labels.values(), *([] if docs is None else [docs]))]
    n_units = lengths[0] if lengths else 0
    if any(length != n_units for length in lengths):
        raise RhetorError(f"found {' and '.join(map(str, lengths))} values, expected one for each unit")
    chunks = [chunk.cast(pa.large_string()) for column in labels.values() for chunk in column.chunks]
    return {
        "coder": pa.chunked_array([pa.repeat(pa.scalar(str(name)), n_units) for name in labels], pa.string()),
        "unit": pa.chunked_array([pa.array(range(n_units), pa.int64())] * len(labels), pa.int64()),
        "label": pa.chunked_array(chunks, pa.large_string()),
        "doc": None if docs is None else pa.chunked_array(docs.chunks * len(labels), docs.type),
    }


def _of_table(data: Any, coder: str, unit: str, label: str, doc: str | None) -> _engine.CodedColumns:
    """Return the columns of a table that has a row for each label."""
    table = open_table(data, label)
    names = column(table, coder)
    units = column(table, unit)
    for name, needed in ((coder, names), (unit, units)):
        if needed.null_count:
            raise RhetorError(f"column `{name}`: found {needed.null_count} rows without a value")
    return {"coder": names, "unit": _plain(units), "label": column(table, label), "doc": column_of(table, doc)}


def _plain(column: Any) -> Any:
    """Return a column without a dictionary."""
    import pyarrow as pa

    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
