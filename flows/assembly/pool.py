"""Processes of this machine that work off batches; one that dies is replaced, and its batch done again."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, Final, TypeVar

import flows
from flows.assembly.spread import Call, WorkerLostError

T = TypeVar("T")

ATTEMPTS: Final = 3
"""So often a batch is given to a worker that dies of it before the build gives up."""


class Pool:
    """Some worker processes, from the time they are first needed until the pool is closed.

    Args:
        number: How many.
        note: Is told of workers that were lost.
    """

    def __init__(self, number: int, note: Callable[[str], None]) -> None:
        self._workers = [_Worker() for _ in range(number)]
        self._note = note
        self._closed = False

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        for worker in self._workers:
            worker.stop()

    def processes(self) -> list[int]:
        """Ids of the processes that there are now."""
        return [number for worker in self._workers if (number := worker.number) is not None]

    def __call__(self, function: Callable[..., T], calls: Sequence[Call], done: Callable[[int], None]) -> list[T]:
        """Work off the calls; see `flows.assembly.spread.Spread`.

        Raises:
            WorkerLostError: A batch could not be done.
        """
        results: dict[int, T] = {}
        faults: list[BaseException] = []
        todo: SimpleQueue[int] = SimpleQueue()
        for place in range(len(calls)):
            todo.put(place)
        over, lock = Event(), Lock()

        def drive(worker: _Worker) -> None:
            try:
                while not over.is_set():
                    place = todo.get_nowait()
                    result = self._ask(worker, function, calls[place])
                    with lock:
                        results[place] = result
                        done(place)
            except Empty:
                return
            except BaseException as fault:  # noqa: BLE001 - raised again in the thread that waits
                over.set()
                faults.append(fault)

        threads = [Thread(target=drive, args=(worker,), daemon=True) for worker in self._workers[: len(calls)]]
        with ExitStack() as stack:
            # Whoever is interrupted must not leave batches running.
            stack.callback(over.set)
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if faults:
            raise faults[0]
        return [results[place] for place in range(len(calls))]

    def _ask(self, worker: _Worker, function: Callable[..., T], call: Call) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return worker.ask(function, call)
            except (EOFError, BrokenPipeError, pickle.UnpicklingError):
                code = worker.stop()
                if self._closed:
                    raise
                self._note(f"a worker was lost (code {code}); its batch is done again ({attempt} of {ATTEMPTS})")
        raise WorkerLostError(f"a batch was given up: {ATTEMPTS} workers were lost over it (is there enough memory?)")


class _Worker:
    """One process, started when it is first asked."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def number(self) -> int | None:
        """Id of the process, or None."""
        return None if self._process is None else self._process.pid

    def ask(self, function: Callable[..., T], call: Call) -> T:
        """Have a call done.

        Raises:
            EOFError: The process died.
            BrokenPipeError: The same.
            UnpicklingError: It died while it answered.
        """
        process = self._process = self._process or _started()
        if process.stdin is None or process.stdout is None:
            raise TypeError("a worker without pipes")
        pickle.dump((function, call), process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        well, answer = pickle.load(process.stdout)  # noqa: S301 - from our own process
        if not well:
            raise answer
        found: T = answer
        return found

    def stop(self) -> int | None:
        """End the process, and say with which code it ended; None if there was none."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        return process.wait()


def _started() -> subprocess.Popen[bytes]:
    ours = [str(Path(next(iter(flows.__path__))).parent), *filter(None, sys.path)]
    environment: dict[str, Any] = {**os.environ, "PYTHONPATH": os.pathsep.join(ours)}
    return subprocess.Popen(
        [sys.executable, "-m", "flows.assembly.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
