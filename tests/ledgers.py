"""What the tests of the ledger, the gates and the faults share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows import files
from flows.assembly import assemble
from flows.assembly.assemble import Result
from flows.assembly.outcome import Made, ReadBatch
from flows.releases import release
from flows.releases.gates import Limits

OPEN = Limits(gone=1, changed=1, quarantined=1)
"""Lets everything pass."""
ORGANS = ("kidney", "liver", "lung", "prostate", "thyroid", "breast", "uterus", "bone")


def page(code: str, organ: str = "kidney", how: str = "percutaneous", energy: str = "cryogenic") -> str:
    """A page of our own about an ablation."""
    return f"""Code {code}
Ablation, {organ} tumor(s), unilateral, {how}, {energy}

The doctor destroys one or more tumors of the {organ} by {how} {energy} ablation, guided by CT.
"""


def write(folder: Path, count: int) -> None:
    """Write some pages, each about a procedure of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"{50000 + number}-notes.txt").write_text(page(f"{50000 + number}", ORGANS[number % len(ORGANS)]))


def build(folder: Path, output: Path, **options: Any) -> Result:
    """Build with the plain functions."""
    return assemble.assemble([folder], output, **options)


def named(folder: Path) -> dict[str, bytes]:
    """The files that a release is named by."""
    return {name: (folder / name).read_bytes() for name in release.NAMED_BY}


def unread(found: Sequence[files.Found], file: Path) -> ReadBatch:
    """Stands in for reading where nothing is to be read."""
    raise AssertionError(f"read again: {[one.name for one in found]}")


def unmade(*arguments: object, **options: object) -> Made:
    """Stands in for making where nothing is to be made."""
    raise AssertionError(f"made again: {arguments}")


class Notes:
    """Keeps what a person is told."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def step(self, name: str, done: int, total: int) -> None:
        """See `flows.progress.Progress`."""

    def note(self, message: str) -> None:
        """See `flows.progress.Progress`."""
        self.notes.append(message)
