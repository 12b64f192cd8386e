"""Files, evidence, reports, model cards and errors."""

import copy
import pickle

import pytest
from conftest import ADVOCACY, PROJECT, REPORT

import pyrhetor


def test_a_page_in_memory_is_read(model):
    page = f"<title>Tram line</title><article><p>{REPORT}</p><p>{ADVOCACY}</p></article>".encode()
    [article] = model.read(page, name="a.html")
    assert article.table().column("label").to_pylist() == ["report", "advocacy"]
    assert article.metadata["title"] == "Tram line"
    assert (article.source, len(article)) == ("a.html", 2)


def test_rows_of_a_table_are_articles(model, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(f"id,text\n1,\"{REPORT}\"\n2,\"{ADVOCACY}\"\n", encoding="utf-8")
    labels = [article.table().column("label").to_pylist() for article in model.read(path)]
    assert labels == [["report"], ["advocacy"]]


def test_bad_rows_are_warnings_with_their_lines(model, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "One sentence."}\n{"text": \n', encoding="utf-8")
    with pytest.warns(pyrhetor.ReadWarning, match=r"rows\.jsonl:2: "):
        assert len(model.read(path)) == 1


def test_missing_and_unreadable_files_are_exceptions_without_flags(model, tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.txt: cannot read"):
        model.read(tmp_path / "nowhere.txt")
    with pytest.raises(FileNotFoundError):
        pyrhetor.load(tmp_path / "none.safetensors")
    (tmp_path / "bad.safetensors").write_bytes(b"not a model")
    with pytest.raises(pyrhetor.RhetorError, match="not a complete rhetor model") as raised:
        pyrhetor.load(tmp_path / "bad.safetensors")
    assert isinstance(raised.value, ValueError) and "--" not in str(raised.value)


def test_a_notebook_shows_a_report_with_reasons(model):
    article = model.explain(f"{REPORT}\n\nNow & <more>: {ADVOCACY}")
    phrase = article.table().column("reasons")[1].as_py()["phrases"][0]
    assert f">{phrase['text']}</mark>" in article.html()
    assert "before any word is read" in article.html()
    assert article.html().startswith("<!DOCTYPE html>")
    shown = article._repr_html_()
    assert shown.startswith("<iframe") and "&lt;!DOCTYPE html&gt;" in shown and "<html" not in shown


def test_a_card_says_what_the_model_was_trained_on(model):
    card = model.card
    assert (card["name"], card["id"], card["labels"]) == ("default", model.id, model.labels)
    assert card["label_counts"]["report"] > 0 and 0 < card["unsure_below"] < 1
    assert model.strongest("advocacy", 3).keys() >= {"words"}


def test_models_are_saved_copied_and_pickled(model, tmp_path):
    model.save(tmp_path / "m.safetensors")
    loaded = pyrhetor.load(tmp_path / "m.safetensors")
    for other in (loaded, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other == model and other.score([REPORT]) == model.score([REPORT])
    assert len(pickle.dumps(model)) < 1000


def test_folders_of_labelled_articles_are_measured(model):
    measures = model.evaluate(PROJECT / "seeds" / "articles")
    assert measures["macro_f1"]["value"] > 0.8
    assert measures["labels"] == model.labels
