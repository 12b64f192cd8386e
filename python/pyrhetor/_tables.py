"""Tables of all kinds: their columns as Arrow, and results beside the columns of the caller.

`open_table` finds out what kind of table it has. Each kind has a class that takes out single columns and puts results
beside the rows that they belong to, so that columns and indices that are not needed are never converted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, Protocol

from ._engine import RhetorError


class Table(Protocol):
    """A table of the caller."""

    columns: list[str]

    def column(self, name: str) -> Any:
        """Return a column as a pyarrow.ChunkedArray."""

    def joined(self, rows: Any, results: Any, without: str | None) -> Any:
        """Return rows of the table, without one column, beside results, as the caller's kind of table."""


class ArrowTable:
    """A pyarrow.Table, or anything that becomes one."""

    def __init__(self, table: Any) -> None:
        self.table = table
        self.columns = list(table.column_names)

    def column(self, name: str) -> Any:
        return self.table.column(name)

    def joined(self, rows: Any, results: Any, without: str | None) -> Any:
        import pyarrow as pa

        kept = self.table if without is None else self.table.drop_columns([without])
        kept = kept if rows is None else kept.take(rows)
        fields = [*kept.schema, *results.schema]
        schema = pa.schema(fields, metadata=self.table.schema.metadata)
        return pa.Table.from_arrays([*kept.columns, *results.columns], schema=schema)


class PandasTable:
    """A pandas.DataFrame."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame
        self.columns = [str(column) for column in frame.columns]

    def column(self, name: str) -> Any:
        import pyarrow as pa

        values = self.frame.iloc[:, self.columns.index(name)]
        try:
            return _chunked(pa.array(values, from_pandas=True))
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise RhetorError(f"column `{name}`: found values of several types ({error})") from None

    def joined(self, rows: Any, results: Any, without: str | None) -> Any:
        import pandas as pd

        frame = self.frame
        if without is not None:
            frame = frame.drop(columns=frame.columns[self.columns.index(without)])
        if rows is not None:
            frame = frame.take(rows.to_numpy())
        added = results.to_pandas()
        added.index = frame.index
        return pd.concat([frame, added], axis=1)


class PolarsTable:
    """A polars.DataFrame."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame
        self.columns = list(frame.columns)

    def column(self, name: str) -> Any:
        return _chunked(self.frame.get_column(name).to_arrow())

    def joined(self, rows: Any, results: Any, without: str | None) -> Any:
        import polars as pl

        frame = self.frame if without is None else self.frame.drop(without)
        frame = frame if rows is None else frame[rows.to_numpy()]
        added = pl.from_arrow(results)
        return frame.hstack(added.get_columns())


def _chunked(column: Any) -> Any:
    import pyarrow as pa

    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])


def open_table(data: Any, text: str) -> Table:
    """Return `data` as a table. A column by itself is called `text` unless it has a name."""
    import pyarrow as pa

    # A frame can only be passed by somebody who has imported its library.
    pandas, polars, duckdb = (sys.modules.get(name) for name in ("pandas", "polars", "duckdb"))
    if pandas is not None and isinstance(data, pandas.DataFrame):
        return PandasTable(data)
    if pandas is not None and isinstance(data, pandas.Series):
        return PandasTable(data.to_frame(text))
    if polars is not None and isinstance(data, polars.LazyFrame):
        data = data.collect()
    if polars is not None and isinstance(data, polars.DataFrame):
        return PolarsTable(data)
    if polars is not None and isinstance(data, polars.Series):
        return PolarsTable(data.to_frame(text))
    if duckdb is not None and isinstance(data, duckdb.DuckDBPyRelation):
        return ArrowTable(data.to_arrow_table())
    if isinstance(data, pa.Table):
        return ArrowTable(data)
    if isinstance(data, pa.RecordBatch):
        return ArrowTable(pa.Table.from_batches([data]))
    if isinstance(data, (pa.Array, pa.ChunkedArray)):
        return ArrowTable(pa.table({text: data}))
    if hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
        return ArrowTable(pa.table(data))
    if isinstance(data, Iterable) and not isinstance(data, (bytes, dict)):
        return ArrowTable(pa.table({text: texts(data)}))
    raise RhetorError(f"found data of type `{type(data).__name__}`, expected a string, strings or a table")


def texts(values: Iterable[Any]) -> Any:
    """Return strings as a column of text; `None` is a missing text."""
    import pyarrow as pa

    try:
        return pa.array(values if isinstance(values, list) else list(values), pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError) as error:
        raise RhetorError(f"found values that are no strings, expected strings or None ({error})") from None


def column(table: Table, name: str) -> Any:
    """Return a column of a table, or raise an error that lists the existing ones."""
    if name not in table.columns:
        raise RhetorError(f"no column `{name}`; columns are: {', '.join(table.columns[:12])}")
    return table.column(name)


def column_of(table: Table, source: Any) -> Any:
    """Return the column that `source` names, the column that it is, or `None` if it is `None`."""
    if source is None:
        return None
    return column(table, source) if isinstance(source, str) else values(source)


def values(source: Any) -> Any:
    """Return one column of values: a list or an array of any kind."""
    import pyarrow as pa

    if hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__"):
        given = open_table(source, "values")
        return given.column(given.columns[0])
    try:
        return _chunked(pa.array(source, from_pandas=True))
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError) as error:
        raise RhetorError(f"found values of several types, expected one ({error})") from None
