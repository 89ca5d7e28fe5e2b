"""Pieces to titled sections with a role each: headings decide, then the form of what stands under them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from extract import furniture
from extract.blocks import Piece, heading_shape
from extract.code import codes_in, is_label
from extract.entries import Entry, entry, is_code_list, is_descriptor
from extract.model import Block, BlockKind, Section
from ontology import headings

_QUESTION_MARK: Final = re.compile(r"Q\d{0,2}\s*[.:)]\s*(?=\S)")
_ANSWER_MARK: Final = re.compile(r"A\d{0,2}\s*[.:)]\s+(?=\S)")
_LABEL: Final = re.compile(
    r"(?P<label>[^\W_][\w’'()/&, -]{0,60}?)\s*(?:\((?P<note>[^()]{1,40})\))?(?P<mark>[:.?]\s+|\s*\.{3,}\s*|[ \t]{2,}|\s+[–—-]\s+|\n)(?=\S)"
)
_QUOTED: Final = re.compile(r"(.{0,160}?:\s*)[\"“](?P<quoted>[^\"“”]{20,})[\"”]\W*$", re.DOTALL)
_MAIN_LEVEL: Final = 7
_LEAD_LEVEL: Final = 8
_UNREAD: Final = frozenset(("coverage-and-billing", "aftercare", "preparation", "example", "boilerplate"))
_SPOKEN_ROLES: Final = frozenset(("description", "steps", "lay-summary"))


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
class _Heading:
    words: str
    role: str | None
    level: int
    row: int = 0
    block: int = 0


@dataclass(slots=True)
class _Reader:
    text: str
    pieces: Sequence[Piece]
    code: str
    _open: list[_Heading] = field(default_factory=list)
    _side: str | None = None
    _spoken: bool = False
    _begun: bool = False
    _described: bool = False
    _after_rights: bool = False
    _title: int = -1
    _columns: bool = False
    _named_by: int = -1
    _other_row: int = -1
    _found: list[tuple[str, _Heading | None, Block]] = field(default_factory=list)

    def find_title(self) -> None:
        """Choose the heading that names the procedure: the first that has the code in it, else the highest."""
        best = (9, -1)
        for number, piece in enumerate(self.pieces):
            line = self.text[piece.start : piece.end]
            if (
                piece.kind is not BlockKind.HEADING
                or piece.side
                or piece.level > 3
                or len(headings.normalise(line).split()) < 2
            ):
                continue
            if piece.level > 1 and headings.headings().role_of(line):
                continue
            level = 0 if any(code == self.code for code, _, _ in codes_in(line)) else piece.level
            if level < best[0]:
                best = level, number
        self._title = best[1]

    def read(self, number: int) -> None:
        piece = self.pieces[number]
        line = self.text[piece.start : piece.end]
        kind = furniture.kind_of_line(line)
        if piece.side:
            self._read_side(piece, line, kind)
        elif kind and (piece.kind is not BlockKind.HEADING or kind in ("rights", "lock")):
            self._read_furniture(piece, kind)
        elif not self._read_heading(number, piece, line):
            self._read_content(number, piece, line)

    def sections(self) -> tuple[Section, ...]:
        made: list[Section] = []
        last: tuple[str, int] | None = None
        run: list[Block] = []
        words = ""
        for role, heading, block in self._found:
            key = (role, id(heading))
            if run and key != last:
                made.append(Section(last[0] if last else role, run[0].start, run[-1].end, words, tuple(run)))
                run = []
            last, words = key, heading.words if heading else ""
            run.append(block)
        if run and last:
            made.append(Section(last[0], run[0].start, run[-1].end, words, tuple(run)))
        return tuple(made)

    # What is not the main part

    def _read_side(self, piece: Piece, line: str, kind: str | None) -> None:
        if kind is None and (piece.kind is BlockKind.HEADING or piece.bold or heading_shape(line)):
            role = headings.headings().role_of(line)
            if piece.kind is BlockKind.HEADING or role:
                self._side = role
        codes = [c for c, _, _ in codes_in(line) if c != self.code]
        related = kind is None and (
            is_code_list(line, self.code) or (self._side == "related-codes" and codes) or (piece.linked and codes)
        )
        self._put("related-codes" if related else "boilerplate", None, piece)

    def _read_furniture(self, piece: Piece, kind: str) -> None:
        if kind in ("rights", "lock") and self._spoken:
            self._after_rights = True
        self._put("boilerplate", None, piece)

    # Headings

    def _read_heading(self, number: int, piece: Piece, line: str) -> bool:
        after = self.pieces[number + 1] if number + 1 < len(self.pieces) else None
        question = _QUESTION_MARK.match(line)
        if piece.kind is BlockKind.HEADING and len(line) <= 240:
            self._push_structural(piece, line)
            return True
        if after is None or after.side or entry(line, self.code):
            return False
        known = headings.headings().exact(line)
        if piece.kind is BlockKind.TERM and len(line) <= 120:
            self._push(line, headings.headings().role_of(line), _LEAD_LEVEL, row=piece.row)
            return True
        if question and len(line) <= 200:
            self._push_question(line)
            return True
        if piece.kind is BlockKind.CELL:
            if piece.bold and known == "official-descriptor" and after.row != piece.row:
                self._columns = True
            if after.row != piece.row or (after.kind is BlockKind.CELL and after.bold):
                return (
                    piece.bold
                    and heading_shape(line)
                    and after.row != piece.row
                    and self._heads_table(number)
                    and self._push_plain(line)
                )
            if (piece.bold and heading_shape(line)) or (known and len(line.split()) <= 6):
                self._push(line, headings.headings().role_of(line), _LEAD_LEVEL, row=piece.row)
                return True
            return False
        if piece.kind in (BlockKind.ITEM, BlockKind.DEFINITION):
            return bool(known) and heading_shape(line) and line.endswith(":") and self._push_plain(line)
        if not heading_shape(line) or self._in_title_group(number):
            return False
        if (known and not self._is_menu(number)) or piece.bold or self._looks_like_heading(number, piece, line, after):
            return self._push_plain(line, block=piece.block if piece.block and after.block == piece.block else 0)
        return False

    def _heads_table(self, number: int) -> bool:
        """Whether a bold cell is alone in its row."""
        return number == 0 or self.pieces[number - 1].row != self.pieces[number].row

    def _looks_like_heading(self, number: int, piece: Piece, line: str, after: Piece) -> bool:
        """Whether a line without a mark of its own heads what follows."""
        follows = self.text[after.start : after.end]
        if (
            furniture.kind_of_line(follows)
            or after.bold
            or after.linked
            or any(c == self.code for c, _, _ in codes_in(line))
        ):
            return line.endswith("?") and any(c == self.code for c, _, _ in codes_in(line))
        if len(line.split()) > (4 if line.endswith(":") else 9) or (piece.markup and piece.group != after.group):
            return False
        before = self.pieces[number - 1] if number else None
        if (
            before
            and before.group == piece.group
            and (piece.markup or not self.text[before.end : piece.start].strip("\n ") == "")
        ):
            inside = self.text[before.start : before.end]
            if not line.endswith("?") or not _is_prose(inside):
                return False
        if after.kind is BlockKind.ITEM:
            return True
        return _is_prose(follows) and (line.endswith("?") or len(follows) > len(line) * 1.2)

    def _is_menu(self, number: int) -> bool:
        """Whether a known word stands in a row of short lines, as in a menu."""
        piece = self.pieces[number]
        around = [self.pieces[n] for n in (number - 1, number + 1) if 0 <= n < len(self.pieces)]
        close = [self.text[p.start : p.end] for p in around if p.group == piece.group and p.kind is piece.kind]
        return len(close) == len(around) and all(
            heading_shape(line) and not _is_prose(line) and not furniture.kind_of_line(line) and len(line.split()) <= 4
            for line in close
        )

    def _push_structural(self, piece: Piece, line: str) -> None:
        if self._title >= 0 and piece is self.pieces[self._title]:
            self._push(line, None, piece.level)
            named = entry(line, self.code)
            rest = line[named.rest :] if named else line
            self._put("official-descriptor" if is_descriptor(rest) else "title", None, piece)
            return
        if _QUESTION_MARK.match(line):
            self._push_question(line, piece.level)
            return
        self._push(line, headings.headings().role_of(line), piece.level)

    def _push_question(self, line: str, level: int = _MAIN_LEVEL) -> None:
        found = headings.headings().role_of(line)
        within = any(heading.role == "faq" for heading in self._open)
        self._push(line, "faq" if within or found is None else found, level)

    def _push_plain(self, line: str, block: int = 0) -> bool:
        role = headings.headings().role_of(line)
        flat = [heading for heading in self._open if heading.level == _MAIN_LEVEL]
        if line.endswith("?") and any(heading.role == "faq" for heading in (*self._open, *flat)):
            self._open = [*(h for h in self._open if h.level < _MAIN_LEVEL), *(h for h in flat if h.role == "faq")][:1]
            self._open = self._open or []
            self._open.append(_Heading(line, "faq", _MAIN_LEVEL))
            return True
        self._push(line, role, _LEAD_LEVEL if block else _MAIN_LEVEL, block=block)
        return True

    def _push(self, words: str, role: str | None, level: int, *, row: int = 0, block: int = 0) -> None:
        self._open = [heading for heading in self._open if heading.level < level]
        if role is None and level > 1:
            role = next((heading.role for heading in reversed(self._open) if heading.role), None)
        if role is not None or level < _MAIN_LEVEL:
            self._after_rights = False
        self._open.append(_Heading(words, role, level, row, block))

    def _close(self, piece: Piece) -> None:
        """Close headings that reach only to the end of their row, their element or their line."""
        while self._open and self._open[-1].level == _LEAD_LEVEL:
            last = self._open[-1]
            if last.row:
                if piece.row == last.row:
                    return
            elif last.block:
                if piece.block == last.block or piece.kind is BlockKind.ITEM:
                    return
            elif piece.kind is BlockKind.ITEM:
                return
            self._open.pop()

    # Content

    def _read_content(self, number: int, piece: Piece, line: str) -> None:
        self._close(piece)
        heading = self._open[-1] if self._open else None
        special = self._special(number, piece, line)
        if special:
            self._put(special, heading if special not in ("title", "official-descriptor") else None, piece)
            return
        piece, line = self._quoted_descriptor(piece, line)
        if not line:
            return
        piece, line, heading = self._lead_in(piece, line, heading)
        if self._after_rights or heading is None or heading.role is None:
            role = self._default(piece, line, heading)
        else:
            role = heading.role
            if (
                not self._described
                and role in _UNREAD
                and headings.lines()["subject-opening"].holds(line[:200])
                and len(line.split()) >= 20
            ):
                role, heading = "description", None
        if is_code_list(line, self.code):
            role = "related-codes"
        self._put(role, heading, piece)

    def _special(self, number: int, piece: Piece, line: str) -> str | None:
        """Role of a piece by its form alone."""
        if (
            piece.group == self._other_row
            and piece.start > 0
            and len(line.split()) <= 25
            and not _starts_own(line, self.code)
        ):
            return "related-codes"
        self._other_row = -1
        found = entry(line, self.code)
        if found and not found.own:
            bare = not line[found.rest :].strip()
            if bare:
                self._other_row = piece.group
            return "related-codes" if bare or len(line.split()) <= 30 else None
        if found and found.own:
            return self._own_entry(number, piece, line, found)
        if (
            self._named_by == number - 1
            and number
            and piece.group == self.pieces[number - 1].group
            and len(line.split()) <= 40
        ):
            if self._columns or (is_descriptor(line) and len(line.split()) >= 7):
                return "official-descriptor"
            return "title" if not _is_prose(line) and len(line.split()) >= 2 else None
        if piece.linked:
            return "boilerplate"
        if self._is_introduced(number, line):
            return "official-descriptor"
        if self._known_label(piece, line):
            return None
        if is_label(line):
            return "boilerplate"
        if (
            (not self._open or self._open[-1].level == 1)
            and not self._spoken
            and self._in_title_group(number)
            and len(headings.normalise(line).split()) >= 2
        ):
            return "title"
        return None

    def _is_introduced(self, number: int, line: str) -> bool:
        """Whether the line before says that the descriptor follows."""
        if not number or not is_descriptor(line):
            return False
        before = self.pieces[number - 1]
        words = self.text[before.start : before.end]
        return words.endswith((":", "“", '"')) and headings.lines()["descriptor-opening"].holds(words)

    def _quoted_descriptor(self, piece: Piece, line: str) -> tuple[Piece, str]:
        """Take a descriptor in quotation marks out of the sentence that leads to it; what comes before is left."""
        found = _QUOTED.match(line)
        if not found or not headings.lines()["descriptor-opening"].holds(found[1].strip()):
            return piece, line
        words = found["quoted"].rstrip(".,")
        if not is_descriptor(words):
            return piece, line
        start = piece.start + found.start("quoted")
        self._put("official-descriptor", None, replace(piece, start=start, end=start + len(words)))
        return piece, ""

    def _own_entry(self, number: int, piece: Piece, line: str, found: Entry) -> str | None:
        rest = line[found.rest :].strip()
        if not rest:
            self._named_by = number
            return "boilerplate"
        if is_descriptor(rest):
            return "official-descriptor"
        if not found.marked and len(rest.split()) > 14:
            return None
        return "title" if not _is_prose(rest) and (not self._spoken or found.marked) else None

    def _in_title_group(self, number: int) -> bool:
        """Whether a short line stands at the head of the page right beside the code or names it itself."""
        piece = self.pieces[number]
        if self._spoken or number > 30:
            return False
        near = [self.pieces[n] for n in (number - 1, number, number + 1) if 0 <= n < len(self.pieces)]
        lines = [self.text[p.start : p.end] for p in near if p is piece or (p.group == piece.group and not p.markup)]
        own = self.text[piece.start : piece.end]
        if (_is_prose(own) and len(own.split()) > 20) or own.endswith("."):
            return False
        return any(
            len(line.split()) <= 25 and not _is_sentence(line) and any(c == self.code for c, _, _ in codes_in(line))
            for line in lines
        )

    def _lead_in(self, piece: Piece, line: str, heading: _Heading | None) -> tuple[Piece, str, _Heading | None]:
        answer = _ANSWER_MARK.match(line)
        if answer and heading and heading.words.endswith(("?", '"', "”")):
            return _from(piece, answer.end()), line[answer.end() :], heading
        known = self._known_label(piece, line)
        if known is None:
            return piece, line, heading
        label, role, end = known
        if role == "official-descriptor" and len(line[end:].split()) < 4:
            role = "boilerplate"
        self._push(label, role, _LEAD_LEVEL)
        return _from(piece, end), line[end:], self._open[-1]

    def _known_label(self, piece: Piece, line: str) -> tuple[str, str, int] | None:
        """The known heading that a line begins with, its role, and where the rest begins."""
        found = _LABEL.match(line)
        if found is None or len(found["label"].split()) > 7:
            return None
        bold = piece.label_end >= piece.start + found.end("label")
        label, mark = found["label"], found["mark"]
        role = headings.headings().exact(label)
        if role is None or (mark.startswith((".", "?")) and len(mark.strip()) < 3 and not bold):
            return None
        if not bold and not label[0].isupper() and not mark.startswith(("  ", "...", " .")):
            return None
        return label, role, found.end()

    def _default(self, piece: Piece, line: str, heading: _Heading | None) -> str:
        """Role of content that no known heading stands over."""
        prose = _is_prose(line)
        if self._after_rights:
            return "other" if prose else "boilerplate"
        if (
            is_descriptor(line)
            and not self._spoken
            and len(line.split()) >= 5
            and (heading is None or heading.level <= 2)
        ):
            return "official-descriptor"
        if prose or piece.kind in (BlockKind.CELL, BlockKind.DEFINITION):
            return "description"
        if heading is None:
            begun = self._spoken or self._begun
            labelled = re.search(r"\w(?::| \.{3,}|  +) ?\S", line)
            return "description" if begun and (piece.kind is BlockKind.ITEM or labelled) else "boilerplate"
        if piece.kind is BlockKind.PARAGRAPH and (re.search(r"[|·$]", line) or len(line.split()) < 3):
            return "boilerplate"
        return "description"

    def _put(self, role: str, heading: _Heading | None, piece: Piece) -> None:
        if role in _SPOKEN_ROLES:
            self._spoken = True
        if role in ("description", "steps"):
            self._described = True
        if role in ("official-descriptor", "title"):
            self._begun = True
        level = piece.level if piece.kind is BlockKind.HEADING else 0
        self._found.append((role, heading, Block(piece.start, piece.end, piece.kind, level)))


def _from(piece: Piece, offset: int) -> Piece:
    return replace(piece, start=piece.start + offset)


def _starts_own(line: str, code: str) -> bool:
    found = entry(line, code)
    return found is not None and found.own


def _is_sentence(line: str) -> bool:
    return len(line.split()) >= 6 and line.rstrip('"”’)').endswith((".", "!"))


def _is_prose(line: str) -> bool:
    words = len(line.split())
    if len(re.findall(r"\s[|·›>/]\s", line)) >= 2 and ". " not in line:
        return False
    return words >= 14 or (words >= 4 and line.rstrip('"”’)').endswith((".", "!", "?", ":", ";", ".…", "…")))
