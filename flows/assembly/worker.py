"""A process that works off batches: calls come in by its standard input, results go out by its standard output.

It imports the stages and what they need, and nothing of Prefect: that takes a second and 100 MB less.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import BinaryIO


def serve(calls: BinaryIO, results: BinaryIO) -> None:
    """Work off calls until there are no more.

    Args:
        calls: Pickles of a function and a `flows.assembly.spread.Call`, one behind the other.
        results: Gets a pickle for each: whether it ended well, and the result or the fault.
    """
    while True:
        try:
            function, call = pickle.load(calls)  # noqa: S301 - from the process that started this one
        except EOFError:
            return
        try:
            answer = True, function(*call.given, **call.options)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is raised again where the result is wanted
            answer = False, _portable(fault)
        pickle.dump(answer, results, pickle.HIGHEST_PROTOCOL)
        results.flush()


def _portable(fault: Exception) -> Exception:
    """A fault that can be sent: not all can be put together again from their parts."""
    try:
        pickle.loads(pickle.dumps(fault))  # noqa: S301 - made here
    except Exception:  # noqa: BLE001 - anything may go wrong in there
        plain = RuntimeError(f"{type(fault).__name__}: {fault}")
        for note in getattr(fault, "__notes__", ()):
            plain.add_note(note)
        return plain
    return fault


def main() -> None:
    """Serve the process that started this one."""
    # What anybody prints must not get among the results.
    results = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, results)


if __name__ == "__main__":
    main()
