"""The command ``refresh``: runs the flow and says what came of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from flows import console, settings, table
from flows.assembly import overview
from flows.assembly.refresh import LAST_FETCH, Refreshed
from flows.assembly.spread import ALONE, Crew
from flows.commands import building
from flows.errors import UserError
from flows.fetching.answers import Result as Ended
from flows.fetching.sources import load
from flows.releases import release
from flows.releases.gates import DEFAULT, Limits

SHOWN: Final = 10
"""So many addresses that failed are named on the terminal; all stand in ``cache/last-fetch.jsonl``."""


def refresh(
    sources: Path,
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
    """Refresh a release, print what came of it, and return the exit code.

    Raises:
        UserError: The source list, the output folder or the Prefect server cannot be used.
    """
    # What a person got wrong is told before Prefect is started, which takes seconds.
    load(sources)
    release.check(output)
    crew.check()
    settings.prepare(verbose=verbose)
    with settings.unswept():
        from flows.orchestration.refresh_flow import run

    with console.progress(quiet=quiet) as progress:
        try:
            done = run(
                sources, output, quotes=quotes, strict=strict, limits=limits, keep=keep, crew=crew, progress=progress
            )
        except RuntimeError as error:
            if "Failed to reach API" not in str(error):
                raise
            server = os.environ.get("PREFECT_API_URL", "its address")
            raise UserError(f"no Prefect server at {server}; start it, or unset PREFECT_API_URL") from error
    sys.stdout.write(done.as_json() + "\n" if as_json else words(done))
    if not quiet:
        _tell(done, output)
    return 0 if done.held_back is None else 1


def words(done: Refreshed) -> str:
    """What a refresh did, as lines for a person."""
    text = ""
    if done.fetched.sources:
        rows = [
            [str(row[name]) for name in ("source", "fetched", "unchanged", "failed", "why")]
            for row in overview.sources(done.fetched)
        ]
        head = ["source", "fetched", "unchanged", "failed", "why"]
        text += table.plain(head, [[table.clean(cell) for cell in row] for row in rows]) + "\n"
    if done.fetched.dropped:
        text += f"{'put aside':<16}{done.fetched.dropped} pages that are gone, or that no source names any more\n"
    if done.built is not None:
        return text + building.words(done.built.summary)
    return text + f"{'release':<16}none: {done.held_back}\n"


def _tell(done: Refreshed, output: Path) -> None:
    """Name addresses that failed, and say why there is no release."""
    failed = [one for some in done.fetched.sources for one in some.outcomes if one.result is Ended.FAILED]
    for one in failed[:SHOWN]:
        stays = "; the copy from before stays" if one.kept else ""
        console.say(table.clean(f"{one.address}: {one.why}: {one.message}{stays}"))
    if len(failed) > SHOWN:
        console.say(f"and {len(failed) - SHOWN} more; all in {output / release.CACHE / LAST_FETCH}")
    if done.held_back is not None:
        console.say(f"no release: {done.held_back}; the release before stays")
