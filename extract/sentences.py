"""A page's words and sentences: what the matcher and the rules walk over."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final

from extract.model import BlockKind, Page
from ontology.words import Token, tokens

_ENDS: Final = frozenset(".!?•")
_LONGEST: Final = 300
"""Tokens of a sentence, at most: a longer run is cut, so that no page makes the rules slow."""
_ABBREVIATIONS: Final = frozenset(
    {"eg", "ie", "vs", "dr", "no", "st", "approx", "fig", "cf", "etc", "incl", "resp", "max", "min", "usu", "esp"}
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or an item or heading that stands for one.

    Attributes:
        index: Place among the sentences of the page.
        first: Index of its first token.
        last: One past the index of its last token.
        role: Section role by name.
        heading: Heading of its section.
        section: Place of its section among the page's sections.
        block: Place of its block among the page's blocks.
        opening: Whether it is the first of its section.
        item: Whether it belongs to an item of a list.
        question: Whether it asks rather than states.
    """

    index: int
    first: int
    last: int
    role: str
    heading: str
    section: int
    block: int
    opening: bool
    item: bool
    question: bool


@dataclass(frozen=True, slots=True)
class Script:
    """All tokens and sentences of a page, in reading order."""

    tokens: tuple[Token, ...]
    sentences: tuple[Sentence, ...]


def script(page: Page, known: Container[str], skip: Container[str] = frozenset()) -> Script:
    """Split a page into sentences.

    Args:
        page: The page.
        known: Normal forms of known words, for words hyphenated at the end of a line.
        skip: Section roles that are left out.
    """
    words: list[Token] = []
    sentences: list[Sentence] = []
    blocks = 0
    for number, section in enumerate(page.sections):
        if section.role in skip:
            continue
        opening = True
        for block in section.blocks:
            blocks += 1
            found = list(tokens(page.text, block.start, block.end, known))
            for first, last in _spans(found, page.text):
                at = len(words)
                sentences.append(
                    Sentence(
                        index=len(sentences),
                        first=at + first,
                        last=at + last,
                        role=section.role,
                        heading=section.heading,
                        section=number,
                        block=blocks,
                        opening=opening,
                        item=block.kind is BlockKind.ITEM,
                        question=found[last - 1].norm == "?",
                    )
                )
                opening = False
            words.extend(found)
    return Script(tuple(words), tuple(sentences))


def _spans(found: Sequence[Token], text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    first = 0
    for at, token in enumerate(found):
        if token.norm in _ENDS and not token.word and _closes(found, at, text):
            spans.append((first, at + 1))
            first = at + 1
    if first < len(found):
        spans.append((first, len(found)))
    return [
        (first, min(first + _LONGEST, last))
        for start, last in spans
        if any(token.word for token in found[start:last])
        for first in range(start, last, _LONGEST)
    ]


def _closes(found: Sequence[Token], at: int, text: str) -> bool:
    if found[at].norm != ".":
        return True
    if at + 1 >= len(found) or at == 0:
        return True
    before, after = found[at - 1], found[at + 1]
    letter = len(before.norm) == 1 and before.norm.isalpha() and not _degrees(found, at - 1)
    if not before.word or before.norm in _ABBREVIATIONS or letter:
        return not after.word and after.norm not in ",;:)" if before.word else True
    if not after.word:
        return after.norm not in ",;:)"
    start = text[after.start]
    return start.isupper() or start.isdigit()


def _degrees(found: Sequence[Token], at: int) -> bool:
    """Whether a letter is the unit of a temperature, not the initial of a name: ``60 °C``."""
    return at > 0 and found[at].norm in {"c", "f"} and (found[at - 1].norm == "°" or found[at - 1].norm.isdigit())
