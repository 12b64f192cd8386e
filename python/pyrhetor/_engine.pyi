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

Labelled = list[str | PathLike[str]] | LabelledColumns

class CodedColumns(TypedDict):
    coder: Any
    unit: Any
    label: Any
    doc: Any

class Settings(TypedDict):
    phrases: int
    features: int
    context: bool
    filter: bool
    threads: int

class Options(TypedDict):
    l2_penalty: float | None
    folds: int | None
    group_by: str
    seed: int
    boilerplate_label: str | None
    name: str
    version: str
    threads: int

class Vocabulary(TypedDict):
    smoothing: float | None
    max_ngram: int
    min_count: int

class Article:
    @property
    def source(self) -> str: ...
    @property
    def metadata(self) -> dict[str, str]: ...
    def table(self) -> list[Any]: ...
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
    ) -> list[Any]: ...
    def score_text(self, text: str, settings: Settings) -> Article: ...
    def read_path(self, path: str | PathLike[str], settings: Settings) -> tuple[list[Article], list[str]]: ...
    def read_bytes(
        self, bytes: bytes, name: str | PathLike[str], settings: Settings
    ) -> tuple[list[Article], list[str]]: ...
    def evaluate(self, data: Labelled, groups: str, seed: int, threads: int) -> tuple[str, list[str]]: ...

def train(data: Labelled, vocabulary: Vocabulary, options: Options) -> tuple[Engine, list[str]]: ...
def adapt(
    base: Engine, data: Labelled, renamed: dict[str, str], force: bool, options: Options
) -> tuple[Engine, list[str]]: ...
def agreement(columns: CodedColumns, seed: int) -> tuple[str, int]: ...
def class_totals(engine: Engine, data: Labelled, threads: int) -> tuple[Any, list[str]]: ...
