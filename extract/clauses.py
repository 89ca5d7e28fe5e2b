"""Where phrases and clauses begin and end: questions about a few words, asked of a page's tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from extract.mentions import CueHit
from extract.sentences import Sentence
from ontology.words import Token

PHRASE_ENDS: Final = frozenset(',;:)–.!?"“”•')
PARTS: Final = frozenset({"including", "include", "included", "inclusive"})
"""Words that open a part of what is done: a condition behind it is one of the part alone."""
CLAUSE_ENDS: Final = frozenset(";:)–.!?•")
_AUXILIARIES: Final = frozenset({"is", "are", "was", "were", "be", "been", "ha", "has", "have"})
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
_CONDITIONS: Final = frozenset({"where", "when", "if", "because", "since", "although", "though", "while", "as", "once"})
_LABEL_WORDS: Final = 3
"""A colon behind so few words ends a label, ``Guidance: if wanted``, and no clause."""


def paired(tokens: Sequence[Token], hit: CueHit, at: int) -> bool:
    """Whether a verb ends a denial of two subjects: ``neither heat nor cold is at work in``."""
    verb = at - 1
    return tokens[hit.first].norm in _PAIRS and verb > hit.last and tokens[verb].norm in _AUXILIARIES - {"be", "been"}


def exemplified(tokens: Sequence[Token], at: int) -> bool:
    """Whether brackets give examples, of what stands before a denial: ``by any method except excision (eg, laser)``."""
    return tokens[at].norm == "(" and at + 1 < len(tokens) and tokens[at + 1].norm in _EXAMPLES


def inserted(tokens: Sequence[Token], first: int, last: int, sentence: Sentence) -> bool:
    """Whether words open what stands between two commas: ``brought in, as a rule by the vein, and moved under …``."""
    if not sentence.first < first <= last < sentence.last or tokens[first - 1].norm != ",":
        return False
    if tokens[last].norm in PHRASE_ENDS:
        return False
    at = last
    while at < sentence.last and tokens[at].norm not in PHRASE_ENDS:
        at += 1
    return at < sentence.last and tokens[at].norm == ","


def subordinate(tokens: Sequence[Token], at: int, start: int) -> bool:
    """Whether a place stands in a clause of condition or reason, which a comma ends: ``where it does not fit, …``."""
    while at > start and tokens[at - 1].norm not in PHRASE_ENDS:
        at -= 1
    return tokens[at].norm in _CONDITIONS


def new_clause(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether a comma and a conjunction end a list: ``does not suffer, and energy is applied``."""
    return tokens[at].norm == "," and at + 1 < end and tokens[at + 1].norm == "and"


def next_act(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether something else is done from here on: ``the throat is numbed and the scope is passed``."""
    if tokens[at].norm not in {"and", "as"} or at + 1 >= end or tokens[at + 1].norm not in _DETERMINERS:
        return False
    for token in tokens[at + 2 : min(end, at + _SUBJECT)]:
        if token.norm in PHRASE_ENDS:
            return False
        if token.norm in _AUXILIARIES:
            return True
    return False


def new_subject(tokens: Sequence[Token], at: int) -> bool:
    """Whether a noun of its own opens behind another: ``through the scope a tumor is frozen``."""
    before = tokens[at - 1]
    return tokens[at].norm in _ARTICLES and before.word and before.norm not in _DETERMINERS | _LINKS


def own_subject(tokens: Sequence[Token], at: int, start: int) -> bool:
    """Whether a clause before has a verb of its own: ``is done under CT, and the bowel`` (is avoided)."""
    if tokens[at].norm != "and" or at - 1 <= start or tokens[at - 1].norm != ",":
        return False
    if tokens[at + 1].norm not in _DETERMINERS:
        return False
    before = at - 2
    while before >= start and tokens[before].norm not in PHRASE_ENDS:
        if tokens[before].norm in _AUXILIARIES:
            return True
        before -= 1
    return False


def relative(tokens: Sequence[Token], at: int, end: int) -> int:
    """Past a relative clause that follows: ``unlike a tube, which is put through the skin, …``."""
    if at + 1 >= end or tokens[at].norm != "," or tokens[at + 1].norm not in _RELATIVES:
        return at
    place = at + 1
    while place < end and tokens[place].norm not in PHRASE_ENDS:
        place += 1
    return place


def over_insertion(tokens: Sequence[Token], at: int, start: int) -> int:
    """Before a clause between commas that parts a subject from its verb: ``a craniotomy, in which …, is not``."""
    verb = at
    while verb - 1 > start and tokens[verb - 1].norm in _AUXILIARIES:
        verb -= 1
    if verb - 1 <= start or tokens[verb - 1].norm != ",":
        return at
    for place in range(verb - 2, start, -1):
        if tokens[place].norm in CLAUSE_ENDS:
            return at
        if tokens[place].norm == ",":
            return at if tokens[place + 1].norm in PARTS else place
    return at


def points_back(tokens: Sequence[Token], at: int) -> bool:
    """Whether a clause opens with a pronoun for what was said, and no further kind of it: ``those further up``."""
    return tokens[at].norm in _BACK and (at + 1 >= len(tokens) or tokens[at + 1].norm not in _KINDS)


def clause_before(tokens: Sequence[Token], at: int, start: int, turns: set[int]) -> int:
    """Before the clause that a pronoun points back to: ``for CT guidance; that has a number of its own``."""
    if tokens[at - 1].norm not in CLAUSE_ENDS and at - 1 not in turns:
        return at
    at -= 1
    while at > start and tokens[at - 1].norm not in CLAUSE_ENDS:
        at -= 1
    return at


def closed(tokens: Sequence[Token], at: int, end: int) -> int:
    """Past the bracket that closes the one before ``at``: what stands in brackets explains the words before them."""
    while at < end and tokens[at].norm != ")":
        at += 1
    return min(at + 1, end)


def opened(tokens: Sequence[Token], at: int, start: int) -> int:
    """Before the bracket that opens the one closed at ``at``."""
    while at > start and tokens[at].norm != "(":
        at -= 1
    return at


def ends_at(tokens: Sequence[Token], at: int, ends: frozenset[str], turns: set[int], start: int) -> bool:
    """Whether a token ends a scope: a mark of its kind, the label's colon left out, or a word that turns."""
    if not ends:
        return False
    label = tokens[at].norm == ":" and at - start <= _LABEL_WORDS
    return (tokens[at].norm in ends and not label) or at in turns
