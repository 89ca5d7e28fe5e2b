"""A transaction around publishing: ``latest`` goes back if what it shows is not whole.

Importing this module imports Prefect: call `flows.settings.prepare` before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.transactions import Transaction, transaction

from flows.errors import FaultError
from flows.releases import release


@task(name="note the latest release", cache_policy=NO_CACHE, persist_result=False)
def note_latest(output: str) -> str | None:
    """Name of the release that ``latest`` points at, or None; undone by pointing it there again."""
    link = Path(output) / release.LATEST
    return link.resolve().name if link.is_dir() else None


@note_latest.on_rollback
def go_back(undo: Transaction) -> None:
    """Let ``latest`` point at the release that was noted."""
    before = undo.get("before", None)
    if before is not None:
        release.go_back(Path(undo.get("output")), before)


@contextmanager
def safely(output: Path) -> Iterator[None]:
    """Publish within this, or not at all.

    Args:
        output: The folder of the releases.

    Raises:
        FaultError: What ``latest`` shows afterwards is not what its name says; it is back at the release before.
    """
    with transaction() as undo:
        undo.set("output", str(output))
        before = note_latest(str(output))
        undo.set("before", before)
        yield
        link = output / release.LATEST
        if link.is_dir() and link.resolve().name != before and not release.whole(link.resolve()):
            raise FaultError(f"{link.resolve()}: not what was written; latest is back at {before or 'nothing'}")
