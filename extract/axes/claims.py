"""Facts from mentions: one for each value, with what speaks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from extract.mentions import Mention
from extract.view import Findings, View

_MOST_EVIDENCE: Final = 4


def claim(view: View, findings: Findings, predicate: str, mentions: Iterable[Mention], rule: str) -> None:
    """Hold what some mentions say, value by value; those that define the code come first.

    Args:
        view: The page.
        findings: Where the facts go.
        predicate: Property that the values become.
        mentions: What speaks for them.
        rule: What gave them.
    """
    grouped: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        grouped[mention.path].append(mention)
    for path, found in grouped.items():
        found.sort(key=lambda mention: (not view.defining(view.sentence(mention)), mention.first))
        findings.claim((), predicate, path, rule, [view.of(mention) for mention in found[:_MOST_EVIDENCE]])
