"""Labels on Apache Spark.

The functions work on `mapInArrow`: Spark hands record batches to Python workers, each of which loads the model once and
uses one thread, because Spark runs a worker for each core. Partitions and the order of their rows stay as they are. A
row without a text has the reason `missing`; it does not fail the job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ._model import Model, load
from ._scoring import Unit

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
    explain: int = 0,
    context: bool = True,
    filter: bool = True,
    prefix: str = "",
    model: Model | str | None = None,
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
    explain, context, filter, prefix
        As in `pyrhetor.Model.score`.
    model : Model or str, optional
        A model, or the path of a model file that exists on every worker. By default the model of the package.

    Returns
    -------
    pyspark.sql.DataFrame
        The columns of `df` and those that `pyrhetor.Model.score` adds.
    """
    options = {"text": text, "doc": doc, "index": index, "unit": "paragraph"}
    return _mapped(df, model, {**options, "explain": explain, "context": context, "filter": filter, "prefix": prefix})


def articles(
    df: Any,
    *,
    text: str = "text",
    explain: int = 0,
    context: bool = True,
    filter: bool = True,
    prefix: str = "",
    model: Model | str | None = None,
) -> Any:
    """Split articles into paragraphs and label these, so that the neighbours of a paragraph count.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        The articles, one per row.
    text : str
        The column with the text or HTML of the article.
    explain, context, filter, prefix, model
        As in `score`.

    Returns
    -------
    pyspark.sql.DataFrame
        A row for each paragraph: the columns of `df` without the text, and those that ``unit="article"`` gives in
        `pyrhetor.Model.score`, among them the text of the paragraph.
    """
    unit: Unit = "article"
    options = {"text": text, "unit": unit, "explain": explain, "context": context, "filter": filter, "prefix": prefix}
    return _mapped(df, model, options)


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
    from pyspark.sql.pandas.types import to_arrow_schema
    from pyspark.sql.types import StructField, StructType

    reference = _Reference(model)
    empty = to_arrow_schema(df.schema).empty_table()
    known = {field.name: field for field in df.schema.fields}
    scored = reference.get().score(empty, **options).schema
    kinds = _result_types()
    replaced = options["text"] if options["unit"] == "article" else None
    fields = [
        known[field.name] if field.name in known and field.name != replaced
        else StructField(field.name, kinds[str(field.type) if not _is_struct(field.type) else "struct"])
        for field in scored
    ]  # fmt: skip
    return df.mapInArrow(_labeller(reference, options), StructType(fields))


def _labeller(reference: _Reference, options: dict[str, Any]) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def label(batches: Iterator[Any]) -> Iterator[Any]:
        return reference.get().score_batches(batches, threads=1, **options)

    return label


def _is_struct(kind: Any) -> bool:
    return str(kind).startswith("struct")


def _result_types() -> dict[str, Any]:
    """Return Spark's types of the result columns by the names of Arrow's types."""
    from pyspark.sql.types import ArrayType, BooleanType, DoubleType, LongType, StringType, StructField, StructType

    feature = StructType(
        [
            StructField("group", StringType()),
            StructField("feature", StringType()),
            StructField("weight", DoubleType()),
        ]
    )
    terms = [StructField(name, DoubleType()) for name in ("score", "baseline", "neighbours", "rest")]
    evidence = StructType([*terms, StructField("features", ArrayType(feature))])
    kinds = {"int64": LongType(), "string": StringType(), "double": DoubleType(), "bool": BooleanType()}
    return {**kinds, "struct": evidence}
