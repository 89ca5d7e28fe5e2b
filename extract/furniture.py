"""Lines that belong to the site: closed sections, view limits, accounts, navigation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from extract.blocks import Piece
from extract.shape import alone
from ontology import headings

_GUEST_KINDS: Final = ("lock", "view-limit", "account", "site")
_KEY: Final = re.compile(r"[\W\d_]+")
_LABEL: Final = re.compile(r"^\W*\w[\w /&]{0,40}(?::|\s[—–-])\s+(?=\w)")
"""The name of a closed section, on one line with the lock: ``Modifiers: Create a free account to …``."""
_RIGHTS: Final = re.compile(
    r"©|\(c\)\s*(?:19|20)\d\d|\bcopyright\b.{0,20}(?:19|20)\d\d|\ball rights reserved\b", re.IGNORECASE
)


@lru_cache(maxsize=4096)
def kind_of_line(line: str) -> str | None:
    """Which kind of furniture a line is: ``lock``, ``view-limit``, ``account``, ``site``, ``rights``, or None.

    >>> [kind_of_line(s) for s in ("Register to view content", "© 2026 Saltmarsh Reference", "The tumor is frozen.")]
    ['lock', 'rights', None]
    """
    words = len(line.split())
    if words <= 45 and _RIGHTS.search(line):
        return "rights"
    kinds = headings.lines()
    if kinds["view-limit"].holds(line):
        return "view-limit"
    return next((name for name in _GUEST_KINDS if kinds[name].holds(line)), None)


def locked_sections(text: str, pieces: Sequence[Piece]) -> int:
    """How many sections are closed to guests.

    A button and its explanation that stand together are one section: a section begins where the same words come
    again, or where something else stood between.

    Args:
        text: The page's text.
        pieces: Its pieces in reading order.
    """
    count = 0
    seen: set[str] = set()
    for piece in pieces:
        line = text[piece.start : piece.end]
        if not alone(line) or kind_of_line(line) != "lock":
            if line.strip():
                seen.clear()
            continue
        key = _KEY.sub(" ", _LABEL.sub("", line).casefold())
        if not seen or key in seen:
            count += 1
            seen.clear()
        seen.add(key)
    return count
