"""Labels on Apache Spark.

The functions work on `mapInArrow`: Spark hands record batches to Python workers, each of which loads the model once and
uses one thread, because Spark runs a worker for each core. Partitions and the order of their rows stay as they are. A
row without a text has the reason `missing`; it does not fail the job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypedDict

from ._engine import RhetorError
from ._model import Model, load
from ._scoring import Explain

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Options(TypedDict, total=False):
    """Those of `pyrhetor.Model.score` that `score` and `articles` have as well."""

    explain: Explain
    context: bool
    filter: bool
    prefix: str


_MODELS: dict[str, Model] = {}
"""The models that this worker process has loaded."""


class _Reference:
    """A model that each worker process loads once: the default model, a path, or the bytes of a model."""

    def __init__(self, model: Model | str | None) -> None:
        is_own = isinstance(model, Model) and model != load()
        self.path = model if isinstance(model, str) else None
        self.model: Any = model if is_own else None
        self.key = model.id if isinstance(model, Model) and is_own else f"path:{self.path}"

    def __getstate__(self) -> tuple[str, str | None, bytes | None]:
        model = self.model
        return self.key, self.path, model._engine.to_bytes() if isinstance(model, Model) else None

    def __setstate__(self, state: tuple[str, str | None, bytes | None]) -> None:
        self.key, self.path, self.model = state

    def get(self) -> Model:
        """Return the model."""
        if self.key not in _MODELS:
            from ._model import _unpickled

            model = self.model
            _MODELS[self.key] = _unpickled(model) if isinstance(model, bytes) else model or load(self.path)
        return _MODELS[self.key]


def score(
    df: Any,
    *,
    text: str = "text",
    doc: str | None = None,
    index: str | None = None,
    model: Model | str | None = None,
    **options: Unpack[Options],
) -> Any:
    """Label paragraphs, one per row.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        The paragraphs.
    text : str
        The column with the text.
    doc, index : str, optional
        The columns with the article of a paragraph and its number there. Only rows that follow each other in one
        partition are neighbours, so call ``df.repartition(doc).sortWithinPartitions(doc, index)`` first unless they
        do already.
    model : Model or str, optional
        A model, or the path of a model file that exists on every worker. By default the model of the package.
    **options
        `explain`, `context`, `filter` and `prefix`, as in `pyrhetor.Model.score`.

    Returns
    -------
    pyspark.sql.DataFrame
        The columns of `df` and those that `pyrhetor.Model.score` adds.
    """
    return _mapped(df, model, {**options, "text": text, "doc": doc, "index": index})


def articles(
    df: Any, *, text: str = "text", model: Model | str | None = None, **options: Unpack[Options]
) -> Any:
    """Split articles into paragraphs and label these, so that the neighbours of a paragraph count.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        The articles, one per row.
    text : str
        The column with the text or HTML of the article.
    model, **options
        As in `score`.

    Returns
    -------
    pyspark.sql.DataFrame
        A row for each paragraph: the columns of `df` without the text, and those that ``unit="article"`` gives in
        `pyrhetor.Model.score`, among them the text of the paragraph.
    """
    return _mapped(df, model, {**options, "text": text, "unit": "article"})


def class_totals(df: Any, *, text: str = "text", label: str = "label", model: Model | str | None = None) -> Any:
    """Count the features of a model in labelled paragraphs, each partition by itself, and add up the totals.

    They are exactly those that `pyrhetor.Model.class_totals` gives for all rows on one machine, so naive Bayes tables
    fitted to them are the same.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        One labelled paragraph per row.
    text, label : str
        The columns with the text and its label.
    model : Model or str, optional
        The model whose features are counted, such as one that was trained on a sample of the rows.

    Returns
    -------
    pyspark.sql.DataFrame
        The columns `group`, `feature`, `label` and `total`.
    """
    from pyspark.sql import functions

    reference = _Reference(model)
    reference.get()

    def count(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa

        counted = reference.get()
        parts = [
            counted.class_totals(pa.Table.from_batches([batch]), text=text, label=label, threads=1)
            for batch in batches
            if batch.num_rows
        ]
        if parts:
            sums = pa.concat_tables(parts).group_by(["group", "feature", "label"]).aggregate([("total", "sum")])
            sums = sums.select(["group", "feature", "label", "total_sum"])
            yield from sums.rename_columns(["group", "feature", "label", "total"]).combine_chunks().to_batches()

    schema = "group string, feature string, label string, total double"
    parts = df.select(text, label).mapInArrow(count, schema)
    return parts.groupBy("group", "feature", "label").agg(functions.sum("total").alias("total"))


def _mapped(df: Any, model: Model | str | None, options: dict[str, Any]) -> Any:
    import pyarrow as pa
    from pyspark.sql.pandas.types import from_arrow_type
    from pyspark.sql.types import StringType, StructField, StructType

    text = options["text"]
    known = {field.name: field for field in df.schema.fields}
    if text in known and not isinstance(known[text].dataType, StringType):
        raise RhetorError(f"column `{text}`: found {known[text].dataType.simpleString()}, expected strings")
    # Only the results are new: the columns of the frame stay what they are, and their types do not matter here.
    empty = pa.schema([(name, pa.string()) for name in known]).empty_table()
    if options.get("unit") == "article":
        # The texts of the paragraphs are strings even if the column has comments or may not be null.
        known.pop(text, None)
    reference = _Reference(model)
    fields = [
        known[field.name] if field.name in known else StructField(field.name, from_arrow_type(field.type))
        for field in reference.get().score(empty, **options).schema
    ]
    return df.mapInArrow(_labeller(reference, options), StructType(fields))


def _labeller(reference: _Reference, options: dict[str, Any]) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def label(batches: Iterator[Any]) -> Iterator[Any]:
        return reference.get().score_batches(batches, threads=1, **options)

    return label
