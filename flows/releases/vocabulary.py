"""The ontology as one file of a release."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

import pyoxigraph as ox

from extract import turtle
from flows.errors import FaultError
from ontology import store, terms

_TYPE = terms.RDF + "type"


@lru_cache(maxsize=1)
def merged() -> bytes:
    """All Turtle files of the ontology as one, the same bytes every time.

    Raises:
        FaultError: A file of the ontology holds a blank node, which has no name to sort by.
    """
    triples: defaultdict[str, list[ox.Triple]] = defaultdict(list)
    for subject, predicate, value in store.triples():
        if not isinstance(subject, ox.NamedNode) or isinstance(value, ox.BlankNode | ox.Triple):
            raise FaultError(f"the ontology holds a node without a name: {subject} {predicate} {value}; give it an IRI")
        triples[subject.value].append(ox.Triple(subject, predicate, value))
    blocks = (turtle.block(sorted(triples[subject], key=_order)) for subject in sorted(triples))
    return turtle.header() + b"".join(blocks)


def _order(triple: ox.Triple) -> tuple[bool, str, str]:
    """The class comes first, then properties and values by name."""
    return triple.predicate.value != _TYPE, triple.predicate.value, str(triple.object)
