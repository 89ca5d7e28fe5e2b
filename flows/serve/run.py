"""The command ``serve``: from a free port to the last answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from flows.console import say
from flows.errors import UserError
from flows.serve.front import Front
from flows.serve.serving import Serving

_EVERY = 1.0
"""Seconds between two looks for a new release."""


def serve(output: Path, host: str, port: int, limit: float, *, as_json: bool, quiet: bool) -> None:
    """Serve a release until somebody ends it.

    Args:
        output: The folder of the releases, or one release's own folder.
        host: To listen on.
        port: To listen on; 0 for one that is free.
        limit: Seconds that a query may take.
        as_json: Whether the address is told as JSON on standard output.
        quiet: Whether nothing else is told.

    Raises:
        UserError: The port is in use, or there is no release that can be served.
    """
    with _listening(host, port) as listener:
        asyncio.run(_serve(listener, output, limit, as_json=as_json, quiet=quiet))


async def _serve(listener: socket.socket, output: Path, limit: float, *, as_json: bool, quiet: bool) -> None:
    serving = Serving(output, limit, _EVERY, (lambda _: None) if quiet else say)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    begun = asyncio.create_task(serving.begin())
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((begun, stopped), return_when=asyncio.FIRST_COMPLETED)
        if begun.done():
            await begun
            await _answer(listener, serving, stop, as_json=as_json, quiet=quiet)
    finally:
        for task in (begun, stopped):
            task.cancel()
        await asyncio.gather(begun, stopped, return_exceptions=True)
        await serving.end()


async def _answer(
    listener: socket.socket, serving: Serving, stop: asyncio.Event, *, as_json: bool, quiet: bool
) -> None:
    """Answer requests until it is to stop; those that are being answered then have a few seconds."""
    options = uvicorn.Config(
        Front(serving).app(), log_config=None, log_level="critical", access_log=False, server_header=False,
        timeout_graceful_shutdown=5,
    )  # fmt: skip
    server = _Server(options)
    working = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not working.done():
        await asyncio.sleep(0.01)
    _tell(listener, serving, as_json=as_json, quiet=quiet)
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    server.should_exit = True
    await working


class _Server(uvicorn.Server):
    """One that leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _tell(listener: socket.socket, serving: Serving, *, as_json: bool, quiet: bool) -> None:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    address = f"http://{shown}:{port}/"
    if as_json:
        told = {"address": address, "sparql": f"{address}sparql", "release": serving.current.view.name}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    elif not quiet:
        say(f"release {serving.current.view.name} at {address}, SPARQL at {address}sparql; Ctrl-C ends it")


def _listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections.

    Raises:
        UserError: The host or port cannot be had.
    """
    if not 0 <= port <= 65535:
        raise UserError(f"--port {port}: a port is a number from 0 to 65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (socket.gaierror, UnicodeError) as error:
        raise UserError(f"--host {host}: there is no such address") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise UserError(f"{host}:{port} cannot be had ({error.strerror}); choose another with --port") from error
    return listener
