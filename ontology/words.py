"""How words are compared: labels of the ontology and words of a page go through the same few steps.

Case is folded, compatibility forms are resolved (NFKC), accents are dropped, hyphens and slashes between words are
spaces, plural endings and a bracketed ``(s)`` come off. Everything else about a word is data: irregular plurals and
spellings stand as labels in the concept schemes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

_WORD: Final = r"[^\W_]+(?:[\u00ad\u200b\u2060][^\W_]+)*(?:['’][^\W\d_]+)*"
_TOKEN: Final = re.compile(
    rf"(?P<number>[-−–]?\d+(?:[.,]\d+)*(?![\w]))|(?P<word>{_WORD})(?P<plural>\((?:s|es)\))?|(?P<mark>[^\w\s])|(?P<gap>\n)"
)
_BREAK: Final = re.compile(r"[-‐\u00ad][ \t]*\n[ \t]*")
_HYPHEN: Final = re.compile(r"[-‐‑]")
_BREAKS: Final = "-‐‑\u00ad"
_JOINERS: Final = frozenset("-‐‑/\u00ad")
_SILENT: Final = frozenset("®™℠\u00ad\u200b\u2060\ufeff*")
_DASHES: Final = {"–": "–", "—": "–", "―": "–", "-": "–", "‐": "–", "‑": "–", "−": "–"}


class Token(NamedTuple):
    """A word, a number or a mark of a text.

    A tuple, since a page has thousands of them: a frozen dataclass takes twice as long to make.

    Attributes:
        norm: The form that is compared; a mark stands for itself.
        start: First character (0-based) in the text.
        end: One past the last character.
        word: Whether it is a word or a number rather than a mark.
        upper: Whether all its letters are capitals.
        optional_plural: Whether ``(s)`` is written behind it.
    """

    norm: str
    start: int
    end: int
    word: bool
    upper: bool = False
    optional_plural: bool = False


@lru_cache(maxsize=65536)
def normal(word: str) -> str:
    """The form of one word that is compared.

    >>> [normal(w) for w in ("Tumors", "biopsies", "masses", "anus", "Ménière's", "ﬁbers")]
    ['tumor', 'biopsy', 'mass', 'anus', 'meniere', 'fiber']
    """
    folded = unicodedata.normalize("NFKD", word).casefold().replace("’", "'")
    folded = "".join(c for c in folded if c.isalnum() or c == "'")
    stem = folded.removesuffix("'s").replace("'", "")
    if len(stem) <= 3 or not stem.isalpha():
        return stem
    if stem.endswith("ies") and len(stem) > 4:
        return stem[:-3] + "y"
    if stem.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return stem[:-2]
    if stem.endswith("s") and not stem.endswith(("ss", "us", "is")):
        return stem[:-1]
    return stem


def tokens(text: str, start: int = 0, end: int | None = None, known: Container[str] = frozenset()) -> Iterator[Token]:
    r"""Words and marks of a stretch of text, with their positions.

    Hyphens and slashes between two words are dropped, a dash with space around it is a mark. A word that is hyphenated,
    at the end of a line or within it, is put together if the whole is a known word.

    Args:
        text: The text.
        start: Where to begin (0-based).
        end: Where to stop (exclusive), or None for the end.
        known: Normal forms of words that exist, and of pairs of words, a space between them.

    >>> [t.norm for t in tokens("Radio-frequency of the tumor(s), US/CT – guided")]
    ['radio', 'frequency', 'of', 'the', 'tumor', ',', 'us', 'ct', '–', 'guided']
    >>> [t.norm for t in tokens("per-cutaneous freeze-thaw", known={"percutaneous"})]
    ['percutaneous', 'freeze', 'thaw']
    >>> [t.norm for t in tokens("radiofre-\nquency", known={"radiofrequency"})]
    ['radiofrequency']
    """
    stop = len(text) if end is None else end
    at = start
    search = _TOKEN.search
    while at < stop and (found := search(text, at, stop)):
        at = found.end()
        kind = found.lastgroup
        if kind in ("word", "plural"):
            word, first, last = found["word"], *found.span("word")
            if last < stop and text[last] in _BREAKS:
                gap = _BREAK.match(text, last, stop) or _HYPHEN.match(text, last, stop)
                rest = _TOKEN.match(text, gap.end(), stop) if gap else None
                if rest and rest["word"] and _one_word(word, rest["word"], known):
                    word, at, kind = word + rest["word"], rest.end(), rest.lastgroup
            norm, upper = _form(word)
            yield Token(norm, first, at, True, upper, kind == "plural")
        elif kind == "mark":
            token = _mark(text, found["mark"], found.start(), start, stop)
            if token:
                yield token
        elif kind == "number":
            yield from _number(text, found, start)


@lru_cache(maxsize=65536)
def _form(word: str) -> tuple[str, bool]:
    """The form of a word that is compared, and whether all its letters are capitals."""
    return normal(word), _is_upper(word)


def _one_word(left: str, right: str, known: Container[str]) -> bool:
    """Whether two parts are one known word, and not two that are known side by side."""
    return normal(left + right) in known and f"{normal(left)} {normal(right)}" not in known


def _is_upper(word: str) -> bool:
    letters = word[:-1] if len(word) > 2 and word.endswith("s") else word
    return letters.isupper()


def _number(text: str, found: re.Match[str], start: int) -> Iterator[Token]:
    first = found.start()
    raw = found["number"]
    if raw[0] in "-−–":
        signed = first == start or text[first - 1] in " \t\n\u00a0(["
        if signed:
            yield Token("-" + raw[1:].replace(",", ""), first, found.end(), word=True)
            return
        if raw[0] == "–":
            yield Token("–", first, first + 1, word=False)
        first, raw = first + 1, raw[1:]
    yield Token(raw.replace(",", ""), first, found.end(), word=True)


def _mark(text: str, mark: str, at: int, start: int, stop: int) -> Token | None:
    if mark in _SILENT:
        return None
    before = text[at - 1] if at > start else " "
    after = text[at + 1] if at + 1 < stop else " "
    if mark in _JOINERS and not (before.isspace() and after.isspace()):
        return None
    return Token(_DASHES.get(mark, mark), at, at + 1, word=False)


def phrase(label: str) -> tuple[str, ...]:
    """Normal forms of a label's words, in order, and of marks that stand by themselves.

    >>> phrase("Great saphenous veins"), phrase("scope , setting"), phrase("St. John's wort")
    (('great', 'saphenous', 'vein'), ('scope', ',', 'setting'), ('st', 'john', 'wort'))
    """
    apart = f" {label} "
    return tuple(
        token.norm
        for token in tokens(label)
        if token.word or (apart[token.start] == " " and apart[token.end + 1] == " ")
    )
