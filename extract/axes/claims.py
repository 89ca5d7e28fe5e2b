"""Facts from mentions: one for each value, with what speaks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final

from extract import roles
from extract.findings import Findings, Verdict
from extract.mentions import Mention
from extract.view import View

_MOST_EVIDENCE: Final = 4
LATE: Final = Verdict("late", "")
"""Of a value that a page names once, towards its end, where it told others before."""
OUTRANKED: Final = Verdict("outranked", "")
"""Of a value that a page names once, where it comes back to others."""
_AGAIN: Final = {"organ": 2, "target": 3}
"""In so many sentences another value must stand to outrank one that is named once."""


def claim(
    view: View,
    findings: Findings,
    predicate: str,
    mentions: Iterable[Mention],
    rule: str,
    *,
    always: Set[str] = frozenset(),
) -> None:
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
    held = _held(view, findings, predicate, grouped, always)
    for path, found in grouped.items():
        if path not in held:
            late = once_and_late(view, found, described=predicate == "approach")
            findings.reject(predicate, path, LATE if late else OUTRANKED, view.of(found[0]))
            continue
        found.sort(key=lambda mention: (not view.defining(view.sentence(mention)), mention.first))
        findings.claim((), predicate, path, rule, [view.of(mention) for mention in found[:_MOST_EVIDENCE]])


def _held(
    view: View, findings: Findings, predicate: str, grouped: Mapping[str, Sequence[Mention]], always: Set[str]
) -> Set[str]:
    """The values that stand: not those named once, late or beside others that the page returns to."""
    described = predicate == "approach" and any(
        view.role(mention) in roles.DESCRIPTOR for found in grouped.values() for mention in found
    )
    early = {
        path for path, found in grouped.items() if path in always or not once_and_late(view, found, described=described)
    }
    early.update(findings.values(predicate))
    told = {mention.sentence for path in early for mention in grouped.get(path, ())}
    if early:
        early |= {path for path, found in grouped.items() if found[0].sentence in told}
    elif not _of_others(findings, predicate, grouped):
        return grouped.keys()
    return early - _outranked(view, predicate, grouped, always)


def _of_others(findings: Findings, predicate: str, grouped: Mapping[str, Sequence[Mention]]) -> bool:
    """Whether values named late and once, without any before, are those of siblings: no ablation, or many energies."""
    destroys = bool(findings.values("type"))
    return predicate in {"energySource", "organ"} and (
        not destroys or (predicate == "energySource" and len(grouped) > 1)
    )


def _outranked(view: View, predicate: str, grouped: Mapping[str, Sequence[Mention]], always: Set[str]) -> Set[str]:
    """Values in one sentence outside a definition, beside others of no kin to which the page comes back."""
    sentences = {path: {mention.sentence for mention in found} for path, found in grouped.items()}
    out: set[str] = set()
    for path, found in grouped.items():
        if len(sentences[path]) > 1 or path in always or _firm(view, found, predicate):
            continue
        again = _AGAIN.get(predicate, len(view.script.sentences))
        for other, places in sentences.items():
            if len(places) >= again and not places & sentences[path] and not view.lexicon.related(path, other):
                out.add(path)
    return out


def _firm(view: View, found: Sequence[Mention], predicate: str) -> bool:
    role = view.role(found[0])
    return role in roles.DESCRIPTOR or (predicate == "organ" and view.defining(view.sentence(found[0])))


def once_and_late(view: View, mentions: Sequence[Mention], *, described: bool = False) -> bool:
    """Whether a value stands in one sentence alone, towards the end of the page.

    A page says early on, or more than once, what its procedure is; what it names last and once is mostly something
    else: a complication, a neighbour of the code, another patient.
    """
    return len({mention.sentence for mention in mentions}) == 1 and view.late(mentions[0], described=described)
