"""How many triples, subjects, classes and properties a release holds, and whose rights its pages name."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from extract import turtle
from flows.errors import UserError
from flows.releases.blocks import Block, with_previous
from ontology import terms

_TYPE: Final = terms.RDF + "type"
_YEAR: Final = re.compile(rb'\n    abl:editionYear "([0-9]{4})"')
_HEADER: Final = turtle.header()


@dataclass(slots=True)
class Tally:
    """Numbers of a file that can be added up procedure by procedure.

    Attributes:
        triples: Number of triples.
        subjects: Number of nodes that triples are about.
        classes: IRI of a class to the number of its members.
        properties: IRI of a property to the number of its triples.
    """

    triples: int = 0
    subjects: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)

    def add(self, triples: Iterable[ox.Triple], sign: int = 1) -> None:
        """Add triples, or with a sign of -1 take them away; all triples of a subject have to come at once."""
        subjects = set()
        for triple in triples:
            predicate = triple.predicate.value
            subjects.add(triple.subject)
            self.triples += sign
            self.properties[predicate] += sign
            if predicate == _TYPE and isinstance(triple.object, ox.NamedNode):
                self.classes[triple.object.value] += sign
        self.subjects += sign * len(subjects)


@dataclass(slots=True)
class Counts:
    """The numbers of ``procedures.ttl`` and ``evidence.ttl``."""

    facts: Tally = field(default_factory=Tally)
    evidence: Tally = field(default_factory=Tally)

    def add(self, block: Block, sign: int = 1) -> None:
        """Add what a release holds of a procedure, or take it away."""
        for tally, part in ((self.facts, block.facts), (self.evidence, block.evidence)):
            tally.add((quad.triple for quad in ox.parse(_HEADER + part, format=ox.RdfFormat.TURTLE)), sign)


@dataclass(frozen=True, slots=True)
class Rights:
    """What the pages of a release say of themselves.

    Attributes:
        lines: Holder and year (or None) of their rights lines, each pair once, sorted.
        years: First and last edition year, or None where no page names one.
    """

    lines: tuple[tuple[str, str | None], ...]
    years: tuple[str, str] | None


def count(draft: Path, previous: Path | None = None, known: Counts | None = None) -> tuple[Counts, Rights]:
    """Count what a release holds.

    Where the numbers of the release before are known, only procedures that differ are counted: the rest of the two
    files is compared as bytes.

    Args:
        draft: The release's folder.
        previous: Folder of the release before.
        known: Its numbers; they are changed. None counts everything.

    Returns:
        The numbers, and the rights of the pages.

    Raises:
        UserError: A file is missing or no longer ours.
    """
    counts = Counts() if known is None else known
    holders: set[bytes] = set()
    years: set[bytes] = set()
    try:
        for new, old in with_previous(draft, None if known is None else previous):
            if new is not None:
                years.update(_YEAR.findall(new.evidence))
                holders.update(_rights(new.evidence))
            if new == old:
                continue
            if old is not None:
                counts.add(old, -1)
            if new is not None:
                counts.add(new)
    except SyntaxError as error:
        raise UserError(f"{draft}: no longer the Turtle that a build writes ({error.msg}); build again") from error
    for tally in (counts.facts, counts.evidence):
        # What is no longer there at all.
        tally.classes, tally.properties = +tally.classes, +tally.properties
    span = (min(years).decode(), max(years).decode()) if years else None
    return counts, Rights(_lines(holders), span)


_RIGHTS: Final = re.compile(rb"\n\nrights:[0-9a-f]{32}-[0-9]+ a (dcterms:RightsStatement(?:[^\n]|\n    )*)")


def _rights(evidence: bytes) -> Iterable[bytes]:
    """What the rights nodes of a block say, as Turtle, without their own names."""
    return _RIGHTS.findall(evidence)


def _lines(found: Iterable[bytes]) -> tuple[tuple[str, str | None], ...]:
    lines = set()
    for said in found:
        values = {
            quad.predicate.value: quad.object.value
            for quad in ox.parse(_HEADER + b"<urn:rights> a " + said, format=ox.RdfFormat.TURTLE)
            if isinstance(quad.object, ox.Literal)
        }
        lines.add((values[terms.SCHEMA + "copyrightHolder"], values.get(terms.SCHEMA + "copyrightYear")))
    return tuple(sorted(lines, key=lambda line: (line[0], line[1] or "")))


def sha256(file: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal digits."""
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
