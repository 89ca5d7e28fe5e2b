"""The files of a release procedure by procedure, as bytes: nothing is taken apart that nobody asks for."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from extract import turtle
from flows.errors import UserError

Value = ox.NamedNode | ox.Literal
Nodes = dict[str, dict[str, list[Value]]]
"""IRI of a node, IRI of a property, values."""

# An empty line stands before each subject. It is part of the patterns, and no look-behind: twenty times as fast.
_GAP: Final = len(b"\n\n")
_FACTS: Final = re.compile(rb"\n\nprocedure:CPT-([0-9A-Z]{5}) ")
# The pages of a procedure come first in its block, with nothing between them (see `extract.graph`).
_PAGE: Final = re.compile(rb"\n\npage:[0-9a-f]{32} ")
_DESCRIBES: Final = re.compile(rb"\n    abl:describes procedure:CPT-([0-9A-Z]{5})\b")
_HEADER: Final = turtle.header()
_WINDOW: Final = 8 * 1024 * 1024
"""So many bytes of a file stay in memory behind the place that is read."""


@dataclass(frozen=True, slots=True)
class Block:
    """What a release holds of one procedure.

    Attributes:
        code: Of the procedure.
        facts: Its part of ``procedures.ttl``, without prefix lines.
        evidence: Its part of ``evidence.ttl``, the same.
    """

    code: str
    facts: bytes
    evidence: bytes

    def triples(self) -> Iterator[ox.Triple]:
        """All triples of the block.

        Raises:
            UserError: The block is no longer Turtle.
        """
        try:
            for quad in ox.parse(_HEADER + self.facts + self.evidence, format=ox.RdfFormat.TURTLE):
                yield quad.triple
        except SyntaxError as error:
            raise UserError(f"the files of procedure {self.code} were changed by hand: {error.msg}") from error

    def nodes(self) -> Nodes:
        """The block node by node, in the order of the files; values in the order of the files too."""
        found: Nodes = {}
        for triple in self.triples():
            if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode | ox.Literal):
                about = found.setdefault(triple.subject.value, {})
                about.setdefault(triple.predicate.value, []).append(triple.object)
        return found


def blocks(folder: Path) -> Iterator[Block]:
    """The procedures of a release, in code order.

    Args:
        folder: The release's own folder, or the draft of one.

    Yields:
        One procedure after the other; the files themselves are never held whole.

    Raises:
        UserError: A file is missing, or the two files tell of different procedures.
    """
    with ExitStack() as stack:
        both = zip_longest(
            _cut(stack.enter_context(_bytes(folder / "procedures.ttl")), _FACTS),
            _evidence(stack.enter_context(_bytes(folder / "evidence.ttl"))),
        )
        for one, other in both:
            if one is None or other is None or one[0] != other[0]:
                raise UserError(f"{folder}: procedures.ttl and evidence.ttl do not belong together; build again")
            yield Block(one[0], one[1], other[1])


def with_previous(draft: Path, previous: Path | None) -> Iterator[tuple[Block | None, Block | None]]:
    """The procedures of two releases side by side, in code order.

    Args:
        draft: Folder of the newer one.
        previous: Folder of the release before, or None.

    Yields:
        The newer and the older block of a code; None where one of them has no such procedure.
    """
    older = iter(()) if previous is None else blocks(previous)
    new, old = blocks(draft), older
    one, other = next(new, None), next(old, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one.code < other.code):
            yield one, None
            one = next(new, None)
        elif one is None or other.code < one.code:
            yield None, other
            other = next(old, None)
        else:
            yield one, other
            one, other = next(new, None), next(old, None)


def text(node: Mapping[str, list[Value]], link: str) -> str:
    """The first value that a property of a node has, as text, or empty."""
    values = node.get(link)
    return values[0].value if values else ""


def iris(node: Mapping[str, list[Value]], link: str) -> list[str]:
    """The IRIs that a property of a node leads to, sorted."""
    return sorted(value.value for value in node.get(link, ()) if isinstance(value, ox.NamedNode))


def _cut(data: mmap.mmap | bytes, start: re.Pattern[bytes]) -> Iterator[tuple[str, bytes]]:
    """Cut a file where the pattern begins; the code is its first group."""
    before: tuple[str, int] | None = None
    given_back = 0
    for found in start.finditer(data):
        if before is not None:
            yield before[0], data[before[1] : found.start() + _GAP]
            given_back = _give_back(data, given_back, found.start())
        before = found[1].decode(), found.start() + _GAP
    if before is not None:
        yield before[0], data[before[1] :]


def _evidence(data: mmap.mmap | bytes) -> Iterator[tuple[str, bytes]]:
    begin: int | None = None
    last = given_back = 0
    for found in _PAGE.finditer(data):
        start = found.start() + _GAP
        if begin is not None and data.find(b"\n\n", last) + _GAP != start:
            yield _code(data, begin), data[begin:start]
            given_back = _give_back(data, given_back, start)
            begin = None
        begin = start if begin is None else begin
        last = start
    if begin is not None:
        yield _code(data, begin), data[begin:]


def _give_back(data: mmap.mmap | bytes, since: int, until: int) -> int:
    """Let the system have back what was read of a file: mapped pages count as memory of the process."""
    if until - since < _WINDOW or not isinstance(data, mmap.mmap) or not hasattr(mmap, "MADV_DONTNEED"):
        return since
    until -= until % mmap.ALLOCATIONGRANULARITY
    data.madvise(mmap.MADV_DONTNEED, since, until - since)
    return until


def _code(data: mmap.mmap | bytes, begin: int) -> str:
    found = _DESCRIBES.search(data, begin)
    return "" if found is None else found[1].decode()


@contextmanager
def _bytes(file: Path) -> Iterator[mmap.mmap | bytes]:
    """The bytes of a file, which the system brings in as they are asked for."""
    try:
        opened = file.open("rb")
    except FileNotFoundError as error:
        raise UserError(f"{file}: missing; build the release again") from error
    with opened:
        if file.stat().st_size == 0:
            yield b""
            return
        # Not closed here: whoever stops early may still look at it, and it goes with the last who does.
        yield mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
