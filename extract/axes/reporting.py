"""How guidance is reported: taken in by the code, or apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from extract import roles
from extract.axes.guidance_code import APART, REPORTED, VISUAL, group, told
from extract.axes.modality import SEEN
from extract.context import Scope
from extract.findings import Findings
from extract.mentions import Mention
from extract.sentences import Sentence
from extract.view import View

_SIGHT: Final = frozenset({"guidance", "vision", "visual", "view", "visualization"})
"""Words by which an endoscope's view, and not the endoscopy, is meant."""
_INSERTED: Final = 6
_SPOKEN_ON: Final = 2
"""Sentences behind a mention in which a pronoun may still mean it."""
_PRONOUNS: Final = frozenset(
    {
        *("it", "its", "this", "that", "they", "these", "which", "such", "both", "all", "each", "either", "any"),
        *("whichever", "neither", "none", "so"),
    }
)
_CODED_GAP: Final = 3
"""Words between those that point to a code and the code."""
_CONDITIONS: Final = frozenset({"when", "where", "if"})
_VERBS: Final = frozenset({"is", "are", "ha", "has", "have", "may", "can", "must", "should", "will"})
"""Words that, behind a *but*, say more of what was spoken of."""
_OBJECTS: Final = frozenset({"it", "them"})
_NONE: Final = frozenset({"none", "neither", "nor"})
_DENIED: Final = 6
"""Words between a denial and what it denies, at most."""
_TURNED: Final = {"separate": "included", "included": "separate"}


def read(view: View, findings: Findings, node: tuple[str, ...], path: str, mentions: Sequence[Mention]) -> None:
    """What the page says of reporting counts, nearest words first; a descriptor that names the guidance includes it.

    Args:
        view: The page.
        findings: Where the fact goes.
        node: The guidance that it is about.
        path: Of its modality.
        mentions: What speaks for it.
    """
    if path in SEEN:
        mentions = [m for m in mentions if _SIGHT & set(view.norms(m.first, m.last + 1))]
    for mention in mentions:
        scopes = [
            scope
            for member in group(view, mention)
            for scope in view.contexts.of(member.first, member.last, member.sentence)
            if scope.hit.cue.context in REPORTED
        ]
        scopes = _standing(scopes)
        if scopes:
            best = max(
                scopes, key=lambda scope: (scope.hit.last - scope.hit.first, scope.hit.cue.context == "separate")
            )
            findings.claim(node, "reporting", _said(view, best), "stated", [view.scope(best)])
            return
    spoken = _spoken_of(view, mentions) or _inserted(view, mentions)
    if spoken is not None:
        findings.claim(node, "reporting", _said(view, spoken), "stated", [view.scope(spoken)])
        return
    pointed = _coded_behind(view, mentions)
    if pointed is not None:
        findings.claim(node, "reporting", "reporting/separate", "guidance-code", [view.scope(pointed)])
        return
    coded = [
        mention
        for mention in mentions
        if view.codes.foreign(mention.first, mention.last, mention.sentence) or told(view, mention, APART)
    ]
    if coded:
        findings.claim(node, "reporting", "reporting/separate", "guidance-code", [view.of(coded[0])])
        return
    described = [mention for mention in mentions if view.role(mention) in roles.DESCRIPTOR and not mention.hint]
    if described and path != VISUAL:
        findings.claim(node, "reporting", "reporting/included", "descriptor", [view.of(described[0])])


def _named(view: View, context: str, sentence: int) -> list[Scope]:
    """Words on reporting in a sentence, those left out that others deny."""
    scopes = [scope for name in REPORTED for scope in view.contexts.named(name, sentence)]
    return [scope for scope in _standing(scopes) if scope.hit.cue.context == context]


def _standing(scopes: Sequence[Scope]) -> list[Scope]:
    """Without words that begin inside others, which deny them, and what hangs on: ``is not billed on top of it``."""
    standing: list[Scope] = []
    denied: list[Scope] = []
    for scope in sorted(scopes, key=lambda scope: (scope.hit.first, scope.hit.last)):
        inside = any(_begins_in(scope, other) for other in denied) or any(
            _begins_in(scope, other) for other in standing if other.hit.cue.context != scope.hit.cue.context
        )
        (denied if inside else standing).append(scope)
    return standing


def _begins_in(scope: Scope, other: Scope) -> bool:
    return other.hit.first < scope.hit.first < other.hit.last


def _said(view: View, scope: Scope) -> str:
    """What words on reporting say; a denial before them turns them round: ``none may be reported in addition``."""
    hit = scope.hit
    before = view.norms(max(scope.first, hit.first - _DENIED), hit.first)
    joined = [place for place, word in enumerate(before) if word == "and"]
    start = hit.first - len(before) + (joined[-1] + 1 if joined else 0)
    denied = any(
        start <= one.hit.first and one.hit.last <= hit.first and one.holds(hit.first, hit.last)
        for one in view.contexts.named("negated", hit.sentence)
    )
    denied = denied or bool(_NONE & set(before))
    return f"reporting/{_TURNED[hit.cue.context] if denied else hit.cue.context}"


def _spoken_of(view: View, mentions: Sequence[Mention]) -> Scope | None:
    """Words on reporting that point back: behind a mention, or in a next sentence that opens with a pronoun."""
    for mention in mentions:
        following = _after(view, mention)
        for context in sorted(REPORTED, reverse=True):
            for scope in _named(view, context, mention.sentence):
                if scope.hit.first - mention.last >= 0 and _pronoun(view, scope):
                    return scope
            for sentence in following:
                if _points_back(view, sentence):
                    for scope in _named(view, context, sentence.index):
                        if not _names_another(view, sentence):
                            return scope
    return None


def _coded_behind(view: View, mentions: Sequence[Mention]) -> Scope | None:
    """Words that give the code of guidance named before: ``it may be watched by ultrasound; that is billed as …``."""
    for mention in mentions:
        following = [one for one in _after(view, mention) if _points_back(view, one) and not _names_another(view, one)]
        for sentence in (view.sentence(mention), *following):
            for scope in view.contexts.named("pointing", sentence.index):
                behind = sentence.index != mention.sentence or (
                    scope.hit.first >= mention.last and _pronoun(view, scope)
                )
                if behind and view.codes.within(scope.hit.last, scope.hit.last + _CODED_GAP):
                    return scope
    return None


def _points_back(view: View, sentence: Sentence) -> bool:
    """Whether a sentence opens with a pronoun, or with a condition on one: ``Where it is, …``."""
    first, second = (*view.norms(sentence.first, sentence.first + 2), "")[:2]
    return first in _PRONOUNS or (first in _CONDITIONS and second in _PRONOUNS)


def _names_another(view: View, sentence: Sentence) -> bool:
    """Whether a sentence speaks of imaging itself, and does not only give the codes of what was named before."""
    return any(
        view.codes.foreign(mention.first, mention.last, sentence.index) is None
        for mention in view.within("modality", sentence.index)
    )


def _after(view: View, mention: Mention) -> list[Sentence]:
    """The sentences that may speak on of a mention: the next ones of its block."""
    here = view.sentence(mention)
    after = view.script.sentences[here.index + 1 : here.index + 1 + _SPOKEN_ON]
    return [sentence for sentence in after if sentence.index == here.index + 1 or sentence.block == here.block]


def _inserted(view: View, mentions: Sequence[Mention]) -> Scope | None:
    """Words on reporting set off right behind a mention: ``guidance, as a rule reported separately, …``."""
    for mention in mentions:
        for context in sorted(REPORTED, reverse=True):
            for scope in _named(view, context, mention.sentence):
                between = view.norms(mention.last, scope.hit.first)
                if between[:1] in {("–",), ("(",)} and len(between) <= _INSERTED:
                    return scope
    return None


def _pronoun(view: View, scope: Scope) -> bool:
    """Whether the clause of a scope points to what was said before: it opens with a pronoun, or has one as object."""
    opening = view.norms(scope.first, min(scope.first + 2, scope.hit.first + 1))
    behind = view.norms(scope.hit.first - 1, scope.hit.first) + view.norms(scope.hit.last, scope.hit.last + 1)
    turned = opening[:1] and opening[0] in _VERBS and view.norms(scope.first - 1, scope.first) == ("but",)
    return bool(_PRONOUNS & set(opening)) or bool(_OBJECTS & set(behind)) or bool(turned)
