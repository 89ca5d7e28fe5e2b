"""Where the labels of the ontology stand on a page: Aho-Corasick over normalised words."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import ahocorasick

from extract.model import Page
from extract.sentences import Script
from ontology.lexicon import Cue, Lexicon, Sense, load
from ontology.words import Token, tokens

CONTRAST: Final = "contrast"
"""Context of words in a heading that set its section apart from the procedure."""
_TELLING: Final = frozenset({"guidance", "pictures", "pointing", "meant-for", "located", "destination"})
_GLUE: Final = " "
_ABBREVIATION_LENGTH: Final = range(2, 7)
_SURVIVES: Final = {
    "action": None,
    "device": None,
    "laterality": None,
    "multiplicity": None,
    "agent": frozenset({"energy"}),
    "organ": frozenset({"energy", "target", "action", "laterality", "multiplicity"}),
    "target": frozenset({"laterality", "multiplicity"}),
}
"""Schemes whose mentions stand although they lie inside a longer one of another scheme (None: of any other)."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a page that name a concept.

    Attributes:
        path: The concept's path.
        hint: Whether the words only hint at it.
        first: Index of the first token.
        last: One past the index of the last token.
        sentence: Index of the sentence.
    """

    path: str
    hint: bool
    first: int
    last: int
    sentence: int

    @property
    def scheme(self) -> str:
        """The concept's scheme."""
        return self.path.partition("/")[0]


@dataclass(frozen=True, slots=True)
class CueHit:
    """Words of a page that are a cue: where they stand, and the cue."""

    cue: Cue
    first: int
    last: int
    sentence: int


class _Span(NamedTuple):
    first: int
    last: int


def find(script: Script) -> tuple[tuple[Mention, ...], tuple[CueHit, ...]]:
    """All mentions and cues of a page, in reading order.

    Of matches that lie inside one another the longest stands, among concepts and among cues apart. An abbreviation in
    brackets behind a mention stands for the same concepts on the whole page.

    Args:
        script: The page's tokens and sentences.

    Returns:
        Mentions and cue hits, each sorted by place.
    """
    lexicon = load()
    named: dict[_Span, tuple[Sense, ...]] = {}
    cued: dict[_Span, tuple[Cue, ...]] = {}
    for sentence in script.sentences:
        for span, key in _matches(script.tokens, sentence.first, sentence.last):
            senses = _fitting(lexicon.senses.get(key, ()), script.tokens[span.first : span.last])
            if senses:
                named[span] = senses
            if key in lexicon.cues:
                cued[span] = lexicon.cues[key]
    named.update(_abbreviated(script, named))
    place = _Places(script)
    mentions = [
        Mention(sense.path, sense.hint, span.first, span.last, place.sentence(span.first))
        for span, sense in _standing(named)
    ]
    families: defaultdict[str, list[_Span]] = defaultdict(list)
    for span, cues in cued.items():
        for family in {_family(cue) for cue in cues}:
            families[family].append(span)
    hits = [
        CueHit(cue, span.first, span.last, place.sentence(span.first))
        for family, spans in families.items()
        for span in _longest(spans)
        for cue in cued[span]
        if _family(cue) == family
    ]
    return tuple(mentions), tuple(sorted(hits, key=lambda hit: (hit.first, hit.last, hit.cue.name)))


def _family(cue: Cue) -> str:
    """Cues whose longer phrases take the shorter ones away: those that judge, and each kind of those that only tell."""
    return cue.context.partition("/")[0] if "/" in cue.context or cue.context in _TELLING else ""


def contrasting(page: Page) -> dict[int, str]:
    """Sections whose heading says that they speak of something else: their place, and the words that say so.

    Args:
        page: The page.
    """
    found: dict[int, str] = {}
    lexicon = load()
    for number, section in enumerate(page.sections):
        words = tuple(tokens(section.heading))
        for span, key in _matches(words, 0, len(words)):
            if any(cue.context == CONTRAST for cue in lexicon.cues.get(key, ())):
                found[number] = section.heading[words[span.first].start : words[span.last - 1].end]
    return found


class _Places:
    def __init__(self, script: Script) -> None:
        self._starts = [sentence.first for sentence in script.sentences]

    def sentence(self, token: int) -> int:
        return bisect_left(self._starts, token + 1) - 1


@lru_cache(maxsize=1)
def _automaton() -> ahocorasick.Automaton:
    lexicon: Lexicon = load()
    automaton = ahocorasick.Automaton()
    for key in sorted({*lexicon.senses, *lexicon.cues}):
        automaton.add_word(_GLUE + _GLUE.join(key) + _GLUE, key)
    automaton.make_automaton()
    return automaton


def _matches(words: Sequence[Token], first: int, last: int) -> Iterator[tuple[_Span, tuple[str, ...]]]:
    starts: list[int] = []
    at = 0
    for index in range(first, last):
        starts.append(at)
        at += len(words[index].norm) + 1
    joined = _GLUE + _GLUE.join(token.norm for token in words[first:last]) + _GLUE
    for end, key in _automaton().iter(joined):
        begin = end - sum(len(word) + 1 for word in key)
        place = first + bisect_left(starts, begin)
        yield _Span(place, place + len(key)), key


def _fitting(senses: Iterable[Sense], words: Sequence[Token]) -> tuple[Sense, ...]:
    upper = all(token.upper or not token.norm.isalpha() for token in words)
    fitting = tuple(sense for sense in senses if upper or not sense.capitals)
    spelled = tuple(sense for sense in fitting if sense.capitals)
    return spelled or fitting  # ICE is no ice


def _standing(named: dict[_Span, tuple[Sense, ...]]) -> list[tuple[_Span, Sense]]:
    """Senses that no longer match around them takes away, in reading order."""
    by_scheme: defaultdict[str, dict[_Span, None]] = defaultdict(dict)
    for span, senses in named.items():
        for sense in senses:
            by_scheme[sense.path.partition("/")[0]][span] = None
    standing: list[tuple[_Span, Sense]] = []
    for scheme, own in by_scheme.items():
        survives = _SURVIVES.get(scheme, frozenset())
        rivals = dict(own)
        for other, spans in by_scheme.items():
            if other == scheme or (other and (survives is None or other in survives)):
                continue
            rivals.update({span: None for span in spans if _real(named[span], other)})
        kept = _apart(own, _longest(rivals))
        standing += [
            (span, sense)
            for span in own
            if span in kept
            for sense in named[span]
            if sense.path.partition("/")[0] == scheme and not sense.path.endswith("/") and sense.path
        ]
    return sorted(standing, key=lambda item: (item[0].first, item[0].last, item[1].path))


def _apart(own: Container[_Span], kept: Iterable[_Span]) -> set[_Span]:
    """Spans of one scheme that do not begin inside the one before: ``more than one`` leaves no ``one tumor``."""
    apart: set[_Span] = set()
    reached = 0
    for span in kept:
        if span in own:
            if span.first < reached:
                continue
            reached = span.last
            apart.add(span)
    return apart


def _real(senses: tuple[Sense, ...], scheme: str) -> bool:
    """Whether a span names a concept of a scheme, or is a decoy for all schemes."""
    return not scheme or any(sense.path.startswith(f"{scheme}/") and not sense.path.endswith("/") for sense in senses)


def _longest(spans: Iterable[_Span]) -> list[_Span]:
    kept: list[_Span] = []
    for span in sorted(spans, key=lambda s: (s.first, -s.last)):
        if not kept or span.last > kept[-1].last:
            kept.append(span)
    return kept


def _abbreviated(script: Script, named: dict[_Span, tuple[Sense, ...]]) -> dict[_Span, tuple[Sense, ...]]:
    ending: defaultdict[int, list[_Span]] = defaultdict(list)
    for span in named:
        ending[span.last].append(span)
    words = script.tokens
    meanings: dict[str, tuple[Sense, ...]] = {}
    for at in range(1, len(words) - 1):
        token = words[at]
        bracketed = words[at - 1].norm == "(" and words[at + 1].norm == ")"
        if not (bracketed and token.upper and len(token.norm) in _ABBREVIATION_LENGTH and token.norm.isalpha()):
            continue
        if any(span.first == at for span in named):
            continue
        before = [span for span in ending[at - 1] if words[span.first].norm[0] == token.norm[0]]
        if before:
            longest = min(before, key=lambda span: span.first)
            meanings.setdefault(token.norm, named[longest])
    return {
        _Span(at, at + 1): meanings[token.norm]
        for at, token in enumerate(words)
        if token.upper and token.norm in meanings
    }
