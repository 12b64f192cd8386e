"""Models adapted to a few rows."""

import random
import subprocess

import pandas as pd
import pytest
from conftest import ADVOCACY, REPORT

import pyrhetor

TEXTS = [
    "The council voted 31 to 12 on Tuesday to build the tram line, officials said in room",
    "We must not let this grumblework stand: it is a shameful waste, and it is time to act on number",
    "Because fares cover only part of the cost, the line may need a larger subsidy, which would explain point",
]
LABELS = ["report", "advocacy", "analysis"]
START = ["The council voted for the", "We must stop the", "This may explain why the"]
WORDS = """river window garden table paper music winter bridge letter market doctor summer kitchen island forest
driver silver morning dinner church captain corner engine farmer finger hammer hospital machine number orange picture
planet pocket station street teacher tower village weather yellow""".split()


def rows(n, labels):
    """One article of three paragraphs for each of `n` numbers."""
    texts = [f"{text} {number}." for number in range(n) for text in TEXTS]
    docs = [str(number) for number in range(n) for _ in TEXTS]
    return pd.DataFrame({"text": texts, "label": labels * n, "doc": docs, "index": [0, 1, 2] * n})


@pytest.fixture(scope="module")
def turned():
    """Labels turned round, so that the rows show that the base can be improved on."""
    return rows(60, ["analysis", "report", "advocacy"])


@pytest.fixture(scope="module")
def adapted(turned):
    return pyrhetor.train(turned, doc="doc", base="default", name="mine")


def test_the_card_compares_the_adapted_model_with_its_base(adapted, model):
    base = adapted.card["base"]
    assert (adapted.card["name"], base["id"], base["n_paragraphs"]) == ("mine", model.id, 180)
    macro_f1 = base["held_out"]["macro_f1"]
    assert base["held_out"]["n_groups"] == 60
    assert 0 < macro_f1["difference"]["low"] <= macro_f1["second"] - macro_f1["first"]
    assert adapted.labels == model.labels and adapted != model


def test_a_base_is_a_model_a_path_or_the_default(adapted, turned, model, tmp_path):
    model.save(tmp_path / "base.safetensors")
    for base in (model, tmp_path / "base.safetensors"):
        assert pyrhetor.train(turned, doc="doc", base=base, name="mine") == adapted


def test_the_model_is_that_of_the_command_line(program, tmp_path):
    path = tmp_path / "rows.jsonl"
    rows(40, ["news", "opinion", "opinion"]).to_json(path, orient="records", lines=True)
    names = {"advocacy": "opinion", "analysis": "opinion", "Report": "news"}
    command = [program, "train", "--base", "default", path, "-o", tmp_path / "m.safetensors"]
    command += [f"--map={old}={new}" for old, new in names.items()]
    subprocess.run(command, check=True, capture_output=True)
    own = pyrhetor.train(path, base="default", map=names)
    assert own == pyrhetor.load(tmp_path / "m.safetensors")
    assert own.labels == ["news", "opinion"]
    assert own.score([REPORT, ADVOCACY]).column("label").to_pylist() == ["news", "opinion"]


def test_a_model_that_is_worse_than_its_base_is_an_error_unless_it_is_forced():
    # A third of the labels are wrong, and with almost no penalty the tables learn by heart which words go with them.
    draw = random.Random(1)
    noisy = rows(40, LABELS)
    noisy["text"] = [f"{START[i % 3]} {' '.join(draw.choices(WORDS, k=8))}." for i in range(120)]
    noisy["label"] = [LABELS[i % 3 if draw.random() < 2 / 3 else (i + 1) % 3] for i in range(120)]
    options = {"doc": "doc", "base": "default", "l2_penalty": 0.0001}
    with pytest.raises(pyrhetor.RhetorError, match="worse than its base on 120 held-out rows: macro-F1 0") as raised:
        pyrhetor.train(noisy, **options)
    assert "force=True" in str(raised.value) and "--" not in str(raised.value)
    forced = pyrhetor.train(noisy, force=True, **options)
    assert forced.card["base"]["held_out"]["log_loss"]["difference"]["low"] > 0


def test_few_rows_leave_the_weights_of_the_base(model):
    frame = pd.concat([rows(2, LABELS), pd.DataFrame({"text": ["Share"], "label": ["other"]})])
    with pytest.warns(pyrhetor.ReadWarning) as warned:
        own = pyrhetor.train(frame, base="default")
    assert [str(warning.message).split(":")[0] for warning in warned] == [
        "skipped 1 rows of boilerplate",
        "6 labelled rows are too few to measure an adaptation",
    ]
    assert own.card["base"]["held_out"] is None
    probabilities = [m.score([REPORT, ADVOCACY]).select(["p_report", "p_advocacy"]) for m in (own, model)]
    assert probabilities[0] == probabilities[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"map": {"advocacy": "opinion"}}, "found `map` or `force` without a base"),
        ({"force": True}, "found `map` or `force` without a base"),
        ({"base": "default", "min_count": 5}, "found `smoothing`, `max_ngram` or `min_count` with a base"),
        ({"base": "default", "l2_penalty": None}, "l2_penalty: found None with a base"),
        ({"base": "default", "folds": "none"}, "folds: found none"),
        ({"base": "default", "map": {"report": "a", "Report": "b"}}, "map: found a label twice"),
        ({"base": "default", "map": {"news": "report"}}, "found `news` among the labels to rename"),
        ({"base": "default", "label": "doc"}, "found `0` (3 rows)"),
    ],
)
def test_bad_options_are_errors(options, message):
    with pytest.raises(pyrhetor.RhetorError) as raised:
        pyrhetor.train(rows(2, LABELS), **options)
    assert str(raised.value).startswith(message) and "--" not in str(raised.value)


def test_a_missing_base_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        pyrhetor.train(rows(2, LABELS), base=tmp_path / "none.safetensors")
