"""A release to be looked at node by node: what stands behind the pages of the server."""

from __future__ import annotations

import difflib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from flows.asking.look import Look
from flows.errors import UserError
from ontology import terms

MOST: Final = 200
"""So many values of a property, or nodes that name a node, are shown on its page."""

_TYPE: Final = terms.RDF + "type"
_LABELS: Final = (terms.SKOS + "prefLabel", terms.RDFS + "label")
_NEAR: Final = 5
_KIND: Final = re.compile("[a-z-]+")


@dataclass(frozen=True, slots=True)
class Term:
    """A node or value as a page shows it.

    Attributes:
        words: What a person reads.
        href: The page behind it, below the server's root, or None.
        iri: The IRI, or None for a literal.
        note: Language or type of a literal, else empty.
    """

    words: str
    href: str | None = None
    iri: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A property and its values, some left out where there are many."""

    property: Term
    values: tuple[Term, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A procedure in a list."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A concept in the tree of its scheme, as deep as its level says."""

    term: Term
    definition: str
    level: int


@dataclass(frozen=True, slots=True)
class View:
    """A release.

    Attributes:
        look: Its graph.
        folder: Its folder.
        name: Its identifier.
        files: Names of its files.
        procedures: All of them, in code order.
        pages: The lines of ``pages.jsonl`` that name a code, by code; only what an explanation needs.
        counts: How many pages were published, quarantined and out of scope.
    """

    look: Look
    folder: Path
    name: str
    files: tuple[str, ...]
    procedures: tuple[Entry, ...]
    pages: Mapping[str, tuple[Mapping[str, str], ...]]
    counts: Mapping[str, int]

    @classmethod
    def open(cls, folder: Path, location: Path) -> View:
        """Open a release that was loaded into a store on the disk.

        Args:
            folder: The release's folder.
            location: The store's.

        Raises:
            UserError: The release's list of pages is broken.
        """
        look = Look(ox.Store.read_only(str(location)))
        pages, counts = _pages(folder / "pages.jsonl")
        procedures = (
            Entry(look.text(iri, terms.SKOS + "notation"), look.text(iri, terms.RDFS + "label"))
            for iri in look.about(_TYPE, terms.abl("Procedure"))
        )
        return cls(
            look,
            folder,
            folder.name,
            tuple(sorted(file.name for file in folder.iterdir() if file.is_file())),
            tuple(sorted(procedures, key=lambda one: one.code)),
            pages,
            counts,
        )

    def known(self, iri: str) -> bool:
        """Whether the release says anything about an IRI, or with it."""
        node = ox.NamedNode(iri)
        found: Iterator[ox.Quad] = self.look.store.quads_for_pattern(node, None, None)
        return any(True for _ in found) or any(True for _ in self.look.store.quads_for_pattern(None, None, node))

    def triples(self, iri: str) -> tuple[ox.Triple, ...]:
        """What the release says about an IRI, and about the nodes that name a procedure's parts by it, sorted."""
        found = {quad.triple for quad in self.look.store.quads_for_pattern(ox.NamedNode(iri), None, None)}
        for triple in tuple(found):
            if isinstance(triple.object, ox.NamedNode) and _is_part(triple.object.value):
                found |= {quad.triple for quad in self.look.store.quads_for_pattern(triple.object, None, None)}
        return tuple(sorted(found, key=str))

    def term(self, value: object) -> Term:
        """A value as a page shows it."""
        if isinstance(value, ox.Literal):
            kind = value.datatype.value.rpartition("#")[2]
            return Term(value.value, note=value.language or ("" if kind == "string" else kind))
        iri = value.value if isinstance(value, ox.NamedNode) else str(value)
        return Term(self.words(iri), href_of(iri), iri)

    def words(self, iri: str) -> str:
        """What a node is called: its label, or its own name."""
        for label in _LABELS:
            if words := self.look.text(iri, label):
                return words
        return shortened(iri)

    def about(self, iri: str) -> tuple[Row, ...]:
        """What the release says about a node, property by property."""
        rows: defaultdict[str, list[Term]] = defaultdict(list)
        for quad in self.look.store.quads_for_pattern(ox.NamedNode(iri), None, None):
            rows[quad.predicate.value].append(self.term(quad.object))
        return tuple(_row(self.term(ox.NamedNode(link)), rows[link]) for link in sorted(rows, key=_links_in_order))

    def named_by(self, iri: str) -> tuple[Row, ...]:
        """Which nodes name a node, by the property that they do it with."""
        rows: defaultdict[str, list[Term]] = defaultdict(list)
        left: defaultdict[str, int] = defaultdict(int)
        for quad in self.look.store.quads_for_pattern(None, None, ox.NamedNode(iri)):
            link = quad.predicate.value
            if len(rows[link]) < MOST:
                rows[link].append(self.term(quad.subject))
            else:
                left[link] += 1
        return tuple(_row(self.term(ox.NamedNode(link)), rows[link], left[link]) for link in sorted(rows))

    def kinds(self, iri: str) -> tuple[str, ...]:
        """Classes of a node."""
        return self.look.iris(iri, _TYPE)

    def using(self, iri: str) -> tuple[Entry, ...]:
        """Procedures that a concept or a narrower one says something of, or of one of their parts."""
        concepts, todo = set[str](), [iri]
        while todo:
            concept = todo.pop()
            if concept not in concepts:
                concepts.add(concept)
                todo.extend(self.look.about(terms.SKOS + "broader", concept))
        codes = set()
        for concept in concepts:
            for quad in self.look.store.quads_for_pattern(None, None, ox.NamedNode(concept)):
                found = re.fullmatch(_STANDS_ON, getattr(quad.subject, "value", ""))
                if found:
                    codes.add(found[1])
        return tuple(one for one in self.procedures if one.code in codes)

    def tree(self, scheme: str) -> tuple[Branch, ...]:
        """The concepts of a scheme, narrower ones below broader ones, each once below each of them."""
        inside = set(self.look.about(terms.SKOS + "inScheme", scheme))
        below: defaultdict[str, list[str]] = defaultdict(list)
        tops = []
        for concept in sorted(inside, key=self.words):
            broader = [one for one in self.look.iris(concept, terms.SKOS + "broader") if one in inside]
            for one in broader:
                below[one].append(concept)
            if not broader:
                tops.append(concept)
        out: list[Branch] = []

        def walk(concept: str, level: int, above: frozenset[str]) -> None:
            definition = self.look.text(concept, terms.SKOS + "definition")
            out.append(Branch(self.term(ox.NamedNode(concept)), definition, level))
            for narrower in below[concept]:
                if narrower not in above:
                    walk(narrower, level + 1, above | {narrower})

        for top in tops:
            walk(top, 0, frozenset({top}))
        return tuple(out)

    def schemes(self) -> tuple[Term, ...]:
        """The concept schemes, by name."""
        found = self.look.about(_TYPE, terms.SKOS + "ConceptScheme")
        return tuple(sorted((self.term(ox.NamedNode(one)) for one in found), key=lambda term: term.words))

    def near(self, path: str) -> tuple[Term, ...]:
        """What is called almost like a path that is not there."""
        kind, _, name = path.partition("/")
        paths = []
        if kind == "procedure":
            paths = [f"procedure/CPT-{one.code}" for one in self.procedures]
        elif _KIND.fullmatch(kind):
            scheme = terms.scheme(kind)
            paths = [one.removeprefix(terms.BASE) for one in self.look.about(terms.SKOS + "inScheme", scheme)]
        found = difflib.get_close_matches(f"{kind}/{name}", paths, n=_NEAR, cutoff=0.6)
        return tuple(self.term(ox.NamedNode(terms.BASE + one)) for one in found)


_STANDS_ON: Final = (
    re.escape(terms.BASE) + r"(?:procedure|guidance-use|substance-use|temperature)/CPT-([0-9]{4}[0-9A-Z]).*"
)
_FIRST: Final = (_TYPE, *_LABELS, terms.SKOS + "notation", terms.SKOS + "definition")


def href_of(iri: str) -> str | None:
    """The page behind an IRI, from the server's root; None for an IRI of somebody else.

    >>> href_of("https://w3id.org/ablation-kg/organ/kidney"), href_of("https://w3id.org/ablation-kg/ontology#organ")
    ('organ/kidney', 'ontology#organ')
    """
    return iri.removeprefix(terms.BASE) or None if iri.startswith(terms.BASE) else None


def shortened(iri: str) -> str:
    """An IRI with a known prefix, or without our base.

    >>> shortened("http://www.w3.org/2004/02/skos/core#broader"), shortened("https://w3id.org/ablation-kg/page/ab")
    ('skos:broader', 'page/ab')
    """
    for prefix, namespace in terms.PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri.removeprefix(terms.BASE)


def _pages(file: Path) -> tuple[dict[str, tuple[Mapping[str, str], ...]], dict[str, int]]:
    """What an explanation needs of the published pages, by code, and how many pages ended where."""
    pages: defaultdict[str, list[Mapping[str, str]]] = defaultdict(list)
    counts: defaultdict[str, int] = defaultdict(int)
    try:
        with file.open(encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                counts[row["status"]] += 1
                if row["code"] and row["status"] == "published":
                    pages[row["code"]].append({"path": row["path"], "sha256": row["sha256"]})
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UserError(f"{file}: cannot be read ({error}); build the release again") from error
    return {code: tuple(rows) for code, rows in pages.items()}, dict(counts)


def _row(link: Term, values: list[Term], left_out: int = 0) -> Row:
    values = sorted(values, key=lambda term: (term.words, term.iri or ""))
    return Row(link, tuple(values[:MOST]), left_out + len(values[MOST:]))


def _links_in_order(link: str) -> tuple[int, str]:
    return _FIRST.index(link) if link in _FIRST else len(_FIRST), link


def _is_part(iri: str) -> bool:
    return iri.startswith(tuple(f"{terms.BASE}{kind}/" for kind in ("guidance-use", "substance-use", "temperature")))
