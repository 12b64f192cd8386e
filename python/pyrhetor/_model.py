"""Models: loading, scoring, reading and evaluation."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from . import _engine
from ._article import Article
from ._engine import Engine, RhetorError
from ._labelled import GroupBy, labelled
from ._progress import Progress
from ._reading import warn
from ._scoring import Explain, ScoreOptions, Unit, score, score_batches, settings_of

Path = str | os.PathLike[str]


def load(path: Path | None = None) -> Model:
    """Load a model.

    Parameters
    ----------
    path : str or path, optional
        A model file. By default the model that is part of the package, which labels English text as `report`,
        `advocacy` or `analysis`.

    Raises
    ------
    FileNotFoundError, RhetorError
        If there is no such file, or it is damaged or no model.

    Examples
    --------
    >>> load().labels
    ['report', 'advocacy', 'analysis']
    """
    return Model(Engine.embedded() if path is None else Engine.load(path))


class Model:
    """A fitted model. `load` and `train` make models.

    A model can be pickled, copied and shared between threads; copies in one process share its memory.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def id(self) -> str:
        """The first 12 hexadecimal digits of the model's checksum. Models with the same id are equal."""
        return self._engine.id

    @property
    def labels(self) -> list[str]:
        """The labels, in the order of the columns of probabilities."""
        return self._engine.labels

    @property
    def card(self) -> dict[str, Any]:
        """What the model was trained on, with which options, and how well it did."""
        card: dict[str, Any] = json.loads(self._engine.card())
        return card

    def save(self, path: Path) -> None:
        """Write the model to a file, completely or not at all.

        `load` and the command line read it.
        """
        self._engine.save(path)

    def strongest(self, label: str, n: int = 10) -> dict[str, list[tuple[str, float]]]:
        """Return the `n` features of each group that count most for a label, with their weights, strongest first."""
        if label not in self.labels:
            raise RhetorError(f"found label `{label}`, expected one of: {', '.join(self.labels)}")
        return dict(self._engine.strongest(self.labels.index(label), n))

    def score(
        self,
        data: Any,
        *,
        text: str = "text",
        doc: str | None = None,
        index: str | None = None,
        unit: Unit = "paragraph",
        explain: Explain = 0,
        context: bool = True,
        filter: bool = True,
        prefix: str = "",
        threads: int | None = None,
        progress: Progress = False,
    ) -> Any:
        """Label paragraphs.

        Parameters
        ----------
        data : str, list of str, or table
            One article as a string, or texts, or a table: a pandas or polars DataFrame or Series, a pyarrow Table,
            RecordBatch, RecordBatchReader, Array or ChunkedArray, a DuckDB relation, or any other object with the
            Arrow PyCapsule interface. A missing text is not an error.
        text : str
            The column with the text.
        doc : str, optional
            The column with the article that a row belongs to. Consecutive rows of one article are neighbours, which
            influence each other's labels. By default every row is scored alone.
        index : str, optional
            The column with the number of the paragraph in its article. A row whose number is not the next one does
            not follow the row before.
        unit : {"paragraph", "article"}
            What a row is. An article is split into paragraphs at blank lines, or read as HTML. A string is always an
            article.
        explain : int or str
            How many phrases to list for each label and against it, in the column `reasons`. ``"features=5"`` lists
            five features of the model instead, in the column `evidence`.
        context : bool
            Whether neighbouring paragraphs count.
        filter : bool
            Whether boilerplate is dropped.
        prefix : str
            Put before the names of the result columns, if the table has columns of the same names.
        threads : int, optional
            The number of threads, by default one per processor.
        progress : bool or callable
            Called with the number of rows that are done and the number of all rows. True shows a progress bar if
            tqdm is installed.

        Returns
        -------
        table of shape (n_paragraphs, n_columns + n_labels + 10)
            The rows of the input in order with their index and columns, and the result columns. A pandas or polars
            frame gives a frame of the same kind, a RecordBatchReader gives a RecordBatchReader that reads and scores
            batch by batch, and everything else gives a pyarrow.Table. With ``unit="article"`` there is a row for each
            paragraph, and the text column holds its text. A paragraph of more than 64 KB has several rows.

            ==================  ========  =================================================================
            column              type      content
            ==================  ========  =================================================================
            ``paragraph``       int64     its number in the article, from 0
            ``start``, ``end``  int64     its place in the text, in Unicode characters
            ``span_of``         string    `field` if they point into the text, `extracted` if the text was
                                          extracted from markup first, `source` for a string
            ``label``           string    the most probable label; `other` if dropped, null if missing
            ``p_LABEL``         float64   the probability of each label, with nine decimal places
            ``unsure``          bool      whether the best probability is low
            ``dropped``         bool      whether it is no article prose
            ``reason``          string    why it was dropped; `missing` if it has no text
            ``out_of_domain``   bool      whether the model knows too few of its words
            ``model``           string    the id of the model
            ``reasons``         struct    with `explain`: the `score` of the label and its terms: `phrases`
                                          (`text`, `start`, `end`, `weight`), lines about `style` (`text`,
                                          `weight`), `neighbours` (their common `label`, the `paragraph` that
                                          counts most, `weight`), `baseline` and `rest`
            ``evidence``        struct    with `explain="features"`: the same `score` as `features` (`group`,
                                          `feature`, `weight`), `neighbours`, `baseline` and `rest`
            ==================  ========  =================================================================

        Raises
        ------
        RhetorError
            If a column is missing or has the wrong type.

        Examples
        --------
        >>> table = load().score(["We must act now!", None])
        >>> table.column("label").to_pylist(), table.column("reason").to_pylist()
        (['advocacy', None], [None, 'missing'])
        """
        options = ScoreOptions(text, doc, index, unit, explain, context, filter, prefix, threads)
        return score(self._engine, data, options, progress)

    def score_batches(self, batches: Any, **options: Any) -> Iterator[Any]:
        """Label the rows of one record batch after another.

        Rows of one article may be spread over batches that follow each other: the last article of a batch is scored
        with the next one.

        Parameters
        ----------
        batches : iterable of pyarrow.RecordBatch
        **options
            Those of `score`, without `progress`.

        Yields
        ------
        pyarrow.RecordBatch
            The rows with the columns that `score` adds.
        """
        return score_batches(self._engine, batches, ScoreOptions(**options))

    def read(
        self,
        source: Path | bytes,
        *,
        name: str = "text",
        explain: Explain = 0,
        context: bool = True,
        filter: bool = True,
        threads: int | None = None,
    ) -> list[Article]:
        """Read and label the articles of a file.

        The content decides what the file is: text, a web page, a table, a feed, mails, a document, a crawl and the
        other forms that the command line reads, compressed or not.

        Parameters
        ----------
        source : str, path or bytes
            A path, or the content of a file.
        name : str
            The name of the content, whose extension helps to tell its form, such as `page.html`.
        explain, context, filter, threads
            As in `score`.

        Returns
        -------
        list of Article
            In the order of the source. All are held in memory.

        Raises
        ------
        OSError, RhetorError
            If the file cannot be read, or holds no text.

        Warns
        -----
        ReadWarning
            For what was changed, skipped or only partly read.
        """
        settings = settings_of(explain, context, filter, threads)
        if isinstance(source, bytes):
            articles, notes = self._engine.read_bytes(source, name, settings)
        else:
            articles, notes = self._engine.read_path(source, settings)
        warn(notes)
        return [Article(article) for article in articles]

    def explain(self, text: str, n: Explain = 5) -> Article:
        """Label a text and say why.

        Parameters
        ----------
        text : str
        n : int or str
            What `score` calls `explain`.

        Returns
        -------
        Article
            Its table has a column `reasons`; a notebook shows its report.

        Examples
        --------
        >>> reasons = load().explain("We must stop this shameful waste now!").table().column("reasons")[0].as_py()
        >>> reasons["phrases"][0]["text"]
        'We must stop this shameful waste'
        >>> terms = sum(term["weight"] for term in reasons["phrases"] + reasons["style"])
        >>> abs(reasons["score"] - terms - reasons["baseline"] - reasons["rest"]) < 1e-6
        True
        """
        if not isinstance(text, str):
            raise RhetorError(f"found a text of type `{type(text).__name__}`, expected a string")
        return Article(self._engine.score_text(text, settings_of(n, True, True, None)))

    def evaluate(
        self,
        data: Any,
        *,
        text: str = "text",
        label: str = "label",
        doc: str | None = None,
        outlet: str | None = None,
        topic: str | None = None,
        group_by: GroupBy = "article",
        seed: int = 0,
        threads: int | None = None,
    ) -> dict[str, Any]:
        """Measure the model on labelled text that it was not trained on.

        Parameters
        ----------
        data, text, label, doc, outlet, topic, threads
            As in `train`.
        group_by : {"article", "outlet", "topic"}
            What intervals resample.
        seed : int
            The seed of the bootstrap.

        Returns
        -------
        dict
            Macro-F1 and accuracy with 95 % intervals, measures by label, the confusion matrix, log loss, calibration
            and accuracy by coverage.

        Raises
        ------
        RhetorError
            If the text has no labels, or a label that the model does not have.
        """
        rows = labelled(data, text, label, doc, outlet, topic)
        measures, notes = self._engine.evaluate(rows, group_by, seed, threads or 0)
        warn(notes)
        evaluation: dict[str, Any] = json.loads(measures)
        return evaluation

    def class_totals(
        self, data: Any, *, text: str = "text", label: str = "label", threads: int | None = None
    ) -> Any:
        """Count the features of the model in labelled paragraphs.

        Naive Bayes tables depend on their corpus only through these totals, and the totals of parts of a corpus add
        up exactly to those of the whole.

        Parameters
        ----------
        data, text, label, threads
            As in `train`.

        Returns
        -------
        pyarrow.Table of shape (n_totals, 4)
            The columns `group`, `feature`, `label` and `total`: in how many paragraphs of the label the feature
            occurs. Totals of 0 have no row.
        """
        import pyarrow as pa

        batch, notes = _engine.class_totals(self._engine, labelled(data, text, label), threads or 0)
        warn(notes)
        return pa.Table.from_batches([batch])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<Model {self.card['name']} {self.card['version']} ({self.id}): {', '.join(self.labels)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        if self == load():
            return load, ()
        return _unpickled, (self._engine.to_bytes(),)


def _unpickled(model: bytes) -> Model:
    return Model(Engine.from_bytes(model))
