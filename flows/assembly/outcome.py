"""What the stages hand on: pages that were read, and what became of procedures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extract.model import PageError, Reason
from flows.assembly import spool
from flows.releases.records import PageRecord, Status
from shapes.findings import Finding


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page that names its code.

    Attributes:
        name: Its name in the release.
        sha256: Of its bytes.
        code: The code it is about.
        place: Where it lies in the spool; None where the ledger knows its code and it was not read again.
        path: Where it stands on this machine.
    """

    name: str
    sha256: str
    code: str
    place: spool.Place | None
    path: str = ""


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """What came of reading a batch: pages, and records of those that cannot be used."""

    pages: tuple[ReadPage, ...]
    quarantined: tuple[PageRecord, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a file.

    Attributes:
        file: Path of the file.
        start: Its first byte there.
        size: Number of bytes.
    """

    file: str
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a procedure.

    Attributes:
        code: Of the procedure.
        key: Stands for the bytes of its pages; see `key`.
        status: Where its pages ended.
        facts: Number of facts; 0 unless published.
        warnings: Number of findings that are no violations; 0 unless published.
        violations: What keeps it out, where its pages are in quarantine.
        facts_block: Its Turtle for ``procedures.ttl``; None unless published.
        evidence_block: The same for ``evidence.ttl``.
    """

    code: str
    key: str
    status: Status
    facts: int = 0
    warnings: int = 0
    violations: tuple[Finding, ...] = ()
    facts_block: Span | None = None
    evidence_block: Span | None = None

    def records(self, pages: Iterable[ReadPage]) -> Iterator[PageRecord]:
        """What became of its pages."""
        for one in pages:
            if self.status is Status.QUARANTINED:
                yield _violating(one, self.violations)
            else:
                yield PageRecord(one.name, one.sha256, self.status, self.code)


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a batch of procedures.

    Attributes:
        outcomes: One for each procedure, in code order.
    """

    outcomes: tuple[Outcome, ...]


def key(pages: Iterable[ReadPage]) -> str:
    """What stands for the bytes of a procedure's pages, whatever their order and however often each is given.

    >>> one, other = (ReadPage("a.txt", sha256, "50593", None) for sha256 in ("ab", "cd"))
    >>> key([one, other, one]) == key([other, one]) != key([one])
    True
    """
    whole = {f"{one.code} {one.sha256}" for one in pages}
    return hashlib.sha256("\n".join(sorted(whole)).encode()).hexdigest()


def _violating(one: ReadPage, violations: tuple[Finding, ...]) -> PageRecord:
    message = f"what the pages of {one.code} say does not fit together: {violations[0].message}"
    error = PageError(Reason.SHAPE_VIOLATION, message)
    return quarantined(one.name, one.sha256, one.code, error, violations)


def quarantined(
    name: str, sha256: str | None, code: str | None, error: PageError, findings: tuple[Finding, ...] = ()
) -> PageRecord:
    """The record of a page that cannot be used.

    Args:
        name: Its name in the release.
        sha256: Of its bytes, or None.
        code: The code it is about, or None.
        error: Why.
        findings: What the shapes say of it.
    """
    return PageRecord(name, sha256, Status.QUARANTINED, code, error.reason, error.message, error.start, findings)
