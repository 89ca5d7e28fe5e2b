"""Guidance: by which imaging, whether it is required, how it is reported and what it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final

from extract import roles
from extract.axes import act, modality, reporting
from extract.axes.guidance_code import APART, REPORTED, UNSPECIFIED, VISUAL, group
from extract.context import Scope
from extract.findings import Findings
from extract.mentions import Mention
from extract.model import Evidence
from extract.view import View

KIND: Final = "guidance-use"
PURPOSES: Final = ("purpose/localization", "purpose/placement", "purpose/monitoring")

_JOINED: Final = frozenset({"or", "and", "either"})
"""Words that make one group of several modalities, which share an option."""
_CONDITIONS: Final = frozenset({"if", "when", "whenever", "where", "should"})
_BY: Final = 2
_TAKEN_IN: Final = frozenset({"with", "including", "include", "inclusive"})
_TAKEN: Final = frozenset({"included", "inclusive"})
_TAKEN_REACH: Final = 14
_WITH_GAP: Final = 3
_TAKEN_GAP: Final = 5
"""Words before those of a guided act in which others may say that something else includes it."""
_Node = tuple[str, ...]


def read(view: View, findings: Findings) -> None:
    """Hold each modality that guides, with necessity, reporting and purposes where the page states them."""
    found, generic = modality.guiding(view, findings)
    own_code = _own_code(view, findings)
    if own_code is not None:
        found = _of_the_code(view, found)
    for path, mentions in sorted(found.items()):
        node = (KIND, path.rpartition("/")[2])
        findings.claim(node, "modality", path, "guides", [view.of(mention) for mention in mentions[:4]])
        shared = [] if path == VISUAL else generic
        if own_code is not None and path != VISUAL:
            findings.claim(node, "necessity", "necessity/required", "guidance-is-the-code", [own_code])
            findings.claim(node, "reporting", "reporting/separate", "guidance-is-the-code", [own_code])
        else:
            same = [one for one in shared if not _of_another(view, one, path)]
            _necessity(view, findings, node, mentions, same, found)
            reporting.read(view, findings, node, path, (*mentions, *shared))
        if path != VISUAL:
            _purposes(view, findings, node, (*mentions, *shared))


def _of_the_code(view: View, found: Mapping[str, list[Mention]]) -> dict[str, list[Mention]]:
    """What a code for guidance is for: the imaging of its descriptor, else that of the main text."""

    def within(named: Set[str]) -> dict[str, list[Mention]]:
        return {path: own for path, own in found.items() if any(view.role(m) in named for m in own)}

    return within(roles.DESCRIPTOR) or within(view.main)


def _of_another(view: View, generic: Mention, path: str) -> bool:
    """Whether guidance without a name is that of one modality named beside it: ``guidance by magnetic resonance``."""
    beside = [
        other.path
        for other in view.within("modality", generic.sentence)
        if other.path not in {UNSPECIFIED, VISUAL} and view.near(generic, other, _BY)
    ]
    return bool(beside) and path not in beside


def _own_code(view: View, findings: Findings) -> Evidence | None:
    """The words that make the code one for guidance alone: it is then required, and reported beside another code."""
    if findings.values("type"):
        return None
    alone = act.guidance_alone(view)
    if alone is not None:
        return view.of(alone)
    for sentence in view.script.sentences:
        if view.defining(sentence):
            for scope in view.contexts.named("guided-act", sentence.index):
                hit = scope.hit
                beside = any(other.first < hit.first for other in view.within("approach", sentence.index))
                taken_in = bool(_TAKEN_IN & set(view.norms(hit.first - _TAKEN_GAP, hit.first)))
                beside = beside or (taken_in and _does_more(view, hit.first, sentence.index))
                beside = beside or _read_with(view, scope)
                if not beside and view.codes.foreign(hit.first, hit.last, sentence.index) is None:
                    return view.scope(scope)
    return None


def _read_with(view: View, scope: Scope) -> bool:
    """Whether supervision and interpretation are said to be included in something else than imaging named before."""
    hit = scope.hit
    if any(image.first < hit.first for image in view.within("modality", hit.sentence)):
        return False
    end = min(view.script.sentences[hit.sentence].last, hit.last + _TAKEN_REACH)
    before = set(view.norms(hit.first - _WITH_GAP, hit.first))
    taken = bool(_TAKEN & set(view.norms(hit.last, end))) or bool((_TAKEN_IN | {"all"}) & before)
    return taken and "supervision" in view.norms(hit.first, hit.last)


def _does_more(view: View, before: int, sentence: int) -> bool:
    """Whether a sentence names what is done before the words of guidance, which are then only part of it."""
    return any(action.first < before and action.path != act.IMAGING for action in view.within("action", sentence))


def _necessity(
    view: View,
    findings: Findings,
    node: _Node,
    own: Sequence[Mention],
    shared: Sequence[Mention],
    found: Mapping[str, Sequence[Mention]],
) -> None:
    """A descriptor decides; else a mention without an option makes it required."""
    described = [mention for mention in (*own, *shared) if view.role(mention) in roles.DESCRIPTOR]
    firm = [mention for mention in shared if not mention.hint]
    decisive = described or [mention for mention in own if view.role(mention) in view.main] or list(own)
    optional = [scope for mention in decisive if (scope := _scope(view, mention, "optional"))]
    plain = [mention for mention in decisive if _scope(view, mention, "optional") is None]
    if plain and not described and all(_on_condition(view, mention) for mention in plain):
        findings.claim(node, "necessity", "necessity/optional", "on-condition", [view.of(plain[0])])
        return
    required: list[Mention] = []
    if not described:
        optional += [scope for mention in firm if (scope := _scope(view, mention, "optional"))]
        required = [m for m in (*own, *firm) if _scope(view, m, "required") and not _conditional(view, m)]
        if optional and required:
            optional, plain = [], required
    if optional:
        findings.claim(node, "necessity", "necessity/optional", "optional", [view.scope(s) for s in optional[:2]])
    elif plain and not described and not required and _replaceable(view, plain, found):
        findings.claim(node, "necessity", "necessity/optional", "alternative", [view.of(plain[0])])
    elif plain and not _only_reported(view, plain):
        findings.claim(node, "necessity", "necessity/required", "used", [view.of(mention) for mention in plain[:2]])


def _scope(view: View, mention: Mention, context: str) -> Scope | None:
    members = group(view, mention)
    joined = _JOINED & set(view.norms(members[0].last, members[-1].first))
    for member in members if joined else [mention]:
        scope = view.contexts.around(member, context)
        if scope is not None:
            return scope
    return None


def _conditional(view: View, mention: Mention) -> bool:
    """Whether a clause makes a mention its condition: ``if fluoroscopy is needed, …``."""
    before = view.norms(view.sentence(mention).first, mention.first)
    return bool(before) and before[0] in _CONDITIONS and "," not in before


def _on_condition(view: View, mention: Mention) -> bool:
    """Whether guidance is spoken of only as reported on a condition: ``when CT is used, claim its code``."""
    sentence = view.sentence(mention)
    stated = _CONDITIONS & set(view.norms(sentence.first, sentence.last))
    return bool(stated) and view.contexts.anywhere(mention, APART)


def _replaceable(view: View, own: Sequence[Mention], found: Mapping[str, Sequence[Mention]]) -> bool:
    """Whether each mention is one of two alternatives of which the other is used anyhow, reporting aside."""

    def alone(path: str) -> bool:
        return any(len({member.path for member in group(view, mention)}) == 1 for mention in found.get(path, ()))

    for mention in own:
        mates = [member for member in group(view, mention) if member.path != mention.path]
        if len(mates) != 1 or view.contexts.anywhere(mention, REPORTED):
            return False
        if not any(_either(view, mention, mate) and alone(mate.path) for mate in mates):
            return False
    return not alone(own[0].path)


def _either(view: View, one: Mention, other: Mention) -> bool:
    left, right = (one, other) if one.first < other.first else (other, one)
    return "or" in view.norms(left.last, right.first)


def _only_reported(view: View, mentions: Iterable[Mention]) -> bool:
    """Whether guidance is spoken of only to say that it is reported apart: its necessity is then unstated."""
    if all(_coded_apart(view, mention) for mention in mentions):
        generic = [one for one in view.scheme("modality") if one.path == UNSPECIFIED]
        return not any(_tells_use(view, one) for one in generic)
    return all(
        view.codes.foreign(m.first, m.last, m.sentence) is not None
        and not view.contexts.anywhere(m, REPORTED)
        and "under" not in view.norms(group(view, m)[0].first - 1, m.last)
        for m in mentions
    )


def _coded_apart(view: View, mention: Mention) -> bool:
    """Whether a sentence only says that guidance is reported apart, and tells of no instrument that it leads."""
    apart = view.contexts.anywhere(mention, APART)
    led = view.within("device", mention.sentence) or view.within("action", mention.sentence)
    return apart and not led and _scope(view, mention, "required") is None


def _tells_use(view: View, generic: Mention) -> bool:
    """Whether the main text says elsewhere that there is guidance."""
    told = view.role(generic) in view.main and not view.contexts.anywhere(generic, APART)
    return told and view.verdict(generic, "modality") is None


def _purposes(view: View, findings: Findings, node: _Node, mentions: Sequence[Mention]) -> None:
    for mention in mentions:
        for path in PURPOSES:
            scope = view.contexts.around(mention, path)
            if scope is not None:
                findings.claim(node, "purpose", path, "stated", [view.scope(scope)])
