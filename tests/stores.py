"""Real stores and servers for tests, each for as long as it is needed and gone afterwards.

The fixtures are known everywhere: ``conftest.py`` takes them in.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from flows.assembly import assemble
from flows.errors import UserError
from flows.serve import engine

ROOT = Path(__file__).parents[1]
MAIN = (sys.executable, "-c", "from flows.cli import main; main()")
LONG = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def oxigraph() -> str:
    try:
        return engine.program()
    except UserError as error:
        pytest.skip(error.message)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers at all."""
    ends = time.monotonic() + LONG
    while time.monotonic() < ends:
        assert process.poll() is None, "the server ended by itself"
        try:
            httpx.get(url, timeout=5, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"{url} does not answer")


@contextmanager
def running(*command: str, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="session")
def oxigraph_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an Oxigraph server that can be written to, one for the whole run."""
    port = free_port()
    with running(oxigraph(), "serve", "--bind", f"127.0.0.1:{port}", cwd=tmp_path_factory.mktemp("oxigraph")) as server:
        wait_for(f"http://127.0.0.1:{port}/", server)
        yield f"http://127.0.0.1:{port}"


_VIRTUOSO = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = {port}
DisableUnixSocket = 1
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{web}
ServerThreads = 4
"""


@pytest.fixture(scope="session")
def virtuoso_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of Debian's Virtuoso, one for the whole run; its user is ``dba`` with the password ``dba``."""
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("no Virtuoso: apt-get install virtuoso-opensource-7-bin")
    folder, web = tmp_path_factory.mktemp("virtuoso"), free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(port=free_port(), web=web))
    with running(program, "-f", "-c", "virtuoso.ini", cwd=folder) as server:
        wait_for(f"http://127.0.0.1:{web}/sparql", server)
        yield f"http://127.0.0.1:{web}"


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with a release of three pages; nobody may change it."""
    folder = tmp_path_factory.mktemp("served")
    write_pages(folder / "pages")
    assemble.assemble([folder / "pages"], folder / "out")
    return folder / "out"


def write_pages(folder: Path) -> None:
    # Here, since conftest.py takes in this module.
    from tests import conftest

    folder.mkdir()
    (folder / "50593-notes.txt").write_text(conftest.KIDNEY)
    (folder / "47380-notes.html").write_text(conftest.LIVER)
    (folder / "99213-notes.txt").write_text(conftest.OFFICE)


@dataclass(frozen=True)
class Served:
    """A running ``serve``: its address without a slash at its end, and its process."""

    address: str
    process: subprocess.Popen[bytes]
    scratch: Path

    def sparql(self, query: str, accept: str = "application/sparql-results+json", **options: float) -> httpx.Response:
        return httpx.post(
            f"{self.address}/sparql",
            data={"query": query},
            headers={"Accept": accept},
            timeout=LONG,
            trust_env=False,
            **options,  # type: ignore[arg-type]
        )

    def get(self, path: str, accept: str = "*/*") -> httpx.Response:
        return httpx.get(self.address + path, headers={"Accept": accept}, timeout=LONG, trust_env=False)


@contextmanager
def serving(output: Path, scratch: Path, *options: str) -> Iterator[Served]:
    """Run ``serve`` on a free port; its temporary files go to a folder of the test's own."""
    oxigraph()
    scratch.mkdir(exist_ok=True)
    command = [*MAIN, "serve", "--output", str(output), "--port", "0", "--json", *options]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.stderr.read().decode() if process.stderr else ""
            yield Served(json.loads(line)["address"].rstrip("/"), process, scratch)
        finally:
            process.terminate()
            process.communicate(timeout=LONG)


@pytest.fixture(scope="session")
def served(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One ``serve`` for the whole run, for tests that only ask."""
    with serving(released, tmp_path_factory.mktemp("scratch"), "--timeout", "20") as found:
        yield found
