"""A procedure's name in our own words, made from its axes and the names of concepts alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Protocol

from ontology import lexicon

MAX_LENGTH: Final = 120
"""The most characters of a label."""


class Statement(Protocol):
    """What a label needs of a fact; see `extract.model.Assertion`."""

    @property
    def predicate(self) -> str:
        """Local name of the property."""

    @property
    def value(self) -> str | tuple[str, ...]:
        """A concept's path, a class name or a number."""


@lru_cache(maxsize=1)
def names() -> Mapping[str, str]:
    """Path to English name of every concept of the ontology."""
    return MappingProxyType({path: one.pref_label for path, one in lexicon.load().concepts.items()})


def label(facts: Iterable[Statement], labels: Mapping[str, str]) -> str:
    """A label such as "Percutaneous cryogenic ablation of kidney tumor".

    Where the axes hold so many values that the label gets too long, the first few are named and the others counted.

    Args:
        facts: Facts or assertions in any order; of a part, only the modality of a guidance use is looked at.
        labels: Path to name; a concept that is missing goes by the last part of its path.

    Returns:
        1 to `MAX_LENGTH` characters, the first a capital.

    >>> from extract.model import Assertion
    >>> read = [("type", "AblationProcedure"), ("organ", "organ/kidney"), ("approach", "approach/open")]
    >>> label([Assertion((), predicate, value, "stated", ()) for predicate, value in read], {})
    'Open ablation of kidney'
    """
    axes: dict[str, set[str]] = {}
    for fact in facts:
        if isinstance(fact.value, str):
            axes.setdefault(fact.predicate, set()).add(fact.value)
    text = ""
    for most in (4, 3, 2, 1):
        text = _sentence(axes, labels, most)
        if len(text) <= MAX_LENGTH:
            break
    if len(text) > MAX_LENGTH:
        text = text[: MAX_LENGTH - 1].rpartition(" ")[0] + "…"
    text = " ".join(text.split())
    return text[0].upper() + text[1:]


def _sentence(axes: Mapping[str, set[str]], labels: Mapping[str, str], most: int) -> str:
    names = {axis: list(dict.fromkeys(_name(path, labels) for path in sorted(axes[axis]))) for axis in axes}
    targets = names.get("target", [])
    # An incompetent vein is a vein: "ablation of vein incompetent vein" says it twice.
    organs = [name for name in names.get("organ", []) if not (targets and all(_within(name, one) for one in targets))]
    approach, energy = _list(names.get("approach", []), most), _list(names.get("energySource", []), most)
    organ, target = _list(organs, most), _list(targets, most)
    if "AblationProcedure" in axes.get("type", ()):
        # "kidney, liver or 2 others" cannot stand before a target as "kidney" can.
        site = ": " if organ and target and len(organs) > most else " "
        site = site.join(filter(None, (organ, target)))
        return " ".join(filter(None, (approach, energy, "ablation", site and f"of {site}")))
    modality = _list(names.get("modality", []), most)
    head = " ".join(filter(None, (approach, energy, "procedure")))
    head = " ".join(filter(None, (head, organ and f"on the {organ}", target and f"for {target}")))
    return ", ".join(filter(None, (head, modality and f"guided by {modality}")))


def _within(name: str, other: str) -> bool:
    return f" {name} " in f" {other} "


def _list(words: Sequence[str], most: int) -> str:
    """Names as a list with "or"; what goes beyond the first ones is counted."""
    rest = len(words) - most
    said = [*words[:most], f"{rest} other{'s' if rest > 1 else ''}"] if rest > 0 else words
    return " or ".join(filter(None, (", ".join(said[:-1]), *said[-1:])))


def _name(path: str, labels: Mapping[str, str]) -> str:
    return labels.get(path) or path.rpartition("/")[2].replace("-", " ")
