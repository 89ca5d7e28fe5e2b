"""A store on the disk and the Oxigraph server over it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path
from typing import Final

from flows.errors import UserError
from flows.serve import keeper

LOOPBACK: Final = "127.0.0.1"
_TRIES: Final = 3
_START_SECONDS: Final = 30.0
_STEP: Final = 0.02
_STOP_SECONDS: Final = 5.0


def program() -> str:
    """Path of Oxigraph's server, from the ``oxigraph`` package.

    Raises:
        UserError: It is not installed.
    """
    beside = Path(sysconfig.get_path("scripts")) / "oxigraph"
    found = str(beside) if beside.is_file() else shutil.which("oxigraph")
    if found is None:
        raise UserError("the oxigraph server is not installed; get it with: pip install oxigraph")
    return found


async def kept(*command: str, remove: Path | None = None) -> asyncio.subprocess.Process:
    """Start a program that ends when we do, see `flows.serve.keeper`; its words come on standard error."""
    options = () if remove is None else ("--remove", str(remove))
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", keeper.__file__, *options, *command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )


async def end(process: asyncio.subprocess.Process) -> None:
    """Let a kept program end."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def load(files: list[Path], location: Path) -> None:
    """Load Turtle files into a new store on the disk.

    Args:
        files: What to load, into the default graph.
        location: Folder of the store.

    Raises:
        UserError: A file is no Turtle, or the disk is full.
    """
    process = await kept(program(), "load", "--location", str(location), "--file", *map(str, files))
    try:
        told = b"" if process.stderr is None else await process.stderr.read()
        code = await process.wait()
    finally:
        await end(process)
    if code != 0:
        lines = [line for line in told.decode("utf-8", "replace").splitlines() if line.strip()]
        what = next((line for line in lines if line.startswith("Error")), lines[-1] if lines else f"exit code {code}")
        raise UserError(f"the store does not take the release in {files[0].parent}: {what.removeprefix('Error: ')}")


class Engine:
    """One Oxigraph server, read-only, on a loopback port of its own.

    Attributes:
        address: ``http://…`` of the server, without a slash at its end.
        active: Number of requests that are being answered.
    """

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.address = f"http://{LOOPBACK}:{port}"
        self.active = 0
        self._process = process
        self._idle = asyncio.Event()
        self._idle.set()

    @classmethod
    async def start(cls, location: Path) -> Engine:
        """Start a server and wait until it answers.

        It gets no time limit of its own: that does not stop a query that counts or sorts (measured with 0.5.13).

        Args:
            location: Folder of the store.

        Raises:
            UserError: It does not start.
        """
        told = ""
        for _ in range(_TRIES):
            port = _free_port()
            process = await kept(
                *(program(), "serve-read-only", "--location", str(location)),
                *("--bind", f"{LOOPBACK}:{port}"),
            )
            if await _answers(process, port):
                return cls(process, port)
            await end(process)
            told = "" if process.stderr is None else (await process.stderr.read()).decode("utf-8", "replace")
        raise UserError(f"the oxigraph server does not start: {told.splitlines()[0] if told else 'it says nothing'}")

    def __enter__(self) -> Engine:
        self.active += 1
        self._idle.clear()
        return self

    def __exit__(self, *_: object) -> None:
        self.active -= 1
        if self.active == 0:
            self._idle.set()

    async def died(self) -> None:
        """Wait until the server is gone."""
        await self._process.wait()
        # The keeper may have been killed and its server not.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def drain(self, seconds: float) -> None:
        """End the server as soon as nobody asks it any more, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        await self.stop()

    async def stop(self) -> None:
        """End the server."""
        await end(self._process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


async def _answers(process: asyncio.subprocess.Process, port: int) -> bool:
    """Wait until a port takes connections; false if the process ends before."""
    for _ in range(round(_START_SECONDS / _STEP)):
        if process.returncode is not None:
            return False
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            await asyncio.sleep(_STEP)
        else:
            writer.close()
            return True
    return False
