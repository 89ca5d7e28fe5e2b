"""A whole build, from paths to a release, with plain functions; Prefect only hands in wrapped ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil
from pathlib import Path
from typing import Final, Protocol

from flows import files
from flows.assembly import finish, ledger, ledger_pages, stages
from flows.assembly.finish import Built
from flows.assembly.ledger import Ledger, State
from flows.assembly.ledger_code import fingerprint
from flows.assembly.outcome import Made, Outcome, ReadBatch, ReadPage
from flows.assembly.spread import Call, Spread, in_turn
from flows.files import Found
from flows.progress import SILENT, Progress
from flows.releases import gates, records, release
from flows.releases.gates import Limits
from flows.releases.records import PageRecord, Status, Summary
from flows.releases.release import Workshop

PAGES_A_BATCH: Final = 500
PROCEDURES_A_BATCH: Final = 200
"""The shapes cost a third more with 50 at once, and no less with more (measured)."""
PAGES_OF_A_BATCH: Final = 1000
"""A batch of procedures is closed early where they have many pages, to keep memory bounded."""

_Group = tuple[ReadPage, ...]


class Read(Protocol):
    """`stages.read_batch`, plain or wrapped."""

    def __call__(self, found: Sequence[Found], file: Path) -> ReadBatch:
        """See `stages.read_batch`."""


class Make(Protocol):
    """`stages.make_batch`, plain or wrapped."""

    def __call__(self, groups: Sequence[Sequence[ReadPage]], folder: Path, number: int, *, quotes: bool) -> Made:
        """See `stages.make_batch`."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a build did, in numbers and page by page."""

    summary: Summary
    records: tuple[PageRecord, ...]


@dataclass(frozen=True, slots=True)
class _Pages:
    """The pages of a build.

    Attributes:
        good: Those that name their code.
        failed: Records of those that cannot be used by themselves.
        torn: Records of those among the good that cannot be used, since others have the same bytes.
        groups: The rest of the good by procedure, in code order.
        read: How many were taken apart.
    """

    good: tuple[ReadPage, ...]
    failed: tuple[PageRecord, ...]
    torn: tuple[PageRecord, ...]
    groups: tuple[_Group, ...]
    read: int


def assemble(
    paths: Sequence[Path],
    output: Path,
    *,
    quotes: bool = True,
    strict: bool = False,
    limits: Limits = gates.DEFAULT,
    keep: int = release.KEEP,
    progress: Progress = SILENT,
    read: Read = stages.read_batch,
    make: Make = stages.make_batch,
    spread: Spread = in_turn,
    workers: int = 1,
    finishing: Spread = in_turn,
) -> Result:
    """Build a release from pages; what the release before was made of is not read again.

    Args:
        paths: Files and folders with pages.
        output: The folder of the releases.
        quotes: Whether quoted words go into the evidence.
        strict: Whether one page in quarantine holds the release back.
        limits: How much may change at once.
        keep: So many releases stay.
        progress: Is told how far the build is.
        read: Reads a batch of pages.
        make: Makes a batch of procedures.
        spread: Works off the batches.
        workers: How many batches it works off at once; there are as many for each.
        finishing: Works off the files that tell of the whole release.

    Returns:
        What happened. Where nothing is publishable, a gate holds the release or nothing changed, the one before stays.

    Raises:
        UserError: A path or the output folder cannot be used.
    """
    found = files.find(paths, release.own_folders(output))
    if not found:
        nothing = "no page was found: pages end in " + ", ".join(sorted(files.SUFFIXES))
        return Result(_summary((), (), read=0, held_back=nothing), ())
    made_with = fingerprint(quotes=quotes)
    with release.workshop(output, lambda: progress.note(f"another build writes to {output}; waiting for it")) as shop:
        before = release.before(output)
        book = ledger.load(output, before, made_with)
        if book.state not in {State.SOUND, State.NONE}:
            progress.note(book.state.value)
        pages = _read(found, book, shop, read, spread, workers, progress)
        outcomes = _make(pages.groups, book, shop, make, spread, workers, progress, quotes=quotes)
        ends = (outcome.records(group) for outcome, group in zip(outcomes, pages.groups, strict=True))
        done = records.in_order(chain(pages.failed, pages.torn, *ends))
        if len(done) != len(found):
            raise AssertionError(f"{len(found)} pages were given, {len(done)} are accounted for")
        built = Built(
            before,
            book,
            made_with,
            outcomes,
            tuple(done),
            ledger.entries(pages.good, pages.failed, found),
            _summary(outcomes, done, read=pages.read),
        )
        summary = finish.finish(
            shop, built, strict=strict, limits=limits, keep=keep, progress=progress, spread=finishing
        )
    return Result(summary, built.records)


def _read(
    found: Sequence[Found],
    book: Ledger,
    shop: Workshop,
    read: Read,
    spread: Spread,
    workers: int,
    progress: Progress,
) -> _Pages:
    """Read the pages that the ledger does not know, and those of procedures that have to be made anew."""
    sorted_out = ledger_pages.sort(found, book, progress)
    good, failed, unknown = list(sorted_out.known), list(sorted_out.failed), sorted_out.unknown
    number = count = 0
    while True:
        size = _even(len(unknown), PAGES_A_BATCH, workers)
        batches = [unknown[start : start + size] for start in range(0, len(unknown), size)]
        calls = [
            Call((some, shop.scratch / f"pages-{place:06}.pickle")) for place, some in enumerate(batches, start=number)
        ]
        steps = _Steps(progress, "pages read", count, [len(some) for some in batches])
        for got in spread(read, calls, steps):
            good.extend(got.pages)
            failed.extend(got.quarantined)
        number += len(batches)
        count += len(unknown)
        groups, torn = stages.group(good)
        # A page that changes meanwhile may come back with another code, so groups are looked through once more.
        again = {one.path for group in groups if book.outcome(group) is None for one in group if one.place is None}
        if not again:
            return _Pages(tuple(good), tuple(failed), torn, groups, count)
        unknown = tuple(Found(one.name, one.path) for one in good if one.path in again)
        good = [one for one in good if one.path not in again]


def _make(
    groups: Sequence[_Group],
    book: Ledger,
    shop: Workshop,
    make: Make,
    spread: Spread,
    workers: int,
    progress: Progress,
    *,
    quotes: bool,
) -> tuple[Outcome, ...]:
    """Make the procedures that the ledger does not know."""
    known = [book.outcome(group) for group in groups]
    todo = [group for group, outcome in zip(groups, known, strict=True) if outcome is None]
    batches = list(_batches(todo, _even(len(todo), PROCEDURES_A_BATCH, workers)))
    calls = [Call((some, shop.scratch, number), {"quotes": quotes}) for number, some in enumerate(batches)]
    steps = _Steps(progress, "procedures made", 0, [len(some) for some in batches])
    made = {outcome.code: outcome for done in spread(make, calls, steps) for outcome in done.outcomes}
    return tuple(outcome or made[group[0].code] for group, outcome in zip(groups, known, strict=True))


class _Steps:
    """Tells how much of a step is done, as its batches are."""

    def __init__(self, progress: Progress, name: str, before: int, sizes: Sequence[int]) -> None:
        self._progress, self._name, self._sizes = progress, name, sizes
        self._done, self._total = before, before + sum(sizes)
        self._say()

    def __call__(self, place: int) -> None:
        self._done += self._sizes[place]
        self._say()

    def _say(self) -> None:
        self._progress.step(self._name, self._done, self._total)


def _summary(
    outcomes: Sequence[Outcome], done: Sequence[PageRecord], *, read: int, held_back: str | None = None
) -> Summary:
    def count(status: Status) -> int:
        return sum(record.status is status for record in done)

    return Summary(
        pages=len(done),
        published=count(Status.PUBLISHED),
        quarantined=records.quarantined(done),
        out_of_scope=count(Status.OUT_OF_SCOPE),
        procedures=sum(one.status is Status.PUBLISHED for one in outcomes),
        facts=sum(one.facts for one in outcomes),
        warnings=sum(one.warnings for one in outcomes),
        release=None,
        folder=None,
        held_back=held_back,
        pages_read=read,
    )


def _even(number: int, most: int, workers: int) -> int:
    """Size of batches, so that nobody is idle while another does the last one.

    >>> _even(1000, 200, 1), _even(1000, 200, 2), _even(1000, 200, 8), _even(3, 200, 8)
    (200, 167, 125, 1)
    """
    rounds = max(ceil(number / (most * workers)), 1)
    return min(most, max(ceil(number / (rounds * workers)), 1)) if workers > 1 else most


def _batches(groups: Sequence[_Group], most: int) -> Iterator[Sequence[_Group]]:
    """Batches of procedures, in code order, bounded in procedures and in pages."""
    batch: list[_Group] = []
    pages = 0
    for some in groups:
        if batch and (len(batch) == most or pages + len(some) > PAGES_OF_A_BATCH):
            yield batch
            batch, pages = [], 0
        batch.append(some)
        pages += len(some)
    if batch:
        yield batch
