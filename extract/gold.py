"""Gold: what a person read on a page, and the words for it in which readings are compared."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Final, NotRequired, TypedDict

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
"""What is scored, in the order of reports."""

HALVES: Final = ("tune", "hold")


class GoldGuidance(TypedDict):
    """One guidance of a gold entry; ``unstated`` where the page leaves necessity or reporting open."""

    modality: str
    necessity: str
    reporting: str


class GoldAgent(TypedDict):
    """One agent of a gold entry."""

    agent: str
    role: str


class GoldHolder(TypedDict):
    """One copyright line of a gold entry."""

    name: str
    year: int | None


class Entry(TypedDict):
    """What a page must give: one object of a gold file.

    The fields are described in tests/gold/README.md. Those that may be missing are no axes.
    """

    file: str
    code: str
    is_ablation: bool
    borderline: NotRequired[bool]
    approach: list[str]
    energy: list[str]
    organ: list[str]
    organ_optional: NotRequired[list[str]]
    target: list[str]
    guidance: list[GoldGuidance]
    laterality: str | None
    multiplicity: str | None
    agents: list[GoldAgent]
    temperature_celsius: float | list[float] | None
    freeze_thaw_cycles: int | str | None
    locked_sections: NotRequired[int]
    rights_holders: NotRequired[list[GoldHolder]]
    official_descriptor_present: NotRequired[bool]
    traps: NotRequired[str]


def expected(gold: Entry) -> dict[str, frozenset[str]]:
    """What gold says of a page, by axis."""
    guidance = gold["guidance"]
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
        "temperature": frozenset(plain(str(value)) for value in degrees),
        "cycles": frozenset([str(cycles)] if isinstance(cycles, int) else ()),
    }


def plain(number: str) -> str:
    """A number without needless zeros, so that the same number is the same text.

    >>> plain("-100.0"), plain("60"), plain("1e2")
    ('-100', '60', '100')
    """
    return format(Decimal(number).normalize(), "f")


def half(file: str) -> str:
    """Which half of a gold set a page belongs to: rules may be tuned on one and not on the other.

    Args:
        file: The page's file name.

    Returns:
        ``tune`` if the SHA-256 of the name is odd, else ``hold``.

    >>> half("a.txt"), half("c.txt")
    ('tune', 'hold')
    """
    return "tune" if hashlib.sha256(file.encode()).digest()[-1] % 2 else "hold"
