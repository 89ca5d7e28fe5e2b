"""A page laid out for the rules: its mentions by scheme, and what the words around them say."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from extract import roles
from extract.codes import Codes
from extract.context import Contexts, Scope
from extract.findings import Findings, Verdict
from extract.mentions import Mention, contrasting, find
from extract.model import Evidence, Page
from extract.sentences import Script, Sentence, script
from ontology import weights
from ontology.lexicon import Lexicon, load
from ontology.weights import Scales

_STANCHING: Final = "bleeding-control"
MOST_WORDS: Final = 12
"""Longest quote in words (DESIGN.md, rights)."""
_QUOTES: Final = frozenset({'"', "“", "”"})
_QUOTED: Final = 8
"""Words of a quotation to one side of a mention, at most."""
_QUOTING: Final = 4
_SITES: Final = frozenset({"organ", "target"})
SECONDARY: Final = "target/metastasis"
_FROM_GAP: Final = 3
_SPREAD_GAP: Final = 6
"""Words between a metastasis and where it comes from, at most."""
_TAKEN_FROM_NOTES: Final = frozenset({"type", "energySource", "agent", "multiplicity"})
"""Properties whose words a page quotes from notes to correct them."""
_SAYING: Final = frozenset(
    {
        *("say", "says", "said", "saying", "type", "types", "typed", "dictate", "dictated", "coded", "entries"),
        *("entry", "read", "reads", "write", "writes", "wrote", "note", "notes", "since", "because"),
    }
)
"""Words before a quotation from somebody's record."""
_LATE: Final = 2 / 3
"""Share of a page's sentences behind which it has said what its procedure is."""
_LAST: Final = 9 / 10
_SOONER: Final = 1 / 2
_LONG: Final = 10
"""Sentences of a page that is long enough to have an early and a late part."""


class View:
    """A page with its sentences, mentions and contexts.

    Args:
        page: The page.
        scales: What traits of values weigh; those that were learned unless given.
    """

    def __init__(self, page: Page, scales: Scales | None = None) -> None:
        self.page = page
        self.scales: Scales = scales or weights.load()
        self.lexicon: Lexicon = load()
        self.script: Script = script(page, self.lexicon.words, roles.SKIPPED)
        self.mentions, hits = find(self.script)
        self.contexts = Contexts(self.script, hits)
        self.headings = contrasting(page)
        self._stanches = any(
            self.contexts.named(_STANCHING, sentence.index)
            for sentence in self.script.sentences
            if sentence.role in roles.DESCRIPTOR
        )
        prose = any(sentence.role in roles.PROSE for sentence in self.script.sentences)
        self.main = roles.MAIN if prose else roles.MAIN | roles.SIDE
        self._verdicts: dict[tuple[Mention, str], Verdict | None] = {}
        self._schemes: defaultdict[str, list[Mention]] = defaultdict(list)
        self._sentences: defaultdict[tuple[str, int], list[Mention]] = defaultdict(list)
        for mention in self.mentions:
            self._schemes[mention.scheme].append(mention)
            self._sentences[mention.scheme, mention.sentence].append(mention)
        self.codes = Codes(page, self.script)

    def scheme(self, name: str) -> list[Mention]:
        """Mentions of one scheme in reading order."""
        return self._schemes[name]

    def within(self, name: str, sentence: int) -> list[Mention]:
        """Mentions of one scheme in one sentence."""
        return self._sentences[name, sentence]

    def sentence(self, mention: Mention) -> Sentence:
        """The sentence of a mention."""
        return self.script.sentences[mention.sentence]

    def role(self, mention: Mention) -> str:
        """Section role of a mention."""
        return self.sentence(mention).role

    def words(self, first: int, last: int) -> str:
        """The page's words from one token to another (exclusive), on one line."""
        tokens = self.script.tokens
        return " ".join(self.page.text[tokens[first].start : tokens[last - 1].end].split())

    def norms(self, first: int, last: int) -> tuple[str, ...]:
        """Normal forms of a stretch of tokens, cut at the ends of the text."""
        return tuple(token.norm for token in self.script.tokens[max(first, 0) : max(last, 0)])

    def evidence(self, first: int, last: int) -> Evidence:
        """The words of tokens ``first`` to ``last`` (exclusive) as evidence, cut to twelve words."""
        tokens = self.script.tokens
        place = self._sentence_at(first)
        start, end = tokens[first].start, tokens[last - 1].end
        while len(self.page.text[start:end].split()) > MOST_WORDS:
            last -= 1
            end = tokens[last - 1].end
        return Evidence(self.page.sha256, start, end, place.role, self.page.text[start:end])

    def of(self, mention: Mention) -> Evidence:
        """The words of a mention as evidence."""
        return self.evidence(mention.first, mention.last)

    def scope(self, scope: Scope) -> Evidence:
        """The words of a cue as evidence."""
        return self.evidence(scope.hit.first, scope.hit.last)

    def _sentence_at(self, token: int) -> Sentence:
        sentences = self.script.sentences
        return sentences[max(0, bisect_right(sentences, token, key=lambda sentence: sentence.first) - 1)]

    def defining(self, sentence: Sentence) -> bool:
        """Whether a sentence says what the code is: in a descriptor or title, opening a section, or naming it."""
        if sentence.role in roles.DESCRIPTOR:
            return True
        if sentence.role not in self.main:
            return False
        return sentence.opening or self.codes.names_own(sentence)

    def late(self, mention: Mention, *, described: bool = False) -> bool:
        """Whether a mention stands towards the end of a page, outside a descriptor.

        Args:
            mention: Of any value.
            described: Whether a descriptor names another value: the end then begins sooner.
        """
        count = len(self.script.sentences)
        share = _SOONER if described else _LATE
        return (
            count >= _LONG
            and mention.sentence >= share * count
            and self.role(mention) not in roles.DESCRIPTOR | {"steps"}
        )

    def last(self, mention: Mention) -> bool:
        """Whether a mention stands in the last tenth of a page, where it speaks of other things."""
        count = len(self.script.sentences)
        return count >= _LONG and mention.sentence >= _LAST * count and self.role(mention) not in roles.DESCRIPTOR

    def names_code(self, mention: Mention) -> bool:
        """Whether a mention stands in a descriptor or in a sentence that names the page's own code."""
        sentence = self.sentence(mention)
        return sentence.role in roles.DESCRIPTOR or self.codes.names_own(sentence)

    def verdict(self, mention: Mention, predicate: str) -> Verdict | None:
        """Why a mention is no fact of a property by the words around it, or None; asked often, told once."""
        key = (mention, predicate)
        if key not in self._verdicts:
            self._verdicts[key] = self._judge(mention, predicate)
        return self._verdicts[key]

    def _judge(self, mention: Mention, predicate: str) -> Verdict | None:
        code = self.codes.foreign(mention.first, mention.last, mention.sentence)
        if code is not None:
            return Verdict("other-code", self.words(code, code + 1))
        if predicate in _TAKEN_FROM_NOTES and self._quoted(mention):
            return Verdict("quoted", "")
        if predicate in _SITES and self._primary(mention):
            return Verdict("origin", "from")
        scope = self.contexts.rejecting(mention, predicate)
        if scope is not None and not (self._stanches and self._only_stanches(mention, predicate)):
            return Verdict(scope.hit.cue.context, self.words(scope.hit.first, scope.hit.last))
        sentence = self.sentence(mention)
        if sentence.role in roles.UNREAD:
            return Verdict("section", sentence.role)
        if sentence.question and self.norms(sentence.first, sentence.first + 2) != ("what", "is"):
            return Verdict("question", "?")
        heading = self.headings.get(sentence.section)
        if heading:
            return Verdict("heading", heading)
        return None

    def _primary(self, mention: Mention) -> bool:
        """Whether a metastasis before comes from here: ``metastases in the liver from colon cancer``."""
        start = max(self.sentence(mention).first, mention.first - _FROM_GAP)
        before = self.norms(start, mention.first)
        if "from" not in before or mention.path == SECONDARY:
            return False
        place = start + before.index("from")
        return any(
            other.path == SECONDARY and other.last <= place and place - other.last <= _SPREAD_GAP
            for other in self.within("target", mention.sentence)
        )

    def _quoted(self, mention: Mention) -> bool:
        """Whether a mention stands in a few words that the page quotes from a note: ``the report says "coblation"``."""
        sentence = self.sentence(mention)
        if sentence.role in roles.DESCRIPTOR:
            return False
        before = self.norms(max(sentence.first, mention.first - _QUOTED), mention.first)
        after = self.norms(mention.last, min(sentence.last, mention.last + _QUOTED))
        opened = next((at for at in range(len(before) - 1, -1, -1) if before[at] in _QUOTES), None)
        if opened is None or not _QUOTES & set(after):
            return False
        lead = self.norms(
            max(sentence.first, mention.first - len(before) + opened - _QUOTING), mention.first - len(before) + opened
        )
        return bool(_SAYING & set(lead))

    def _only_stanches(self, mention: Mention, predicate: str) -> bool:
        """Whether words of bleeding alone speak against an energy: no reason where bleeding is what is treated."""
        scopes = self.contexts.of(mention.first, mention.last, mention.sentence)
        reasons = {scope.hit.cue.context for scope in scopes if predicate in scope.hit.cue.rejects}
        return predicate == "energySource" and reasons == {_STANCHING}

    def near(self, one: Mention, other: Mention, gap: int) -> bool:
        """Whether two mentions of a sentence are at most ``gap`` words apart, no semicolon, colon or dash between."""
        if one.sentence != other.sentence:
            return False
        left, right = (one, other) if one.first <= other.first else (other, one)
        if right.first - left.last > gap:
            return False
        return not {";", ":", "–"} & set(self.norms(left.last, right.first))

    def believed(self, scheme: str, predicate: str, findings: Findings) -> Iterator[Mention]:
        """Mentions of a scheme that no word around them rejects; the others go to the findings."""
        for mention in self.scheme(scheme):
            verdict = self.verdict(mention, predicate)
            if verdict is None:
                yield mention
            else:
                findings.reject(predicate, mention.path, verdict, self.of(mention))


def by_sentence(mentions: Iterable[Mention]) -> defaultdict[int, list[Mention]]:
    """Mentions grouped by the index of their sentence, in the order given."""
    grouped: defaultdict[int, list[Mention]] = defaultdict(list)
    for mention in mentions:
        grouped[mention.sentence].append(mention)
    return grouped
