"""What a line could be by its form alone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ontology import headings

NUMBERED: Final = re.compile(r"[ \t]*(?:\d{1,2}|[IVX]{1,5}|[A-Z])[.)][ \t]+")
"""A number or letter in front of a heading."""

_TRAIL: Final = re.compile(r"\s[>›»→]\s")
_MENU: Final = re.compile(r"\s[|·›>/]\s")


@lru_cache(maxsize=4096)
def alone(line: str) -> bool:
    """Whether a line is never part of a paragraph: a closed section, a view limit, a rights line."""
    kinds = headings.lines()
    return any(kinds[name].holds(line) for name in ("lock", "view-limit")) or line.startswith(
        ("©", "(c) ", "(C) ", "Copyright ")
    )


def heading_shape(line: str) -> bool:
    """Whether a line could be a heading by its form alone: short, no sentence, no list, no sum.

    >>> [heading_shape(s) for s in ("What it is", "Is heat used?", "It is frozen.", "Home | Codes", "Work RVU 20.28")]
    [True, True, False, False, False]
    """
    words = line.split()
    if not words or len(words) > 12 or len(line) > 90 or "\n" in line:
        return False
    if line.rstrip('"”’)').endswith((".", ",", ";")) and not NUMBERED.fullmatch(line + " "):
        return False
    if re.search(r"[|·$€©®]|\s{3,}|\d[.,]\d|: \S", line.replace("CPT®", "")):
        return False
    first = NUMBERED.sub("", line, count=1).lstrip('"“‘([')[:1]
    return first.isupper() or first.isdigit()


def is_sentence(line: str) -> bool:
    """Whether a line is a sentence of some length."""
    return len(line.split()) >= 6 and line.rstrip('"”’)').endswith((".", "!"))


def is_trail(line: str) -> bool:
    """Whether a line says where on the site a page stands.

    >>> is_trail("Home > Kidney > Ablation > 50593"), is_trail("p > 0.05 where it is done")
    (True, False)
    """
    return len(_TRAIL.findall(line)) >= 2 and len(line.split()) <= 30


def is_prose(line: str) -> bool:
    """Whether a line is running text rather than a name, a heading or a menu.

    >>> [is_prose(s) for s in ("It is frozen twice.", "Code finder", "Home | Codes | Forum")]
    [True, False, False]
    """
    words = len(line.split())
    if len(_MENU.findall(line)) >= 2 and ". " not in line:
        return False
    return words >= 14 or (words >= 4 and line.rstrip('"”’)').endswith((".", "!", "?", ":", ";", "…")))
