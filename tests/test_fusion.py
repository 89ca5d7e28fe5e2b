"""Several pages of one code become one procedure: a folder of cases, and properties that hold for any pages."""

from __future__ import annotations

import json
from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.fusion import SINGLE, by_code, fuse
from extract.gold import AXES
from extract.model import PageError, Procedure, Reading
from extract.page import read_page
from extract.reading import read
from extract.scoring import facts
from ontology.lexicon import load

CASES = Path(__file__).parent / "cases" / "fusion"
FOLDERS = sorted(path.parent for path in CASES.glob("*/facts.json"))
KEYS = {"why", "code", "exactly", "disagreements", "pages", "rejected"}


def case_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "facts.json").read_text("utf-8"))
    return found


def readings_of(folder: Path) -> list[Reading]:
    code = case_of(folder)["code"]
    files = sorted(folder.glob("*.txt"))
    return [read(read_page(file.read_bytes(), f"{code}_{file.name}")) for file in files]


def summary(procedure: Procedure) -> list[object]:
    """All that a procedure says, for comparison; pages by key and in order."""
    told: list[object] = [*procedure.assertions, *procedure.rejections, *procedure.disagreements]
    return [procedure.code, *procedure.pages, *told]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_case_is_well_formed(folder: Path) -> None:
    case = case_of(folder)
    assert case["why"].endswith(".")
    assert case.keys() <= KEYS
    assert set(AXES) >= case["exactly"].keys()
    readings = readings_of(folder)
    assert len(readings) > 1
    assert {reading.page.code for reading in readings} == {case["code"]}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_case(folder: Path) -> None:
    case = case_of(folder)
    procedure = fuse(readings_of(folder))
    found = facts(procedure.assertions)
    assert {axis: sorted(found[axis]) for axis in case["exactly"]} == {
        axis: sorted(values) for axis, values in case["exactly"].items()
    }, case["why"]
    told = [(one.node, one.predicate, one.kept, one.withheld) for one in procedure.disagreements]
    assert told == [
        (tuple(one.get("node", ())), one["predicate"], one["kept"], one["withheld"]) for one in case["disagreements"]
    ], case["why"]
    for value, count in case.get("pages", {}).items():
        (fact,) = (one for one in procedure.assertions if one.value == value)
        assert len({evidence.sha256 for evidence in fact.evidence}) == count, f"{value}: {case['why']}"
    assert {one.value for one in procedure.rejections} >= set(case.get("rejected", ())), case["why"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_order_of_pages_does_not_matter(folder: Path) -> None:
    readings = readings_of(folder)
    first = summary(fuse(readings))
    for order in permutations(readings):
        assert summary(fuse(order)) == first


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_page_given_twice_says_no_more_than_once(folder: Path) -> None:
    readings = readings_of(folder)
    assert summary(fuse([*readings, readings[0]])) == summary(fuse(readings))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_both_sides_of_a_disagreement_show_their_evidence(folder: Path) -> None:
    procedure = fuse(readings_of(folder))
    facts_of = {(one.node, one.predicate, one.value): one.evidence for one in procedure.assertions}
    for one in procedure.disagreements:
        assert facts_of[one.node, one.predicate, one.kept] == one.kept_evidence
        assert (one.node, one.predicate, one.withheld) not in facts_of
        assert one.withheld_evidence
        pages = {evidence.sha256 for evidence in (*one.kept_evidence, *one.withheld_evidence)}
        assert pages <= procedure.pages.keys()


def test_readings_of_one_code_are_needed() -> None:
    kidney = read(read_page(b"CPT 50593 describes cryoablation of a kidney tumor.", "50593_a.txt"))
    liver = read(read_page(b"CPT 47383 describes cryoablation of a liver tumor.", "47383_a.txt"))
    with pytest.raises(ValueError, match="one code"):
        fuse([])
    with pytest.raises(ValueError, match="50593"):
        fuse([kidney, liver])


def test_readings_are_grouped_by_code_in_order() -> None:
    kidney = read(read_page(b"CPT 50593 describes cryoablation of a kidney tumor.", "50593_a.txt"))
    other = read(read_page(b"CPT 50593 describes freezing of a kidney tumor.", "50593_b.txt"))
    liver = read(read_page(b"CPT 47383 describes cryoablation of a liver tumor.", "47383_a.txt"))
    groups = by_code([kidney, liver, other])
    assert list(groups) == ["47383", "50593"]
    assert groups["50593"] == [kidney, other]


SENTENCES = (
    "Open cryoablation of one or more kidney masses.",
    "Percutaneous radiofrequency ablation of a kidney tumor, unilateral.",
    "It is less invasive than laparoscopic resection.",
    "CT guidance is always required.",
    "CT or ultrasound guidance may be used and is reported separately.",
    "Imaging guidance is included.",
    "Argon freezes the tumor at -140 °C, helium thaws it.",
    "Two freeze-thaw cycles are run.",
    "Three freeze-thaw cycles are run.",
    "Bilateral ablation of tumors of the renal pelvis.",
    "Freezing of each additional tumor of the liver.",
)
HEADINGS = ("Official Description", "Description", "In Plain Language", "FAQ", "Related codes")
PARTS = st.tuples(st.sampled_from(HEADINGS), st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4))
PAGES = st.lists(st.lists(PARTS, min_size=1, max_size=3), min_size=1, max_size=4)


def readings(pages: list[list[tuple[str, list[str]]]]) -> list[Reading]:
    found = []
    for parts in pages:
        text = "\n\n".join(["CPT 50593", *(f"{heading}\n\n{' '.join(said)}" for heading, said in parts)])
        try:
            found.append(read(read_page(text.encode(), "50593_any.txt")))
        except PageError:
            continue
    return found


@settings(max_examples=60, deadline=None, derandomize=True)
@given(PAGES, st.randoms(use_true_random=False))
def test_any_pages_fuse_alike_in_any_order(pages: list[list[tuple[str, list[str]]]], random: Any) -> None:
    found = readings(pages)
    if not found:
        return
    shuffled = list(found)
    random.shuffle(shuffled)
    assert summary(fuse(found)) == summary(fuse(shuffled))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(PAGES)
def test_any_pages_fuse_into_a_sound_procedure(pages: list[list[tuple[str, list[str]]]]) -> None:
    found = readings(pages)
    if not found:
        return
    procedure = fuse(found)
    keys = [(one.node, one.predicate, one.value) for one in procedure.assertions]
    assert keys == sorted(set(keys))
    single = Counter((node, predicate) for node, predicate, _ in keys if predicate in SINGLE)
    assert all(count == 1 for count in single.values())
    assert list(procedure.disagreements) == sorted(set(procedure.disagreements))
    organs = {value for _, predicate, value in keys if predicate == "organ"}
    assert not any(organs & set(load().ancestors(organ)) for organ in organs)
    for fact in procedure.assertions:
        assert list(fact.evidence) == sorted(set(fact.evidence))
        for evidence in fact.evidence:
            text = procedure.pages[evidence.sha256].text
            assert evidence.quote == text[evidence.start : evidence.end]
    said = {(one.node, one.predicate, one.value) for reading in found for one in reading.assertions}
    assert set(keys) <= said
