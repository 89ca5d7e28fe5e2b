"""How the words around a mention are meant: the scopes of cue phrases (after ConText, Harkema et al. 2009).

A cue reaches forward, backward or both ways from its phrase, to the end of its scope or of its reach, whichever comes
first. What stands in its scope carries its context. Which contexts make a mention of which property no fact is data
of the cue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from extract import roles
from extract.mentions import CueHit, Mention
from extract.sentences import Script, Sentence
from ontology.words import Token

OTHER_CODE: Final = "other-code"
_BESIDES: Final = frozenset({"care", "avoided", "nearby", "measured", "passed", "test", "bleeding-control", "later"})
"""Contexts of what is done besides the act, which ends where a sentence turns to another subject."""

_TIMES: Final = frozenset({"earlier", "later"})
_WITHIN_CLAUSE: Final = frozenset({"negated", "earlier"})
"""Contexts that a comma ends in a clause of condition: ``when the spot shows on the map, current flows``."""
TURN: Final = "turn"
"""Context of words that end the scope of others: but, while, whereas, …"""

_PHRASE_ENDS: Final = frozenset(',;:)–.!?"“”•')
_AUXILIARIES: Final = frozenset({"is", "are", "was", "were", "be", "been", "ha", "has", "have"})
_ONWARD: Final = frozenset({"role/coolant"})
"""Contexts that go on past a turn: ``is injected so that the skin does not freeze``."""
_BACK: Final = frozenset({"those", "these", "they", "that"})
"""Words that open a clause about what was said before."""
_KINDS: Final = frozenset(
    {
        *(
            "further",
            "of",
            "in",
            "on",
            "with",
            "that",
            "which",
            "who",
            "at",
            "from",
            "above",
            "below",
            "under",
            "beyond",
        ),
        *("outside", "inside", "near", "other"),
    }
)
"""Words that tell which ones are meant: ``those of the bladder``."""
_PAIRS: Final = frozenset({"neither", "nor"})
_EXAMPLES: Final = frozenset({"eg", "e", "for", "such", "example"})
_RELATIVES: Final = frozenset({"which", "who", "whose", "where"})
_PARTS: Final = frozenset({"including", "include", "included", "inclusive"})
"""Words that open a part of what is done: a condition behind it is one of the part alone."""
_DETERMINERS: Final = frozenset({"the", "a", "an", "each", "one", "two", "its", "his", "her", "their"})
_ARTICLES: Final = frozenset({"the", "a", "an", "each"})
_LINKS: Final = frozenset(
    {
        *("and", "or", "nor", "but", "plus", "as", "than", "both", "of", "in", "on", "at", "by", "to"),
        *(
            "into",
            "onto",
            "from",
            "for",
            "with",
            "through",
            "over",
            "under",
            "between",
            "along",
            "toward",
            "near",
            "around",
            "about",
            "behind",
            "beside",
            "past",
            "via",
            "all",
            "also",
            "only",
        ),
    }
)
"""Words behind which an article goes on with the same phrase."""
_SUBJECT: Final = 8
"""Words of a subject and its verb, at most."""
_PART_FOLLOWS: Final = "including"
_CONDITIONS: Final = frozenset({"where", "when", "if", "because", "since", "although", "though", "while", "as", "once"})
_LABEL_WORDS: Final = 3
"""A colon behind so few words ends a label, ``Guidance: if wanted``, and no clause."""
_CLAUSE_ENDS: Final = frozenset(";:)–.!?•")
_ENDS: Final = {"phrase": _PHRASE_ENDS, "list": _CLAUSE_ENDS, "clause": _CLAUSE_ENDS, "part": _CLAUSE_ENDS | _PARTS}


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
            if before.block == home.block and _points_back(self._script.tokens, home.first):
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
        and _subordinate(script.tokens, hit.first, sentence.first)
    ):
        ends = _PHRASE_ENDS
    if cue.context == "optional" and _inserted(script.tokens, first, last, sentence):
        ends = _PHRASE_ENDS
    if direction == "backward-or-opening":
        opening = first == sentence.first or script.tokens[first - 1].norm in (_CLAUSE_ENDS | {"("}) - {")"}
        direction = "forward" if opening else "backward"
    if direction in ("forward", "both"):
        stop = min(sentence.last, hit.last + cue.reach)
        ahead = ":," if cue.direction == "backward-or-opening" else ":"
        if last < stop and script.tokens[last].norm in ahead:
            last += 1  # what a cue announces: ``coded otherwise: laser, radiation``; ``if needed, CT``
        while last < stop and not _ends(script.tokens, last, ends, turns, sentence.first):
            if cue.context == "negated" and _paired(script.tokens, hit, last):
                break
            if cue.scope == "list" and _new_clause(script.tokens, last, sentence.last):
                break
            if cue.context in _BESIDES and _next_act(script.tokens, last, sentence.last):
                break
            if cue.context in _BESIDES and last > hit.last and _new_subject(script.tokens, last):
                break
            if cue.context == "negated" and _exemplified(script.tokens, last):
                break
            last += 1
            if ends and script.tokens[last - 1].norm == "(":
                last = _closed(script.tokens, last, sentence.last)
        last = _relative(script.tokens, last, sentence.last) if ends and cue.rejects else last
    if direction in ("backward", "both"):
        if direction == "backward" and ends:
            first = _over_insertion(script.tokens, first, sentence.first)
        stop = max(sentence.first, first - cue.reach)
        if (
            cue.scope == "phrase"
            and cue.direction == "backward-or-opening"
            and first > stop
            and script.tokens[first - 1].norm == ","
        ):
            first -= 1  # ``imaging guidance, when performed``
        opened = "(" if ends else ""
        while first > stop and script.tokens[first - 1].norm != opened:
            if ends and script.tokens[first - 1].norm == ")":
                first = _opened(script.tokens, first - 1, sentence.first)
                continue
            if _ends(script.tokens, first - 1, ends, turns, sentence.first):
                break
            if (
                cue.context == "bleeding-control"
                and sentence.role in roles.DESCRIPTOR
                and script.tokens[first - 1].norm == ","
            ):
                break
            if (direction == "backward" or cue.context in _TIMES) and _own_subject(
                script.tokens, first - 1, sentence.first
            ):
                break
            if cue.direction == "backward-or-opening" and script.tokens[first - 1].norm == _PART_FOLLOWS:
                break  # ``with CT guidance, including arthrography when performed``
            first -= 1
        if cue.context == OTHER_CODE and first > sentence.first + 1 and _points_back(script.tokens, first):
            first = _clause_before(script.tokens, first, sentence.first, turns)
    if direction == "forward":
        first = hit.last
    elif direction == "backward":
        last = hit.last if "type" in cue.rejects else hit.first
    return Scope(hit, first, last)


def _paired(tokens: Sequence[Token], hit: CueHit, at: int) -> bool:
    """Whether a verb ends a denial of two subjects: ``neither heat nor cold is at work in``."""
    verb = at - 1
    return tokens[hit.first].norm in _PAIRS and verb > hit.last and tokens[verb].norm in _AUXILIARIES - {"be", "been"}


def _exemplified(tokens: Sequence[Token], at: int) -> bool:
    """Whether brackets give examples, of what stands before a denial: ``by any method except excision (eg, laser)``."""
    return tokens[at].norm == "(" and at + 1 < len(tokens) and tokens[at + 1].norm in _EXAMPLES


def _inserted(tokens: Sequence[Token], first: int, last: int, sentence: Sentence) -> bool:
    """Whether words open what stands between two commas: ``brought in, as a rule by the vein, and moved under …``."""
    if not sentence.first < first <= last < sentence.last or tokens[first - 1].norm != ",":
        return False
    if tokens[last].norm in _PHRASE_ENDS:
        return False
    at = last
    while at < sentence.last and tokens[at].norm not in _PHRASE_ENDS:
        at += 1
    return at < sentence.last and tokens[at].norm == ","


def _subordinate(tokens: Sequence[Token], at: int, start: int) -> bool:
    """Whether a place stands in a clause of condition or reason, which a comma ends: ``where it does not fit, …``."""
    while at > start and tokens[at - 1].norm not in _PHRASE_ENDS:
        at -= 1
    return tokens[at].norm in _CONDITIONS


def _new_clause(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether a comma and a conjunction end a list: ``does not suffer, and energy is applied``."""
    return tokens[at].norm == "," and at + 1 < end and tokens[at + 1].norm == "and"


def _next_act(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether something else is done from here on: ``the throat is numbed and the scope is passed``."""
    if tokens[at].norm not in {"and", "as"} or at + 1 >= end or tokens[at + 1].norm not in _DETERMINERS:
        return False
    for token in tokens[at + 2 : min(end, at + _SUBJECT)]:
        if token.norm in _PHRASE_ENDS:
            return False
        if token.norm in _AUXILIARIES:
            return True
    return False


def _new_subject(tokens: Sequence[Token], at: int) -> bool:
    """Whether a noun of its own opens behind another: ``through the scope a tumor is frozen``."""
    before = tokens[at - 1]
    return tokens[at].norm in _ARTICLES and before.word and before.norm not in _DETERMINERS | _LINKS


def _own_subject(tokens: Sequence[Token], at: int, start: int) -> bool:
    """Whether a clause before has a verb of its own: ``is done under CT, and the bowel`` (is avoided)."""
    if tokens[at].norm != "and" or at - 1 <= start or tokens[at - 1].norm != ",":
        return False
    if tokens[at + 1].norm not in _DETERMINERS:
        return False
    before = at - 2
    while before >= start and tokens[before].norm not in _PHRASE_ENDS:
        if tokens[before].norm in _AUXILIARIES:
            return True
        before -= 1
    return False


def _relative(tokens: Sequence[Token], at: int, end: int) -> int:
    """Past a relative clause that follows: ``unlike a tube, which is put through the skin, …``."""
    if at + 1 >= end or tokens[at].norm != "," or tokens[at + 1].norm not in _RELATIVES:
        return at
    place = at + 1
    while place < end and tokens[place].norm not in _PHRASE_ENDS:
        place += 1
    return place


def _over_insertion(tokens: Sequence[Token], at: int, start: int) -> int:
    """Before a clause between commas that parts a subject from its verb: ``a craniotomy, in which …, is not``."""
    verb = at
    while verb - 1 > start and tokens[verb - 1].norm in _AUXILIARIES:
        verb -= 1
    if verb - 1 <= start or tokens[verb - 1].norm != ",":
        return at
    for place in range(verb - 2, start, -1):
        if tokens[place].norm in _CLAUSE_ENDS:
            return at
        if tokens[place].norm == ",":
            return at if tokens[place + 1].norm in _PARTS else place
    return at


def _points_back(tokens: Sequence[Token], at: int) -> bool:
    """Whether a clause opens with a pronoun for what was said, and no further kind of it: ``those further up``."""
    return tokens[at].norm in _BACK and (at + 1 >= len(tokens) or tokens[at + 1].norm not in _KINDS)


def _clause_before(tokens: Sequence[Token], at: int, start: int, turns: set[int]) -> int:
    """Before the clause that a pronoun points back to: ``for CT guidance; that has a number of its own``."""
    if tokens[at - 1].norm not in _CLAUSE_ENDS and at - 1 not in turns:
        return at
    at -= 1
    while at > start and tokens[at - 1].norm not in _CLAUSE_ENDS:
        at -= 1
    return at


def _closed(tokens: Sequence[Token], at: int, end: int) -> int:
    """Past the bracket that closes the one before ``at``: what stands in brackets explains the words before them."""
    while at < end and tokens[at].norm != ")":
        at += 1
    return min(at + 1, end)


def _opened(tokens: Sequence[Token], at: int, start: int) -> int:
    """Before the bracket that opens the one closed at ``at``."""
    while at > start and tokens[at].norm != "(":
        at -= 1
    return at


def _ends(tokens: Sequence[Token], at: int, ends: frozenset[str], turns: set[int], start: int) -> bool:
    if not ends:
        return False
    label = tokens[at].norm == ":" and at - start <= _LABEL_WORDS
    return (tokens[at].norm in ends and not label) or at in turns
