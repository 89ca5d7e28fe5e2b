"""What lies behind a value that gold and reading do not share: the words on the page, and the rule about them.

This is told to whoever mends a rule; nothing of it goes into the graph.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from extract import roles
from extract.mentions import Mention, find
from extract.model import Page, Reading
from extract.scoring import Miss, sources
from extract.sentences import Script, script
from ontology.lexicon import load

_SCHEMES: Final = {
    "guidance-modality": "modality",
    "guidance-necessity": "modality",
    "guidance-reporting": "modality",
    "agents": "agent",
}
_OF_MODALITY: Final = frozenset({"guidance-necessity", "guidance-reporting"})
_MOST: Final = 3
"""Places told of one value, at most."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A place on the page that bears on a value.

    Attributes:
        kind: ``fact`` for a place that was believed, ``rejection`` for one that was not, ``mention`` for one that no
            rule took up, ``unread`` for one in a section that is not read.
        value: What the place was read as, in the words of the graph: ``approach/open``, ``necessity/optional``, a
            number.
        reason: The rule that accepted it, or why it was rejected; empty where no rule took it up.
        cue: The words that made it rejected, empty where none did.
        role: Role of the section it stands in.
        start: First character in the page's text (0-based).
        end: One past the last character.
        quote: The words.
        sentence: The sentence around them, on one line.
    """

    kind: str
    value: str
    reason: str
    cue: str
    role: str
    start: int
    end: int
    quote: str
    sentence: str


class Tracer:
    """Tells what lies behind the misses of one page.

    Args:
        reading: What was read on the page.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        # Sections that the rules skip are looked at too: a page cut up wrongly shows so.
        self._script: Script = script(reading.page, load().words)
        self._mentions, _ = find(self._script)

    def behind(self, miss: Miss) -> tuple[Trace, ...]:
        """What bears on a value.

        Args:
            miss: A miss of this page.

        Returns:
            For a false value the places it was read at. For a missed one what was read in its stead (another
            necessity of the same modality, or the modality alone), else the rejections of it, else the mentions of
            it; none where the page has no words for it.
        """
        if miss.kind == "false":
            return self._facts(miss.axis, [miss.value])
        return self._instead(miss) or self._rejected(miss) or self._mentioned(miss)

    def _facts(self, axis: str, values: Iterable[str]) -> tuple[Trace, ...]:
        stated = sources(self._reading.assertions)[axis]
        return tuple(
            self._trace("fact", item.value, item.rule, "", place.start, place.end, place.role)
            for value in values
            for item in stated.get(value, ())
            for place in item.evidence[:_MOST]
        )

    def _instead(self, miss: Miss) -> tuple[Trace, ...]:
        subject, mark, _ = miss.value.partition("=")
        if not mark:
            return ()
        rivals = [value for value in sources(self._reading.assertions)[miss.axis] if value.partition("=")[0] == subject]
        if not rivals and miss.axis in _OF_MODALITY:
            return self._facts("guidance-modality", [subject])
        return self._facts(miss.axis, sorted(rivals))

    def _rejected(self, miss: Miss) -> tuple[Trace, ...]:
        wanted = _names(miss)
        return tuple(
            self._trace("rejection", item.value, item.reason, item.cue, place.start, place.end, place.role)
            for item in self._reading.rejections
            if _stands_for(item.value, wanted)
            for place in (item.evidence,)
        )[: 2 * _MOST]

    def _mentioned(self, miss: Miss) -> tuple[Trace, ...]:
        wanted = _names(miss)
        found = [mention for mention in self._mentions if _stands_for(mention.path, wanted)]
        read = [mention for mention in found if self._role(mention) not in roles.SKIPPED]
        return tuple(self._mention(mention, "mention" if read else "unread") for mention in (read or found)[:_MOST])

    def _role(self, mention: Mention) -> str:
        return self._script.sentences[mention.sentence].role

    def _mention(self, mention: Mention, kind: str) -> Trace:
        tokens = self._script.tokens
        start, end = tokens[mention.first].start, tokens[mention.last - 1].end
        return self._trace(kind, mention.path, "", "", start, end, self._role(mention))

    def _trace(self, kind: str, value: str, reason: str, cue: str, start: int, end: int, role: str) -> Trace:
        page = self._reading.page
        quote = _line(page.text[start:end])
        return Trace(kind, value, reason, cue, role, start, end, quote, _sentence(page, self._script, start) or quote)


def _names(miss: Miss) -> frozenset[str]:
    """Values of assertions and rejections that would have given a missed one."""
    if miss.axis == "is-ablation":
        return frozenset({"AblationProcedure", "action/destruction"})
    if miss.axis in {"temperature", "cycles"}:
        return frozenset({miss.value})
    return frozenset({f"{_SCHEMES.get(miss.axis, miss.axis)}/{miss.value.partition('=')[0]}"})


def _stands_for(value: str, wanted: frozenset[str]) -> bool:
    """Whether a value is one of the wanted, or a narrower organ."""
    return value in wanted or (value.startswith("organ/") and bool(load().ancestors(value) & wanted))


def _sentence(page: Page, words: Script, start: int) -> str:
    for sentence in words.sentences:
        first, last = words.tokens[sentence.first], words.tokens[sentence.last - 1]
        if first.start <= start < last.end:
            return _line(page.text[first.start : last.end])
    return ""


def _line(text: str) -> str:
    return " ".join(text.split())
