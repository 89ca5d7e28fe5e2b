"""The end of a build: see what changed, write the release, ask the gates, and publish it or hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from flows.assembly import draft, ledger
from flows.assembly.ledger import Ledger, PageEntry, State
from flows.assembly.outcome import Outcome
from flows.assembly.spread import Spread
from flows.progress import Progress
from flows.releases import gates, held, records, release
from flows.releases.gates import Limits
from flows.releases.records import PageRecord, Summary
from flows.releases.release import Workshop


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made.

    Attributes:
        before: The release before, or None.
        book: Its ledger.
        made_with: Stands for vocabulary, shapes, code and options.
        outcomes: What became of each procedure, in code order.
        records: What became of each page, in order.
        pages: What reading each page gave, for the next ledger.
        summary: Of the build so far.
    """

    before: Path | None
    book: Ledger
    made_with: str
    outcomes: tuple[Outcome, ...]
    records: tuple[PageRecord, ...]
    pages: Mapping[tuple[str, str], PageEntry]
    summary: Summary


def finish(
    shop: Workshop,
    built: Built,
    *,
    strict: bool,
    limits: Limits,
    keep: int,
    progress: Progress,
    spread: Spread,
) -> Summary:
    """Bring a build to its end.

    Args:
        shop: Where it works.
        built: What it made.
        strict: Whether one page in quarantine holds the release back.
        limits: How much may change at once.
        keep: So many releases stay.
        progress: Is told how far it is.
        spread: Works off what can be written side by side.

    Returns:
        The summary, with the release that there is now, or why there is no new one.
    """
    summary, before = built.summary, built.before
    if not summary.procedures:
        return replace(summary, held_back="no page given holds a procedure that can be published")
    quarantined = sum(summary.quarantined.values())
    if not _same(built):
        placed = draft.write(shop.draft, built.outcomes, built.records)
        name = release.identifier(shop.draft)
        ledger.save(shop.ledger, name, built.made_with, built.pages, placed)
    else:
        name = "" if before is None else before.name
    if before is not None and name == before.name and release.is_latest(shop.output, name):
        shop.keep_ledger(name)
        if strict and quarantined:
            return replace(summary, held_back=gates.held_by_strict(summary.pages, quarantined))
        return replace(summary, release=name, folder=str(before), unchanged=True)
    figures = draft.write_rest(shop.draft, before, progress, spread)
    closed = gates.judge(
        limits,
        figures,
        pages=summary.pages,
        quarantined=quarantined,
        strict=strict,
        findings=gates.check_dataset(shop.draft),
    )
    if closed:
        return held.hold(shop, None if before is None else before.name, closed, summary)
    name, folder = shop.publish(keep)
    return replace(summary, release=name, folder=str(folder))


def _same(built: Built) -> bool:
    """Whether the release before is what would be written, told without writing it."""
    if built.before is None or built.book.state is not State.SOUND:
        return False
    # Known outcomes come from the ledger as they are, new ones are others even where they look the same.
    known = built.book.outcomes
    if len(known) != len(built.outcomes) or any(known.get(one.code) is not one for one in built.outcomes):
        return False
    for name, lines in (
        ("pages.jsonl", records.pages_lines(built.records)),
        ("quarantine.jsonl", records.quarantine_lines(built.records)),
    ):
        if (built.before / name).read_bytes() != b"".join(lines):
            return False
    return True
