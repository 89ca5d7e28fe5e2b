"""Pages between the two halves of a build, on disk: each page is read once, and memory holds one batch of them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from extract.model import Page


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a page lies in the spool.

    Attributes:
        file: Path of the spool file.
        offset: Its first byte there.
    """

    file: str
    offset: int


class Put(Protocol):
    """Adds a page to a spool file and says where it lies."""

    def __call__(self, page: Page) -> Place:
        """Add a page."""


@contextmanager
def writing(file: Path) -> Iterator[Put]:
    """Open a new spool file; one that a broken attempt left is overwritten.

    Args:
        file: Where it is to stand.

    Yields:
        A function that adds a page.
    """
    with file.open("wb") as out:

        def put(page: Page) -> Place:
            place = Place(str(file), out.tell())
            pickle.dump(page, out, pickle.HIGHEST_PROTOCOL)
            return place

        yield put


def load(place: Place) -> Page:
    """Read a page back.

    Raises:
        TypeError: The place holds something else.
    """
    with Path(place.file).open("rb") as file:
        file.seek(place.offset)
        page = pickle.load(file)  # noqa: S301 - written by this run, in a folder of its own
    if not isinstance(page, Page):
        raise TypeError(f"no page at {place}")
    return page
