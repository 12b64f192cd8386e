"""Scoring of tables: what goes into the engine, and its results beside the rows of the caller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from . import _engine
from ._engine import Engine, RhetorError
from ._progress import Progress, Reporter
from ._tables import column, column_of, open_table

Unit = Literal["paragraph", "article"]
Explain = int | str

N_FEATURES = 5
"""How many features are listed unless a number is given, as on the command line."""


@dataclass(frozen=True)
class ScoreOptions:
    """The options of `Model.score`, which describes them."""

    text: str = "text"
    doc: str | None = None
    index: str | None = None
    unit: Unit = "paragraph"
    explain: Explain = 0
    context: bool = True
    filter: bool = True
    prefix: str = ""
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.unit not in ("paragraph", "article"):
            raise RhetorError(f"unit: found `{self.unit}`, expected `paragraph` or `article`")
        if self.unit == "article" and (self.doc is not None or self.index is not None):
            raise RhetorError("found `doc` or `index` with articles, expected them with paragraphs only")

    @property
    def settings(self) -> _engine.Settings:
        """Those that the engine has."""
        return settings_of(self.explain, self.context, self.filter, self.threads)


def settings_of(explain: Explain, context: bool, filter: bool, threads: int | None) -> _engine.Settings:
    """Return settings as the engine takes them."""
    phrases, features = _explained(explain)
    return {
        "phrases": phrases,
        "features": features,
        "context": context,
        "filter": filter,
        "threads": threads or 0,
    }


def _explained(explain: Explain) -> tuple[int, int]:
    """Return how many phrases and how many features are asked for."""
    if isinstance(explain, int) and explain >= 0:
        return explain, 0
    what, _, number = str(explain).partition("=")
    if what == "features" and (number.isdecimal() or explain == what):
        return 0, int(number or N_FEATURES)
    raise RhetorError(f"explain: found {explain!r}, expected a number, `features` or `features=` and a number")


def score(engine: Engine, data: Any, options: ScoreOptions, progress: Progress = False) -> Any:
    """Return what `Model.score` returns."""
    import pyarrow as pa

    if isinstance(data, str):
        results = pa.Table.from_batches(engine.score_text(data, options.settings).table())
        return results.rename_columns([options.prefix + name for name in results.column_names])
    if isinstance(data, pa.RecordBatchReader):
        schema = score(engine, data.schema.empty_table(), options).schema
        return pa.RecordBatchReader.from_batches(schema, score_batches(engine, data, options))
    table = open_table(data, options.text)
    columns: _engine.Columns = {
        "text": column(table, options.text),
        "doc": column_of(table, options.doc),
        "index": column_of(table, options.index),
    }
    with Reporter(progress, len(columns["text"])) as report:
        batches = engine.score(columns, options.unit == "article", options.settings, report)
    return _joined(table, pa.Table.from_batches(batches), options)


def score_batches(engine: Engine, batches: Any, options: ScoreOptions) -> Iterator[Any]:
    """Yield what `Model.score_batches` yields."""
    import pyarrow as pa

    kept: Any = None
    for batch in batches:
        table = pa.Table.from_batches([batch])
        table = table if kept is None else pa.concat_tables([kept, table])
        end = table.num_rows if options.doc is None else _start_of_last(table.column(options.doc))
        kept = None if options.doc is None else table.slice(end)
        if end:
            yield from score(engine, table.slice(0, end), options).combine_chunks().to_batches()
    if kept is not None and kept.num_rows:
        yield from score(engine, kept, options).combine_chunks().to_batches()


def _joined(table: Any, results: Any, options: ScoreOptions) -> Any:
    """Return the results beside the rows that they belong to."""
    text, unit, prefix = options.text, options.unit, options.prefix
    rows = results.column("row").combine_chunks()
    results = results.drop_columns(["row"])
    names = [name if name == "text" else prefix + name for name in results.column_names]
    results = results.rename_columns([text if name == "text" else name for name in names])
    replaced = text if unit == "article" else None
    clashes = [name for name in results.column_names if name in table.columns and name != replaced]
    if clashes:
        found = ", ".join(f"`{name}`" for name in clashes)
        raise RhetorError(f"the table already has the columns {found}; rename them or choose a prefix")
    n_rows = len(table.column(text))
    is_one_each = len(rows) == n_rows and unit == "paragraph"
    return table.joined(None if is_one_each else rows, results, replaced)


def _start_of_last(docs: Any) -> int:
    """Return where the rows of the last article begin. A row without an article is one by itself."""
    import pyarrow.compute as pc

    if len(docs) == 0 or not docs[-1].is_valid:
        return len(docs)
    others = pc.fill_null(pc.not_equal(docs, docs[-1]), True)
    positions = pc.indices_nonzero(others)
    return int(positions[-1].as_py()) + 1 if len(positions) else 0
