"""HTML to the text that a reader sees, in pieces.

Everything visible is kept in reading order; what the markup says about it (heading, item, navigation, bold) goes with
the pieces.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Final

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning

from extract.blocks import Piece
from extract.model import PageError, Reason
from extract.visible import hidden_selectors
from extract.writer import Writer

DEEPEST: Final = 2000
"""How deep elements may be nested; real pages stay under 200."""

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>")
_UNNESTED: Final = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "option",
        "thead",
        "tbody",
        "tfoot",
        "html",
        "head",
        "body",
    ]
)


@dataclass(frozen=True, slots=True)
class Markup:
    """What HTML says to a reader.

    Attributes:
        text: The visible text, a newline between pieces.
        pieces: Its pieces in reading order.
        title: The document's title, empty where it has none.
        address: The page's own address (``link rel=canonical``), or None.
    """

    text: str
    pieces: tuple[Piece, ...]
    title: str
    address: str | None


def is_markup(text: str, name: str) -> bool:
    """Whether a file is HTML, by its name and its beginning.

    >>> is_markup("<!DOCTYPE html><p>x", "a.txt"), is_markup("x < y", "a.html"), is_markup("a <b>c</b>", "a.htm")
    (True, False, True)
    """
    if re.match(
        r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
        text[:4096],
        re.IGNORECASE | re.DOTALL,
    ):
        return True
    return name.lower().endswith((".html", ".htm", ".xhtml")) and re.search(r"<[a-zA-Z!/?]", text) is not None


def read_markup(text: str) -> Markup:
    r"""Reduce HTML to what a reader sees.

    Args:
        text: The page's source.

    Raises:
        PageError: Elements are nested more than `DEEPEST` deep.

    >>> read_markup("<p>one <b>two</b></p><script>x</script><p hidden>no</p><p>three").text
    'one two\nthree'
    """
    _check_depth(text)
    soup = _soup(text)
    title = soup.find("title")
    writer = Writer(hidden_selectors(soup))
    writer.write(soup)
    return Markup(
        "".join(writer.text),
        tuple(writer.pieces),
        " ".join(title.get_text().split()) if isinstance(title, Tag) else "",
        _canonical(soup),
    )


def _check_depth(text: str) -> None:
    depth = 0
    for found in _TAG.finditer(text):
        if found[2].lower() in _UNNESTED or found[3]:
            continue
        depth = max(depth - 1, 0) if found[1] else depth + 1
        if depth > DEEPEST:
            raise PageError(
                Reason.TOO_DEEP, f"The markup is nested more than {DEEPEST:,} elements deep; real pages stay under 200."
            )


def _soup(text: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(text, "lxml")
        return soup if soup.find(True) else BeautifulSoup(text, "html.parser")


def _canonical(soup: BeautifulSoup) -> str | None:
    for link in soup.find_all("link", rel="canonical"):
        address = str(link.get("href") or "").strip()
        if re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", address):
            return address
    return None
