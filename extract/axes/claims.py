"""Facts from mentions: one for each value, with what speaks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from typing import Final

from extract import roles
from extract.mentions import Mention
from extract.view import Findings, Verdict, View

_MOST_EVIDENCE: Final = 4
LATE: Final = Verdict("late", "")
"""Of a value that a page names once, towards its end, where it told others before."""


def claim(view: View, findings: Findings, predicate: str, mentions: Iterable[Mention], rule: str, *, always: Set[str] = frozenset()) -> None:
    """Hold what some mentions say, value by value; those that define the code come first.

    Args:
        view: The page.
        findings: Where the facts go.
        predicate: Property that the values become.
        mentions: What speaks for them.
        rule: What gave them.
        always: Values that count wherever they stand.
    """
    grouped: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        grouped[mention.path].append(mention)
    named = predicate == "approach" and any(view.role(mention) in roles.DESCRIPTOR for found in grouped.values() for mention in found)
    early = {path for path, found in grouped.items() if path in always or not once_and_late(view, found, described=named)}
    early.update(findings.values(predicate))
    told = {mention.sentence for path in early for mention in grouped.get(path, ())}
    for path, found in grouped.items():
        if early and path not in early and found[0].sentence not in told:
            findings.reject(predicate, path, LATE, view.of(found[0]))
            continue
        found.sort(key=lambda mention: (not view.defining(view.sentence(mention)), mention.first))
        findings.claim((), predicate, path, rule, [view.of(mention) for mention in found[:_MOST_EVIDENCE]])


def once_and_late(view: View, mentions: Sequence[Mention], *, described: bool = False) -> bool:
    """Whether a value stands in one sentence alone, towards the end of the page.

    A page says early on, or more than once, what its procedure is; what it names last and once is mostly something
    else: a complication, a neighbour of the code, another patient.
    """
    return len({mention.sentence for mention in mentions}) == 1 and view.late(mentions[0], described=described)
