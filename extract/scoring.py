"""How well readings meet gold: counts for each axis, and every value that the two do not share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from extract.gold import AXES, Entry, expected, plain
from extract.model import Assertion
from ontology.lexicon import load

Values = Mapping[str, frozenset[str]]
"""Values by axis, in gold's words: ``{"approach": {"open"}, "agents": {"argon=freeze"}, …}``."""

_OWN: Final = {
    "approach": "approach",
    "energySource": "energy",
    "organ": "organ",
    "target": "target",
    "laterality": "laterality",
    "multiplicity": "multiplicity",
}


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
        """Harmonic mean of precision and recall, 0 to 1; 1 where there is nothing to count.

        >>> Tally(hit=3, false=1, missed=1).f1
        0.75
        """
        both = 2 * self.hit + self.false + self.missed
        return 2 * self.hit / both if both else 1.0

    @property
    def counted(self) -> bool:
        """Whether there was anything to count."""
        return bool(self.hit or self.false or self.missed)

    def add(self, other: Tally) -> None:
        """Add another tally's counts."""
        self.hit += other.hit
        self.false += other.false
        self.missed += other.missed


@dataclass(frozen=True, slots=True)
class Miss:
    """One value that gold and reading do not share.

    Attributes:
        file: Name of the page.
        axis: One of `AXES`.
        kind: ``false`` for a value that was read and is not in gold, ``missed`` for one of gold that was not read.
        value: In gold's words.
    """

    file: str
    axis: str
    kind: str
    value: str


CONTRACT_ORGANS: Final = frozenset(
    (
        "kidney",
        "liver",
        "lung",
        "pleura",
        "chest-wall",
        "bone",
        "breast",
        "prostate",
        "thyroid",
        "parathyroid",
        "uterus",
        "endometrium",
        "myometrium",
        "cervix-uteri",
        "vein",
        "saphenous-vein",
        "heart",
        "heart-atrium",
        "esophagus",
        "stomach",
        "duodenum",
        "colon",
        "rectum",
        "anus",
        "bronchus",
        "trachea",
        "larynx",
        "vocal-cord",
        "nose",
        "nasal-turbinate",
        "palate",
        "tonsil",
        "tongue",
        "nerve",
        "trigeminal-nerve",
        "spine",
        "facet-joint",
        "intervertebral-disc",
        "brain",
        "eye",
        "retina",
        "choroid",
        "skin",
        "urinary-bladder",
        "urethra",
        "ureter",
        "pancreas",
        "adrenal-gland",
        "spleen",
        "soft-tissue",
        "lymph-node",
        "abdominal-cavity",
    )
)
"""The organs that the contract names: gold uses no others."""


@dataclass(frozen=True, slots=True)
class Means:
    """Precision, recall and F1 averaged over axes, 0 to 1 each."""

    precision: float
    recall: float
    f1: float


@dataclass(slots=True)
class Score:
    """Tallies by axis and all misses."""

    tallies: dict[str, Tally] = field(default_factory=lambda: {axis: Tally() for axis in AXES})
    misses: list[Miss] = field(default_factory=list)

    def micro(self, axes: Iterable[str] = AXES) -> Tally:
        """The counts of several axes together."""
        total = Tally()
        for axis in axes:
            total.add(self.tallies[axis])
        return total

    def macro(self, axes: Iterable[str] = AXES) -> Means:
        """The plain mean over the axes that have anything to count; 1 where none has."""
        counted = [self.tallies[axis] for axis in axes if self.tallies[axis].counted] or [Tally()]
        return Means(
            sum(tally.precision for tally in counted) / len(counted),
            sum(tally.recall for tally in counted) / len(counted),
            sum(tally.f1 for tally in counted) / len(counted),
        )


def sources(assertions: Iterable[Assertion]) -> dict[str, dict[str, list[Assertion]]]:
    """By axis and value in gold's words, the assertions that state it."""
    found: dict[str, dict[str, list[Assertion]]] = {axis: defaultdict(list) for axis in AXES}
    for item in assertions:
        name = item.value.rpartition("/")[2]
        if item.predicate == "type":
            found["is-ablation"]["true"].append(item)
        elif item.predicate in _OWN:
            found[_OWN[item.predicate]][name].append(item)
        elif item.predicate == "modality":
            found["guidance-modality"][name].append(item)
        elif item.predicate in {"necessity", "reporting"}:
            found[f"guidance-{item.predicate}"][f"{item.node[1]}={name}"].append(item)
        elif item.predicate == "role":
            found["agents"][f"{item.node[1]}={name}"].append(item)
        elif item.predicate == "numericValue":
            found["temperature"][plain(item.value)].append(item)
        elif item.predicate == "freezeThawCycles":
            found["cycles"][item.value].append(item)
    return found


def facts(assertions: Iterable[Assertion]) -> dict[str, frozenset[str]]:
    """What assertions say, by axis, in gold's words."""
    return {axis: frozenset(values) for axis, values in sources(assertions).items()}


def score(pages: Iterable[tuple[Entry, Sequence[Assertion]]]) -> Score:
    """Compare what was read with gold.

    Args:
        pages: Gold entry and assertions of each page.

    Returns:
        As `compare`.
    """
    return compare((gold, facts(assertions)) for gold, assertions in pages)


def compare(pages: Iterable[tuple[Entry, Values]]) -> Score:
    """Compare values with gold.

    An organ counts as found if it or a narrower one was read, and is not false if it is broader than one of gold, or
    narrower and no name of the contract, to which gold keeps; what is treated only when involved
    (``organ_optional``) is neither demanded nor punished. Borderline pages are left out of ``is-ablation``.

    Args:
        pages: Gold entry and values of each page; an axis that is not among the values is not scored.
    """
    total = Score()
    for gold, have in pages:
        want = expected(gold)
        for axis in AXES:
            if axis not in have or (axis == "is-ablation" and gold.get("borderline")):
                continue
            hits, false, missed = _compare(axis, want[axis], have[axis], gold)
            total.tallies[axis].add(Tally(len(hits), len(false), len(missed)))
            total.misses += [Miss(gold["file"], axis, "false", value) for value in sorted(false)]
            total.misses += [Miss(gold["file"], axis, "missed", value) for value in sorted(missed)]
    return total


def right(axis: str, value: str, gold: Entry) -> bool | None:
    """Whether gold has a value, or None where it neither demands nor punishes it.

    Args:
        axis: One of `AXES`.
        value: In gold's words.
        gold: Of the page.
    """
    wanted = expected(gold)[axis]
    if axis != "organ":
        return value in wanted
    spared = _with_broader([*wanted, *gold.get("organ_optional", ())]) - _finest(wanted)
    if value in spared:
        return None
    return value in wanted or (value not in CONTRACT_ORGANS and bool(_with_broader([value]) & wanted))


def _finest(organs: frozenset[str]) -> frozenset[str]:
    return frozenset(one for one in organs if not any(one in _with_broader([other]) for other in organs - {one}))


def _compare(
    axis: str, want: frozenset[str], have: frozenset[str], gold: Entry
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    if axis != "organ":
        return want & have, have - want, want - have
    read = _with_broader(have)
    allowed = _with_broader([*want, *gold.get("organ_optional", ())])
    finer = frozenset(name for name in have - CONTRACT_ORGANS if _with_broader([name]) & want)
    false = have - allowed - finer
    return want & read, false, want - read


def _with_broader(organs: Iterable[str]) -> frozenset[str]:
    lexicon = load()
    names = set(organs)
    for name in tuple(names):
        names.update(path.removeprefix("organ/") for path in lexicon.ancestors(f"organ/{name}"))
    return frozenset(names)
