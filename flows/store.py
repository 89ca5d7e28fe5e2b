"""A release as a graph to ask: pyoxigraph, in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from flows.errors import UserError
from flows.release import latest

_CHUNK: Final = 1 << 20
_PAGE: Final = re.compile(rb"page:([0-9a-f]{32}) ")


def load(output: Path) -> ox.Store:
    """Load the latest release.

    Args:
        output: The folder of the releases, or one release's own folder.

    Returns:
        All its Turtle files in one graph.

    Raises:
        UserError: There is no release, or one of its files is broken.
    """
    store = ox.Store()
    for file in sorted(folder_of(output).glob("*.ttl")):
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
