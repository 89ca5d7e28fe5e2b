"""HTML to the text that a reader sees, in pieces.

Everything visible is kept in reading order; what the markup says about it (heading, item, navigation, bold) goes with the pieces.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bs4 import BeautifulSoup, Comment, NavigableString, Tag, XMLParsedAsHTMLWarning
from bs4.element import PreformattedString

from extract.blocks import Piece, alone, heading_shape
from extract.model import BlockKind, PageError, Reason
from ontology import headings

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
_DROPPED: Final = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "title",
        "link",
        "meta",
        "iframe",
        "object",
        "embed",
        "svg",
        "audio",
        "video",
        "canvas",
        "select",
        "textarea",
        "datalist",
        "rp",
        "map",
        "dialog",
    ]
)
_BLOCKS: Final = frozenset(
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
_BOLD: Final = frozenset(("b", "strong", "th"))
_KINDS: Final = {
    "li": BlockKind.ITEM,
    "dt": BlockKind.TERM,
    "dd": BlockKind.DEFINITION,
    "td": BlockKind.CELL,
    "th": BlockKind.CELL,
}
_HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6, "summary": 6}
_SIDE_TAGS: Final = frozenset(("nav", "footer", "aside", "search"))
_SIDE_ROLES: Final = frozenset(
    (
        "navigation",
        "banner",
        "contentinfo",
        "complementary",
        "search",
        "dialog",
        "alert",
        "alertdialog",
        "menu",
        "menubar",
        "toolbar",
    )
)
_CORE_TAGS: Final = ("main", "article", "h1")
_HIDDEN_STYLE: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:left|top|text-indent)\s*:\s*-\d{3,}", re.IGNORECASE
)
_RULE: Final = re.compile(r"([^{}]*)\{([^{}]*)\}")
_AT_RULE: Final = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_SIMPLE: Final = re.compile(r"(?:[a-z][a-z0-9]*)?(?:[.#][A-Za-z_][\w-]*)+|[a-z][a-z0-9]*", re.IGNORECASE)
_PARTED: Final = re.compile(r"[a-zà-ÿ).][A-ZÀ-Þ]|\d[^\W\d_]|[a-z][0-9]|[A-Z]\d|[.,;:!?)]\w")
_SPACE: Final = re.compile(r"[ \t\n\r\f]+")
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")


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
    """Reduce HTML to what a reader sees.

    Args:
        text: The page's source.

    Raises:
        PageError: Elements are nested more than `DEEPEST` deep.

    >>> read_markup("<p>one <b>two</b></p><script>x</script><p hidden>no</p><p>three").text
    'one two\\nthree'
    """
    _check_depth(text)
    soup = _soup(text)
    title = soup.find("title")
    writer = _Writer(_hidden_selectors(soup))
    writer.write(soup)
    return Markup(
        "".join(writer.text),
        tuple(writer.pieces),
        _SPACE.sub(" ", title.get_text()).strip() if isinstance(title, Tag) else "",
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


def _hidden_selectors(soup: BeautifulSoup) -> frozenset[str]:
    """Selectors (``.x``, ``#x``, ``tag.x``) that an inline style sheet hides."""
    hidden: set[str] = set()
    for style in soup.find_all("style"):
        rules = _AT_RULE.sub(" ", re.sub(r"/\*.*?\*/", " ", "".join(map(str, style.contents)), flags=re.DOTALL))
        for selectors, body in _RULE.findall(rules):
            if _HIDDEN_STYLE.search(body):
                hidden.update(s.strip() for s in selectors.split(",") if _SIMPLE.fullmatch(s.strip()))
    return frozenset(hidden)


def _names(tag: Tag) -> list[str]:
    value = tag.attrs.get("class") or []
    return value.split() if isinstance(value, str) else [str(v) for v in value]


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


class _Writer:
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

    def write(self, root: Tag) -> None:
        stack: list[tuple[Iterator[object], _Frame, bool]] = [(iter(root.contents), self._frame, True)]
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
            elif isinstance(child, Tag):
                frame = self._frame
                if self._enter(child):
                    stack.append((iter(child.contents), frame, child.name in _BLOCKS))
            elif isinstance(child, NavigableString) and not isinstance(child, (Comment, PreformattedString)):
                self._words(str(child))

    def _enter(self, tag: Tag) -> bool:
        """Open an element; False where nothing of it is to be walked."""
        name = tag.name
        if name == "br":
            self._lines.append(_Line())
            return False
        if name == "input":
            if str(tag.get("type", "")).lower() in ("submit", "button") and tag.get("value"):
                self._words(f" {tag['value']} ")
            return False
        if name in _DROPPED and not (name == "dialog" and tag.has_attr("open")):
            return False
        if name == "wbr" or (tag.attrs and self._is_hidden(tag)):
            return False
        if name in _BLOCKS:
            self._end_block()
        elif self._edge == "closed" and name not in ("sub", "sup"):
            self._edge = "opened"
        outer = self._frame
        group, own, row = outer.group, outer.own, outer.row
        if name in _BLOCKS:
            self._elements += 1
            group, own = outer.own, self._elements
            row = own if name in ("tr", "dl") else row
        self._frame = _Frame(
            _KINDS.get(name, BlockKind.HEADING if name in _HEADINGS else outer.kind),
            _HEADINGS.get(name, outer.level),
            group,
            own,
            row,
            outer.side or _is_side(tag),
            outer.bold or name in _BOLD,
            outer.linked or name == "a",
            outer.preformatted or name == "pre",
        )
        if (
            name == "sup"
            and self._lines[-1].parts
            and self._lines[-1].parts[-1][-1:].isdigit()
            and tag.get_text().isdigit()
        ):
            self._words(" ")
        return True

    def _is_hidden(self, tag: Tag) -> bool:
        if tag.has_attr("hidden") or _HIDDEN_STYLE.search(str(tag.get("style", ""))):
            return True
        if self._hidden:
            keys = [f".{name}" for name in _names(tag)]
            if tag.get("id"):
                keys.append(f"#{tag['id']}")
            if any(key in self._hidden or tag.name + key in self._hidden for key in keys) or tag.name in self._hidden:
                return True
        return (
            str(tag.get("aria-hidden", "")).lower() == "true"
            and tag.name not in ("html", "body", *_CORE_TAGS)
            and not tag.find(_CORE_TAGS)
        )

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


def _is_side(tag: Tag) -> bool:
    """Whether an element holds furniture by its name, role, class or id."""
    name = tag.name
    if name in _SIDE_TAGS or str(tag.get("role", "")).lower() in _SIDE_ROLES:
        return name in ("nav", "footer") or not tag.find(_CORE_TAGS)
    if name == "header":
        return not tag.find(["h1", "h2", "h3"])
    if name in ("html", "body", *_CORE_TAGS) or not tag.attrs:
        return False
    known = headings.lines()["class-word"].words
    names = [*_names(tag), str(tag.get("id", ""))]
    if not any(word in known for value in names for word in re.split(r"[-_]+", value.lower())):
        return False
    return not tag.find(_CORE_TAGS)
