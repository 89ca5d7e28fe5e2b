"""What a value has about it on a page: the traits by which a second look weighs it.

A trait is a name that a value has or has not: what the rules said of it, where it stands, which words and contexts
stand around its mentions. Neither the code, nor the site, nor the file is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from extract import roles
from extract.axes.beside import tied_to_action
from extract.findings import Findings
from extract.mentions import Mention
from extract.view import View

_WINDOW: Final = 4
"""Words to either side of a mention whose place counts."""
_MOST_MENTIONS: Final = 6
_HELD: Final = (
    ("approach", "approach"),
    ("energy", "energySource"),
    ("organ", "organ"),
    ("target", "target"),
)
"""Schemes, and the properties that their values become."""
_NUMBER: Final = "#"
_MOST: Final = 4
_TENTHS: Final = 10
_BESIDE: Final = ("action", "agent", "device", "energy", "modality", "organ", "target")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a page names, to be weighed.

    Attributes:
        predicate: Property that it would become.
        path: Of the value.
        mentions: All words on the page that name it, in reading order.
        believed: Those that no word around them rejects.
        rule: Name of the rule that gave it; empty where the rules do not hold it.
        others: Other values of the property that the rules hold.
    """

    predicate: str
    path: str
    mentions: tuple[Mention, ...]
    believed: tuple[Mention, ...]
    rule: str
    others: tuple[str, ...]

    @property
    def held(self) -> bool:
        """Whether the rules hold it."""
        return bool(self.rule)


def traits(view: View, findings: Findings, candidate: Candidate) -> frozenset[str]:
    """The traits of a value on a page.

    Args:
        view: The page.
        findings: What the rules decided so far.
        candidate: The value.
    """
    return frozenset(_traits(view, findings, candidate))


def _traits(view: View, findings: Findings, candidate: Candidate) -> Iterator[str]:
    destroys = bool(findings.values("type"))
    name = candidate.path.rpartition("/")[2]
    held = "held" if candidate.held else "not held"
    yield held
    yield f"{held}, {'ablation' if destroys else 'no ablation'}"
    yield f"value {name}"
    yield f"value {name}, {held}"
    yield "ablation" if destroys else "no ablation"
    yield "descriptor" if _described(view) else "no descriptor"
    if candidate.held:
        yield f"rule {candidate.rule}"
    good = candidate.believed
    for mention in candidate.mentions:
        verdict = view.verdict(mention, candidate.predicate)
        if verdict is not None:
            yield f"verdict {verdict.reason}"
    for predicate, value, reason in findings.rejections:
        if (predicate, value) == (candidate.predicate, candidate.path):
            yield f"rejected {reason}"
    own = len({mention.sentence for mention in good})
    yield f"sentences {min(own, _MOST)}"
    yield f"sentences {min(own, _MOST)}, {held}"
    yield from _outnumbered(view, candidate, own)
    yield f"others {min(len(candidate.others), _MOST - 1)}"
    if any(view.lexicon.related(other, candidate.path) for other in candidate.others):
        yield "kin held"
    if all(mention.hint for mention in candidate.mentions):
        yield "hints alone"
    if not good:
        yield "none believed"
    shown = (good or candidate.mentions)[:_MOST_MENTIONS]
    for mention in shown:
        yield from _around(view, findings, mention, destroys)
    if shown:
        best = max(_rank(view, mention) for mention in shown)
        yield f"best {best}"
        yield f"best {best}, {held}"
        tenth = _tenth(view, shown[0])
        yield f"first in tenth {tenth}"
        yield f"first in tenth {tenth}, {held}"
        yield f"last in tenth {_tenth(view, (good or candidate.mentions)[-1])}"


def _outnumbered(view: View, candidate: Candidate, own: int) -> Iterator[str]:
    """Whether the page comes back to another value more often."""
    scheme = candidate.path.partition("/")[0]
    named: defaultdict[str, set[int]] = defaultdict(set)
    for mention in view.scheme(scheme):
        if mention.path in candidate.others and view.verdict(mention, candidate.predicate) is None:
            named[mention.path].add(mention.sentence)
    if candidate.others:
        most = max((len(sentences) for sentences in named.values()), default=0)
        yield "outnumbered" if most > own else "most named"
        if most > 2 * own:
            yield "outnumbered twice"


def _around(view: View, findings: Findings, mention: Mention, destroys: bool) -> Iterator[str]:
    sentence = view.sentence(mention)
    yield f"role {sentence.role}"
    yield f"rank {_rank(view, mention)}"
    yield "tied" if tied_to_action(view, mention, destroys) else "not tied"
    yield f"words {' '.join(_words(view, mention.first, mention.last))}"
    yield from _placed("left", _words(view, max(sentence.first, mention.first - _WINDOW), mention.first)[::-1])
    yield from _placed("right", _words(view, mention.last, min(sentence.last, mention.last + _WINDOW)))
    yield from (f"sentence {word}" for word in _words(view, sentence.first, sentence.last))
    for scope in view.contexts.of(mention.first, mention.last, mention.sentence):
        yield f"context {scope.hit.cue.context}"
    if view.codes.names_own(sentence):
        yield "with the code"
    for scheme, predicate in _HELD:
        held = findings.values(predicate) if scheme != mention.scheme else ()
        if any(other.path in held for other in view.within(scheme, mention.sentence)):
            yield f"beside held {scheme}"
    for scheme in _BESIDE:
        if scheme != mention.scheme and view.within(scheme, mention.sentence):
            yield f"beside {scheme}"
    for action in view.within("action", mention.sentence):
        yield f"beside {action.path}"


def _words(view: View, first: int, last: int) -> list[str]:
    """Normal forms of a stretch of tokens; one sign for all that hold a digit, so that no code has a weight."""
    return [
        word if word.isalpha() or not any(c.isdigit() for c in word) else _NUMBER for word in view.norms(first, last)
    ]


def _placed(side: str, words: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(words, start=1):
        yield f"{side} {word}"
        yield f"{side} {place} {word}"


def _rank(view: View, mention: Mention) -> int:
    """How surely a sentence says what the code is: 4 a descriptor, 3 a definition, 2 the main text, 1 all else."""
    sentence = view.sentence(mention)
    if sentence.role in roles.DESCRIPTOR:
        return 4
    return 3 if view.defining(sentence) else 2 if sentence.role in view.main else 1


def _described(view: View) -> bool:
    return any(sentence.role in roles.DESCRIPTOR for sentence in view.script.sentences)


def _tenth(view: View, mention: Mention) -> int:
    return _TENTHS * mention.sentence // len(view.script.sentences)
