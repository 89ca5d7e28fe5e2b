"""A build and a refresh at a glance: the tables and texts that a person opens after a run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from flows.fetching.answers import Result as Ended
from flows.fetching.fetch import Fetched
from flows.releases.records import PageRecord, Status, Summary

Row = dict[str, str | int]

_AXES: Final = {
    "approach": b"\n    abl:approach ",
    "energy source": b"\n    abl:energySource ",
    "organ": b"\n    abl:organ ",
    "target": b"\n    abl:target ",
    "guidance": b"\n    abl:guidance ",
}
_PROCEDURE: Final = b"procedure:"
_LONGEST: Final = 60_000
_CHUNK: Final = 1 << 20


def coverage(folder: Path) -> list[Row]:
    """How many procedures of a release state each axis.

    Args:
        folder: The release's own folder; its file is read through in pieces, as `extract.turtle` writes it.

    Returns:
        A row for each axis, after one for all procedures.
    """
    count: Counter[str] = Counter()
    rest = b""
    with (folder / "procedures.ttl").open("rb") as file:
        while chunk := file.read(_CHUNK):
            *blocks, rest = (rest + chunk).split(b"\n\n")
            for block in blocks:
                _count(block, count)
    _count(rest, count)
    whole = count["procedures"]
    rows: list[Row] = [{"states": "procedures in the graph", "procedures": whole, "share": ""}]
    rows += [{"states": axis, "procedures": count[axis], "share": _share(count[axis], whole)} for axis in _AXES]
    return rows


def quarantine(records: Sequence[PageRecord]) -> list[Row]:
    """The pages in quarantine by reason, with an example of each; empty where there are none."""
    by_reason: defaultdict[str, list[PageRecord]] = defaultdict(list)
    for record in records:
        if record.status is Status.QUARANTINED:
            by_reason[record.reason or ""].append(record)
    return [
        {"reason": reason, "pages": len(some), "example": some[0].path, "what is wrong there": some[0].message}
        for reason, some in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def changed(summary: Summary) -> str:
    """What is other than in the release before, as Markdown."""
    if summary.held_back is not None:
        return f"No new release: {summary.held_back}"
    if summary.unchanged or summary.folder is None:
        return f"Nothing changed: `{summary.release}` stays."
    file = Path(summary.folder) / "changes.md"
    text = file.read_text("utf-8") if file.is_file() else f"Release `{summary.release}`."
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST].rpartition(chr(10))[0]}\n\nThis is the beginning; all of it is in `{file}`.\n"


def sources(fetched: Fetched) -> list[Row]:
    """What became of the addresses of each source, with an example of what failed."""
    rows: list[Row] = []
    for one in fetched.sources:
        results = Counter(outcome.result for outcome in one.outcomes)
        failed = [outcome for outcome in one.outcomes if outcome.result is Ended.FAILED]
        why = Counter(str(outcome.why) for outcome in failed)
        rows.append(
            {
                "source": one.source.name,
                "fetched": results[Ended.FETCHED],
                "unchanged": results[Ended.UNCHANGED],
                "failed": len(failed),
                "why": ", ".join(f"{number} {reason}" for reason, number in sorted(why.items())),
                "example": f"{failed[0].address}: {failed[0].message}" if failed else "",
            }
        )
    return rows


def _count(block: bytes, count: Counter[str]) -> None:
    if block.startswith(_PROCEDURE):
        count["procedures"] += 1
        count.update(axis for axis, line in _AXES.items() if line in block)


def _share(some: int, whole: int) -> str:
    return f"{some / whole:.0%}" if whole else ""
