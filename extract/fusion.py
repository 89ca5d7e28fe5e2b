"""Several pages of one code become one procedure.

Evidence of all pages is kept side by side. Where pages disagree the higher authority gives the fact (descriptor,
description, lay summary, other), and the disagreement is recorded with both sides' evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from extract.model import Assertion, Disagreement, Evidence, Procedure, Reading
from ontology.headings import authority
from ontology.lexicon import load

SINGLE: Final = frozenset({"laterality", "multiplicity", "freezeThawCycles", "necessity", "reporting"})
"""Properties that have one value: another value disagrees."""

AXES: Final = frozenset({"approach", "energySource", "organ"})
"""Properties with several values, of which another page's disagree where a descriptor states them and has none
related."""

_DESCRIPTOR: Final = 1

_Slot = tuple[tuple[str, ...], str]


def fuse(readings: Sequence[Reading]) -> Procedure:
    """One procedure from all readings of its code, whatever their order.

    Args:
        readings: At least one, all of the same code.

    Raises:
        ValueError: No reading, or readings of several codes.
    """
    codes = sorted({reading.page.code for reading in readings})
    if len(codes) != 1:
        raise ValueError(f"fuse takes the readings of one code, not of {codes}")
    pages = {reading.page.sha256: reading.page for reading in readings}
    merged = _merge(assertion for reading in readings for assertion in reading.assertions)
    slots: defaultdict[_Slot, list[Assertion]] = defaultdict(list)
    for assertion in merged:
        slots[assertion.node, assertion.predicate].append(assertion)
    kept: list[Assertion] = []
    disagreements: list[Disagreement] = []
    for (node, predicate), found in slots.items():
        if predicate in SINGLE:
            stay, out = _one(found)
        elif predicate in AXES and not node:
            stay, out = _by_descriptor(found)
        else:
            stay, out = found, []
        kept.extend(stay)
        disagreements.extend(
            Disagreement(node, predicate, stay[0].value, lost.value, stay[0].evidence, lost.evidence) for lost in out
        )
    return Procedure(
        codes[0],
        dict(sorted(pages.items())),
        tuple(sorted(_closest(kept))),
        tuple(sorted({rejection for reading in readings for rejection in reading.rejections})),
        tuple(sorted(disagreements)),
    )


def _merge(assertions: Iterable[Assertion]) -> list[Assertion]:
    rules: dict[tuple[tuple[str, ...], str, str], str] = {}
    evidence: defaultdict[tuple[tuple[str, ...], str, str], set[Evidence]] = defaultdict(set)
    for item in sorted(assertions):
        key = (item.node, item.predicate, item.value)
        rules[key] = min(rules.get(key, item.rule), item.rule)
        evidence[key].update(item.evidence)
    return [Assertion(*key, rules[key], tuple(sorted(evidence[key]))) for key in sorted(rules)]


def _authority(evidence: Evidence) -> int:
    return authority(evidence.role)


def _rank(assertion: Assertion) -> tuple[int, int, str]:
    """Higher authority first, then more evidence, then the value's name."""
    return min(_authority(e) for e in assertion.evidence), -len(assertion.evidence), assertion.value


def _one(found: Sequence[Assertion]) -> tuple[list[Assertion], list[Assertion]]:
    ordered = sorted(found, key=_rank)
    return ordered[:1], ordered[1:]


def _by_descriptor(found: Sequence[Assertion]) -> tuple[list[Assertion], list[Assertion]]:
    ruling = [item for item in found if _rank(item)[0] == _DESCRIPTOR]
    if not ruling:
        return list(found), []
    pages = {evidence.sha256 for item in ruling for evidence in item.evidence if _authority(evidence) == _DESCRIPTOR}
    lexicon = load()
    stay, out = list(ruling), []
    for item in found:
        if item in ruling:
            continue
        own = any(evidence.sha256 in pages for evidence in item.evidence)
        if own or any(lexicon.related(item.value, other.value) for other in ruling):
            stay.append(item)
        else:
            out.append(item)
    return stay, out


def _closest(kept: Sequence[Assertion]) -> list[Assertion]:
    """The most specific organs, and no unnamed imaging beside a named one."""
    lexicon = load()
    organs = {item.value for item in kept if item.predicate == "organ"}
    broad = {path for organ in organs for path in lexicon.ancestors(organ)}
    modalities = {item.node for item in kept if item.predicate == "modality"}
    unnamed = ("guidance-use", "unspecified-imaging")
    named = modalities - {unnamed, ("guidance-use", "endoscopic-visual")}
    return [
        item
        for item in kept
        if not (item.predicate == "organ" and item.value in broad) and not (item.node == unnamed and named)
    ]


def by_code(readings: Iterable[Reading]) -> Mapping[str, list[Reading]]:
    """Readings grouped by code, codes in order."""
    groups: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        groups[reading.page.code].append(reading)
    return dict(sorted(groups.items()))
