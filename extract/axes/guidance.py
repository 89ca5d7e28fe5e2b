"""Guidance: by which imaging, whether it is required, how it is reported and what it is for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from extract import roles
from extract.context import Scope
from extract.mentions import Mention
from extract.model import Evidence
from extract.view import Findings, Verdict, View

UNSPECIFIED: Final = "modality/unspecified-imaging"
VISUAL: Final = "modality/endoscopic-visual"
KIND: Final = "guidance-use"
PURPOSES: Final = ("purpose/localization", "purpose/placement", "purpose/monitoring")
_USED: Final = frozenset({"guidance", "required", "included", "separate"})
_REPORTED: Final = frozenset({"included", "separate"})
_BESIDE: Final = 2
_SIGHT: Final = frozenset({"guidance", "vision", "visual", "view", "visualization"})
"""Words by which an endoscope's view, and not the endoscopy, is meant."""
_INSERTED: Final = 6
_POINTED: Final = 4
_MOST_MENTIONS: Final = 50
"""Mentions of one modality that are weighed; no real page has as many."""
_LIST_GAP: Final = 3
"""Words between two alternatives of one list, at most: ``CT, MRI or ultrasound``."""

_PRONOUNS: Final = frozenset(
    {"it", "this", "that", "they", "these", "both", "which", "such", "all", "whichever", "each", "either", "any"}
)

_Node = tuple[str, ...]


def read(view: View, findings: Findings) -> None:
    """Hold each modality that guides, with necessity, reporting and purposes where the page states them."""
    found: defaultdict[str, list[Mention]] = defaultdict(list)
    destroys = "energy/focused-ultrasound" in findings.values("energySource")
    pointed = _pointed_to(view)
    for mention in view.scheme("modality"):
        verdict = None if _explained(view, mention, pointed) else _verdict(view, mention, destroys)
        if verdict is None:
            if len(found[mention.path]) < _MOST_MENTIONS:
                found[mention.path].append(mention)
        else:
            findings.reject("modality", mention.path, verdict, view.of(mention))
    named = [path for path in found if path not in {UNSPECIFIED, VISUAL}]
    generic = found.pop(UNSPECIFIED, [])
    if generic and not named:
        firm = [mention for mention in generic if not mention.hint and view.role(mention) in view.main]
        if firm and VISUAL not in found:
            found[UNSPECIFIED] = firm
    elif generic:
        findings.reject("modality", UNSPECIFIED, Verdict("named-closer", ""), view.of(generic[0]))
    for path in [path for path in found if any(path in view.lexicon.ancestors(other) for other in found)]:
        findings.reject("modality", path, Verdict("named-closer", ""), view.of(found.pop(path)[0]))
    own_code = _own_code(view, findings)
    for path, mentions in sorted(found.items()):
        node = (KIND, path.rpartition("/")[2])
        findings.claim(node, "modality", path, "guides", [view.of(mention) for mention in mentions[:4]])
        shared = () if path == VISUAL else generic
        if own_code is not None and path != VISUAL:
            findings.claim(node, "necessity", "necessity/required", "guidance-is-the-code", [own_code])
            findings.claim(node, "reporting", "reporting/separate", "guidance-is-the-code", [own_code])
        else:
            _necessity(view, findings, node, mentions, shared, found)
            _reporting(view, findings, node, path, (*mentions, *shared))
        if path != VISUAL:
            _purposes(view, findings, node, (*mentions, *shared))


def _pointed_to(view: View) -> frozenset[str]:
    """Codes that the page names as those of the guidance: ``for imaging guidance see …``."""
    found: set[str] = set()
    for mention in view.scheme("modality"):
        told = mention.path == UNSPECIFIED and view.role(mention) in view.main
        if told and view.foreign_code(mention.first, mention.last, mention.sentence) is not None:
            found |= view.codes(mention.sentence)
    return frozenset(found)


def _explained(view: View, mention: Mention, pointed: frozenset[str]) -> bool:
    """Whether a list of other codes explains one that the page named as the guidance's."""
    return view.role(mention) == "related-codes" and bool(view.codes(mention.sentence) & pointed)


def _verdict(view: View, mention: Mention, destroys: bool) -> Verdict | None:
    verdict = view.verdict(mention, "modality")
    if verdict is not None and verdict.reason == "other-code" and _guidance_code(view, mention):
        return None
    if verdict is not None and verdict.reason == "section" and view.contexts.anywhere(mention, _REPORTED):
        return None
    if verdict is not None:
        return verdict
    if mention.hint and mention.path != UNSPECIFIED:
        return Verdict("no-guidance", "")
    if mention.path == "modality/ultrasound" and destroys and not _shown(view, mention):
        return Verdict("energy", "")
    if mention.path == VISUAL or view.role(mention) in view.main or view.contexts.anywhere(mention, _USED):
        return None
    return Verdict("no-guidance", "")


def _shown(view: View, mention: Mention) -> bool:
    """Whether words right beside an ultrasound say that it shows, on a page where ultrasound destroys."""
    return any(
        max(scope.hit.first - mention.last, mention.first - scope.hit.last) <= _BESIDE
        for scope in view.contexts.named("pictures", mention.sentence)
    )


def _guidance_code(view: View, mention: Mention) -> bool:
    """Whether another code beside a modality is that of the guidance alone, and of no other procedure."""
    if mention.path == VISUAL or mention.hint:
        return False
    busy = view.within("approach", mention.sentence) or [
        energy for energy in view.within("energy", mention.sentence) if not energy.hint
    ]
    if busy:
        return False
    if view.contexts.anywhere(mention, _REPORTED):
        return True
    guided = "guidance" in view.norms(mention.first, mention.last + 3)
    return guided and any(
        mention.last <= scope.hit.first and view.codes_within(scope.first, min(scope.last, scope.first + _POINTED))
        for scope in view.contexts.named("pointing", mention.sentence)
    )


def _group(view: View, mention: Mention) -> list[Mention]:
    """A mention with the others of its list of alternatives, in reading order."""
    named = [other for other in view.within("modality", mention.sentence) if other.path != VISUAL]
    groups: list[list[Mention]] = []
    for other in named:
        if groups and view.near(groups[-1][-1], other, _LIST_GAP):
            groups[-1].append(other)
        else:
            groups.append([other])
    return next((group for group in groups if mention in group), [mention])


def _scope(view: View, mention: Mention, context: str) -> Scope | None:
    for member in _group(view, mention):
        scope = view.contexts.around(member, context)
        if scope is not None:
            return scope
    return None


def _evidence(view: View, scope: Scope) -> Evidence:
    return view.evidence(scope.hit.first, scope.hit.last)


def _own_code(view: View, findings: Findings) -> Evidence | None:
    """The words that make the code one for guidance alone: it is then required, and reported beside another code."""
    if findings.values("type"):
        return None
    for sentence in view.script.sentences:
        if sentence.role in view.main:
            for scope in view.contexts.named("guided-act", sentence.index):
                if view.foreign_code(scope.hit.first, scope.hit.last, sentence.index) is None:
                    return _evidence(view, scope)
    return None


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
    if not described:
        optional += [scope for mention in firm if (scope := _scope(view, mention, "optional"))]
        required = [mention for mention in (*own, *firm) if _scope(view, mention, "required")]
        if optional and required:
            optional, plain = [], required
    if optional:
        findings.claim(node, "necessity", "necessity/optional", "optional", [_evidence(view, s) for s in optional[:2]])
    elif plain and not described and _replaceable(view, plain, found):
        findings.claim(node, "necessity", "necessity/optional", "alternative", [view.of(plain[0])])
    elif plain and not _only_reported(view, plain):
        findings.claim(node, "necessity", "necessity/required", "used", [view.of(mention) for mention in plain[:2]])


def _replaceable(view: View, own: Sequence[Mention], found: Mapping[str, Sequence[Mention]]) -> bool:
    """Whether each mention is one of two alternatives of which the other is used anyhow."""

    def alone(path: str) -> bool:
        return any(len({member.path for member in _group(view, mention)}) == 1 for mention in found.get(path, ()))

    for mention in own:
        mates = [member for member in _group(view, mention) if member.path != mention.path]
        if not any(_either(view, mention, mate) and alone(mate.path) for mate in mates):
            return False
    return not alone(own[0].path)


def _either(view: View, one: Mention, other: Mention) -> bool:
    left, right = (one, other) if one.first < other.first else (other, one)
    return "or" in view.norms(left.last, right.first)


def _only_reported(view: View, mentions: Iterable[Mention]) -> bool:
    """Whether guidance is spoken of only to say that it is reported apart: its necessity is then unstated."""
    return all(
        view.foreign_code(m.first, m.last, m.sentence) is not None and not view.contexts.anywhere(m, _REPORTED)
        for m in mentions
    )


def _reporting(view: View, findings: Findings, node: _Node, path: str, mentions: Sequence[Mention]) -> None:
    """What the page says of reporting counts, nearest words first; a descriptor that names the guidance includes it."""
    if path == VISUAL:
        mentions = [m for m in mentions if _SIGHT & set(view.norms(m.first, m.last + 1))]
    for mention in mentions:
        scopes = [
            scope
            for member in _group(view, mention)
            for scope in view.contexts.of(member.first, member.last, member.sentence)
            if scope.hit.cue.context in _REPORTED
        ]
        if scopes:
            best = max(
                scopes, key=lambda scope: (scope.hit.last - scope.hit.first, scope.hit.cue.context == "separate")
            )
            value = f"reporting/{best.hit.cue.context}"
            findings.claim(node, "reporting", value, "stated", [_evidence(view, best)])
            return
    spoken = _spoken_of(view, mentions) or _inserted(view, mentions)
    if spoken is not None:
        findings.claim(node, "reporting", f"reporting/{spoken.hit.cue.context}", "stated", [_evidence(view, spoken)])
        return
    coded = [mention for mention in mentions if view.foreign_code(mention.first, mention.last, mention.sentence)]
    if coded:
        findings.claim(node, "reporting", "reporting/separate", "guidance-code", [view.of(coded[0])])
        return
    described = [mention for mention in mentions if view.role(mention) in roles.DESCRIPTOR]
    if described and path not in {VISUAL, "modality/stereotactic"}:
        findings.claim(node, "reporting", "reporting/included", "descriptor", [view.of(described[0])])


def _spoken_of(view: View, mentions: Sequence[Mention]) -> Scope | None:
    """Words on reporting that point back: behind a mention, or in a next sentence that opens with a pronoun."""
    for mention in mentions:
        following = view.script.sentences[mention.sentence + 1 : mention.sentence + 2]
        for context in sorted(_REPORTED, reverse=True):
            for scope in view.contexts.named(context, mention.sentence):
                if scope.hit.first - mention.last >= 0 and _pronoun(view, scope):
                    return scope
            for sentence in following:
                if view.norms(sentence.first, sentence.first + 1)[0] in _PRONOUNS:
                    for scope in view.contexts.named(context, sentence.index):
                        if not view.within("modality", sentence.index):
                            return scope
    return None


def _inserted(view: View, mentions: Sequence[Mention]) -> Scope | None:
    """Words on reporting set off right behind a mention: ``guidance, as a rule reported separately, …``."""
    for mention in mentions:
        for context in sorted(_REPORTED, reverse=True):
            for scope in view.contexts.named(context, mention.sentence):
                between = view.norms(mention.last, scope.hit.first)
                if between[:1] in {("–",), ("(",)} and len(between) <= _INSERTED:
                    return scope
    return None


def _pronoun(view: View, scope: Scope) -> bool:
    """Whether the clause of a scope opens with a pronoun, which points to what was said before."""
    return bool(_PRONOUNS & set(view.norms(scope.first, scope.hit.first)[:2]))


def _purposes(view: View, findings: Findings, node: _Node, mentions: Sequence[Mention]) -> None:
    for mention in mentions:
        for path in PURPOSES:
            scope = view.contexts.around(mention, path)
            if scope is not None:
                findings.claim(node, "purpose", path, "stated", [_evidence(view, scope)])
