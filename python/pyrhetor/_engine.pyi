from os import PathLike
from typing import Any, Callable, TypedDict

__version__: str

class RhetorError(ValueError): ...

class Columns(TypedDict):
    text: Any
    doc: Any
    index: Any

class LabelledColumns(TypedDict):
    text: Any
    label: Any
    doc: Any
    outlet: Any
    topic: Any

class Settings(TypedDict):
    explain: int
    context: bool
    filter: bool
    threads: int

class Options(TypedDict):
    smoothing: float | None
    max_ngram: int
    min_count: int
    l2_penalty: float | None
    folds: int | None
    group_by: str
    seed: int
    boilerplate_label: str | None
    name: str
    version: str
    threads: int

class Article:
    @property
    def source(self) -> str: ...
    @property
    def metadata(self) -> dict[str, str]: ...
    def table(self) -> Any: ...
    def html(self) -> str: ...
    def __len__(self) -> int: ...

class Engine:
    @staticmethod
    def embedded() -> Engine: ...
    @staticmethod
    def load(path: str | PathLike[str]) -> Engine: ...
    @staticmethod
    def from_bytes(bytes: bytes) -> Engine: ...
    def to_bytes(self) -> bytes: ...
    def save(self, path: str | PathLike[str]) -> None: ...
    @property
    def id(self) -> str: ...
    @property
    def labels(self) -> list[str]: ...
    def card(self) -> str: ...
    def strongest(self, label: int, n: int) -> list[tuple[str, list[tuple[str, float]]]]: ...
    def score(
        self, columns: Columns, is_article: bool, settings: Settings, progress: Callable[[int], object] | None
    ) -> Any: ...
    def score_text(self, text: str, settings: Settings) -> Article: ...
    def read_path(self, path: str | PathLike[str], settings: Settings) -> tuple[list[Article], list[str]]: ...
    def read_bytes(
        self, bytes: bytes, name: str | PathLike[str], settings: Settings
    ) -> tuple[list[Article], list[str]]: ...
    def evaluate_columns(
        self, columns: LabelledColumns, groups: str, seed: int, threads: int
    ) -> tuple[str, list[str]]: ...
    def evaluate_paths(
        self, paths: list[str | PathLike[str]], groups: str, seed: int, threads: int
    ) -> tuple[str, list[str]]: ...

def train_columns(columns: LabelledColumns, options: Options) -> tuple[Engine, list[str]]: ...
def train_paths(paths: list[str | PathLike[str]], options: Options) -> tuple[Engine, list[str]]: ...
def class_totals(engine: Engine, columns: LabelledColumns, threads: int) -> tuple[Any, list[str]]: ...
