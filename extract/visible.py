"""What of a page's markup a reader sees, and what of it belongs to the site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from extract.tree import Element
from ontology import headings

DROPPED: Final = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
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


def hidden_selectors(styles: Iterable[str]) -> frozenset[str]:
    """Selectors (``.x``, ``#x``, ``tag.x``) that inline style sheets hide.

    Args:
        styles: The style sheets.
    """
    hidden: set[str] = set()
    for style in styles:
        rules = _AT_RULE.sub(" ", re.sub(r"/\*.*?\*/", " ", style, flags=re.DOTALL))
        for selectors, body in _RULE.findall(rules):
            if _HIDDEN_STYLE.search(body):
                hidden.update(s.strip() for s in selectors.split(",") if _SIMPLE.fullmatch(s.strip()))
    return frozenset(hidden)


def is_hidden(tag: Element, selectors: frozenset[str]) -> bool:
    """Whether an element is not shown.

    Args:
        tag: The element.
        selectors: What the page's style sheet hides, from `hidden_selectors`.
    """
    if "hidden" in tag.attrs or ("style" in tag.attrs and _HIDDEN_STYLE.search(tag.get("style"))):
        return True
    if selectors:
        keys = [f".{name}" for name in tag.get("class").split()]
        if tag.get("id"):
            keys.append(f"#{tag.get('id')}")
        if tag.name in selectors or any(key in selectors or tag.name + key in selectors for key in keys):
            return True
    if tag.get("aria-hidden").lower() != "true":
        return False
    # Some sites put the attribute on the whole page while a dialog is open.
    return tag.name not in ("html", "body", *_CORE_TAGS) and not tag.holds(_CORE_TAGS)


def is_side(tag: Element) -> bool:
    """Whether an element holds furniture by its name, role, class or id."""
    name = tag.name
    if name in _SIDE_TAGS or tag.get("role").lower() in _SIDE_ROLES:
        return name in ("nav", "footer") or not tag.holds(_CORE_TAGS)
    if name == "header":
        return not tag.holds(("h1", "h2", "h3"))
    if name in ("html", "body", *_CORE_TAGS) or not tag.attrs:
        return False
    return _sounds_side(tag.get("class"), tag.get("id")) and not tag.holds(_CORE_TAGS)


@lru_cache(maxsize=4096)
def _sounds_side(classes: str, name: str) -> bool:
    """Whether a class or an id of an element is a word for furniture."""
    known = headings.lines()["class-word"].words
    return any(word in known for value in (*classes.split(), name) for word in re.split(r"[-_]+", value.lower()))
