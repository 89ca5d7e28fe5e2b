"""HTML to the text that a reader sees, in pieces.

Everything visible is kept in reading order; what the markup says about it (heading, item, navigation, bold) goes with
the pieces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from extract.blocks import Piece
from extract.model import PageError, Reason
from extract.tree import Element, parse
from extract.visible import hidden_selectors
from extract.writer import Writer

DEEPEST: Final = 2000
"""How deep elements may be nested; real pages stay under 200."""

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
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
    tree = parse(text)
    named = _Named(tree)
    writer = Writer(hidden_selectors(named.styles))
    writer.write(tree)
    return Markup("".join(writer.text), tuple(writer.pieces), named.title, named.canonical)


def _check_depth(text: str) -> None:
    if text.count("<") <= DEEPEST:
        return
    depth = 0
    for found in _TAG.finditer(text):
        if found[2].lower() in _UNNESTED or found[3]:
            continue
        depth = max(depth - 1, 0) if found[1] else depth + 1
        if depth > DEEPEST:
            raise PageError(
                Reason.TOO_DEEP, f"The markup is nested more than {DEEPEST:,} elements deep; real pages stay under 200."
            )


class _Named:
    """What elements of some names say: the document's title, its own address, its style sheets."""

    def __init__(self, tree: Element) -> None:
        self.styles: list[str] = []
        self.canonical: str | None = None
        title: str | None = None
        for element in tree.inner():
            if element.name == "style":
                self.styles.append("".join(one for one in element.contents if isinstance(one, str)))
            elif element.name == "title" and title is None:
                title = " ".join(element.text().split())
            elif element.name == "link" and self.canonical is None and "canonical" in element.get("rel").split():
                address = element.get("href").strip()
                self.canonical = address if _ADDRESS.fullmatch(address) else None
        self.title = title or ""
