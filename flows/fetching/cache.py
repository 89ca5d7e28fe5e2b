"""Fetched pages on the disk, with what a server needs to be told to send them only if they changed.

``pages/`` holds the pages that go into the build, under names that hang on their addresses alone; ``dropped/`` those
that no source names any more, and those that are gone, until somebody removes them; ``index.sqlite`` the rest. The
index can be lost: then pages are fetched once more.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from flows.errors import UserError
from flows.fetching.addresses import file_name
from flows.files import SUFFIXES

_VERSION: Final = 1
_TABLES: Final = """
CREATE TABLE page (
    address TEXT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    etag TEXT, last_modified TEXT, final TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE asked (address TEXT PRIMARY KEY, run INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE listed (source TEXT, place INTEGER, address TEXT, PRIMARY KEY (source, place)) WITHOUT ROWID;
CREATE TABLE pause (host TEXT PRIMARY KEY, until TEXT NOT NULL, why TEXT NOT NULL, message TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE run (number INTEGER NOT NULL);
INSERT INTO run VALUES (0);
"""


@dataclass(frozen=True, slots=True)
class Copy:
    """A page that was fetched.

    Attributes:
        address: In normal form.
        name: Of its file, below the folder of pages.
        sha256: Of its bytes.
        size: Number of its bytes.
        etag: Validator, or None.
        last_modified: Validator, or None.
        final: The address that sent it, after redirects.
    """

    address: str
    name: str
    sha256: str
    size: int
    etag: str | None
    last_modified: str | None
    final: str

    @property
    def validators(self) -> Mapping[str, str]:
        """Header lines that ask for the page only if it has changed (RFC 9110, 13.1)."""
        lines = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in lines.items() if value is not None}


class Cache:
    """The fetched pages; to be had from `opened`.

    Args:
        folder: Where it stands.
        index: The open index.
    """

    def __init__(self, folder: Path, index: sqlite3.Connection) -> None:
        self.pages = folder / "pages"
        self._dropped = folder / "dropped"
        self._index = index
        self.pages.mkdir(exist_ok=True)

    def begin(self) -> int:
        """Begin a run and return its number."""
        with self._index:
            self._index.execute("UPDATE run SET number = number + 1")
        (number,) = self._index.execute("SELECT number FROM run").fetchone()
        return int(number)

    def copy(self, address: str) -> Copy | None:
        """The copy of a page, if there is one and its file is what was written."""
        row = self._index.execute("SELECT * FROM page WHERE address = ?", (address,)).fetchone()
        if row is None:
            return self._adopted(address)
        found = Copy(*row)
        file = self._brought_back(found.name)
        return found if file is not None and file.stat().st_size == found.size else None

    def _adopted(self, address: str) -> Copy | None:
        """The copy of a page that the index has lost."""
        for suffix in sorted(SUFFIXES):
            name = file_name(address, suffix)
            file = self._brought_back(name)
            if file is not None:
                body = file.read_bytes()
                copy = Copy(address, name, sha256(body), len(body), None, None, address)
                self.note(copy)
                return copy
        return None

    def _brought_back(self, name: str) -> Path | None:
        """The file of a page, taken back if it was put aside."""
        file, aside = self.pages / name, self._dropped / name
        if not file.is_file() and aside.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            aside.replace(file)
        return file if file.is_file() else None

    def keep(self, copy: Copy, body: bytes) -> None:
        """Keep a page in place of the copy before: first the file, in one step, then its row."""
        file = self.pages / copy.name
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.pages.parent, prefix=".new-", delete=False) as new:
            new.write(body)
            new.flush()
            os.fsync(new.fileno())
        Path(new.name).chmod(0o644)
        Path(new.name).replace(file)
        self.note(copy)

    def note(self, copy: Copy) -> None:
        """Keep new validators for a page whose bytes are the same."""
        row = (copy.address, copy.name, copy.sha256, copy.size, copy.etag, copy.last_modified, copy.final)
        with self._index:
            self._index.execute("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def asked(self, addresses: Iterable[str], run: int) -> None:
        """Note that pages were asked for in a run, whatever came of it."""
        with self._index:
            self._index.executemany("INSERT OR REPLACE INTO asked VALUES (?, ?)", ((one, run) for one in addresses))

    def last_asked(self) -> Mapping[str, int]:
        """In which run each address was asked for last."""
        return dict(self._index.execute("SELECT address, run FROM asked"))

    def listed(self, source: str) -> tuple[str, ...]:
        """The addresses that a source named when it was last read as a whole."""
        rows = self._index.execute("SELECT address FROM listed WHERE source = ? ORDER BY place", (source,))
        return tuple(address for (address,) in rows)

    def keep_list(self, source: str, addresses: Collection[str]) -> None:
        """Keep what a source names."""
        with self._index:
            self._index.execute("DELETE FROM listed WHERE source = ?", (source,))
            rows = ((source, place, address) for place, address in enumerate(addresses))
            self._index.executemany("INSERT INTO listed VALUES (?, ?, ?)", rows)

    def pause(self, host: str, until: datetime, why: str, message: str) -> None:
        """Leave a host alone until then, over runs."""
        row = (host, until.isoformat(), why, message)
        with self._index:
            self._index.execute("INSERT OR REPLACE INTO pause VALUES (?, ?, ?, ?)", row)

    def paused(self, now: datetime) -> Mapping[str, tuple[str, str]]:
        """Hosts that are left alone, with reason code and words."""
        with self._index:
            self._index.execute("DELETE FROM pause WHERE until <= ?", (now.isoformat(),))
        rows = self._index.execute("SELECT host, why, message FROM pause")
        return {host: (why, message) for host, why, message in rows}

    def settle(self, addresses: Collection[str]) -> int:
        """Put aside the pages that do not belong to these addresses.

        Args:
            addresses: All that go into the build.

        Returns:
            How many were put aside.
        """
        wanted = set(addresses)
        names = {name for address, name in self._index.execute("SELECT address, name FROM page") if address in wanted}
        dropped = 0
        for folder, _, files in os.walk(self.pages):
            for file in files:
                path = Path(folder, file)
                name = path.relative_to(self.pages)
                if name.as_posix() not in names:
                    (self._dropped / name).parent.mkdir(parents=True, exist_ok=True)
                    path.replace(self._dropped / name)
                    dropped += 1
        return dropped


@contextmanager
def opened(
    folder: Path, waiting: Callable[[], None] = lambda: None, lost: Callable[[], None] = lambda: None
) -> Iterator[Cache]:
    """Take the cache for one run.

    Args:
        folder: Where it stands; made if missing.
        waiting: Called once if another run holds it, before waiting for that.
        lost: Called if the index is broken or of another version, and begun anew.

    Raises:
        UserError: The folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("ab")
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise UserError(f"{folder}: no folder to write to ({error.strerror}); choose another with --output") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        for left in folder.glob(".new-*"):
            left.unlink(missing_ok=True)
        with closing(_index(folder / "index.sqlite", lost)) as index:
            yield Cache(folder, index)


def sha256(body: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def _index(file: Path, lost: Callable[[], None]) -> sqlite3.Connection:
    """Open the index; what cannot be used is begun anew."""
    there = file.exists()
    index = sqlite3.connect(file, check_same_thread=False)
    try:
        (version,) = index.execute("PRAGMA user_version").fetchone()
        index.execute("PRAGMA synchronous = NORMAL")
        if version == _VERSION and index.execute("PRAGMA quick_check").fetchone() == ("ok",):
            return index
    except sqlite3.DatabaseError:
        pass
    index.close()
    if there:
        lost()
    for left in file.parent.glob(file.name + "*"):
        left.unlink()
    index = sqlite3.connect(file, check_same_thread=False)
    # Nothing is lost but the last lines if the power fails, and those pages are asked for once more.
    index.execute("PRAGMA journal_mode = WAL")
    index.execute("PRAGMA synchronous = NORMAL")
    index.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
    return index
