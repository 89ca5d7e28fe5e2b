"""Counts against gold: what is a hit, what is false, what is missed."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.gold import AXES, HALVES, Entry, expected, half
from extract.model import Assertion, Evidence
from extract.scoring import Miss, Score, Tally, compare, facts, score

EVIDENCE = (Evidence("ab" * 32, 0, 4, "description", "word"),)


def entry(**values: Any) -> Entry:
    """Gold of a page that says nothing, but for the values given."""
    empty = {
        "file": "a.txt",
        "code": "50593",
        "is_ablation": False,
        "approach": [],
        "energy": [],
        "organ": [],
        "target": [],
        "guidance": [],
        "laterality": None,
        "multiplicity": None,
        "agents": [],
        "temperature_celsius": None,
        "freeze_thaw_cycles": None,
    }
    return cast("Entry", {**empty, **values})


def stated(predicate: str, value: str, *node: str) -> Assertion:
    return Assertion(node, predicate, value, "rule", EVIDENCE)


def counts(of: Score, axis: str) -> tuple[int, int, int]:
    tally = of.tallies[axis]
    return tally.hit, tally.false, tally.missed


def organs(want: list[str], have: list[str], optional: list[str] | None = None) -> tuple[int, int, int]:
    gold = entry(organ=want, organ_optional=optional or [])
    return counts(score([(gold, [stated("organ", f"organ/{name}") for name in have])]), "organ")


def test_assertions_and_gold_use_the_same_words() -> None:
    gold = entry(
        is_ablation=True,
        approach=["percutaneous"],
        energy=["cryogenic"],
        organ=["kidney"],
        target=["tumor"],
        guidance=[
            {"modality": "ct", "necessity": "required", "reporting": "separate"},
            {"modality": "mri", "necessity": "unstated", "reporting": "unstated"},
        ],
        laterality="unilateral",
        multiplicity="one-or-more",
        agents=[{"agent": "argon", "role": "freeze"}],
        temperature_celsius=[-100, 60.0],
        freeze_thaw_cycles=2,
    )
    read = [
        stated("type", "AblationProcedure"),
        stated("approach", "approach/percutaneous"),
        stated("energySource", "energy/cryogenic"),
        stated("organ", "organ/kidney"),
        stated("target", "target/tumor"),
        stated("modality", "modality/ct", "guidance-use", "ct"),
        stated("necessity", "necessity/required", "guidance-use", "ct"),
        stated("reporting", "reporting/separate", "guidance-use", "ct"),
        stated("purpose", "purpose/placement", "guidance-use", "ct"),
        stated("modality", "modality/mri", "guidance-use", "mri"),
        stated("laterality", "laterality/unilateral"),
        stated("multiplicity", "multiplicity/one-or-more"),
        stated("agent", "agent/argon", "substance-use", "argon", "freeze"),
        stated("role", "role/freeze", "substance-use", "argon", "freeze"),
        stated("numericValue", "-100", "temperature", "-100"),
        stated("numericValue", "60", "temperature", "60"),
        stated("freezeThawCycles", "2"),
        stated("device", "device/probe"),
    ]
    assert facts(read) == expected(gold)
    assert all(expected(gold)[axis] for axis in AXES)
    found = score([(gold, read)])
    assert found.misses == []
    assert found.micro() == Tally(hit=15)


def test_several_cycles_without_a_number_demand_none() -> None:
    assert expected(entry(freeze_thaw_cycles="multiple"))["cycles"] == frozenset()


def test_hits_false_values_and_misses_are_told_apart() -> None:
    found = score(
        [
            (
                entry(approach=["open", "laparoscopic"]),
                [stated("approach", f"approach/{a}") for a in ("open", "external")],
            )
        ]
    )
    assert counts(found, "approach") == (1, 1, 1)
    assert found.misses == [
        Miss("a.txt", "approach", "false", "external"),
        Miss("a.txt", "approach", "missed", "laparoscopic"),
    ]


def test_the_finest_organ_must_be_found_and_broader_ones_follow() -> None:
    assert organs(["vein"], ["saphenous-vein"])[2] == 0
    assert organs(["vein", "saphenous-vein"], ["saphenous-vein"]) == (2, 0, 0)
    assert organs(["saphenous-vein"], ["vein"]) == (0, 0, 1)
    assert organs(["kidney"], ["liver"]) == (0, 1, 1)


def test_an_organ_treated_only_when_involved_is_neither_demanded_nor_punished() -> None:
    assert organs(["lung"], ["lung", "pleura"]) == (1, 1, 0)
    assert organs(["lung"], ["lung", "pleura"], ["pleura"]) == (1, 0, 0)
    assert organs(["lung"], ["lung"], ["pleura"]) == (1, 0, 0)


@pytest.mark.parametrize(("borderline", "missed"), [(True, 0), (False, 1)])
def test_borderline_pages_are_left_out_of_is_ablation(borderline: bool, missed: int) -> None:
    found = score([(entry(is_ablation=True, borderline=borderline, approach=["open"]), [])])
    assert counts(found, "is-ablation") == (0, 0, missed)
    assert counts(found, "approach") == (0, 0, 1)


def test_axes_that_a_reader_cannot_answer_are_not_scored() -> None:
    found = compare([(entry(approach=["open"], energy=["laser"]), {"approach": frozenset({"open"})})])
    assert counts(found, "approach") == (1, 0, 0)
    assert not found.tallies["energy"].counted


def test_micro_adds_the_counts_and_macro_averages_the_shares() -> None:
    found = Score()
    found.tallies["approach"] = Tally(hit=9, false=1)
    found.tallies["organ"] = Tally(hit=1, missed=1)
    assert found.micro() == Tally(hit=10, false=1, missed=1)
    assert found.macro().precision == pytest.approx(0.95)
    assert found.macro().recall == pytest.approx(0.75)
    assert found.micro(["organ"]).recall == pytest.approx(0.5)
    assert found.macro(["target"]).f1 == 1.0


@given(*(st.integers(0, 50),) * 3)
def test_shares_stay_between_0_and_1_and_f1_between_the_two(hit: int, false: int, missed: int) -> None:
    tally = Tally(hit, false, missed)
    assert 0 <= min(tally.precision, tally.recall) <= max(tally.precision, tally.recall) <= 1
    if hit:
        low, high = sorted((tally.precision, tally.recall))
        assert low - 1e-9 <= tally.f1 <= high + 1e-9


@given(st.text(st.characters(codec="utf-8")))
def test_every_page_is_in_one_half(name: str) -> None:
    assert half(name) in HALVES
