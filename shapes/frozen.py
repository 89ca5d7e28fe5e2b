"""The store behind a graph that is checked: filled once, then only read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rdflib import Graph
from rdflib.store import Store
from rdflib.term import Node

Pattern = tuple[Node | None, Node | None, Node | None]


class FrozenStore(Store):
    """Triples by subject and by property.

    rdflib's own store in memory keeps a context for each triple and tells listeners of each: filling this one takes
    a third of the time, and pyshacl's look-ups half of it.
    """

    # rdflib takes no other store for what pyshacl makes of a graph.
    context_aware = True
    graph_aware = True

    def __init__(self, triples: Iterable[tuple[Node, Node, Node]]) -> None:
        """Fill the store.

        Args:
            triples: What it holds from now on; each is kept once.
        """
        super().__init__()
        by_subject: dict[Node, dict[Node, dict[Node, None]]] = {}
        by_property: dict[Node, dict[Node, dict[Node, None]]] = {}
        for subject, predicate, value in triples:
            by_subject.setdefault(subject, {}).setdefault(predicate, {})[value] = None
            by_property.setdefault(predicate, {}).setdefault(value, {})[subject] = None
        self._by_subject, self._by_property = by_subject, by_property

    def triples(
        self, triple_pattern: Pattern, context: Graph | None = None
    ) -> Iterator[tuple[tuple[Node, Node, Node], Iterator[None]]]:
        """Triples that match, each with its contexts (none).

        Args:
            triple_pattern: Subject, property and value, None for any.
            context: Not used: there is one graph.
        """
        subject, predicate, value = triple_pattern
        none: Iterator[None] = iter(())
        if subject is not None:
            known = self._by_subject.get(subject, {})
            for verb in known if predicate is None else (predicate,):
                values = known.get(verb, {})
                for one in values if value is None else (value,):
                    if one in values:
                        yield (subject, verb, one), none
            return
        for verb in self._by_property if predicate is None else (predicate,):
            subjects = self._by_property.get(verb, {})
            for one in subjects if value is None else (value,):
                for owner in subjects.get(one, ()):
                    yield (owner, verb, one), none

    def __len__(self, context: Graph | None = None) -> int:
        return sum(len(values) for known in self._by_subject.values() for values in known.values())

    def bind(self, *args: Any, **kwargs: Any) -> None:
        """Take no prefix: nothing is written from here."""

    def namespaces(self) -> Iterator[tuple[str, Any]]:
        """Prefixes: none."""
        yield from ()

    def namespace(self, prefix: str) -> None:
        """Namespace of a prefix: None."""

    def prefix(self, namespace: Any) -> None:
        """Prefix of a namespace: None."""
