"""What a build says about each page and about itself, and how that is written as lines of JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from shapes.findings import Finding


class Status(StrEnum):
    """Where a page ended."""

    PUBLISHED = "published"
    QUARANTINED = "quarantined"
    OUT_OF_SCOPE = "out-of-scope"


@dataclass(frozen=True, slots=True, order=True)
class PageRecord:
    """What became of one page.

    Attributes:
        path: Its name in the release.
        sha256: Of its bytes, or None where they were not read.
        status: Where it ended.
        code: The code it is about, or None.
        reason: Reason code of the quarantine, else None.
        message: The same in words, else empty.
        start: Position in the page's text where it shows, or None.
        findings: What the shapes say of its procedure, violations only.
    """

    path: str
    sha256: str | None
    status: Status
    code: str | None = None
    reason: str | None = None
    message: str = ""
    start: int | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build did.

    Attributes:
        pages: Pages given.
        published: Of these, pages in the graph.
        quarantined: Pages that are not, by reason code.
        out_of_scope: Pages whose procedure states none of the four axes.
        procedures: Procedures in the graph.
        facts: Facts in the graph, each with its evidence.
        warnings: Findings that do not keep a procedure out.
        release: Identifier of the release, or None where none was written.
        folder: Where it stands, or None.
        held_back: Why no release was written, or None.
        unchanged: Whether the release is the one before, since nothing changed.
        held: Where the release waits to be accepted, or None.
        pages_read: Pages that were read and taken apart; the others were known from the build before.
    """

    pages: int
    published: int
    quarantined: Mapping[str, int]
    out_of_scope: int
    procedures: int
    facts: int
    warnings: int
    release: str | None
    folder: str | None
    held_back: str | None
    unchanged: bool = False
    held: str | None = None
    pages_read: int = 0

    def as_json(self) -> str:
        """The summary as one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


def in_order(records: Iterable[PageRecord]) -> list[PageRecord]:
    """Records in the order of the files: by path."""
    return sorted(records, key=lambda record: (record.path, record.sha256 or ""))


def pages_lines(records: Iterable[PageRecord]) -> Iterator[bytes]:
    """Lines of ``pages.jsonl``.

    >>> [line] = pages_lines([PageRecord("a.txt", None, Status.QUARANTINED, reason="empty")])
    >>> print(line.decode(), end="")
    {"path":"a.txt","sha256":null,"status":"quarantined","code":null,"reason":"empty"}
    """
    for r in records:
        yield _line({"path": r.path, "sha256": r.sha256, "status": r.status, "code": r.code, "reason": r.reason})


def quarantine_lines(records: Iterable[PageRecord]) -> Iterator[bytes]:
    """Lines of ``quarantine.jsonl``: the pages in quarantine alone, with message and findings."""
    for r in records:
        if r.status is Status.QUARANTINED:
            yield _line(
                {
                    "path": r.path,
                    "sha256": r.sha256,
                    "code": r.code,
                    "reason": r.reason,
                    "message": r.message,
                    "start": r.start,
                    "findings": [asdict(finding) for finding in r.findings],
                }
            )


def quarantined(records: Iterable[PageRecord]) -> dict[str, int]:
    """Number of pages in quarantine by reason code, in the order of the codes."""
    reasons = Counter(record.reason or "" for record in records if record.status is Status.QUARANTINED)
    return dict(sorted(reasons.items()))


def _line(row: Mapping[str, object]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
