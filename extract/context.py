"""How the words around a mention are meant: the scopes of cue phrases (after ConText, Harkema et al. 2009).

A cue reaches forward, backward or both ways from its phrase, to the end of its scope or of its reach, whichever comes
first. What stands in its scope carries its context. Which contexts make a mention of which property no fact is data
of the cue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from extract import roles
from extract.clauses import (
    CLAUSE_ENDS,
    PARTS,
    PHRASE_ENDS,
    clause_before,
    closed,
    ends_at,
    exemplified,
    inserted,
    new_clause,
    new_subject,
    next_act,
    opened,
    over_insertion,
    own_subject,
    paired,
    points_back,
    relative,
    subordinate,
)
from extract.mentions import CueHit, Mention
from extract.sentences import Script, Sentence

OTHER_CODE: Final = "other-code"
_BESIDES: Final = frozenset({"care", "avoided", "nearby", "measured", "passed", "test", "bleeding-control", "later"})
"""Contexts of what is done besides the act, which ends where a sentence turns to another subject."""
_TIMES: Final = frozenset({"earlier", "later"})
_WITHIN_CLAUSE: Final = frozenset({"negated", "earlier"})
"""Contexts that a comma ends in a clause of condition: ``when the spot shows on the map, current flows``."""
TURN: Final = "turn"
"""Context of words that end the scope of others: but, while, whereas, …"""
_ONWARD: Final = frozenset({"role/coolant"})
"""Contexts that go on past a turn: ``is injected so that the skin does not freeze``."""
_PART_FOLLOWS: Final = "including"
_ENDS: Final = {"phrase": PHRASE_ENDS, "list": CLAUSE_ENDS, "clause": CLAUSE_ENDS, "part": CLAUSE_ENDS | PARTS}


@dataclass(frozen=True, slots=True)
class Scope:
    """The tokens that a cue speaks of.

    Attributes:
        hit: The cue and where its phrase stands.
        first: First token in scope.
        last: One past the last token in scope.
    """

    hit: CueHit
    first: int
    last: int

    def holds(self, first: int, last: int) -> bool:
        """Whether tokens ``first`` to ``last`` (exclusive) lie in the scope."""
        return self.first <= first and last <= self.last


class Contexts:
    """The scopes of all cues of a page, asked by mention.

    Args:
        script: The page's tokens and sentences.
        hits: All cues found on it.
    """

    def __init__(self, script: Script, hits: Iterable[CueHit]) -> None:
        self._script = script
        self._scopes: defaultdict[int, list[Scope]] = defaultdict(list)
        hits = tuple(hits)
        turns: defaultdict[int, set[int]] = defaultdict(set)
        for hit in hits:
            if hit.cue.context == TURN:
                turns[hit.sentence].add(hit.first)
        for hit in hits:
            if hit.cue.context == TURN:
                continue
            for number, scope in self._spread(hit, turns):
                self._scopes[number].append(scope)

    def _spread(self, hit: CueHit, turns: defaultdict[int, set[int]]) -> Iterable[tuple[int, Scope]]:
        home = self._script.sentences[hit.sentence]
        scope = _scope(self._script, home, hit, set() if hit.cue.context in _ONWARD else turns[home.index])
        yield home.index, scope
        if hit.cue.context == OTHER_CODE and home.index and scope.first == home.first:
            before = self._script.sentences[home.index - 1]
            if before.block == home.block and points_back(self._script.tokens, home.first):
                yield before.index, Scope(hit, before.first, before.last)
        for sentence in islice(self._script.sentences, hit.sentence + 1, None):
            onward = hit.cue.scope == "block" and sentence.block == home.block
            listed = self._opens_list(home, scope) and sentence.item and sentence.section == home.section
            if not (onward or listed):
                break
            yield sentence.index, Scope(hit, sentence.first, sentence.last)

    def _opens_list(self, home: Sentence, scope: Scope) -> bool:
        """Whether a sentence ends in a colon that a forward scope reaches: the items below stand in the scope too."""
        ends = self._script.tokens[home.last - 1].norm == ":"
        return ends and scope.last >= home.last - 1 and scope.hit.cue.direction != "backward"

    def of(self, first: int, last: int, sentence: int) -> tuple[Scope, ...]:
        """Scopes that hold tokens ``first`` to ``last`` of a sentence, in reading order of their cues."""
        return tuple(scope for scope in self._scopes[sentence] if scope.holds(first, last))

    def named(self, context: str, sentence: int) -> tuple[Scope, ...]:
        """Scopes of one context in a sentence."""
        return tuple(scope for scope in self._scopes[sentence] if scope.hit.cue.context == context)

    def anywhere(self, mention: Mention, contexts: frozenset[str]) -> bool:
        """Whether a mention stands in the scope of any of some contexts."""
        return any(
            scope.hit.cue.context in contexts for scope in self.of(mention.first, mention.last, mention.sentence)
        )

    def around(self, mention: Mention, context: str) -> Scope | None:
        """The first scope of a context that holds a mention, or None."""
        for scope in self._scopes[mention.sentence]:
            if scope.hit.cue.context == context and scope.holds(mention.first, mention.last):
                return scope
        return None

    def rejecting(self, mention: Mention, predicate: str) -> Scope | None:
        """The first scope that makes a mention no fact of a property, or None; a cue in its own words does not."""
        for scope in self._scopes[mention.sentence]:
            own = mention.first <= scope.hit.first and scope.hit.last <= mention.last
            if predicate in scope.hit.cue.rejects and scope.holds(mention.first, mention.last) and not own:
                return scope
        return None


def _scope(script: Script, sentence: Sentence, hit: CueHit, turns: set[int]) -> Scope:
    cue = hit.cue
    direction = cue.direction
    first, last = hit.first, hit.last
    ends = _ENDS.get(cue.scope, frozenset())
    if (
        cue.context in _WITHIN_CLAUSE
        and cue.direction != "backward"
        and subordinate(script.tokens, hit.first, sentence.first)
    ):
        ends = PHRASE_ENDS
    if cue.context == "optional" and inserted(script.tokens, first, last, sentence):
        ends = PHRASE_ENDS
    if direction == "backward-or-opening":
        opening = first == sentence.first or script.tokens[first - 1].norm in (CLAUSE_ENDS | {"("}) - {")"}
        direction = "forward" if opening else "backward"
    if direction in ("forward", "both"):
        stop = min(sentence.last, hit.last + cue.reach)
        ahead = ":," if cue.direction == "backward-or-opening" else ":"
        if last < stop and script.tokens[last].norm in ahead:
            last += 1  # what a cue announces: ``coded otherwise: laser, radiation``; ``if needed, CT``
        while last < stop and not ends_at(script.tokens, last, ends, turns, sentence.first):
            if cue.context == "negated" and paired(script.tokens, hit, last):
                break
            if cue.scope == "list" and new_clause(script.tokens, last, sentence.last):
                break
            if cue.context in _BESIDES and next_act(script.tokens, last, sentence.last):
                break
            if cue.context in _BESIDES and last > hit.last and new_subject(script.tokens, last):
                break
            if cue.context == "negated" and exemplified(script.tokens, last):
                break
            last += 1
            if ends and script.tokens[last - 1].norm == "(":
                last = closed(script.tokens, last, sentence.last)
        last = relative(script.tokens, last, sentence.last) if ends and cue.rejects else last
    if direction in ("backward", "both"):
        if direction == "backward" and ends:
            first = over_insertion(script.tokens, first, sentence.first)
        stop = max(sentence.first, first - cue.reach)
        if (
            cue.scope == "phrase"
            and cue.direction == "backward-or-opening"
            and first > stop
            and script.tokens[first - 1].norm == ","
        ):
            first -= 1  # ``imaging guidance, when performed``
        stop_mark = "(" if ends else ""
        while first > stop and script.tokens[first - 1].norm != stop_mark:
            if ends and script.tokens[first - 1].norm == ")":
                first = opened(script.tokens, first - 1, sentence.first)
                continue
            if ends_at(script.tokens, first - 1, ends, turns, sentence.first):
                break
            if (
                cue.context == "bleeding-control"
                and sentence.role in roles.DESCRIPTOR
                and script.tokens[first - 1].norm == ","
            ):
                break
            if (direction == "backward" or cue.context in _TIMES) and own_subject(
                script.tokens, first - 1, sentence.first
            ):
                break
            if cue.direction == "backward-or-opening" and script.tokens[first - 1].norm == _PART_FOLLOWS:
                break  # ``with CT guidance, including arthrography when performed``
            first -= 1
        if cue.context == OTHER_CODE and first > sentence.first + 1 and points_back(script.tokens, first):
            first = clause_before(script.tokens, first, sentence.first, turns)
    if direction == "forward":
        first = hit.last
    elif direction == "backward":
        last = hit.last if "type" in cue.rejects else hit.first
    return Scope(hit, first, last)
