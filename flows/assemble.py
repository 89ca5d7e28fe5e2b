"""A whole build, from paths to a release, with plain functions; Prefect only hands in wrapped ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final, Protocol

from extract import turtle
from flows import files, records, release, stages, vocabulary
from flows.files import Found
from flows.progress import SILENT, Progress
from flows.records import PageRecord, Status, Summary
from flows.stages import Made, ReadBatch, ReadPage

PAGES_A_BATCH: Final = 200
PROCEDURES_A_BATCH: Final = 200
"""The shapes cost a third more with 50 at once, and no less with more (measured)."""
PAGES_OF_A_BATCH: Final = 1000
"""A batch of procedures is closed early where they have many pages, to keep memory bounded."""


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


def assemble(
    paths: Sequence[Path],
    output: Path,
    *,
    quotes: bool = True,
    strict: bool = False,
    progress: Progress = SILENT,
    read: Read = stages.read_batch,
    make: Make = stages.make_batch,
) -> Result:
    """Build a release from pages.

    Args:
        paths: Files and folders with pages.
        output: The folder of the releases.
        quotes: Whether quoted words go into the evidence.
        strict: Whether one page in quarantine holds the whole release back.
        progress: Is told how far the build is.
        read: Reads a batch of pages.
        make: Makes a batch of procedures.

    Returns:
        What happened. Where nothing is publishable there is no new release, and the one before stays.

    Raises:
        UserError: A path or the output folder cannot be used.
    """
    found = files.find(paths, release.own_folders(output))
    if not found:
        return _result((), (), "no page was found: pages end in " + ", ".join(sorted(files.SUFFIXES)))
    with release.workshop(output, lambda: progress.note(f"another build writes to {output}; waiting for it")) as shop:
        pages: list[ReadPage] = []
        done: list[PageRecord] = []
        for number, batch in enumerate(_slices(found, PAGES_A_BATCH)):
            progress.step("pages read", number * PAGES_A_BATCH, len(found))
            got = read(batch, shop.scratch / f"pages-{number:06}.pickle")
            pages.extend(got.pages)
            done.extend(got.quarantined)
        progress.step("pages read", len(found), len(found))
        groups, torn = stages.group(pages)
        done.extend(torn)
        made: list[Made] = []
        finished = 0
        for number, some in enumerate(_batches(groups)):
            progress.step("procedures made", finished, len(groups))
            made.append(make(some, shop.scratch, number, quotes=quotes))
            finished += len(some)
        progress.step("procedures made", len(groups), len(groups))
        done.extend(chain.from_iterable(one.records for one in made))
        if len(done) != len(found):
            raise AssertionError(f"{len(found)} pages were given, {len(done)} are accounted for")
        held_back = _held_back(done, made, strict=strict)
        if held_back is not None:
            return _result(done, made, held_back)
        _write(shop.draft, made, done)
        name, folder = shop.publish()
    return _result(done, made, None, name, folder)


def _held_back(done: Sequence[PageRecord], made: Sequence[Made], *, strict: bool) -> str | None:
    """Why there is to be no release, or None."""
    if not any(one.procedures for one in made):
        return "no page given holds a procedure that can be published"
    bad = sum(records.quarantined(done).values())
    if strict and bad:
        return f"--strict, and {bad} of {len(done)} pages ended in quarantine"
    return None


def _write(draft: Path, made: Sequence[Made], done: Sequence[PageRecord]) -> None:
    """Write the files of the release."""
    for name, blocks in (
        ("procedures.ttl", [one.facts_file for one in made]),
        ("evidence.ttl", [one.evidence_file for one in made]),
    ):
        with (draft / name).open("wb") as out:
            out.write(turtle.header())
            for block in blocks:
                with Path(block).open("rb") as part:
                    shutil.copyfileobj(part, out)
    (draft / "ontology.ttl").write_bytes(vocabulary.merged())
    (draft / "pages.jsonl").write_bytes(records.pages_lines(done))
    (draft / "quarantine.jsonl").write_bytes(records.quarantine_lines(done))


def _result(
    done: Sequence[PageRecord],
    made: Sequence[Made],
    held_back: str | None,
    name: str | None = None,
    folder: Path | None = None,
) -> Result:
    def count(status: Status) -> int:
        return sum(record.status is status for record in done)

    summary = Summary(
        pages=len(done),
        published=count(Status.PUBLISHED),
        quarantined=records.quarantined(done),
        out_of_scope=count(Status.OUT_OF_SCOPE),
        procedures=sum(one.procedures for one in made),
        facts=sum(one.facts for one in made),
        warnings=sum(one.warnings for one in made),
        release=name,
        folder=None if folder is None else str(folder),
        held_back=held_back,
    )
    return Result(summary, tuple(sorted(done, key=lambda record: (record.path, record.sha256 or ""))))


def _slices(found: Sequence[Found], size: int) -> Iterator[Sequence[Found]]:
    for start in range(0, len(found), size):
        yield found[start : start + size]


def _batches(groups: Sequence[Sequence[ReadPage]]) -> Iterator[Sequence[Sequence[ReadPage]]]:
    """Batches of procedures, in code order, bounded in procedures and in pages."""
    batch: list[Sequence[ReadPage]] = []
    pages = 0
    for some in groups:
        if batch and (len(batch) == PROCEDURES_A_BATCH or pages + len(some) > PAGES_OF_A_BATCH):
            yield batch
            batch, pages = [], 0
        batch.append(some)
        pages += len(some)
    if batch:
        yield batch
