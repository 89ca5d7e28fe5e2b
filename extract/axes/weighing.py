"""A second look: values weighed by what was learned from gold pages, once the rules have decided.

The rules tell what words mean; how much several weak signs say together they cannot tell. A value that the rules
passed over is taken where its traits speak for it, one that they hold is left where they speak against it. A value
all of whose mentions are rejected by the words around them (denied, compared, another code's) is never taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from extract.axes.traits import Candidate, traits
from extract.findings import Findings
from extract.mentions import Mention
from extract.view import View

OUTWEIGHED: Final = "outweighed"
"""Reason of a value that the rules hold and that its traits speak against."""
WEIGHED: Final = "weighed"
"""Rule of a value that the rules passed over and that its traits speak for."""
_EVEN: Final = 0.5
_MOST_EVIDENCE: Final = 4
_TARGET: Final = "target"
"""Where nothing is destroyed, what is treated is named in too many ways for its traits to tell against it."""
_SITES: Final = frozenset({"organ", "target"})
_SENTENCES: Final = 6
"""A page of fewer sentences says too little for its traits to tell more than the rules."""


def revise(view: View, findings: Findings, predicate: str, named: Mapping[str, Sequence[Mention]]) -> None:
    """Weigh all values of a property that a page names, if the page is long enough, and change what is held.

    Args:
        view: The page.
        findings: What the rules hold; changed in place, once all values are weighed.
        predicate: The property.
        named: All mentions, by value.
    """
    if len(view.script.sentences) < _SENTENCES:
        return
    held = findings.values(predicate)
    left: list[str] = []
    taken: list[Candidate] = []
    for path, mentions in sorted(named.items()):
        candidate = Candidate(
            predicate,
            path,
            tuple(mentions),
            tuple(mention for mention in mentions if view.verdict(mention, predicate) is None),
            findings.rule(predicate, path) if path in held else "",
            tuple(other for other in held if other != path),
        )
        chance = view.scales.chance(predicate, path, traits(view, findings, candidate))
        if chance is None:
            continue
        if candidate.held and chance < _EVEN and (predicate != _TARGET or findings.values("type")):
            left.append(path)
        elif not candidate.held and chance > _EVEN and _named_enough(candidate):
            taken.append(candidate)
    for path in left:
        findings.drop((), predicate, path, OUTWEIGHED)
    for candidate in taken:
        evidence = [view.of(mention) for mention in candidate.believed[:_MOST_EVIDENCE]]
        findings.claim((), predicate, candidate.path, WEIGHED, evidence)


def _named_enough(candidate: Candidate) -> bool:
    """Whether words that are believed name a value; for a site, words that only hint do not suffice."""
    return any(not (mention.hint and candidate.predicate in _SITES) for mention in candidate.believed)


def by_value(mentions: Sequence[Mention]) -> dict[str, list[Mention]]:
    """Mentions grouped by the value that they name; words that name none are left out."""
    grouped: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.path.rpartition("/")[2]:
            grouped[mention.path].append(mention)
    return dict(grouped)
