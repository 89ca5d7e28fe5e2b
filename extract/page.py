"""A page: bytes in, titled sections out, with the code, the rights and the closed sections."""

from __future__ import annotations

import hashlib
from typing import Final

from extract.blocks import text_pieces
from extract.code import find_code
from extract.decode import decode
from extract.furniture import kind_of_line, locked_sections
from extract.markup import Markup, is_markup, read_markup
from extract.model import Page, PageError, Reason, Section
from extract.rights import rights_lines
from extract.sections import split

_EMPTY_ROLES: Final = frozenset(("boilerplate", "related-codes", "title"))


def read_page(data: bytes, name: str) -> Page:
    """Read a page.

    Args:
        data: The file's bytes.
        name: The file's name; a code that it begins with helps to tell what the page is about.

    Returns:
        The page. Positions count in its text.

    Raises:
        PageError: The page cannot be used; its reason says why.

    >>> page = read_page(b"CPT Code 50593 describes the freezing of a renal tumor through the skin.", "a.txt")
    >>> page.code, [s.role for s in page.sections]
    ('50593', ['description'])
    """
    source = decode(data)
    plain = not is_markup(source, name)
    markup = Markup(source, tuple(text_pieces(source)), "", None) if plain else read_markup(source)
    text, pieces = markup.text, markup.pieces
    if not any(c.isalnum() for c in text):
        raise PageError(Reason.NO_TEXT, "The page shows no text: only white space, markup or scripts.")
    locks = locked_sections(text, pieces)
    limit = locks or any(kind_of_line(text[p.start : p.end]) == "view-limit" for p in pieces)
    try:
        code = find_code(text, pieces, name, markup.title, markup.address)
    except PageError:
        if limit and _is_closed(split(text, pieces, "")):
            raise _closed(locks) from None
        raise
    sections = split(text, pieces, code)
    if limit and _is_closed(sections):
        raise _closed(locks)
    rights = rights_lines(text)
    return Page(
        sha256=hashlib.sha256(data).hexdigest(),
        text=text,
        code=code,
        sections=sections,
        rights=rights,
        locked_sections=locks,
        address=markup.address,
        edition_year=max((line.year for line in rights if line.year), default=None),
    )


def _is_closed(sections: tuple[Section, ...]) -> bool:
    return all(section.role in _EMPTY_ROLES for section in sections)


def _closed(locks: int) -> PageError:
    what = (
        f"{locks} locked section{'s' if locks != 1 else ''}" if locks else "the notice that the view limit is reached"
    )
    return PageError(
        Reason.LOCKED, f"The page is closed to guests: it holds {what} and no description. Save it while logged in."
    )
