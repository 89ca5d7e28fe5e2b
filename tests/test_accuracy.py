"""The accuracy benchmark: its baselines, and its tables. medspaCy itself is not run here."""

from __future__ import annotations

import doctest
import sys
from pathlib import Path

import pytest

from benchmarks import accuracy
from extract.gold import Entry
from extract.page import read_page
from extract.reading import read
from flows.evaluating.evaluate import Judged
from tests.test_scoring import entry

TEXT = b"""Code 50593
Percutaneous cryoablation of a renal tumor, guided by CT. It is less invasive than open surgery. Call us.
"""


def judged(gold: Entry) -> Judged:
    return Judged(gold, read(read_page(TEXT, "50593-notes.txt")))


def test_the_keyword_matcher_believes_every_label() -> None:
    [values] = accuracy.keyword_matcher([judged(entry())])
    assert set(values) == set(accuracy.AXES.values())
    assert values["is-ablation"] == {"true"}
    assert values["approach"] == {"percutaneous", "open"}
    assert "ultrasound" not in values["guidance-modality"], "us is no US"


def test_this_project_does_not() -> None:
    [values] = accuracy.this_project([judged(entry())])
    assert values["approach"] == {"percutaneous"}


def test_a_page_in_quarantine_says_nothing_to_anybody() -> None:
    lost = Judged(entry(), None, "empty", "")
    nothing: accuracy.Values = dict.fromkeys(accuracy.AXES.values(), frozenset())
    assert accuracy.this_project([lost]) == accuracy.keyword_matcher([lost]) == [nothing]


def test_labels_go_to_medspacy_with_their_plurals_and_concepts() -> None:
    found = {one["label"]: one["category"].split() for one in accuracy.labels()}
    assert found["kidney"] == found["kidneys"] == ["organ/kidney"]
    assert {path.partition("/")[0] for paths in found.values() for path in paths} <= set(accuracy.AXES)


def test_the_examples_run() -> None:
    assert doctest.testmod(accuracy).failed == 0


def test_an_environment_without_medspacy_ends_with_a_message(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="medspaCy did not run with"):
        accuracy.medspacy(tmp_path / "python")([judged(entry())])


def test_the_tables_name_every_reader(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pages = (judged(entry(is_ablation=True, approach=["percutaneous"])),)
    monkeypatch.setattr(accuracy, "corpora", lambda _: iter([("invented", pages)]))
    monkeypatch.setattr(sys, "argv", ["accuracy.py"])
    accuracy.main()
    out, err = capsys.readouterr()
    assert err == "no --medspacy-python: medspaCy is left out\n"
    assert "| invented (1) | this project | " in out
    assert "| invented | approach | 1.000 / 1.000 | 0.500 / 1.000 |" in out
