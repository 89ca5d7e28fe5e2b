"""Whether the procedure is an ablation: tissue destroyed on purpose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from extract import roles
from extract.findings import Findings, Verdict
from extract.mentions import Mention
from extract.sentences import Sentence
from extract.view import View

PREDICATE: Final = "type"
VALUE: Final = "AblationProcedure"
DESTRUCTION: Final = "action/destruction"
IMAGING: Final = "action/imaging"
GUIDED: Final = "guided-act"
"""Reason of what a code only guides: where a descriptor says so, others destroy."""
_RIVALS: Final = frozenset(
    {"action/biopsy", "action/drainage", "action/injection", "action/excision", "action/inspection"}
)
_SERVICES: Final = frozenset({"guidance", "monitoring"})
_INCLUDED: Final = frozenset(
    {"including", "include", "includes", "included", "inclusive", "with", "incorporating", "in", "part"}
)
_DEFINING, _MAIN = 2, 1
_ENOUGH: Final = 2
_ENOUGH_AGAINST_DESCRIPTOR: Final = 4
_DENIAL: Final = 3
_DENIED_GAP: Final = 2


def read(view: View, findings: Findings) -> None:
    """Decide by the descriptor; where it is silent, by how often and where the page says that tissue is destroyed.

    A mention in a sentence that defines the code gives two points, and so does a step that destroys with an energy;
    any other in a main section one. Two points make
    an ablation, four where the descriptor names another action, three more where the page denies that tissue is
    destroyed. A word that only hints (treat, freeze) counts where its sentence states an energy source.
    """
    destroying: list[Mention] = []
    rivals: list[Mention] = []
    guiding = guidance_alone(view)
    denied = guided = False
    energies = _stated(view)
    for mention in view.scheme("action"):
        verdict = view.verdict(mention, PREDICATE)
        if verdict is None and guiding is not None and mention.path == DESTRUCTION:
            verdict = Verdict(GUIDED, view.words(guiding.first, guiding.last))
        rival = mention.path in _RIVALS and not mention.hint and verdict is None
        if rival and view.contexts.around(mention, "care") is None:
            rivals.append(mention)
        if mention.path != DESTRUCTION:
            continue
        if verdict is None:
            if not mention.hint or _powered(view, mention, energies):
                destroying.append(mention)
        else:
            findings.reject(PREDICATE, VALUE, verdict, view.of(mention))
            guided = guided or (verdict.reason == GUIDED and _imaged(view, mention))
            denied = denied or (verdict.reason == "negated" and _general(view, mention))
    if guided or guiding is not None:
        return
    stated = [mention for mention in destroying if view.role(mention) in roles.DESCRIPTOR]
    if stated:
        _claim(view, findings, stated, "descriptor")
        return
    main = [mention for mention in destroying if view.role(mention) in view.main]
    main = main or [mention for mention in destroying if view.role(mention) in roles.SIDE]
    points = _points(view, main, energies)
    described = any(view.role(mention) in roles.DESCRIPTOR for mention in rivals)
    defined = any(view.defining(view.sentence(mention)) for mention in main)
    named = any(view.codes.names_own(view.sentence(mention)) and not mention.hint for mention in main)
    needed = (_ENOUGH_AGAINST_DESCRIPTOR if described and not named else _ENOUGH) + _DENIAL * (denied and not defined)
    passing = points == _MAIN and all(view.late(mention) for mention in main)
    if points >= needed or (points and not (rivals or denied or passing)):
        main.sort(key=lambda mention: (not view.defining(view.sentence(mention)), mention.first))
        _claim(view, findings, main, "stated")


def guidance_alone(view: View) -> Mention | None:
    """The imaging whose guidance is all that a code is for: ``ablation of tissue: guidance by ultrasound, monitoring``.

    Its descriptor, or the sentence that names the code, names the imaging with both, and not as what something else
    includes.
    """
    for sentence in view.script.sentences:
        if _descriptor_of_both(view, sentence) or _guided_then(view, sentence):
            for image in view.within("modality", sentence.index):
                if not image.hint and view.verdict(image, "modality") is None:
                    return image
    return None


def _descriptor_of_both(view: View, sentence: Sentence) -> bool:
    words = set(view.norms(sentence.first, sentence.last))
    return sentence.role in roles.DESCRIPTOR and words >= _SERVICES and not words & _INCLUDED


def _guided_then(view: View, sentence: Sentence) -> bool:
    """Whether the main text names the code, the services and only then what is destroyed."""
    if sentence.role not in view.main or not view.codes.names_own(sentence):
        return False
    acts = [action.first for action in view.within("action", sentence.index) if action.path == DESTRUCTION]
    before = view.norms(sentence.first, min(acts, default=sentence.first))
    return set(before) >= _SERVICES and not _INCLUDED & set(before[: before.index("guidance")])


def guides(view: View) -> bool:
    """Whether a code is for the guidance of an ablation, which another code reports."""
    return guidance_alone(view) is not None or any(
        mention.path == DESTRUCTION and view.contexts.around(mention, GUIDED) is not None and _imaged(view, mention)
        for mention in view.scheme("action")
    )


def _imaged(view: View, mention: Mention) -> bool:
    """Whether a definition names the imaging whose guidance the code is: ``ultrasound guidance for the ablation``."""
    if not view.defining(view.sentence(mention)):
        return False
    images = [image for image in view.within("modality", mention.sentence) if not image.hint]
    return any(
        image.first <= scope.hit.last and scope.hit.first <= image.last
        for scope in view.contexts.named(GUIDED, mention.sentence)
        for image in images
    )


def _stated(view: View) -> frozenset[str]:
    """Energies that a firm word of the page states."""
    return frozenset(
        energy.path
        for energy in view.scheme("energy")
        if not energy.hint and view.verdict(energy, "energySource") is None
    )


def _powered(view: View, mention: Mention, stated: frozenset[str]) -> bool:
    """Whether the sentence states an energy source; heat and the like do where the page names none other."""
    return any(
        (not energy.hint or stated <= {energy.path}) and view.verdict(energy, "energySource") is None
        for energy in view.within("energy", mention.sentence)
    )


def _general(view: View, mention: Mention) -> bool:
    """Whether a denied destruction is destruction as such, and not one energy source of several."""
    if mention.hint:
        if not _denies(view, mention):
            return False
        return not any(
            not energy.hint and view.verdict(energy, "energySource") is None for energy in view.scheme("energy")
        )
    return not any(energy.first < mention.last and mention.first < energy.last for energy in view.scheme("energy"))


def _denies(view: View, mention: Mention) -> bool:
    """Whether a denial stands right before a word that only hints: ``no heat``, and not ``no camera during it``."""
    return any(
        0 <= mention.first - scope.hit.last <= _DENIED_GAP
        and view.norms(scope.hit.first - 1, scope.hit.first) != (",",)  # foam, not heat: another means
        for scope in view.contexts.named("negated", mention.sentence)
        if PREDICATE in scope.hit.cue.rejects
    )


def _points(view: View, mentions: Iterable[Mention], energies: frozenset[str]) -> int:
    sentences = {mention.sentence: mention for mention in mentions}
    return sum(
        _DEFINING if view.defining(view.sentence(mention)) or _step(view, mention, energies) else _MAIN
        for mention in sentences.values()
    )


def _step(view: View, mention: Mention, energies: frozenset[str]) -> bool:
    """Whether one of the steps destroys with an energy that it names."""
    return view.role(mention) == "steps" and not mention.hint and _powered(view, mention, energies)


def _claim(view: View, findings: Findings, mentions: list[Mention], rule: str) -> None:
    findings.claim((), PREDICATE, VALUE, rule, [view.of(mention) for mention in mentions[:3]])
