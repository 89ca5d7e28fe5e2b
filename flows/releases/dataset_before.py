"""What the description of the release before says in numbers, so that they need not be counted again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from flows.releases import release
from flows.releases.tally import Counts, Tally, sha256
from ontology import terms

FILE: Final = "dataset.ttl"


class _Read:
    """A description that can be asked."""

    def __init__(self, file: Path) -> None:
        self._store = ox.Store()
        self._store.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE)

    def values(self, node: str | None, link: str) -> list[str]:
        """Values of a property as text, of one node or of any."""
        about = None if node is None else ox.NamedNode(node)
        found = self._store.quads_for_pattern(about, ox.NamedNode(link), None)
        return [quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode | ox.Literal)]

    def number(self, node: str, link: str) -> int:
        """The first value of a property, or 0."""
        return next((int(value) for value in self.values(node, link)), 0)

    def tally(self, name: str) -> Tally:
        """The numbers of one file."""
        node = f"{terms.BASE}subset/{name}"

        def parts(kind: str, value: str) -> Counter[str]:
            return Counter(
                {
                    iri: self.number(part, terms.VOID + value)
                    for part in self.values(node, f"{terms.VOID}{kind}Partition")
                    for iri in self.values(part, terms.VOID + kind)
                }
            )

        return Tally(
            self.number(node, terms.VOID + "triples"),
            self.number(node, terms.VOID + "distinctSubjects"),
            parts("class", "entities"),
            parts("property", "triples"),
        )


def before(previous: Path) -> tuple[str, Counts | None]:
    """Name of the release before, and its numbers.

    Args:
        previous: Its folder.

    Returns:
        Its identifier; and the numbers as its description has them, or None where there is none or it is about other
        bytes than those that are there now.
    """
    try:
        read = _Read(previous / FILE)
    except (FileNotFoundError, SyntaxError):
        return release.identifier(previous), None
    name = next(iter(read.values(None, terms.DCAT + "version")), "")
    for file in ("procedures", "evidence"):
        told = read.values(f"{terms.BASE}checksum/{name}-{file}", terms.SPDX + "checksumValue")
        if told != [sha256(previous / f"{file}.ttl")]:
            return release.identifier(previous), None
    return name, Counts(read.tally(f"{name}-procedures"), read.tally(f"{name}-evidence"))
