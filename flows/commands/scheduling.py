"""The command ``schedule``: a refresh on a schedule, with a Prefect server of its own where none is set."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from flows import console, settings
from flows.errors import UserError
from flows.fetching.sources import load
from flows.releases import release

_STARTS_IN: Final = 120.0
"""Seconds that a server may take to start."""
_STOPS_IN: Final = 15.0
_ASKED_EVERY: Final = 0.5


def schedule(
    cron: str,
    sources: Path,
    output: Path,
    *,
    timezone: str | None,
    strict: bool,
    quotes: bool,
    port: int,
    verbose: bool,
) -> None:
    """Refresh on a schedule until the process is stopped.

    Args:
        cron: When.
        sources: The source list.
        output: The folder of the releases.
        timezone: IANA name of the time zone that the cron is in; UTC if None.
        strict: As for a refresh.
        quotes: As for a refresh.
        port: Of the server that is started where ``PREFECT_API_URL`` is not set.
        verbose: Whether Prefect's log is wanted.

    Raises:
        UserError: The cron, the time zone, the source list, the output folder or the port cannot be used.
    """
    load(sources)
    release.check(output)
    settings.prepare(verbose=verbose)
    with settings.unswept():
        # The time of a cron is checked with what will read it.
        from flows.orchestration.schedule import checked, serve

    when = checked(cron, timezone)
    parameters = {
        "sources": str(sources.absolute()),
        "output": str(output.absolute()),
        "strict": strict,
        "quotes": quotes,
    }
    # So that being stopped by the system also takes our server away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with server(port):
        console.say(
            f"refreshing {output} at {cron!r} ({timezone or 'UTC'}); runs and artifacts: {_page()}; Ctrl-C ends it"
        )
        serve(when, parameters)


@contextmanager
def server(port: int) -> Iterator[None]:
    """A Prefect server for as long as it is needed: the one that is set, or one of our own.

    The server that Prefect starts by itself has no scheduler, so it does not do.

    Args:
        port: Of our own.

    Raises:
        UserError: The port is taken, or the server does not come up.
    """
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            hint = "choose another with --port, or set PREFECT_API_URL if that is a Prefect server"
            raise UserError(f"port {port} is taken ({error.strerror}); {hint}") from error
    address = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    # Its own group: Ctrl-C is for us, who stop it when the last run has ended.
    child = subprocess.Popen(  # noqa: S603 - our own interpreter
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait_for(f"{address}/health", child)
        os.environ["PREFECT_API_URL"] = address
        yield
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        child.terminate()
        try:
            child.wait(_STOPS_IN)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait_for(health: str, child: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers.

    Raises:
        UserError: It ended, or took too long.
    """
    until = time.monotonic() + _STARTS_IN
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(health, timeout=5):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            if child.poll() is not None:
                raise UserError(
                    f"the Prefect server ended as it started (code {child.returncode}); see: prefect server start"
                ) from None
            time.sleep(_ASKED_EVERY)
    raise UserError(f"the Prefect server did not come up within {_STARTS_IN:.0f} s; see: prefect server start")


def _page() -> str:
    """Address of the server's pages for people."""
    return os.environ["PREFECT_API_URL"].removesuffix("/").removesuffix("/api")
