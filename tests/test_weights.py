"""The second look: what it takes and leaves, and the weights that it goes by."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from extract.page import read_page
from extract.reading import read
from extract.scoring import facts
from ontology import weights
from ontology.weights import START, Scales
from tests import floors
from tests.learn_weights import AXES, LEAST_PAGES, Sample, fit, samples

PAGE = """CPT 32998

Description

CPT 32998 describes the ablation of a tumor of the lung by radiofrequency.
The patient lies on the table. An electrode is set in the growth through the skin.
Current flows for twelve minutes. The lung is looked at once more.
The bed is ready by noon. A cyst is bright on the screen.
Microwaves are not used.
"""


def reading(scales: Scales) -> tuple[dict[str, frozenset[str]], set[tuple[str, str, str]]]:
    found = read(read_page(PAGE.encode(), "32998_x.txt"), scales)
    return facts(found.assertions), {(one.predicate, one.value, one.reason) for one in found.rejections}


def test_without_weights_the_rules_decide() -> None:
    found, _ = reading(Scales({}))
    assert found["target"] == {"tumor"}
    assert found["energy"] == {"radiofrequency"}


def test_takes_what_the_rules_passed_over() -> None:
    found, _ = reading(Scales({"target": {START: 3.0}}))
    assert found["target"] == {"tumor", "cyst"}


def test_leaves_what_the_rules_hold() -> None:
    found, rejected = reading(Scales({"energySource": {START: -3.0}}))
    assert found["energy"] == frozenset()
    assert ("energySource", "energy/radiofrequency", "outweighed") in rejected


def test_never_takes_what_is_denied() -> None:
    found, _ = reading(Scales({"energySource": {START: 9.0}}))
    assert found["energy"] == {"radiofrequency"}


def test_leaves_a_page_of_few_sentences_to_the_rules() -> None:
    short = "\n".join(PAGE.splitlines()[:5])
    found = read(read_page(short.encode(), "32998_x.txt"), Scales({"energySource": {START: -3.0}}))
    assert facts(found.assertions)["energy"] == {"radiofrequency"}


def test_a_trait_counts_once() -> None:
    scales = Scales({"target": {START: -1.0, "tied": 1.0, "far": -2.0}})
    assert scales.chance("target", "target/cyst", {"tied"}) == pytest.approx(0.5)
    assert scales.chance("organ", "organ/lung", {"tied"}) is None


def test_the_shipped_weights_are_written_as_they_are_read(tmp_path: Path) -> None:
    rows = [line.split("\t") for line in weights.FILE.read_text("utf-8").splitlines()[1:]]
    table: dict[str, dict[str, float]] = {}
    for predicate, trait, weight in rows:
        table.setdefault(predicate, {})[trait] = float(weight)
    weights.save(table, tmp_path / "again.tsv")
    assert (tmp_path / "again.tsv").read_bytes() == weights.FILE.read_bytes()
    assert table.keys() == AXES.keys()


def test_no_weight_is_for_a_code_or_a_site() -> None:
    text = weights.FILE.read_text("utf-8")
    sites = {entry["file"].split("_")[1] for entry in floors.entries()}
    assert not re.findall(r"\b\d{4}[\dTt]\b", text)
    assert not {line.split("\t")[1].rpartition(" ")[2] for line in text.splitlines()[1:]} & sites


def test_a_bad_line_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = tmp_path / "weights.tsv"
    bad.write_text("property\ttrait\tweight\ntarget\ttied\tmuch\n", "utf-8")
    monkeypatch.setattr(weights, "FILE", bad)
    with pytest.raises(ValueError, match=r"weights\.tsv, line 2"):
        weights.load.__wrapped__()


def test_learns_the_traits_that_tell() -> None:
    right = [Sample(f"r{n}", frozenset({"both", "good", f"own {n}"}), True) for n in range(40)]
    wrong = [Sample(f"w{n}", frozenset({"both", "bad"}), False) for n in range(40)]
    learned = fit(right + wrong)
    assert learned.get("good", 0.0) > 0 > learned.get("bad", 0.0)
    assert not any(trait.startswith("own") for trait in learned)
    assert LEAST_PAGES > 1


def test_samples_of_gold_pages_have_traits() -> None:
    found = samples("target", {}, floors.entries()[:20])
    assert {sample.right for sample in found} == {True, False}
    assert all(sample.traits for sample in found)
