"""What one page says: a folder of cases, one trap each, and properties that hold for any text."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.gold import AXES
from extract.model import Evidence, PageError, Reading
from extract.page import read_page
from extract.reading import read
from extract.scoring import facts
from ontology.headings import headings
from ontology.lexicon import load

CASES = Path(__file__).parent / "cases" / "reading"
FOLDERS = sorted(path.parent for path in CASES.glob("*/facts.json"))
KEYS = {"why", "code", "is", "not", "exactly", "optional", "rejected"}
SCHEMES = {
    "approach": "approach",
    "energy": "energy",
    "organ": "organ",
    "target": "target",
    "guidance-modality": "modality",
    "laterality": "laterality",
    "multiplicity": "multiplicity",
}
PARTS = {
    "guidance-necessity": ("modality", "necessity"),
    "guidance-reporting": ("modality", "reporting"),
    "agents": ("agent", "role"),
}


def page_of(folder: Path) -> Path:
    (page,) = folder.glob("page.*")
    return page


def case_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "facts.json").read_text("utf-8"))
    return found


def concepts(axis: str, value: str) -> list[str]:
    if axis in SCHEMES:
        return [f"{SCHEMES[axis]}/{value}"]
    if axis in PARTS:
        return [f"{scheme}/{name}" for scheme, name in zip(PARTS[axis], value.split("="), strict=True)]
    return []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_case_is_well_formed(folder: Path) -> None:
    case = case_of(folder)
    assert case["why"].endswith(".")
    assert case.keys() <= KEYS
    assert {"is", "not", "exactly", "rejected"} & case.keys(), "a case that expects nothing"
    known = load().concepts
    for part in ("is", "not", "exactly", "optional"):
        for axis, values in case.get(part, {}).items():
            assert axis in AXES
            unknown = [path for value in values for path in concepts(axis, value) if path not in known]
            assert not unknown, f"{part} {axis}: no such concept"
    for item in case.get("rejected", []):
        assert item["value"] == "AblationProcedure" or item["value"] in known


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_case(folder: Path) -> None:
    case, page = case_of(folder), page_of(folder)
    reading = read(read_page(page.read_bytes(), f"{case['code']}_case{page.suffix}"))
    found = facts(reading.assertions)
    wrong = [] if reading.page.code == case["code"] else [f"code: read {reading.page.code}"]
    for axis, values in case.get("is", {}).items():
        wrong += [f"{axis}: {value} was not read" for value in sorted(set(values) - found[axis])]
    for axis, values in case.get("not", {}).items():
        wrong += [f"{axis}: {value} was read" for value in sorted(set(values) & found[axis])]
    for axis, values in case.get("exactly", {}).items():
        have = found[axis] - set(case.get("optional", {}).get(axis, ()))
        wrong += [f"{axis}: {value} was not read" for value in sorted(set(values) - have)]
        wrong += [f"{axis}: {value} was read" for value in sorted(have - set(values))]
    reasons = {(r.predicate, r.value, r.reason) for r in reading.rejections}
    for item in case.get("rejected", []):
        said = sorted(reason for *key, reason in reasons if key == [item["predicate"], item["value"]])
        if not said:
            wrong.append(f"{item['value']} was not rejected")
        elif item.get("reason", said[0]) not in said:
            wrong.append(f"{item['value']} was rejected as {', '.join(said)}, not as {item['reason']}")
    assert not wrong, "; ".join([*wrong, case["why"]])


def words() -> list[str]:
    """Words that make the rules work: terms and headings of the ontology, codes, marks."""
    names = [concept.path.rpartition("/")[2].replace("-", " ") for concept in load().concepts.values()]
    cues = ["without", "unlike", "or", "may be used", "if performed", "avoiding", "see also 47382", "such as", "not"]
    marks = [". ", "; ", ", ", ": ", " (", ") ", "\n", "\n\n", "-\n", "®", "\u00a0", "–", "?", "-40 °C", "60 to 80 °C"]
    titles = ["\n\nOfficial Description\n\n", "\n\nRelated codes\n\n", "\n\nFAQ\n\n", "\n\nDescription\n\n"]
    return sorted(names) + cues + marks + titles + ["50593", "tumors", "ablation of", "two freeze-thaw cycles", "ice"]


TEXTS = st.lists(st.one_of(st.sampled_from(words()), st.text(max_size=12)), max_size=40).map(" ".join)


def reading_of(text: str) -> Reading | None:
    try:
        return read(read_page(text.encode("utf-8", "surrogatepass"), "50593_any.txt"))
    except PageError:
        return None


def assert_lies_on_page(evidence: Evidence, reading: Reading) -> None:
    page = reading.page
    assert evidence.sha256 == page.sha256
    assert 0 <= evidence.start < evidence.end <= len(page.text)
    assert evidence.quote == page.text[evidence.start : evidence.end]
    assert 1 <= len(evidence.quote.split()) <= 12
    assert evidence.role in headings().roles


@settings(max_examples=150, deadline=None, derandomize=True)
@given(TEXTS)
def test_any_text_gives_a_reading_whose_evidence_lies_on_the_page(text: str) -> None:
    reading = reading_of(f"Code 50593\n{text}")
    if reading is None:
        return
    keys = [(item.node, item.predicate, item.value) for item in reading.assertions]
    assert keys == sorted(set(keys))
    assert list(reading.rejections) == sorted(set(reading.rejections))
    for fact in reading.assertions:
        assert fact.rule
        assert fact.evidence
        assert list(fact.evidence) == sorted(set(fact.evidence))
        for evidence in fact.evidence:
            assert_lies_on_page(evidence, reading)
    for rejection in reading.rejections:
        assert rejection.reason
        assert_lies_on_page(rejection.evidence, reading)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.one_of(st.text(max_size=200), TEXTS))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    """Nothing but `PageError` may come out."""
    reading_of(text)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes) -> None:
    """Nothing but `PageError` may come out."""
    with suppress(PageError):
        read(read_page(data, "50593_any.html"))
