"""How well readings meet gold: counts for each axis, and every miss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from extract.model import Assertion
from ontology.lexicon import load

AXES: Final = (
    "is-ablation",
    "approach",
    "energy",
    "organ",
    "target",
    "guidance-modality",
    "guidance-necessity",
    "guidance-reporting",
    "laterality",
    "multiplicity",
    "agents",
    "temperature",
    "cycles",
)


@dataclass(slots=True)
class Tally:
    """Counts of one axis.

    Attributes:
        hit: Values that gold has and the reading too.
        false: Values that the reading alone has.
        missed: Values that gold alone has.
    """

    hit: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of the read values that are right, 0 to 1; 1 where nothing was read."""
        read = self.hit + self.false
        return self.hit / read if read else 1.0

    @property
    def recall(self) -> float:
        """Share of gold's values that were read, 0 to 1; 1 where gold has none."""
        gold = self.hit + self.missed
        return self.hit / gold if gold else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 to 1."""
        both = 2 * self.hit + self.false + self.missed
        return 2 * self.hit / both if both else 1.0

    def add(self, other: Tally) -> None:
        """Add another tally's counts."""
        self.hit += other.hit
        self.false += other.false
        self.missed += other.missed


@dataclass(frozen=True, slots=True)
class Miss:
    """One value that gold and reading do not share."""

    file: str
    axis: str
    kind: str
    value: str


@dataclass(slots=True)
class Score:
    """Tallies by axis and all misses."""

    tallies: dict[str, Tally] = field(default_factory=lambda: {axis: Tally() for axis in AXES})
    misses: list[Miss] = field(default_factory=list)


def facts(assertions: Iterable[Assertion]) -> dict[str, frozenset[str]]:
    """What assertions say, by axis, in gold's words."""
    found: dict[str, set[str]] = {axis: set() for axis in AXES}
    plain = {"approach": "approach", "energySource": "energy", "organ": "organ", "target": "target"}
    for item in assertions:
        name = item.value.rpartition("/")[2]
        if item.predicate == "type":
            found["is-ablation"].add("true")
        elif item.predicate in plain:
            found[plain[item.predicate]].add(name)
        elif item.predicate == "modality":
            found["guidance-modality"].add(name)
        elif item.predicate in {"necessity", "reporting"}:
            found[f"guidance-{item.predicate}"].add(f"{item.node[1]}={name}")
        elif item.predicate in {"laterality", "multiplicity"}:
            found[item.predicate].add(name)
        elif item.predicate == "role":
            found["agents"].add(f"{item.node[1]}={name}")
        elif item.predicate == "numericValue":
            found["temperature"].add(_plain(item.value))
        elif item.predicate == "freezeThawCycles":
            found["cycles"].add(item.value)
    return {axis: frozenset(values) for axis, values in found.items()}


def expected(gold: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """What gold says of a page, by axis."""
    guidance: Sequence[Mapping[str, str]] = gold["guidance"]
    temperature = gold["temperature_celsius"]
    degrees = temperature if isinstance(temperature, list) else [] if temperature is None else [temperature]
    cycles = gold["freeze_thaw_cycles"]
    return {
        "is-ablation": frozenset({"true"} if gold["is_ablation"] else ()),
        "approach": frozenset(gold["approach"]),
        "energy": frozenset(gold["energy"]),
        "organ": frozenset(gold["organ"]),
        "target": frozenset(gold["target"]),
        "guidance-modality": frozenset(use["modality"] for use in guidance),
        "guidance-necessity": frozenset(
            f"{use['modality']}={use['necessity']}" for use in guidance if use["necessity"] != "unstated"
        ),
        "guidance-reporting": frozenset(
            f"{use['modality']}={use['reporting']}" for use in guidance if use["reporting"] != "unstated"
        ),
        "laterality": frozenset([gold["laterality"]] if gold["laterality"] else ()),
        "multiplicity": frozenset([gold["multiplicity"]] if gold["multiplicity"] else ()),
        "agents": frozenset(f"{agent['agent']}={agent['role']}" for agent in gold["agents"]),
        "temperature": frozenset(_plain(str(value)) for value in degrees),
        "cycles": frozenset([str(cycles)] if isinstance(cycles, int) else ()),
    }


def _plain(number: str) -> str:
    return format(Decimal(number).normalize(), "f")


def score(pages: Iterable[tuple[Mapping[str, Any], Sequence[Assertion]]]) -> Score:
    """Compare pages with their gold.

    An organ counts as found if it or a narrower one was read; what is treated only when involved (``organ_optional``) is neither
    demanded nor punished. Borderline pages are left out of ``is-ablation``.

    Args:
        pages: Gold entry and assertions of each page.
    """
    total = Score()
    for gold, assertions in pages:
        want, have = expected(gold), facts(assertions)
        for axis in AXES:
            if axis == "is-ablation" and gold["borderline"]:
                continue
            hits, false, missed = _compare(axis, want[axis], have[axis], gold)
            total.tallies[axis].add(Tally(len(hits), len(false), len(missed)))
            total.misses += [Miss(gold["file"], axis, "false", value) for value in sorted(false)]
            total.misses += [Miss(gold["file"], axis, "missed", value) for value in sorted(missed)]
    return total


def _compare(
    axis: str, want: frozenset[str], have: frozenset[str], gold: Mapping[str, Any]
) -> tuple[set[str], set[str], set[str]]:
    if axis != "organ":
        return set(want & have), set(have - want), set(want - have)
    lexicon = load()

    def wide(names: Iterable[str]) -> set[str]:
        above = {path for name in names for path in lexicon.ancestors(f"organ/{name}")}
        return {*names, *(path.removeprefix("organ/") for path in above)}

    allowed = wide([*want, *gold["organ_optional"]])
    return set(want & wide(have)), set(have - allowed), set(want - wide(have))
