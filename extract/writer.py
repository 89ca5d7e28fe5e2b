"""The text that a reader sees, written piece by piece from a tree of elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from extract.blocks import Piece
from extract.model import BlockKind
from extract.shape import alone, heading_shape
from extract.tree import Element
from extract.visible import DROPPED, is_hidden, is_side
from ontology import headings

BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
"""Elements that begin and end a piece."""

_BOLD: Final = frozenset(("b", "strong", "th"))
_KINDS: Final = {
    "li": BlockKind.ITEM,
    "dt": BlockKind.TERM,
    "dd": BlockKind.DEFINITION,
    "td": BlockKind.CELL,
    "th": BlockKind.CELL,
}
_HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6, "summary": 6}
_SPACE: Final = re.compile(r"[ \t\n\r\f]+")
_PARTED: Final = re.compile(r"[a-zà-ÿ).][A-ZÀ-Þ]|\d[^\W\d_]|[a-z][0-9]|[A-Z]\d|[.,;:!?)]\w")
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")


class _Line:
    """A line that is being written: its words, and how much of it is bold or a link."""

    __slots__ = ("bold", "label", "label_open", "length", "linked", "parts", "visible")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = self.visible = self.bold = self.linked = self.label = 0
        self.label_open = True

    def add(self, words: str, *, bold: bool, linked: bool) -> None:
        if self.length == 0 or self.parts[-1].endswith(" "):
            words = words.lstrip(" ")
        if not words:
            return
        self.parts.append(words)
        self.length += len(words)
        ink = len(words) - words.count(" ")
        self.visible += ink
        self.bold += ink if bold else 0
        self.linked += ink if linked else 0
        if ink and not bold:
            self.label_open = False
        elif self.label_open and bold:
            self.label = self.length

    def words(self) -> str:
        return "".join(self.parts).rstrip(" ")


@dataclass(slots=True)
class _Frame:
    """What holds inside an element."""

    kind: BlockKind
    level: int
    group: int
    own: int
    row: int
    side: bool
    bold: bool
    linked: bool
    preformatted: bool


class Writer:
    """Walks a tree without recursion and writes text and pieces."""

    def __init__(self, hidden: frozenset[str]) -> None:
        self.text: list[str] = []
        self.pieces: list[Piece] = []
        self._hidden = hidden
        self._length = 0
        self._lines: list[_Line] = [_Line()]
        self._frame = _Frame(BlockKind.PARAGRAPH, 0, 0, 0, 0, side=False, bold=False, linked=False, preformatted=False)
        self._elements = 0
        self._edge = ""
        self._blocks = 0

    def write(self, root: Element) -> None:
        """Write the text of a tree."""
        stack: list[tuple[Iterator[Element | str], _Frame, bool]] = [(iter(root.contents), self._frame, True)]
        while stack:
            children, outer, block = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                if block:
                    self._end_block()
                else:
                    self._edge = "closed"
                self._frame = outer
            elif isinstance(child, Element):
                frame = self._frame
                if self._enter(child):
                    stack.append((iter(child.contents), frame, child.name in BLOCKS))
            else:
                self._words(child)

    def _enter(self, tag: Element) -> bool:
        """Open an element; False where nothing of it is to be walked."""
        name = tag.name
        if name == "br":
            self._lines.append(_Line())
            return False
        if name == "input":
            if tag.get("type").lower() in ("submit", "button") and tag.get("value"):
                self._words(f" {tag.get('value')} ")
            return False
        if name in DROPPED and not (name == "dialog" and "open" in tag.attrs):
            return False
        if tag.attrs and is_hidden(tag, self._hidden):
            return False
        if name in BLOCKS:
            self._end_block()
        elif self._edge == "closed" and name not in ("sub", "sup", "wbr"):  # the parser puts what follows into wbr
            self._edge = "opened"
        outer = self._frame
        group, own, row = outer.group, outer.own, outer.row
        if name in BLOCKS:
            self._elements += 1
            group, own = outer.own, self._elements
            row = own if name in ("tr", "dl") else row
        self._frame = _Frame(
            _KINDS.get(name, BlockKind.HEADING if name in _HEADINGS else outer.kind),
            _HEADINGS.get(name, outer.level),
            group,
            own,
            row,
            outer.side or is_side(tag),
            outer.bold or name in _BOLD,
            outer.linked or name == "a",
            outer.preformatted or name == "pre",
        )
        if (
            name == "sup"
            and self._lines[-1].parts
            and self._lines[-1].parts[-1][-1:].isdigit()
            and tag.text().isdigit()
        ):
            self._words(" ")
        return True

    def _words(self, words: str) -> None:
        words = _INVISIBLE.sub("", words)
        if not words:
            return
        frame = self._frame
        # Labels in adjacent elements stand apart on the screen, though nothing but style parts them.
        if (
            self._edge == "opened"
            and self._lines[-1].parts
            and _PARTED.fullmatch(self._lines[-1].parts[-1][-1:] + words[:1])
        ):
            words = " " + words
        self._edge = ""
        if frame.preformatted and "\n" in words:
            for number, line in enumerate(words.split("\n")):
                if number:
                    self._lines.append(_Line())
                self._lines[-1].add(_SPACE.sub(" ", line), bold=frame.bold, linked=frame.linked)
            return
        self._lines[-1].add(_SPACE.sub(" ", words), bold=frame.bold, linked=frame.linked)

    def _end_block(self) -> None:
        if len(self._lines) == 1 and not self._lines[0].visible:
            if self._lines[0].parts:
                self._lines = [_Line()]
            return
        self._blocks += 1
        run: list[_Line] = []
        for line in self._lines:
            if run and (not line.visible or not _same_paragraph(run[-1], line, first=len(run) == 1)):
                self._put(run)
                run = []
            if line.visible:
                run.append(line)
        if run:
            self._put(run)
        self._lines = [_Line()]

    def _put(self, run: list[_Line]) -> None:
        words = "\n".join(line.words() for line in run)
        if self.text:
            self.text.append("\n")
            self._length += 1
        start, frame = self._length, self._frame
        self.text.append(words)
        self._length += len(words)
        visible = sum(line.visible for line in run)
        bold = sum(line.bold for line in run) == visible
        label = len("".join(run[0].parts)[: run[0].label].rstrip())
        self.pieces.append(
            Piece(
                start,
                self._length,
                frame.kind,
                frame.level if frame.kind is BlockKind.HEADING else 0,
                frame.group,
                frame.row,
                self._blocks,
                side=frame.side,
                bold=bold,
                linked=sum(line.linked for line in run) == visible,
                label_end=start + label if label and not bold else 0,
                markup=True,
            )
        )


def _same_paragraph(before: _Line, after: _Line, *, first: bool) -> bool:
    """Whether a single line break is only a break within a paragraph."""
    above, below = before.words(), after.words()
    if alone(above) or alone(below) or before.bold == before.visible or after.bold == after.visible:
        return False
    if first and heading_shape(above) and headings.headings().exact(above):
        return False
    return not above.endswith((".", "!", "?", ":", ";", "…")) and (
        below[0].islower() or above.endswith((",", "-", "–", "—"))
    )
