"""Pieces to titled sections with a role each: headings decide, then the form of what stands under them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from extract.blocks import Piece
from extract.code import codes_in, is_label
from extract.entries import Entry, entry, is_code_list, is_descriptor
from extract.furniture import kind_of_line
from extract.labels import answer_start, known_label, opens_descriptor, quoted_descriptor
from extract.model import Block, BlockKind, Section
from extract.outline import LINE_LEVEL, Heading, Outline
from extract.shape import heading_shape, is_prose, is_sentence, is_trail
from ontology import headings

_QUESTION: Final = re.compile(r"Q\d{0,2}\s*[.:)]\s*(?=\S)")
_LABELLED: Final = re.compile(r"\w(?::| \.{3,}|  +) ?\S")
_UNREAD: Final = frozenset(("coverage-and-billing", "aftercare", "preparation", "example", "boilerplate"))
_TOLD: Final = frozenset(("description", "steps", "lay-summary"))


def split(text: str, pieces: Sequence[Piece], code: str) -> tuple[Section, ...]:
    """The titled sections of a page, in reading order.

    Args:
        text: The page's text.
        pieces: Its pieces in reading order.
        code: The code that the page is about, or an empty string.
    """
    reader = _Reader(text, pieces, code)
    reader.find_title()
    for number in range(len(pieces)):
        reader.read(number)
    return reader.sections()


@dataclass(slots=True)
class _Reader:
    """Reads the pieces from top to bottom.

    ``_roles`` are the roles given so far; ``_after_rights`` says that the site's rights line or a closed section has
    followed the description, ``_named_by`` is the number of the last piece that is nothing but the page's own code,
    ``_other_row`` the group whose first piece is another code, ``_columns`` that a table's header says "descriptor".
    """

    text: str
    pieces: Sequence[Piece]
    code: str
    _outline: Outline = field(default_factory=Outline)
    _roles: set[str] = field(default_factory=set)
    _side: Heading | None = None
    _after_rights: bool = False
    _title: int = -1
    _columns: bool = False
    _named_by: int = -2
    _other_row: int = -1
    _found: list[tuple[str, Heading | None, Block]] = field(default_factory=list)

    def find_title(self) -> None:
        """Choose the heading that names the procedure: the first that has the code in it, else the highest."""
        best = 9
        for number, piece in enumerate(self.pieces):
            if piece.kind is not BlockKind.HEADING or piece.side or piece.level > 3:
                continue
            line = self._line(number)
            known = piece.level > 1 and headings.headings().role_of(line)
            if known or len(headings.normalise(line).split()) < 2:
                continue
            level = 0 if self._names_code(line) else piece.level
            if level < best:
                best, self._title = level, number

    def read(self, number: int) -> None:
        """Give a piece its place."""
        piece, line = self.pieces[number], self._line(number)
        kind = kind_of_line(line)
        if piece.side:
            self._read_side(piece, line, kind)
        elif kind and (piece.kind is not BlockKind.HEADING or kind in ("rights", "lock")):
            self._after_rights = self._after_rights or (kind in ("rights", "lock") and bool(self._roles & _TOLD))
            self._put("boilerplate", None, piece)
        elif not self._read_heading(number, piece, line):
            self._read_content(number, piece, line)

    def sections(self) -> tuple[Section, ...]:
        """The sections found: neighbouring blocks of one role under one heading."""
        made: list[Section] = []
        for (role, _), run in groupby(self._found, key=lambda found: (found[0], id(found[1]))):
            entries = list(run)
            blocks = tuple(block for _, _, block in entries)
            heading = entries[0][1]
            made.append(Section(role, blocks[0].start, blocks[-1].end, heading.words if heading else "", blocks))
        return tuple(made)

    def _line(self, number: int) -> str:
        piece = self.pieces[number]
        return self.text[piece.start : piece.end]

    def _names_code(self, line: str) -> bool:
        return any(code == self.code for code, _, _ in codes_in(line))

    def _put(self, role: str, heading: Heading | None, piece: Piece) -> None:
        self._roles.add(role)
        level = piece.level if piece.kind is BlockKind.HEADING else 0
        self._found.append((role, heading, Block(piece.start, piece.end, piece.kind, level)))

    def _read_side(self, piece: Piece, line: str, kind: str | None) -> None:
        if kind is None and (piece.kind is BlockKind.HEADING or piece.bold or heading_shape(line)):
            role = headings.headings().role_of(line)
            if piece.kind is BlockKind.HEADING or role:
                self._side = Heading(line, role, LINE_LEVEL)
        within = self._side is not None and self._side.role == "related-codes"
        others = any(code != self.code for code, _, _ in codes_in(line))
        listed = is_code_list(line, self.code) or (others and (piece.linked or within))
        if kind is None and listed:
            self._put("related-codes", self._side, piece)
        else:
            self._put("boilerplate", None, piece)

    # Headings

    def _read_heading(self, number: int, piece: Piece, line: str) -> bool:
        if piece.kind is BlockKind.HEADING and len(line) <= 240:
            self._opened(self._structural(number, piece, line))
            return True
        after = self.pieces[number + 1] if number + 1 < len(self.pieces) else None
        if after is None or after.side or entry(line, self.code):
            return False
        heading = self._heading(number, piece, line, after)
        if heading:
            self._opened(heading)
        return heading is not None

    def _opened(self, heading: Heading) -> None:
        if heading.role is not None or heading.level < LINE_LEVEL:
            self._after_rights = False

    def _structural(self, number: int, piece: Piece, line: str) -> Heading:
        if number == self._title:
            heading = self._outline.push(line, None, piece.level)
            named = entry(line, self.code)
            rest = line[named.rest :] if named else line
            self._put("official-descriptor" if is_descriptor(rest) else "title", None, piece)
            return heading
        if _QUESTION.match(line):
            return self._outline.question(line, piece.level)
        return self._outline.push(line, headings.headings().role_of(line), piece.level)

    def _heading(self, number: int, piece: Piece, line: str, after: Piece) -> Heading | None:
        """Open the heading that a piece is though no h1 to h6 says so, or None."""
        if piece.kind is BlockKind.TERM and len(line) <= 120:
            return self._outline.row(line, piece.row)
        if _QUESTION.match(line) and len(line) <= 200:
            return self._outline.question(line)
        if piece.kind is BlockKind.CELL:
            return self._cell_heading(number, piece, line, after)
        known = headings.headings().exact(line)
        if piece.kind in (BlockKind.ITEM, BlockKind.DEFINITION):
            return self._outline.line(line) if known and line.endswith(":") and heading_shape(line) else None
        if not heading_shape(line) or self._in_title_group(number):
            return None
        if (known and not self._in_menu(number)) or piece.bold or self._heads(number, piece, line, after):
            return self._outline.line(line, piece.block if after.block == piece.block else 0)
        return None

    def _cell_heading(self, number: int, piece: Piece, line: str, after: Piece) -> Heading | None:
        known = headings.headings().exact(line)
        if after.row != piece.row:
            self._columns = self._columns or (piece.bold and known == "official-descriptor")
            alone = number == 0 or self.pieces[number - 1].row != piece.row
            return self._outline.line(line) if alone and piece.bold and heading_shape(line) else None
        if after.kind is BlockKind.CELL and after.bold:
            return None
        if (piece.bold and heading_shape(line)) or (known and len(line.split()) <= 6):
            return self._outline.row(line, piece.row)
        return None

    def _heads(self, number: int, piece: Piece, line: str, after: Piece) -> bool:
        """Whether a line without a mark of its own heads what follows."""
        follows = self._line(number + 1)
        if self._names_code(line):
            return line.endswith("?")
        if kind_of_line(follows) or after.bold or after.linked or len(line.split()) > (4 if line.endswith(":") else 9):
            return False
        if piece.markup:
            before = self.pieces[number - 1] if number else None
            inner = before is not None and before.group == piece.group and not is_prose(self._line(number - 1))
            if inner or piece.group != after.group:
                return False
        if after.kind is BlockKind.ITEM:
            return True
        return is_prose(follows) and (line.endswith("?") or len(follows) > len(line) * 1.2)

    def _in_menu(self, number: int) -> bool:
        """Whether a known word stands in a row of short lines, as in a menu."""
        piece = self.pieces[number]
        near = [n for n in (number - 1, number + 1) if 0 <= n < len(self.pieces)]
        lines = [
            self._line(n) for n in near if self.pieces[n].group == piece.group and self.pieces[n].kind is piece.kind
        ]
        return len(lines) == len(near) and all(
            len(line.split()) <= 4 and heading_shape(line) and not is_prose(line) and not kind_of_line(line)
            for line in lines
        )

    def _in_title_group(self, number: int) -> bool:
        """Whether a short line stands at the head of the page right beside the code, or names it itself."""
        piece, line = self.pieces[number], self._line(number)
        if self._roles & _TOLD or number > 30 or line.endswith(".") or (is_prose(line) and len(line.split()) > 20):
            return False
        near = [n for n in (number - 1, number + 1) if 0 <= n < len(self.pieces)]
        beside = [self._line(n) for n in near if self.pieces[n].group == piece.group and not self.pieces[n].markup]
        return any(
            len(words.split()) <= 25 and not is_sentence(words) and self._names_code(words) for words in (line, *beside)
        )

    # Content

    def _read_content(self, number: int, piece: Piece, line: str) -> None:
        self._outline.close(piece)
        role = self._role_by_form(number, piece, line)
        if role:
            named = role in ("title", "official-descriptor")
            self._put(role, None if named else self._outline.last, piece)
            return
        quoted = quoted_descriptor(line)
        if quoted:
            start, end = quoted
            self._put("official-descriptor", None, replace(piece, start=piece.start + start, end=piece.start + end))
            return
        piece, line = self._lead_in(piece, line)
        heading = self._outline.last
        role = self._default(piece, line, heading) if self._after_rights or not heading else heading.role
        role = role or self._default(piece, line, heading)
        if role in _UNREAD and self._says_subject(line):
            role, heading = "description", None
        if role == "official-descriptor" and self._goes_beyond(heading, line):
            role, heading = "description", None
        self._put("related-codes" if is_code_list(line, self.code) else role, heading, piece)

    def _goes_beyond(self, heading: Heading | None, line: str) -> bool:
        """Whether prose follows a descriptor under the same heading: a descriptor is one paragraph."""
        told = heading is not None and any(
            role == "official-descriptor" and before is heading for role, before, _ in self._found
        )
        return told and is_sentence(line) and not is_descriptor(line)

    def _lead_in(self, piece: Piece, line: str) -> tuple[Piece, str]:
        """Take off the label or the answer mark that a piece begins with."""
        last = self._outline.last
        cut = answer_start(line, last.words) if last else 0
        if not cut:
            known = known_label(line, piece.label_end - piece.start)
            if known is None:
                return piece, line
            label, role, cut = known
            short = role == "official-descriptor" and len(line[cut:].split()) < 4
            self._outline.lead_in(label, "boilerplate" if short else role)
        return replace(piece, start=piece.start + cut), line[cut:]

    def _says_subject(self, line: str) -> bool:
        """Whether a paragraph that stands under no heading of its own says what the code is."""
        lines = headings.lines()
        if lines["code-opening"].holds(line[:200]):
            return self._names_code(line[:40])
        if self._roles & {"description", "steps"} or len(line.split()) < 20:
            return False
        return lines["subject-opening"].holds(line[:200])

    def _role_by_form(self, number: int, piece: Piece, line: str) -> str | None:
        """Role of a piece that its form alone gives away."""
        words = len(line.split())
        if is_trail(line):
            return "boilerplate"
        found = entry(line, self.code)
        if piece.group == self._other_row and words <= 25 and not (found and found.own):
            return "related-codes"
        self._other_row = -1
        if found and found.own:
            return self._own_entry(number, line, found)
        if found:
            bare = not line[found.rest :].strip()
            self._other_row = piece.group if bare else -1
            return "related-codes" if bare or words <= 30 else None
        if self._named_by == number - 1 and piece.group == self.pieces[number - 1].group and words <= 40:
            if self._columns or (is_descriptor(line) and words >= 7):
                return "official-descriptor"
            return "title" if words >= 2 and not is_prose(line) else None
        if number and opens_descriptor(self._line(number - 1)) and is_descriptor(line):
            return "official-descriptor"
        if piece.linked or (is_label(line) and not known_label(line, 0)):
            return "boilerplate"
        if known_label(line, piece.label_end - piece.start):
            return None
        last = self._outline.last
        head = (last is None or last.level == 1) and self._in_title_group(number)
        return "title" if head and len(headings.normalise(line).split()) >= 2 else None

    def _own_entry(self, number: int, line: str, found: Entry) -> str | None:
        rest = line[found.rest :].strip()
        if not rest:
            self._named_by = number
            return "boilerplate"
        if is_descriptor(rest):
            return "official-descriptor"
        if is_prose(rest) or (not found.marked and (self._roles & _TOLD or len(rest.split()) > 14)):
            return None
        return "title"

    def _default(self, piece: Piece, line: str, heading: Heading | None) -> str:
        """Role of content that no known heading stands over."""
        prose = is_prose(line)
        if self._after_rights:
            return "other" if prose else "boilerplate"
        if (heading is None or heading.level <= 2) and not self._roles & _TOLD and is_descriptor(line):
            return "official-descriptor"
        if prose or piece.kind in (BlockKind.CELL, BlockKind.DEFINITION):
            return "description"
        if heading is None:
            begun = self._roles & {*_TOLD, "official-descriptor", "title"}
            kept = begun and (piece.kind is BlockKind.ITEM or _LABELLED.search(line))
            return "description" if kept else "boilerplate"
        bare = piece.kind is BlockKind.PARAGRAPH and (re.search(r"[|·$]", line) or len(line.split()) < 3)
        return "boilerplate" if bare else "description"
