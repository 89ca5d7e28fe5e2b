"""The files of a release, written into its draft."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from extract import turtle
from flows.assembly.outcome import Outcome, Span
from flows.assembly.spread import Call, Spread
from flows.progress import Progress
from flows.releases import records, vocabulary
from flows.releases.diff_text import Figures
from flows.releases.records import PageRecord

_CHUNK: Final = 1 << 20


class Telling(StrEnum):
    """Files that tell of a whole release. They take long, and one does not look at the other."""

    DATASET = "dataset.ttl"
    REPORT = "report.html"


def write(draft: Path, outcomes: Sequence[Outcome], done: Iterable[PageRecord]) -> tuple[Outcome, ...]:
    """Write the files that a release is named by.

    Args:
        draft: Where to.
        outcomes: What became of each procedure, in code order.
        done: What became of each page.

    Returns:
        The outcomes, with the places of their blocks in the new files.

    Raises:
        OSError: The disk is full, or a block cannot be read.
    """
    good = [one for one in outcomes if one.facts_block is not None and one.evidence_block is not None]
    facts = _join(draft / "procedures.ttl", [one.facts_block for one in good if one.facts_block is not None])
    evidence = _join(draft / "evidence.ttl", [one.evidence_block for one in good if one.evidence_block is not None])
    (draft / "ontology.ttl").write_bytes(vocabulary.merged())
    ordered = records.in_order(done)
    for name, lines in (
        ("pages.jsonl", records.pages_lines(ordered)),
        ("quarantine.jsonl", records.quarantine_lines(ordered)),
    ):
        with (draft / name).open("wb") as out:
            out.writelines(lines)
    placed = {
        one.code: replace(one, facts_block=in_facts, evidence_block=in_evidence)
        for one, in_facts, in_evidence in zip(good, facts, evidence, strict=True)
    }
    return tuple(placed.get(one.code, one) for one in outcomes)


def write_rest(draft: Path, before: Path | None, progress: Progress, spread: Spread) -> Figures | None:
    """Write the files that are made from the others and from the release before.

    Args:
        draft: Where the others are.
        before: Folder of the release before, or None.
        progress: Is told how far it is.
        spread: Works off those that take long.

    Returns:
        How many of what changed; None without a release before.
    """
    # Imported here, so that a build that changes nothing starts without them.
    from flows.releases import changes, sssom

    written = iter(range(len(Telling) + 3))

    def step(_: int = 0) -> None:
        progress.step("files written", next(written), len(Telling) + 2)

    step()
    figures = changes.write(draft, before)
    step()
    sssom.write(draft)
    step()
    # What takes longest first.
    spread(tell, [Call((draft, before, file)) for file in (Telling.REPORT, Telling.DATASET)], step)
    return figures


def tell(draft: Path, before: Path | None, file: Telling) -> None:
    """Write one of the files that tell of a whole release.

    Args:
        draft: Where the others are.
        before: Folder of the release before, or None.
        file: Which one.
    """
    if file is Telling.DATASET:
        from flows.releases import dataset

        dataset.write(draft, before)
    else:
        from flows import report

        report.write(draft, before)


def _join(target: Path, spans: Sequence[Span]) -> list[Span]:
    """Write the prefix lines and the blocks, and say where each block stands now."""
    header = turtle.header()
    places: list[Span] = []
    with target.open("wb") as out:
        position = out.write(header)
        for run in _runs(spans):
            _copy(run, out)
        for span in spans:
            places.append(Span(str(target), position, span.size))
            position += span.size
    return places


def _runs(spans: Iterable[Span]) -> Iterator[Span]:
    """Blocks that stand one behind the other in the same file, as one."""
    last: Span | None = None
    for span in spans:
        if last is not None and (span.file, span.start) == (last.file, last.start + last.size):
            last = Span(last.file, last.start, last.size + span.size)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _copy(span: Span, out: BinaryIO) -> None:
    left = span.size
    with Path(span.file).open("rb") as file:
        file.seek(span.start)
        while left:
            data = file.read(min(left, _CHUNK))
            if not data:
                raise OSError(f"{span.file}: ends before its time")
            out.write(data)
            left -= len(data)
