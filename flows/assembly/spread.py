"""How the batches of a build are worked off: in turn, by threads, by processes, on a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.util import find_spec
from typing import Any, Final, Protocol, TypeVar

from flows.errors import UserError

T = TypeVar("T")

MOST_WORKERS: Final = 512


@dataclass(frozen=True, slots=True)
class Call:
    """What a function is called with for one batch.

    Attributes:
        given: Its arguments.
        options: Its arguments by name.
    """

    given: tuple[Any, ...]
    options: Mapping[str, Any] = field(default_factory=dict)


class WorkerLostError(RuntimeError):
    """Workers died one after the other over the same batch."""


class Spread(Protocol):
    """Calls a function once a batch; whatever the order of work, results come in the order of the calls."""

    def __call__(self, function: Callable[..., T], calls: Sequence[Call], done: Callable[[int], None]) -> list[T]:
        """Work off the calls.

        Args:
            function: Of the module `flows.assembly.stages`, or a Prefect task around one.
            calls: What it is called with.
            done: Is told the place of each call that is done.
        """


def in_turn(function: Callable[..., T], calls: Sequence[Call], done: Callable[[int], None]) -> list[T]:
    """Work off the calls one after the other, here; see `Spread`."""
    results: list[T] = []
    for place, call in enumerate(calls):
        results.append(function(*call.given, **call.options))
        done(place)
    return results


class Runner(StrEnum):
    """Where batches are worked off."""

    THREAD = "thread"
    PROCESS = "process"
    DASK = "dask"


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works off the batches of a build. The result is the same whoever does.

    Attributes:
        runner: Threads of this process, processes of this machine, or a Dask cluster.
        workers: How many at once; None is one thread, or one process a processor. A cluster that is there already
            has its own number.
        address: Of the scheduler of a Dask cluster that is there already, or None.
    """

    runner: Runner = Runner.THREAD
    workers: int | None = None
    address: str | None = None

    @property
    def number(self) -> int:
        """How many work at once, where that is for us to say."""
        if self.workers is not None:
            return self.workers
        return 1 if self.runner is Runner.THREAD else len(os.sched_getaffinity(0))

    def check(self) -> Crew:
        """See that it can be had.

        Returns:
            Itself.

        Raises:
            UserError: It cannot.
        """
        if self.workers is not None and not 1 <= self.workers <= MOST_WORKERS:
            raise UserError(f"--workers {self.workers}: give 1 to {MOST_WORKERS}")
        if self.address is not None and self.runner is not Runner.DASK:
            raise UserError("--dask-address goes with --runner dask")
        if self.address is not None and self.workers is not None:
            raise UserError("--dask-address and --workers: the cluster has the workers that it has; leave one out")
        if self.runner is Runner.DASK and find_spec("prefect_dask") is None:
            raise UserError("--runner dask needs Dask: pip install 'ablation-kg[dask]'")
        return self


ALONE: Final = Crew()
"""One batch after the other, in this process."""


def crew(runner: str, workers: int | None, address: str | None) -> Crew:
    """A crew as the command line names it.

    Raises:
        UserError: There is no such runner.
    """
    if runner not in set(Runner):
        raise UserError(f"--runner {runner}: give {', '.join(Runner)}")
    return Crew(Runner(runner), workers, address)
