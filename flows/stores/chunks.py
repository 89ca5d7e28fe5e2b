"""A release cut into pieces that a store takes one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from flows.errors import UserError
from ontology import terms

SIZE: Final = 20_000
"""Triples in a piece unless told otherwise: some 4 MB."""

_DATASET: Final = "dataset"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a release, and the named graph that it is to fill."""

    file: Path
    graph: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a file.

    Attributes:
        name: Its file, its number and what its bytes come to: the same whenever the file and the size are the same.
        triples: How many.
        data: They, as N-Triples, which every store reads.
    """

    name: str
    triples: int
    data: bytes


def release_graph(release: str) -> str:
    """IRI of a release, and of the graph that describes it.

    >>> release_graph("d075f705c339474d")
    'https://w3id.org/ablation-kg/release/d075f705c339474d'
    """
    return f"{terms.BASE}release/{release}"


def parts(folder: Path) -> tuple[Part, ...]:
    """The Turtle files of a release with the names of their graphs, which ``dataset.ttl`` describes as its parts.

    Raises:
        UserError: The folder holds none.
    """
    found = tuple(Part(file, _graph(folder.name, file.stem)) for file in sorted(folder.glob("*.ttl")))
    if not found:
        raise UserError(f"{folder}: no release; it holds no Turtle")
    return found


def chunks(part: Part, size: int) -> Iterator[Chunk]:
    """The pieces of a file; only one is held at a time.

    Args:
        part: The file.
        size: Triples in a piece, at most.

    Raises:
        UserError: The file is no Turtle, or cannot be read.
    """
    try:
        triples = ox.parse(path=str(part.file), format=ox.RdfFormat.TURTLE)
        number = 0
        while piece := list(islice(triples, size)):
            data = ox.serialize((quad.triple for quad in piece), format=ox.RdfFormat.N_TRIPLES) or b""
            digest = hashlib.sha256(data).hexdigest()[:16]
            yield Chunk(f"{part.file.stem} {number:06} {digest}", len(piece), data)
            number += 1
    except (SyntaxError, OSError) as error:
        raise UserError(f"{part.file}: cannot be read ({error}); build the release again") from error


def _graph(release: str, stem: str) -> str:
    return release_graph(release) if stem == _DATASET else f"{terms.BASE}subset/{release}-{stem}"
