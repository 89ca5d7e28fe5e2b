"""An evaluation in words: a table, and page by page what was read and should not, and what should have been read."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from itertools import groupby
from typing import Final, TextIO

from extract.behind import Trace
from extract.gold import AXES
from extract.scoring import Means, Tally
from flows import table
from flows.evaluating.evaluate import Agreement, Difference, Evaluation
from flows.table import clean

WIDTH: Final = 100
"""Columns of the lines below the table."""

_HEAD: Final = ("axis", "in gold", "hit", "false", "missed", "precision", "recall", "F1")
_NONE: Final = "-"


def write(evaluation: Evaluation, out: TextIO | None = None) -> None:
    """Write an evaluation for a person.

    Args:
        evaluation: What was found.
        out: Where to; standard output if None. The table is drawn if it is a terminal.
    """
    out = sys.stdout if out is None else out
    score = evaluation.score
    out.write(_opening(evaluation))
    rows = [_row(axis, score.tallies[axis]) for axis in AXES]
    rows += [_row("micro", score.micro()), ["macro", "", "", "", "", *_shares(score.macro())]]
    table.write(_HEAD, rows, out)
    out.writelines(line + "\n" for line in _rest(evaluation))


def _opening(evaluation: Evaluation) -> str:
    pages = len(evaluation.judged)
    parts = [f"{pages} {'page' if pages == 1 else 'pages'}"]
    if evaluation.quarantined:
        parts.append(f"{len(evaluation.quarantined)} in quarantine")
    if evaluation.borderline:
        parts.append(f"{evaluation.borderline} borderline, left out of is-ablation")
    return ", ".join(parts) + "\n\n"


def _row(name: str, tally: Tally) -> list[str]:
    counts = [str(number) for number in (tally.hit + tally.missed, tally.hit, tally.false, tally.missed)]
    return [name, *counts, *(_shares(tally) if tally.counted else [_NONE] * 3)]


def _shares(of: Tally | Means) -> list[str]:
    return [f"{share:.3f}" for share in (of.precision, of.recall, of.f1)]


def _rest(evaluation: Evaluation) -> Iterator[str]:
    yield ""
    for item in evaluation.agreements:
        yield f"{item.name.replace('_', ' ')}: {item.agree} of {item.pages} pages agree"
    if evaluation.quarantined:
        yield from ("", "In quarantine, all of their gold counted as missed:")
        for page in evaluation.quarantined:
            yield from _wrapped(f"{page.entry['file']}: {page.reason}: {page.message}", 2)
    for item in evaluation.agreements:
        yield from _differing(item)
    quarantined = {page.entry["file"] for page in evaluation.quarantined}
    shown = [difference for difference in evaluation.differences if difference.miss.file not in quarantined]
    if shown:
        yield from ("", "Differences (+ read, and not in gold; - in gold, and not read):")
    for file, differences in groupby(shown, key=lambda difference: difference.miss.file):
        yield from ("", clean(file))
        for difference in differences:
            yield from _difference(difference)


def _differing(item: Agreement) -> Iterator[str]:
    if item.differing:
        yield from ("", f"Other {item.name.replace('_', ' ')} than in gold:")
    for page in item.differing:
        yield from _wrapped(f"{page.file}: gold {page.gold}; read {page.read}", 2)


def _difference(difference: Difference) -> Iterator[str]:
    miss = difference.miss
    mark = "+" if miss.kind == "false" else "-"
    yield from _wrapped(f"{mark} {miss.axis}: {miss.value}", 2)
    if not difference.traces:
        yield from _wrapped("not found on the page", 6)
    told = ""
    for trace in difference.traces:
        yield from _wrapped(_place(trace, miss.kind), 6)
        if trace.sentence not in {told, trace.quote}:
            yield from _wrapped(f"in: {trace.sentence}", 8)
        told = trace.sentence


def _place(trace: Trace, kind: str) -> str:
    where = f"“{trace.quote}” ({trace.role}, {trace.start}-{trace.end})"
    if trace.kind == "fact":
        read = "" if kind == "false" else f"{trace.value} was read instead, "
        return f"{read}rule {trace.reason}: {where}"
    if trace.kind == "rejection":
        cue = f" by “{trace.cue}”" if trace.cue else ""
        return f"{trace.value} was rejected, {trace.reason}{cue}: {where}"
    if trace.kind == "unread":
        return f"{trace.value} stands in a section that is not read: {where}"
    return f"{trace.value} is named, and no rule took it up: {where}"


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(
        clean(text),
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_on_hyphens=False,
    )
