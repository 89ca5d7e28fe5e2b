"""The command ``evaluate``, to be added to the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Half(StrEnum):
    """A half of the pages, told by their names: one to tune rules on, and one to look at once a day."""

    TUNE = "tune"
    HOLD = "hold"


def register(app: typer.Typer) -> None:
    """Add the command to a command line."""

    @app.command()
    def evaluate(
        pages: Annotated[Path, typer.Argument(metavar="PAGES", help="Folder with pages.")],
        gold: Annotated[
            list[Path], typer.Option("--gold", "-g", metavar="FILE", help="What the pages must give; several add up.")
        ],
        half: Annotated[Half | None, typer.Option("--half", help="Only the pages of this half.")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
        quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")] = False,
    ) -> None:
        """Say how well pages are read: precision, recall and F1 by axis, and what lies behind every miss."""
        run(pages, gold, half=half, as_json=as_json, quiet=quiet)


def run(pages: Path, golds: Sequence[Path], *, half: Half | None, as_json: bool, quiet: bool) -> None:
    """Evaluate, and print what was found.

    Args:
        pages: Folder with pages.
        golds: Gold files.
        half: Which half of the pages is scored; all if None. All are read and checked all the same.
        as_json: Whether to print JSON.
        quiet: Whether to show no progress.

    Raises:
        UserError: Gold is malformed, pages and gold do not fit together, or the half is empty.
    """
    # Imported here, so that the other commands start without the parts that read pages.
    from extract.gold import half as half_of
    from flows import console
    from flows.errors import UserError
    from flows.evaluating import evaluate, evaluate_json, evaluate_text

    with console.progress(quiet=quiet) as progress:
        judged = evaluate.judge(pages, golds, progress)
    if half is not None:
        judged = tuple(page for page in judged if half_of(page.entry["file"]) == half)
        if not judged:
            raise UserError(f"--half {half}: none of the pages belongs to it")
    found = evaluate.weigh(judged)
    if as_json:
        sys.stdout.write(evaluate_json.as_json(found))
    else:
        evaluate_text.write(found)
