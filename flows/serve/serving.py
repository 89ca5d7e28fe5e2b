"""The release that is served just now: taking up the next one, replacing a server that is stuck or gone."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from flows.asking import store
from flows.errors import UserError
from flows.serve import engine
from flows.serve.engine import Engine
from flows.serve.reader import Readers
from flows.serve.view import View

_GRACE: Final = 2.0
"""Seconds beyond the time limit that a server which is replaced has to end its answers."""

_LONG: Final = 600.0
"""Seconds that a release which was followed by another has to end its answers, however slowly they are read."""

_PAUSE: Final = 1.0


@dataclass(slots=True)
class Current:
    """A release that is served: its graph for pages, its server for queries."""

    view: View
    location: Path
    engine: Engine
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Serving:
    """Keeps one release served.

    Args:
        output: The folder of the releases, or one release's own folder.
        limit: Seconds that a query may take.
        every: Seconds between two looks for a new release.
        tell: Is told, in words, what happens.

    Attributes:
        readers: Read queries before they are answered.
        limit: As above.
    """

    def __init__(self, output: Path, limit: float, every: float, tell: Callable[[str], None]) -> None:
        self.limit = limit
        self.readers = Readers()
        self._output = output
        self._every = every
        self._tell = tell
        self._current: Current | None = None
        self._root: Path | None = None
        self._janitor: asyncio.subprocess.Process | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def current(self) -> Current:
        """The release that is served.

        Raises:
            RuntimeError: Serving has not begun.
        """
        if self._current is None:
            raise RuntimeError("nothing is served yet")
        return self._current

    async def begin(self) -> None:
        """Serve the latest release, and each one that follows.

        Raises:
            UserError: There is no release, or it cannot be served.
        """
        folder = store.current(self._output)
        engine.program()
        # The janitor has to be there before there is anything to clean up.
        self._root = Path(tempfile.gettempdir(), f"ablation-kg-serve-{secrets.token_hex(8)}")
        self._janitor = await engine.kept(remove=self._root)
        self._root.mkdir(mode=0o700)
        self._current = await self._open(folder)
        self._spawn(self._watch_engine(self._current))
        self._spawn(self._follow())

    async def end(self) -> None:
        """Stop everything and leave nothing behind."""
        self._closing = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._current is not None:
            await self._current.engine.stop()
        await self.readers.close()
        if self._janitor is not None:
            await engine.end(self._janitor)

    async def replace(self, stuck: Engine) -> None:
        """Put another server in the place of one that a query keeps busy; its other answers are brought to an end."""
        current = self.current
        async with current.lock:
            if current.engine is not stuck or self._closing:
                return
            try:
                current.engine = await Engine.start(current.location)
            except UserError as error:
                self._tell(error.message)
                return
        self._spawn(self._watch_engine(current))
        self._spawn(stuck.drain(self.limit + _GRACE))

    async def ready(self) -> Engine:
        """The server to ask; waits where one is just being replaced."""
        current = self.current
        async with current.lock:
            return current.engine

    async def _open(self, folder: Path) -> Current:
        if self._root is None:
            raise RuntimeError("serving has not begun")
        location = Path(tempfile.mkdtemp(dir=self._root))
        try:
            await engine.load(store.turtle_files(folder), location)
            view = await asyncio.to_thread(View.open, folder, location)
            return Current(view, location, await Engine.start(location))
        except OSError as error:
            raise UserError(f"{folder}: cannot be served: {error}") from error

    async def _follow(self) -> None:
        """Take up each new release: load it beside the old one, switch, and end the old one when nobody asks it."""
        refused: Path | None = None
        while True:
            await asyncio.sleep(self._every)
            try:
                folder = store.folder_of(self._output)
                if folder in (self.current.view.folder, refused):
                    continue
                refused = folder
                new = await self._open(store.current(folder))
            except UserError as error:
                self._tell(f"the new release is not taken up: {error.message}")
                continue
            old, self._current = self.current, new
            refused = None
            self._tell(f"serving release {new.view.name} now, in place of {old.view.name}")
            self._spawn(self._watch_engine(new))
            self._spawn(self._put_away(old))

    async def _put_away(self, old: Current) -> None:
        async with old.lock:
            server = old.engine
        await server.drain(_LONG)
        shutil.rmtree(old.location, ignore_errors=True)

    async def _watch_engine(self, current: Current) -> None:
        """Start a server again that has gone away by itself."""
        watched = current.engine
        await watched.died()
        if self._closing or current is not self._current or current.engine is not watched:
            return
        self._tell("the store is gone (a query that needs more memory than there is?); starting it again")
        await self.replace(watched)
        if self.current.engine is watched:
            await asyncio.sleep(_PAUSE)
            self._spawn(self._watch_engine(current))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
