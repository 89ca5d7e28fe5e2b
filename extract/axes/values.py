"""Approach, energy source and device: values that stand for themselves wherever the page states them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from extract.mentions import Mention
from extract.view import Findings, Verdict, View

_LISTED = 6
"""Words between two alternatives of one list, at most."""
_MATES = 2
_MOST_EVIDENCE = 4


def read(view: View, findings: Findings, scheme: str, predicate: str) -> None:
    """Hold every value that is stated; hints count where nothing firmer stands, or beside a firm value in one list.

    Args:
        view: The page.
        findings: Where facts and rejections go.
        scheme: Concept scheme of the values.
        predicate: Property that they become.
    """
    believed = list(view.believed(scheme, predicate, findings))
    firm = [mention for mention in believed if not mention.hint]
    ranked = _best(view, firm)
    if predicate == "energySource" and not findings.values("type"):
        ranked = _applied(view, findings, ranked)
        believed = [mention for mention in believed if mention.hint or mention in ranked]
    if not ranked:
        hints = [mention for mention in believed if mention.hint and view.role(mention) in view.main]
        _claim(view, findings, predicate, hints, "hinted")
        return
    if predicate == "energySource":
        ranked = _by_descriptor(view, findings, ranked)
    _claim(view, findings, predicate, ranked, "stated")
    values = {mention.path for mention in ranked}
    for mention in believed:
        if mention.hint and mention.path not in values:
            if predicate == "energySource" and _listed(view, mention, believed):
                _claim(view, findings, predicate, [mention], "listed")
            else:
                findings.reject(predicate, mention.path, Verdict("hint-beside-firmer", ""), view.of(mention))


def _best(view: View, mentions: list[Mention]) -> list[Mention]:
    main = [mention for mention in mentions if view.role(mention) in view.main]
    return main or mentions


def _applied(view: View, findings: Findings, mentions: list[Mention]) -> list[Mention]:
    """On a page that is no ablation: energies that its definition names or that it returns to, not those in passing."""
    sentences: defaultdict[str, set[int]] = defaultdict(set)
    for mention in mentions:
        sentences[mention.path].add(mention.sentence)
    kept: list[Mention] = []
    for mention in mentions:
        if view.defining(view.sentence(mention)) or len(sentences[mention.path]) > 1:
            kept.append(mention)
        else:
            findings.reject("energySource", mention.path, Verdict("in-passing", ""), view.of(mention))
    return kept


def _by_descriptor(view: View, findings: Findings, mentions: list[Mention]) -> list[Mention]:
    """Where an official descriptor names the energy, another one must come back in the text to stand beside it."""
    ruling = {mention.path for mention in mentions if view.role(mention) == "official-descriptor"}
    if not ruling:
        return mentions
    kept: list[Mention] = []
    for mention in mentions:
        sentences = {other.sentence for other in mentions if other.path == mention.path}
        if mention.path in ruling or len(sentences) > 1:
            kept.append(mention)
        else:
            findings.reject("energySource", mention.path, Verdict("descriptor-decides", ""), view.of(mention))
    return kept


def _listed(view: View, hint: Mention, believed: Iterable[Mention]) -> bool:
    """Whether a hint is one of at least three alternatives of a list: ``heat, electricity or radiofrequency``."""
    mates = [mention for mention in believed if mention.path != hint.path and view.near(hint, mention, _LISTED)]
    inside = [mention for mention in (hint, *mates)]
    words = view.norms(min(m.first for m in inside), max(m.last for m in inside))
    return len({mention.path for mention in mates}) >= _MATES and "or" in words


def _claim(view: View, findings: Findings, predicate: str, mentions: Iterable[Mention], rule: str) -> None:
    grouped: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        grouped[mention.path].append(mention)
    for path, found in grouped.items():
        found.sort(key=lambda mention: (not view.defining(view.sentence(mention)), mention.first))
        findings.claim((), predicate, path, rule, [view.of(mention) for mention in found[:_MOST_EVIDENCE]])
