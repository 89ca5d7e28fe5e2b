"""Pages on the disk: find them, and read one of them.

What cannot be read is found all the same, with the reason, so that every page given is accounted for.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from extract.model import PageError, Reason
from flows.errors import UserError

SUFFIXES: Final = frozenset({".html", ".htm", ".xhtml", ".txt"})
MAX_BYTES: Final = 10 * 1024 * 1024
"""Larger files are not read: real pages are a hundred times smaller."""

_LOOP: Final = "the link leads back to itself or to a folder it stands in; remove the link"


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A page that was given.

    Attributes:
        name: How releases call it: its path below the folder that was given, with ``/`` between the parts.
        path: Where it stands on this machine.
        reason: Why it cannot be read, where that is known already.
        message: The same in words.
    """

    name: str
    path: str
    reason: Reason | None = None
    message: str = ""


def find(paths: Sequence[Path], leave_out: Iterable[Path] = ()) -> tuple[Found, ...]:
    """Find the pages in files and folders.

    Args:
        paths: Files and folders as given. Folders are searched with all that is below them, and links are followed.
        leave_out: Folders that are not searched, such as earlier releases.

    Returns:
        Each page once, however often it was given, sorted by name. A name is told apart by the path as given where two
        pages of different folders share it.

    Raises:
        UserError: A path does not exist, or is a file of another type.
    """
    check(paths)
    out = frozenset(os.path.realpath(path) for path in leave_out)
    given: dict[str, tuple[Found, str]] = {}
    for path in paths:
        for found in _given(path, out):
            key = _identity(found.path)
            if key not in given or _plainness(found.name) < _plainness(given[key][0].name):
                as_given = _printable(path.as_posix())
                given[key] = found, f"{as_given}/{found.name}" if path.is_dir() else as_given
    names = Counter(found.name for found, _ in given.values())
    return tuple(
        sorted(found if names[found.name] == 1 else replace(found, name=long) for found, long in given.values())
    )


def check(paths: Iterable[Path]) -> None:
    """See that each path can be searched for pages.

    Raises:
        UserError: A path does not exist, or is a file of another type.
    """
    for path in paths:
        if not path.is_symlink() and not path.exists():
            raise UserError(f"{path}: no such file or folder")
        if not path.is_dir() and path.suffix.lower() not in SUFFIXES:
            raise UserError(f"{path}: not a page; pages end in {', '.join(sorted(SUFFIXES))}")


def read(found: Found, limit: int = MAX_BYTES) -> bytes:
    """Read a page's bytes, and no more than the limit of them.

    Args:
        found: The page.
        limit: Most bytes that a page may have.

    Raises:
        PageError: The page cannot be read (any more) or is too large.
    """
    if found.reason is not None:
        raise PageError(found.reason, found.message)
    try:
        # Not to block on a pipe that is called a page.
        with os.fdopen(os.open(found.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise PageError(Reason.UNREADABLE, "is no ordinary file")
            data = file.read(limit + 1) if about.st_size <= limit else None
    except OSError as error:
        raise PageError(*_trouble(error)) from error
    if data is None or len(data) > limit:
        raise PageError(
            Reason.TOO_LARGE, f"is larger than {limit // 1024 // 1024} MiB; a page is text of some kilobytes"
        )
    return data


def _given(path: Path, out: frozenset[str]) -> Iterator[Found]:
    """The pages of one path as it was given."""
    if path.is_dir():
        yield from _search(path, out)
    elif path.is_symlink() and not path.exists():
        yield Found(_printable(path.name), str(path), *_trouble_of_link(path))
    else:
        yield Found(_printable(path.name), str(path))


def _search(top: Path, out: frozenset[str]) -> Iterator[Found]:
    """The pages below a folder: first what really stands there, then what links lead to."""
    walks: list[tuple[str, str, tuple[str, ...]]] = [(str(top), "", (os.path.realpath(top),))]
    walked: set[str] = set()
    by_target: defaultdict[str, set[str]] = defaultdict(set)
    while walks:
        links: list[tuple[str, str, str, tuple[str, ...]]] = []
        for start, prefix, chain in walks:
            if chain[-1] not in walked:
                yield from _walk(start, prefix, chain, out, walked, links)
        for _, _, target, chain in links:
            by_target[target].add(chain[-1])
        walks = []
        for place, name, target, chain in sorted(links):
            if target in chain or _leads_back(target, chain, by_target):
                yield Found(name, place, Reason.LINK_LOOP, _LOOP)
            else:
                walks.append((place, name + "/", (*chain, target)))


def _walk(
    start: str,
    prefix: str,
    chain: tuple[str, ...],
    out: frozenset[str],
    walked: set[str],
    links: list[tuple[str, str, str, tuple[str, ...]]],
) -> Iterator[Found]:
    """Walk the real folders below a start without stepping over links, which are gathered for later."""
    todo = [(start, prefix, chain)]
    while todo:
        folder, prefix, chain = todo.pop()
        if chain[-1] in out or chain[-1] in walked:
            continue
        walked.add(chain[-1])
        try:
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            yield Found(prefix.rstrip("/") or ".", folder, *_trouble(error))
            continue
        for entry in entries:
            name = prefix + _printable(entry.name)
            if entry.is_dir(follow_symlinks=False):
                todo.append((entry.path, name + "/", (*chain, f"{chain[-1]}/{entry.name}")))
            elif entry.is_symlink() and Path(entry.path).is_dir():
                links.append((entry.path, name, os.path.realpath(entry.path), chain))
            elif entry.is_symlink() and not Path(entry.path).exists():
                reason, message = _trouble_of_link(Path(entry.path))
                # A loop might hide a folder; a link to nothing only counts where it is called a page.
                if reason is Reason.LINK_LOOP or _is_page(entry.name):
                    yield Found(name, entry.path, reason, message)
            elif _is_page(entry.name):
                yield Found(name, entry.path)


def _leads_back(target: str, chain: tuple[str, ...], by_target: dict[str, set[str]]) -> bool:
    """Whether a link below the target leads to a folder above this one: two links that form a loop."""
    return any(os.path.commonpath((folder, target)) == target for above in chain for folder in by_target.get(above, ()))


def _is_page(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES


def _identity(path: str) -> str:
    """The directory entry behind a path: links above it are resolved, the entry itself is not."""
    entry = Path(path)
    return str(entry.parent.resolve() / entry.name)


def _plainness(name: str) -> tuple[int, str]:
    """Sort key: of several names for one page, the shortest path is taken."""
    return name.count("/"), name


def _printable(name: str) -> str:
    """A name that can be written as UTF-8, whatever bytes the disk holds."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _trouble_of_link(path: Path) -> tuple[Reason, str]:
    try:
        path.stat()
    except OSError as error:
        return _trouble(error)
    return Reason.UNREADABLE, "cannot be read"


def _trouble(error: OSError) -> tuple[Reason, str]:
    """Reason code and words for what the system says about a file."""
    if error.errno == errno.ELOOP:
        return Reason.LINK_LOOP, _LOOP
    if error.errno == errno.ENOENT:
        return Reason.UNREADABLE, "is not there (any more), or is a link to nothing"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return Reason.UNREADABLE, "may not be read; allow it with chmod, or leave it out"
    return Reason.UNREADABLE, f"cannot be read: {os.strerror(error.errno or 0)}"
