"""A release as a graph to ask: pyoxigraph, in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from flows.errors import UserError
from flows.releases.release import latest
from ontology import store as vocabulary
from ontology import terms

_CHUNK: Final = 1 << 20
_ONTOLOGY: Final = ox.NamedNode(terms.ABL.removesuffix("#"))
_VERSION: Final = ox.NamedNode(terms.OWL + "versionInfo")
_PAGE: Final = re.compile(rb"page:([0-9a-f]{32}) ")


def load(output: Path) -> ox.Store:
    """Load the latest release.

    Args:
        output: The folder of the releases, or one release's own folder.

    Returns:
        All its Turtle files in one graph.

    Raises:
        UserError: There is no release, it is of another version, or one of its files is broken.
    """
    store = ox.Store()
    for file in turtle_files(current(output)):
        _add(store, file, None)
    return store


def load_procedure(folder: Path, code: str) -> ox.Store:
    """Load what a release says of one procedure, and its ontology.

    The files are read through and not taken apart as a whole, so this stays quick however large a release is.

    Args:
        folder: The release's own folder.
        code: Of the procedure.

    Raises:
        UserError: A file is missing or broken.
    """
    store = ox.Store()
    _add(store, folder / "ontology.ttl", None)
    for name in ("procedures.ttl", "evidence.ttl"):
        _add(store, folder / name, _about(folder / name, f"CPT-{code}".encode()))
    return store


def _add(store: ox.Store, file: Path, data: Iterator[bytes] | None) -> None:
    """Load a file, or the part of it that is given."""
    try:
        if data is None:
            store.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE)
        else:
            store.bulk_load(b"\n\n".join(data), format=ox.RdfFormat.TURTLE)
    except SyntaxError as error:
        raise UserError(f"{file}: no longer valid Turtle ({error.msg}); build the release again") from error
    except FileNotFoundError as error:
        raise UserError(f"{file}: missing; build the release again") from error


def _about(file: Path, name: bytes) -> Iterator[bytes]:
    """The prefix lines, and the paragraphs about a procedure and its pages, which come before their evidence."""
    needles = [name]
    for number, paragraph in enumerate(_paragraphs(file)):
        if number == 0 or any(needle in paragraph for needle in needles):
            yield paragraph
            page = _PAGE.match(paragraph)
            if page is not None and page[1] not in needles:
                needles.append(page[1])


def _paragraphs(file: Path) -> Iterator[bytes]:
    """The parts of a file of ours: one for each subject, an empty line between two (see `extract.turtle`)."""
    rest = b""
    with file.open("rb") as data:
        while chunk := data.read(_CHUNK):
            *whole, rest = (rest + chunk).split(b"\n\n")
            yield from whole
    yield rest


def folder_of(output: Path) -> Path:
    """The release that an ``--output`` means: its latest, or the folder itself where that is a release.

    Raises:
        UserError: There is no release.
    """
    if (output / "procedures.ttl").is_file():
        return output.resolve()
    return latest(output)


def turtle_files(folder: Path) -> list[Path]:
    """The Turtle files of a release, by name."""
    return sorted(folder.glob("*.ttl"))


def current(output: Path) -> Path:
    """As `folder_of`, and the release is one that this version of the program understands.

    Versions whose first two numbers are the same understand each other's releases.

    Raises:
        UserError: There is no release, or it is of another version.
    """
    folder = folder_of(output)
    ours, theirs = _version_of_ours(), _version_of(folder)
    if theirs.split(".")[:2] != ours.split(".")[:2]:
        raise UserError(
            f"{folder}: a release of version {theirs or 'unknown'}, and this program is of version {ours}; "
            "build it again, or take the program of that version"
        )
    return folder


def _version_of(folder: Path) -> str:
    """Version of a release's vocabulary; empty if it does not say."""
    file, start = folder / "ontology.ttl", str(_ONTOLOGY).encode()
    store = ox.Store()
    try:
        own = (part for number, part in enumerate(_paragraphs(file)) if number == 0 or part.lstrip().startswith(start))
        _add(store, file, own)
    except OSError as error:
        raise UserError(f"{file}: cannot be read ({error.strerror}); build the release again") from error
    return _version_in(store)


@lru_cache(maxsize=1)
def _version_of_ours() -> str:
    return _version_in(vocabulary.graph())


def _version_in(store: ox.Store) -> str:
    found = store.quads_for_pattern(_ONTOLOGY, _VERSION, None)
    return next((quad.object.value for quad in found if isinstance(quad.object, ox.Literal)), "")
