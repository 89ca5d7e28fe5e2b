"""Values that stand for themselves wherever a page states them: what those of every axis have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable

from extract.axes.claims import claim
from extract.findings import Findings, Verdict
from extract.mentions import Mention
from extract.view import View


def read(view: View, findings: Findings, scheme: str, predicate: str) -> None:
    """Hold every value that is stated; hints count where nothing firmer stands.

    Args:
        view: The page.
        findings: Where facts and rejections go.
        scheme: Concept scheme of the values.
        predicate: Property that they become.
    """
    believed = list(view.believed(scheme, predicate, findings))
    ranked = best(view, firm(believed))
    if not ranked:
        claim(view, findings, predicate, hinting(view, believed), "hinted")
        return
    claim(view, findings, predicate, ranked, "stated")
    leave_hints(view, findings, predicate, believed, {mention.path for mention in ranked})


def firm(mentions: Iterable[Mention]) -> list[Mention]:
    """Mentions by words that do not only hint."""
    return [mention for mention in mentions if not mention.hint]


def hinting(view: View, mentions: Iterable[Mention]) -> list[Mention]:
    """Mentions in the main text by words that only hint."""
    return [mention for mention in mentions if mention.hint and view.role(mention) in view.main]


def best(view: View, mentions: list[Mention]) -> list[Mention]:
    """Mentions in the main text, or as an option; where there are none, those of the other sections."""
    main = [
        mention
        for mention in mentions
        if view.role(mention) in view.main or view.contexts.around(mention, "optional") is not None
    ]
    return main or mentions


def sentences_of(mentions: Iterable[Mention]) -> defaultdict[str, set[int]]:
    """By value, the sentences that state it."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for mention in mentions:
        found[mention.path].add(mention.sentence)
    return found


def leave_hints(
    view: View, findings: Findings, predicate: str, mentions: Iterable[Mention], values: Container[str]
) -> None:
    """Reject hints at values that firm words do not state."""
    left = [mention for mention in mentions if mention.hint and mention.path not in values]
    pass_over(view, findings, predicate, left, "hint-beside-firmer")


def pass_over(
    view: View, findings: Findings, predicate: str, mentions: Iterable[Mention], reason: str = "in-passing"
) -> None:
    """Reject mentions, which are named in passing unless another reason is given."""
    for mention in mentions:
        findings.reject(predicate, mention.path, Verdict(reason, ""), view.of(mention))
