"""Agreement between coders."""

import json
import subprocess

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.metrics import cohen_kappa_score

import pyrhetor

# The numbers of labels of twelve units in four articles; `-` is no label.
CODED = {"ann": "001212012--0", "bob": "0112120102-0", "cy": "-012220-0211"}
DOCS = [number // 3 for number in range(12)]


def labels_of(coded):
    return [None if label == "-" else f"L{label}" for label in coded]


CODERS = {coder: labels_of(coded) for coder, coded in CODED.items()}
ROWS = [
    {"coder": coder, "unit": unit, "label": label, "doc": DOCS[unit]}
    for coder, labels in CODERS.items()
    for unit, label in enumerate(labels)
]


def test_figures_are_those_of_other_packages():
    # From krippendorff 0.9.0 (`alpha`, nominal; one label against the others for `alpha_per_label`).
    found = pyrhetor.agreement(CODERS, doc=DOCS)
    assert found["alpha"]["value"] == pytest.approx(0.6120401337792643)
    assert found["alpha"]["low"] < found["alpha"]["value"] < found["alpha"]["high"]
    expected = {"L0": 0.5837320574162679, "L1": 0.5396825396825398, "L2": 0.71}
    assert {label: alpha["value"] for label, alpha in found["alpha_per_label"].items()} == pytest.approx(expected)
    assert (found["coders"], found["paragraphs"], found["articles"]) == (["ann", "bob", "cy"], 11, 4)
    for pair in found["pairs"]:
        both = [(a, b) for a, b in zip(*(CODERS[coder] for coder in pair["coders"]), strict=True) if a and b]
        assert pair["kappa"]["value"] == pytest.approx(cohen_kappa_score(*zip(*both, strict=True)))
        assert pair["paragraphs"] == len(both) == np.sum(pair["confusion"]["counts"])


def test_tables_and_sequences_give_the_same():
    expected = pyrhetor.agreement(CODERS, doc=DOCS)
    frame = pd.DataFrame(ROWS)
    for table in (frame, pl.DataFrame(ROWS), pa.Table.from_pylist(ROWS), frame.astype({"unit": "category"})):
        assert pyrhetor.agreement(table, doc="doc") == expected
    wide = pd.DataFrame(CODERS)
    assert pyrhetor.agreement(wide["ann"], wide["bob"], wide["cy"], doc=DOCS) == expected
    numbered = pyrhetor.agreement(*CODERS.values(), doc=np.array(DOCS))
    assert numbered["coders"] == ["1", "2", "3"] and numbered["alpha"] == expected["alpha"]


def test_it_is_what_the_command_line_writes(program, tmp_path):
    path = tmp_path / "rows.jsonl"
    texts = [{**row, "id": row["unit"], "text": f"Text number {row['unit']}."} for row in ROWS]
    path.write_text("".join(json.dumps(row) + "\n" for row in texts), encoding="utf-8")
    command = [program, "agree", "--format", "json", str(path)]
    written = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    found = pyrhetor.agreement(pd.DataFrame(ROWS), doc="doc")
    disagreements = [(of.pop("id"), of["labels"]) for of in written.pop("disagreements")]
    assert [(str(of["unit"]), of["labels"]) for of in found.pop("disagreements")] == disagreements
    assert found == written


def test_disagreements_name_the_units_as_they_are():
    day = pd.Timestamp("2024-01-01").date()
    rows = [(day, "ann", "x"), (day, "bob", "y"), ("a-1", "ann", "x"), ("a1", "bob", "y")]
    frame = pd.DataFrame(rows[:2], columns=["unit", "coder", "label"])
    assert pyrhetor.agreement(frame)["disagreements"] == [
        {"unit": day, "doc": None, "labels": {"ann": "x", "bob": "y"}}
    ]
    rows = [*rows[2:], ("b", "ann", "x"), ("b", "bob", "x")]
    found = pyrhetor.agreement(pd.DataFrame(rows, columns=frame.columns))
    assert (found["disagreements"], found["unmatched"]) == ([], {"ann": 1, "bob": 1})


def test_the_last_label_of_a_coder_counts():
    rows = [("ann", 1, "x"), ("bob", 1, "y"), ("bob", 1, "x")]
    with pytest.warns(pyrhetor.ReadWarning, match="replaced by later ones .*: 1"):
        found = pyrhetor.agreement(pd.DataFrame(rows, columns=["coder", "unit", "label"]))
    assert found["pairs"][0]["agreement"]["value"] == 1 and found["alpha"] is None


def test_labels_can_be_numbers():
    found = pyrhetor.agreement([0, 1, 1, None], [0, 1, 0, 1])
    assert found["labels"] == ["0", "1"] and found["paragraphs"] == 3


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((["x"], ["x", "y"]), "found 1 and 2 values, expected one for each unit"),
        (({"ann": ["x"]},), "found the labels of 1 coder, expected those of two or more"),
        ((["x", None], [None, "x"]), "found no unit that two coders labelled"),
        ((["x", 1], ["x", "y"]), "found values of several types"),
        ((pd.DataFrame({"coder": ["a"], "label": ["x"]}),), "no column `unit`; columns are: coder, label"),
        ((pd.DataFrame({"coder": ["a", None], "unit": [1, 1], "label": ["x", "y"]}),), "column `coder`: found 1 rows"),
    ],
)
def test_errors_say_what_was_found(data, message):
    with pytest.raises(pyrhetor.RhetorError) as raised:
        pyrhetor.agreement(*data)
    assert str(raised.value).startswith(message)
