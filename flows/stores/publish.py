"""Publishing: a release into the named graphs of a store, and the switch to it in one step.

Each Turtle file fills a graph of its own. One small graph, `PUBLISHED`, names the release that stands and its graphs:
to replace it is one request, and that is the switch. Until then what was there stands untouched. What has been loaded
is noted in another small graph, so that the next try goes on from there, from whatever machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from flows.errors import UserError
from flows.progress import SILENT, Progress
from flows.stores.chunks import Part, chunks, parts, release_graph
from flows.stores.graph_store import GoneError, Store
from ontology import terms

PUBLISHED: Final = terms.BASE + "published"
"""The graph, and the node in it, that names what stands."""

UPLOAD: Final = terms.BASE + "upload"
"""The graph, and the node in it, that names what is being loaded."""

_VERSION: Final = "http://www.w3.org/ns/dcat#hasCurrentVersion"
_PART: Final = terms.DCTERMS + "hasPart"
_DONE: Final = terms.DCTERMS + "identifier"


@dataclass(frozen=True, slots=True)
class State:
    """What a store says about a release: of `PUBLISHED` or of `UPLOAD`.

    Attributes:
        release: IRI, or None.
        graphs: Of the release.
        done: Names of the pieces that were loaded.
    """

    release: str | None = None
    graphs: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """What publishing means for a store.

    Attributes:
        release: IRI of the release.
        parts: Its files and graphs.
        pieces: Number of pieces.
        triples: Of each graph.
        loaded: Number of pieces that are there already.
        standing: What stands.
        other: What was being loaded and never switched to.
    """

    release: str
    parts: tuple[Part, ...]
    pieces: int
    triples: dict[str, int]
    loaded: int
    standing: State
    other: State = field(default_factory=State)

    @property
    def needless(self) -> bool:
        """Whether this release stands already."""
        return self.standing.release == self.release


def plan(folder: Path, store: Store, size: int) -> Plan:
    """See what is to be done; the store is only read.

    Args:
        folder: The release's folder.
        store: The store.
        size: Triples in a piece.

    Raises:
        UserError: The release or the store cannot be used.
    """
    release, found = release_graph(folder.name), parts(folder)
    try:
        standing, upload = _state(store, PUBLISHED), _state(store, UPLOAD)
    except GoneError as error:
        raise UserError(f"the store cannot be reached: {error}") from error
    mine = upload.release == release
    triples: dict[str, int] = {}
    pieces = loaded = 0
    for part in found:
        triples[part.graph] = 0
        for chunk in chunks(part, size):
            triples[part.graph] += chunk.triples
            pieces += 1
            loaded += mine and chunk.name in upload.done
    return Plan(release, found, pieces, triples, loaded, standing, State() if mine else upload)


def publish(todo: Plan, store: Store, size: int, *, keep_old: bool, progress: Progress = SILENT) -> None:
    """Load a release and switch to it.

    Args:
        todo: What is to be done.
        store: The store.
        size: Triples in a piece, as planned.
        keep_old: Whether the graphs of the release before stay.
        progress: Is told how far it is.

    Raises:
        UserError: The store refuses or goes away; what stood stands.
    """
    done = 0
    switched = False
    try:
        _clear(todo, store)
        known = _state(store, UPLOAD).done
        for part in todo.parts:
            for chunk in chunks(part, size):
                if chunk.name not in known:
                    store.post(part.graph, chunk.data)
                    store.post(UPLOAD, _triples(UPLOAD, [(_DONE, ox.Literal(chunk.name))]))
                done += 1
                progress.step("loading", done, todo.pieces)
        _count(todo, store)
        store.put(PUBLISHED, _about(PUBLISHED, todo))
        switched = True
        if not keep_old:
            for graph in sorted(todo.standing.graphs - set(todo.triples)):
                store.delete(graph)
        store.delete(UPLOAD)
    except GoneError as error:
        if switched:
            raise UserError(
                f"the release is published, but the store went away before old graphs were removed ({error})"
            ) from error
        raise UserError(
            f"the store went away with {done} of {todo.pieces} pieces loaded ({error}); "
            "what stood there stands; the same command goes on from here"
        ) from error


def _clear(todo: Plan, store: Store) -> None:
    """Begin: remove what an upload of another release left, and half a graph of ours of which nobody knows."""
    if todo.other.release is not None:
        for graph in sorted(todo.other.graphs - todo.standing.graphs):
            store.delete(graph)
        store.delete(UPLOAD)
    if not todo.loaded:
        for graph in todo.triples:
            store.delete(graph)
        store.put(UPLOAD, _about(UPLOAD, todo))


def _count(todo: Plan, store: Store) -> None:
    """See that all of it is there before the switch."""
    for graph, wanted in todo.triples.items():
        there = store.count(graph)
        if there is not None and there != wanted:
            store.delete(UPLOAD)
            raise UserError(
                f"the store holds {there:,} triples of {wanted:,} in {graph}: not switched over, what stood there "
                "stands; the same command loads all of it again"
            )


def _state(store: Store, node: str) -> State:
    said = [
        triple
        for triple in store.get(node)
        if isinstance(triple.subject, ox.NamedNode) and triple.subject.value == node
    ]
    values = {
        link: frozenset(
            triple.object.value
            for triple in said
            if triple.predicate.value == link and isinstance(triple.object, ox.NamedNode | ox.Literal)
        )
        for link in (_VERSION, _PART, _DONE)
    }
    return State(next(iter(values[_VERSION]), None), values[_PART], values[_DONE])


def _about(node: str, todo: Plan) -> bytes:
    values = [(_VERSION, ox.NamedNode(todo.release)), *((_PART, ox.NamedNode(graph)) for graph in todo.triples)]
    return _triples(node, values)


def _triples(node: str, values: Iterable[tuple[str, ox.NamedNode | ox.Literal]]) -> bytes:
    triples = (ox.Triple(ox.NamedNode(node), ox.NamedNode(link), value) for link, value in values)
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
