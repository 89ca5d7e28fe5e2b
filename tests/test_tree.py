"""The tree that we read is the one that BeautifulSoup makes, whatever the markup."""

from __future__ import annotations

import warnings
from contextlib import suppress
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from hypothesis import given
from hypothesis import strategies as st

from extract.decode import decode
from extract.model import PageError
from extract.tree import Element, of_soup, parse

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path for folder in ("pages", "tests/gold/pages", "tests/cases") for path in (ROOT / folder).rglob("*.html")
)
SHAPED = [
    "<p>a<p>b<div><p>c</div></p>d",
    "<table><tr><td>1<td>2<tr><th>3</table>4",
    "<ul><li>a<li>b</ul><b>c<i>d</b>e</i>",
    "<p>a<!-- no -->b<?php no ?>c</p>",
    "<!DOCTYPE html><title>t &amp; u</title><style>.a{display:none}</style><script>1 < 2</script>x",
    "<p class='a  b' hidden>x<br/>y<img src=z>&nbsp;&bogus;&#0;&#x110000;</p>",
    "<svg><path d='M0'/><title>s</title></svg><math><mi>x</mi></math>",
    "<![CDATA[x]]><o:p>y</o:p><p xml:lang=en a:b=c>z</p>",
    "<sup><script>7</script>1</sup><ruby>a<rt>b</rt></ruby><template><p>c</template>",
    "</div>a</p>b<body class=x><body id=y>c</html>d<p>e",
    "<pre>\n a\n\n  b</pre><textarea>\n c</textarea><frameset><frame>",
    "\ufeff<html>a\x0bb\x0cc\u2028d</html>",
    "x",
    "",
    "<",
    "<!-- only -->",
]


def by_soup(text: str) -> Element:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(text, "lxml")
        return of_soup(soup if soup.find(True) else BeautifulSoup(text, "html.parser"))


def told(element: Element) -> object:
    """A tree as it is compared: white space alone is one space, as BeautifulSoup has it, and lists are words."""
    inner = [
        told(one) if isinstance(one, Element) else one if one.strip(" \n\t\f\r") else " " for one in element.contents
    ]
    return element.name, {name: " ".join(value.split()) for name, value in element.attrs.items()}, inner


def same(text: str) -> None:
    one, other = parse(text), by_soup(text)
    assert told(one) == told(other)
    assert " ".join(one.text().split()) == " ".join(other.text().split())


@pytest.mark.parametrize("text", SHAPED)
def test_odd_markup(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        same(text)


def test_pages() -> None:
    assert len(PAGES) > 20
    for path in PAGES:
        # Pages that are no text are tested elsewhere.
        with suppress(PageError):
            same(decode(path.read_bytes()))


NAMES = st.sampled_from(
    ["p", "div", "b", "td", "tr", "table", "li", "ul", "script", "style", "pre", "title", "sup", "h1"]
)
PARTS = st.one_of(
    st.builds("<{}>".format, NAMES),
    st.builds("</{}>".format, NAMES),
    st.builds('<{} class="{}" id={}>'.format, NAMES, st.sampled_from(["a b", "", " a"]), st.sampled_from(["x", "y"])),
    st.sampled_from([" ", "\n", "a", "&amp;", "&", "<", ">", "<!-- c -->", "<br>", "<?x y>", "<!x>", "\u00a0", "é"]),
    st.text(max_size=4).filter(lambda text: "\0" not in text and text.isprintable()),
)


@given(st.lists(PARTS, max_size=25).map("".join))
def test_any_markup(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        same(text)
