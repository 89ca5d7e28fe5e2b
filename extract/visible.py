"""What of a page's markup a reader sees, and what of it belongs to the site."""

from __future__ import annotations

import re
from typing import Final

from bs4 import BeautifulSoup, Tag

from ontology import headings

DROPPED: Final = frozenset(
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
"""Elements whose content is never shown."""

_SIDE_TAGS: Final = frozenset(("nav", "footer", "aside", "search"))
_SIDE_ROLES: Final = frozenset(
    [
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
    ]
)
_CORE_TAGS: Final = ("main", "article", "h1")
_HIDDEN_STYLE: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:left|top|text-indent)\s*:\s*-\d{3,}", re.IGNORECASE
)
_RULE: Final = re.compile(r"([^{}]*)\{([^{}]*)\}")
_AT_RULE: Final = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_SIMPLE: Final = re.compile(r"(?:[a-z][a-z0-9]*)?(?:[.#][A-Za-z_][\w-]*)+|[a-z][a-z0-9]*", re.IGNORECASE)


def hidden_selectors(soup: BeautifulSoup) -> frozenset[str]:
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


def is_hidden(tag: Tag, selectors: frozenset[str]) -> bool:
    """Whether an element is not shown.

    Args:
        tag: The element.
        selectors: What the page's style sheet hides, from `hidden_selectors`.
    """
    if tag.has_attr("hidden") or _HIDDEN_STYLE.search(str(tag.get("style", ""))):
        return True
    if selectors:
        keys = [f".{name}" for name in _names(tag)]
        if tag.get("id"):
            keys.append(f"#{tag['id']}")
        if tag.name in selectors or any(key in selectors or tag.name + key in selectors for key in keys):
            return True
    if str(tag.get("aria-hidden", "")).lower() != "true":
        return False
    # Some sites put the attribute on the whole page while a dialog is open.
    return tag.name not in ("html", "body", *_CORE_TAGS) and not tag.find(_CORE_TAGS)


def is_side(tag: Tag) -> bool:
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
