"""From the middle form to triples: the facts of a procedure, and where they were read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from extract import nodes, provenance
from extract.label import label, names
from extract.model import Procedure
from ontology import terms

# The node that a block is about comes first, then what hangs on it.
_KINDS: Final = (
    "procedure",
    "guidance-use",
    "substance-use",
    "temperature",
    "page",
    "rights",
    "assertion",
    "disagreement",
    "rejection",
    "evidence",
    "selector",
)
_KIND_RANK: Final = {f"{terms.BASE}{kind}/": rank for rank, kind in enumerate(_KINDS)}
_FIRST: Final = {terms.RDF + "type": 0, terms.SKOS + "notation": 1, terms.RDFS + "label": 2}


@dataclass(frozen=True, slots=True)
class GraphParts:
    """The triples of one procedure.

    Attributes:
        facts: For ``procedures.ttl``.
        evidence: For ``evidence.ttl``.

    Both are sorted, free of duplicates and of blank nodes.
    """

    facts: tuple[Triple, ...]
    evidence: tuple[Triple, ...]


def to_triples(procedure: Procedure, *, quotes: bool = True, labels: Mapping[str, str] | None = None) -> GraphParts:
    """The graph of one procedure.

    Args:
        procedure: What its pages say.
        quotes: Whether words of the pages go in; without them positions stand alone.
        labels: Path of a concept to its English name, for the procedure's own label; None for those of the ontology.

    Returns:
        Triples that depend on the procedure alone: the same for pages and facts in any order.

    Raises:
        ValueError: An assertion names a part, a property or a value that has no place in the graph.
    """
    stated = provenance.facts(procedure.assertions)
    return GraphParts(
        in_order(_facts(procedure.code, stated, names() if labels is None else labels)),
        in_order(provenance.triples(procedure, stated, quotes=quotes)),
    )


def in_order(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    """The triples once each, in the order of a release: procedure first, type first, else by IRI.

    >>> from pyoxigraph import Literal, NamedNode, Triple
    >>> node, note = NamedNode("https://w3id.org/ablation-kg/procedure/CPT-50593"), NamedNode(terms.SKOS + "notation")
    >>> kind = Triple(node, NamedNode(terms.RDF + "type"), NamedNode(terms.abl("Procedure")))
    >>> in_order([Triple(node, note, Literal("50593")), kind, kind])[0] == kind
    True
    """
    return tuple(sorted(set(triples), key=_key))


def _key(triple: Triple) -> tuple[int, str, int, str, str]:
    subject, predicate = triple.subject, triple.predicate.value
    name = subject.value if isinstance(subject, NamedNode) else str(subject)
    kind = name[: name.rfind("/") + 1]
    return (_KIND_RANK.get(kind, len(_KINDS)), name, _FIRST.get(predicate, 3), predicate, str(triple.object))


def _facts(code: str, stated: Iterable[provenance.Fact], labels: Mapping[str, str]) -> Iterator[Triple]:
    stated = tuple(stated)
    node = NamedNode(terms.procedure(code))
    a = nodes.named(terms.RDF + "type")
    yield Triple(node, a, nodes.named(terms.abl("Procedure")))
    yield Triple(node, nodes.named(terms.SKOS + "notation"), Literal(code))
    yield Triple(node, nodes.named(terms.RDFS + "label"), Literal(label(stated, labels), language="en"))
    for fact in stated:
        yield fact.triple(code)
        if fact.node:
            part = nodes.subject(code, fact.node)
            yield Triple(part, a, nodes.named(nodes.PART_KINDS[fact.node[0]].type))
            if fact.node[0] == "temperature":
                yield Triple(part, nodes.named(terms.QUDT + "unit"), nodes.named(terms.UNIT + "DEG_C"))
