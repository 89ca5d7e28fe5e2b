"""The vocabulary of a release as the report needs it: concepts with a number each, classes, properties, mappings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from flows.releases.sssom import OUTSIDE, curie
from ontology import terms

_SKOS: Final = terms.SKOS
_MATCHES: Final = {_SKOS + name: name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch")}
_AUTHORITY: Final = terms.abl("authority")
_KINDS: Final = {
    terms.OWL + "Class": "class",
    terms.OWL + "ObjectProperty": "property",
    terms.OWL + "DatatypeProperty": "property",
    terms.OWL + "AnnotationProperty": "annotation",
}


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of a scheme.

    Attributes:
        number: Its place among all concepts of the release, from 0.
        path: Scheme and name, ``organ/kidney``.
        label: Its name.
        definition: What it is.
        broader: Numbers of the concepts right above.
        also: Other names that the matcher knows it by and people use.
        matches: ``exactMatch`` and so on, CURIE, IRI.
    """

    number: int
    path: str
    label: str
    definition: str
    broader: tuple[int, ...]
    also: tuple[str, ...]
    matches: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A concept scheme with its concepts, broader ones before narrower ones, each with its depth."""

    name: str
    label: str
    definition: str
    concepts: tuple[tuple[int, Concept], ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property: its name with a prefix, label, definition, example, what it hangs on."""

    name: str
    kind: str
    label: str
    definition: str
    example: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Lexis:
    """All that the report needs of ``ontology.ttl``.

    Attributes:
        title: Of the ontology.
        version: Of the ontology.
        concepts: Sorted by path; a concept's number is its place.
        schemes: Sorted by name.
        terms: Classes first, then properties.
        labels: IRI of a class or property to its label.
        numbers: IRI of a concept to its number.
        above: For each concept its number and those of all broader ones.
        authority: IRI of a section's role to its authority, 1 (highest) to 4.
    """

    title: str
    version: str
    concepts: tuple[Concept, ...]
    schemes: tuple[Scheme, ...]
    terms: tuple[Term, ...]
    labels: Mapping[str, str]
    numbers: Mapping[str, int]
    above: tuple[frozenset[int], ...]
    authority: Mapping[str, int]

    def number(self, iri: str) -> int | str:
        """A concept's number, or of anything else its name in words."""
        found = self.numbers.get(iri)
        return self.name(iri) if found is None else found

    def name(self, iri: str) -> str:
        """A property or class in words."""
        if iri == terms.RDF + "type":
            return "kind"
        return self.labels.get(iri) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.split(r"[/#]", iri)[-1]).lower()


def read(file: Path) -> Lexis:
    """Read the ontology of a release.

    Args:
        file: Its ``ontology.ttl``.
    """
    nodes: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
            nodes[quad.subject.value][quad.predicate.value].append(quad.object.value)
    ours = sorted(
        iri
        for iri, node in nodes.items()
        if _SKOS + "Concept" in node[terms.RDF + "type"] and iri.startswith(terms.BASE) and node[_SKOS + "prefLabel"]
    )
    numbers = {iri: number for number, iri in enumerate(ours)}
    concepts = tuple(_concept(iri, nodes[iri], numbers) for iri in ours)
    head = nodes[terms.BASE + "ontology"]
    return Lexis(
        _first(head, terms.DCTERMS + "title"),
        _first(head, terms.OWL + "versionInfo"),
        concepts,
        tuple(_schemes(nodes, concepts)),
        tuple(_terms(nodes)),
        {
            iri: _first(node, terms.RDFS + "label")
            for iri, node in nodes.items()
            if node[terms.RDFS + "label"] and iri.startswith(terms.ABL)
        },
        numbers,
        tuple(_above(one.number, concepts) for one in concepts),
        {iri: int(_first(nodes[iri], _AUTHORITY)) for iri in ours if nodes[iri][_AUTHORITY]},
    )


Node = Mapping[str, list[str]]


def _first(node: Node, link: str) -> str:
    return min(node.get(link, ()), default="")


def _concept(iri: str, node: Node, numbers: Mapping[str, int]) -> Concept:
    matches = [(_MATCHES[link], _curie(other), other) for link in _MATCHES for other in node.get(link, ())]
    return Concept(
        numbers[iri],
        iri.removeprefix(terms.BASE),
        _first(node, _SKOS + "prefLabel"),
        _first(node, _SKOS + "definition"),
        tuple(sorted(numbers[one] for one in node.get(_SKOS + "broader", ()) if one in numbers)),
        tuple(sorted(set(node.get(_SKOS + "altLabel", ())), key=str.casefold)),
        tuple(sorted(matches)),
    )


def _above(number: int, concepts: tuple[Concept, ...]) -> frozenset[int]:
    found, todo = {number}, [number]
    while todo:
        more = set(concepts[todo.pop()].broader) - found
        found |= more
        todo.extend(more)
    return frozenset(found)


def _curie(iri: str) -> str:
    return curie(iri, OUTSIDE) if iri.startswith(tuple(OUTSIDE.values())) else iri


def _schemes(nodes: Mapping[str, Node], concepts: tuple[Concept, ...]) -> Iterator[Scheme]:
    by_scheme: defaultdict[str, list[Concept]] = defaultdict(list)
    for one in concepts:
        by_scheme[one.path.partition("/")[0]].append(one)
    for name, some in sorted(by_scheme.items()):
        node = nodes.get(terms.scheme(name), {})
        label = _first(node, _SKOS + "prefLabel") or name.replace("-", " ")
        yield Scheme(name, label, _first(node, _SKOS + "definition"), tuple(tree(some)))


def tree(some: Iterable[Concept]) -> Iterator[tuple[int, Concept]]:
    """Concepts so that each stands below its broader one, with its depth; siblings by name.

    Args:
        some: Concepts. One whose broader concepts are not among them stands at the top.
    """
    known = {one.number: one for one in some}
    below: defaultdict[int | None, list[Concept]] = defaultdict(list)
    for one in known.values():
        below[next((up for up in one.broader if up in known), None)].append(one)
    todo = [(0, one) for one in sorted(below[None], key=_by_label, reverse=True)]
    while todo:
        depth, one = todo.pop()
        yield depth, one
        todo.extend((depth + 1, lower) for lower in sorted(below[one.number], key=_by_label, reverse=True))


def _by_label(one: Concept) -> tuple[str, str]:
    return one.label.casefold(), one.path


def _terms(nodes: Mapping[str, Node]) -> Iterator[Term]:
    found = []
    for iri, node in nodes.items():
        kinds = [_KINDS[kind] for kind in sorted(node.get(terms.RDF + "type", ())) if kind in _KINDS]
        if iri.startswith(terms.ABL) and kinds and node.get(terms.RDFS + "label"):
            links = [
                (words, _prefixed(other))
                for link, words in _LINKS
                for other in sorted(node.get(link, ()))
                if not other.startswith(terms.BASE) or other.startswith(terms.ABL)
            ]
            found.append(
                Term(
                    _prefixed(iri),
                    kinds[0],
                    _first(node, terms.RDFS + "label"),
                    _first(node, _SKOS + "definition"),
                    _first(node, _SKOS + "example"),
                    tuple(links),
                )
            )
    order = list(dict.fromkeys(_KINDS.values()))
    yield from sorted(found, key=lambda one: (order.index(one.kind), one.name))


_LINKS: Final = (
    (terms.RDFS + "subClassOf", "is a"),
    (terms.RDFS + "subPropertyOf", "is a"),
    (terms.RDFS + "domain", "of"),
    (terms.RDFS + "range", "to"),
)
_PREFIXES: Final = {**terms.PREFIXES, "owl": terms.OWL}


def _prefixed(iri: str) -> str:
    fitting = [(len(space), prefix) for prefix, space in _PREFIXES.items() if iri.startswith(space)]
    return f"{max(fitting)[1]}:{iri[max(fitting)[0] :]}" if fitting else iri
