"""Lines that put a few words beside a code: the page's own entry, or a list of other codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from extract.code import codes_in
from ontology import headings

_ENTRY: Final = re.compile(
    r"[^\w\n]*(?:CPT[\s®™-]*)?(?:codes?\b\W{0,3})?(?:no\.\s*)?(?P<code>\d{4}[0-9A-Z])\b(?P<mark>\s*[-–—:|=]+\s*|[.,]\s+|\s*\(|\s{2,}|\s|$)",
    re.IGNORECASE,
)
_SEPARATORS: Final = re.compile(r"\s*[|·•;]\s*|\s{3,}|\n")
_VERB: Final = re.compile(
    r"\b(?:is|are|was|were|has|have|describes?|covers?|reports?|stands?|identif\w+|involves?|represents?|refers?|means?|pays?|used|stays?|goes|go|must|may|should|will|can|lists?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that begins with a code.

    Attributes:
        code: The code.
        own: Whether it is the page's own.
        rest: Where the words behind the code begin.
        marked: Whether a dash, colon or the like sets the code off.
    """

    code: str
    own: bool
    rest: int
    marked: bool


def entry(line: str, code: str) -> Entry | None:
    """Read a line as an entry: a code and what it is called. A sentence that begins with the page's own code is none.

    >>> entry("50592 – Renal tumor(s), percutaneous ablation", "50592")
    Entry(code='50592', own=True, rest=8, marked=True)
    >>> entry("50592 is for heat.", "50592") is None
    True
    """
    found = _ENTRY.match(line)
    if not found:
        return None
    number = found["code"].upper()
    marked = bool(found["mark"].strip(" ,"))
    own = number == code
    if own and not marked and _VERB.search(line, found.end(), found.end() + 60):
        return None
    if not own and not any(True for _ in codes_in(line, 0, found.end("code") + 1)):
        return None
    return Entry(number, own, found.end(), marked)


def is_code_list(line: str, code: str) -> bool:
    """Whether a line lists other codes with a short name each.

    >>> is_code_list("36483 further veins · 36470 sclerosant | 36475 radiofrequency", "36482")
    True
    """
    if len(line) > 800:
        return False
    parts = [part for part in _SEPARATORS.split(line) if part]
    if len(parts) < 2 or len(line.split()) > 80:
        return False
    begun = [found for part in parts if (found := entry(part, code)) and not found.own]
    return len(begun) >= 2 and len(begun) * 2 >= len(parts)


def is_descriptor(line: str) -> bool:
    """Whether a line is worded as descriptors are: no sentence, with the turns that only descriptors have.

    >>> is_descriptor("Ablation, open, 1 or more renal mass lesion(s), cryosurgical")
    True
    >>> is_descriptor("One or more renal tumors are frozen.")
    False
    """
    words = line.split()
    if (
        len(line) > 1200
        or len(words) < 5
        or line.rstrip().endswith((".", "!", "?", ":"))
        or re.search(r"[.?!]\s+[A-Z]|\w {3,}\w", line)
    ):
        return False
    return headings.lines()["descriptor-form"].holds(line) and not re.search(
        r"\b(?:is|are|was|were|you|we|they) \b",
        re.sub(r"\b(?:if|when|that|which|cannot|it) (?:is|are)\b|\b(?:is|are) (?:included|performed|used)\b", "", line),
    )
