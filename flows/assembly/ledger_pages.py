"""Sort pages into those that the ledger knows and those to be read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from extract.model import PageError
from flows import files
from flows.assembly.ledger import Ledger
from flows.assembly.outcome import ReadPage
from flows.files import Found
from flows.progress import Progress
from flows.releases.records import PageRecord, Status

_TOLD_EVERY: Final = 1000


@dataclass(frozen=True, slots=True)
class Sorted:
    """Pages as the ledger knows them.

    Attributes:
        known: Pages whose code is known; they are not read again.
        failed: Records of pages that cannot be used, or not be read at all.
        unknown: Pages to be read.
    """

    known: tuple[ReadPage, ...]
    failed: tuple[PageRecord, ...]
    unknown: tuple[Found, ...]


def sort(found: Sequence[Found], ledger: Ledger, progress: Progress) -> Sorted:
    """Sort pages by the ledger.

    Each page's bytes are hashed. Size and times of the file would be quicker to ask, but a page that is changed within
    the clock's tick, or put back with its old times, would be missed; to hash 10,000 pages takes a third of a second.

    Args:
        found: The pages.
        ledger: What is known.
        progress: Is told how far it is.
    """
    if not ledger.pages:
        return Sorted((), (), tuple(found))
    known: list[ReadPage] = []
    failed: list[PageRecord] = []
    unknown: list[Found] = []
    for number, one in enumerate(found):
        if number % _TOLD_EVERY == 0:
            progress.step("pages compared", number, len(found))
        try:
            sha256 = hashlib.sha256(files.read(one)).hexdigest()
        except PageError as error:
            failed.append(
                PageRecord(one.name, None, Status.QUARANTINED, None, error.reason, error.message, error.start)
            )
            continue
        entry = ledger.page(one.name, one.path, sha256)
        if entry is None:
            unknown.append(one)
        elif isinstance(entry, ReadPage):
            known.append(entry)
        else:
            failed.append(entry)
    progress.step("pages compared", len(found), len(found))
    return Sorted(tuple(known), tuple(failed), tuple(unknown))
