"""A page's elements and strings: what lxml reads of HTML, as BeautifulSoup would give it, in a third of its time.

The parser is the one that BeautifulSoup uses, with the same settings; what is left out is what nobody here asks for:
links between neighbours, comments, lists made of attributes. Where lxml gives up, BeautifulSoup is asked.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from bs4 import BeautifulSoup, NavigableString, Tag, XMLParsedAsHTMLWarning
from bs4.element import PreformattedString
from lxml import etree

_APART: Final = frozenset(("script", "style", "template", "rt", "rp"))
"""Elements whose strings are no text of the element around them."""


class Element:
    """An element: its name, its attributes, and the elements and strings in it."""

    __slots__ = ("attrs", "contents", "name")

    def __init__(self, name: str, attrs: Mapping[str, str]) -> None:
        self.name = name
        self.attrs = attrs
        self.contents: list[Element | str] = []

    def get(self, name: str) -> str:
        """An attribute, empty where it has none."""
        return self.attrs.get(name, "")

    def inner(self) -> Iterator[Element]:
        """All elements in it, in the order of the page."""
        stack = [iter(self.contents)]
        while stack:
            for child in stack[-1]:
                if isinstance(child, Element):
                    yield child
                    stack.append(iter(child.contents))
                    break
            else:
                stack.pop()

    def holds(self, names: Collection[str]) -> bool:
        """Whether an element of one of these names is in it."""
        return any(child.name in names for child in self.inner())

    def text(self) -> str:
        """The strings in it, one behind the other."""
        found: list[str] = []
        stack = [iter(self.contents)]
        while stack:
            for child in stack[-1]:
                if isinstance(child, str):
                    found.append(child)
                elif child.name not in _APART:
                    stack.append(iter(child.contents))
                    break
            else:
                stack.pop()
        return "".join(found)


def parse(text: str) -> Element:
    """The tree of a page.

    Args:
        text: Its source.

    Returns:
        An element around all of it.

    >>> tree = parse("<p class=a>one<!-- no --> <b>two</b>")
    >>> [(one.name, dict(one.attrs)) for one in tree.inner()]
    [('html', {}), ('body', {}), ('p', {'class': 'a'}), ('b', {})]
    >>> tree.text()
    'one two'
    """
    target: Any = _Target()
    try:
        parser = etree.HTMLParser(target=target, recover=True, encoding=None)
        parser.feed(text.removeprefix("\ufeff"))
        parser.close()
    except (UnicodeDecodeError, LookupError, etree.ParserError):
        return of_soup(_soup(text))
    target.end_data()
    root: Element = target.root
    return root if any(True for _ in root.inner()) else of_soup(_soup(text))


class _Target:
    """What the parser tells."""

    def __init__(self) -> None:
        self.root = Element("[document]", {})
        self._stack = [self.root]
        self._data: list[str] = []

    def end_data(self) -> None:
        """Put what was told of a string into the tree."""
        if self._data:
            self._stack[-1].contents.append("".join(self._data))
            self._data.clear()

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        """An element begins."""
        if self._data:
            self.end_data()
        element = Element(tag, dict(attrib))
        self._stack[-1].contents.append(element)
        self._stack.append(element)

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._data:
            self.end_data()
        for place in range(len(self._stack) - 1, 0, -1):
            if self._stack[place].name == tag:
                del self._stack[place:]
                return

    def data(self, data: str) -> None:
        """A part of a string."""
        self._data.append(data)

    def comment(self, text: str) -> None:
        """A comment, which parts strings."""
        self.end_data()

    def pi(self, target: str, data: str | None = None) -> None:
        """A processing instruction, which parts strings."""
        self.end_data()

    def doctype(self, name: str, pubid: str, system: str) -> None:
        """The document type, which parts strings."""
        self.end_data()

    def close(self) -> None:
        """The page ends."""


def of_soup(soup: Tag) -> Element:
    """The tree that BeautifulSoup made."""
    root = _element(soup)
    stack: list[tuple[Element, Iterator[object]]] = [(root, iter(soup.contents))]
    while stack:
        element, children = stack[-1]
        for child in children:
            if isinstance(child, Tag):
                inner = _element(child)
                element.contents.append(inner)
                stack.append((inner, iter(child.contents)))
                break
            if isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                element.contents.append(str(child))
        else:
            stack.pop()
    return root


def _element(tag: Tag) -> Element:
    attrs = {
        str(name): " ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in tag.attrs.items()
    }
    return Element(tag.name, attrs)


def _soup(text: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(text, "lxml")
        return soup if soup.find(True) else BeautifulSoup(text, "html.parser")
