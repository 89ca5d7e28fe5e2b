"""Which imaging shows the way: the modalities of the guidance, told from what is only named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from extract import roles
from extract.axes.claims import LATE, once_and_late
from extract.mentions import Mention
from extract.view import Findings, Verdict, View

UNSPECIFIED: Final = "modality/unspecified-imaging"
VISUAL: Final = "modality/endoscopic-visual"
STEREOTACTIC: Final = "modality/stereotactic"
MAPPING: Final = "modality/electrophysiologic-mapping"
APART: Final = frozenset({"separate"})
REPORTED: Final = APART | {"included"}
ENDOSCOPIC: Final = "approach/endoscopic"
_HEART: Final = "organ/heart"
SEEN: Final = frozenset({VISUAL, "modality/slit-lamp"})
"""Views through an instrument that is used anyhow: no code is given for them."""
_ALWAYS: Final = frozenset({*SEEN, STEREOTACTIC})
"""Modalities that show the way wherever a text on what is done names them; others may only have found the lesion."""
_USED: Final = frozenset({"guidance", "required", "purpose/placement"})
_LEFT_OPEN: Final = frozenset({"optional"})
_BESIDE: Final = 2
_POINTED: Final = 4
_TOLD_GAP: Final = 14
"""Words behind a modality in which its code is given."""
_MOST_MENTIONS: Final = 50
"""Mentions of one modality that are weighed; no real page has as many."""
_LIST_GAP: Final = 3
"""Words between two alternatives of one list, at most: ``CT, MRI or ultrasound``."""
_FAMILY: Final = 3
"""Leading characters that neighboring codes share."""
_IF: Final = frozenset({"if", "when", "where", "should"})
_LED: Final = 6
"""Words from the comma of a condition to a code, at most."""
_ITS: Final = frozenset({"its", "for", "guidance", "imaging", "add"})
_ARTICLES: Final = frozenset({"a", "an", "any", "the", "this", "such"})
_SAID_OF: Final = frozenset(
    {",", "(", "–", "is", "are", "may", "can", "must", "should", "has", "goes", "gets", "carries"}
)
_TOLD: Final = Verdict("no-guidance", "")
"""Of a mention that only says how imaging is reported: it stands where the page says elsewhere that it guides."""


def guiding(view: View, findings: Findings) -> tuple[dict[str, list[Mention]], list[Mention]]:
    """Tell imaging that shows the way from imaging that found the lesion, checks afterwards or is somebody else's.

    Args:
        view: The page.
        findings: What was read so far; rejections go here.

    Returns:
        Mentions that speak for each modality, by its path; and those of guidance without a name, which stand for all.
    """
    found: defaultdict[str, list[Mention]] = defaultdict(list)
    told: defaultdict[str, list[Mention]] = defaultdict(list)
    destroys = "energy/focused-ultrasound" in findings.values("energySource")
    mapped = any(view.lexicon.related(_HEART, path) for path in findings.values("organ"))
    approaches = findings.values("approach")
    pointed = _pointed_to(view)
    for mention in view.scheme("modality"):
        verdict = None if _explained(view, mention, pointed) else _verdict(view, mention, destroys, mapped, approaches)
        kept = found if verdict is None else told
        if verdict is not None and verdict is not _TOLD:
            findings.reject("modality", mention.path, verdict, view.of(mention))
        elif len(kept[mention.path]) < _MOST_MENTIONS:
            kept[mention.path].append(mention)
    for path, mentions in told.items():
        if path in found or any(view.role(mention) in view.main for mention in mentions):
            found[path] = sorted([*found[path], *mentions], key=lambda mention: mention.first)
        else:
            findings.reject("modality", path, _TOLD, view.of(mentions[0]))
    early = [path for path, mentions in found.items() if path != UNSPECIFIED and not _late(view, mentions)]
    beside = {mention.sentence for path in early for mention in found[path]}
    later = [path for path in found if path not in {*early, UNSPECIFIED} and found[path][0].sentence not in beside]
    for path in later if early else ():
        findings.reject("modality", path, LATE, view.of(found.pop(path)[0]))
    named = [path for path in found if path not in {UNSPECIFIED, VISUAL}]
    generic = found.pop(UNSPECIFIED, [])
    if generic and not named:
        meant = _meant(view, destroys)
        found.update(meant)
        named = list(meant)
    if generic and not named:
        firm = [
            mention
            for mention in generic
            if not mention.hint and (view.role(mention) in view.main or _taken_in(view, mention))
        ]
        if firm and VISUAL not in found:
            found[UNSPECIFIED] = firm
    elif generic:
        findings.reject("modality", UNSPECIFIED, Verdict("named-closer", ""), view.of(generic[0]))
    for path in [path for path in found if any(path in view.lexicon.ancestors(other) for other in found)]:
        findings.reject("modality", path, Verdict("named-closer", ""), view.of(found.pop(path)[0]))
    return dict(found), generic


def _taken_in(view: View, generic: Mention) -> bool:
    """Whether words on billing alone tell of guidance as an option that the code holds."""
    anywhere = view.contexts.anywhere
    return anywhere(generic, REPORTED - APART) and anywhere(generic, _LEFT_OPEN)


def _late(view: View, mentions: Sequence[Mention]) -> bool:
    """Whether imaging is named once and late, and not as an option."""
    return once_and_late(view, mentions) and not view.contexts.anywhere(mentions[0], _LEFT_OPEN)


def _meant(view: View, destroys: bool) -> dict[str, list[Mention]]:
    """What a page names of imaging where it says that guidance is used and not by what: that is then meant."""
    meant: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in view.scheme("modality"):
        weak = not mention.hint and mention.path not in {UNSPECIFIED, VISUAL, MAPPING, STEREOTACTIC}
        weak = weak and not (destroys and mention.path == "modality/ultrasound" and not _shown(view, mention))
        if weak and view.role(mention) in view.main and view.verdict(mention, "modality") is None:
            meant[mention.path].append(mention)
    return dict(meant)


def _pointed_to(view: View) -> frozenset[str]:
    """Codes that the page names as those of the guidance: ``for imaging guidance see …``."""
    found: set[str] = set()
    for mention in view.scheme("modality"):
        told = mention.path == UNSPECIFIED and view.role(mention) in view.main
        if told and view.codes.foreign(mention.first, mention.last, mention.sentence) is not None:
            found |= view.codes.named(mention.sentence)
    return frozenset(found)


def _explained(view: View, mention: Mention, pointed: frozenset[str]) -> bool:
    """Whether a list of other codes explains one that the page named as the guidance's."""
    return view.role(mention) == "related-codes" and bool(view.codes.named(mention.sentence) & pointed)


def _verdict(view: View, mention: Mention, destroys: bool, mapped: bool, approaches: Sequence[str]) -> Verdict | None:
    verdict = view.verdict(mention, "modality")
    if verdict is not None and verdict.reason == "other-code" and _guidance_code(view, mention):
        return None
    if verdict is not None and verdict.reason == "negated" and _denied_to_the_code(view, mention):
        return _TOLD
    listed = view.role(mention) == "related-codes" and view.codes.named(mention.sentence)
    if verdict is not None and verdict.reason == "section" and view.contexts.anywhere(mention, REPORTED) and not listed:
        return None if view.contexts.anywhere(mention, _USED) else _TOLD
    if verdict is not None:
        return verdict
    if mention.hint and mention.path != UNSPECIFIED and not (mention.path == MAPPING and mapped):
        return Verdict("no-guidance", "")
    if mention.path == "modality/ultrasound" and destroys and not _shown(view, mention):
        return Verdict("energy", "")
    indicated = view.role(mention) == "indications" and not view.within("device", mention.sentence)
    if view.role(mention) not in view.main and (mention.path == VISUAL or indicated):
        return _TOLD
    if mention.path == VISUAL and (mapped or _elsewhere(view, mention, approaches)):
        return Verdict("in-passing", "")
    if mention.path in _ALWAYS or view.role(mention) in roles.DESCRIPTOR:
        return None
    if view.contexts.anywhere(mention, _USED) or _opens_step(view, mention):
        return None
    if view.role(mention) in view.main and view.contexts.anywhere(mention, _LEFT_OPEN):
        return None
    return _TOLD if view.contexts.anywhere(mention, REPORTED) else Verdict("no-guidance", "")


def _opens_step(view: View, mention: Mention) -> bool:
    """Whether a step opens with a modality: ``3. Fluoroscopy in two projections``."""
    sentence = view.sentence(mention)
    before, after = view.norms(sentence.first, mention.first), view.norms(mention.last, sentence.last)
    return view.role(mention) == "steps" and not any(word.isalpha() for word in before) and "not" not in after


def _elsewhere(view: View, mention: Mention, approaches: Sequence[str]) -> bool:
    """Whether an endoscope is named that is not the procedure's own way in."""
    if approaches and ENDOSCOPIC not in approaches and view.role(mention) not in roles.DESCRIPTOR:
        return True
    ways = [
        way.path
        for way in view.within("approach", mention.sentence)
        if way.first < mention.last and mention.first < way.last and not way.hint
    ]
    return bool(ways) and bool(approaches) and not set(ways) & set(approaches)


def _shown(view: View, mention: Mention) -> bool:
    """Whether words right beside an ultrasound say that it shows, on a page where ultrasound destroys."""
    return any(
        max(scope.hit.first - mention.last, mention.first - scope.hit.last) <= _BESIDE
        for scope in view.contexts.named("pictures", mention.sentence)
    )


def _guidance_code(view: View, mention: Mention) -> bool:
    """Whether another code beside a modality is that of the guidance alone, and of no other procedure."""
    if mention.path == VISUAL or (mention.hint and mention.path != UNSPECIFIED) or _then_another(view, mention):
        return False
    if _told_apart(view, mention):
        return True
    busy = [*view.within("approach", mention.sentence), *view.within("energy", mention.sentence)]
    if any(not other.hint for other in busy):
        return False
    if any(view.contexts.anywhere(member, REPORTED) for member in group(view, mention)):
        return True
    if _code_for(view, mention):
        return True
    guided = "guidance" in view.norms(mention.first, mention.last + 3)
    return (guided or _subject(view, mention)) and any(
        mention.last <= scope.hit.first and view.codes.within(scope.first, min(scope.last, scope.first + _POINTED))
        for scope in view.contexts.named("pointing", mention.sentence)
    )


def _code_for(view: View, mention: Mention) -> bool:
    """Whether a code is given for guidance: ``see 76940 for ultrasound guidance``; no neighbor of the page's own."""
    before = view.norms(max(view.sentence(mention).first, mention.first - 1), mention.first)
    codes = view.codes.within(mention.first - 2, mention.first - 1)
    if before != ("for",) or not codes or any(code[:_FAMILY] == view.page.code[:_FAMILY] for code in codes):
        return False
    return "guidance" in view.norms(mention.first, mention.last + 2)


def _then_another(view: View, mention: Mention) -> bool:
    """Whether guidance is the condition on which another code takes this one's place: ``if CT …, the code is …``."""
    sentence = view.sentence(mention)
    if not _IF & set(view.norms(sentence.first, mention.first)):
        return False
    code = next((at for at in range(mention.last, sentence.last) if view.codes.within(at, at + 1)), mention.last)
    lead = view.norms(max(mention.last, code - _LED), code)
    lead = lead[len(lead) - lead[::-1].index(",") :] if "," in lead else (".",)
    if not lead and view.norms(code + 1, code + 3) == ("is", "the"):
        return True
    return lead[:1] == ("the",) and bool({"code", "number"} & set(lead)) and not _ITS & set(lead)


def _subject(view: View, mention: Mention) -> bool:
    """Whether a sentence opens with imaging itself, and not with what is done under it."""
    sentence = view.sentence(mention)
    opens = _ARTICLES.issuperset(view.norms(sentence.first, mention.first))
    return opens and bool(_SAID_OF.intersection(view.norms(mention.last, mention.last + 1)))


def _denied_to_the_code(view: View, mention: Mention) -> bool:
    """Whether a denial is part of words on reporting: ``CT guidance is not part of this code``."""
    denial = view.contexts.rejecting(mention, "modality")
    if denial is None:
        return False
    return any(
        scope.hit.first < denial.hit.last and denial.hit.first < scope.hit.last
        for scope in view.contexts.of(mention.first, mention.last, mention.sentence)
        if scope.hit.cue.context in REPORTED
    )


def _told_apart(view: View, mention: Mention) -> bool:
    """Whether the code behind words on reporting is that of the guidance: ``under CT, reported with 77013, …``."""
    members = group(view, mention)
    last = members[-1].last
    end = min(view.sentence(mention).last, last + _TOLD_GAP)
    busy = [*view.within("approach", mention.sentence), *view.within("energy", mention.sentence)]
    code = next((at for at in range(last, end) if view.codes.within(at, at + 1)), None)
    if code is None or any(not other.hint and last <= other.first < code for other in busy):
        return False
    return any(
        scope.hit.first >= last and scope.hit.last <= code
        for context in REPORTED
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
    return 3 if between[:1] == ("(",) and between[2:3] == (")",) else 0
