"""Lines to pieces: which lines of a page belong together, before anyone asks what they mean.

HTML and plain text meet here: markup gives lines that say what element they stood in, a text file lines that say
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import Final

from extract.model import BlockKind
from extract.shape import NUMBERED, alone, heading_shape
from ontology import headings

_BULLET: Final = re.compile(
    r"[ \t]*(?!\([cC]\)[ \t]*(?:19|20)\d\d)(?:[•·▪◦‣●○■□➤►✓*+]|[-–—]|\(?\d{1,2}[.)]|\(?[a-z][.)])[ \t]+(?=\S)"
)
_COLUMNS: Final = re.compile(r"\S.{0,24}?(?:[ \t]{2,}|[ \t]\.{3,}[ \t])\S")
_OPENS_WITH_CODE: Final = re.compile(r"(?:CPT\b[\s®]*)?(?:code\s+)?\d{4}[0-9A-Z]\b", re.IGNORECASE)
_ENDS: Final = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_WIDEST_WRAP: Final = 125


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, item, cell or heading of a page's text.

    Attributes:
        start: First character (0-based) in the page's text.
        end: One past the last character.
        kind: What the markup or the form of the line says it is.
        level: Heading level 1 to 6, else 0.
        group: Pieces with the same number stand right together: lines of one run, cells of one row, children of one
            element.
        row: Number of the table row or definition list that it stands in, 0 outside of one.
        block: Pieces with the same number were one element, parted by line breaks.
        side: Whether it stands in the navigation, the header, the footer or the like.
        bold: Whether all of it is bold.
        linked: Whether all of it is links.
        label_end: Where a bold beginning ends, or 0.
        markup: Whether an element, not only the shape of the line, says what it is.
    """

    start: int
    end: int
    kind: BlockKind
    level: int = 0
    group: int = 0
    row: int = 0
    block: int = 0
    side: bool = False
    bold: bool = False
    linked: bool = False
    label_end: int = 0
    markup: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    indent: int


def text_pieces(text: str) -> Iterator[Piece]:
    r"""The pieces of a plain text.

    A blank line ends a piece. Within a run of lines a piece goes on as long as its lines are full, that is, as long as
    the next word would not have fitted.

    Args:
        text: The page's text, newlines as LF.

    >>> [(p.kind.value, "First line,"[:p.end - p.start]) for p in text_pieces("First line,\n\n- item\n")]
    [('paragraph', 'First line,'), ('item', 'Firs')]
    """
    groups = list(_groups(text))
    width = _wrap_width(text, groups)
    pieces = [piece for number, lines in enumerate(groups) for piece in _join(text, lines, width, number)]
    for piece, after in zip_longest(pieces, pieces[1:]):
        yield _unnumbered(text, piece, after)


def _unnumbered(text: str, piece: Piece, after: Piece | None) -> Piece:
    """A numbered line that heads a paragraph, not the item of a list."""
    if piece.kind is not BlockKind.ITEM or after is None or after.kind is BlockKind.ITEM:
        return piece
    start = text.rfind("\n", 0, piece.start) + 1
    line = text[start : piece.end].strip()
    if not NUMBERED.match(line) or len(line.split()) > 6 or not heading_shape(line):
        return piece
    return replace(piece, start=piece.end - len(line), kind=BlockKind.PARAGRAPH)


def _groups(text: str) -> Iterator[list[_Line]]:
    lines: list[_Line] = []
    at = 0
    for raw in text.split("\n"):
        body = raw.strip()
        if body:
            indent = len(raw) - len(raw.lstrip())
            lines.append(_Line(at + indent, at + indent + len(body), indent))
        elif lines:
            yield lines
            lines = []
        at += len(raw) + 1
    if lines:
        yield lines


def _wrap_width(text: str, groups: Sequence[Sequence[_Line]]) -> int:
    """The width that the text was wrapped at, or 0 where each line is a paragraph."""
    widths = [line.indent + line.end - line.start for lines in groups for line in lines]
    if not widths or max(widths) > _WIDEST_WRAP:
        return 0
    widest = max(widths)
    carried = sum(
        1
        for lines in groups
        for line, after in pairwise(lines)
        if line.end - line.start > widest * 0.6
        and text[after.start].islower()
        and not _ENDS.search(text[line.start : line.end])
    )
    return widest if carried else 0


def _join(text: str, lines: Sequence[_Line], width: int, group: int) -> Iterator[Piece]:
    run: list[_Line] = []
    for line in lines:
        if run and not _goes_on(text, run, line, width):
            yield _piece(text, run, group)
            run = []
        run.append(line)
    yield _piece(text, run, group)


def _goes_on(text: str, run: Sequence[_Line], line: _Line, width: int) -> bool:
    last = run[-1]
    before, after = text[last.start : last.end], text[line.start : line.end]
    if _BULLET.match(after) or alone(before) or alone(after):
        return False
    if len(run) == 1 and (headings.headings().exact(before) and heading_shape(before)):
        return False
    carried = after[0].islower() and not _ENDS.search(before)
    if line.indent <= run[0].indent and _COLUMNS.match(after):
        return False
    if line.indent >= run[0].indent + 2 and (len(before) > 30 or carried):
        return True
    if not width:
        return carried and len(before) > 40
    first_word = len(after.split(None, 1)[0])
    full = last.indent + len(before) + 1 + first_word > width
    open_ended = len(before) > width * 0.8 and not _ENDS.search(before)
    return ((full or open_ended) and not _begins_anew(before, after)) or (carried and len(before) > width * 0.5)


def _begins_anew(before: str, after: str) -> bool:
    """Whether a full line is nevertheless followed by something new: a heading, or a line that opens with its code."""
    if _OPENS_WITH_CODE.match(after):
        return not before.endswith((",", "-")) and not before.rsplit(None, 1)[-1].islower()
    return bool(_ENDS.search(before)) and heading_shape(after) and headings.headings().exact(after) is not None


def _piece(text: str, run: Sequence[_Line], group: int) -> Piece:
    start, end = run[0].start, run[-1].end
    found = _BULLET.match(text, start, end)
    line = text[start:end]
    if found and not (NUMBERED.match(line) and heading_shape(line) and headings.headings().exact(line)):
        return Piece(found.end(), end, BlockKind.ITEM, group=group)
    return Piece(start, end, BlockKind.PARAGRAPH, group=group)
