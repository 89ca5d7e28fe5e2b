"""Dask workers that work off batches. Importing this module imports nothing of Dask.

Workers see the pages and the output folder under the same paths as the machine that builds: a disk that they share.
What a worker had begun when it was lost, Dask gives to another.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final, TypeVar
from uuid import uuid4

from flows.assembly.ledger_code import fingerprint
from flows.assembly.spread import Call, Crew, WorkerLostError
from flows.errors import UserError

T = TypeVar("T")

_PATIENCE: Final = 30.0
"""Seconds that a scheduler may take to answer."""


@contextmanager
def opened(crew: Crew, note: Callable[[str], None]) -> Iterator[Cluster]:
    """Connect to a Dask cluster, or start one on this machine, by Prefect's Dask task runner.

    Args:
        crew: Which one.
        note: Is told of workers that were lost.

    Raises:
        UserError: It does not answer.
    """
    runners = import_module("prefect_dask")
    # Dask tells of each worker that comes and goes; who builds is told by us.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    here = {"n_workers": crew.number, "threads_per_worker": 1, "dashboard_address": None}
    options: dict[str, Any] = {"cluster_kwargs": here} if crew.address is None else {"address": crew.address}
    with runners.DaskTaskRunner(**options, client_kwargs={"timeout": _PATIENCE, "set_as_default": False}) as runner:
        try:
            client = runner.client
            client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, ValueError) as error:
            raise UserError(f"no Dask scheduler with workers at {crew.address}: {error}") from error
        yield Cluster(client, note)


class Cluster:
    """Works off batches on a cluster; see `flows.assembly.spread.Spread`.

    Args:
        client: Connected to it.
        note: Is told of workers that were lost.
    """

    def __init__(self, client: Any, note: Callable[[str], None]) -> None:
        self._client = client
        self._note = note

    @property
    def workers(self) -> int:
        """How many batches it works off at once, as it is now."""
        threads: dict[str, int] = self._client.nthreads()
        return max(sum(threads.values()), 1)

    def __call__(self, function: Callable[..., T], calls: Sequence[Call], done: Callable[[int], None]) -> list[T]:
        """Work off the calls.

        Raises:
            UserError: A worker has other code, or does not see the folder.
            WorkerLostError: Workers died one after the other over the same batch.
        """
        distributed = import_module("distributed")
        made_with = fingerprint(quotes=True)
        there = set(self._client.scheduler_info(n_workers=-1)["workers"])
        places = {
            self._client.submit(attempt, function, call, made_with, pure=False): place
            for place, call in enumerate(calls)
        }
        results: dict[int, T] = {}
        try:
            for future, result in distributed.as_completed(places, loop=self._client.loop, with_results=True):
                results[places[future]] = result
                done(places[future])
        except distributed.KilledWorker as error:
            raise WorkerLostError(
                f"a batch was given up: Dask workers were lost over it one by one ({error})"
            ) from error
        finally:
            self._client.cancel(list(places), force=True)
        lost = there - set(self._client.scheduler_info(n_workers=-1)["workers"])
        if lost:
            self._note(f"Dask workers were lost, and their batches done by others: {', '.join(sorted(lost))}")
        return [results[place] for place in range(len(calls))]


def attempt(function: Callable[..., T], call: Call, made_with: str) -> T:
    """Work off a batch on a worker.

    A worker that is only thought to be lost may still write while another does its batch again, so each attempt has
    files of its own.

    Args:
        function: Of `flows.assembly.stages`.
        call: Its arguments; the second is a file, or a folder for files.
        made_with: Fingerprint of whoever asks.

    Raises:
        UserError: This worker has other code, or does not see the folder.
    """
    if fingerprint(quotes=True) != made_with:
        raise UserError("a Dask worker has another version of this program or of what it needs; install the same there")
    first, place, *rest = call.given
    if not place.parent.is_dir():
        raise UserError(f"a Dask worker does not see {place.parent}: the workers need the disk of the output folder")
    own = f"{place.stem}-{uuid4().hex}"
    if place.is_dir():
        place = place / own
        place.mkdir()
    else:
        place = place.with_name(own + place.suffix)
    return function(first, place, *rest, **call.options)
