"""One page read: mentions, context, and the rules of each axis in turn."""

from __future__ import annotations

from extract.axes import act, approach, counts, energy, guidance, instrument, measures, site, substance, values
from extract.findings import Findings
from extract.model import Page, Reading
from extract.view import View


def read(page: Page) -> Reading:
    """What a page says about its procedure.

    Args:
        page: The page.

    Returns:
        Facts with their evidence, and what was read and not believed.
    """
    view = View(page)
    findings = Findings()
    act.read(view, findings)
    approach.read(view, findings)
    energy.read(view, findings)
    site.read(view, findings)
    instrument.read(view, findings)
    guidance.read(view, findings)
    counts.read(view, findings)
    substance.read(view, findings)
    measures.read(view, findings)
    values.read(view, findings, "device", "device")
    return Reading(page, findings.assertions(), tuple(sorted(findings.rejections.values())))
