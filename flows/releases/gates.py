"""Gates before publishing: what a new release may not be without a person's word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows.releases.diff_text import Figures
from shapes.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may change at once, as shares from 0 to 1; a gate looks at nothing below its smallest number.

    The smallest numbers keep a few pages from holding a small release.

    Attributes:
        gone: Largest share of the procedures before that may be gone.
        gone_from: So many are gone at least where the gate closes.
        changed: Largest share of the facts before that may be removed or changed. New facts are no concern.
        changed_from: So many are removed or changed at least.
        quarantined: Largest share of the pages given that may end in quarantine.
        quarantined_from: So many do at least.
    """

    gone: float = 0.10
    gone_from: float = 5
    changed: float = 0.30
    changed_from: float = 100
    quarantined: float = 0.50
    quarantined_from: float = 20


DEFAULT: Final = Limits()


def judge(
    limits: Limits,
    figures: Figures | None,
    *,
    pages: int,
    quarantined: int,
    strict: bool,
    findings: tuple[Finding, ...],
) -> tuple[str, ...]:
    """Which gates hold a release, with the figures.

    Args:
        limits: How much may change.
        figures: How many of what changed against the release before; None without one.
        pages: Pages given.
        quarantined: Of these, pages in quarantine.
        strict: Whether one page in quarantine holds the release.
        findings: What the shapes say of the release's own description. Its procedures conform: what does not ends in
            quarantine.

    Returns:
        A sentence for each gate that holds it.

    >>> judge(Limits(), Figures(before=40, removed=6), pages=90, quarantined=0, strict=False, findings=())
    ('gate "procedures gone": 6 of 40 procedures (15.0 %) are gone, at most 10.0 % may be',)
    """
    of_pages = _by_pages(limits, pages, quarantined, findings, strict=strict)
    return (*of_pages, *(() if figures is None else _by_figures(limits, figures)))


def _by_pages(
    limits: Limits, pages: int, quarantined: int, findings: tuple[Finding, ...], *, strict: bool
) -> Iterator[str]:
    broken = [finding for finding in findings if finding.severity is Severity.VIOLATION]
    if broken:
        yield f'gate "shapes": {len(broken)} violations in dataset.ttl, the first: {broken[0].message}'
    if strict and quarantined:
        yield held_by_strict(pages, quarantined)
    if quarantined >= limits.quarantined_from and _over(quarantined, pages, limits.quarantined):
        yield f'gate "quarantine": {_share(quarantined, pages, "pages")} are in quarantine, {_most(limits.quarantined)}'


def _by_figures(limits: Limits, figures: Figures) -> Iterator[str]:
    gone, other = figures.removed, figures.facts_removed + figures.facts_changed
    if gone >= limits.gone_from and _over(gone, figures.before, limits.gone):
        yield f'gate "procedures gone": {_share(gone, figures.before, "procedures")} are gone, {_most(limits.gone)}'
    if other >= limits.changed_from and _over(other, figures.facts_before, limits.changed):
        share = _share(other, figures.facts_before, "facts")
        yield f'gate "facts changed": {share} are removed or changed, {_most(limits.changed)}'


def held_by_strict(pages: int, quarantined: int) -> str:
    """Why ``--strict`` holds a release."""
    return f"--strict: {quarantined} of {pages} pages ended in quarantine"


def check_dataset(draft: Path) -> tuple[Finding, ...]:
    """What the shapes say of ``dataset.ttl``; nothing where a release has none."""
    # Whoever judges figures alone need not wait for the parts that run shapes.
    import pyoxigraph as ox

    from shapes.check import check

    file = draft / "dataset.ttl"
    if not file.exists():
        return ()
    return check(quad.triple for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE))


def _over(part: int, total: int, share: float) -> bool:
    return total > 0 and part / total > share


def _share(part: int, total: int, what: str) -> str:
    return f"{part} of {total} {what} ({part / total:.1%})".replace("%", " %")


def _most(share: float) -> str:
    return f"at most {share:.1%} may be".replace("%", " %")
