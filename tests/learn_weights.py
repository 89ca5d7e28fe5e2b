"""Learns the weights of the second look anew: ``python -m tests.learn_weights``.

From the tune half of the gold set alone: one property after another, in the order in which pages are read, so that each
is learned with those before it in place. Few traits are kept (an L1 penalty; a trait must stand on several pages), so
that the file can be read and that what is learned holds beyond these pages.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Final

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from extract.gold import Entry, half
from extract.model import PageError
from extract.page import read_page
from extract.reading import read
from extract.scoring import right
from ontology import weights
from ontology.weights import START, Scales
from tests import floors

AXES: Final = {
    "approach": "approach",
    "energySource": "energy",
    "target": "target",
    "organ": "organ",
}
"""Properties in the order in which they are read, and the axis of gold that each is learned from."""
STRENGTH: Final = 1.0
"""Inverse of the L1 penalty: the more, the more traits are kept."""
LEAST_PAGES: Final = 4
"""A trait must stand with values of so many pages."""
_DIGITS: Final = 3

Weights = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Sample:
    """A value on a page of gold.

    Attributes:
        file: Name of the page.
        traits: What the value has about it.
        right: Whether gold has it.
    """

    file: str
    traits: frozenset[str]
    right: bool


class Listener(Scales):
    """Scales that write down what they are asked to weigh of one property.

    Args:
        known: Weights of the properties before it.
        predicate: The property.
    """

    def __init__(self, known: Mapping[str, Mapping[str, float]], predicate: str) -> None:
        super().__init__(known)
        self.predicate = predicate
        self.heard: list[tuple[str, frozenset[str]]] = []

    def chance(self, predicate: str, value: str, traits: Iterable[str]) -> float | None:
        """As of the weights that are known; what is to be learned stays as the rules have it."""
        if predicate == self.predicate:
            self.heard.append((value, frozenset(traits)))
        return super().chance(predicate, value, traits)


def samples(predicate: str, known: Mapping[str, Mapping[str, float]], entries: Sequence[Entry]) -> list[Sample]:
    """What gold pages name of a property, and whether gold has it.

    Args:
        predicate: The property.
        known: Weights of the properties before it.
        entries: Gold of the pages.
    """
    found: list[Sample] = []
    for entry in entries:
        listener = Listener(known, predicate)
        try:
            read(read_page((floors.PAGES / entry["file"]).read_bytes(), entry["file"]), listener)
        except PageError:
            continue
        for value, traits in listener.heard:
            told = right(AXES[predicate], value.rpartition("/")[2], entry)
            if told is not None:
                found.append(Sample(entry["file"], traits, told))
    return found


def fit(found: Sequence[Sample]) -> dict[str, float]:
    """Weights of the traits that tell right values from others."""
    pages: defaultdict[str, set[str]] = defaultdict(set)
    for sample in found:
        for trait in sample.traits:
            pages[trait].add(sample.file)
    known = {trait for trait, files in pages.items() if len(files) >= LEAST_PAGES}
    names = DictVectorizer(dtype=float)
    table = names.fit_transform([dict.fromkeys(sorted(sample.traits & known), 1.0) for sample in found])
    table.indices, table.indptr = table.indices.astype("int32"), table.indptr.astype("int32")
    model = LogisticRegression(C=STRENGTH, l1_ratio=1, solver="liblinear", max_iter=3000, random_state=0)
    model.fit(table, [sample.right for sample in found])
    learned = {
        name: round(float(weight), _DIGITS) for name, weight in zip(names.feature_names_, model.coef_[0], strict=True)
    }
    learned[START] = round(float(model.intercept_[0]), _DIGITS)
    return {trait: weight for trait, weight in learned.items() if weight}


def learn(entries: Sequence[Entry], workers: int = 2) -> Weights:
    """Weights of all properties.

    Args:
        entries: Gold of the pages to learn from.
        workers: Processes that read pages.
    """
    learned: Weights = {}
    parts = [entries[start::workers] for start in range(workers)]
    with ProcessPoolExecutor(workers) as pool:
        for predicate in AXES:
            heard = pool.map(samples, [predicate] * workers, [dict(learned)] * workers, parts)
            found = sorted(
                (sample for part in heard for sample in part), key=lambda sample: (sample.file, sorted(sample.traits))
            )
            learned[predicate] = fit(found)
    return learned


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn the weights and write them.

    Args:
        arguments: As on the command line; those of this process if None.

    Returns:
        Exit code: 0.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.learn_weights", description="Learn the weights of the second look."
    )
    parser.parse_args(arguments)
    learned = learn([entry for entry in floors.entries() if half(entry["file"]) == "tune"])
    weights.save(learned)
    for predicate, found in learned.items():
        sys.stdout.write(f"{predicate}: {len(found)} traits\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
