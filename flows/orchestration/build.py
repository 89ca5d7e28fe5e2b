"""The Prefect flow ``build``: thin wrappers with names and retries over the plain functions.

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
from flows.assembly import stages
from flows.assembly.assemble import Result, assemble
from flows.assembly.outcome import Made, ReadBatch, ReadPage
from flows.assembly.spread import ALONE, Crew, Runner
from flows.files import Found
from flows.orchestration import artifacts, publishing, runners, task_names
from flows.orchestration.surviving import done, surviving
from flows.progress import SILENT, Progress, current, told
from flows.releases.gates import DEFAULT, Limits
from flows.releases.release import KEEP

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State, TaskRun
    from prefect.tasks import Task


def _disk_failed(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Whether to try again: the disk may recover, a fault of our own will not."""
    return isinstance(state.result(raise_on_failure=False), OSError)


@task(
    name="read pages",
    task_run_name=task_names.of_pages,
    retries=2,
    retry_delay_seconds=1,
    retry_condition_fn=_disk_failed,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def read_pages(found: Sequence[Found], file: Path) -> ReadBatch:
    """`flows.assembly.stages.read_batch` as a task."""
    return stages.read_batch(found, file)


@task(
    name="make procedures",
    task_run_name=task_names.of_procedures,
    retries=2,
    retry_delay_seconds=1,
    retry_condition_fn=_disk_failed,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def make_procedures(groups: Sequence[Sequence[ReadPage]], folder: Path, number: int, *, quotes: bool) -> Made:
    """`flows.assembly.stages.make_batch` as a task."""
    return stages.make_batch(groups, folder, number, quotes=quotes)


# Parameters are checked by the command line; Prefect's own check would copy them.
@flow(name="build", persist_result=False, validate_parameters=False)
def build(
    paths: list[str],
    output: str,
    *,
    quotes: bool = True,
    strict: bool = False,
    limits: dict[str, float] | None = None,
    keep: int = KEEP,
    runner: str = Runner.THREAD.value,
    workers: int | None = None,
    dask_address: str | None = None,
) -> Result:
    """Build a release from pages: `flows.assembly.assemble.assemble` with tasks for its batches."""
    crew = Crew(Runner(runner), workers, dask_address)
    with (
        runners.hands(crew, read_pages, make_procedures, current()) as hands,
        publishing.safely(Path(output)),
    ):
        result = assemble(
            [Path(path) for path in paths],
            Path(output),
            quotes=quotes,
            strict=strict,
            limits=Limits(**(limits or {})),
            keep=keep,
            progress=current(),
            read=hands.read,
            make=hands.make,
            spread=hands.spread,
            workers=hands.workers,
            finishing=hands.finishing,
        )
    artifacts.of_build(result)
    return done("build", result)


def run(
    paths: Sequence[Path],
    output: Path,
    *,
    quotes: bool = True,
    strict: bool = False,
    limits: Limits = DEFAULT,
    keep: int = KEEP,
    crew: Crew = ALONE,
    progress: Progress = SILENT,
) -> Result:
    """Run the flow in this process; see `flows.assembly.assemble.assemble` for what goes in and out."""
    places = [str(path) for path in paths]

    def call() -> Result:
        return build(
            places,
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
        return surviving("build", call, progress)
