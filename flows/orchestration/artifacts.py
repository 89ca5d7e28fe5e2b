"""What a person opens in Prefect's user interface after a run. Importing this module imports Prefect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from flows.assembly import overview
from flows.assembly.assemble import Result
from flows.assembly.refresh import Refreshed
from flows.progress import current

_Artifact = tuple[Callable[..., Any], Mapping[str, Any]]


def of_build(result: Result) -> None:
    """Leave the artifacts of a build: coverage, what changed, quarantine by reason, a link to the report.

    A server that is gone meanwhile takes nothing from the release; it is said, and the run goes on.

    Args:
        result: What the build did.
    """
    summary = result.summary
    folder = summary.folder or summary.held
    whose = f"the held release {Path(summary.held).name}" if summary.held else f"release {summary.release}"
    wanted: list[_Artifact] = []
    if folder is not None:
        said = f"What the procedures of {whose} state"
        coverage = overview.coverage(Path(folder))
        wanted.append((create_table_artifact, {"key": "coverage", "table": coverage, "description": said}))
    wanted.append((create_markdown_artifact, {"key": "what-changed", "markdown": overview.changed(summary)}))
    rows = overview.quarantine(result.records) or [{"reason": "none", "pages": 0}]
    said = f"{sum(summary.quarantined.values())} of {summary.pages} pages are in quarantine"
    wanted.append((create_table_artifact, {"key": "quarantine", "table": rows, "description": said}))
    report = None if folder is None else Path(folder).absolute() / "report.html"
    if report is not None and report.is_file():
        text, said = f"Report of {whose}", f"On the machine that built it: `{report}`"
        link = {"key": "report", "link": report.as_uri(), "link_text": text, "description": said}
        wanted.append((create_link_artifact, link))
    _leave(wanted)


def of_refresh(refreshed: Refreshed) -> None:
    """Leave the artifact of a refresh: what became of the addresses of each source.

    Args:
        refreshed: What the refresh did; its build leaves its own.
    """
    rows = overview.sources(refreshed.fetched) or [{"source": "folders alone"}]
    said = refreshed.held_back or "What became of the addresses of each source"
    _leave([(create_table_artifact, {"key": "sources", "table": rows, "description": said})])


def _leave(wanted: Sequence[_Artifact]) -> None:
    """Create artifacts, unless the server is gone: then it is asked for the first one only."""
    for create, what in wanted:
        try:
            create(**what)
        except httpx.HTTPError as error:
            current().note(f"Prefect's server did not take the artifact {what['key']}: {error}")
            if isinstance(error, httpx.TransportError):
                return
