"""Weights that were learned from gold pages: how far a trait of a value speaks for it or against it.

They stand in ``weights.tsv``, a line each: property, trait, weight in natural log odds. The empty trait is what a value
starts from. ``python -m tests.learn_weights`` learns them anew from the tune half of tests/gold.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("weights.tsv")
START: Final = ""
"""The trait of every value."""
_COLUMNS: Final = ("property", "trait", "weight")


class Scales:
    """Weights by property and trait.

    Args:
        weights: Weights by trait, by property; a property without weights is not weighed.
    """

    def __init__(self, weights: Mapping[str, Mapping[str, float]]) -> None:
        self._weights = weights

    def chance(self, predicate: str, value: str, traits: Iterable[str]) -> float | None:
        """How likely a value is one of the page's procedure, 0 to 1, or None where the property is not weighed.

        Args:
            predicate: The property.
            value: Which value; it has no weight of its own.
            traits: What the value has about it.

        >>> Scales({"target": {"": -1.0, "tied": 1.0}}).chance("target", "target/tumor", ["tied", "never seen"])
        0.5
        """
        weights = self._weights.get(predicate)
        if weights is None:
            return None
        return 1 / (1 + math.exp(-math.fsum(weights.get(trait, 0.0) for trait in (START, *traits))))


@lru_cache(maxsize=1)
def load() -> Scales:
    """The learned weights; read once.

    Raises:
        ValueError: A line of the file has not three columns or no number; the message names it.
    """
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows, None)
        for number, row in enumerate(rows, start=2):
            try:
                predicate, trait, weight = row
                found[predicate][trait] = float(weight)
            except ValueError as error:
                raise ValueError(f"{FILE.name}, line {number}: needs property, trait and a number") from error
    return Scales(found)


def save(weights: Mapping[str, Mapping[str, float]], file: Path = FILE) -> None:
    """Write weights, sorted, so that the same weights are the same bytes.

    Args:
        weights: By trait, by property.
        file: Where to.
    """
    lines = ["\t".join(_COLUMNS)]
    lines += [
        f"{one}\t{trait}\t{weight:.3f}" for one in sorted(weights) for trait, weight in sorted(weights[one].items())
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
