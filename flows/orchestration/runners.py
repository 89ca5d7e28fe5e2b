"""Who works off the batches of a flow: tasks in turn or in threads, processes, or a Dask cluster.

Processes and Dask get their batches inside one Prefect task a stage: a worker that spoke to Prefect's server itself
would take 7 s to start and 50 to 90 ms a batch. Importing this module imports Prefect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import task_run
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import Task

from flows.assembly import dask_cluster, stages
from flows.assembly.assemble import Make, Read
from flows.assembly.pool import Pool
from flows.assembly.spread import Call, Crew, Runner, Spread, in_turn
from flows.progress import Progress

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hands:
    """What a build is done with: see `flows.assembly.assemble.assemble`.

    Attributes:
        read: Reads a batch of pages.
        make: Makes a batch of procedures.
        spread: Works off the batches.
        workers: How many of them at once.
        finishing: Works off the files that tell of the whole release. A cluster does not: two attempts at one file,
            the first of them thought to be lost, would spoil it.
    """

    read: Read
    make: Make
    spread: Spread
    workers: int = 1
    finishing: Spread = in_turn


@contextmanager
def hands(crew: Crew, read: Read, make: Make, progress: Progress) -> Iterator[Hands]:
    """What a build inside a flow is done with.

    Args:
        crew: Who works off the batches.
        read: The task that reads a batch of pages here.
        make: The task that makes a batch of procedures here.
        progress: Is told of workers that were lost.

    Yields:
        The functions; workers that were started for them end with the context.

    Raises:
        UserError: The crew cannot be had.
    """
    crew.check()
    if crew.runner is Runner.PROCESS:
        with Pool(crew.number, progress.note) as pool:
            spread = _in_one_task(pool, f"{crew.number} processes")
            yield Hands(stages.read_batch, stages.make_batch, spread, crew.number, pool)
    elif crew.runner is Runner.DASK:
        with dask_cluster.opened(crew, progress.note) as cluster:
            yield Hands(stages.read_batch, stages.make_batch, _in_one_task(cluster, "Dask"), cluster.workers)
    elif crew.number > 1:
        threads: ThreadPoolTaskRunner[Any]
        with ThreadPoolTaskRunner(max_workers=crew.number) as threads:
            yield Hands(read, make, _Threads(threads), crew.number)
    else:
        yield Hands(read, make, in_turn)


class _Threads:
    """Works off tasks in threads; see `flows.assembly.spread.Spread`."""

    def __init__(self, runner: ThreadPoolTaskRunner[Any]) -> None:
        self._runner = runner

    def __call__(self, function: Callable[..., T], calls: Sequence[Call], done: Callable[[int], None]) -> list[T]:
        if not isinstance(function, Task):
            raise TypeError(f"threads work off tasks, not {function}")
        names = [name for name in function.fn.__annotations__ if name != "return"]
        futures = [
            self._runner.submit(function, {**dict(zip(names, call.given, strict=False)), **call.options})
            for call in calls
        ]
        results: list[T] = []
        for place, future in enumerate(futures):
            results.append(future.result())
            done(place)
        return results


def _in_one_task(spread: Spread, whom: str) -> Spread:
    """All batches of a stage as one Prefect task, which waits for those who do them."""

    def within(function: Callable[..., T], calls: Sequence[Call], done: Callable[[int], None]) -> list[T]:
        if not calls:
            return []
        found: list[T] = []

        @task(name=_NAMES[function.__name__], task_run_name=_name, cache_policy=NO_CACHE, persist_result=False)
        def stage(batches: int, by: str) -> None:
            found.extend(spread(function, calls, done))

        stage(len(calls), whom)
        return found

    return within


_NAMES = {"read_batch": "read pages", "make_batch": "make procedures"}


def _name() -> str:
    """Name of the task of a whole stage."""
    many, by = task_run.parameters["batches"], task_run.parameters["by"]
    return f"{task_run.task_name}: {many:,} batch{'' if many == 1 else 'es'} by {by}"
