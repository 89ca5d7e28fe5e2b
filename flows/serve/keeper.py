"""Runs a program for as long as the one who asked for it lives: ``python keeper.py [--remove FOLDER] [PROGRAM...]``.

Standard input is a pipe that nobody writes to. It ends when the other side closes it or dies, however it dies; then the
program is killed and the folder removed. So ``kill -9`` leaves no server behind. Standard library alone: it starts
quickly and imports nothing of ours.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

_MOST_MEMORY = 0.5
"""So much of the machine's memory may one program take."""


def main(arguments: list[str]) -> int:
    """Keep a program.

    Args:
        arguments: As above.

    Returns:
        The program's exit code, 0 if it was ended from here or there is none.
    """
    folder: str | None = None
    if arguments[:1] == ["--remove"]:
        folder, arguments = arguments[1], arguments[2:]
    program = _start(arguments) if arguments else None
    ended = threading.Event()

    def wait_for_the_other_side() -> None:
        while os.read(0, 4096):  # not sys.stdin, whose lock would outlast us
            pass
        ended.set()
        if program is not None:
            program.kill()

    waiting = threading.Thread(target=wait_for_the_other_side, daemon=True)
    waiting.start()
    code = 0
    if program is None:
        waiting.join()
    else:
        code = program.wait()
    if folder is not None:
        _remove(Path(folder))
    return 0 if ended.is_set() else abs(code)


def _start(arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start a program with a bound on its memory, so that one query cannot take the machine down."""
    most = int(_physical_memory() * _MOST_MEMORY)
    if most:
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    return subprocess.Popen(arguments, stdin=subprocess.DEVNULL)  # noqa: S603 - the one who asked names it


def _physical_memory() -> int:
    """In bytes; 0 where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:")), 0)


def _remove(folder: Path) -> None:
    """Remove a folder; what another program still writes into it while it is killed is removed on a later try."""
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
