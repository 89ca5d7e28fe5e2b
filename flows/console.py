"""What a person sees on the terminal while a command runs; all of it goes to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from flows.progress import SILENT, Progress


class Lines:
    """Notes alone, a line each: for pipes."""

    def step(self, name: str, done: int, total: int) -> None:
        """See `Progress.step`."""

    def note(self, message: str) -> None:
        """See `Progress.note`."""
        say(message)


def say(message: str) -> None:
    """Write a message to standard error."""
    sys.stderr.write(f"ablation-kg: {message}\n")


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """Show how far a step is: bars on a terminal, notes alone in a pipe, nothing where it is to be quiet."""
    if quiet:
        yield SILENT
    elif sys.stderr.isatty():
        yield from _bars()
    else:
        yield Lines()


def _bars() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Rich

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Rich(*columns, console=console, transient=True) as rich:
        waiting: TaskID | None = rich.add_task("starting Prefect", total=None)
        tasks: dict[str, TaskID] = {}

        class Bars:
            def step(self, name: str, done: int, total: int) -> None:
                nonlocal waiting
                if waiting is not None:
                    rich.remove_task(waiting)
                    waiting = None
                if name not in tasks:
                    tasks[name] = rich.add_task(name, total=total)
                rich.update(tasks[name], completed=done, total=total)

            def note(self, message: str) -> None:
                console.print(message, markup=False, highlight=False)

        yield Bars()
