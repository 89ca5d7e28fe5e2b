"""What one release has that another has not: procedure by procedure, fact by fact, with the pages behind it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from flows.releases.blocks import Block, Nodes, iris, text, with_previous
from flows.releases.records import Status
from ontology import terms

_TYPE: Final = terms.RDF + "type"
_LABEL: Final = terms.RDFS + "label"
_VALUE: Final = terms.QUDT + "numericValue"
_LINKS: Final = frozenset(terms.abl(name) for name in ("guidance", "substance", "temperature"))
_LINKED: Final = tuple(f"rdf:predicate abl:{name} ;".encode() for name in ("guidance", "substance", "temperature"))
_ASSERTED: Final = b"\n\nassertion:"


class Kind(StrEnum):
    """What happened to a procedure or to a fact."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """A fact of a procedure. The link to a part (its guidance, say) is none of its own: it goes with the part's facts.

    Attributes:
        part: Kind and name of the part it is about, ``guidance-use/ct``; empty for the procedure itself.
        name: IRI of the property.
        value: IRI of a concept or class, or the text of a number.
    """

    part: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a fact.

    Attributes:
        kind: It was added, removed, or has another value: one value before and one now.
        part: See `Fact`.
        name: See `Fact`.
        before: Its value before, or None.
        after: Its value now, or None.
        pages: Names of the pages behind it: behind the value now, or where there is none, behind the one before.
    """

    kind: Kind
    part: str
    name: str
    before: str | None
    after: str | None
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What happened to a procedure.

    Attributes:
        code: Of the procedure.
        label: Its label now, or before where it is gone.
        kind: It was added, removed or changed.
        changes: Of its facts, in order; none where the same facts rest on other words or pages.
        facts_before: Number of its facts before.
    """

    code: str
    label: str
    kind: Kind
    changes: tuple[Change, ...]
    facts_before: int


@dataclass(frozen=True)
class Release:
    """A release to be compared.

    Attributes:
        folder: Its own folder.
    """

    folder: Path

    @cached_property
    def pages(self) -> Mapping[str, Mapping[str, str | None]]:
        """Rows of ``pages.jsonl`` by path, in order."""
        with (self.folder / "pages.jsonl").open(encoding="utf-8") as file:
            return {row["path"]: row for row in map(json.loads, file)}

    @cached_property
    def paths(self) -> Mapping[str, str]:
        """The first path of each page by the SHA-256 of its bytes."""
        return {row["sha256"] or "": path for path, row in reversed(tuple(self.pages.items()))}


def compare(after: Release, before: Release) -> Iterator[Difference | int]:
    """Compare two releases.

    Args:
        after: The newer one.
        before: The older one.

    Yields:
        In code order, what happened to each procedure that is not the same in both; for each one that is, the number
        of its facts.

    Raises:
        UserError: A file is missing or was changed by hand.
    """
    for new, old in with_previous(after.folder, before.folder):
        if new is not None and old is not None and (new.facts, new.evidence) == (old.facts, old.evidence):
            yield _count(old)
        elif new is not None and old is not None and new.facts == old.facts:
            yield Difference(new.code, _label(_nodes(new), new.code), Kind.CHANGED, (), _count(old))
        else:
            yield _difference(_Side(new, after), _Side(old, before))


def moved(after: Release, before: Release) -> Iterator[tuple[str, str, str | None]]:
    """What happened to pages.

    Yields:
        Path, what happened (``added``, ``gone``, ``edited``, ``in quarantine``, ``out of quarantine``), and the reason
        of the quarantine; by path. A page may be told of twice.
    """
    for path in sorted(after.pages.keys() | before.pages.keys()):
        new, old = after.pages.get(path), before.pages.get(path)
        if new is None or old is None:
            yield path, "gone" if new is None else "added", None
        elif new["sha256"] != old["sha256"]:
            yield path, "edited", None
        was, now = (row is not None and row["status"] == Status.QUARANTINED for row in (old, new))
        if now and not was and new is not None:
            yield path, "in quarantine", new["reason"]
        elif was and not now and new is not None:
            yield path, "out of quarantine", None


class _Side:
    """A procedure in one of the two releases; all is empty where it is not there."""

    def __init__(self, block: Block | None, release: Release) -> None:
        self.block = block
        self.nodes: Nodes = {} if block is None else _nodes(block)
        self.facts = frozenset(_facts(self.nodes))
        self._release = release
        self._evidence: Nodes | None = None
        self._asserted: Mapping[Fact, str] = {}

    def pages(self, fact: Fact) -> tuple[str, ...]:
        """Names of the pages that a fact was read on, sorted."""
        if self._evidence is None:
            self._evidence = {} if self.block is None else Block(self.block.code, b"", self.block.evidence).nodes()
            self._asserted = {
                found: iri for iri, node in self._evidence.items() if (found := _asserted(node, self.nodes)) is not None
            }
        node = self._evidence.get(self._asserted.get(fact, ""), {})
        sources = {
            page
            for evidence in iris(node, terms.abl("evidence"))
            for page in iris(self._evidence.get(evidence, {}), terms.OA + "hasSource")
        }
        hashes = {text(self._evidence.get(page, {}), terms.abl("sha256")) for page in sources}
        return tuple(sorted({self._release.paths.get(sha256, sha256) for sha256 in hashes}))


def _difference(new: _Side, old: _Side) -> Difference:
    kind = Kind.ADDED if old.block is None else Kind.REMOVED if new.block is None else Kind.CHANGED
    side = old if new.block is None else new
    code = "" if side.block is None else side.block.code
    changes = tuple(_changes(new, old))
    return Difference(code, _label(side.nodes, code), kind, changes, len(old.facts))


def _changes(new: _Side, old: _Side) -> Iterator[Change]:
    added: defaultdict[tuple[str, str], list[Fact]] = defaultdict(list)
    removed: defaultdict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in sorted(new.facts - old.facts):
        added[fact.part, fact.name].append(fact)
    for fact in sorted(old.facts - new.facts):
        removed[fact.part, fact.name].append(fact)
    for about in sorted(added.keys() | removed.keys()):
        here, there = added[about], removed[about]
        if len(here) == len(there) == 1:
            yield Change(Kind.CHANGED, *about, there[0].value, here[0].value, new.pages(here[0]))
            continue
        for fact in there:
            yield Change(Kind.REMOVED, *about, fact.value, None, old.pages(fact))
        for fact in here:
            yield Change(Kind.ADDED, *about, None, fact.value, new.pages(fact))


def _facts(nodes: Nodes) -> Iterator[Fact]:
    for subject, links in nodes.items():
        for name, values in links.items():
            for value in values:
                if _is_fact(name, value.value):
                    yield Fact(_part(subject), name, value.value)


def _is_fact(name: str, value: str) -> bool:
    if name == _TYPE:
        return value == terms.abl("AblationProcedure")
    return name == _VALUE or (name.startswith(terms.ABL) and name not in _LINKS)


def _asserted(node: Mapping[str, list[ox.NamedNode | ox.Literal]], about: Nodes) -> Fact | None:
    """The fact of an assertion, or None for any other node."""
    subject, name = text(node, terms.RDF + "subject"), text(node, terms.RDF + "predicate")
    value = text(node, terms.RDF + "object")
    return Fact(_part(subject), name, value) if subject in about and _is_fact(name, value) else None


def _part(subject: str) -> str:
    """Kind and name of a part.

    >>> _part("https://w3id.org/ablation-kg/substance-use/CPT-50593-argon-freeze")
    'substance-use/argon-freeze'
    >>> _part("https://w3id.org/ablation-kg/procedure/CPT-50593")
    ''
    """
    kind, _, name = subject.removeprefix(terms.BASE).partition("/")
    return "" if kind == "procedure" else f"{kind}/{name.removeprefix('CPT-').partition('-')[2]}"


def _nodes(block: Block) -> Nodes:
    """The facts of a block alone."""
    return Block(block.code, block.facts, b"").nodes()


def _label(nodes: Nodes, code: str) -> str:
    return text(nodes.get(terms.procedure(code), {}), _LABEL)


def _count(block: Block) -> int:
    """Number of facts in a block, without taking it apart."""
    return block.evidence.count(_ASSERTED) - sum(block.evidence.count(link) for link in _LINKED)


def counted(items: Iterable[Change], kind: Kind) -> int:
    """Number of changes of a kind."""
    return sum(item.kind is kind for item in items)
