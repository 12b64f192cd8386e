"""Labels on a local Spark with two workers."""

import os
import shutil
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ADVOCACY, PROJECT, REPORT, seed_rows

pyspark = pytest.importorskip("pyspark", reason="PySpark is not installed: pip install 'pyrhetor[spark]'")
if shutil.which("java") is None:
    pytest.skip("Java is missing: Spark needs Java 17 or later", allow_module_level=True)

import pyrhetor.spark  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402


@pytest.fixture(scope="module")
def spark():
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").appName("pyrhetor tests")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "50",
        "spark.driver.memory": "1g",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def table(rows):
    return pa.table({name: [row[name] for row in rows[:400]] for name in ("doc", "index", "text")})


@pytest.fixture(scope="module")
def folder(table, tmp_path_factory):
    """The rows in two files; each article is in one of them."""
    folder = tmp_path_factory.mktemp("parquet") / "rows"
    folder.mkdir()
    half = next(at for at in range(200, 400) if table["doc"][at] != table["doc"][at - 1])
    for number, part in enumerate([table.slice(0, half), table.slice(half)]):
        pq.write_table(part, folder / f"{number}.parquet")
    return folder


def rows_of(df):
    return sorted((row.asDict(recursive=True) for row in df.collect()), key=lambda row: (row["doc"], row["index"]))


def test_rows_are_those_of_one_machine(spark, model, table, folder):
    df = spark.read.parquet(str(folder))
    scored = pyrhetor.spark.score(df, doc="doc", index="index")
    assert scored.rdd.getNumPartitions() == df.rdd.getNumPartitions()
    expected = model.score(table, doc="doc", index="index").to_pylist()
    assert rows_of(scored) == sorted(expected, key=lambda row: (row["doc"], row["index"]))
    assert [field.name for field in scored.schema][:3] == ["doc", "index", "text"]


def test_the_order_of_rows_stays(spark, model, folder):
    df = spark.read.parquet(str(folder)).coalesce(1)
    before = [row.text for row in df.collect()]
    assert [row.text for row in pyrhetor.spark.score(df).collect()] == before


def test_rows_without_a_text_are_flagged(spark, model):
    df = spark.createDataFrame([(1, REPORT), (2, None)], "id int, text string")
    rows = {row.id: row for row in pyrhetor.spark.score(df, explain=2).collect()}
    assert (rows[1].label, rows[2].label, rows[2].reason) == ("report", None, "missing")
    assert rows[2].reasons is None
    expected = model.score([REPORT], explain=2).column("reasons")[0].as_py()
    assert rows[1].reasons.asDict(recursive=True) == expected and expected["phrases"]


def test_columns_of_all_types_pass_through(spark):
    df = spark.sql(
        "SELECT 'Share on Facebook' AS text, timestamp '2024-01-01 12:00:00' AS at, date '2024-01-01' AS day, "
        "1.5BD AS price, array('a', 'b') AS tags, named_struct('x', 1) AS nested"
    )
    scored = pyrhetor.spark.score(df)
    assert scored.schema.fields[: len(df.columns)] == df.schema.fields
    assert scored.select(df.columns).collect() == df.collect()
    assert scored.first().reason == "share"


def test_errors_come_before_the_job(spark):
    df = spark.createDataFrame([(1,)], "n int")
    for options, message in [({"text": "n"}, "column `n`: found int, expected strings"), ({}, "no column `text`")]:
        with pytest.raises(pyrhetor.RhetorError, match=message):
            pyrhetor.spark.score(df, **options)
    with pytest.raises(pyrhetor.RhetorError, match="explain: found 'x'"):
        pyrhetor.spark.articles(spark.createDataFrame([("a",)], "text string"), explain="x")


def test_articles_become_paragraphs(spark, model):
    df = spark.createDataFrame([("a", f"{REPORT}\n\n{ADVOCACY}"), ("b", None)], "id string, body string")
    scored = pyrhetor.spark.articles(df, text="body")
    expected = model.score(pa.table({"id": ["a", "b"], "body": [f"{REPORT}\n\n{ADVOCACY}", None]}), text="body", unit="article")
    rows = sorted((row.asDict() for row in scored.collect()), key=lambda row: (row["id"], row["paragraph"] or 0))
    assert rows == expected.to_pylist()
    assert scored.columns == expected.column_names


def test_a_model_of_ones_own_is_sent_to_the_workers(spark, folder, tmp_path):
    own = pyrhetor.train(PROJECT / "seeds" / "contrasts", folds="none", smoothing=1.0, l2_penalty=None)
    own.save(tmp_path / "m.safetensors")
    df = spark.read.parquet(str(folder)).limit(5)
    for reference in (own, str(tmp_path / "m.safetensors")):
        assert {row.model for row in pyrhetor.spark.score(df, model=reference).collect()} == {own.id}


def test_totals_of_partitions_add_up_to_those_of_one_machine(spark):
    rows = seed_rows("contrasts")
    table = pa.table({name: [row[name] for row in rows] for name in ("text", "label")})
    own = pyrhetor.train(table, folds="none", smoothing=1.0, l2_penalty=None)
    df = spark.createDataFrame([(row["text"], row["label"]) for row in rows], "text string, label string")
    counted = pyrhetor.spark.class_totals(df.repartition(3), model=own).toArrow()
    order = [(name, "ascending") for name in ("group", "feature", "label")]
    expected = own.class_totals(table)
    assert counted.sort_by(order).to_pylist() == expected.sort_by(order).to_pylist() and len(expected) > 1000
    # The tables of the model are those of naive Bayes on these totals.
    assert len({(row["group"], row["feature"]) for row in expected.to_pylist()}) == sum(
        group["features"] for group in own.card["groups"]
    )


def test_the_job_goes_from_parquet_to_parquet(model, table, folder, tmp_path):
    command = [sys.executable, PROJECT / "python" / "examples" / "spark_job.py", folder, tmp_path / "out"]
    environment = {**os.environ, "PYSPARK_SUBMIT_ARGS": "--master local[2] --conf spark.ui.enabled=false pyspark-shell"}
    environment["PYSPARK_PYTHON"] = sys.executable
    subprocess.run([*command, "--doc", "doc", "--index", "index"], env=environment, check=True, capture_output=True)
    order = [("doc", "ascending"), ("index", "ascending")]
    written = pq.read_table(tmp_path / "out").sort_by(order)
    assert written.to_pylist() == model.score(table, doc="doc", index="index").sort_by(order).to_pylist()
