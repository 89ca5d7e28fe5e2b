"""Reads queries in a process of its own, so that a text which brings the parser down brings nothing else down."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from flows.serve.guard import LONGEST, RefusedError, check

LIMIT: Final = 3.0
"""Seconds that reading a query may take."""

_STACK: Final = 512 << 10
# What passes here must not overflow the stack of the store's threads, which have 2 MiB.
_HEAD: Final = struct.Struct("!I")
_READERS: Final = 2
_OURS: Final = str(Path(__file__).parents[2])
_TOO_DEEP: Final = "the query is too deeply nested or too long to be worked out"
_TOO_SLOW: Final = f"reading the query took longer than {LIMIT:g} s: it joins too many patterns; make it shorter"


class Readers:
    """Some processes that read queries, started when they are needed and again when they are gone."""

    def __init__(self) -> None:
        self._idle: asyncio.LifoQueue[asyncio.subprocess.Process | None] = asyncio.LifoQueue()
        for _ in range(_READERS):
            self._idle.put_nowait(None)

    async def check(self, text: str) -> str:
        """As `flows.serve.guard.check`, elsewhere.

        Raises:
            RefusedError: The text is not answered.
        """
        if len(text) > LONGEST:
            raise RefusedError(413, f"the query is longer than {LONGEST} characters")
        process = await self._idle.get()
        try:
            if process is not None and process.returncode is None:
                with suppress(asyncio.IncompleteReadError, ConnectionError):
                    return await self._asked(process, text)
                # It may have been dying already: only a new one's end is the text's doing.
                await _end(process)
            process = await _start()
            try:
                return await self._asked(process, text)
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                raise RefusedError(400, _TOO_DEEP) from error
        finally:
            self._idle.put_nowait(process)

    async def _asked(self, process: asyncio.subprocess.Process, text: str) -> str:
        """What one process says; it is ended if it takes too long, or is not waited for any more."""
        try:
            async with asyncio.timeout(LIMIT):
                status, answer = await _ask(process, text)
        except TimeoutError as error:
            await _end(process)
            raise RefusedError(400, _TOO_SLOW) from error
        except asyncio.CancelledError:
            await _end(process)
            raise
        if status != 200:
            raise RefusedError(status, answer)
        return answer

    async def close(self) -> None:
        """End the processes."""
        while not self._idle.empty():
            process = self._idle.get_nowait()
            if process is not None:
                await _end(process)


async def _start() -> asyncio.subprocess.Process:
    """A process that is ready to read.

    Raises:
        RefusedError: It does not start: there is no memory or no process to be had just now.
    """
    process = await asyncio.create_subprocess_exec(
        # Not from the folder that the user stands in, which may hold anything.
        *(sys.executable, "-P", "-m", __name__),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (_OURS, os.environ.get("PYTHONPATH"))))},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        await _ask(process, "ASK {}")
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        await _end(process)
        raise RefusedError(503, "there is nobody to read the query just now; try again") from error
    except asyncio.CancelledError:
        await _end(process)
        raise
    return process


async def _ask(process: asyncio.subprocess.Process, text: str) -> tuple[int, str]:
    if process.stdin is None or process.stdout is None:  # pragma: no cover - both are pipes
        raise ConnectionError
    data = text.encode("utf-8", "replace")
    process.stdin.write(_HEAD.pack(len(data)) + data)
    await process.stdin.drain()
    (length,) = _HEAD.unpack(await process.stdout.readexactly(_HEAD.size))
    status, answer = json.loads(await process.stdout.readexactly(length))
    return int(status), str(answer)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


def _serve() -> None:
    """Answer on standard output what stands on standard input, until that ends."""
    given, out = sys.stdin.buffer, sys.stdout.buffer
    while head := given.read(_HEAD.size):
        text = given.read(_HEAD.unpack(head)[0]).decode("utf-8", "replace")
        try:
            answer: tuple[int, str] = (200, check(text))
        except RefusedError as error:
            answer = (error.status, error.message)
        data = json.dumps(answer).encode()
        out.write(_HEAD.pack(len(data)) + data)
        out.flush()


if __name__ == "__main__":
    threading.stack_size(_STACK)
    threading.Thread(target=_serve).start()
