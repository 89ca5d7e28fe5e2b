"""Whose code stands beside imaging: that of the guidance itself, or that of another procedure."""

from __future__ import annotations

from typing import Final

from extract.mentions import Mention
from extract.view import View

UNSPECIFIED: Final = "modality/unspecified-imaging"
VISUAL: Final = "modality/endoscopic-visual"
APART: Final = frozenset({"separate"})
REPORTED: Final = APART | {"included"}
_GUIDED: Final = frozenset({"guidance"})
_POINTED: Final = 4
_TOLD_GAP: Final = 24
"""Words behind a modality in which its code is given."""
_BEHIND_GAP: Final = 4
_ASSIGNED: Final = frozenset(
    {"(", "guidance", ":", "with", "by", "under", "is", "as", "gets", "get", "reported", "billed"}
)
"""Words between a modality and its code."""
_FOR_GAP: Final = 7
"""Words before a modality in which the code is named that is for it."""
_TOLD_BEHIND: Final = 4
"""Words behind a code in which it is said to be reported: ``; 76942 may then be billed``."""
_LIST_GAP: Final = 3
"""Words between two alternatives of one list, at most: ``CT, MRI or ultrasound``."""
_FAMILY: Final = 3
"""Leading characters that neighboring codes share."""
_CHAPTER: Final = 2
"""Leading characters that codes of one chapter share."""
_IF: Final = frozenset({"if", "when", "where", "should"})
_LED: Final = 6
"""Words from the comma of a condition to a code, at most."""
_ITS: Final = frozenset({"its", "for", "guidance", "imaging", "add"})
_ARTICLES: Final = frozenset({"a", "an", "any", "the", "this", "such"})
_SAID_OF: Final = frozenset(
    {",", "(", "–", "is", "are", "may", "can", "must", "should", "has", "goes", "gets", "carries"}
)


def of_the_guidance(view: View, mention: Mention) -> bool:
    """Whether another code beside a modality is that of the guidance alone, and of no other procedure.

    Args:
        view: The page.
        mention: Of a modality.
    """
    if mention.path == VISUAL or (mention.hint and mention.path != UNSPECIFIED) or _then_another(view, mention):
        return False
    if told(view, mention):
        return True
    if _busy(view, mention):
        return False
    if _one_of_pairs(view, mention) or _attached(view, mention):
        return True
    if any(view.contexts.anywhere(member, REPORTED) for member in group(view, mention)):
        return True
    if _code_for(view, mention):
        return True
    guided = "guidance" in view.norms(mention.first, group(view, mention)[-1].last + 3)
    guided = guided or (_conditional(view, mention) and view.contexts.anywhere(mention, _GUIDED))
    return (guided or _subject(view, mention)) and any(
        mention.last <= scope.hit.first and view.codes.within(scope.first, min(scope.last, scope.first + _POINTED))
        for scope in view.contexts.named("pointing", mention.sentence)
    )


def _busy(view: View, mention: Mention) -> list[Mention]:
    """What a sentence firmly names of another procedure's ways and energies."""
    found = [*view.within("approach", mention.sentence), *view.within("energy", mention.sentence)]
    return [other for other in found if not other.hint]


def _one_of_pairs(view: View, mention: Mention) -> bool:
    """Whether a sentence gives several modalities a code each, of another chapter: ``CT 77012, ultrasound 76942``."""
    if any(code[:_CHAPTER] == view.page.code[:_CHAPTER] for code in view.codes.named(mention.sentence)):
        return False
    paired = {
        other.path
        for other in view.within("modality", mention.sentence)
        if other.path != UNSPECIFIED and (_code_behind(view, other) or _code_ahead(view, other))
    }
    return mention.path in paired and len(paired) > 1


def _code_behind(view: View, mention: Mention) -> bool:
    """Whether a code stands right behind a modality: ``ultrasound (76942)``."""
    end = mention.last
    while end < mention.last + _BEHIND_GAP and set(view.norms(end, end + 1)) <= _ASSIGNED:
        end += 1
    return bool(view.codes.within(mention.last, end + 1))


def _code_ahead(view: View, mention: Mention) -> bool:
    """Whether a code is said to be for a modality: ``77012 is the line for CT``."""
    if view.norms(mention.first - 1, mention.first) not in {("for",), ("if",), ("with",)}:
        return False
    return bool(view.codes.within(mention.first - _FOR_GAP, mention.first))


def _attached(view: View, mention: Mention) -> bool:
    """Whether guidance has a code in brackets, or one that ends its entry: ``ultrasound guidance, if used: 76942``."""
    after = view.norms(mention.last - 1, mention.last + 2)
    guidance = "guidance" in after and after.index("guidance") < len(after) - 1
    bracket = mention.last + (after[1:2] == ("guidance",))
    if guidance and view.norms(bracket, bracket + 1) == ("(",) and view.codes.within(bracket + 1, bracket + 2):
        return True
    code = view.codes.following(mention.last, view.sentence(mention).last)
    return _opens(view, mention) and guidance and code is not None and view.norms(code - 1, code) == (":",)


def _code_for(view: View, mention: Mention) -> bool:
    """Whether a code is given for guidance: ``see 76940 for ultrasound guidance``; no neighbor of the page's own."""
    before = view.norms(max(view.sentence(mention).first, mention.first - 1), mention.first)
    codes = view.codes.within(mention.first - 2, mention.first - 1)
    if before != ("for",) or not codes or any(code[:_FAMILY] == view.page.code[:_FAMILY] for code in codes):
        return False
    return "guidance" in view.norms(mention.first, mention.last + 2)


def _conditional(view: View, mention: Mention) -> bool:
    """Whether imaging is named as a condition: ``if ultrasound is used for the needle, bill 76942``."""
    return bool(_IF & set(view.norms(view.sentence(mention).first, mention.first)))


def _then_another(view: View, mention: Mention) -> bool:
    """Whether guidance is the condition on which another code takes this one's place: ``if CT …, the code is …``."""
    if not _conditional(view, mention):
        return False
    sentence = view.sentence(mention)
    code = view.codes.following(mention.last, sentence.last)
    if code is None:
        return False
    lead = view.norms(max(mention.last, code - _LED), code)
    lead = lead[len(lead) - lead[::-1].index(",") :] if "," in lead else (".",)
    if not lead and view.norms(code + 1, code + 3) == ("is", "the"):
        return True
    return lead[:1] == ("the",) and bool({"code", "number"} & set(lead)) and not _ITS & set(lead)


def _subject(view: View, mention: Mention) -> bool:
    """Whether a sentence opens with imaging itself, and not with what is done under it."""
    return _opens(view, mention) and bool(_SAID_OF.intersection(view.norms(mention.last, mention.last + 1)))


def _opens(view: View, mention: Mention) -> bool:
    """Whether a mention opens its sentence, an article aside."""
    return _ARTICLES.issuperset(view.norms(view.sentence(mention).first, mention.first))


def denied_to_the_code(view: View, mention: Mention) -> bool:
    """Whether a denial is part of words on reporting: ``CT guidance is not part of this code``.

    Args:
        view: The page.
        mention: Of a modality.
    """
    denial = view.contexts.rejecting(mention, "modality")
    if denial is None:
        return False
    return any(
        scope.hit.first < denial.hit.last and denial.hit.first < scope.hit.last
        for scope in view.contexts.of(mention.first, mention.last, mention.sentence)
        if scope.hit.cue.context in REPORTED
    )


def told(view: View, mention: Mention, contexts: frozenset[str] = REPORTED) -> bool:
    """Whether the code behind words on reporting is that of the guidance: ``under CT, reported with 77013, …``.

    Args:
        view: The page.
        mention: Of a modality.
        contexts: What the words may say: that it is included, or reported apart.
    """
    members = group(view, mention)
    last = members[-1].last
    end = min(view.sentence(mention).last, last + _TOLD_GAP)
    code = view.codes.following(last, end)
    if code is None or any(last <= other.first < code for other in _busy(view, mention)):
        return False
    if view.norms(code - 2, code) == ("for", "which"):
        return True
    if any(
        0 < scope.hit.first - code <= _TOLD_BEHIND
        for context in APART
        for scope in view.contexts.named(context, mention.sentence)
    ):
        return True
    return any(
        scope.hit.first >= last and scope.hit.last <= code
        for context in contexts
        for scope in view.contexts.named(context, mention.sentence)
    )


def group(view: View, mention: Mention) -> list[Mention]:
    """A mention with the others of its list of alternatives, in reading order.

    Args:
        view: The page.
        mention: Of a modality.
    """
    named = [other for other in view.within("modality", mention.sentence) if other.path != VISUAL]
    groups: list[list[Mention]] = []
    for other in named:
        if groups and view.near(groups[-1][-1], other, _LIST_GAP + _bracketed(view, groups[-1][-1], other)):
            groups[-1].append(other)
        else:
            groups.append([other])
    return next((group for group in groups if mention in group), [mention])


def _bracketed(view: View, one: Mention, other: Mention) -> int:
    """How many words a code in brackets takes up behind a modality: ``ultrasound (76940), CT``."""
    between = view.norms(one.last, other.first)
    if between[:1] != ("(",) or ")" not in between or not view.codes.within(one.last, other.first):
        return 0
    return between.index(")") + 1
