"""The Prefect flow ``refresh``: thin wrappers with names and retries over the plain functions.

Importing this module imports Prefect: call `flows.settings.prepare` before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows import settings
from flows.assembly import refresh as plain
from flows.assembly.assemble import Result
from flows.assembly.refresh import Refreshed
from flows.assembly.spread import ALONE, Crew, Runner
from flows.fetching import fetch
from flows.fetching.answers import Outcome
from flows.fetching.fetch import Errand
from flows.fetching.listing import Listed
from flows.fetching.sources import Source
from flows.orchestration import artifacts, task_names
from flows.orchestration.build import build
from flows.orchestration.surviving import done, surviving
from flows.progress import SILENT, Progress, current, told
from flows.releases.gates import DEFAULT, Limits
from flows.releases.release import KEEP

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State, TaskRun
    from prefect.tasks import Task


def _outside_failed(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Whether to try again: the disk and the network may recover, a fault of our own will not."""
    return isinstance(state.result(raise_on_failure=False), OSError)


@task(
    name="list addresses",
    task_run_name="list addresses of {source.name}",
    retries=2,
    retry_delay_seconds=[5, 30],
    retry_condition_fn=_outside_failed,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def list_source(source: Source, errand: Errand) -> Listed:
    """`flows.fetching.fetch.list_source` as a task."""
    return fetch.list_source(source, errand)


@task(
    name="fetch pages",
    task_run_name=task_names.of_addresses,
    retries=2,
    retry_delay_seconds=[5, 30],
    retry_condition_fn=_outside_failed,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def fetch_pages(addresses: Sequence[str], errand: Errand, number: int) -> tuple[Outcome, ...]:
    """`flows.fetching.fetch.fetch_batch` as a task; single pages are tried again within it."""
    return fetch.fetch_batch(addresses, errand, number)


# Parameters are checked by the command line; Prefect's own check would copy them.
@flow(name="refresh", persist_result=False, validate_parameters=False)
def refresh(
    sources: str,
    output: str,
    *,
    quotes: bool = True,
    strict: bool = False,
    limits: dict[str, float] | None = None,
    keep: int = KEEP,
    runner: str = Runner.THREAD.value,
    workers: int | None = None,
    dask_address: str | None = None,
) -> Refreshed:
    """Fetch and build what changed: `flows.assembly.refresh.refresh` with tasks, the flow ``build`` within."""

    def build_within(paths: Sequence[Path], output: Path, *, quotes: bool, strict: bool) -> Result:
        places = [str(path) for path in paths]

        def call() -> Result:
            return build(
                places,
                str(output),
                quotes=quotes,
                strict=strict,
                limits=limits,
                keep=keep,
                runner=runner,
                workers=workers,
                dask_address=dask_address,
            )

        return surviving("build", call, current())

    refreshed = plain.refresh(
        Path(sources),
        Path(output),
        quotes=quotes,
        strict=strict,
        progress=current(),
        build=build_within,
        listing=list_source,
        fetching=fetch_pages,
    )
    artifacts.of_refresh(refreshed)
    return done("refresh", refreshed)


def run(
    sources: Path,
    output: Path,
    *,
    quotes: bool = True,
    strict: bool = False,
    limits: Limits = DEFAULT,
    keep: int = KEEP,
    crew: Crew = ALONE,
    progress: Progress = SILENT,
) -> Refreshed:
    """Run the flow in this process; see `flows.assembly.refresh.refresh` for what goes in and out."""

    def call() -> Refreshed:
        return refresh(
            str(sources),
            str(output),
            quotes=quotes,
            strict=strict,
            limits=asdict(limits),
            keep=keep,
            runner=crew.runner.value,
            workers=crew.workers,
            dask_address=crew.address,
        )

    with settings.impatient(), told(progress):
        return surviving("refresh", call, progress)
