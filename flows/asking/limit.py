"""Work that may take so long and no longer."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Final

from flows.errors import UserError

_BEGUN: Final = b"b"
_WRONG: Final = b"e"
_CHUNK: Final = 1 << 16


def within(seconds: float, work: Callable[[Callable[[], None]], None]) -> None:
    """Do something in a process of its own, which is ended when the time is over.

    The store works in machine code that looks at no clock and no signal, so nothing less ends it.

    Args:
        seconds: That the work may take.
        work: Is given a function to call when the clock is to begin. Writes its result itself.

    Raises:
        UserError: The time is over, or the work raised one.
        SystemExit: The work ended in another way, with its exit code.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _in_child(work, reading, writing)
    os.close(writing)
    try:
        told = _listen(reading, seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if told.startswith(_WRONG):
        raise UserError(told[1:].decode("utf-8", "replace"))
    code = int(told) if told else os.waitstatus_to_exitcode(status)
    if code:
        raise SystemExit(abs(code))


def _in_child(work: Callable[[Callable[[], None]], None], reading: int, writing: int) -> None:
    os.close(reading)
    told = b"1"
    try:
        work(lambda: _tell(writing, _BEGUN))
        sys.stdout.flush()
        told = b"0"
    except UserError as error:
        told = _WRONG + error.message.encode("utf-8", "replace")
    except BrokenPipeError:
        pass
    except BaseException:  # noqa: BLE001 - the edge of the child; whatever it is must not run on as a second parent
        sys.excepthook(*sys.exc_info())
    finally:
        _tell(writing, told)
        os._exit(0)


def _tell(writing: int, data: bytes) -> None:
    while data:
        data = data[os.write(writing, data) :]


def _listen(reading: int, seconds: float) -> bytes:
    """What the child tells at its end.

    Raises:
        UserError: It has not come to its end in time.
    """
    told, ends = b"", None
    while True:
        left = None if ends is None else max(0.0, ends - time.monotonic())
        if not select.select([reading], [], [], left)[0]:
            raise UserError(
                f"the query ran out of time: --timeout {seconds:g} s are over; ask for less, or give it longer"
            )
        data = os.read(reading, _CHUNK)
        if not data:
            return told
        if ends is None and data.startswith(_BEGUN):
            ends, data = time.monotonic() + seconds, data[1:]
        told += data
