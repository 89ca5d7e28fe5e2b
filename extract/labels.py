"""Labels in front of a text, and descriptors within one."""

from __future__ import annotations

import re
from typing import Final

from extract.entries import is_descriptor
from ontology import headings

_LABEL: Final = re.compile(
    r"(?P<label>[^\W_][\w’'()/&, -]{0,60}?)\s*(?:\([^()]{1,40}\))?"
    r"(?P<mark>[:.?]\s+|\s*\.{3,}\s*|[ \t]{2,}|\s+[–—-]\s+|\n)(?=\S)"
)
_ANSWER: Final = re.compile(r"A\d{0,2}\s*[.:)]\s+(?=\S)")
_QUOTED: Final = re.compile(r"(.{0,160}?:\s*)[\"“](?P<quoted>[^\"“”]{20,})[\"”]\W*$", re.DOTALL)


def known_label(line: str, bold: int) -> tuple[str, str, int] | None:
    """The known heading that a line begins with.

    Args:
        line: The line.
        bold: How much of its beginning is bold, in characters.

    Returns:
        The label, its role, and where the rest begins; None where the line begins with no known heading.

    >>> known_label("Also known as: cryotherapy", 0)
    ('Also known as', 'names', 15)
    >>> known_label("Guidance is needed: ultrasound", 0) is None
    True
    """
    found = _LABEL.match(line)
    if found is None or len(found["label"].split()) > 7:
        return None
    label, mark = found["label"], found["mark"]
    strong = bold >= found.end("label")
    role = headings.headings().exact(label)
    if role is None or (mark.startswith((".", "?")) and len(mark.strip()) < 3 and not strong):
        return None
    if not strong and not label[0].isupper() and not mark.startswith(("  ", "...", " .")):
        return None
    return label, role, found.end()


def answer_start(line: str, heading: str) -> int:
    """Where an answer begins behind its mark "A:"; 0 where the line has none.

    >>> answer_start("A: With sound.", "Q: How?"), answer_start("A tumor is frozen.", "Q: How?")
    (3, 0)
    """
    found = _ANSWER.match(line)
    return found.end() if found and heading.endswith(("?", '"', "”", ".")) else 0


def quoted_descriptor(line: str) -> tuple[int, int] | None:
    """Start and end of a descriptor that a sentence gives in quotation marks, or None.

    >>> line = 'The descriptor reads: "Renal tumor(s), percutaneous ablation, unilateral."'
    >>> start, end = quoted_descriptor(line) or (0, 0)
    >>> line[start:end]
    'Renal tumor(s), percutaneous ablation, unilateral'
    """
    found = _QUOTED.match(line)
    if not found or not headings.lines()["descriptor-opening"].holds(found[1].strip()):
        return None
    words = found["quoted"].rstrip(".,")
    return (found.start("quoted"), found.start("quoted") + len(words)) if is_descriptor(words) else None


def opens_descriptor(line: str) -> bool:
    """Whether a line leads to a descriptor that follows it: "The book says, more or less:"."""
    return line.endswith((":", "“", '"')) and headings.lines()["descriptor-opening"].holds(line)
