"""The command ``build``: runs the flow and says what came of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from flows import console, files, settings
from flows.assembly.spread import ALONE, Crew
from flows.errors import UserError
from flows.releases import release
from flows.releases.gates import DEFAULT, Limits
from flows.releases.records import PageRecord, Status, Summary
from flows.table import clean

SHOWN: Final = 10
"""So many pages in quarantine are named on the terminal; all stand in ``quarantine.jsonl``."""


def build(
    paths: Sequence[Path],
    output: Path,
    *,
    strict: bool,
    quotes: bool,
    limits: Limits = DEFAULT,
    keep: int = release.KEEP,
    crew: Crew = ALONE,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Build a release, print the summary, and return the exit code.

    Raises:
        UserError: A path, the output folder, the workers or the Prefect server cannot be used.
    """
    # What a person got wrong is told before Prefect is started, which takes seconds.
    files.check(paths)
    release.check(output)
    crew.check()
    settings.prepare(verbose=verbose)
    with settings.unswept():
        from flows.orchestration.build import run

    with console.progress(quiet=quiet) as progress:
        try:
            result = run(
                paths, output, quotes=quotes, strict=strict, limits=limits, keep=keep, crew=crew, progress=progress
            )
        except RuntimeError as error:
            if "Failed to reach API" not in str(error):
                raise
            server = os.environ.get("PREFECT_API_URL", "its address")
            raise UserError(f"no Prefect server at {server}; start it, or unset PREFECT_API_URL") from error
    summary = result.summary
    sys.stdout.write(summary.as_json() + "\n" if as_json else words(summary))
    if not quiet and (sys.stderr.isatty() or summary.held_back is not None):
        _tell(result.records, summary)
    return 0 if summary.held_back is None else 1


def accept(output: Path, name: str, *, keep: int, as_json: bool, quiet: bool) -> int:
    """Publish a release that was held, print its summary, and return the exit code.

    Raises:
        UserError: It cannot be published as it was held.
    """
    from flows.releases import held

    with console.progress(quiet=quiet) as progress:
        summary = held.accept(
            output, name, keep=keep, waiting=lambda: progress.note(f"a build writes to {output}; waiting for it")
        )
    sys.stdout.write(summary.as_json() + "\n" if as_json else words(summary))
    return 0


def words(summary: Summary) -> str:
    """The summary as lines for a person."""
    bad = sum(summary.quarantined.values())
    reasons = ", ".join(f"{number} {reason}" for reason, number in summary.quarantined.items())
    place = f"{summary.folder}" + (", as before: nothing changed" if summary.unchanged else "")
    lines = [
        ("pages given", f"{summary.pages}"),
        ("  published", f"{summary.published}"),
        ("  quarantined", f"{bad}" + (f"  ({reasons})" if reasons else "")),
        ("  out of scope", f"{summary.out_of_scope}"),
        ("procedures", f"{summary.procedures}"),
        ("facts", f"{summary.facts}"),
        ("warnings", f"{summary.warnings}"),
        ("release", place if summary.folder else f"none: {summary.held_back}"),
    ]
    return "".join(f"{name:<16}{value}\n" for name, value in lines)


def _tell(records: Sequence[PageRecord], summary: Summary) -> None:
    """Name pages in quarantine."""
    bad = [record for record in records if record.status is Status.QUARANTINED]
    for record in bad[:SHOWN]:
        console.say(clean(f"{record.path}: {record.reason}: {record.message}"))
    if len(bad) > SHOWN:
        rest = "" if summary.folder is None else f"; all in {summary.folder}/quarantine.jsonl"
        console.say(f"and {len(bad) - SHOWN} more in quarantine{rest}")
    if summary.held_back is not None:
        console.say(f"no release: {summary.held_back}; the release before stays")
