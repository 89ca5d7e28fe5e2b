"""Procedures for tests: read from a case, or made up by hypothesis."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from extract.model import Assertion, Disagreement, Evidence, Page, Procedure, Rejection, RightsLine

CODE = "0001T"
VALUES: dict[str, tuple[str, ...]] = {
    "approach": ("open", "percutaneous", "laparoscopic"),
    "energySource": ("cryogenic", "laser"),
    "organ": ("kidney", "liver", "soft-tissue"),
    "target": ("tumor", "incompetent-vein"),
    "device": ("probe", "needle"),
}
SCHEMES = {"energySource": "energy"}
GUIDANCE: dict[str, tuple[str, ...]] = {
    "necessity": ("required",),
    "reporting": ("included", "separate"),
    "purpose": ("placement", "monitoring"),
}


def load(case: Path) -> Procedure:
    """The procedure of ``facts.json``; a place is the page's name and the words, their position is looked up."""
    said: dict[str, Any] = json.loads((case / "facts.json").read_text("utf-8"))
    pages = {name: _page(said["code"], page) for name, page in said["pages"].items()}

    def places(pairs: Sequence[Sequence[str]]) -> tuple[Evidence, ...]:
        return tuple(sorted(_place(pages[name], role, words) for name, role, words in pairs))

    return Procedure(
        said["code"],
        {page.sha256: page for page in pages.values()},
        tuple(
            sorted(
                Assertion(tuple(one["node"]), one["predicate"], one["value"], one["rule"], places(one["evidence"]))
                for one in said["assertions"]
            )
        ),
        tuple(
            sorted(
                Rejection(one["predicate"], one["value"], one["reason"], one["cue"], places([one["evidence"]])[0])
                for one in said["rejections"]
            )
        ),
        tuple(
            Disagreement(
                tuple(one["node"]),
                one["predicate"],
                one["kept"],
                one["withheld"],
                places(one["kept_evidence"]),
                places(one["withheld_evidence"]),
            )
            for one in said["disagreements"]
        ),
    )


def _page(code: str, said: dict[str, Any]) -> Page:
    text: str = said["text"]
    rights = tuple(RightsLine(holder, year, 0, 0) for holder, year in said["rights"])
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Page(sha256, text, code, (), rights, said["locked_sections"], said["address"], said["edition_year"])


def _place(page: Page, role: str, words: str) -> Evidence:
    start = page.text.index(words)
    return Evidence(page.sha256, start, start + len(words), role, words)


PAGES = tuple(
    Page(hashlib.sha256(name.encode()).hexdigest(), "word " * 40, CODE, (), rights, locked, address, year)
    for name, rights, locked, address, year in (
        ("one", (RightsLine("Invented Society", 2026, 0, 4), RightsLine("Other Notes", None, 5, 9)), 3, None, 2026),
        ("two", (), 0, "https://codes.example/0001T?a=1", None),
    )
)
ROLES = ("official-descriptor", "description", "other")


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    """A place of one to twelve words on one of two pages; the same place has always the same section."""
    page = draw(st.sampled_from(PAGES))
    first, many = draw(st.integers(0, 27)), draw(st.integers(1, 12))
    start, end = first * 5, (first + many) * 5 - 1
    return Evidence(page.sha256, start, end, ROLES[first % len(ROLES)], page.text[start:end])


_PLACES = st.lists(evidence(), min_size=1, max_size=3, unique=True).map(lambda found: tuple(sorted(found)))
_RULES = st.sampled_from(("stated", "descriptor"))


@st.composite
def assertions(draw: st.DrawFn) -> tuple[Assertion, ...]:
    """Facts that keep to the contract: each part with what makes it."""
    chosen: list[tuple[tuple[str, ...], str, str]] = []

    def choose(node: tuple[str, ...], predicate: str, names: Sequence[str], most: int) -> None:
        scheme = SCHEMES.get(predicate, predicate)
        picked = draw(st.lists(st.sampled_from(names), max_size=most, unique=True))
        chosen.extend((node, predicate, f"{scheme}/{name}") for name in picked)

    if draw(st.booleans()):
        chosen.append(((), "type", "AblationProcedure"))
    for predicate, names in VALUES.items():
        choose((), predicate, names, 3)
    choose((), "laterality", ("unilateral", "bilateral"), 1)
    for modality in draw(st.lists(st.sampled_from(("ct", "mri")), unique=True)):
        node = ("guidance-use", modality)
        chosen.append((node, "modality", f"modality/{modality}"))
        for predicate, names in GUIDANCE.items():
            choose(node, predicate, names, 2 if predicate == "purpose" else 1)
    if draw(st.booleans()):
        substance = ("substance-use", "argon", "freeze")
        chosen += [(substance, "agent", "agent/argon"), (substance, "role", "role/freeze")]
    for number in draw(st.lists(st.sampled_from(("-100", "60", "37.5")), unique=True)):
        chosen.append((("temperature", number), "numericValue", number))
        choose(("temperature", number), "bound", ("lower", "upper"), 1)
    if draw(st.booleans()):
        chosen.append(((), "freezeThawCycles", str(draw(st.integers(1, 9)))))
    return tuple(sorted(Assertion(*one, draw(_RULES), draw(_PLACES)) for one in chosen))


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    """A procedure with two pages, facts, rejections and perhaps a disagreement."""
    facts = draw(assertions())
    rejections = draw(
        st.lists(
            st.builds(
                Rejection,
                st.just("approach"),
                st.sampled_from(("approach/open", "approach/external")),
                st.sampled_from(("compared", "negated")),
                st.sampled_from(("", "less invasive than")),
                evidence(),
            ),
            max_size=3,
        )
    )
    sides = [fact for fact in facts if fact.predicate == "laterality"]
    disagreements = [
        Disagreement((), "laterality", fact.value, "laterality/both-or-none", fact.evidence, draw(_PLACES))
        for fact in sides
    ]
    return Procedure(
        CODE, {page.sha256: page for page in PAGES}, facts, tuple(sorted(rejections)), tuple(disagreements)
    )
