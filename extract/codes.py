"""Which code the words of a page speak of: its own, or another one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from extract.model import Page
from extract.sentences import Script, Sentence

_CODE: Final = re.compile(r"\d{4}[\da-z]|[cgs]\d{4}")
"""Of CPT, or of HCPCS Level II where services are coded; other letters begin diagnoses too."""
_DECADE: Final = re.compile(r"(?:19|20)\d0s")
_BARRIERS: Final = frozenset(";:–()")
_SHORT: Final = 14
"""A sentence of so few words that names another code alone is about that code."""
_LEAD: Final = 6
"""Words before a code among which those stand that make it a companion."""
_BESIDE: Final = (
    "next to",
    "it follow",
    "this follow",
    "goes with",
    "listed with",
    "listed beside",
    "in addition to",
    "added to",
    "add on to",
    "accompany",
    "on top of",
)
"""Words before a code beside which another is reported."""
_ONWARD: Final = frozenset({":", "when", "if", "and", "for", "whenever", "once", "where"})
"""Words behind such a code with which the sentence goes on about its own."""
_ENTRY_END: Final = frozenset({".", ",", "and", "or", "to", "–"})
_ANNOUNCE: Final = frozenset({"cpt", "code", "hcpcs", "see", "no"})


class Codes:
    """The codes that a page names, and what they are said of.

    Args:
        page: The page.
        script: Its tokens and sentences.
    """

    def __init__(self, page: Page, script: Script) -> None:
        self._text = page.text
        self._own = page.code.casefold()
        self._script = script
        self._entries: dict[int, int | None] = {}
        self._places = [
            index
            for index, token in enumerate(script.tokens)
            if token.word and _CODE.fullmatch(token.norm) and self._reads_as_code(index)
        ]

    def names_own(self, sentence: Sentence) -> bool:
        """Whether a sentence names the page's own code."""
        codes = self._from(sentence.first, sentence.last)
        return any(self._script.tokens[index].norm == self._own for index in codes)

    def foreign(self, first: int, last: int, sentence: int) -> int | None:
        """The token of another code that a stretch of a sentence speaks of, or None.

        The nearest code before it decides; where there is none, the nearest after it, if no bracket, dash, colon or
        semicolon stands between.
        """
        place = self._script.sentences[sentence]
        if place.last - place.first <= _SHORT and not self.names_own(place):
            codes = self._from(place.first, place.last)
            if codes and not self._open_after(codes[0], place):
                return codes[0]
        if sentence not in self._entries:
            self._entries[sentence] = self._entry(place)
        entry = self._entries[sentence]
        if entry is not None and first < entry:
            return entry
        nearest: int | None = None
        for index in reversed(self._from(place.first, first)):
            between = self._norms(index, first)
            if ";" in between:
                break
            if self._companion(index) and _ONWARD & set(between[1:]):
                break
            if ")" not in between or self._bracketed(index, first) or between[1:3] == (")", ":"):
                nearest = index
                break
        if nearest is None or self._attached(first, last, place):
            after = self._from(last, place.last)
            if after and self._reaches(last, after[0]):
                nearest = after[0]
        if nearest is None or self._script.tokens[nearest].norm == self._own:
            return None
        return nearest

    def named(self, sentence: int) -> frozenset[str]:
        """Other codes that a sentence names."""
        place = self._script.sentences[sentence]
        return self.within(place.first, place.last)

    def within(self, first: int, last: int) -> frozenset[str]:
        """Other codes among tokens ``first`` to ``last`` (exclusive)."""
        found = {self._script.tokens[index].norm for index in self._from(first, last)}
        return frozenset(found - {self._own})

    def following(self, first: int, last: int) -> int | None:
        """The first token of another code from ``first`` to ``last`` (exclusive), or None."""
        tokens = self._script.tokens
        return next((index for index in self._from(first, last) if tokens[index].norm != self._own), None)

    def _from(self, first: int, last: int) -> Sequence[int]:
        """Tokens from ``first`` to ``last`` (exclusive) that are codes."""
        return self._places[bisect_left(self._places, first) : bisect_left(self._places, last)]

    def _reads_as_code(self, index: int) -> bool:
        token = self._script.tokens[index]
        before = self._text[token.start - 1] if token.start else " "
        return token.end - token.start == 5 and before not in "$€£.," and not _DECADE.fullmatch(token.norm)

    def _companion(self, code: int) -> bool:
        """Whether a code is named as that beside which the page's own is reported: ``added to 60660 when``."""
        before = self._norms(max(0, code - _LEAD), code)
        while before and before[-1] in _ANNOUNCE:
            before = before[:-1]
        return " ".join(before).endswith(_BESIDE)

    def _entry(self, place: Sentence) -> int | None:
        """The other code in which a sentence about nothing else ends: ``Balloon without a scope: 58353``."""
        codes = self._from(place.first, place.last)
        if not codes or self.names_own(place):
            return None
        if not all(norm in _ENTRY_END or _CODE.fullmatch(norm) for norm in self._norms(codes[0], place.last)):
            return None
        lead = self._norms(place.first, codes[0])
        return codes[0] if lead[-1:] == (":",) and ";" not in lead else None

    def _open_after(self, code: int, place: Sentence) -> bool:
        """Whether a semicolon before a code ends what the sentence said first."""
        return ";" in self._norms(place.first, code)

    def _bracketed(self, code: int, first: int) -> bool:
        """Whether a code stands in brackets that are still open at a token."""
        between = self._norms(code, first)
        return between.count("(") >= between.count(")")

    def _attached(self, first: int, last: int, place: Sentence) -> bool:
        """Whether the very next code stands alone in brackets behind a stretch: ``freezing (46916)``."""
        after = self._from(last, place.last)
        return bool(after) and self._lead_in(last, after[0])[-1:] == ("(",) and self._reaches(last, after[0])

    def _reaches(self, last: int, code: int) -> bool:
        between = self._lead_in(last, code)
        if between[-1:] == ("(",):
            return not (_BARRIERS | {","}) & set(between[:-1])
        return not _BARRIERS & set(between)

    def _lead_in(self, last: int, code: int) -> tuple[str, ...]:
        """What stands between a stretch and a code, the words that announce a code left out: ``(CPT® Code``."""
        between = self._norms(last, code)
        while between and between[-1] in _ANNOUNCE:
            between = between[:-1]
        return between

    def _norms(self, first: int, last: int) -> tuple[str, ...]:
        return tuple(token.norm for token in self._script.tokens[first:last])
