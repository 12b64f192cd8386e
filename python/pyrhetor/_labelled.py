"""Labelled text: files and folders, or the columns of a table."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal

from . import _engine
from ._tables import column, column_of, open_table

GroupBy = Literal["article", "outlet", "topic"]


def labelled(
    data: Any,
    text: str,
    label: str,
    doc: str | None = None,
    outlet: str | None = None,
    topic: str | None = None,
) -> _engine.Labelled:
    """Return the paths in `data`, or the columns of a table that training and evaluation need."""
    if isinstance(data, (str, os.PathLike)):
        return [data]
    is_list = isinstance(data, Sequence) and len(data) > 0
    if is_list and all(isinstance(path, (str, os.PathLike)) for path in data):
        return list(data)
    table = open_table(data, text)
    return {
        "text": column(table, text),
        "label": column(table, label),
        "doc": column_of(table, doc),
        "outlet": column_of(table, outlet),
        "topic": column_of(table, topic),
    }
