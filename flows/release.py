"""Releases on the disk: written whole or not at all.

Everything is written in a work folder beside ``releases/``; one rename makes it a release, one more moves ``latest``.
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
    """

    output: Path
    scratch: Path
    draft: Path

    def publish(self) -> tuple[str, Path]:
        """Make the draft a release and let ``latest`` point at it.

        Returns:
            The identifier, which hangs on the bytes of the files alone, and the release's folder.
        """
        for file in sorted(self.draft.iterdir()):
            _sync(file)
        _sync(self.draft)
        name = identifier(self.draft)
        releases = self.output / RELEASES
        releases.mkdir(exist_ok=True)
        target = releases / name
        if target.is_dir() and identifier(target) != name:
            # Somebody changed the files of that release by hand: put it aside, its name is needed.
            target.rename(self.scratch / "changed-by-hand")
        if not target.is_dir():
            self.draft.rename(target)
            _sync(releases)
        _point(self.output, name)
        return name, target


def identifier(folder: Path) -> str:
    """Name of a release: the first 16 hexadecimal digits of a SHA-256 over the names and bytes of its files."""
    whole = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        with file.open("rb") as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()
        whole.update(f"{file.name} {digest}\n".encode())
    return whole.hexdigest()[:16]


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
            shop = Workshop(output, work / "scratch", work / "draft")
            shop.scratch.mkdir()
            shop.draft.mkdir()
            yield shop
        finally:
            shutil.rmtree(work, ignore_errors=True)


def own_folders(output: Path) -> tuple[Path, ...]:
    """What a build writes below the output folder: no pages are looked for there."""
    return (output / RELEASES, output / LATEST, *output.glob(_WORK + "*"))


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
