"""Organ and target: what is treated, told from what is only named."""

from __future__ import annotations

from extract.axes import organ, target
from extract.findings import Findings
from extract.view import View


def read(view: View, findings: Findings) -> None:
    """Hold targets, then organs, which may be told by the targets that they hold."""
    targets = list(view.believed("target", "target", findings))
    target.read(view, findings, targets)
    organ.read(view, findings, targets)
    target.leave_nerves(view, findings)
