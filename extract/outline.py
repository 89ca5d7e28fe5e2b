"""The headings that are open while a page is read from top to bottom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from extract.blocks import Piece
from extract.model import BlockKind
from ontology import headings

LINE_LEVEL: Final = 7
"""Level of a heading that is only a line: below h1 to h6."""
_ACCOUNT: Final = frozenset({"description", "steps", "lay-summary"})
_QUESTION_LEVEL: Final = 8
_LEAD_LEVEL: Final = 9


@dataclass(slots=True)
class Heading:
    """An open heading.

    Attributes:
        words: Its words.
        role: Name of its section role, or None where the words are not known.
        level: 1 to 6 for h1 to h6, `LINE_LEVEL` and above for others.
        row: The table row or definition list that it reaches to the end of, or 0.
        block: The element that it reaches to the end of, or 0.
    """

    words: str
    role: str | None
    level: int
    row: int = 0
    block: int = 0


@dataclass(slots=True)
class Outline:
    """Headings that are open, outermost first."""

    opened: list[Heading] = field(default_factory=list)

    @property
    def last(self) -> Heading | None:
        """The heading that content stands under."""
        return self.opened[-1] if self.opened else None

    def push(self, words: str, role: str | None, level: int, *, row: int = 0, block: int = 0) -> Heading:
        """Open a heading: those of its level and below are closed; without a role it has that of the one above."""
        self.opened = [heading for heading in self.opened if heading.level < level]
        if role is None and level > 1:
            role = next((heading.role for heading in reversed(self.opened) if heading.role), None)
        self.opened.append(Heading(words, role, level, row, block))
        return self.opened[-1]

    def line(self, words: str, block: int = 0) -> Heading:
        """Open a heading that is a line of its own; a question among questions is one of them."""
        if words.endswith("?") and self._asks():
            return self.push(words, "faq", _QUESTION_LEVEL)
        return self.push(words, headings.headings().role_of(words), _LEAD_LEVEL if block else LINE_LEVEL, block=block)

    def question(self, words: str, level: int = LINE_LEVEL) -> Heading:
        """Open a heading that is marked as a question."""
        role = None if self._asks() else headings.headings().role_of(words)
        return self.push(words, role or "faq", level)

    def row(self, words: str, row: int) -> Heading:
        """Open the label of a table row or of an entry of a definition list."""
        return self.push(words, headings.headings().role_of(words), _LEAD_LEVEL, row=row)

    def lead_in(self, words: str, role: str) -> Heading:
        """Open a label that stands in front of its text; one that begins the account closes the line before it."""
        if role in _ACCOUNT:
            self.opened = [heading for heading in self.opened if heading.level < LINE_LEVEL]
        return self.push(words, role, _LEAD_LEVEL)

    def close(self, piece: Piece) -> None:
        """Close headings that reach only to the end of their row, their element or their line."""
        while self.opened and self.opened[-1].level == _LEAD_LEVEL:
            last = self.opened[-1]
            if last.row:
                if piece.row == last.row:
                    return
            elif piece.kind is BlockKind.ITEM or (last.block and piece.block == last.block):
                return
            self.opened.pop()

    def _asks(self) -> bool:
        return any(heading.role == "faq" for heading in self.opened)
