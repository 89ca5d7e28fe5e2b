"""Which imaging shows the way: the modalities of the guidance, told from what is only named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from extract import roles
from extract.axes.approach import ENDOSCOPIC
from extract.axes.beside import HEART
from extract.axes.claims import LATE, once_and_late
from extract.axes.guidance_code import APART, REPORTED, UNSPECIFIED, VISUAL, denied_to_the_code, of_the_guidance
from extract.findings import Findings, Verdict
from extract.mentions import Mention
from extract.view import View

STEREOTACTIC: Final = "modality/stereotactic"
MAPPING: Final = "modality/electrophysiologic-mapping"
SEEN: Final = frozenset({VISUAL, "modality/slit-lamp"})
"""Views through an instrument that is used anyhow: no code is given for them."""
_ALWAYS: Final = frozenset({*SEEN, STEREOTACTIC})
"""Modalities that show the way wherever a text on what is done names them; others may only have found the lesion."""
_USED: Final = frozenset({"guidance", "required", "purpose/placement"})
_OTHER_TIMES: Final = frozenset({"earlier", "later"})
_LEFT_OPEN: Final = frozenset({"optional"})
_BESIDE: Final = 2
_MOST_MENTIONS: Final = 50
"""Mentions of one modality that are weighed; no real page has as many."""
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
    mapped = any(view.lexicon.related(HEART, path) for path in findings.values("organ"))
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
    if verdict is not None and verdict.reason == "other-code" and of_the_guidance(view, mention):
        return _out_of_place(view, mention)
    if verdict is not None and verdict.reason == "negated" and denied_to_the_code(view, mention):
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


def _out_of_place(view: View, mention: Mention) -> Verdict | None:
    """Why imaging that has its own code is none of the procedure's: it was before or after, or a made-up patient's."""
    if view.role(mention) == "example":
        return Verdict("section", "example")
    scope = view.contexts.rejecting(mention, "modality")
    if scope is None or scope.hit.cue.context not in _OTHER_TIMES:
        return None
    return Verdict(scope.hit.cue.context, view.words(scope.hit.first, scope.hit.last))


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
