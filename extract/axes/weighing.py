"""A second look: values weighed by what was learned from gold pages, once the rules have decided.

The rules tell what words mean; how much several weak signs say together they cannot tell. A value that the rules
passed over is taken where its traits speak for it, one that they hold is left where they speak against it. A value
all of whose mentions are rejected by the words around them (denied, compared, another code's) is never taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from extract.axes.traits import Candidate, believed, traits
from extract.findings import Findings, Verdict
from extract.mentions import Mention
from extract.view import View

OUTWEIGHED: Final = Verdict("outweighed", "")
"""Of a value that the rules hold and that its traits speak against."""
WEIGHED: Final = "weighed"
"""Rule of a value that the rules passed over and that its traits speak for."""
_EVEN: Final = 0.5
_MOST_EVIDENCE: Final = 4
_TARGET: Final = "target"
"""Where nothing is destroyed, what is treated is named in too many ways for its traits to tell against it."""
_SITES: Final = frozenset({"organ", "target"})
_SENTENCES: Final = 6
"""A page of fewer sentences says too little for its traits to tell more than the rules."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a second look changes.

    Attributes:
        left: Values to be held no longer.
        taken: Values to be held, with the mentions that speak for them.
    """

    left: tuple[str, ...]
    taken: Mapping[str, Sequence[Mention]]


def weigh(
    view: View,
    findings: Findings,
    predicate: str,
    named: Mapping[str, Sequence[Mention]],
    held: Mapping[str, Sequence[str]],
) -> Outcome:
    """Weigh all values of a property that a page names, if the page is long enough.

    Args:
        view: The page.
        findings: What the rules decided so far.
        predicate: The property.
        named: All mentions, by value.
        held: The values that the rules hold, with the names of the rules that gave them.
    """
    left: list[str] = []
    taken: dict[str, list[Mention]] = {}
    if len(view.script.sentences) < _SENTENCES:
        return Outcome((), {})
    for path, mentions in sorted(named.items()):
        others = tuple(sorted(other for other in held if other != path))
        candidate = Candidate(predicate, path, tuple(mentions), path in held, tuple(held.get(path, ())), others)
        chance = view.scales.chance(predicate, path, traits(view, findings, candidate))
        if chance is None:
            continue
        good = believed(view, candidate)
        if candidate.held and chance < _EVEN and (predicate != _TARGET or findings.values("type")):
            left.append(path)
        elif not candidate.held and chance > _EVEN and _named_enough(candidate, good):
            taken[path] = good
    return Outcome(tuple(left), taken)


def _named_enough(candidate: Candidate, good: Sequence[Mention]) -> bool:
    """Whether words that are believed name a value; for a site, words that only hint do not suffice."""
    return any(not (mention.hint and candidate.predicate in _SITES) for mention in good)


def revise(view: View, findings: Findings, predicate: str, named: Mapping[str, Sequence[Mention]]) -> None:
    """Change what is held of the procedure itself by a second look.

    Args:
        view: The page.
        findings: What the rules hold; changed in place.
        predicate: The property.
        named: All mentions, by value.
    """
    held = {path: (findings.rule(predicate, path),) for path in findings.values(predicate)}
    outcome = weigh(view, findings, predicate, named, held)
    for path in outcome.left:
        findings.drop((), predicate, path, OUTWEIGHED.reason)
    for path, mentions in outcome.taken.items():
        findings.claim((), predicate, path, WEIGHED, [view.of(mention) for mention in mentions[:_MOST_EVIDENCE]])


def by_value(mentions: Sequence[Mention]) -> dict[str, list[Mention]]:
    """Mentions grouped by the value that they name; words that name none are left out."""
    grouped: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.path.rpartition("/")[2]:
            grouped[mention.path].append(mention)
    return dict(grouped)
