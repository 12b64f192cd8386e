"""How far scoring has got."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Progress = bool | Callable[[int, int], object]


class Reporter:
    """Calls the function of the caller, or moves a progress bar."""

    def __init__(self, progress: Progress, n_rows: int) -> None:
        self.bar: Any = None
        self.report: Callable[[int], object] | None = None
        if callable(progress):
            self.report = lambda n_done: progress(n_done, n_rows)
        elif progress:
            self._show_bar(n_rows)

    def _show_bar(self, n_rows: int) -> None:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return
        bar = self.bar = tqdm(total=n_rows, unit=" rows", unit_scale=True)
        self.report = lambda n_done: bar.update(n_done - bar.n)

    def __enter__(self) -> Callable[[int], object] | None:
        return self.report

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()
