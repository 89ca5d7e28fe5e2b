"""Sites that let guests open a few pages: whether one says that these are used up."""

from __future__ import annotations

from extract.blocks import text_pieces
from extract.decode import decode
from extract.markup import is_markup, read_markup
from extract.model import PageError
from extract.page import read_page
from ontology import headings


def used_up(body: bytes) -> str | None:
    """The line of a page that says that the guest's page views are used up, or None.

    The phrases stand in ``ontology/furniture.ttl``. Only what a reader sees counts: many pages hide such
    a line.

    Args:
        body: The page.

    >>> used_up(b"<p>0 code page views remaining.</p><p>The tumor is frozen.</p>")
    '0 code page views remaining.'
    >>> used_up(b"<p>10 page views remaining.</p>"), used_up(b"<p hidden>0 page views remaining</p><p>x</p>")
    (None, None)
    """
    kind = headings.lines()["views-used-up"]
    try:
        text = decode(body)
        if not kind.pattern.search(" ".join(text.split())):
            return None
        if is_markup(text, "page.html"):
            markup = read_markup(text)
            text, pieces = markup.text, markup.pieces
        else:
            pieces = tuple(text_pieces(text))
    except PageError:
        return None
    lines = (text[piece.start : piece.end] for piece in pieces)
    return next((" ".join(line.split()) for line in lines if kind.holds(line)), None)


def locked_sections(body: bytes, name: str) -> int | None:
    """How many sections of a page are closed to guests, or None where the page cannot be used at all.

    Args:
        body: The page.
        name: Its file name.
    """
    try:
        return read_page(body, name).locked_sections
    except PageError:
        return None
