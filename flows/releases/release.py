"""Releases on the disk: written whole or not at all.

Everything is written in a work folder beside ``releases/``; one rename makes it a release, one more moves ``latest``.
The ledger of a release bears its name and is put in place before ``latest`` moves, so that it is never another's.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from flows.errors import UserError

LATEST: Final = "latest"
RELEASES: Final = "releases"
HELD: Final = "held"
LEDGERS: Final = "ledger"
CACHE: Final = "cache"
NAMED_BY: Final = ("evidence.ttl", "ontology.ttl", "pages.jsonl", "procedures.ttl", "quarantine.jsonl")
"""The files that a release's identifier hangs on; the others are made from these and the release before."""
KEEP: Final = 10
"""So many releases stay, if nothing else is said."""

_WORK: Final = ".ablation-kg-work-"
_LOCK: Final = ".ablation-kg-lock"
_NEW_LINK: Final = ".ablation-kg-latest"


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where a build works until its release is whole.

    Attributes:
        output: The folder of the releases.
        scratch: For what is thrown away.
        draft: For the files of the release.
        ledger: Where the release's ledger is written, if one is.
    """

    output: Path
    scratch: Path
    draft: Path
    ledger: Path

    def publish(self, keep: int = KEEP) -> tuple[str, Path]:
        """Make the draft a release and let ``latest`` point at it.

        Args:
            keep: So many releases stay, this one among them.

        Returns:
            The identifier, which hangs on the bytes of the files alone, and the release's folder.
        """
        name = self._finish()
        target = self.output / RELEASES / name
        if not (is_latest(self.output, name) and whole(target)):
            # A release of this name was made after another one, or was changed by hand: its place is needed.
            self._set_aside(target)
            target.parent.mkdir(exist_ok=True)
            self.draft.rename(target)
            _sync(target.parent)
        os.utime(target)
        self.keep_ledger(name)
        _point(self.output, name)
        self._tidy(name, keep)
        return name, target

    def hold(self) -> tuple[str, Path]:
        """Put the draft, with its ledger, where it waits to be accepted.

        Returns:
            The identifier, and the folder.
        """
        if self.ledger.exists():
            self.ledger.rename(self.draft / self.ledger.name)
        name = self._finish()
        target = self.output / HELD / name
        self._set_aside(target)
        target.parent.mkdir(exist_ok=True)
        self.draft.rename(target)
        _sync(target.parent)
        return name, target

    def keep_ledger(self, name: str) -> None:
        """Put the ledger of a release in its place, if one was written."""
        if self.ledger.exists():
            target = ledger_of(self.output, name)
            target.parent.mkdir(exist_ok=True)
            _sync(self.ledger)
            self._set_aside(target)
            self.ledger.replace(target)
            _sync(target.parent)

    def _finish(self) -> str:
        """Have the draft on the disk, and name it."""
        for file in sorted(self.draft.iterdir()):
            _sync(file)
        _sync(self.draft)
        return identifier(self.draft)

    def _set_aside(self, folder: Path) -> None:
        """Have a folder out of the way in one step; it goes with the work folder."""
        if folder.is_dir():
            folder.rename(Path(tempfile.mkdtemp(dir=self.scratch)) / folder.name)

    def _tidy(self, name: str, keep: int) -> None:
        """Remove what the new release makes useless: the oldest releases, other ledgers, all that was held."""
        others = [folder for folder in releases(self.output) if folder.name != name]
        for folder in (*others[max(keep - 1, 0) :], self.output / HELD):
            self._set_aside(folder)
        for ledger in (self.output / LEDGERS).glob("*"):
            if ledger != ledger_of(self.output, name):
                self._set_aside(ledger)
                ledger.unlink(missing_ok=True)


def identifier(folder: Path) -> str:
    """Name of a release: the first 16 hexadecimal digits of a SHA-256 over names and bytes of `NAMED_BY`."""
    total = hashlib.sha256()
    for file in (folder / name for name in NAMED_BY):
        if file.exists():
            with file.open("rb") as data:
                digest = hashlib.file_digest(data, "sha256").hexdigest()
            total.update(f"{file.name} {digest}\n".encode())
    return total.hexdigest()[:16]


def whole(folder: Path) -> bool:
    """Whether a release is there and holds what its name says."""
    return folder.is_dir() and identifier(folder) == folder.name


def releases(output: Path) -> list[Path]:
    """All releases, the last one published first."""
    folders = [folder for folder in (output / RELEASES).glob("*") if folder.is_dir()]
    return sorted(folders, key=lambda folder: (-folder.stat().st_mtime_ns, folder.name))


def before(output: Path) -> Path | None:
    """The release that a new one follows: the latest, or the last one before it that is whole; None without any."""
    link = output / LATEST
    first = [link.resolve()] if link.is_dir() else []
    return next((folder for folder in (*first, *releases(output)) if whole(folder)), None)


def is_latest(output: Path, name: str) -> bool:
    """Whether ``latest`` points at a release."""
    return (output / LATEST).is_symlink() and (output / LATEST).readlink() == Path(RELEASES) / name


def go_back(output: Path, name: str) -> None:
    """Let ``latest`` point at an earlier release again, where that is there and whole."""
    if whole(output / RELEASES / name) and not is_latest(output, name):
        _point(output, name)


def ledger_of(output: Path, name: str) -> Path:
    """Where the ledger of a release stands."""
    return output / LEDGERS / f"{name}.jsonl"


def latest(output: Path) -> Path:
    """The folder of the release that ``latest`` points at, resolved once, so that a build in between changes nothing.

    Raises:
        UserError: There is none.
    """
    folder = output / LATEST
    if not folder.is_dir():
        raise UserError(f"{output}: no release here yet; make one with: ablation-kg build PATH... --output {output}")
    return folder.resolve()


def check(output: Path) -> None:
    """See early that an output folder can be one.

    Raises:
        UserError: It is a file, or its ``latest`` is no link.
    """
    if output.exists() and not output.is_dir():
        raise UserError(f"{output}: is a file; --output wants a folder")
    link = output / LATEST
    if link.exists() and not link.is_symlink():
        raise UserError(f"{link}: is no link of ours; move it away or choose another folder with --output")


@contextmanager
def workshop(output: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[Workshop]:
    """Take the output folder for one build and clean it up afterwards.

    Args:
        output: The folder of the releases; made if missing.
        waiting: Called once if another build holds the folder, before waiting for it.

    Yields:
        Where to work.

    Raises:
        UserError: The folder cannot be made or written.
    """
    check(output)
    try:
        output.mkdir(parents=True, exist_ok=True)
        lock = (output / _LOCK).open("ab")
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise UserError(f"{output}: no folder to write to ({error.strerror}); choose another with --output") from error
    with lock:
        _take(lock, waiting)
        _clean(output)
        work = Path(tempfile.mkdtemp(prefix=_WORK, dir=output))
        try:
            shop = Workshop(output, work / "scratch", work / "draft", work / "ledger.jsonl")
            shop.scratch.mkdir()
            shop.draft.mkdir()
            yield shop
        except OSError as fault:
            fault.add_note(f"while writing to {output}; what was published before is untouched")
            raise
        finally:
            shutil.rmtree(work, ignore_errors=True)


def own_folders(output: Path) -> tuple[Path, ...]:
    """What a build writes below the output folder: no pages are looked for there."""
    return (
        output / RELEASES,
        output / LATEST,
        output / HELD,
        output / LEDGERS,
        output / CACHE,
        *output.glob(_WORK + "*"),
    )


def _take(lock: BinaryIO, waiting: Callable[[], None]) -> None:
    """Lock for as long as the file is open; the system lets go of it when the process dies."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        waiting()
        fcntl.flock(lock, fcntl.LOCK_EX)


def _clean(output: Path) -> None:
    """Remove what a killed build left; only called under the lock, so that it belongs to nobody."""
    for left in output.glob(_WORK + "*"):
        shutil.rmtree(left, ignore_errors=True)
    (output / _NEW_LINK).unlink(missing_ok=True)


def _point(output: Path, name: str) -> None:
    """Let ``latest`` point at a release, in one step."""
    new = output / _NEW_LINK
    new.symlink_to(Path(RELEASES) / name)
    new.replace(output / LATEST)
    _sync(output)


def _sync(path: Path) -> None:
    """Have the system write a file's bytes, or a folder's entries, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
