"""Lines of the report before, for procedures that have not changed: what costs most of a report is not made twice."""

from __future__ import annotations

import hashlib
import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import flows.releases.blocks
from flows.report.entries import Entry

_LINE: Final = re.compile(rb'^\["([0-9A-Z]{5})",(?:(")|\[)[^\n<>]*\]', re.MULTILINE)
_MADE_WITH: Final = re.compile(rb'<meta name="made-with" content="([0-9a-f]{16})">')
_START: Final = 1 << 16


def made_with(ontology: Path) -> str:
    """What, beside its own files, decides the lines of a procedure: the code that makes them, and the vocabulary.

    Args:
        ontology: The release's ``ontology.ttl``.

    Returns:
        16 hexadecimal digits.
    """
    whole = hashlib.sha256()
    here = Path(__file__).parent
    for file in (here / "entries.py", here / "lexis.py", Path(flows.releases.blocks.__file__), ontology):
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()[:16]


class Known:
    """The lines of a report.

    Args:
        data: Its bytes, or none.
        token: What `made_with` gives now; lines made otherwise are not known.
    """

    def __init__(self, data: mmap.mmap | bytes, token: str) -> None:
        self._data = data
        self._index: dict[str, tuple[int, int]] = {}
        self._detail: dict[str, tuple[int, int]] = {}
        found = _MADE_WITH.search(data, 0, _START)
        if found is not None and found[1].decode() == token:
            for line in _LINE.finditer(data):
                (self._index if line[2] else self._detail)[line[1].decode()] = line.span()

    def entry(self, code: str) -> Entry | None:
        """The lines of a procedure, or None."""
        index, detail = self._index.get(code), self._detail.get(code)
        if index is None or detail is None:
            return None
        return Entry(code, self._data[slice(*index)].decode(), self._data[slice(*detail)].decode())


@contextmanager
def opened(report: Path | None, token: str) -> Iterator[Known]:
    """The lines of a report, as long as it is open.

    Args:
        report: The file; None or one that is not there knows nothing.
        token: See `Known`.

    Yields:
        The lines.
    """
    if report is None or not report.is_file() or report.stat().st_size == 0:
        yield Known(b"", token)
        return
    with report.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield Known(data, token)
