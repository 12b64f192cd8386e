"""Each kind of table gives results of its own kind."""

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import ADVOCACY, REPORT

TEXTS = [REPORT, None, ADVOCACY]
LABELS = ["report", None, "advocacy"]


def test_a_pandas_frame_keeps_its_index_columns_and_types(model):
    frame = pd.DataFrame(
        {"body": TEXTS, "day": pd.to_datetime(["2024-01-01"] * 3), "kind": pd.Categorical(["a", "b", "a"])},
        index=pd.Index([10, 20, 20], name="key"),
    )
    frame["object"] = [object(), {"a": 1}, [1]]
    scored = model.score(frame, text="body")
    assert isinstance(scored, pd.DataFrame)
    pd.testing.assert_frame_equal(scored[frame.columns], frame)
    assert scored.loc[10, "label"] == "report"
    assert [value if isinstance(value, str) else None for value in scored["label"]] == LABELS


def test_a_pandas_frame_of_articles_repeats_its_index(model):
    frame = pd.DataFrame({"text": [f"{REPORT}\n\n{ADVOCACY}"], "outlet": ["a"]}, index=["x"])
    scored = model.score(frame, unit="article")
    assert list(scored.index) == ["x", "x"]
    assert list(scored["text"]) == [REPORT, ADVOCACY]
    assert list(scored["outlet"]) == ["a", "a"]


@pytest.mark.parametrize("dtype", ["object", "string", "string[pyarrow]", "category"])
def test_pandas_strings_of_all_types(model, dtype):
    scored = model.score(pd.Series([REPORT, ADVOCACY, REPORT], index=[3, 1, 2], dtype=dtype))
    assert list(scored["label"]) == ["report", "advocacy", "report"]
    assert list(scored.index) == [3, 1, 2]


def test_missing_values_of_pandas_are_missing_texts(model):
    frame = pd.DataFrame({"text": [REPORT, None, float("nan"), pd.NA]}, dtype=object)
    assert list(model.score(frame)["reason"])[1:] == ["missing"] * 3


def test_empty_tables_have_the_columns(model):
    scored = model.score(pd.DataFrame({"text": pd.Series([], dtype=str)}))
    assert len(scored) == 0 and "p_report" in scored.columns
    assert model.score([]).num_rows == 0
    assert model.score(pl.DataFrame({"text": []}, schema={"text": pl.String})).height == 0


def test_a_polars_frame_gives_a_polars_frame(model):
    frame = pl.DataFrame({"text": TEXTS, "n": [1, 2, 3], "list": [[1], [2], []]})
    for data in (frame, frame.lazy()):
        scored = model.score(data)
        assert isinstance(scored, pl.DataFrame)
        assert scored.select(frame.columns).equals(frame)
        assert scored["label"].to_list() == LABELS
    assert model.score(frame["text"])["label"].to_list() == LABELS


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())])
def test_arrow_strings_of_all_types(model, kind):
    column = pa.array(TEXTS).cast(kind)
    table = pa.table({"text": column})
    for data in (table, table.to_batches()[0], column, pa.chunked_array([column])):
        scored = model.score(data)
        assert isinstance(scored, pa.Table)
        assert scored.column("label").to_pylist() == LABELS
        assert scored.column("text").type == kind


def test_metadata_and_types_of_an_arrow_table_stay(model):
    schema = pa.schema(
        [pa.field("text", pa.string(), nullable=False, metadata={"a": "b"}), pa.field("x", pa.list_(pa.int8()))],
        metadata={"c": "d"},
    )
    scored = model.score(pa.table({"text": [REPORT], "x": [[1]]}, schema=schema))
    assert scored.schema.metadata == schema.metadata
    assert [scored.schema.field(name) for name in ("text", "x")] == list(schema)


def test_chunks_are_read_in_order(model):
    column = pa.chunked_array([[REPORT], [], [ADVOCACY, REPORT]])
    assert model.score(pa.table({"text": column})).column("label").to_pylist() == ["report", "advocacy", "report"]


def test_a_duckdb_relation_gives_an_arrow_table(model):
    source = pa.table({"text": TEXTS, "n": [1, 2, 3]})
    scored = model.score(duckdb.sql("SELECT text, n + 1 AS m FROM source ORDER BY m"))
    assert source.num_rows == scored.num_rows
    assert scored.column("label").to_pylist() == LABELS
    assert scored.column("m").to_pylist() == [2, 3, 4]


def test_other_objects_with_the_capsule_interface_are_read(model):
    class Foreign:
        def __arrow_c_stream__(self, requested_schema=None):
            return pa.table({"text": TEXTS}).__arrow_c_stream__(requested_schema)

    assert model.score(Foreign()).column("label").to_pylist() == LABELS


def test_tuples_and_generators_of_strings(model):
    assert model.score(tuple(TEXTS)).column("label").to_pylist() == LABELS
    assert model.score(text for text in TEXTS).column("label").to_pylist() == LABELS
