"""One page read: mentions, context, and the rules of each axis in turn."""

from __future__ import annotations

from extract.axes import (
    act,
    approach,
    counts,
    energy,
    guidance,
    instrument,
    measures,
    organ,
    site,
    substance,
    target,
    values,
)
from extract.axes.weighing import by_value, revise
from extract.findings import Findings
from extract.model import Page, Reading
from extract.view import View
from ontology.weights import Scales


def read(page: Page, scales: Scales | None = None) -> Reading:
    """What a page says about its procedure.

    Args:
        page: The page.
        scales: What traits of values weigh; those that were learned unless given.

    Returns:
        Facts with their evidence, and what was read and not believed.
    """
    view = View(page, scales)
    findings = Findings()
    act.read(view, findings)
    approach.read(view, findings)
    revise(view, findings, approach.PREDICATE, by_value(view.scheme("approach")))
    energy.read(view, findings)
    revise(view, findings, energy.PREDICATE, by_value(view.scheme("energy")))
    site.read(view, findings)
    revise(view, findings, "target", by_value(target.weighable(view, findings)))
    revise(view, findings, "organ", by_value(view.scheme("organ")))
    organ.leave_broader(view, findings)
    instrument.read(view, findings)
    guidance.read(view, findings)
    counts.read(view, findings)
    substance.read(view, findings)
    measures.read(view, findings)
    values.read(view, findings, "device", "device")
    return Reading(page, findings.assertions(), tuple(sorted(findings.rejections.values())))
