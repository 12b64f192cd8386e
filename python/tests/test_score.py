"""Results of `Model.score`, apart from the kind of the table."""

import multiprocessing

import pyarrow as pa
import pytest
from conftest import ADVOCACY, REPORT, SHARE

import pyrhetor

RESULTS = [
    "paragraph", "start", "end", "span_of", "label", "p_report", "p_advocacy", "p_analysis", "unsure", "dropped",
    "reason", "out_of_domain", "model",
]  # fmt: skip


def test_texts_have_labels_probabilities_and_reasons(model):
    table = model.score([REPORT, SHARE, None, ""])
    assert table.column_names == ["text", *RESULTS]
    assert table.column("label").to_pylist() == ["report", "other", None, "other"]
    assert table.column("reason").to_pylist() == [None, "share", "missing", "fragment"]
    assert table.column("dropped").to_pylist() == [False, True, True, True]
    assert table.column("start").to_pylist() == [0, 0, None, 0]
    assert table.column("end").to_pylist() == [len(REPORT), len(SHARE), None, 0]
    assert set(table.column("model").to_pylist()) == {model.id}
    first = table.to_pylist()[0]
    assert abs(first["p_report"] + first["p_advocacy"] + first["p_analysis"] - 1) < 1e-8


def test_a_string_is_an_article(model):
    table = model.score(f"{REPORT}\n\n{SHARE}\n\n{ADVOCACY}")
    assert table.column("label").to_pylist() == ["report", "other", "advocacy"]
    assert table.column("paragraph").to_pylist() == [0, 1, 2]
    assert table.column("text").to_pylist() == [REPORT, SHARE, ADVOCACY]


def test_offsets_count_characters(model):
    text = f"Zoë’s “café”: {REPORT}\n\n🙂 {ADVOCACY}"
    for row in model.score(text).to_pylist():
        assert text[row["start"] : row["end"]] == row["text"]


def test_articles_become_paragraphs_with_the_columns_of_their_rows(model):
    data = pa.table({"url": ["a", "b", "c"], "body": [f"{REPORT}\n\n{ADVOCACY}", None, f"<p>{REPORT}</p><p>{SHARE}</p>"]})
    table = model.score(data, text="body", unit="article")
    assert table.column("url").to_pylist() == ["a", "a", "b", "c", "c"]
    assert table.column("body").to_pylist() == [REPORT, ADVOCACY, None, REPORT, SHARE]
    assert table.column("label").to_pylist() == ["report", "advocacy", None, "report", "other"]
    assert table.column("span_of").to_pylist() == ["field", "field", None, "extracted", "extracted"]


def test_neighbours_count_only_within_an_article(model, rows):
    texts, docs = [row["text"] for row in rows[:300]], [row["doc"] for row in rows[:300]]
    data = pa.table({"text": texts, "doc": docs, "n": [row["index"] for row in rows[:300]]})
    alone = model.score(data).column("p_report").to_pylist()
    together = model.score(data, doc="doc", index="n").column("p_report").to_pylist()
    assert alone != together
    # Which blocks are dropped depends on the article even without context.
    apart = model.score(data, doc="doc", context=False).column("p_report").to_pylist()
    assert all(p == q for p, q in zip(alone, apart, strict=True) if p is not None and q is not None)


def test_a_paragraph_longer_than_64_kb_has_several_rows_and_keeps_its_columns(model):
    table = model.score(pa.table({"text": [SHARE, REPORT * 1000, SHARE], "id": [1, 2, 3]}))
    assert table.column("id").to_pylist() == [1, 2, 2, 3]


def test_reasons_add_up(model, rows):
    part = rows[:300]
    table = pa.table({name: [row[name] for row in part] for name in ("text", "doc", "index")})
    scored = model.score(table, doc="doc", index="index", explain=3).to_pylist()
    assert [row["reasons"] is None for row in scored] == [row["dropped"] for row in scored]
    explained = [row for row in scored if row["reasons"]]
    for row in explained:
        reasons = row["reasons"]
        neighbours = [reasons["neighbours"]] if reasons["neighbours"] else []
        terms = [*reasons["phrases"], *reasons["style"], *neighbours]
        total = sum(term["weight"] for term in terms) + reasons["baseline"] + reasons["rest"]
        assert abs(total - reasons["score"]) < 1e-6
        for phrase in reasons["phrases"]:
            assert row["text"][phrase["start"] : phrase["end"]] == phrase["text"]
    assert len(explained) > 100 and any(row["reasons"]["neighbours"] for row in explained)


def test_evidence_adds_up(model):
    table = model.score([REPORT, SHARE, None], explain="features=4")
    evidence = table.column("evidence").to_pylist()
    assert evidence[1:] == [None, None]
    total = sum(feature["weight"] for feature in evidence[0]["features"])
    total += evidence[0]["baseline"] + evidence[0]["neighbours"] + evidence[0]["rest"]
    assert abs(total - evidence[0]["score"]) < 1e-6
    assert {"group", "feature", "weight"} == evidence[0]["features"][0].keys()
    assert sum(feature["weight"] > 0 for feature in evidence[0]["features"]) == 4
    assert model.score([REPORT], explain="features") == model.score([REPORT], explain="features=5")
    assert "reasons" not in table.column_names


def test_long_tables_keep_their_order(model):
    # Results come in batches of 65,536 rows.
    table = model.score(pa.table({"text": [REPORT, SHARE, None] * 30_000, "n": range(90_000)}))
    assert table.column("n").to_pylist() == list(range(90_000))
    assert table.column("reason").to_pylist() == [None, "share", "missing"] * 30_000


def test_results_do_not_depend_on_the_number_of_threads(model, rows):
    texts = [row["text"] for row in rows[:500]]
    assert model.score(texts, threads=1) == model.score(texts, threads=3)


def test_progress_is_reported(model, rows):
    calls = []
    model.score([row["text"] for row in rows[:500]] * 20, progress=lambda done, total: calls.append((done, total)))
    assert calls == sorted(calls)
    assert calls[-1] == (10000, 10000) and len(calls) > 2


def test_an_exception_in_the_progress_function_ends_the_work(model):
    def fail(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.score([REPORT] * 100, progress=fail)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ({"words": ["a"]}, {}, "no column `text`; columns are: words"),
        ({"text": [1]}, {}, "column `text`: found Int64, expected strings"),
        ({"text": ["a"]}, {"doc": "page"}, "no column `page`; columns are: text"),
        ({"text": ["a"], "n": ["x y"]}, {"index": "m"}, "no column `m`; columns are: text, n"),
        ({"text": ["a"]}, {"unit": "page"}, "unit: found `page`"),
        ({"text": ["a"]}, {"explain": -1}, "explain: found -1, expected a number, `features`"),
        ({"text": ["a"]}, {"explain": "features="}, "explain: found 'features=', expected"),
        ({"text": ["a"]}, {"explain": "words"}, "explain: found 'words', expected a number"),
        ({"text": ["a"], "label": ["x"]}, {}, "the table already has the columns `label`"),
        ({"text": ["a"], "doc": ["x"]}, {"unit": "article", "doc": "doc"}, "found `doc` or `index` with articles"),
    ],
)
def test_errors_say_what_was_found_and_have_no_flags(model, data, options, message):
    with pytest.raises(pyrhetor.RhetorError) as raised:
        model.score(pa.table(data), **options)
    assert str(raised.value).startswith(message)
    assert "--" not in str(raised.value)


@pytest.mark.parametrize("data", [7, [1, 2], b"bytes", {"text": ["a"]}])
def test_data_of_other_types_are_errors(model, data):
    with pytest.raises(pyrhetor.RhetorError):
        model.score(data)


def test_a_prefix_avoids_a_clash_of_names(model):
    table = model.score(pa.table({"text": [REPORT], "label": ["x"]}), prefix="r_")
    assert table.column_names == ["text", "label", *(f"r_{name}" for name in RESULTS)]


def test_articles_spread_over_batches_are_scored_as_in_one_table(model, rows):
    part = rows[:200]
    table = pa.table({name: [row[name] for row in part] for name in ("text", "doc", "index")})
    whole = model.score(table, doc="doc", index="index")
    for size in (1, 7, 200):
        reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=size))
        scored = model.score(reader, doc="doc", index="index")
        assert isinstance(scored, pa.RecordBatchReader)
        assert scored.read_all().combine_chunks() == whole.combine_chunks()


def _label_of(text):
    return pyrhetor.load().score([text]).column("label")[0].as_py()


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_can_score(model):
    model.score([REPORT] * 100)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(_label_of, [REPORT, ADVOCACY]).get(timeout=60) == ["report", "advocacy"]
