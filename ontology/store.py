"""The Turtle files of the ontology as one read-only graph."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple

FOLDER = Path(__file__).parent


def files() -> tuple[Path, ...]:
    """Every Turtle file of the ontology, in a fixed order."""
    return tuple(sorted(FOLDER.rglob("*.ttl")))


@lru_cache(maxsize=1)
def graph() -> Store:
    """All Turtle files of the ontology, merged; read once.

    Returns:
        A store that callers must not change.
    """
    store = Store()
    for file in files():
        store.bulk_load(file.read_bytes(), format=RdfFormat.TURTLE)
    return store


def triples() -> Iterator[tuple[NamedNode | BlankNode | Triple, NamedNode, NamedNode | BlankNode | Literal | Triple]]:
    """Subject, predicate and object of every triple of the ontology, in no order."""
    for quad in graph():
        yield quad.subject, quad.predicate, quad.object
