"""What earlier builds found out, so that the next one reads only what changed.

The ledger of a release is one file of JSON lines: what each page is about by its file name and the SHA-256 of its
bytes, what became of each procedure by the bytes of its pages, and where its blocks stand in the files of the release.
It holds for one release and for one state of vocabulary, shapes and code; anything else is made anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final

from extract.model import Reason
from flows.assembly.outcome import Outcome, ReadPage, Span, key
from flows.files import Found
from flows.releases import release
from flows.releases.records import PageRecord, Status
from shapes.findings import Finding, Severity

VERSION: Final = 1
"""Of the file's form. A ledger of another one is not read."""


class State(Enum):
    """What was found where a ledger should be, in the words that a person is told."""

    SOUND = ""
    NONE = "no release to build on"
    MISSING = "the ledger of the release is missing: every page is read anew"
    CORRUPT = "the ledger of the release is corrupt: every page is read anew"
    OLDER = "the ledger is of another version: every page is read anew"
    OTHER = "the vocabulary, the code or the options are others than before: every page is read anew"


@dataclass(frozen=True, slots=True)
class PageEntry:
    """What reading a page gave.

    Attributes:
        code: The code it is about, or None.
        reason: Why it cannot be used, else None.
        message: The same in words.
        start: Position where it shows, or None.
    """

    code: str | None
    reason: Reason | None = None
    message: str = ""
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known from the release before.

    Attributes:
        state: Whether there was a ledger to read; without one all is empty.
        pages: By file name and SHA-256.
        outcomes: By code.
    """

    state: State
    pages: Mapping[tuple[str, str], PageEntry] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    def page(self, name: str, path: str, sha256: str) -> ReadPage | PageRecord | None:
        """What is known of a page.

        Args:
            name: Its name in the release.
            path: Where it stands on this machine.
            sha256: Of its bytes.

        Returns:
            The page, not read, or the record of one that cannot be used; None if it was never seen.
        """
        entry = self.pages.get((Path(path).name, sha256))
        if entry is None:
            return None
        if entry.code is not None:
            return ReadPage(name, sha256, entry.code, None, path)
        reason = None if entry.reason is None else entry.reason.value
        return PageRecord(name, sha256, Status.QUARANTINED, None, reason, entry.message, entry.start)

    def outcome(self, pages: Sequence[ReadPage]) -> Outcome | None:
        """What became of a procedure with just these pages, or None if that is not known."""
        known = self.outcomes.get(pages[0].code)
        return known if known is not None and known.key == key(pages) else None


def load(output: Path, before: Path | None, fingerprint: str) -> Ledger:
    """Read the ledger of a release.

    Args:
        output: The folder of the releases.
        before: The release, which has been seen to be whole; None if there is none.
        fingerprint: What a ledger must have been made with to be of use.

    Returns:
        The ledger, empty where there is none of use; its state says why.
    """
    if before is None:
        return Ledger(State.NONE)
    try:
        with release.ledger_of(output, before.name).open("rb") as file:
            head = json.loads(file.readline())
            if head["ledger"] != VERSION:
                return Ledger(State.OLDER)
            if head["fingerprint"] != fingerprint:
                return Ledger(State.OTHER)
            body = file.read()
            if head["release"] != before.name or head["sha256"] != hashlib.sha256(body).hexdigest():
                return Ledger(State.CORRUPT)
            return Ledger(State.SOUND, *_rows(body, before))
    except FileNotFoundError:
        return Ledger(State.MISSING)
    except (OSError, ValueError, LookupError, TypeError):
        return Ledger(State.CORRUPT)


def save(
    file: Path,
    name: str,
    fingerprint: str,
    pages: Mapping[tuple[str, str], PageEntry],
    outcomes: Iterable[Outcome],
) -> None:
    """Write the ledger of a release.

    Args:
        file: Where to.
        name: The release's identifier.
        fingerprint: What it was made with.
        pages: What reading each page gave.
        outcomes: What became of each procedure; blocks stand where they are in the files of the release.
    """
    body = b"".join(_lines(pages, outcomes))
    head = {
        "ledger": VERSION,
        "release": name,
        "fingerprint": fingerprint,
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    file.write_bytes(json.dumps(head).encode() + b"\n" + body)


def entries(
    pages: Iterable[ReadPage], failed: Iterable[PageRecord], found: Iterable[Found]
) -> dict[tuple[str, str], PageEntry]:
    """What to keep of the pages of a build.

    Args:
        pages: Pages that name their code.
        failed: Records of those that cannot be used.
        found: All of them.

    Returns:
        An entry for each page whose bytes were read, by file name and SHA-256.
    """
    paths = {one.name: one.path for one in found}
    kept = {(Path(one.path).name, one.sha256): PageEntry(one.code) for one in pages}
    for record in failed:
        if record.sha256 is not None and record.reason is not None:
            entry = PageEntry(None, Reason(record.reason), record.message, record.start)
            kept[Path(paths[record.path]).name, record.sha256] = entry
    return kept


def _lines(pages: Mapping[tuple[str, str], PageEntry], outcomes: Iterable[Outcome]) -> Iterator[bytes]:
    for (name, sha256), entry in sorted(pages.items(), key=lambda item: item[0]):
        yield _line(["page", name, sha256, entry.code, entry.reason, entry.message, entry.start])
    for one in outcomes:
        spans = [None if span is None else [span.start, span.size] for span in (one.facts_block, one.evidence_block)]
        violations = [asdict(finding) for finding in one.violations]
        yield _line(["procedure", one.code, one.key, one.status, one.facts, one.warnings, violations, *spans])


def _line(row: list[Any]) -> bytes:
    # A file name may hold bytes that are no UTF-8; JSON's escapes bring them back.
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def _rows(body: bytes, folder: Path) -> tuple[dict[tuple[str, str], PageEntry], dict[str, Outcome]]:
    pages: dict[tuple[str, str], PageEntry] = {}
    outcomes: dict[str, Outcome] = {}
    facts_file, evidence_file = str(folder / "procedures.ttl"), str(folder / "evidence.ttl")
    for line in body.splitlines():
        kind, *row = json.loads(line)
        if kind == "page":
            name, sha256, code, reason, message, start = row
            pages[name, sha256] = PageEntry(code, None if reason is None else Reason(reason), message, start)
        else:
            code, known, status, facts, warnings, violations, in_facts, in_evidence = row
            outcomes[code] = Outcome(
                code,
                known,
                Status(status),
                facts,
                warnings,
                tuple(Finding(**{**one, "severity": Severity(one["severity"])}) for one in violations),
                None if in_facts is None else Span(facts_file, *in_facts),
                None if in_evidence is None else Span(evidence_file, *in_evidence),
            )
    return pages, outcomes
