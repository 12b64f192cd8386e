"""A scored article."""

from __future__ import annotations

import html
from typing import Any

from . import _engine


class Article:
    """A scored article, which a notebook shows as a report.

    `Model.read` and `Model.explain` make articles.
    """

    def __init__(self, article: _engine.Article) -> None:
        self._article = article

    @property
    def source(self) -> str:
        """The path or name that it was read from; `text` for a string."""
        return self._article.source

    @property
    def metadata(self) -> dict[str, str]:
        """What is known about it: title, author, date, outlet and the like."""
        return self._article.metadata

    def table(self) -> Any:
        """Return the paragraphs.

        Returns
        -------
        pyarrow.Table of shape (n_paragraphs, n_columns)
            The result columns of `Model.score` and the `text` of each paragraph.
        """
        import pyarrow as pa

        return pa.Table.from_batches(self._article.table())

    def html(self) -> str:
        """Return a self-contained page with the paragraphs, their labels and, if they were asked for, the reasons.

        Returns
        -------
        str
            A complete HTML document.
        """
        return self._article.html()

    def __len__(self) -> int:
        """Return the number of paragraphs, dropped ones included."""
        return len(self._article)

    def __repr__(self) -> str:
        return f"<Article {self.source!r}: {len(self)} paragraphs>"

    def _repr_html_(self) -> str:
        # The styles of the page must not touch the notebook around it.
        page = html.escape(self.html(), quote=True)
        style = "width: 100%; height: 36em; border: 1px solid #ccc"
        return f'<iframe sandbox srcdoc="{page}" style="{style}" title="Report of an article"></iframe>'
