"""The approach that an instrument tells, although a page may not use its word: a catheter in a vein, a speculum."""

from __future__ import annotations

from typing import Final

from extract.axes.approach import ENDOSCOPIC
from extract.axes.beside import HEART
from extract.findings import Findings
from extract.view import View

_OTHERWISE: Final = frozenset({"approach/open", "approach/laparoscopic", "approach/external"})


def read(view: View, findings: Findings) -> None:
    """Hold the approach that a device serves, where the organ treated is one whose inside it leads into.

    Which devices and organs these are is data (``abl:serves``, ``abl:innerApproach``).
    """
    if not findings.values("type") or _OTHERWISE & set(findings.values("approach")):
        return
    if ENDOSCOPIC in findings.values("approach") and any(
        view.lexicon.related(HEART, o) for o in findings.values("organ")
    ):
        return  # an endoscope at the heart comes through the chest: catheters are then others'
    concepts = view.lexicon.concepts
    inside = {
        concepts[path].inner_approach
        for organ in findings.values("organ")
        for path in (organ, *view.lexicon.ancestors(organ))
    }
    for mention in view.scheme("device"):
        approach = concepts[mention.path].serves
        if approach is None or approach not in inside or view.role(mention) not in view.main:
            continue
        if approach in findings.values("approach") or view.verdict(mention, "approach") is not None:
            continue
        findings.claim((), "approach", approach, "inside-the-organ", [view.of(mention)])
